/* SPDX-License-Identifier: MIT */
#include "ledger_bench.h"
#include "bench.h"

#include <ledger.h>
#include <uuid.h>

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"

static const char PRICE[] = "{\"from\":\"2026-01-01\",\"source\":\"benchmark\",\"prices\":[{"
                            "\"model\":\"amazon.nova-micro\","
                            "\"scope\":\"in-region\",\"input\":\"0.035\",\"output\":\"0.14\"}]}";
static const char PROFILE[] =
    "{\"arn\":\"" ARN "\",\"name\":\"search\",\"model\":\"amazon.nova-micro-v1:0\","
    "\"scope\":\"in-region\",\"tags\":{\"team\":\"search\"}}";
static const char BUDGET[] =
    "{\"name\":\"search\",\"owner\":{\"tag\":\"team\",\"value\":\"search\"},\"window\":\"month\","
    "\"limit\":\"9000000\"}";

static void put(brc_ledger *ledger, const char *kind, const char *json)
{
    char why[1024];

    if (brc_ledger_put(ledger, kind, json) == 0)
        return;
    brc_ledger_error(ledger, why, sizeof why);
    bench_fail(why);
}

char *bench_ledger_new(bool power_loss)
{
    const char *folder = getenv("TMPDIR");
    char *path;
    brc_ledger *ledger;

    if (asprintf(&path, "%s/bench.XXXXXX", folder == NULL ? "/var/tmp" : folder) < 0 ||
        mkdtemp(path) == NULL)
        bench_fail("no folder");
    path = realloc(path, strlen(path) + sizeof "/ledger");
    strcat(path, "/ledger");
    if (brc_ledger_open(path, &ledger) < 0)
        bench_fail("no ledger");
    put(ledger, "setting",
        power_loss ? "{\"durability\":\"power\"}" : "{\"durability\":\"process\"}");
    put(ledger, "price", PRICE);
    put(ledger, "profile", PROFILE);
    put(ledger, "budget", BUDGET);
    brc_ledger_free(ledger);
    return path;
}

void bench_ledger_remove(char *path)
{
    static const char *const beside[] = {"", "-wal", "-shm", "-lock"};
    char file[512];

    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(file, sizeof file, "%s%s", path, beside[i]);
        unlink(file);
    }
    *strrchr(path, '/') = '\0';
    rmdir(path);
    free(path);
}

/* ---- as a client does it */

static void *open_ours(const char *path)
{
    brc_ledger *ledger;

    if (brc_ledger_open(path, &ledger) < 0)
        bench_fail("the ledger cannot be opened");
    return ledger;
}

static void attempt_ours(void *books)
{
    struct brc__bound bound = {.input = 500, .output = 100, .output_least = 100, .tier = "default"};
    struct brc__asking asking = {.attempt = 1,
                                 .profile_arn = ARN,
                                 .bound = &bound,
                                 .counted_input = -1,
                                 .wait_ms = 10 * 1000};
    struct brc__hold *hold;
    struct brc__error error;
    struct brc_usage usage;
    char call_id[BRC__UUID_SIZE];

    brc__uuid(call_id);
    asking.call_id = call_id;
    if (brc__ledger_admit(books, &asking, &hold, &error) != 0)
        bench_fail(error.text);
    brc__usage_init(&usage, call_id, ARN, NULL);
    usage.ints[BRC_USAGE_ATTEMPT] = 1;
    usage.ints[BRC_USAGE_OUTCOME] = BRC_OUTCOME_REPORTED;
    usage.ints[BRC_USAGE_CODE] = 0;
    usage.ints[BRC_USAGE_HTTP_STATUS] = 200;
    usage.ints[BRC_USAGE_INPUT_TOKENS] = 120;
    usage.ints[BRC_USAGE_OUTPUT_TOKENS] = 80;
    usage.ints[BRC_USAGE_LATENCY_MS] = 900;
    brc__ledger_note(hold, &usage);
    if (brc__ledger_settle(books, hold, 10 * 1000, &error) != 0)
        bench_fail(error.text);
    brc__usage_clear(&usage);
    brc__hold_free(hold);
}

