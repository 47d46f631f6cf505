/* brc_ledger_query(): reads what is wanted, has the rows written in one snapshot, tells them.
 * SPDX-License-Identifier: MIT */
#include "clock.h"
#include "json.h"
#include "query.h"
#include "strict_object.h"
#include "verify.h"

enum {
    LOOK_MS = 1000 /* how long to wait for others that write, for lost owners to be found */
};

/* Filters, and which of them a kind has. */
enum {
    BY_BUDGET = 1,
    BY_PROFILE = 2,
    BY_CALL = 4,
    BY_TIME = 8,
    BY_ROWS = 16,
    BY_UNREPORTED = 32,
    BY_LIMIT = 64,
    BY_MOMENT = 128,
    BY_EDGE = 256
};

static const struct kind {
    const char *name;
    int (*query)(struct brc__query *query);
    int filters;
    bool needs_lost; /* owners that are gone are looked for first */
} kinds[] = {
    {"setting", brc__query_settings, 0, false},
    {"price", brc__query_prices, BY_ROWS, false},
    {"profile", brc__query_profiles, 0, false},
    {"budget", brc__query_budgets, 0, false},
    {"override", brc__query_overrides, BY_BUDGET, false},
    {"resolution", brc__query_resolutions, 0, false},
    {"external", brc__query_externals, 0, false},
    {"record", brc__query_records, BY_PROFILE | BY_CALL | BY_TIME | BY_UNREPORTED | BY_LIMIT, true},
    {"use", brc__query_uses, BY_BUDGET | BY_MOMENT, true},
    {"edge", brc__query_edges, BY_EDGE, false},
    {"refusal", brc__query_refusals, BY_BUDGET | BY_TIME, false},
    {"verify", brc__query_verify, 0, true},
};
enum {
    KINDS = BRC__COUNT_OF(kinds)
};

/* Which kind is wanted; the other members are judged once it is known. */
static int read_kind(const char *json, const struct kind **ret_kind, struct brc__error *error)
{
    const char *words[KINDS + 1];
    int chosen = -1;

    for (int i = 0; i < KINDS; i++)
        words[i] = kinds[i].name;
    words[KINDS] = NULL;
    const struct brc__member member = {"kind", BRC__AS_WORD, .to = &chosen, .required = true,
                                       .words = words};
    int rc = brc__json_check(json, strlen(json), "query", error);
    if (rc < 0)
        return rc;
    struct brc__json object = brc__json_of(json, strlen(json));
    struct brc__json kind = brc__json_member(object, "kind");
    if (!brc__json_starts(object, '{') || kind.p == NULL)
        return brc__error_set(error, BRC_E_INVALID,
                              "query must be an object with the member \"kind\"");
    rc = brc__strict_value(kind, "query", &member, error);
    if (rc < 0)
        return rc;
    *ret_kind = &kinds[chosen];
    return BRC_OK;
}

static int read_filters(struct brc__query *query, const char *json, const struct kind *kind)
{
    const char *const words[] = {kind->name, NULL};
    int word = 0;
    const struct {
        int filter;
        struct brc__member member;
    } all[] = {
        {0, {"kind", BRC__AS_WORD, .to = &word, .required = true, .words = words}},
        {BY_BUDGET, {"budget", BRC__AS_TEXT, .to = &query->budget}},
        {BY_PROFILE, {"profile", BRC__AS_TEXT, .to = &query->profile, .least = 1, .most = 2048}},
        {BY_CALL, {"call", BRC__AS_TEXT, .to = &query->call}},
        {BY_TIME, {"since", BRC__AS_MOMENT, .to = &query->since_ms}},
        {BY_TIME, {"until", BRC__AS_MOMENT, .to = &query->until_ms}},
        {BY_ROWS, {"rows", BRC__AS_FLAG, .to = &query->rows}},
        {BY_UNREPORTED, {"unreported", BRC__AS_FLAG, .to = &query->unreported}},
        {BY_LIMIT, {"limit", BRC__AS_NUMBER, .to = &query->limit}},
        {BY_MOMENT, {"at", BRC__AS_MOMENT, .to = &query->at_ms}},
        {BY_MOMENT,
         {"history", BRC__AS_NUMBER, .to = &query->history, .least = 1, .most = BRC__HISTORY_MOST}},
        {BY_EDGE, {"after", BRC__AS_NUMBER, .to = &query->after}},
        {BY_EDGE, {"undelivered", BRC__AS_TEXT, .to = &query->undelivered}},
    };
    struct brc__member members[BRC__COUNT_OF(all)];
    size_t count = 0;

    for (size_t i = 0; i < BRC__COUNT_OF(all); i++)
        if ((all[i].filter & kind->filters) == all[i].filter)
            members[count++] = all[i].member;
    return brc__strict_object(brc__json_of(json, strlen(json)), kind->name, members, count,
                              query->error);
}

/* A ledger that cannot be written, or not now, is read as it stands. */
static void find_lost(brc_ledger *ledger)
{
    struct brc__error ignored;

    if (brc__ledger_begin(ledger, LOOK_MS, &ignored) != 0)
        return;
    if (brc__ledger_find_lost(ledger, &ignored) < 0)
        brc__store_rollback(ledger->store);
    else
        brc__store_commit(ledger->store, &ignored);
}

static int write_rows(struct brc__query *query, const struct kind *kind)
{
    if (kind->needs_lost)
        find_lost(query->ledger);
    int rc = brc__ledger_begin_read(query->ledger, query->error);
    if (rc != 0)
        return rc < 0 ? rc
                      : brc__error_set(query->error, BRC_E_LEDGER,
                                       "the ledger cannot be read: others are at it");
    query->now_ms = brc__clock_utc_ms();
    if (query->at_ms < 0)
        query->at_ms = query->now_ms;
    rc = kind->query(query);
    brc__store_rollback(query->ledger->store);
    return rc;
}

static int enter(brc_ledger *ledger)
{
    int rc = brc__ledger_enter(ledger, BRC__LEDGER_WAIT_MS);

    return rc == BRC__LEDGER_BUSY ? BRC_E_LEDGER : rc;
}

/* Inside the mutex, which is kept while rows are told; the snapshot is not, but of more rows than
 * are worth keeping. */
static int run(struct brc__query *query, const struct kind *kind)
{
    int rc = write_rows(query, kind);

    if (rc < 0)
        return rc;
    brc__query_tell(query);
    return BRC_OK;
}

static void clear(struct brc__query *query)
{
    free(query->budget);
    free(query->profile);
    free(query->call);
    free(query->undelivered);
    brc__buf_free(&query->kept);
}
#define auto_query brc__cleanup(clear)

int64_t brc_ledger_query(brc_ledger *ledger, const char *json, brc_row_fn fn, void *user_data)
{
    if (ledger == NULL || json == NULL || fn == NULL)
        return BRC_E_INVALID;
    struct brc__error error = {0};
    auto_query struct brc__query query = {
        .ledger = ledger,
        .until_ms = INT64_MAX,
        .at_ms = -1,
        .limit = INT64_MAX,
        .history = 1,
        .fn = fn,
        .user_data = user_data,
        .kept = BRC__BUF(BRC__CEILING_ROWS),
        .error = &error,
    };
    const struct kind *kind = NULL;
    int rc = enter(ledger);
    if (rc < 0)
        return rc;
    rc = read_kind(json, &kind, &error);
    if (rc == 0)
        rc = read_filters(&query, json, kind);
    if (rc == 0)
        rc = run(&query, kind);
    if (rc < 0)
        ledger->error = error;
    brc__ledger_leave(ledger);
    return rc < 0 ? rc : query.told;
}
