/* Holds: the rows of an attempt that was admitted, and the money they move.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__HOLD_H
#define BRC__HOLD_H

#include "edge.h"
#include "standing.h"

/* The ledger's own part of a hold: all that its rows are made of, with room for it from the start.
 */
struct brc__settlement {
    /* What was asked, and how it was decided. Numbers that are not known are -1. */
    char call_id[BRC__UUID_SIZE];
    char tier[32];
    char *metadata;
    int64_t attempt;
    int64_t at_ms; /* of its admission: the windows and the prices are those of this moment */
    int64_t profile, asked_profile;
    int64_t table; /* 0: prices of its own */
    int64_t input_bound, output_bound;
    int64_t flags;                     /* BRC__USE_... */
    struct brc__tariff default_tariff; /* what may serve instead of the tier asked for */
    /* What came of it. */
    int64_t ints[BRC__USAGE_INTS];
    char request_id[96], service_tier[64], aws_type[96];
    int64_t cost;
    unsigned settle_flags;
    bool is_stored;
    int64_t new_use; /* the row within a transaction that may not last */
};

/* Whether rates are known. */
static inline bool brc__has_rates(const struct brc__tariff *tariff)
{
    return tariff->rates.of[BRC__INPUT] >= 0 && tariff->rates.of[BRC__OUTPUT] >= 0;
}

/* Nothing is known yet: what it is settled as if nobody ever says. */
void brc__settlement_begin(struct brc__settlement *settlement);

/* The rows of an admission: use, open hold, charges and totals of all budgets that cover the
 * listing, whose standings at at_ms were read in the same writing transaction. The id comes into
 * new_use. */
int brc__hold_store(brc_ledger *ledger, struct brc__hold *hold, struct brc__standings *standings,
                    struct brc__error *error);

/* A use, and what the rows say has become of it. */
struct brc__use {
    int64_t id;
    int64_t hold; /* 0 if none is known */
    bool has_hold;
    bool is_open, is_unreported, is_settled, is_resolved;
    int64_t settle_flags;
};

/* 1: there is one of that id. */
int brc__use_read(brc_ledger *ledger, int64_t id, struct brc__use *ret_use,
                  struct brc__error *error);

/* Ends a use's hold, or leaves it open without an owner; then moves the money in the totals of all
 * that the use counts for and records the edges. */
int brc__use_close(brc_ledger *ledger, const struct brc__use *use, int64_t cost, int64_t now_ms,
                   struct brc__error *error);
int brc__use_leave_open(brc_ledger *ledger, const struct brc__use *use, int64_t now_ms,
                        struct brc__error *error);

/* Records an edge with every budget that the use counts for. */
int brc__edges_of_use(brc_ledger *ledger, const struct brc__use *use, const char *kind,
                      int64_t cost, const char *reason, int64_t now_ms, struct brc__error *error);

#endif
