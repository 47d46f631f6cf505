/* The gate: one transaction decides on an attempt for all budgets that apply, and holds its worst
 * case. SPDX-License-Identifier: MIT */
#include "route.h"
#include "settle.h"
#include "clock.h"
#include "fault_points.h"
#include "refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A decision under way. */
struct gate {
    brc_ledger *ledger;
    const struct brc__asking *asking;
    struct brc__hold *hold;
    int64_t until; /* on the steady clock: to wait for others that write, threads or processes */
    int64_t now_ms;
    const struct brc__listing *asked;
    struct brc__route route;         /* of the listing asked for, or what it degrades to */
    struct brc__standings standings; /* of the budgets that cover the route's listing */
    bool refused;                    /* there are rows of refusals to commit */
};

static struct brc__hold *new_hold(const struct brc__asking *asking)
{
    struct brc__hold *hold = calloc(1, sizeof *hold);
    struct brc__settlement *settlement = calloc(1, sizeof *settlement);

    if (hold == NULL || settlement == NULL) {
        free(hold);
        free(settlement);
        return NULL;
    }
    brc__settlement_begin(settlement);
    hold->settlement = settlement;
    hold->amount = -1;
    hold->tariff = settlement->default_tariff;
    brc__error_text(settlement->call_id, sizeof settlement->call_id, asking->call_id,
                    strlen(asking->call_id));
    brc__error_text(settlement->tier, sizeof settlement->tier, asking->bound->tier,
                    strlen(asking->bound->tier));
    settlement->attempt = asking->attempt;
    if (asking->metadata == NULL)
        return hold;
    settlement->metadata = brc__strndup(asking->metadata, strlen(asking->metadata));
    return settlement->metadata != NULL ? hold : brc__hold_free(hold);
}

/* The hold as the gate has decided on it, before it has rows. */
static void fill_hold(struct gate *gate, int64_t output, int64_t flags)
{
    const struct brc__route *route = &gate->route;
    struct brc__hold *hold = gate->hold;
    struct brc__settlement *settlement = hold->settlement;

    hold->listing = route->listing;
    hold->tariff = route->tariff;
    hold->degraded = route->listing != gate->asked;
    hold->amount = route->worst < 0 ? -1 : brc__route_worst(route, output);
    hold->output =
        output != gate->asking->bound->output && gate->asking->bound->output > 0 ? output : 0;
    settlement->default_tariff = route->default_tariff;
    settlement->at_ms = gate->now_ms;
    settlement->profile = route->listing->id;
    settlement->asked_profile = gate->asked->id;
    settlement->table = route->table;
    settlement->input_bound = route->input;
    settlement->output_bound = output > 0 ? output : -1;
    settlement->flags =
        flags | (hold->degraded ? BRC__USE_DEGRADED : 0) |
        (hold->output != 0 ? BRC__USE_SHRUNK : 0) |
        (gate->asking->counted_input >= 0 && !hold->degraded ? BRC__USE_COUNTED : 0);
}

/* Budgets in shadow mode write down what they would have refused. */
static int shadow(struct gate *gate, int64_t worst, int64_t *ret_flags, struct brc__error *error)
{
    const struct brc__refused what = {gate->asking->call_id, gate->asking->attempt, gate->asked,
                                      worst, gate->now_ms};
    int count = brc__refusals_put(gate->ledger, &gate->standings, &what, true, error);

    *ret_flags |= count > 0 ? BRC__USE_SHADOWED : 0;
    return count < 0 ? count : BRC_OK;
}

static int take(struct gate *gate, int64_t output, struct brc__error *error)
{
    int64_t flags = 0;

    if (gate->route.worst > 0) {
        int rc = shadow(gate, brc__route_worst(&gate->route, output), &flags, error);
        if (rc < 0)
            return rc;
    }
    fill_hold(gate, output, flags);
    return brc__hold_store(gate->ledger, gate->hold, &gate->standings, error);
}

static int refuse(struct gate *gate, struct brc__error *error)
{
    const struct brc__route *route = &gate->route;
    const struct brc__refused what = {gate->asking->call_id, gate->asking->attempt, gate->asked,
                                      brc__route_worst(route, route->output_least), gate->now_ms};

    int rc = brc__refusals_put(gate->ledger, &gate->standings, &what, false, error);
    if (rc >= 0)
        rc = brc__refusals_put(gate->ledger, &gate->standings, &what, true, error);
    gate->refused = rc >= 0; /* else there is nothing to commit, but it does not fit all the same */
    return brc__refusal_say(&gate->standings, &what, error);
}

/* How many tokens of output the budgets leave room for; -1: not enough. */
static int64_t output_that_fits(const struct brc__route *route,
                                const struct brc__standings *standings)
{
    int64_t remainder = brc__remainder(standings);

    if (route->worst == 0 || route->worst <= remainder)
        return route->output;
    if (route->output_least >= route->output || remainder < 0)
        return -1;
    return brc__route_output(route, remainder);
}

