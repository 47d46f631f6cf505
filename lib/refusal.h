/* How the budgets stand that an attempt counts for, and what is said and written down when one of
 * them has not enough left. SPDX-License-Identifier: MIT */
#ifndef BRC__REFUSAL_H
#define BRC__REFUSAL_H

#include "edge.h"

/* One budget, in its window of the moment. */
struct brc__standing {
    const struct brc__budget *budget;
    int64_t window_ms, limit;
    struct brc__total total;
};

struct brc__standings {
    struct brc__standing *of;
    size_t count;
};

#define brc__auto_standings brc__cleanup(brc__standings_clear)

/* Of all budgets that cover a listing. */
int brc__standings_read(brc_ledger *ledger, const struct brc__listing *listing, int64_t now_ms,
                        struct brc__standings *ret_standings, struct brc__error *error);
void brc__standings_clear(struct brc__standings *standings);

/* Whether one of them is more than a shadow; whether such a one is at its degrade step. */
bool brc__standings_block(const struct brc__standings *standings);
bool brc__standings_degrade(const struct brc__standings *standings);

/* What the tightest that blocks has left; less than 0: it has been passed. 2^63 - 1: none blocks.
 */
int64_t brc__remainder(const struct brc__standings *standings);

/* Records an edge about a profile (ARN) with each shadow, or with each that blocks and is at its
 * degrade step. */
int brc__standings_edge(brc_ledger *ledger, const struct brc__standings *standings,
                        const char *kind, bool shadow, const char *profile, const char *reason,
                        int64_t now_ms, struct brc__error *error);

/* An attempt that does not fit, with the least that it could have cost at the worst. */
struct brc__refused {
    const char *call_id;
    int64_t attempt;
    const struct brc__listing *listing; /* that was asked for */
    int64_t worst;
    int64_t now_ms;
};

/* Writes down the refusal of each of those (shadows, or those that block) that have not enough
 * left, with the edge of its limit. Returns how many. */
int brc__refusals_put(brc_ledger *ledger, struct brc__standings *standings,
                      const struct brc__refused *refused, bool shadow, struct brc__error *error);

/* Says all that an operator needs to know. Returns BRC_E_BUDGET. */
int brc__refusal_say(const struct brc__standings *standings, const struct brc__refused *refused,
                     struct brc__error *error);

#endif
