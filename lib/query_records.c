/* Rows of what happened: attempts, edges, refusals.
 * SPDX-License-Identifier: MIT */
#include "query.h"
#include "json_text.h"

enum {
    RECORD_ID,
    RECORD_AT,
    RECORD_CALL,
    RECORD_ATTEMPT,
    RECORD_ARN,
    RECORD_PROFILE, /* as it was put */
    RECORD_ASKED_ARN,
    RECORD_TIER,
    RECORD_HOLD,
    RECORD_INPUT_BOUND,
    RECORD_OUTPUT_BOUND,
    RECORD_TABLE,
    RECORD_HASH,
    RECORD_FLAGS,
    RECORD_METADATA,
    RECORD_OUTCOME, /* null: it runs */
    RECORD_CODE,
    RECORD_HTTP_STATUS,
    RECORD_COUNTS,
    RECORD_SERVED_TIER = RECORD_COUNTS + 6,
    RECORD_LATENCY,
    RECORD_FIRST_EVENT,
    RECORD_REQUEST_ID,
    RECORD_AWS_TYPE,
    RECORD_COST,
    RECORD_SETTLE_FLAGS,
    RECORD_RESOLVED_AT, /* null: it is not */
    RECORD_RESOLVED_AMOUNT,
    RECORD_RESOLVED_BY,
    RECORD_RESOLVED_WHY
};

#define RECORD                                                                                     \
    "SELECT u.id, u.at_ms, u.call, u.attempt, p.arn, p.json, a.arn, u.tier, u.hold,"               \
    " u.input_bound, u.output_bound, u.price_table, t.hash, u.flags, u.metadata, s.outcome,"       \
    " s.code, s.http_status, s.input, s.output, s.cache_read, s.cache_write, s.cache_write_5m,"    \
    " s.cache_write_1h, s.tier, s.latency_ms, s.first_event_ms, s.request_id, s.aws_type, s.cost," \
    " s.flags, r.at_ms, r.amount, r.by, r.why FROM "
#define JOINED                                                                                     \
    " LEFT JOIN profile p ON p.id = u.profile LEFT JOIN profile a ON a.id = u.asked_profile"       \
    " LEFT JOIN price_table t ON t.id = u.price_table LEFT JOIN settle s ON s.use = u.id"          \
    " LEFT JOIN resolution r ON r.use = u.id"
#define WHERE(use, profile)                                                                        \
    " WHERE " use ".at_ms >= ?1 AND " use ".at_ms < ?2 AND (?3 IS NULL OR " profile ".arn = ?3)"   \
    " AND (?4 IS NULL OR " use ".call = ?4)"
#define IN_ORDER " ORDER BY u.at_ms, u.id"

/* The last so many of those that are wanted, found from the end of the index by time. */
#define LAST(of)                                                                                   \
    "(SELECT v.id AS id FROM " of " LEFT JOIN profile w ON w.id = v.profile" WHERE("v", "w")
#define OF_LAST   " ORDER BY v.at_ms DESC, v.id DESC LIMIT ?5) l CROSS JOIN use u ON u.id = l.id"
#define OPEN(use) "open_hold o CROSS JOIN use " use " ON " use ".id = o.use"

static const char all_records[] = RECORD "use u" JOINED WHERE("u", "p") IN_ORDER;
static const char last_records[] = RECORD LAST("use v") OF_LAST JOINED IN_ORDER;
static const char all_unreported[] =
    RECORD OPEN("u") JOINED WHERE("u", "p") " AND o.unreported = 1" IN_ORDER;
static const char last_unreported[] =
    RECORD LAST(OPEN("v")) " AND o.unreported = 1" OF_LAST JOINED IN_ORDER;

static const char *outcome_of(struct brc__statement *statement)
{
    if (brc__column_is_null(statement, RECORD_OUTCOME))
        return "running";
    switch (brc__column_int(statement, RECORD_OUTCOME)) {
    case BRC_OUTCOME_REPORTED:
        return "reported";
    case BRC_OUTCOME_NOT_BILLED:
        return "not_billed";
    default:
        return "unreported";
    }
}

static void write_int(struct brc__buf *row, const char *name, struct brc__statement *statement,
                      int column)
{
    if (brc__column_is_null(statement, column))
        brc__row_null(row, name);
    else
        brc__row_int(row, name, brc__column_int(statement, column));
}

static void write_money(struct brc__buf *row, const char *name, struct brc__statement *statement,
                        int column)
{
    if (brc__column_is_null(statement, column))
        brc__row_null(row, name);
    else
        brc__row_money(row, name, brc__column_int(statement, column));
}

