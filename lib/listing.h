/* A profile of the catalogue: as it is put, as it is kept, as it is used.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__LISTING_H
#define BRC__LISTING_H

#include "json_text.h"
#include "price_table.h"

struct brc__tag {
    char *key, *value;
};

/* An application inference profile, as it was put. */
struct brc__listing {
    int64_t id; /* of its version; 0: not stored yet */
    char *json; /* as it is kept: one line, its members in our order, read again it is the same */
    char *arn, *name;
    char *alias;          /* NULL: none */
    char *series;         /* of profiles that replace one another; NULL: none */
    char *model;          /* NULL: not known, so only prices of its own apply */
    char *scope;          /* "in-region", "geo", "global" */
    char *region;         /* of the ARN */
    char *tags;           /* a JSON object by key, {} for none: the same text for the same tags */
    struct brc__tag *tag; /* the same, by key */
    size_t tag_count;
    char *degrade_to;                /* ARN, alias or name; NULL: none */
    char *accepts;                   /* a JSON array of strings; NULL: what any model does */
    int64_t output_max;              /* 0: as the price table says */
    int64_t overhead;                /* tokens that every request has beside its own */
    int64_t multiplier;              /* parts per million */
    bool counts_tokens;              /* the model's CountTokens serves; see doc/money.md */
    struct brc__price_table *prices; /* its own, which go first; NULL: none */
    int references;                  /* of catalogues */
};

/* Reads one profile, an object that brc__json_check() accepts. `what` is how messages call it.
 * Returns 0; BRC_E_INVALID, BRC_E_RANGE, BRC_E_NOMEM with the reason in error. */
int brc__listing_read(struct brc__json object, const char *what, struct brc__listing **ret_listing,
                      struct brc__error *error);

struct brc__listing *brc__listing_ref(struct brc__listing *listing);
struct brc__listing *brc__listing_unref(struct brc__listing *listing);

/* The value of a tag; NULL if the profile does not have it. */
const char *brc__listing_tag(const struct brc__listing *listing, const char *key);

/* The tariff that the profile's own prices, or else the table, have for it at a tier: multiplier
 * and output_max counted in. table NULL: its own prices. False: there is none. */
bool brc__listing_tariff(const struct brc__listing *listing, const struct brc__price_table *table,
                         const char *tier, struct brc__tariff *ret_tariff);

#endif
