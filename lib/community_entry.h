/* One entry of the community's price file: whose price its name says it is, and what it says per
 * tier. SPDX-License-Identifier: MIT */
#ifndef BRC__COMMUNITY_ENTRY_H
#define BRC__COMMUNITY_ENTRY_H

#include "error.h"
#include "json_text.h"
#include "price.h"

/* Who the price is for. */
enum brc__community_place {
    BRC__COMMUNITY_BARE,   /* "vendor.model" */
    BRC__COMMUNITY_REGION, /* "bedrock/us-west-2/vendor.model" */
    BRC__COMMUNITY_AREA,   /* "eu.vendor.model" */
    BRC__COMMUNITY_GLOBAL  /* "global.vendor.model" */
};

enum {
    BRC__COMMUNITY_TIERS = 3, /* default, flex, priority */
    BRC__COMMUNITY_AREA_REGIONS = 4
};

/* The source regions of a geographic profile, as rows of ours name them. */
struct brc__community_area {
    const char *prefix;
    const char *regions[BRC__COMMUNITY_AREA_REGIONS]; /* NULL-ended */
};

struct brc__community_entry {
    char *model; /* without what its name has before it */
    enum brc__community_place place;
    char region[40];                        /* of a region's price */
    const struct brc__community_area *area; /* of an area's */
    bool has[BRC__COMMUNITY_TIERS];         /* its prices are known */
    struct brc__tariff tariffs[BRC__COMMUNITY_TIERS];
};

extern const char *const brc__community_tiers[BRC__COMMUNITY_TIERS];

/* Reads one. Returns 1; 0 for an entry that has no price that counts here; BRC_E_INVALID or
 * BRC_E_RANGE with its name in error; BRC_E_NOMEM. The entry is to be cleared after 1. */
int brc__community_entry_read(struct brc__json name, struct brc__json value,
                              struct brc__community_entry *ret_entry, struct brc__error *error);

void brc__community_entry_clear(struct brc__community_entry *entry);

#endif
