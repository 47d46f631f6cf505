/* How budgets stand: a row for each and window, from the running total. Costs as much as there are
 * budgets, whatever the number of records.
 * SPDX-License-Identifier: MIT */
#include "query.h"
#include "json_text.h"
#include "totals.h"

/* The limit that held at a moment. */
struct limit {
    int64_t amount;
    int64_t override_until_ms; /* 0: no override */
};

/* The last override that was put by then, if it had not ended. */
static int find_override(struct brc__query *query, const char *budget, int64_t at_ms,
                         struct limit *limit)
{
    static const char sql[] = "SELECT amount, until_ms FROM override"
                              " WHERE budget = ?1 AND put_at_ms <= ?2 ORDER BY id DESC LIMIT 1";
    struct brc__statement *statement = brc__prepare(query->ledger->store, sql);

    brc__bind_text(statement, 1, budget);
    brc__bind_int(statement, 2, at_ms);
    int rc = brc__step(query->ledger->store, statement, query->error);
    if (rc == 1 && brc__column_int(statement, 1) > at_ms) {
        limit->amount = brc__column_int(statement, 0);
        limit->override_until_ms = brc__column_int(statement, 1);
    }
    brc__statement_reset(statement);
    return rc < 0 ? rc : BRC_OK;
}

/* The limit of the version that was the last by then; one that says none changes nothing. */
static int find_version(struct brc__query *query, const char *budget, int64_t at_ms,
                        struct limit *limit)
{
    static const char sql[] = "SELECT json FROM budget WHERE name = ?1 AND put_at_ms <= ?2"
                              " ORDER BY id DESC LIMIT 1";
    struct brc__statement *statement = brc__prepare(query->ledger->store, sql);
    brc__auto_buf struct brc__buf text = BRC__BUF(BRC__CEILING_ANSWER);
    int64_t amount;

    brc__bind_text(statement, 1, budget);
    brc__bind_int(statement, 2, at_ms);
    int rc = brc__step(query->ledger->store, statement, query->error);
    const char *json = rc == 1 ? brc__column_text(statement, 0) : NULL;
    if (json != NULL &&
        brc__json_unquote(brc__json_member(brc__json_of(json, strlen(json)), "limit"), &text) &&
        text.status == 0 && brc__money_read(text.data, text.length, 0, 0, &amount) == 0)
        limit->amount = amount;
    brc__statement_reset(statement);
    if (rc < 0)
        return rc;
    if (text.status < 0)
        return brc__error_set(query->error, text.status, "%s", brc_strerror(text.status));
    return BRC_OK;
}

/* Of a moment that is over, the limit as it was then. */
static int limit_at(struct brc__query *query, const struct brc__budget *budget, int64_t at_ms,
                    struct limit *ret)
{
    *ret = (struct limit){.amount = budget->limit};
    if (at_ms >= query->now_ms) {
        ret->amount = brc__budget_limit(budget, at_ms);
        if (budget->override_until_ms > at_ms)
            ret->override_until_ms = budget->override_until_ms;
        return BRC_OK;
    }
    int rc = find_version(query, budget->name, at_ms, ret);
    return rc < 0 ? rc : find_override(query, budget->name, at_ms, ret);
}

static const char *state_of(const struct brc__budget *budget, int64_t spent, int64_t limit)
{
    if (brc__money_reaches(spent, limit, 100))
        return "limit";
    if (budget->degrade_at > 0 && brc__money_reaches(spent, limit, budget->degrade_at))
        return "degrade";
    if (budget->notice_at > 0 && brc__money_reaches(spent, limit, budget->notice_at))
        return "notice";
    return "ok";
}

static void write_window(struct brc__buf *row, const struct brc__budget *budget, int64_t start_ms,
                         int64_t end_ms)
{
    struct brc__json owner = brc__budget_owner(budget);

    brc__row_text(row, "budget", budget->name);
    brc__row_json(row, "owner", owner.p, owner.n);
    brc__row_text(row, "window", brc__window_name(budget->window));
    brc__row_moment(row, "start", start_ms);
    if (end_ms == INT64_MAX)
        brc__row_null(row, "resetsAt");
    else
        brc__row_moment(row, "resetsAt", end_ms);
}

/* The window that `at_ms` lies in. *ret_start_ms is where it begins. */
static int write_use(struct brc__query *query, const struct brc__budget *budget, int64_t at_ms,
                     int64_t *ret_start_ms)
{
    int64_t end_ms;
    struct limit limit = {0};
    struct brc__total total;

    brc__window_bounds(budget->window, budget->offset_minutes, at_ms, ret_start_ms, &end_ms);
    int rc = brc__total_read(query->ledger, budget->name, *ret_start_ms, &total, query->error);
    if (rc == 0)
        rc = limit_at(query, budget, at_ms, &limit);
    if (rc < 0)
        return rc;
    int64_t spent = brc__total_spent(&total);
    int64_t taken = brc__money_add(spent, total.held);
    struct brc__buf *row = brc__query_begin_row(query);
    write_window(row, budget, *ret_start_ms, end_ms);
    brc__row_money(row, "limit", limit.amount);
    if (limit.override_until_ms == 0)
        brc__row_null(row, "overrideUntil");
    else
        brc__row_moment(row, "overrideUntil", limit.override_until_ms);
    brc__row_money(row, "spent", spent);
    brc__row_money(row, "settled", total.settled);
    brc__row_money(row, "unreported", total.unreported);
    brc__row_money(row, "held", total.held);
    brc__row_money(row, "left", taken < limit.amount ? limit.amount - taken : 0);
    brc__row_int(row, "uses", total.uses);
    brc__row_int(row, "refusals", total.refusals);
    brc__row_text(row, "state", state_of(budget, spent, limit.amount));
    brc__row_flag(row, "shadow", budget->shadow);
    return brc__query_end_row(query);
}

/* The window that was asked for and those before it. */
static int write_history(struct brc__query *query, const struct brc__budget *budget)
{
    int64_t at_ms = query->at_ms;

    for (int64_t i = 0; i < query->history && at_ms >= 0 && !query->stopped; i++) {
        int64_t start_ms;
        int rc = write_use(query, budget, at_ms, &start_ms);
        if (rc < 0)
            return rc;
        at_ms = start_ms - 1;
    }
    return BRC_OK;
}

int brc__query_uses(struct brc__query *query)
{
    const struct brc__catalogue *catalogue = query->ledger->catalogue;

    for (size_t i = 0; i < catalogue->budget_count && !query->stopped; i++) {
        const struct brc__budget *budget = &catalogue->budgets[i];
        if (query->budget != NULL && strcmp(query->budget, budget->name) != 0)
            continue;
        int rc = write_history(query, budget);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}
