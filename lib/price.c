/* What tokens cost at one tariff: one sum in 128 bits, one rounding, up.
 * SPDX-License-Identifier: MIT */
#include "price.h"

#include "money.h"

#include <stdbool.h>

/* A sum is in picodollars x 10^-12: of a rate per million tokens, and of parts per million. What an
 * amount can be needs 103 of the 128 bits, so whatever overflows them is too much as well. */
static const int64_t SUM_UNIT = (int64_t)BRC__WHOLE * BRC__WHOLE;

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t known(int64_t count)
{
    return greater(count, 0);
}

static int64_t dearest_input(const struct brc__rates *rates)
{
    int64_t rate = -1;
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        rate = kind == BRC__OUTPUT ? rate : greater(rate, rates->of[kind]);
    return rate;
}

static bool has_prices(const struct brc__rates *rates)
{
    return rates->of[BRC__INPUT] >= 0 && rates->of[BRC__OUTPUT] >= 0;
}

/* sum += tokens x rate x multiplier. Two factors below 2^63 cannot overflow, three can. */
static int add(brc__wide *sum, int64_t tokens, int64_t rate, int64_t multiplier)
{
    brc__wide product = (brc__wide)tokens * (brc__wide)rate;
    if (__builtin_mul_overflow(product, (brc__wide)multiplier, &product) ||
        __builtin_add_overflow(*sum, product, sum))
        return BRC_E_RANGE;
    return 0;
}

static int amount_of(brc__wide sum, int64_t *ret_cost)
{
    brc__wide unit = (brc__wide)SUM_UNIT;
    brc__wide cost = sum / unit + (sum % unit != 0);
    if (cost > INT64_MAX)
        return BRC_E_RANGE;
    *ret_cost = (int64_t)cost;
    return 0;
}

/* Tokens written to the cache whose time to live is not told; both parts may tell more than the
 * whole, then they count. */
static int64_t unsplit_of(const struct brc__counts *counts)
{
    brc__wide told =
        (brc__wide)known(counts->cache_write_5m) + (brc__wide)known(counts->cache_write_1h);
    brc__wide all = (brc__wide)known(counts->cache_write);
    return all > told ? (int64_t)(all - told) : 0;
}

static bool is_long(const struct brc__tariff *tariff, const struct brc__counts *counts)
{
    brc__wide tokens = (brc__wide)known(counts->input) + (brc__wide)known(counts->cache_read) +
                       (brc__wide)known(counts->cache_write_5m) +
                       (brc__wide)known(counts->cache_write_1h) + (brc__wide)unsplit_of(counts);
    return tariff->threshold < INT64_MAX && tokens > (brc__wide)known(tariff->threshold);
}

/* The rate of a kind of input, and whether it has to stand for one that is not there. */
static int64_t rate_of(const struct brc__rates *rates, int kind, int64_t tokens, unsigned *flags)
{
    if (rates->of[kind] >= 0)
        return rates->of[kind];
    if (tokens > 0)
        *flags |= BRC__PRICED_AS_INPUT;
    return dearest_input(rates);
}

int brc__tariff_cost(const struct brc__tariff *tariff, const struct brc__counts *counts,
                     int64_t *ret_cost, unsigned *ret_flags)
{
    *ret_cost = 0;
    const struct brc__rates *rates = is_long(tariff, counts) ? &tariff->long_rates : &tariff->rates;
    if (!has_prices(rates))
        return BRC_E_UNPRICED;
    const int64_t tokens[BRC__TOKEN_KINDS] = {
        [BRC__INPUT] = known(counts->input),
        [BRC__OUTPUT] = known(counts->output),
        [BRC__CACHE_READ] = known(counts->cache_read),
        [BRC__CACHE_WRITE_5M] = known(counts->cache_write_5m),
        [BRC__CACHE_WRITE_1H] = known(counts->cache_write_1h),
    };
    brc__wide sum = 0;
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++) {
        int64_t rate = rate_of(rates, kind, tokens[kind], ret_flags);
        int rc = add(&sum, tokens[kind], rate, tariff->multiplier);
        if (rc < 0)
            return rc;
    }
    int64_t unsplit = unsplit_of(counts);
    if (unsplit > 0)
        *ret_flags |= BRC__PRICED_UNSPLIT_WRITE;
    int64_t dearer = greater(rate_of(rates, BRC__CACHE_WRITE_5M, unsplit, ret_flags),
                             rate_of(rates, BRC__CACHE_WRITE_1H, unsplit, ret_flags));
    int rc = add(&sum, unsplit, dearer, tariff->multiplier);
    if (rc < 0)
        return rc;
    return amount_of(sum, ret_cost);
}

/* The rates to expect the worst from: with that much input the threshold may be passed or not, for
 * less may come than was feared. */
static int worst_rates(const struct brc__tariff *tariff, int64_t input, int64_t *ret_input,
                       int64_t *ret_output)
{
    if (!has_prices(&tariff->rates))
        return BRC_E_UNPRICED;
    *ret_input = dearest_input(&tariff->rates);
    *ret_output = tariff->rates.of[BRC__OUTPUT];
    if (tariff->threshold == INT64_MAX || input <= tariff->threshold)
        return 0;
    if (!has_prices(&tariff->long_rates))
        return BRC_E_UNPRICED;
    *ret_input = greater(*ret_input, dearest_input(&tariff->long_rates));
    *ret_output = greater(*ret_output, tariff->long_rates.of[BRC__OUTPUT]);
    return 0;
}

int brc__tariff_worst(const struct brc__tariff *tariff, int64_t input, int64_t output,
                      int64_t *ret_cost)
{
    *ret_cost = 0;
    int64_t input_rate, output_rate;
    int rc = worst_rates(tariff, known(input), &input_rate, &output_rate);
    if (rc < 0)
        return rc;
    brc__wide sum = 0;
    rc = add(&sum, known(input), input_rate, tariff->multiplier);
    if (rc < 0)
        return rc;
    rc = add(&sum, known(output), output_rate, tariff->multiplier);
    if (rc < 0)
        return rc;
    return amount_of(sum, ret_cost);
}

int64_t brc__tariff_output_within(const struct brc__tariff *tariff, int64_t input,
                                  int64_t output_max, int64_t amount)
{
    int64_t input_rate, output_rate;
    if (amount < 0 || output_max < 1 ||
        worst_rates(tariff, known(input), &input_rate, &output_rate) < 0)
        return -1;
    /* The rounded cost is within the amount as long as the sum is within the amount's. */
    brc__wide most = (brc__wide)amount * (brc__wide)SUM_UNIT, sum = 0;
    if (add(&sum, known(input), input_rate, tariff->multiplier) < 0 || sum > most)
        return -1;
    brc__wide each = (brc__wide)output_rate * (brc__wide)tariff->multiplier;
    brc__wide tokens = each == 0 ? (brc__wide)output_max : (most - sum) / each;
    if (tokens < 1)
        return -1;
    return tokens > (brc__wide)output_max ? output_max : (int64_t)tokens;
}
