/* SPDX-License-Identifier: MIT */
#include "edge.h"
#include "date.h"
#include "json_text.h"

#include <inttypes.h>
#include <string.h>

enum {
    CEILING = 256 * 1024
};

int64_t brc__limit_of(const struct brc__budget *budget, int64_t window_ms, int64_t now_ms)
{
    int64_t start, end;

    brc__window_bounds(budget->window, budget->offset_minutes, window_ms, &start, &end);
    return brc__budget_limit(budget, now_ms < end ? now_ms : end - 1);
}

static void put_text(struct brc__buf *to, const char *name, const char *text)
{
    brc__buf_appendf(to, ",\"%s\":", name);
    if (text == NULL)
        brc__buf_text(to, "null");
    else
        brc__json_quote(to, text, strlen(text));
}

static void put_moment(struct brc__buf *to, const char *name, int64_t ms)
{
    char date[BRC__ISO_DATE_SIZE];

    if (ms == INT64_MAX) {
        brc__buf_appendf(to, ",\"%s\":null", name);
        return;
    }
    brc__iso_date_text(ms / 1000, date);
    brc__buf_appendf(to, ",\"%s\":\"%s\"", name, date);
}

static void put_money(struct brc__buf *to, const char *name, int64_t amount)
{
    char text[BRC__MONEY_SIZE];

    brc__money_text(amount, text);
    brc__buf_appendf(to, ",\"%s\":\"%s\"", name, text);
}

void brc__owner_words(struct brc__buf *to, const struct brc__budget *budget)
{
    if (budget->tag != NULL)
        brc__buf_appendf(to, "%s=%s", budget->tag, budget->value);
    else if (budget->series != NULL)
        brc__buf_appendf(to, "series %s", budget->series);
    else
        brc__buf_text(to, budget->profile != NULL ? budget->profile : "all profiles");
}

static bool is(const struct brc__edge *edge, const char *kind)
{
    return strcmp(edge->kind, kind) == 0;
}

static void say_threshold(struct brc__buf *to, const struct brc__edge *edge, int64_t limit)
{
    char spent[BRC__MONEY_SIZE], held[BRC__MONEY_SIZE], limit_text[BRC__MONEY_SIZE];
    const struct brc__budget *budget = edge->budget;

    brc__money_text(brc__total_spent(edge->total), spent);
    brc__money_text(edge->total->held, held);
    brc__money_text(limit, limit_text);
    if (is(edge, BRC__EDGE_LIMIT))
        brc__buf_appendf(to, "the limit of %s USD is reached: %s USD are spent and %s USD held",
                         limit_text, spent, held);
    else
        brc__buf_appendf(to, "%" PRId64 " %% of %s USD are reached: %s USD are spent",
                         is(edge, BRC__EDGE_NOTICE) ? budget->notice_at : budget->degrade_at,
                         limit_text, spent);
}

/* The sentence for people. */
static void say(struct brc__buf *to, const struct brc__edge *edge, int64_t limit)
{
    char cost[BRC__MONEY_SIZE], hold[BRC__MONEY_SIZE];

    brc__buf_appendf(to, "budget %s (", edge->budget->name);
    brc__owner_words(to, edge->budget);
    brc__buf_text(to, "): ");
    brc__money_text(edge->cost, cost);
    brc__money_text(edge->hold, hold);
    if (is(edge, BRC__EDGE_DEGRADE_REFUSED))
        brc__buf_appendf(to, "calls of %s are not degraded: %s", edge->profile, edge->reason);
    else if (is(edge, BRC__EDGE_BOUND_EXCEEDED))
        brc__buf_appendf(to, "record %" PRId64 " cost %s USD, more than the %s USD held for it",
                         edge->use, cost, hold);
    else if (is(edge, BRC__EDGE_LATE))
        brc__buf_appendf(to,
                         "record %" PRId64
                         " was resolved, and then its program said after all what came of it: %s",
                         edge->use, edge->reason);
    else if (is(edge, BRC__EDGE_UNPRICED) || is(edge, BRC__EDGE_UNBOUNDED))
        brc__buf_appendf(to, "calls of %s would be refused: %s", edge->profile, edge->reason);
    else
        say_threshold(to, edge, limit);
}

