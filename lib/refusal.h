/* What is said and written down when a budget that an attempt counts for has not enough left.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__REFUSAL_H
#define BRC__REFUSAL_H

#include "edge.h"
#include "standing.h"

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
