/* SPDX-License-Identifier: MIT */
#include "verify.h"
#include "json.h"
#include "json_text.h"
#include "money.h"

#include <inttypes.h>
#include <stdio.h>

int brc__finding(struct brc__query *query, const char *finding, int64_t record, const char *text)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_text(row, "finding", finding);
    brc__row_int(row, "record", record);
    brc__row_text(row, "text", text);
    return brc__query_end_row(query);
}

int brc__unreadable(struct brc__query *query, const char *finding, int64_t id, const char *text)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_text(row, "finding", finding);
    brc__row_int(row, "id", id);
    brc__row_text(row, "text", text);
    return brc__query_end_row(query);
}

/* The first rows that were written in vain stay in the status of the buffer. */
static void add_line(const char *text, void *user_data)
{
    struct brc__query *query = user_data;
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_text(row, "finding", "integrity");
    brc__row_text(row, "text", text);
    brc__query_end_row(query);
}

static int verify_file(struct brc__query *query)
{
    int rc = brc__store_integrity(query->ledger->store, add_line, query, query->error);

    return rc < 0 ? rc : query->kept.status;
}

/* Rows that belong together. Each statement finds the records that break a rule. */
static const struct rule {
    const char *finding, *sql, *text;
} rules[] = {
    {"open_hold",
     "SELECT o.use FROM open_hold o LEFT JOIN use u ON u.id = o.use WHERE u.id IS NULL",
     "an open hold of a record that is not there"},
    {"open_hold",
     "SELECT o.use FROM open_hold o LEFT JOIN settle s ON s.use = o.use LEFT JOIN resolution r"
     " ON r.use = o.use WHERE r.use IS NOT NULL OR s.outcome IN (1, 2)",
     "its hold is open, though it was settled or resolved"},
    {"open_hold",
     "SELECT o.use FROM open_hold o LEFT JOIN settle s ON s.use = o.use"
     " WHERE o.unreported != (s.use IS NOT NULL)",
     "its hold is open, but not marked as its settle, or the lack of one, implies"},
    {"open_hold",
     "SELECT o.use FROM open_hold o JOIN use u ON u.id = o.use WHERE o.owner != u.owner",
     "its hold is open, but of another owner"},
    {"open_hold",
     "SELECT u.id FROM use u LEFT JOIN settle s ON s.use = u.id LEFT JOIN resolution r"
     " ON r.use = u.id LEFT JOIN open_hold o ON o.use = u.id"
     " WHERE o.use IS NULL AND r.use IS NULL AND (s.use IS NULL OR s.outcome NOT IN (1, 2))",
     "its hold is not open, though it was neither settled nor resolved"},
    {"settle", "SELECT s.use FROM settle s LEFT JOIN use u ON u.id = s.use WHERE u.id IS NULL",
     "a settle of a record that is not there"},
    {"settle", "SELECT use FROM settle WHERE outcome NOT IN (1, 2, 3)",
     "its settle has an outcome that is none"},
    {"resolution",
     "SELECT r.use FROM resolution r LEFT JOIN settle s ON s.use = r.use"
     " WHERE s.use IS NULL OR s.outcome IN (1, 2)",
     "a resolution of a record that is not unreported"},
    {"charge",
     "SELECT DISTINCT c.use FROM charge c LEFT JOIN use u ON u.id = c.use WHERE u.id IS NULL",
     "a charge of a record that is not there"},
    {"use",
     "SELECT u.id FROM use u LEFT JOIN profile p ON p.id = u.profile LEFT JOIN profile a"
     " ON a.id = u.asked_profile WHERE p.id IS NULL OR a.id IS NULL",
     "a record of a profile that is not there"},
    {"amount",
     "SELECT u.id FROM use u LEFT JOIN settle s ON s.use = u.id LEFT JOIN resolution r"
     " ON r.use = u.id WHERE u.hold < 0 OR s.cost < 0 OR r.amount < 0",
     "an amount of it is less than nothing"},
};

static int follow(struct brc__query *query, const struct rule *rule)
{
    struct brc__store *store = query->ledger->store;
    struct brc__statement *statement = brc__prepare(store, rule->sql);
    int rc = brc__step(store, statement, query->error);

    while (rc == 1 && !query->stopped) {
        rc = brc__finding(query, rule->finding, brc__column_int(statement, 0), rule->text);
        if (rc == 0)
            rc = brc__step(store, statement, query->error);
    }
    brc__statement_reset(statement);
    return rc < 0 ? rc : BRC_OK;
}

static int verify_rules(struct brc__query *query)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        int rc = follow(query, &rules[i]);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

/* Columns: external. */
static int write_external(struct brc__query *query, struct brc__statement *statement)
{
    struct brc__buf *row = brc__query_begin_row(query);

    brc__row_text(row, "finding", "charge");
    brc__row_text(row, "external", brc__column_text(statement, 0));
    brc__row_text(row, "text", "a charge of an external cost that is not there");
    return brc__query_end_row(query);
}

