/* SPDX-License-Identifier: MIT */
#include "hold.h"

#include <stdio.h>
#include <string.h>

struct brc__hold *brc__hold_free(struct brc__hold *hold)
{
    if (hold == NULL)
        return NULL;
    if (hold->settlement != NULL)
        free(hold->settlement->metadata);
    free(hold->settlement);
    brc__catalogue_unref(hold->catalogue);
    free(hold);
    return NULL;
}

void brc__settlement_begin(struct brc__settlement *settlement)
{
    *settlement = (struct brc__settlement){.table = -1, .input_bound = -1, .output_bound = -1};
    for (int i = 0; i < BRC__USAGE_INTS; i++)
        settlement->ints[i] = -1;
    settlement->ints[BRC_USAGE_OUTCOME] = BRC_OUTCOME_UNREPORTED;
    settlement->ints[BRC_USAGE_CODE] = BRC_E_CANCELED;
    settlement->cost = -1;
    for (int i = 0; i < BRC__TOKEN_KINDS; i++)
        settlement->default_tariff.rates.of[i] = -1;
}

static void bind_known(struct brc__statement *statement, int index, int64_t value)
{
    if (value < 0)
        brc__bind_null(statement, index);
    else
        brc__bind_int(statement, index, value);
}

static int put_use(brc_ledger *ledger, const struct brc__hold *hold, int64_t owner,
                   struct brc__error *error)
{
    static const char sql[] = "INSERT INTO use (turn, at_ms, owner, call, attempt, profile, "
                              "asked_profile, price_table, tier,"
                              " hold, input_bound, output_bound, flags, metadata)"
                              " VALUES ((SELECT number FROM turn), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                              "?9, ?10, ?11, ?12, ?13)";
    const struct brc__settlement *settlement = hold->settlement;
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, settlement->at_ms);
    brc__bind_int(statement, 2, owner);
    brc__bind_text(statement, 3, settlement->call_id);
    brc__bind_int(statement, 4, settlement->attempt);
    brc__bind_int(statement, 5, settlement->profile);
    brc__bind_int(statement, 6, settlement->asked_profile);
    bind_known(statement, 7, settlement->table);
    brc__bind_text(statement, 8, settlement->tier);
    bind_known(statement, 9, hold->amount);
    bind_known(statement, 10, settlement->input_bound);
    bind_known(statement, 11, settlement->output_bound);
    brc__bind_int(statement, 12, settlement->flags);
    brc__bind_text(statement, 13, settlement->metadata);
    return brc__step(ledger->store, statement, error);
}

static int put_open_hold(brc_ledger *ledger, int64_t use, int64_t owner, struct brc__error *error)
{
    static const char sql[] = "INSERT INTO open_hold (use, owner, unreported) VALUES (?1, ?2, 0)";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, use);
    brc__bind_int(statement, 2, owner);
    return brc__step(ledger->store, statement, error);
}

/* Which budgets it counts for is frozen here, as they stood when it was admitted. */
static int put_charges(brc_ledger *ledger, int64_t use, int64_t amount,
                       struct brc__standings *standings, struct brc__error *error)
{
    const struct brc__change change = {.held = amount > 0 ? amount : 0, .uses = 1};

    for (size_t i = 0; i < standings->count; i++) {
        struct brc__standing *standing = &standings->of[i];
        int rc = brc__charge_put(ledger, use, standing->budget->name, standing->window_ms, error);
        if (rc == BRC_OK)
            rc = brc__standing_change(ledger, standing, &change, error);
        if (rc < 0)
            return rc;
    }
    return BRC_OK;
}

int brc__hold_store(brc_ledger *ledger, struct brc__hold *hold, struct brc__standings *standings,
                    struct brc__error *error)
{
    int64_t owner;

    int rc = brc__store_own(ledger->store, &owner, error);
    if (rc < 0)
        return rc;
    rc = put_use(ledger, hold, owner, error);
    if (rc < 0)
        return rc;
    int64_t use = brc__store_last_row(ledger->store);
    hold->settlement->new_use = use;
    rc = put_open_hold(ledger, use, owner, error);
    return rc < 0 ? rc : put_charges(ledger, use, hold->amount, standings, error);
}

