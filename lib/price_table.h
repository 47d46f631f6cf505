/* Tables of prices: what which model costs, where and at which tier, since when, and who says so.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PRICE_TABLE_H
#define BRC__PRICE_TABLE_H

#include "buffer.h"
#include "error.h"
#include "price.h"

#include <stdbool.h>
#include <stdint.h>

/* A table of prices. Never changes. */
struct brc__price_table {
    char
        *json; /* our own format, written in the one way there is: the same prices, the same text */
    char hash[65];             /* SHA-256 of it, hexadecimal */
    char *source;              /* "" for a profile's own */
    int64_t in_force_from_ms;  /* UTC; 0 for a profile's own */
    struct brc__price *prices; /* sorted */
    size_t count;
};

/* Where a profile's calls are priced. */
struct brc__market {
    const char *model;  /* "anthropic.claude-haiku-4-5-20251001-v1:0"; NULL: not known, which only a
                           profile's own prices can do without */
    const char *scope;  /* "in-region", "geo", "global" */
    const char *region; /* the source region; NULL: not known */
    const char *tier;   /* "default", "flex", "priority", "reserved" (overflow at default), ... */
};

/* Reads our own format, or one that has a `litellm` member with the community's file in it. Returns
 * 0, BRC_E_INVALID, BRC_E_RANGE or BRC_E_TOO_LARGE with the reason in error, BRC_E_NOMEM. */
int brc__price_table_read(const char *json, size_t n, struct brc__price_table **ret_table,
                          struct brc__error *error);

/* Reads a profile's own prices: an array of rows as in a table, but without a model, and with or
 * without a scope. `what` is how messages call it: "profile.prices". Returns the same. */
int brc__price_table_read_own(const char *json, size_t n, const char *what,
                              struct brc__price_table **ret_table, struct brc__error *error);

struct brc__price_table *brc__price_table_free(struct brc__price_table *table);

/* The model's exact id goes first, then what is left of it as ":300k", ":0", "-v1", "-20251001" are
 * taken off its end one by one; a row of the region goes before one of regions like it ("eu-*"),
 * that before one of any. Of each, the tier's own row, else its share of the default one. False if
 * the table has no price there: the rates are -1 then. */
bool brc__price_table_find(const struct brc__price_table *table, const struct brc__market *market,
                           struct brc__tariff *ret_tariff);

#endif
