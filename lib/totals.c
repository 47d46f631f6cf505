/* SPDX-License-Identifier: MIT */
#include "totals.h"

#include <inttypes.h>

int64_t brc__money_add(int64_t a, int64_t b)
{
    int64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

int64_t brc__total_spent(const struct brc__total *total)
{
    return brc__money_add(total->settled, total->unreported);
}

brc__wide brc__total_taken(const struct brc__total *total)
{
    return (brc__wide)total->settled + (brc__wide)total->held + (brc__wide)total->unreported;
}

int64_t brc__window_at(const struct brc__budget *budget, int64_t at_ms)
{
    int64_t start, end;

    brc__window_bounds(budget->window, budget->offset_minutes, at_ms, &start, &end);
    return start;
}

int brc__total_read(brc_ledger *ledger, const char *budget, int64_t window_ms,
                    struct brc__total *ret_total, struct brc__error *error)
{
    static const char sql[] = "SELECT settled, held, unreported, uses, refusals FROM total"
                              " WHERE budget = ?1 AND window_ms = ?2";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    *ret_total = (struct brc__total){0};
    brc__bind_text(statement, 1, budget);
    brc__bind_int(statement, 2, window_ms);
    int rc = brc__step(ledger->store, statement, error);
    if (rc <= 0)
        return rc;
    ret_total->settled = brc__column_int(statement, 0);
    ret_total->held = brc__column_int(statement, 1);
    ret_total->unreported = brc__column_int(statement, 2);
    ret_total->uses = brc__column_int(statement, 3);
    ret_total->refusals = brc__column_int(statement, 4);
    ret_total->has_row = true;
    brc__statement_reset(statement);
    return BRC_OK;
}

/* The sum of the open holds of a window that run, or of those that do not. */
static int add_up(brc_ledger *ledger, const char *budget, int64_t window_ms, int unreported,
                  int64_t *ret_sum, struct brc__error *error)
{
    static const char sql[] =
        "SELECT use.hold FROM open_hold JOIN charge ON charge.use = open_hold.use"
        " JOIN use ON use.id = open_hold.use WHERE charge.budget = ?1 AND charge.window_ms = ?2"
        " AND open_hold.unreported = ?3 AND use.hold IS NOT NULL";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    int rc;

    *ret_sum = 0;
    brc__bind_text(statement, 1, budget);
    brc__bind_int(statement, 2, window_ms);
    brc__bind_int(statement, 3, unreported);
    for (rc = brc__step(ledger->store, statement, error); rc > 0;
         rc = brc__step(ledger->store, statement, error))
        *ret_sum = brc__money_add(*ret_sum, brc__column_int(statement, 0));
    return rc;
}

/* One column's step. What stands at the most and goes down has forgotten how far above it was. */
static int change_column(brc_ledger *ledger, const char *budget, int64_t window_ms, int unreported,
                         int64_t change, int64_t *column, struct brc__error *error)
{
    if (change >= 0) {
        *column = brc__money_add(*column, change);
        return BRC_OK;
    }
    if (*column == INT64_MAX)
        return add_up(ledger, budget, window_ms, unreported, column, error);
    if (*column < -change)
        return brc__error_set(
            error, BRC_E_LEDGER,
            "ledger: the total of budget %s is less than a hold it should have in "
            "it; the file is damaged (see its findings of kind verify)",
            budget);
    *column += change;
    return BRC_OK;
}

static int write_total(brc_ledger *ledger, const char *budget, int64_t window_ms,
                       struct brc__total *total, struct brc__error *error)
{
    static const char insert[] =
        "INSERT INTO total (budget, window_ms, settled, held, unreported, uses, refusals)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    static const char update[] =
        "UPDATE total SET settled = ?3, held = ?4, unreported = ?5, uses = ?6, refusals = ?7"
        " WHERE budget = ?1 AND window_ms = ?2";
    struct brc__statement *statement =
        brc__prepare(ledger->store, total->has_row ? update : insert);

    brc__bind_text(statement, 1, budget);
    brc__bind_int(statement, 2, window_ms);
    brc__bind_int(statement, 3, total->settled);
    brc__bind_int(statement, 4, total->held);
    brc__bind_int(statement, 5, total->unreported);
    brc__bind_int(statement, 6, total->uses);
    brc__bind_int(statement, 7, total->refusals);
    total->has_row = true;
    return brc__step(ledger->store, statement, error);
}

int brc__total_apply(brc_ledger *ledger, const char *budget, int64_t window_ms,
                     const struct brc__change *change, struct brc__total *total,
                     struct brc__error *error)
{
    int rc = change_column(ledger, budget, window_ms, 0, change->held, &total->held, error);
    if (rc < 0)
        return rc;
    rc = change_column(ledger, budget, window_ms, 1, change->unreported, &total->unreported, error);
    if (rc < 0)
        return rc;
    total->settled = brc__money_add(total->settled, change->settled);
    total->uses = brc__money_add(total->uses, change->uses);
    total->refusals = brc__money_add(total->refusals, change->refusals);
    return write_total(ledger, budget, window_ms, total, error);
}

int brc__total_change(brc_ledger *ledger, const char *budget, int64_t window_ms,
                      const struct brc__change *change, struct brc__total *ret_total,
                      struct brc__error *error)
{
    int rc = brc__total_read(ledger, budget, window_ms, ret_total, error);

    return rc < 0 ? rc : brc__total_apply(ledger, budget, window_ms, change, ret_total, error);
}

int brc__charge_put(brc_ledger *ledger, int64_t use, const char *budget, int64_t window_ms,
                    struct brc__error *error)
{
    static const char sql[] = "INSERT INTO charge (use, budget, window_ms) VALUES (?1, ?2, ?3)";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, use);
    brc__bind_text(statement, 2, budget);
    brc__bind_int(statement, 3, window_ms);
    return brc__step(ledger->store, statement, error);
}

int brc__external_charge_put(brc_ledger *ledger, const char *external, const char *budget,
                             int64_t window_ms, struct brc__error *error)
{
    static const char sql[] =
        "INSERT INTO external_charge (external, budget, window_ms) VALUES (?1, ?2, ?3)";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_text(statement, 1, external);
    brc__bind_text(statement, 2, budget);
    brc__bind_int(statement, 3, window_ms);
    return brc__step(ledger->store, statement, error);
}