static int verify_externals(struct brc__query *query)
{
    static const char sql[] = "SELECT DISTINCT x.external FROM external_charge x LEFT JOIN external"
                              " e ON e.id = x.external WHERE e.id IS NULL OR e.amount < 0";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), write_external);
}

/* Columns: id, name, json. */
static int check_budget(struct brc__query *query, struct brc__statement *statement)
{
    const char *name = brc__column_text(statement, 1), *json = brc__column_text(statement, 2);
    struct brc__budget budget = {0};
    struct brc__error error;

    if (name == NULL || json == NULL)
        return BRC_OK;
    int rc = brc__json_check(json, strlen(json), "budget", &error);
    if (rc == 0)
        rc = brc__budget_read(brc__json_of(json, strlen(json)), &budget, &error);
    if (rc == BRC_E_NOMEM)
        return brc__error_set(query->error, rc, "%s", brc_strerror(rc));
    bool is_sound = rc == 0 && strcmp(budget.name, name) == 0;
    brc__budget_clear(&budget);
    return is_sound ? BRC_OK
                    : brc__unreadable(query, "budget", brc__column_int(statement, 0),
                                      "the budget is not the one that was put");
}

static int verify_budgets(struct brc__query *query)
{
    static const char sql[] = "SELECT id, name, json FROM budget ORDER BY id";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), check_budget);
}

/* What a window is of. */
struct span {
    int64_t window_ms, first_ms, last_ms;
};

/* Whether that version of a budget has the window, and both moments lie in it. 1: yes. */
static int version_has(struct brc__query *query, const char *json, const struct span *span)
{
    struct brc__budget budget = {0};
    struct brc__error error;
    int64_t start_ms, end_ms;
    int rc = json == NULL ? BRC_E_NOMEM : brc__json_check(json, strlen(json), "budget", &error);

    if (rc == 0)
        rc = brc__budget_read(brc__json_of(json, strlen(json)), &budget, &error);
    if (rc == BRC_E_NOMEM)
        return brc__error_set(query->error, rc, "%s", brc_strerror(rc));
    if (rc < 0) /* which is a finding of its own */
        return 0;
    brc__window_bounds(budget.window, budget.offset_minutes, span->first_ms, &start_ms, &end_ms);
    bool has = !budget.ended && start_ms == span->window_ms && span->last_ms < end_ms;
    brc__budget_clear(&budget);
    return has;
}

static int has_window(struct brc__query *query, const char *name, const struct span *span)
{
    static const char sql[] = "SELECT json FROM budget WHERE name = ?1 ORDER BY id DESC";
    struct brc__store *store = query->ledger->store;
    struct brc__statement *statement = brc__prepare(store, sql);
    int found = 0;

    brc__bind_text(statement, 1, name);
    int rc = brc__step(store, statement, query->error);
    while (rc == 1 && found == 0) {
        found = version_has(query, brc__column_text(statement, 0), span);
        if (found == 0)
            rc = brc__step(store, statement, query->error);
    }
    brc__statement_reset(statement);
    return rc < 0 ? rc : found;
}

/* Columns: budget, window_ms, first and last moment of what is counted there. */
static int check_window(struct brc__query *query, struct brc__statement *statement)
{
    const char *budget = brc__column_text(statement, 0);
    const struct span span = {brc__column_int(statement, 1), brc__column_int(statement, 2),
                              brc__column_int(statement, 3)};

    if (budget == NULL)
        return BRC_OK;
    int rc = has_window(query, budget, &span);
    if (rc != 0)
        return rc < 0 ? rc : BRC_OK;
    struct brc__buf *row = brc__query_begin_row(query);
    brc__row_text(row, "finding", "window");
    brc__row_text(row, "budget", budget);
    brc__row_moment(row, "start", span.window_ms);
    brc__row_moment(row, "first", span.first_ms);
    brc__row_moment(row, "last", span.last_ms);
    brc__row_text(row, "text", "something is counted in a window that it does not lie in");
    return brc__query_end_row(query);
}

static int verify_windows(struct brc__query *query)
{
    static const char sql[] =
        "SELECT budget, window_ms, min(at_ms), max(at_ms) FROM"
        " (SELECT c.budget, c.window_ms, u.at_ms FROM charge c JOIN use u ON u.id = c.use"
        " UNION ALL SELECT x.budget, x.window_ms, e.at_ms FROM external_charge x JOIN external e"
        " ON e.id = x.external) GROUP BY budget, window_ms ORDER BY budget, window_ms";

    return brc__query_each(query, brc__prepare(query->ledger->store, sql), check_window);
}

