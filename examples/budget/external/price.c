/* What tokens cost of which only sums are known. SPDX-License-Identifier: MIT */
#include "external.h"

__extension__ typedef __int128 wide;

enum {
    MILLION = 1000 * 1000
};

int external_price(const json_t *profile, struct span *span)
{
    span->price = json_object_get(profile, "price");
    if (money_of(span->price, "input") < 0 || money_of(span->price, "output") < 0)
        return failed(
            "%s has no price, so that nobody can say what its tokens cost: `budget prices "
            "import FILE`, or \"prices\" in the profile",
            span->name);
    span->factor = factor_of(profile);
    if (span->factor < 0)
        return failed("%s: its multiplier cannot be read", span->name);
    return DONE;
}

static int64_t dearer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The rates in picodollars per million tokens. One that is not known is the dearest of input, as it
 * is for calls; cache writes take the dearer one, for nobody says how long they live. */
static void read_rates(const json_t *price, int64_t ret_rates[TOKEN_KINDS])
{
    int64_t write_5m = money_of(price, "cacheWrite5m"), write_1h = money_of(price, "cacheWrite1h");
    int64_t input = money_of(price, "input"), read = money_of(price, "cacheRead");
    int64_t dearest = dearer(dearer(input, read), dearer(write_5m, write_1h));

    ret_rates[TOKENS_INPUT] = input;
    ret_rates[TOKENS_OUTPUT] = money_of(price, "output");
    ret_rates[TOKENS_CACHE_READ] = read >= 0 ? read : dearest;
    ret_rates[TOKENS_CACHE_WRITE] =
        dearer(write_5m >= 0 ? write_5m : dearest, write_1h >= 0 ? write_1h : dearest);
}

/* Which requests were long cannot be told from a sum, only that none was. */
static bool may_be_long(const struct span *span, const struct period *period)
{
    const json_t *above = json_object_get(span->price, "above");
    wide input = (wide)period->seen.of[TOKENS_INPUT] + period->seen.of[TOKENS_CACHE_READ] +
                 period->seen.of[TOKENS_CACHE_WRITE];

    return above != NULL && input > json_integer_value(above);
}

int64_t external_cost(const struct span *span, const struct period *period,
                      const struct tokens *tokens)
{
    static const wide unit = (wide)MILLION * MILLION; /* of tokens, and of the factor */
    int64_t rates[TOKEN_KINDS], long_rates[TOKEN_KINDS];
    wide sum = 0, product;

    read_rates(span->price, rates);
    if (may_be_long(span, period)) {
        read_rates(json_object_get(span->price, "long"), long_rates);
        for (int kind = 0; kind < TOKEN_KINDS; kind++)
            rates[kind] = dearer(rates[kind], long_rates[kind]);
    }
    for (int kind = 0; kind < TOKEN_KINDS; kind++) {
        product = (wide)tokens->of[kind] * rates[kind];
        if (__builtin_mul_overflow(product, (wide)span->factor, &product) ||
            __builtin_add_overflow(sum, product, &sum))
            return -1;
    }
    wide cost = sum / unit + (sum % unit != 0);
    return cost > INT64_MAX ? -1 : (int64_t)cost;
}
