/* What tokens cost: the rates of one model at one tier.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PRICE_H
#define BRC__PRICE_H

#include <bedrockcost/base.h>

#include <stdint.h>

enum brc__token_kind {
    BRC__INPUT,
    BRC__OUTPUT,
    BRC__CACHE_READ,
    BRC__CACHE_WRITE_5M,
    BRC__CACHE_WRITE_1H,
    BRC__TOKEN_KINDS
};

/* Picodollars per million tokens; -1: the table says none. */
struct brc__rates {
    int64_t of[BRC__TOKEN_KINDS];
};

/* What one model costs at one tier, where it is called from. */
struct brc__tariff {
    struct brc__rates rates;
    struct brc__rates long_rates; /* of a request with more input-side tokens than the threshold */
    int64_t threshold;            /* INT64_MAX: none */
    int64_t multiplier;           /* parts per million of the sum; BRC__WHOLE for the list price */
    int64_t output_max;           /* the most tokens the model answers with; 0: not known */
};

/* What the settle of an attempt has to say about its price; bits. */
enum {
    BRC__PRICED_UNSPLIT_WRITE = 1, /* cache writes without their time to live: the dearer rate */
    BRC__PRICED_AS_INPUT = 2,      /* a kind of input without a rate: the dearest input-side rate */
    BRC__PRICED_OTHER_TIER = 4,    /* the tier that served has no price: the dearer of those held */
};

/* Tokens by kind; cache_write is the sum of both times to live, of which the two kinds may tell
 * only a part. What is not known is -1 and counts as 0. */
struct brc__counts {
    int64_t input, output, cache_read, cache_write, cache_write_5m, cache_write_1h;
};

/* ceil(sum(tokens x rate x multiplier) / 10^12): one sum, one rounding. Adds bits to *ret_flags.
 * Returns 0, BRC_E_RANGE if the cost passes 2^63 - 1 picodollars, BRC_E_UNPRICED if input or output
 * have no rate. */
int brc__tariff_cost(const struct brc__tariff *tariff, const struct brc__counts *counts,
                     int64_t *ret_cost, unsigned *ret_flags);

/* The most that so many tokens can cost: each input token at the dearest input-side rate, of both
 * rates if the threshold may be passed. */
int brc__tariff_worst(const struct brc__tariff *tariff, int64_t input, int64_t output,
                      int64_t *ret_cost);

/* The most output tokens, up to `output_max`, whose worst case with that input is within `amount`;
 * -1 if not even one is. */
int64_t brc__tariff_output_within(const struct brc__tariff *tariff, int64_t input,
                                  int64_t output_max, int64_t amount);

#endif