/* Sums of what the rows say, beside what the totals do. Each amount comes in two halves, for a sum
 * of a damaged file may pass what an integer of SQL can be, which would be a failure there. */
#define HALVES(amount) "sum(" amount " >> 32), sum(" amount " & 4294967295)"
static const char derived[] =
    "SELECT budget, window_ms, " HALVES("settled") ", " HALVES("held") ", " HALVES(
        "unreported") ", " HALVES("uses") ", " HALVES("refusals") ","
                                                                  " max(is_settled), max(is_held), "
                                                                  "max(is_unreported), "
                                                                  "max(is_uses), max(is_refusals)"
                                                                  " FROM (SELECT c.budget AS "
                                                                  "budget, c.window_ms AS "
                                                                  "window_ms,"
                                                                  " CASE WHEN r.use IS NOT NULL "
                                                                  "THEN r.amount WHEN s.outcome IN "
                                                                  "(1, 2) THEN coalesce(s.cost, 0)"
                                                                  " ELSE 0 END AS settled,"
                                                                  " CASE WHEN s.use IS NULL AND "
                                                                  "r.use IS NULL THEN "
                                                                  "coalesce(u.hold, 0) ELSE 0 END "
                                                                  "AS held,"
                                                                  " CASE WHEN s.outcome NOT IN (1, "
                                                                  "2) AND r.use IS NULL THEN "
                                                                  "coalesce(u.hold, 0) ELSE 0 END"
                                                                  " AS unreported, 1 AS uses, 0 AS "
                                                                  "refusals, 0 AS is_settled, 0 AS "
                                                                  "is_held, 0 AS is_unreported,"
                                                                  " 0 AS is_uses, 0 AS is_refusals"
                                                                  " FROM charge c JOIN use u ON "
                                                                  "u.id = c.use LEFT JOIN settle s "
                                                                  "ON s.use = c.use"
                                                                  " LEFT JOIN resolution r ON "
                                                                  "r.use = c.use"
                                                                  " UNION ALL SELECT x.budget, "
                                                                  "x.window_ms, e.amount, 0, 0, 0, "
                                                                  "0, 0, 0, 0, 0, 0"
                                                                  " FROM external_charge x JOIN "
                                                                  "external e ON e.id = x.external"
                                                                  " UNION ALL SELECT budget, "
                                                                  "window_ms, 0, 0, 0, 0, 1, 0, 0, "
                                                                  "0, 0, 0 FROM refusal"
                                                                  " UNION ALL SELECT budget, "
                                                                  "window_ms, 0, 0, 0, 0, 0, "
                                                                  "settled, held, unreported, "
                                                                  "uses, refusals"
                                                                  " FROM total) GROUP BY budget, "
                                                                  "window_ms ORDER BY budget, "
                                                                  "window_ms";

enum {
    TOTALS = 5,
    FIRST_HALF = 2,
    FIRST_IS = FIRST_HALF + 2 * TOTALS
};

/* Totals end at 2^63 - 1. */
static int64_t whole(struct brc__statement *statement, int column)
{
    __extension__ __int128 sum = brc__column_int(statement, FIRST_HALF + 2 * column);

    sum = sum * (INT64_C(1) << 32) + brc__column_int(statement, FIRST_HALF + 2 * column + 1);
    return sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : (int64_t)sum;
}

/* Columns: budget, window_ms, halves of what should be, what is. */
static int check_total(struct brc__query *query, struct brc__statement *statement)
{
    static const char *const names[TOTALS] = {"settled", "held", "unreported", "uses", "refusals"};

    for (int i = 0; i < TOTALS; i++) {
        int64_t should_be = whole(statement, i), is = brc__column_int(statement, FIRST_IS + i);
        if (is == should_be)
            continue;
        struct brc__buf *row = brc__query_begin_row(query);
        brc__row_text(row, "finding", "total");
        brc__row_text(row, "budget", brc__column_text(statement, 0));
        brc__row_moment(row, "start", brc__column_int(statement, 1));
        brc__row_text(row, "column", names[i]);
        (i < 3 ? brc__row_money : brc__row_int)(row, "is", is);
        (i < 3 ? brc__row_money : brc__row_int)(row, "shouldBe", should_be);
        brc__row_text(row, "text", "what is kept of the window is not what its rows add up to");
        int rc = brc__query_end_row(query);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

static int verify_totals(struct brc__query *query)
{
    return brc__query_each(query, brc__prepare(query->ledger->store, derived), check_total);
}

int brc__query_verify(struct brc__query *query)
{
    int (*const steps[])(struct brc__query *) = {
        verify_file,    verify_rules,  verify_externals,  verify_budgets,
        verify_windows, verify_totals, brc__verify_costs,
    };

    for (size_t i = 0; i < sizeof steps / sizeof *steps && !query->stopped; i++) {
        int rc = steps[i](query);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}