/* Where budgets apply, price and bound have to be known. 1: budgets in shadow mode alone apply,
 * which say so and let it pass. */
static int check_known(struct gate *gate, struct brc__error *error)
{
    const struct brc__route *route = &gate->route;
    const char *profile = route->listing->name;
    struct brc__error reason;

    if (route->worst >= 0)
        return BRC_OK;
    int code = route->is_priced ? BRC_E_UNBOUNDED : BRC_E_UNPRICED;
    if (!route->is_priced)
        brc__error_set(&reason, code,
                       "profile %s (model %s, %s, %s) has no price at the tier %s; put a price "
                       "table that has one, or prices of its own",
                       profile, route->listing->model == NULL ? "unknown" : route->listing->model,
                       route->listing->scope == NULL ? "unknown scope" : route->listing->scope,
                       route->listing->region == NULL ? "" : route->listing->region,
                       gate->asking->bound->tier);
    else
        brc__error_set(&reason, code,
                       "no bound for what this can cost: %s; say it with brc_request_set_bound()",
                       route->unbounded);
    if (brc__standings_block(&gate->standings)) {
        *error = reason;
        return code;
    }
    int rc = brc__standings_edge(gate->ledger, &gate->standings,
                                 route->is_priced ? BRC__EDGE_UNBOUNDED : BRC__EDGE_UNPRICED, true,
                                 gate->asked->arn, reason.text, gate->now_ms, error);
    return rc < 0 ? rc : 1;
}

/* Goes through a cheaper profile where a budget is that far and everything allows it: 1, and route
 * and standings are the other's; 0, and why not is on record. */
static int degrade(struct gate *gate, struct brc__error *error)
{
    struct brc__route other;
    struct brc__error reason;
    brc__auto_standings struct brc__standings standings = {0};
    const struct brc__catalogue *catalogue = gate->ledger->catalogue;

    if (gate->asked->degrade_to == NULL || !brc__standings_degrade(&gate->standings))
        return 0;
    bool allowed = brc__route_degrade(catalogue, &gate->route, gate->asking->bound, gate->now_ms,
                                      &other, &reason);
    if (allowed) {
        int rc = brc__standings_read(gate->ledger, catalogue, other.listing, gate->now_ms,
                                     &standings, error);
        if (rc < 0)
            return rc;
        if (output_that_fits(&other, &standings) >= 0) {
            const struct brc__standings before = gate->standings;
            gate->standings = standings;
            standings = before;
            gate->route = other;
            return 1;
        }
        brc__error_set(&reason, BRC_E_BUDGET, "too little is left for %s either",
                       other.listing->name);
    }
    int rc = brc__standings_edge(gate->ledger, &gate->standings, BRC__EDGE_DEGRADE_REFUSED, false,
                                 gate->asked->arn, reason.text, gate->now_ms, error);
    return rc < 0 ? rc : 0;
}

static int decide(struct gate *gate, struct brc__error *error)
{
    int rc = brc__standings_read(gate->ledger, gate->ledger->catalogue, gate->asked, gate->now_ms,
                                 &gate->standings, error);
    if (rc < 0)
        return rc;
    if (gate->standings.count == 0)
        return take(gate, gate->route.output, error);
    rc = check_known(gate, error);
    if (rc < 0)
        return rc;
    if (rc > 0) {
        fill_hold(gate, gate->route.output, BRC__USE_SHADOWED);
        return brc__hold_store(gate->ledger, gate->hold, &gate->standings, error);
    }
    if (gate->route.worst > 0) {
        rc = degrade(gate, error);
        if (rc < 0)
            return rc;
    }
    int64_t output = output_that_fits(&gate->route, &gate->standings);
    return output < 0 ? refuse(gate, error) : take(gate, output, error);
}

/* What needs no totals: who asks, and whether that may be. Takes the catalogue's reference. */
static int look_up(struct gate *gate, struct brc__error *error)
{
    struct brc__catalogue *catalogue = gate->ledger->catalogue;
    const struct brc__asking *asking = gate->asking;

    gate->asked = brc__catalogue_by_arn(catalogue, asking->profile_arn);
    if (gate->asked == NULL)
        return BRC__LEDGER_UNLISTED;
    const char *tag = brc__catalogue_lacks(catalogue, gate->asked);
    if (tag != NULL)
        return brc__error_set(error, BRC_E_UNTAGGED,
                              "profile %s lacks the tag %s, which this ledger requires; tag it at "
                              "AWS, then have it listed again",
                              gate->asked->name, tag);
    brc__catalogue_unref(gate->hold->catalogue);
    gate->hold->catalogue = brc__catalogue_ref(catalogue);
    brc__route_plan(catalogue, gate->asked, asking->bound, asking->counted_input, gate->now_ms,
                    &gate->route);
    return BRC_OK;
}