static void close_ours(void *books)
{
    brc_ledger_free(books);
}

const struct bench_way bench_ours = {open_ours, attempt_ours, close_ours};

/* ---- the same rows, by SQLite alone */

enum statement {
    BEGIN,
    GENERATION,
    TURN,
    READ_TOTAL,
    PUT_USE,
    PUT_CHARGE,
    PUT_OPEN_HOLD,
    HOLD,
    PUT_SETTLE,
    END_HOLD,
    SETTLE,
    COMMIT,
    STATEMENTS
};

static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [GENERATION] = "SELECT number FROM generation",
    [TURN] = "UPDATE turn SET number = number + 1",
    [READ_TOTAL] = "SELECT settled, held, unreported FROM total WHERE budget = 'search' AND "
                   "window_ms = 1",
    [PUT_USE] =
        "INSERT INTO use (turn, at_ms, owner, call, attempt, profile, asked_profile, price_table,"
        " tier, hold, input_bound, output_bound, flags) VALUES ((SELECT number FROM turn), ?1, 1, "
        "?2, 1, 1, 1, 1,"
        " 'default', 31500, 500, 100, 0)",
    [PUT_CHARGE] = "INSERT INTO charge VALUES (?1, 'search', 1)",
    [PUT_OPEN_HOLD] = "INSERT INTO open_hold VALUES (?1, 1, 0)",
    [HOLD] = "INSERT INTO total (budget, window_ms, settled, held, unreported, uses, "
             "refusals) VALUES"
             " ('search', 1, 0, 31500, 0, 1, 0) ON CONFLICT DO UPDATE SET held = held + 31500,"
             " uses = uses + 1",
    [PUT_SETTLE] =
        "INSERT INTO settle (turn, use, at_ms, outcome, code, http_status, input, output,"
        " latency_ms, cost, flags) VALUES ((SELECT number FROM turn), ?1, ?2, 2, 0, 200, 120, 80, "
        "900, 15400, 0)",
    [END_HOLD] = "DELETE FROM open_hold WHERE use = ?1",
    [SETTLE] = "UPDATE total SET held = held - 31500, settled = settled + 15400 WHERE budget ="
               " 'search' AND window_ms = 1",
    [COMMIT] = "COMMIT",
};

struct bare {
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENTS];
    pthread_mutex_t mutex;
};

static void *open_with(const char *path, const char *synchronous)
{
    struct bare *bare = calloc(1, sizeof *bare);

    if (sqlite3_open(path, &bare->database) != SQLITE_OK ||
        sqlite3_exec(bare->database, synchronous, NULL, NULL, NULL) != SQLITE_OK)
        bench_fail("SQLite cannot open it");
    sqlite3_busy_timeout(bare->database, 60 * 1000);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(bare->database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &bare->statements[i], NULL) != SQLITE_OK)
            bench_fail(sqlite3_errmsg(bare->database));
    pthread_mutex_init(&bare->mutex, NULL);
    return bare;
}

static void *open_bare(const char *path)
{
    return open_with(path, "PRAGMA synchronous = NORMAL");
}

static void *open_bare_full(const char *path)
{
    return open_with(path, "PRAGMA synchronous = FULL");
}

static void run(struct bare *bare, enum statement which)
{
    int rc = sqlite3_step(bare->statements[which]);

    while (rc == SQLITE_ROW)
        rc = sqlite3_step(bare->statements[which]);
    if (rc != SQLITE_DONE)
        bench_fail(sqlite3_errmsg(bare->database));
    sqlite3_reset(bare->statements[which]);
}

static void run_with(struct bare *bare, enum statement which, int64_t first)
{
    sqlite3_bind_int64(bare->statements[which], 1, first);
    run(bare, which);
}

