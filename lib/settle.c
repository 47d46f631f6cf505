/* SPDX-License-Identifier: MIT */
#include "settle.h"
#include "clock.h"
#include "fault_points.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The cost at the tier that served. What served and has no price is taken for the dearer of the two
 * tiers that were thought of at admission. */
static int cost_of(const struct brc__hold *hold, const struct brc__counts *counts,
                   int64_t *ret_cost, unsigned *ret_flags)
{
    const struct brc__settlement *settlement = hold->settlement;
    const char *served = settlement->service_tier;
    struct brc__tariff tariff;
    int64_t table, other;

    *ret_cost = 0;
    if (*served == '\0' || strcmp(served, settlement->tier) == 0)
        return brc__tariff_cost(&hold->tariff, counts, ret_cost, ret_flags);
    if (hold->listing != NULL && brc__catalogue_tariff(hold->catalogue, hold->listing, served,
                                                       settlement->at_ms, &tariff, &table))
        return brc__tariff_cost(&tariff, counts, ret_cost, ret_flags);
    *ret_flags |= BRC__PRICED_OTHER_TIER;
    int rc = brc__tariff_cost(&hold->tariff, counts, ret_cost, ret_flags);
    if (rc == BRC_E_RANGE || !brc__has_rates(&settlement->default_tariff))
        return rc;
    int default_rc = brc__tariff_cost(&settlement->default_tariff, counts, &other, ret_flags);
    if (default_rc == BRC_OK && (rc < 0 || other > *ret_cost))
        *ret_cost = other;
    return default_rc;
}

/* -1: there is no price. Nothing is known of an unreported attempt's cost but that its hold stays.
 */
static int64_t work_out_cost(const struct brc__hold *hold, unsigned *ret_flags)
{
    const int64_t *ints = hold->settlement->ints;
    const struct brc__counts counts = {
        .input = ints[BRC_USAGE_INPUT_TOKENS],
        .output = ints[BRC_USAGE_OUTPUT_TOKENS],
        .cache_read = ints[BRC_USAGE_CACHE_READ_TOKENS],
        .cache_write = ints[BRC_USAGE_CACHE_WRITE_TOKENS],
        .cache_write_5m = ints[BRC_USAGE_CACHE_WRITE_5M_TOKENS],
        .cache_write_1h = ints[BRC_USAGE_CACHE_WRITE_1H_TOKENS],
    };
    int64_t cost;

    *ret_flags = 0;
    if (ints[BRC_USAGE_OUTCOME] == BRC_OUTCOME_NOT_BILLED)
        return 0;
    if (ints[BRC_USAGE_OUTCOME] != BRC_OUTCOME_REPORTED)
        return -1;
    int rc = cost_of(hold, &counts, &cost, ret_flags);
    if (rc == BRC_E_RANGE) {
        *ret_flags |= BRC__SETTLE_COST_CUT;
        return INT64_MAX;
    }
    if (rc == BRC_OK)
        return cost;
    *ret_flags = 0;
    return -1;
}