static void write_profile(struct brc__buf *row, struct brc__statement *statement)
{
    static const char *const names[] = {"name", "tags", "model"};
    const char *json = brc__column_text(statement, RECORD_PROFILE);
    struct brc__json values[3] = {{0}};

    if (json != NULL)
        brc__json_members(brc__json_of(json, strlen(json)), names, values, 3);
    brc__row_text(row, "profileArn", brc__column_text(statement, RECORD_ARN));
    brc__row_json(row, "profileName", values[0].p, values[0].n);
    brc__row_text(row, "askedProfileArn", brc__column_text(statement, RECORD_ASKED_ARN));
    brc__row_json(row, "tags", values[1].p, values[1].n);
    brc__row_json(row, "model", values[2].p, values[2].n);
}

static void write_answer(struct brc__buf *row, struct brc__statement *statement)
{
    static const char *const counts[] = {
        "inputTokens",
        "outputTokens",
        "cacheReadInputTokens",
        "cacheWriteInputTokens",
        "cacheWrite5mInputTokens",
        "cacheWrite1hInputTokens",
    };

    brc__row_text(row, "outcome", outcome_of(statement));
    write_int(row, "code", statement, RECORD_CODE);
    write_int(row, "httpStatus", statement, RECORD_HTTP_STATUS);
    for (int i = 0; i < 6; i++)
        write_int(row, counts[i], statement, RECORD_COUNTS + i);
    brc__row_text(row, "serviceTier", brc__column_text(statement, RECORD_SERVED_TIER));
    write_int(row, "latencyMs", statement, RECORD_LATENCY);
    write_int(row, "firstEventMs", statement, RECORD_FIRST_EVENT);
    brc__row_text(row, "requestId", brc__column_text(statement, RECORD_REQUEST_ID));
    brc__row_text(row, "awsType", brc__column_text(statement, RECORD_AWS_TYPE));
}

static void write_flags(struct brc__buf *row, struct brc__statement *statement)
{
    static const struct {
        int64_t bit;
        int column;
        const char *name;
    } flags[] = {
        {BRC__USE_DEGRADED, RECORD_FLAGS, "degraded"},
        {BRC__USE_SHRUNK, RECORD_FLAGS, "shrunk"},
        {BRC__USE_COUNTED, RECORD_FLAGS, "counted"},
        {BRC__USE_UNHELD, RECORD_FLAGS, "unheld"},
        {BRC__USE_SHADOWED, RECORD_FLAGS, "shadowed"},
        {BRC__SETTLE_LOST, RECORD_SETTLE_FLAGS, "lost"},
        {BRC__SETTLE_LATE, RECORD_SETTLE_FLAGS, "late"},
        {BRC__SETTLE_BOUND_EXCEEDED, RECORD_SETTLE_FLAGS, "bound_exceeded"},
        {BRC__SETTLE_COST_CUT, RECORD_SETTLE_FLAGS, "cost_cut"},
        {BRC__PRICED_UNSPLIT_WRITE, RECORD_SETTLE_FLAGS, "unsplit_write"},
        {BRC__PRICED_AS_INPUT, RECORD_SETTLE_FLAGS, "priced_as_input"},
        {BRC__PRICED_OTHER_TIER, RECORD_SETTLE_FLAGS, "other_tier"},
    };

    brc__row_open(row, "flags", '[');
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if ((brc__column_int(statement, flags[i].column) & flags[i].bit) != 0)
            brc__row_text(row, NULL, flags[i].name);
    brc__row_close(row, ']');
}

/* The budgets that the attempt counts for. */
static int write_charges(struct brc__query *query, int64_t use)
{
    static const char sql[] = "SELECT budget FROM charge WHERE use = ?1 ORDER BY budget";
    struct brc__store *store = query->ledger->store;
    struct brc__statement *statement = brc__prepare(store, sql);

    brc__bind_int(statement, 1, use);
    brc__row_open(&query->kept, "budgets", '[');
    int rc = brc__step(store, statement, query->error);
    for (; rc == 1; rc = brc__step(store, statement, query->error))
        brc__row_text(&query->kept, NULL, brc__column_text(statement, 0));
    brc__row_close(&query->kept, ']');
    return rc;
}

static void write_resolution(struct brc__buf *row, struct brc__statement *statement)
{
    if (brc__column_is_null(statement, RECORD_RESOLVED_AT)) {
        brc__row_null(row, "resolution");
        return;
    }
    brc__row_open(row, "resolution", '{');
    brc__row_moment(row, "at", brc__column_int(statement, RECORD_RESOLVED_AT));
    brc__row_money(row, "billed", brc__column_int(statement, RECORD_RESOLVED_AMOUNT));
    brc__row_text(row, "by", brc__column_text(statement, RECORD_RESOLVED_BY));
    brc__row_text(row, "why", brc__column_text(statement, RECORD_RESOLVED_WHY));
    brc__row_close(row, '}');
}