static int write_json(struct brc__buf *to, const struct brc__edge *edge, int64_t now_ms)
{
    brc__auto_buf struct brc__buf text = BRC__BUF(CEILING);
    const struct brc__budget *budget = edge->budget;
    int64_t start, end, limit = brc__limit_of(budget, edge->window_ms, now_ms);
    struct brc__json owner = brc__budget_owner(budget);

    brc__window_bounds(budget->window, budget->offset_minutes, edge->window_ms, &start, &end);
    brc__buf_text(to, "{\"kind\":");
    brc__json_quote(to, edge->kind, strlen(edge->kind));
    put_moment(to, "at", now_ms);
    put_text(to, "budget", budget->name);
    brc__buf_text(to, ",\"owner\":");
    brc__buf_append(to, owner.p, owner.n);
    put_text(to, "window", brc__window_name(budget->window));
    put_moment(to, "start", start);
    put_moment(to, "resetsAt", end);
    put_money(to, "limit", limit);
    put_money(to, "spent", brc__total_spent(edge->total));
    put_money(to, "settled", edge->total->settled);
    put_money(to, "unreported", edge->total->unreported);
    put_money(to, "held", edge->total->held);
    brc__buf_text(to, budget->shadow ? ",\"shadow\":true" : ",\"shadow\":false");
    put_text(to, "subject", edge->subject);
    if (edge->profile != NULL)
        put_text(to, "profileArn", edge->profile);
    if (edge->reason != NULL)
        put_text(to, "reason", edge->reason);
    if (edge->use != 0)
        brc__buf_appendf(to, ",\"record\":%" PRId64, edge->use);
    if (edge->cost >= 0)
        put_money(to, "cost", edge->cost);
    if (edge->hold >= 0)
        put_money(to, "hold", edge->hold);
    say(&text, edge, limit);
    if (text.status < 0)
        return text.status;
    put_text(to, "text", text.data);
    return brc__buf_text(to, "}");
}

static int is_there(brc_ledger *ledger, const struct brc__edge *edge, struct brc__error *error)
{
    static const char sql[] = "SELECT 1 FROM edge WHERE budget = ?1 AND window_ms = ?2"
                              " AND kind = ?3 AND subject = ?4";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_text(statement, 1, edge->budget->name);
    brc__bind_int(statement, 2, edge->window_ms);
    brc__bind_text(statement, 3, edge->kind);
    brc__bind_text(statement, 4, edge->subject);
    int rc = brc__step(ledger->store, statement, error);
    if (rc > 0)
        brc__statement_reset(statement);
    return rc;
}

int brc__edge_put(brc_ledger *ledger, const struct brc__edge *edge, int64_t now_ms,
                  struct brc__error *error)
{
    static const char sql[] = "INSERT INTO edge (at_ms, kind, budget, window_ms, subject, json)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    brc__auto_buf struct brc__buf json = BRC__BUF(CEILING);

    int rc = is_there(ledger, edge, error);
    if (rc != 0)
        return rc < 0 ? rc : BRC_OK;
    rc = write_json(&json, edge, now_ms);
    if (rc < 0)
        return brc__error_set(error, BRC_E_NOMEM, "ledger: out of memory for an edge");
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    brc__bind_int(statement, 1, now_ms);
    brc__bind_text(statement, 2, edge->kind);
    brc__bind_text(statement, 3, edge->budget->name);
    brc__bind_int(statement, 4, edge->window_ms);
    brc__bind_text(statement, 5, edge->subject);
    brc__bind_text(statement, 6, json.data);
    rc = brc__step(ledger->store, statement, error);
    if (rc == 0)
        ledger->has_edges = true; /* should this roll back, a look in vain */
    return rc;
}

int brc__edges_passed(brc_ledger *ledger, const struct brc__budget *budget, int64_t window_ms,
                      const struct brc__total *total, int64_t now_ms, struct brc__error *error)
{
    const struct {
        const char *kind;
        int64_t percent;
    } steps[] = {
        {BRC__EDGE_NOTICE, budget->notice_at},
        {BRC__EDGE_DEGRADE, budget->degrade_at},
        {BRC__EDGE_LIMIT, 100},
    };
    int64_t limit = brc__limit_of(budget, window_ms, now_ms);

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].percent == 0 ||
            !brc__money_reaches(brc__total_spent(total), limit, steps[i].percent))
            continue;
        struct brc__edge edge = {steps[i].kind, "",   budget, window_ms, total,
                                 NULL,          NULL, 0,      -1,        -1};
        int rc = brc__edge_put(ledger, &edge, now_ms, error);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

void brc__edge_row(struct brc__buf *to, int64_t id, const char *json)
{
    brc__buf_appendf(to, "{\"id\":%" PRId64 ",", id);
    brc__buf_text(to, json + 1);
}