static int64_t now_ms(void)
{
    return (int64_t)(bench_seconds(CLOCK_REALTIME) * 1000);
}

static int64_t hold_bare(struct bare *bare, const char *call_id)
{
    run(bare, BEGIN);
    run(bare, GENERATION);
    run(bare, TURN);
    run(bare, READ_TOTAL);
    sqlite3_bind_text(bare->statements[PUT_USE], 2, call_id, -1, SQLITE_STATIC);
    run_with(bare, PUT_USE, now_ms());
    int64_t use = sqlite3_last_insert_rowid(bare->database);
    run_with(bare, PUT_CHARGE, use);
    run_with(bare, PUT_OPEN_HOLD, use);
    run(bare, HOLD);
    run(bare, COMMIT);
    return use;
}

static void settle_bare(struct bare *bare, int64_t use)
{
    run(bare, BEGIN);
    run(bare, GENERATION);
    run(bare, TURN);
    sqlite3_bind_int64(bare->statements[PUT_SETTLE], 2, now_ms());
    run_with(bare, PUT_SETTLE, use);
    run_with(bare, END_HOLD, use);
    run(bare, SETTLE);
    run(bare, COMMIT);
}

static void attempt_bare(void *books)
{
    struct bare *bare = books;
    char call_id[BRC__UUID_SIZE];

    brc__uuid(call_id);
    pthread_mutex_lock(&bare->mutex);
    int64_t use = hold_bare(bare, call_id);
    pthread_mutex_unlock(&bare->mutex);
    pthread_mutex_lock(&bare->mutex);
    settle_bare(bare, use);
    pthread_mutex_unlock(&bare->mutex);
}

static void close_bare(void *books)
{
    struct bare *bare = books;

    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(bare->statements[i]);
    sqlite3_close(bare->database);
    pthread_mutex_destroy(&bare->mutex);
    free(bare);
}

const struct bench_way bench_bare = {open_bare, attempt_bare, close_bare};
const struct bench_way bench_bare_full = {open_bare_full, attempt_bare, close_bare};

/* ---- many records */

void bench_ledger_fill(const char *path, int64_t records)
{
    static const char fill[] =
        "BEGIN IMMEDIATE;"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %lld)"
        " INSERT INTO use (turn, at_ms, owner, call, attempt, profile, asked_profile, price_table, "
        "tier,"
        " hold, input_bound, output_bound, flags) SELECT i, %lld + i / 100, 1,"
        " printf('%%08x-0000-4000-8000-%%012x', i * 2654435761 %% 4294967296, i), 1, 1, 1, 1,"
        " 'default', 31500, 500, 100, 0 FROM n;"
        "INSERT INTO charge SELECT id, 'search', %lld FROM use;"
        "INSERT INTO settle (turn, use, at_ms, outcome, code, http_status, input, output, "
        "latency_ms,"
        " request_id, cost, flags) SELECT turn, id, at_ms + 900, 2, 0, 200, 120, 80, 900, call, "
        "15400, 0"
        " FROM use;"
        "INSERT OR REPLACE INTO total (budget, window_ms, settled, held, unreported, uses, "
        "refusals) VALUES"
        " ('search', %lld, 15400 * %lld, 0, 0, %lld, 0);"
        "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);";
    struct bare *bare = open_bare(path);
    int64_t now = now_ms(), month, end;
    char *sql, *why;

    brc__window_bounds(BRC__MONTH, 0, now, &month, &end);
    int64_t start = now - records / 100 > month ? now - records / 100 : month;
    if (asprintf(&sql, fill, (long long)records, (long long)start, (long long)month,
                 (long long)month, (long long)records, (long long)records) < 0 ||
        sqlite3_exec(bare->database, sql, NULL, NULL, &why) != SQLITE_OK)
        bench_fail(why);
    free(sql);
    close_bare(bare);
}
