/* SPDX-License-Identifier: MIT */
#include "ledger_fixture.h"

#include <clock.h>
#include <money.h>

#include <check.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    WAIT_MS = 60000
};

static const char prices[] =
    "{\"from\":\"2020-01-01\",\"source\":\"test\",\"prices\":["
    "{\"model\":\"test.unit\",\"scope\":\"in-region\",\"input\":\"0.000001\",\"output\":"
    "\"0.000001\",\"cacheRead\":\"0.000001\",\"cacheWrite5m\":\"0.000001\",\"cacheWrite1h\":"
    "\"0.000001\",\"tiers\":{\"priority\":2000000,\"flex\":500000}},"
    "{\"model\":\"test.free\",\"scope\":\"in-region\",\"input\":\"0\",\"output\":\"0\"}]}";

static const char profiles[] =
    "{\"profiles\":["
    "{\"arn\":\"" SEARCH "\",\"name\":\"search\"," SMALL_MODEL ",\"tags\":{\"team\":\"search\"}},"
    "{\"arn\":\"" CHEAP "\",\"name\":\"cheap\"," SMALL_MODEL ",\"tags\":{\"team\":\"search\"},"
    "\"multiplier\":\"0.5\",\"maxOutput\":5000},"
    "{\"arn\":\"" OTHER "\",\"name\":\"other\"," SMALL_MODEL ",\"tags\":{\"team\":\"ads\"}},"
    "{\"arn\":\"" FREE "\",\"name\":\"free\",\"model\":\"test.free\",\"scope\":\"in-region\","
    "\"tags\":{\"team\":\"search\"},\"maxOutput\":100},"
    "{\"arn\":\"" UNPRICED "\",\"name\":\"unpriced\",\"model\":\"test.unknown\",\"scope\":"
    "\"in-region\",\"tags\":{\"team\":\"search\"}}]}";

void accounts_open(struct accounts *accounts)
{
    snprintf(accounts->folder, sizeof accounts->folder, "/tmp/brc-accounts-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(accounts->folder));
    snprintf(accounts->path, sizeof accounts->path, "%s/ledger", accounts->folder);
    accounts->ledger = accounts_join(accounts);
    put(accounts->ledger, "price", prices);
    put(accounts->ledger, "profile", profiles);
}

void accounts_close(struct accounts *accounts)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char path[128];

    check_rows(accounts->path);
    accounts->ledger = brc_ledger_free(accounts->ledger);
    check_rows(accounts->path);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", accounts->path, ends[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(accounts->folder), 0);
}

brc_ledger *accounts_join(const struct accounts *accounts)
{
    brc_ledger *ledger;
    char text[1024];

    int rc = brc_ledger_open(accounts->path, &ledger);
    if (rc < 0) {
        brc_ledger_error(ledger, text, sizeof text);
        ck_abort_msg("%s", text);
    }
    return ledger;
}

static int put_row(brc_ledger *ledger, const char *kind, const char *json, struct brc__error *error)
{
    int64_t now_ms = brc__clock_utc_ms();

    if (strcmp(kind, "resolution") == 0)
        return brc__resolution_put(ledger, json, now_ms, error);
    if (strcmp(kind, "external") == 0)
        return brc__external_put(ledger, json, now_ms, error);
    return brc__catalogue_put(ledger->store, ledger->catalogue, kind, json, now_ms, error);
}

/* What takes more than its row, as a budget that is filled in. */
static int put_whole(brc_ledger *ledger, const char *kind, const char *json,
                     struct brc__error *error)
{
    int rc = brc_ledger_put(ledger, kind, json);

    if (rc < 0)
        brc_ledger_error(ledger, error->text, sizeof error->text);
    return rc;
}

/* Rows that others may contend for have longer than brc_ledger_put() has. */
int try_put(brc_ledger *ledger, const char *kind, const char *json, struct brc__error *error)
{
    if (strcmp(kind, "budget") == 0)
        return put_whole(ledger, kind, json, error);
    int rc = brc__ledger_enter(ledger, WAIT_MS);
    if (rc != BRC_OK)
        return rc;
    rc = brc__ledger_begin(ledger, WAIT_MS, error);
    if (rc == BRC_OK) {
        rc = put_row(ledger, kind, json, error);
        if (rc < 0)
            brc__store_rollback(ledger->store);
        else
            rc = brc__store_commit(ledger->store, error);
    }
    brc__ledger_leave(ledger);
    return rc;
}