int brc__use_read(brc_ledger *ledger, int64_t id, struct brc__use *ret_use,
                  struct brc__error *error)
{
    static const char sql[] =
        "SELECT use.hold, open_hold.unreported, settle.flags, resolution.use FROM use"
        " LEFT JOIN open_hold ON open_hold.use = use.id LEFT JOIN settle ON settle.use = use.id"
        " LEFT JOIN resolution ON resolution.use = use.id WHERE use.id = ?1";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    *ret_use = (struct brc__use){.id = id};
    brc__bind_int(statement, 1, id);
    int rc = brc__step(ledger->store, statement, error);
    if (rc <= 0)
        return rc;
    ret_use->has_hold = !brc__column_is_null(statement, 0);
    ret_use->hold = brc__column_int(statement, 0);
    ret_use->is_open = !brc__column_is_null(statement, 1);
    ret_use->is_unreported = brc__column_int(statement, 1) != 0;
    ret_use->is_settled = !brc__column_is_null(statement, 2);
    ret_use->settle_flags = brc__column_int(statement, 2);
    ret_use->is_resolved = !brc__column_is_null(statement, 3);
    brc__statement_reset(statement);
    return 1;
}

/* What a step does to each budget that a use counts for. */
struct step {
    struct brc__change change;
    const char *edge; /* to be recorded besides, or NULL */
    int64_t cost;
    const char *reason;
    int64_t now_ms;
};

static int record_edges(brc_ledger *ledger, const struct brc__use *use, const struct step *step,
                        const struct brc__budget *budget, int64_t window_ms,
                        const struct brc__total *total, struct brc__error *error)
{
    char subject[24];

    int rc = brc__edges_passed(ledger, budget, window_ms, total, step->now_ms, error);
    if (rc < 0 || step->edge == NULL)
        return rc;
    snprintf(subject, sizeof subject, "%lld", (long long)use->id);
    const struct brc__edge edge = {.kind = step->edge,
                                   .subject = subject,
                                   .budget = budget,
                                   .window_ms = window_ms,
                                   .total = total,
                                   .reason = step->reason,
                                   .use = use->id,
                                   .cost = step->cost,
                                   .hold = use->has_hold ? use->hold : -1};
    return brc__edge_put(ledger, &edge, step->now_ms, error);
}

static int each_charge(brc_ledger *ledger, const struct brc__use *use, const struct step *step,
                       struct brc__error *error)
{
    static const char sql[] = "SELECT budget, window_ms FROM charge WHERE use = ?1";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);
    struct brc__total total;
    int rc;

    brc__bind_int(statement, 1, use->id);
    for (rc = brc__step(ledger->store, statement, error); rc > 0;
         rc = brc__step(ledger->store, statement, error)) {
        const char *name = brc__column_text(statement, 0);
        int64_t window_ms = brc__column_int(statement, 1);
        rc = name == NULL
                 ? brc__error_set(error, BRC_E_NOMEM, "ledger: out of memory")
                 : brc__total_change(ledger, name, window_ms, &step->change, &total, error);
        if (rc == BRC_OK) {
            const struct brc__budget *budget = brc__catalogue_budget(ledger->catalogue, name);
            if (budget != NULL)
                rc = record_edges(ledger, use, step, budget, window_ms, &total, error);
        }
        if (rc < 0) {
            brc__statement_reset(statement);
            return rc;
        }
    }
    return rc;
}

int brc__edges_of_use(brc_ledger *ledger, const struct brc__use *use, const char *kind,
                      int64_t cost, const char *reason, int64_t now_ms, struct brc__error *error)
{
    const struct step step = {.edge = kind, .cost = cost, .reason = reason, .now_ms = now_ms};

    return each_charge(ledger, use, &step, error);
}

static int change_open_hold(brc_ledger *ledger, const char *sql, int64_t use,
                            struct brc__error *error)
{
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, use);
    return brc__step(ledger->store, statement, error);
}

int brc__use_close(brc_ledger *ledger, const struct brc__use *use, int64_t cost, int64_t now_ms,
                   struct brc__error *error)
{
    static const char sql[] = "DELETE FROM open_hold WHERE use = ?1";
    bool exceeded = use->has_hold && cost > use->hold;
    const struct step step = {
        .change = {.settled = cost,
                   .held = use->is_unreported ? 0 : -use->hold,
                   .unreported = use->is_unreported ? -use->hold : 0},
        .edge = exceeded ? BRC__EDGE_BOUND_EXCEEDED : NULL,
        .cost = cost,
        .now_ms = now_ms,
    };

    int rc = change_open_hold(ledger, sql, use->id, error);
    return rc < 0 ? rc : each_charge(ledger, use, &step, error);
}

int brc__use_leave_open(brc_ledger *ledger, const struct brc__use *use, int64_t now_ms,
                        struct brc__error *error)
{
    static const char sql[] = "UPDATE open_hold SET unreported = 1 WHERE use = ?1";
    const struct step step = {
        .change = {.held = -use->hold, .unreported = use->hold},
        .now_ms = now_ms,
    };

    if (use->is_unreported)
        return BRC_OK;
    int rc = change_open_hold(ledger, sql, use->id, error);
    return rc < 0 ? rc : each_charge(ledger, use, &step, error);
}
