/* How the budgets stand that an attempt counts for: read once in the transaction that decides, and
 * changed from there. SPDX-License-Identifier: MIT */
#ifndef BRC__STANDING_H
#define BRC__STANDING_H

#include "totals.h"

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
int brc__standings_read(brc_ledger *ledger, const struct brc__catalogue *catalogue,
                        const struct brc__listing *listing, int64_t now_ms,
                        struct brc__standings *ret_standings, struct brc__error *error);

/* Changes a total, in the transaction that it was read in. */
int brc__standing_change(brc_ledger *ledger, struct brc__standing *standing,
                         const struct brc__change *change, struct brc__error *error);
void brc__standings_clear(struct brc__standings *standings);

/* Whether it is more than a shadow and at its degrade step; what it has left, -1 for all that is
 * below 0. */
bool brc__standing_degrades(const struct brc__standing *standing);
int64_t brc__standing_left(const struct brc__standing *standing);

/* Whether one of them is more than a shadow; whether such a one is at its degrade step. */
bool brc__standings_block(const struct brc__standings *standings);
bool brc__standings_degrade(const struct brc__standings *standings);

/* What the tightest that blocks has left; less than 0: it has been passed. 2^63 - 1: none blocks.
 */
int64_t brc__remainder(const struct brc__standings *standings);

#endif
