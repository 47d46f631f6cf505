/* Any JSON as a query of a small ledger: rows of strict JSON, or a code that is documented and a
 * reason.
 * SPDX-License-Identifier: MIT */
#include <json.h>
#include <memory.h>

#include <bedrockcost/budget.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/search000000"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64], path[96];
static brc_ledger *ledger;

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void clear(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    char name[128];

    ledger = brc_ledger_free(ledger);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
    rmdir(folder);
}

static void furnish(void)
{
    static const char *const puts[][2] = {
        {"price", "{\"from\":\"2026-01-01\",\"source\":\"s\",\"prices\":[{\"model\":\"a.b\","
                  "\"scope\":\"geo\",\"input\":\"1\",\"output\":\"5\"}]}"},
        {"profile", "{\"arn\":\"" ARN "\",\"name\":\"search\",\"model\":\"a.b\",\"scope\":\"geo\","
                    "\"tags\":{\"team\":\"search\"}}"},
        {"budget", "{\"name\":\"search\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},"
                   "\"window\":\"month\",\"limit\":\"1\"}"},
        {"override", "{\"budget\":\"search\",\"limit\":\"2\",\"until\":\"2099-01-01T00:00:00Z\","
                     "\"by\":\"a\",\"why\":\"b\"}"},
        {"external", "{\"id\":\"x\",\"profile\":\"search\",\"at\":\"2026-01-02T03:04:05Z\","
                     "\"amount\":\"3\",\"source\":\"s\"}"},
    };

    bool has_memory = access("/dev/shm", W_OK) == 0;
    strcpy(folder, has_memory ? "/dev/shm/brc-fuzz.XXXXXX" : "/tmp/brc-fuzz.XXXXXX");
    must(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/ledger", folder);
    atexit(clear);
    must(brc_ledger_open(path, &ledger) == 0);
    for (size_t i = 0; i < sizeof puts / sizeof *puts; i++)
        must(brc_ledger_put(ledger, puts[i][0], puts[i][1]) == 0);
}

static int see(const char *json, void *user_data)
{
    (*(int64_t *)user_data)++;
    must(strchr(json, '\n') == NULL);
    must(brc__json_check(json, strlen(json), "row", NULL) == 0);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    brc__auto_free char *query = brc__strndup((const char *)data, size);
    char reason[1024];
    int64_t rows = 0;

    must(query != NULL);
    if (ledger == NULL)
        furnish();
    int64_t rc = brc_ledger_query(ledger, query, see, &rows);
    must(rc == rows || rc == BRC_E_INVALID || rc == BRC_E_RANGE);
    must(rc >= 0 || (rows == 0 && brc_ledger_error(ledger, reason, sizeof reason) > 0));
    return 0;
}
