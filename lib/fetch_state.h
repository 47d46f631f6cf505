/* A fetch of credentials under way, as its steps see it.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__FETCH_STATE_H
#define BRC__FETCH_STATE_H

#include "chain.h"
#include "errand.h"
#include "process.h"

/* A fetch under way. Zero is none. */
struct brc__fetch {
    const struct brc__plan *plan;
    const struct brc__role *role; /* the next to assume; NULL: none is left */
    bool at_base;                 /* the base's own steps are not done yet */
    int step;                     /* of the base, from 0 */
    struct brc__keys *keys;       /* those there are so far */
    struct brc__buf handed;       /* what one step hands to the next; secret */
    struct brc__process process;
    char region[64]; /* where to ask STS if nothing else says */
};

enum {
    BRC__FETCH_ASKS = 1, /* a request was made: *ret_errand is to be sent */
    BRC__FETCH_RUNS = 2, /* a process was started */
    BRC__FETCH_KEYS = 0, /* fetch->keys are what the plan was to bring */
};

#endif