/* Ends the transaction as the decision wants it. */
static int end(struct gate *gate, int rc, struct brc__error *error)
{
    struct brc__store *store = gate->ledger->store;
    struct brc__error failure;

    if (rc != BRC_OK && !gate->refused) {
        brc__store_rollback(store);
        return rc;
    }
    BRC__FAULT(before_hold_commit);
    int commit_rc = brc__store_commit(store, &failure);
    if (rc < 0) /* what is refused is refused, whether it could be written down or not */
        return rc;
    if (commit_rc < 0) {
        *error = failure;
        return commit_rc;
    }
    BRC__FAULT(after_hold_commit);
    gate->hold->use = gate->hold->settlement->new_use;
    return BRC_OK;
}

/* Whether AWS is to be asked first how many tokens the request has; then it is said of which model.
 */
static bool is_uncounted(const struct gate *gate)
{
    const struct brc__asking *asking = gate->asking;
    const struct brc__listing *asked = gate->asked;

    if (!asked->counts_tokens || asked->model == NULL || asking->counted_input != -1 ||
        asking->ret_model == NULL)
        return false;
    snprintf(asking->ret_model, BRC__MODEL_SIZE, "%s", asked->model);
    return true;
}

static int decide_and_commit(struct gate *gate, struct brc__error *error)
{
    int64_t left = gate->until - brc__clock_steady_ms();
    int rc = brc__ledger_begin(gate->ledger, left > 0 ? left : 0, error);
    if (rc != BRC_OK)
        return rc;
    gate->now_ms = brc__clock_utc_ms(); /* inside: no window can turn before the commit */
    rc = look_up(gate, error);
    if (rc == BRC_OK)
        rc = is_uncounted(gate) ? BRC__LEDGER_UNCOUNTED : decide(gate, error);
    rc = end(gate, rc, error);
    brc__standings_clear(&gate->standings);
    return rc;
}

/* The ledger failed, and its setting says to let calls pass then. Tags, prices and bounds are asked
 * all the same: they are known from before. */
static int admit_unheld(struct gate *gate, struct brc__error *error)
{
    const struct brc__budget *budget = NULL;
    bool blocks = false;
    struct brc__error failure = *error;

    gate->now_ms = brc__clock_utc_ms();
    int rc = look_up(gate, error);
    if (rc == BRC__LEDGER_UNLISTED) { /* it could not be listed either */
        *error = failure;
        return failure.code;
    }
    if (rc < 0)
        return rc;
    while (!blocks &&
           (budget = brc__catalogue_covering(gate->ledger->catalogue, gate->asked, budget)) != NULL)
        blocks = !budget->shadow;
    if (blocks && gate->route.worst < 0) {
        *error = failure;
        return failure.code;
    }
    fill_hold(gate, gate->route.output, BRC__USE_UNHELD);
    gate->hold->use = 0;
    return BRC_OK;
}

/* In a transaction of its own: what it finds stays found, whatever becomes of the call. */
static void look_for_lost(brc_ledger *ledger)
{
    struct brc__error error;
    int64_t own;

    if (ledger->looked_for_lost_at != 0 &&
        brc__clock_steady_ms() - ledger->looked_for_lost_at < BRC__LOST_LOOK_MS)
        return;
    if (brc__ledger_begin(ledger, 0, &error) != BRC_OK)
        return;
    if (brc__store_own(ledger->store, &own, &error) < 0 ||
        brc__ledger_find_lost(ledger, &error) < 0)
        brc__store_rollback(ledger->store);
    else
        brc__store_commit(ledger->store, &error);
}

static int admit(struct gate *gate, struct brc__error *error)
{
    brc_ledger *ledger = gate->ledger;

    if (ledger->store != NULL) {
        brc__ledger_pay(ledger, 0); /* what it may wait for is the decision */
        look_for_lost(ledger);
    }
    int rc = decide_and_commit(gate, error);
    if (rc == BRC_E_LEDGER && ledger->catalogue != NULL && ledger->catalogue->admits_on_error)
        return admit_unheld(gate, error);
    return rc;
}

int brc__ledger_admit(brc_ledger *ledger, const struct brc__asking *asking,
                      struct brc__hold **ret_hold, struct brc__error *error)
{
    int64_t until = brc__clock_steady_ms() + asking->wait_ms;

    *ret_hold = NULL;
    struct brc__hold *hold = new_hold(asking);
    if (hold == NULL)
        return brc__error_set(error, BRC_E_NOMEM, "%s", brc_strerror(BRC_E_NOMEM));
    int rc = brc__ledger_enter(ledger, asking->wait_ms);
    if (rc == BRC_OK) {
        struct gate gate = {.ledger = ledger, .asking = asking, .hold = hold, .until = until};
        rc = admit(&gate, error);
        if (rc != BRC_OK) /* inside: it may hold the last reference of a catalogue */
            hold = brc__hold_free(hold);
        brc__ledger_leave(ledger);
    } else {
        if (rc < 0)
            brc__error_set(error, rc, "%s", brc_strerror(rc));
        hold = brc__hold_free(hold);
    }
    *ret_hold = hold;
    return rc;
}