static int write_record(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__buf *row = brc__query_begin_row(query);
    const char *metadata = brc__column_text(statement, RECORD_METADATA);

    brc__row_int(row, "id", brc__column_int(statement, RECORD_ID));
    brc__row_moment(row, "at", brc__column_int(statement, RECORD_AT));
    brc__row_text(row, "callId", brc__column_text(statement, RECORD_CALL));
    brc__row_int(row, "attempt", brc__column_int(statement, RECORD_ATTEMPT));
    write_profile(row, statement);
    brc__row_text(row, "tier", brc__column_text(statement, RECORD_TIER));
    write_money(row, "hold", statement, RECORD_HOLD);
    write_money(row, "cost", statement, RECORD_COST);
    write_answer(row, statement);
    brc__row_json(row, "requestMetadata", metadata, metadata == NULL ? 0 : strlen(metadata));
    write_int(row, "inputBound", statement, RECORD_INPUT_BOUND);
    write_int(row, "outputBound", statement, RECORD_OUTPUT_BOUND);
    write_int(row, "priceTable", statement, RECORD_TABLE);
    brc__row_text(row, "priceHash", brc__column_text(statement, RECORD_HASH));
    int rc = write_charges(query, brc__column_int(statement, RECORD_ID));
    if (rc < 0)
        return rc;
    write_flags(row, statement);
    write_resolution(row, statement);
    return brc__query_end_row(query);
}

int brc__query_records(struct brc__query *query)
{
    const struct brc__listing *listing = NULL;

    if (query->profile != NULL) {
        listing = brc__catalogue_find(query->ledger->catalogue, query->profile);
        if (listing == NULL)
            return brc__error_set(query->error, BRC_E_INVALID,
                                  "record: the ledger knows no profile \"%s\", or several",
                                  query->profile);
    }
    bool is_limited = query->limit != INT64_MAX;
    const char *sql = query->unreported ? is_limited ? last_unreported : all_unreported
                      : is_limited      ? last_records
                                        : all_records;
    struct brc__statement *statement = brc__prepare(query->ledger->store, sql);
    brc__bind_int(statement, 1, query->since_ms);
    brc__bind_int(statement, 2, query->until_ms);
    brc__bind_text(statement, 3, listing == NULL ? NULL : listing->arn);
    brc__bind_text(statement, 4, query->call);
    if (is_limited)
        brc__bind_int(statement, 5, query->limit);
    return brc__query_each(query, statement, write_record);
}

/* Columns: id, json. */
static int write_edge(struct brc__query *query, struct brc__statement *statement)
{
    const char *json = brc__column_text(statement, 1);
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_int(row, "id", brc__column_int(statement, 0));
    brc__row_members(row, json, json == NULL ? 0 : strlen(json));
    return brc__query_end_row(query);
}

int brc__query_edges(struct brc__query *query)
{
    static const char sql[] =
        "SELECT id, json FROM edge WHERE id > ?1 AND (?2 IS NULL OR NOT EXISTS"
        " (SELECT 1 FROM delivery d WHERE d.edge = edge.id AND d.consumer = ?2)) ORDER BY id";
    struct brc__statement *statement = brc__prepare(query->ledger->store, sql);

    brc__bind_int(statement, 1, query->after);
    brc__bind_text(statement, 2, query->undelivered);
    return brc__query_each(query, statement, write_edge);
}

/* Columns: id, at_ms, call, attempt, arn, budget, window_ms, worst, settled, held, amount, shadow.
 */
static int write_refusal(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_int(row, "id", brc__column_int(statement, 0));
    brc__row_moment(row, "at", brc__column_int(statement, 1));
    brc__row_text(row, "callId", brc__column_text(statement, 2));
    brc__row_int(row, "attempt", brc__column_int(statement, 3));
    brc__row_text(row, "profileArn", brc__column_text(statement, 4));
    brc__row_text(row, "budget", brc__column_text(statement, 5));
    brc__row_moment(row, "start", brc__column_int(statement, 6));
    brc__row_money(row, "needed", brc__column_int(statement, 7));
    brc__row_money(row, "settled", brc__column_int(statement, 8));
    brc__row_money(row, "held", brc__column_int(statement, 9));
    brc__row_money(row, "limit", brc__column_int(statement, 10));
    brc__row_flag(row, "shadow", brc__column_int(statement, 11) != 0);
    return brc__query_end_row(query);
}

int brc__query_refusals(struct brc__query *query)
{
    static const char sql[] =
        "SELECT f.id, f.at_ms, f.call, f.attempt, p.arn, f.budget, f.window_ms, f.worst, f.settled,"
        " f.held, f.amount, f.shadow FROM refusal f LEFT JOIN profile p ON p.id = f.profile"
        " WHERE f.at_ms >= ?1 AND f.at_ms < ?2 AND (?3 IS NULL OR f.budget = ?3) ORDER BY f.id";
    struct brc__statement *statement = brc__prepare(query->ledger->store, sql);

    brc__bind_int(statement, 1, query->since_ms);
    brc__bind_int(statement, 2, query->until_ms);
    brc__bind_text(statement, 3, query->budget);
    return brc__query_each(query, statement, write_refusal);
}
