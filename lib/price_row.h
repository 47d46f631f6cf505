/* The rows of a price table: what one model costs at one tier, where it is called from.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PRICE_ROW_H
#define BRC__PRICE_ROW_H

#include "error.h"
#include "json_text.h"
#include "price.h"

/* What a tier without a row of its own costs, in parts per million of the default one. */
struct brc__share {
    char *tier;
    int64_t multiplier;
};

struct brc__price {
    char *model;       /* NULL: any, in a profile's own prices */
    const char *scope; /* "in-region", "geo", "global"; "": any, in a profile's own prices */
    char *region;      /* "us-east-1", "eu-*"; NULL: any */
    char *tier;        /* "default" */
    struct brc__tariff tariff;
    struct brc__share *shares; /* by tier, sorted; of the default tier only */
    size_t share_count;
};

struct brc__prices {
    struct brc__price *items;
    size_t count, capacity;
};

/* What looks a row up; the model need not end in a NUL. */
struct brc__price_key {
    const char *model;
    size_t model_length;
    const char *scope, *region, *tier; /* "" for any */
};

/* No rate, no threshold, the list price. */
struct brc__tariff brc__tariff_none(void);

/* Reads one row, which messages call `what`. A profile's own has no model and needs no scope. The
 * row is to be cleared on every path. Returns 0, BRC_E_INVALID, BRC_E_RANGE, BRC_E_NOMEM. */
int brc__price_read(struct brc__json row, const char *what, bool own, struct brc__price *ret_price,
                    struct brc__error *error);

/* Writes it in the one way there is; failures stay in the buffer's status. */
void brc__price_write(struct brc__buf *to, const struct brc__price *price);

void brc__price_clear(struct brc__price *price);

/* Moves the row into the list, on success. Returns 0 or BRC_E_NOMEM. */
int brc__prices_add(struct brc__prices *list, struct brc__price *price);

/* Sorts, and finds the first row that is there twice; NULL: none. */
const struct brc__price *brc__prices_sort(struct brc__prices *list);

/* NULL: none. The rows are sorted. */
const struct brc__price *brc__prices_find(const struct brc__price *rows, size_t count,
                                          const struct brc__price_key *key);

void brc__prices_clear(struct brc__prices *list);

#endif
