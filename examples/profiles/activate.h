/* Cost allocation tags: `activate` switches them on, `verify` looks at them.
 * SPDX-License-Identifier: MIT */
#ifndef PROFILES_ACTIVATE_H
#define PROFILES_ACTIVATE_H

#include "profiles.h"

enum allocation {
    ALLOCATION_ACTIVE,
    ALLOCATION_YOUNG,    /* active, but for less than a day: AWS may not split by it yet */
    ALLOCATION_INACTIVE, /* billing has seen it */
    ALLOCATION_UNSEEN,   /* billing has not */
};

enum {
    ALLOCATION_DAY = 11 /* "2026-11-25" and a NUL */
};

/* AWS's waiting times, in words for people. */
#define SEEN_WITHIN   "AWS lists a key up to 24 hours after its first use on a tagged profile"
#define SPLIT_WITHIN  "up to 24 hours after activation"
#define NOT_BACKWARDS "what was spent before is not split"

/* The keys that the declaration asks for: its policy's required tags, or else all that its profiles
 * have. An array of texts, to be given up. NULL: no memory. */
json_t *allocation_keys(const struct declaration *declaration);

/* What billing knows of the keys: an object, by key, of AWS's CostAllocationTag. DONE or FAILED,
 * and has said why if `says`. */
int allocation_read(struct cloud *cloud, const json_t *keys, json_t **ret_known);

enum allocation allocation_of(const json_t *known, const char *key);

/* The day since when a key is active, as AWS has it: "2026-11-25"; "-" if it does not say. Returns
 * ret_day. */
const char *allocation_since(const json_t *known, const char *key, char ret_day[ALLOCATION_DAY]);

#endif