void put(brc_ledger *ledger, const char *kind, const char *json)
{
    struct brc__error error = {0};

    ck_assert_msg(try_put(ledger, kind, json, &error) == BRC_OK, "%s: %s", json, error.text);
}

void put_budget(brc_ledger *ledger, const char *name, int64_t limit, const char *extra)
{
    char json[512], amount[BRC__MONEY_SIZE];
    const char *owner = strstr(extra, "\"owner\"") != NULL
                            ? ""
                            : ",\"owner\":{\"tag\":\"team\",\"value\":\"search\"}";
    const char *window = strstr(extra, "\"window\"") != NULL ? "" : ",\"window\":\"month\"";

    brc_money_format(limit, amount, sizeof amount);
    snprintf(json, sizeof json, "{\"name\":\"%s\"%s%s,\"limit\":\"%s\"%s}", name, owner, window,
             amount, extra);
    put(ledger, "budget", json);
}

int try_admit(brc_ledger *ledger, const char *arn, int64_t input, int64_t output, int64_t least,
              struct brc__hold **ret_hold, struct brc__error *error)
{
    struct brc__bound bound = {
        .input = input, .output = output, .output_least = least, .tier = "default"};
    const struct brc__asking asking = {
        .call_id = "00000000-0000-4000-8000-000000000000",
        .attempt = 1,
        .profile_arn = arn,
        .bound = &bound,
        .counted_input = -1,
        .wait_ms = WAIT_MS,
    };

    return brc__ledger_admit(ledger, &asking, ret_hold, error);
}

struct brc__hold *admit(brc_ledger *ledger, const char *arn, int64_t input, int64_t output)
{
    struct brc__error error = {0};
    struct brc__hold *hold;

    int rc = try_admit(ledger, arn, input, output, output, &hold, &error);
    ck_assert_msg(rc == BRC_OK, "%d: %s", rc, error.text);
    return hold;
}

int admit_rc(brc_ledger *ledger, const char *arn, int64_t input, int64_t output)
{
    struct brc__error error = {0};
    struct brc__hold *hold;

    int rc = try_admit(ledger, arn, input, output, output, &hold, &error);
    ck_assert((rc == BRC_OK) == (hold != NULL));
    ck_assert(rc >= 0 || *error.text != '\0');
    brc__hold_free(hold);
    return rc;
}

void note(struct brc__hold *hold, int outcome, int64_t input, int64_t output, const char *tier)
{
    struct brc_usage usage = {0}; /* nothing here needs memory, nor does the note */

    brc__usage_begin(&usage);
    usage.ints[BRC_USAGE_OUTCOME] = outcome;
    usage.ints[BRC_USAGE_CODE] = outcome == BRC_OUTCOME_REPORTED ? BRC_OK : BRC_E_CONNECT;
    usage.ints[BRC_USAGE_INPUT_TOKENS] = input;
    usage.ints[BRC_USAGE_OUTPUT_TOKENS] = output;
    if (tier != NULL)
        brc__usage_note(&usage, BRC_USAGE_SERVICE_TIER, tier, strlen(tier));
    brc__ledger_note(hold, &usage);
}

static void settle_and_free(brc_ledger *ledger, struct brc__hold *hold)
{
    struct brc__error error = {0};

    int rc = brc__ledger_settle(ledger, hold, WAIT_MS, &error);
    ck_assert_msg(rc == BRC_OK, "%d: %s", rc, error.text);
    brc__hold_free(hold);
}

void settle_reported(brc_ledger *ledger, struct brc__hold *hold, int64_t input, int64_t output)
{
    note(hold, BRC_OUTCOME_REPORTED, input, output, NULL);
    settle_and_free(ledger, hold);
}

void settle_as(brc_ledger *ledger, struct brc__hold *hold, int outcome)
{
    note(hold, outcome, -1, -1, NULL);
    settle_and_free(ledger, hold);
}

void spend(brc_ledger *ledger, int64_t cost)
{
    settle_reported(ledger, admit(ledger, SEARCH, cost - 1, 1), cost - 1, 1);
}

static sqlite3 *open_file(const char *path)
{
    sqlite3 *db;

    ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    sqlite3_busy_timeout(db, WAIT_MS);
    return db;
}

