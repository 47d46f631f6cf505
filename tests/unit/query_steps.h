/* Steps of the tests that put something into a ledger and ask it: a ledger of a test's own,
 * attempts made in it, rows compared as text. SPDX-License-Identifier: MIT */
#ifndef TEST_QUERY_STEPS_H
#define TEST_QUERY_STEPS_H

#include "run.h"

#include <ledger_state.h>

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SEARCH "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/search000000"
#define CHEAP  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/cheap0000000"
#define OTHER  "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/other0000000"

/* A dollar for a million tokens of input, five for one of output. */
#define PRICES                                                                                     \
    "{\"from\":\"2026-01-01\",\"source\":\"test\",\"prices\":[{\"model\":\"a.big\",\"scope\":"     \
    "\"geo\",\"input\":\"1\",\"output\":\"5\",\"cacheRead\":\"0.1\",\"maxOutput\":64000,"          \
    "\"tiers\":{\"flex\":500000}},{\"model\":\"a.small\",\"scope\":\"geo\",\"input\":\"0.1\","     \
    "\"output\":\"0.5\"}]}"
#define PROFILES                                                                                   \
    "{\"profiles\":[{\"arn\":\"" SEARCH "\",\"name\":\"search-prod\",\"alias\":\"search\","        \
    "\"model\":\"a.big\",\"scope\":\"geo\",\"tags\":{\"team\":\"search\"}},"                       \
    "{\"arn\":\"" CHEAP "\",\"name\":\"search-small\",\"model\":\"a.small\",\"scope\":\"geo\","    \
    "\"tags\":{\"team\":\"search\"}},"                                                             \
    "{\"arn\":\"" OTHER "\",\"name\":\"other\",\"tags\":{\"team\":\"other\"}}]}"
#define BUDGET(name, window, limit)                                                                \
    "{\"name\":\"" name                                                                            \
    "\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":\"" window                    \
    "\",\"limit\":\"" limit "\"}"

#define MILLION INT64_C(1000000) /* picodollars: what a token at a dollar a million costs */

static char folder[64], ledger_path[96];

static inline void make_folder(void)
{
    snprintf(folder, sizeof folder, "%s",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm/brc.XXXXXX" : "/tmp/brc.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(ledger_path, sizeof ledger_path, "%s/ledger", folder);
}

static inline void remove_folder(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-lock"};
    char path[128];

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(path, sizeof path, "%s%s", ledger_path, suffixes[i]);
        unlink(path);
    }
    rmdir(folder);
}

static inline brc_ledger *open_ledger(void)
{
    brc_ledger *ledger;
    char reason[1024];

    if (brc_ledger_open(ledger_path, &ledger) < 0) {
        brc_ledger_error(ledger, reason, sizeof reason);
        ck_abort_msg("%s", reason);
    }
    return ledger;
}

static inline const char *reason_of(brc_ledger *ledger)
{
    static char reason[1024];

    brc_ledger_error(ledger, reason, sizeof reason);
    return reason;
}

static inline void put(brc_ledger *ledger, const char *kind, const char *json)
{
    int rc = brc_ledger_put(ledger, kind, json);

    ck_assert_msg(rc == 0, "%s: %d, %s", kind, rc, rc < 0 ? reason_of(ledger) : "");
}

/* Prices, profiles, and a budget of the month. */
static inline brc_ledger *furnished_ledger(void)
{
    brc_ledger *ledger = open_ledger();

    put(ledger, "price", PRICES);
    put(ledger, "profile", PROFILES);
    put(ledger, "budget", BUDGET("search", "month", "10"));
    return ledger;
}

/* An attempt with so many tokens at the most. */
static inline struct brc__hold *admit(brc_ledger *ledger, const char *call, const char *arn,
                                      int64_t input, int64_t output)
{
    struct brc__bound bound = {.input = input, .output = output, .output_least = output};
    struct brc__asking asking = {.call_id = call,
                                 .attempt = 1,
                                 .profile_arn = arn,
                                 .bound = &bound,
                                 .counted_input = -1,
                                 .metadata = "{\"job\": \"x\"}",
                                 .wait_ms = 1000};
    struct brc__error error = {0};
    struct brc__hold *hold = NULL;

    strcpy(bound.tier, "default");
    int rc = brc__ledger_admit(ledger, &asking, &hold, &error);
    ck_assert_msg(rc == 0 || rc == BRC_E_BUDGET, "%d, %s", rc, error.text);
    return rc == 0 ? hold : NULL;
}

static inline void settle_as(brc_ledger *ledger, struct brc__hold *hold, int64_t outcome,
                             const char *tier, int64_t input, int64_t output)
{
    struct brc_usage usage;
    struct brc__error error = {0};

    ck_assert_int_eq(brc__usage_init(&usage, "x", SEARCH, NULL), 0);
    usage.ints[BRC_USAGE_OUTCOME] = outcome;
    usage.ints[BRC_USAGE_CODE] = outcome == BRC_OUTCOME_REPORTED ? 0 : BRC_E_TIMEOUT;
    usage.ints[BRC_USAGE_HTTP_STATUS] = 200;
    usage.ints[BRC_USAGE_INPUT_TOKENS] = input;
    usage.ints[BRC_USAGE_OUTPUT_TOKENS] = output;
    brc__usage_note(&usage, BRC_USAGE_SERVICE_TIER, tier, strlen(tier));
    brc__usage_note(&usage, BRC_USAGE_REQUEST_ID, "req-1", 5);
    brc__ledger_note(hold, &usage);
    int rc = brc__ledger_settle(ledger, hold, 1000, &error);
    ck_assert_msg(rc == 0, "%d, %s", rc, error.text);
    brc__hold_free(hold);
    brc__usage_clear(&usage);
}

/* A whole attempt; returns nothing to look at, the ledger has it. */
static inline void use(brc_ledger *ledger, const char *call, int64_t outcome, int64_t input,
                       int64_t output)
{
    struct brc__hold *hold = admit(ledger, call, SEARCH, input, output);

    ck_assert_ptr_nonnull(hold);
    settle_as(ledger, hold, outcome, "", input, output);
}

/* The rows of a query, each with its newline. */
struct rows {
    char text[64 * 1024];
    size_t length;
    int count, stop_after;
};

static inline int add_row(const char *json, void *user_data)
{
    struct rows *rows = user_data;
    size_t n = strlen(json);

    ck_assert(strchr(json, '\n') == NULL);
    ck_assert(rows->length + n + 2 < sizeof rows->text);
    memcpy(rows->text + rows->length, json, n);
    rows->length += n;
    rows->text[rows->length++] = '\n';
    rows->text[rows->length] = '\0';
    return ++rows->count == rows->stop_after;
}

static inline struct rows *rows_of(brc_ledger *ledger, const char *query)
{
    static struct rows rows;

    rows = (struct rows){.count = 0};
    int64_t count = brc_ledger_query(ledger, query, add_row, &rows);
    ck_assert_msg(count >= 0, "%s: %d, %s", query, (int)count, reason_of(ledger));
    ck_assert_int_eq(count, rows.count);
    return &rows;
}

static inline void has(const struct rows *rows, const char *text)
{
    ck_assert_msg(strstr(rows->text, text) != NULL, "no %s in\n%s", text, rows->text);
}

/* Plain SQL behind the ledger's back. */
static inline void sql(const char *text)
{
    sqlite3 *db;
    char *reason = NULL;

    ck_assert_int_eq(sqlite3_open(ledger_path, &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, text, NULL, NULL, &reason) == SQLITE_OK, "%s: %s", text, reason);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

#endif