static void keep_text(char *to, size_t size, const char *text)
{
    brc__error_text(to, size, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

void brc__ledger_note(struct brc__hold *hold, struct brc_usage *usage)
{
    struct brc__settlement *settlement = hold->settlement;

    memcpy(settlement->ints, usage->ints, sizeof settlement->ints);
    keep_text(settlement->request_id, sizeof settlement->request_id,
              usage->texts[BRC_USAGE_REQUEST_ID]);
    keep_text(settlement->service_tier, sizeof settlement->service_tier,
              usage->texts[BRC_USAGE_SERVICE_TIER]);
    keep_text(settlement->aws_type, sizeof settlement->aws_type, usage->texts[BRC_USAGE_AWS_TYPE]);
    settlement->cost = work_out_cost(hold, &settlement->settle_flags);
    usage->ints[BRC_USAGE_COST] = settlement->cost;
    if (hold->listing == NULL)
        return;
    brc__usage_lend(usage, BRC_USAGE_PROFILE_NAME, hold->listing->name);
    brc__usage_lend(usage, BRC_USAGE_TAGS, hold->listing->tags);
    brc__usage_lend(usage, BRC_USAGE_MODEL, hold->listing->model);
}

static void bind_count(struct brc__statement *statement, int index, int64_t count)
{
    if (count < 0)
        brc__bind_null(statement, index);
    else
        brc__bind_int(statement, index, count);
}

static void bind_word(struct brc__statement *statement, int index, const char *word)
{
    brc__bind_text(statement, index, *word == '\0' ? NULL : word);
}

static int put_settle(brc_ledger *ledger, int64_t use, const struct brc__settlement *settlement,
                      int64_t now_ms, unsigned flags, struct brc__error *error)
{
    /* Replaces nothing but what was written for one that was lost. */
    static const char sql[] =
        "INSERT OR REPLACE INTO settle (turn, use, at_ms, outcome, code, http_status, input, "
        "output,"
        " cache_read, cache_write, cache_write_5m, cache_write_1h, latency_ms, first_event_ms,"
        " tier, request_id, aws_type, cost, flags)"
        " VALUES ((SELECT number FROM turn), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?13, ?14, ?15, ?16, ?17, ?18)";
    static const int counts[] = {BRC_USAGE_HTTP_STATUS,           BRC_USAGE_INPUT_TOKENS,
                                 BRC_USAGE_OUTPUT_TOKENS,         BRC_USAGE_CACHE_READ_TOKENS,
                                 BRC_USAGE_CACHE_WRITE_TOKENS,    BRC_USAGE_CACHE_WRITE_5M_TOKENS,
                                 BRC_USAGE_CACHE_WRITE_1H_TOKENS, BRC_USAGE_LATENCY_MS,
                                 BRC_USAGE_FIRST_EVENT_MS};
    enum {
        COUNTS = sizeof counts / sizeof *counts,
        FIRST = 5
    };
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, use);
    brc__bind_int(statement, 2, now_ms);
    brc__bind_int(statement, 3, settlement->ints[BRC_USAGE_OUTCOME]);
    brc__bind_int(statement, 4, settlement->ints[BRC_USAGE_CODE]);
    for (int i = 0; i < COUNTS; i++)
        bind_count(statement, FIRST + i, settlement->ints[counts[i]]);
    bind_word(statement, FIRST + COUNTS, settlement->service_tier);
    bind_word(statement, FIRST + COUNTS + 1, settlement->request_id);
    bind_word(statement, FIRST + COUNTS + 2, settlement->aws_type);
    bind_count(statement, FIRST + COUNTS + 3, settlement->cost);
    brc__bind_int(statement, FIRST + COUNTS + 4, flags);
    return brc__step(ledger->store, statement, error);
}

/* Its owner spoke after an operator had decided. The operator's word stands in the totals, or the
 * same money would count twice, and the row of the settle stays as it was; but whoever follows the
 * edges hears of it. */
static int tell_late(brc_ledger *ledger, const struct brc__use *use,
                     const struct brc__settlement *settlement, int64_t now_ms,
                     struct brc__error *error)
{
    char cost[BRC__MONEY_SIZE], reason[BRC__MONEY_SIZE + 32];

    brc__money_text(settlement->cost, cost);
    snprintf(reason, sizeof reason, settlement->cost < 0 ? "nobody knows" : "it cost %s USD", cost);
    return brc__edges_of_use(ledger, use, BRC__EDGE_LATE, settlement->cost, reason, now_ms, error);
}

static int settle_use(brc_ledger *ledger, const struct brc__use *use,
                      const struct brc__settlement *settlement, int64_t now_ms,
                      struct brc__error *error)
{
    unsigned flags = settlement->settle_flags;
    bool was_lost = use->is_settled && (use->settle_flags & BRC__SETTLE_LOST) != 0;

    if (use->is_settled && !was_lost)
        return BRC_OK; /* told twice */
    if (use->is_resolved)
        return tell_late(ledger, use, settlement, now_ms, error);
    if (!use->is_open)
        return brc__error_set(error, BRC_E_LEDGER,
                              "ledger: record %" PRId64
                              " has neither a hold nor a settle; the file "
                              "is damaged",
                              use->id);
    if (was_lost)
        flags |= BRC__SETTLE_LATE;
    if (use->has_hold && settlement->cost > use->hold)
        flags |= BRC__SETTLE_BOUND_EXCEEDED;
    int rc = put_settle(ledger, use->id, settlement, now_ms, flags, error);
    if (rc < 0)
        return rc;
    if (settlement->ints[BRC_USAGE_OUTCOME] == BRC_OUTCOME_UNREPORTED)
        return brc__use_leave_open(ledger, use, now_ms, error);
    return brc__use_close(ledger, use, settlement->cost < 0 ? 0 : settlement->cost, now_ms, error);
}

/* Of an attempt that was let pass while the ledger failed. */
static int store_unheld(brc_ledger *ledger, struct brc__hold *hold, struct brc__error *error)
{
    brc__auto_standings struct brc__standings standings = {0};

    int rc = brc__standings_read(ledger, hold->catalogue, hold->listing, hold->settlement->at_ms,
                                 &standings, error);
    return rc < 0 ? rc : brc__hold_store(ledger, hold, &standings, error);
}

static int store_one(brc_ledger *ledger, struct brc__hold *hold, int64_t now_ms,
                     struct brc__error *error)
{
    struct brc__settlement *settlement = hold->settlement;
    struct brc__use use;

    settlement->new_use = hold->use;
    int rc = hold->use != 0 ? BRC_OK : store_unheld(ledger, hold, error);
    if (rc < 0)
        return rc;
    rc = brc__use_read(ledger, settlement->new_use, &use, error);
    if (rc == 0)
        return brc__error_set(error, BRC_E_LEDGER,
                              "ledger: record %" PRId64 " is not there any more",
                              settlement->new_use);
    return rc < 0 ? rc : settle_use(ledger, &use, settlement, now_ms, error);
}

static int store_all(brc_ledger *ledger, struct brc__hold *list, struct brc__error *error)
{
    int64_t now_ms = brc__clock_utc_ms();

    for (struct brc__hold *hold = list; hold != NULL; hold = hold->next) {
        int rc = hold->settlement->is_stored ? BRC_OK : store_one(ledger, hold, now_ms, error);
        if (rc < 0)
            return rc;
    }
    BRC__FAULT(before_settle_commit);
    return BRC_OK;
}

static int settle(brc_ledger *ledger, struct brc__hold *list, int64_t wait_ms,
                  struct brc__error *error)
{
    int rc = brc__ledger_begin(ledger, wait_ms, error);
    if (rc != BRC_OK)
        return rc;
    rc = store_all(ledger, list, error);
    if (rc < 0) {
        brc__store_rollback(ledger->store);
        return rc;
    }
    rc = brc__store_commit(ledger->store, error);
    if (rc < 0)
        return rc;
    BRC__FAULT(after_settle_commit);
    for (struct brc__hold *hold = list; hold != NULL; hold = hold->next) {
        if (!hold->settlement->is_stored)
            hold->use = hold->settlement->new_use;
        hold->settlement->is_stored = true;
    }
    return BRC_OK;
}

int brc__ledger_settle(brc_ledger *ledger, struct brc__hold *list, int64_t wait_ms,
                       struct brc__error *error)
{
    int64_t until = brc__clock_steady_ms() + wait_ms;

    int rc = brc__ledger_enter(ledger, wait_ms);
    if (rc < 0)
        return brc__error_set(error, rc, "%s", brc_strerror(rc));
    if (rc != BRC_OK)
        return rc;
    int64_t left = until - brc__clock_steady_ms(); /* threads and processes share the wait */
    rc = settle(ledger, list, left > 0 ? left : 0, error);
    if (rc == BRC_OK)
        brc__ledger_pay(ledger, 0);
    brc__ledger_leave(ledger);
    return rc;
}

void brc__ledger_pay(brc_ledger *ledger, int64_t wait_ms)
{
    struct brc__error error;

    while (ledger->owed != NULL) {
        struct brc__hold *first = ledger->owed;
        struct brc__hold *rest = first->next;
        first->next = NULL;
        int rc = settle(ledger, first, wait_ms, &error);
        if (rc != BRC_OK) {
            /* To the end, so that one that never can be stored does not keep the others back. */
            struct brc__hold **end = &rest;
            while (*end != NULL)
                end = &(*end)->next;
            *end = first;
            ledger->owed = rest;
            return;
        }
        ledger->owed = rest;
        brc__hold_free(first);
    }
}

void brc__ledger_owe(brc_ledger *ledger, struct brc__hold *list)
{
    struct brc__hold **end = &list;

    while (*end != NULL)
        end = &(*end)->next;
    if (ledger->owner != getpid()) { /* the parent's, who settles them */
        while (list != NULL) {
            struct brc__hold *next = list->next;
            brc__hold_free(list);
            list = next;
        }
        return;
    }
    /* Inside the callback of a row, this thread has the mutex already. */
    bool inside = ledger->is_telling_row && pthread_equal(ledger->telling_row, pthread_self());
    if (!inside)
        pthread_mutex_lock(&ledger->mutex);
    *end = ledger->owed;
    ledger->owed = list;
    if (!inside)
        pthread_mutex_unlock(&ledger->mutex);
}

/* 1: there is an owner beyond `after` that has running holds. */
static int next_owner(brc_ledger *ledger, int64_t after, int64_t *ret_owner,
                      struct brc__error *error)
{
    static const char sql[] =
        "SELECT owner FROM open_hold WHERE unreported = 0 AND owner > ?1 ORDER BY owner LIMIT 1";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, after);
    int rc = brc__step(ledger->store, statement, error);
    if (rc > 0) {
        *ret_owner = brc__column_int(statement, 0);
        brc__statement_reset(statement);
    }
    return rc;
}