static sqlite3_stmt *first_row(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;

    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(db));
    ck_assert_msg(sqlite3_step(statement) == SQLITE_ROW, "%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

int64_t ask_int(const char *path, const char *sql)
{
    sqlite3 *db = open_file(path);
    sqlite3_stmt *statement = first_row(db, sql);
    int64_t value = sqlite3_column_int64(statement, 0);

    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

char *ask_text(const char *path, const char *sql)
{
    sqlite3 *db = open_file(path);
    sqlite3_stmt *statement = first_row(db, sql);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    char *copy = strdup(text == NULL ? "" : text);

    sqlite3_finalize(statement);
    sqlite3_close(db);
    return copy;
}

void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = open_file(path);
    char *message = NULL;

    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK, "%s: %s", sql, message);
    sqlite3_close(db);
}

void check_total(const struct accounts *accounts, const char *budget, int64_t settled, int64_t held,
                 int64_t unreported)
{
    static const char *const columns[] = {"settled", "held", "unreported"};
    const int64_t expected[] = {settled, held, unreported};
    char sql[256];

    for (int i = 0; i < 3; i++) {
        snprintf(sql, sizeof sql, "SELECT coalesce(sum(%s), 0) FROM total WHERE budget = '%s'",
                 columns[i], budget);
        int64_t found = ask_int(accounts->path, sql);
        ck_assert_msg(found == expected[i], "%s of %s is %" PRId64 ", not %" PRId64, columns[i],
                      budget, found, expected[i]);
    }
}

/* What each record has come to, by its settle and its resolution alone. */
#define STATES                                                                                     \
    "WITH state AS (SELECT use.id AS id, coalesce(use.hold, 0) AS hold,"                           \
    " CASE WHEN resolution.use IS NOT NULL THEN 'done' WHEN settle.use IS NULL THEN 'held'"        \
    " WHEN settle.outcome = 3 THEN 'unreported' ELSE 'done' END AS state,"                         \
    " coalesce(resolution.amount, settle.cost, 0) AS cost, use.owner AS owner FROM use"            \
    " LEFT JOIN settle ON settle.use = use.id LEFT JOIN resolution ON resolution.use = use.id),"   \
    " derived AS (SELECT budget, window_ms, sum(settled) AS settled, sum(held) AS held,"           \
    " sum(unreported) AS unreported, sum(uses) AS uses, sum(refusals) AS refusals FROM ("          \
    "SELECT budget, window_ms, CASE state WHEN 'done' THEN cost ELSE 0 END AS settled,"            \
    " CASE state WHEN 'held' THEN hold ELSE 0 END AS held,"                                        \
    " CASE state WHEN 'unreported' THEN hold ELSE 0 END AS unreported, 1 AS uses, 0 AS refusals"   \
    " FROM charge JOIN state ON state.id = charge.use UNION ALL"                                   \
    " SELECT budget, window_ms, amount, 0, 0, 0, 0 FROM external_charge"                           \
    " JOIN external ON external.id = external_charge.external UNION ALL"                           \
    " SELECT budget, window_ms, 0, 0, 0, 0, 1 FROM refusal) GROUP BY budget, window_ms)"

void check_rows(const char *path)
{
    static const char missing[] = STATES
        " SELECT count(*) FROM (SELECT * FROM derived EXCEPT SELECT budget, window_ms, settled,"
        " held, unreported, uses, refusals FROM total)";
    static const char surplus[] = STATES
        " SELECT count(*) FROM (SELECT budget, window_ms, settled, held, unreported, uses, refusals"
        " FROM total WHERE settled + held + unreported + uses + refusals <> 0"
        " EXCEPT SELECT * FROM derived)";
    static const char holds[] =
        STATES " SELECT count(*) FROM (SELECT id, owner, state = 'unreported' FROM state"
               " WHERE state <> 'done' EXCEPT SELECT use, owner, unreported FROM open_hold)";
    static const char open[] =
        STATES " SELECT count(*) FROM (SELECT use, owner, unreported FROM open_hold"
               " EXCEPT SELECT id, owner, state = 'unreported' FROM state WHERE state <> 'done')";

    ck_assert_int_eq(ask_int(path, missing), 0);
    ck_assert_int_eq(ask_int(path, surplus), 0);
    ck_assert_int_eq(ask_int(path, holds), 0);
    ck_assert_int_eq(ask_int(path, open), 0);
    ck_assert_int_eq(ask_int(path, "SELECT count(*) FROM pragma_integrity_check"
                                   " WHERE integrity_check <> 'ok'"),
                     0);
}