/* 1: the owner has a running hold. */
static int next_hold(brc_ledger *ledger, int64_t owner, int64_t *ret_use, struct brc__error *error)
{
    static const char sql[] =
        "SELECT use FROM open_hold WHERE unreported = 0 AND owner = ?1 LIMIT 1";
    struct brc__statement *statement = brc__prepare(ledger->store, sql);

    brc__bind_int(statement, 1, owner);
    int rc = brc__step(ledger->store, statement, error);
    if (rc > 0) {
        *ret_use = brc__column_int(statement, 0);
        brc__statement_reset(statement);
    }
    return rc;
}

static int lose_hold(brc_ledger *ledger, int64_t id, struct brc__error *error)
{
    struct brc__settlement nothing;
    struct brc__use use;

    brc__settlement_begin(&nothing);
    nothing.settle_flags = BRC__SETTLE_LOST;
    int rc = brc__use_read(ledger, id, &use, error);
    if (rc == 0)
        return brc__error_set(error, BRC_E_LEDGER,
                              "ledger: an open hold has no record %" PRId64 "; the file is damaged",
                              id);
    return rc < 0 ? rc : settle_use(ledger, &use, &nothing, brc__clock_utc_ms(), error);
}

int brc__ledger_find_lost(brc_ledger *ledger, struct brc__error *error)
{
    int64_t owner = 0, use;
    int rc;

    ledger->looked_for_lost_at = brc__clock_steady_ms();
    for (rc = next_owner(ledger, owner, &owner, error); rc > 0;
         rc = next_owner(ledger, owner, &owner, error)) {
        if (brc__store_owner_lives(ledger->store, owner))
            continue;
        for (rc = next_hold(ledger, owner, &use, error); rc > 0;
             rc = next_hold(ledger, owner, &use, error)) {
            rc = lose_hold(ledger, use, error);
            if (rc < 0)
                return rc;
        }
        if (rc < 0)
            return rc;
    }
    return rc;
}
