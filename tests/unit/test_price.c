/* What tokens cost: every kind, every flag, every border. A million random ones are judged by
 * tests/unit/price_oracle.py. SPDX-License-Identifier: MIT */
#include "run.h"

#include <money.h>
#include <price.h>

#define MOST INT64_MAX
#define USD  INT64_C(1000000000000)

/* Claude Haiku 4.5, where it is called through a geographic profile. */
static const struct brc__tariff haiku = {
    .rates = {{11 * USD / 10, 55 * USD / 10, 11 * USD / 100, 1375 * USD / 1000, 22 * USD / 10}},
    .long_rates = {{-1, -1, -1, -1, -1}},
    .threshold = MOST,
    .multiplier = BRC__WHOLE,
};

static int64_t cost_of(const struct brc__tariff *tariff, struct brc__counts counts, unsigned flags)
{
    int64_t cost = 7;
    unsigned said = 64; /* bits are added to those that are there */

    ck_assert_int_eq(brc__tariff_cost(tariff, &counts, &cost, &said), BRC_OK);
    ck_assert_uint_eq(said, flags | 64);
    return cost;
}

START_TEST(each_kind_has_its_rate)
{
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0}, 0), 0);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){-1, -1, -1, -1, -1, -1}, 0), 0);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){.input = 1}, 0), 1100000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){.output = 1}, 0), 5500000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){.cache_read = 1}, 0), 110000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){.cache_write_5m = 1}, 0), 1375000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){.cache_write_1h = 1}, 0), 2200000);
    ck_assert_int_eq(cost_of(&haiku,
                             (struct brc__counts){.input = 1000,
                                                  .output = 2000,
                                                  .cache_read = 3000,
                                                  .cache_write = 900,
                                                  .cache_write_5m = 400,
                                                  .cache_write_1h = 500},
                             0),
                     INT64_C(1100000000) + INT64_C(11000000000) + 330000000 + 550000000 +
                         1100000000);
}
END_TEST

START_TEST(what_is_not_split_costs_the_dearer)
{
    const unsigned flag = BRC__PRICED_UNSPLIT_WRITE;

    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){.cache_write = 10}, flag), 22000000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0, 0, 0, 10, -1, -1}, flag), 22000000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0, 0, 0, 10, 4, -1}, flag),
                     4 * 1375000 + 6 * 2200000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0, 0, 0, 10, 4, 5}, flag),
                     4 * 1375000 + 5 * 2200000 + 2200000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0, 0, 0, 10, 10, 0}, 0), 13750000);
    /* The parts tell more than the whole, or the whole is not told. */
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0, 0, 0, 10, 8, 5}, 0),
                     8 * 1375000 + 5 * 2200000);
    ck_assert_int_eq(cost_of(&haiku, (struct brc__counts){0, 0, 0, -1, 8, 5}, 0),
                     8 * 1375000 + 5 * 2200000);
    /* The dearer may be the shorter one. */
    struct brc__tariff odd = haiku;
    odd.rates.of[BRC__CACHE_WRITE_5M] = 3 * USD;
    ck_assert_int_eq(cost_of(&odd, (struct brc__counts){.cache_write = 10}, flag), 30000000);
}
END_TEST

START_TEST(what_has_no_rate_costs_as_the_dearest_input)
{
    const unsigned flag = BRC__PRICED_AS_INPUT;
    struct brc__tariff nova = haiku;

    nova.rates.of[BRC__CACHE_WRITE_5M] = nova.rates.of[BRC__CACHE_WRITE_1H] = -1;
    ck_assert_int_eq(cost_of(&nova, (struct brc__counts){.input = 1, .cache_read = 1}, 0), 1210000);
    ck_assert_int_eq(cost_of(&nova, (struct brc__counts){.cache_write_5m = 2}, flag), 2200000);
    ck_assert_int_eq(cost_of(&nova, (struct brc__counts){.cache_write_1h = 2}, flag), 2200000);
    ck_assert_int_eq(
        cost_of(&nova, (struct brc__counts){.cache_write = 2}, flag | BRC__PRICED_UNSPLIT_WRITE),
        2200000);
    nova.rates.of[BRC__CACHE_READ] = -1;
    nova.rates.of[BRC__CACHE_WRITE_5M] = 3 * USD;
    ck_assert_int_eq(cost_of(&nova, (struct brc__counts){.cache_read = 2}, flag), 6000000);
    /* Output is no input, however dear. */
    nova.rates.of[BRC__OUTPUT] = 100 * USD;
    ck_assert_int_eq(cost_of(&nova, (struct brc__counts){.cache_read = 2}, flag), 6000000);
}
END_TEST

START_TEST(one_rounding_up)
{
    struct brc__tariff tariff = haiku;

    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        tariff.rates.of[kind] = 1;
    /* A millionth of a picodollar each: together five, not five times one. */
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){1, 1, 1, 2, 1, 1}, 0), 1);
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = 1000000}, 0), 1);
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = 1000001}, 0), 2);
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = 999999, .output = 1}, 0), 1);
    tariff.multiplier = 1; /* a millionth of the price: 10^12 tokens for a picodollar */
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = USD}, 0), 1);
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = USD + 1}, 0), 2);
    tariff.multiplier = 0;
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){MOST, MOST, MOST, MOST, MOST, MOST}, 0),
                     0);
    tariff.multiplier = 1750000;
    tariff.rates.of[BRC__INPUT] = 72100000000; /* gpt-oss-20b at tier priority */
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = 1000000}, 0), 126175000000);
}
END_TEST

static struct brc__tariff with_threshold(void)
{
    struct brc__tariff tariff = haiku;

    tariff.threshold = 200000;
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        tariff.long_rates.of[kind] = 2 * tariff.rates.of[kind];
    return tariff;
}

START_TEST(long_rates_go_for_the_whole_request)
{
    struct brc__tariff tariff = with_threshold();

    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = 200000, .output = 1}, 0),
                     INT64_C(220000000000) + 5500000);
    ck_assert_int_eq(cost_of(&tariff, (struct brc__counts){.input = 200001, .output = 1}, 0),
                     INT64_C(440000000000) + 2200000 + 11000000);
    /* Cached tokens count, once. */
    struct brc__counts at = {100000, 1000000, 50000, 50000, 20000, 30000};
    int64_t flat = cost_of(&tariff, at, 0);
    at.cache_read++;
    ck_assert_int_eq(cost_of(&tariff, at, 0), 2 * flat + 220000);
    at.cache_read -= 2;
    at.cache_write++;
    ck_assert_int_eq(cost_of(&tariff, at, BRC__PRICED_UNSPLIT_WRITE), flat - 110000 + 2200000);
    at.cache_read++;
    ck_assert_int_eq(cost_of(&tariff, at, BRC__PRICED_UNSPLIT_WRITE), 2 * (flat + 2200000));
    /* A sum past 2^63 is still above, and past what an amount can be. */
    struct brc__counts far = {MOST, 0, MOST, 0, 0, 0};
    int64_t cost = 7;
    unsigned flags = 0;
    ck_assert_int_eq(brc__tariff_cost(&tariff, &far, &cost, &flags), BRC_E_RANGE);
    ck_assert_int_eq(cost, 0);
}
END_TEST

START_TEST(too_much_is_an_error)
{
    struct brc__tariff tariff = haiku;
    struct brc__counts counts = {.input = MOST};
    int64_t cost = 7;
    unsigned flags = 0;

    tariff.rates.of[BRC__INPUT] = BRC__WHOLE;
    ck_assert_int_eq(cost_of(&tariff, counts, 0), MOST);
    counts.output = 1;
    tariff.rates.of[BRC__OUTPUT] = 0;
    ck_assert_int_eq(cost_of(&tariff, counts, 0), MOST);
    tariff.rates.of[BRC__OUTPUT] = 1; /* rounded up, past it */
    ck_assert_int_eq(brc__tariff_cost(&tariff, &counts, &cost, &flags), BRC_E_RANGE);
    ck_assert_int_eq(cost, 0);
    for (int kind = 0; kind < BRC__TOKEN_KINDS; kind++)
        tariff.rates.of[kind] = MOST;
    tariff.multiplier = MOST; /* three factors: 2^189 */
    ck_assert_int_eq(brc__tariff_cost(&tariff, &counts, &cost, &flags), BRC_E_RANGE);
    ck_assert_int_eq(brc__tariff_worst(&tariff, MOST, MOST, &cost), BRC_E_RANGE);
    ck_assert_int_eq(cost, 0);
    ck_assert_int_eq(brc__tariff_output_within(&tariff, MOST, MOST, MOST), -1);
    /* What would wrap around to 0: a product of 2^128, and a sum of two of 2^127. */
    counts = (struct brc__counts){.input = INT64_C(1) << 62};
    tariff.rates.of[BRC__INPUT] = tariff.rates.of[BRC__OUTPUT] = INT64_C(1) << 62;
    tariff.multiplier = 16;
    ck_assert_int_eq(brc__tariff_cost(&tariff, &counts, &cost, &flags), BRC_E_RANGE);
    tariff.multiplier = 8;
    counts.output = counts.input;
    ck_assert_int_eq(brc__tariff_cost(&tariff, &counts, &cost, &flags), BRC_E_RANGE);
}
END_TEST

START_TEST(without_a_price)
{
    for (int kind = BRC__INPUT; kind <= BRC__OUTPUT; kind++) {
        struct brc__tariff flat = haiku, stepped = with_threshold();
        struct brc__counts few = {.input = 1}, many = {.input = 200001};
        int64_t cost = 7;
        unsigned flags = 0;
        flat.rates.of[kind] = stepped.long_rates.of[kind] = -1;
        ck_assert_int_eq(brc__tariff_cost(&flat, &few, &cost, &flags), BRC_E_UNPRICED);
        ck_assert_int_eq(cost, 0);
        ck_assert_int_eq(brc__tariff_worst(&flat, 1, 1, &cost), BRC_E_UNPRICED);
        ck_assert_int_eq(brc__tariff_output_within(&flat, 1, 1, MOST), -1);
        ck_assert_int_eq(brc__tariff_cost(&stepped, &few, &cost, &flags), BRC_OK);
        ck_assert_int_eq(brc__tariff_cost(&stepped, &many, &cost, &flags), BRC_E_UNPRICED);
        ck_assert_int_eq(brc__tariff_worst(&stepped, 200000, 1, &cost), BRC_OK);
        ck_assert_int_eq(brc__tariff_worst(&stepped, 200001, 1, &cost), BRC_E_UNPRICED);
    }
}
END_TEST

static int64_t worst_of(const struct brc__tariff *tariff, int64_t input, int64_t output)
{
    int64_t cost = 7;

    ck_assert_int_eq(brc__tariff_worst(tariff, input, output, &cost), BRC_OK);
    return cost;
}

START_TEST(the_worst)
{
    struct brc__tariff tariff = with_threshold();

    ck_assert_int_eq(worst_of(&haiku, 0, 0), 0);
    ck_assert_int_eq(worst_of(&haiku, 10, 3), 10 * 2200000 + 3 * 5500000);
    ck_assert_int_eq(worst_of(&tariff, 200000, 1), INT64_C(440000000000) + 5500000);
    ck_assert_int_eq(worst_of(&tariff, 200001, 1), INT64_C(880004400000) + 11000000);
    /* Long ones may be cheaper; less may come than was feared. */
    tariff.long_rates = (struct brc__rates){{1, 1, 1, 1, 1}};
    ck_assert_int_eq(worst_of(&tariff, 200001, 1), INT64_C(440002200000) + 5500000);
}
END_TEST

START_TEST(what_a_remainder_buys)
{
    int64_t held = worst_of(&haiku, 100, 700);

    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, held), 700);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, held + 5499999), 700);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, held + 5500000), 701);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, held - 1), 699);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 700, MOST), 700);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, MOST, MOST),
                     (MOST - 220000000) / 5500000);
    int64_t one = worst_of(&haiku, 100, 1);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, one), 1);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, one - 1), -1);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, 0), -1);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 5000, -1), -1);
    ck_assert_int_eq(brc__tariff_output_within(&haiku, 100, 0, MOST), -1);
    struct brc__tariff fine = {{{USD + 1, 1, -1, -1, -1}}, .threshold = MOST, .multiplier = 1};
    ck_assert_int_eq(brc__tariff_output_within(&fine, 1, 5, 1), -1); /* 10^-12 too much */
    fine.rates.of[BRC__INPUT]--;
    ck_assert_int_eq(brc__tariff_output_within(&fine, 1, 5, 1), -1);
    fine.rates.of[BRC__INPUT]--;
    ck_assert_int_eq(brc__tariff_output_within(&fine, 1, 5, 1), 1);
    struct brc__tariff gift = haiku;
    gift.multiplier = 0;
    ck_assert_int_eq(brc__tariff_output_within(&gift, MOST, MOST, 0), MOST);
}
END_TEST

/* 10^9 calls of one token each are 10^9 times one of them, and never rounded to nothing: by
 * arithmetic on one record, since each is a whole number of picodollars. */
START_TEST(many_small_calls)
{
    struct brc__tariff nova = haiku;
    char text[BRC__WIDE_MONEY_SIZE];

    nova.rates.of[BRC__INPUT] = 35 * USD / 1000;
    int64_t one = cost_of(&nova, (struct brc__counts){.input = 1}, 0);
    int64_t all = cost_of(&nova, (struct brc__counts){.input = 1000000000}, 0);
    brc__wide sum = (brc__wide)one * 1000000000;
    ck_assert(sum == (brc__wide)all);
    brc__wide_money_text(sum, text);
    ck_assert_str_eq(text, "35.00");
    nova.rates.of[BRC__INPUT] = 1; /* less than a picodollar a token: each call costs one */
    ck_assert_int_eq(cost_of(&nova, (struct brc__counts){.input = 1}, 0), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("price");
    TCase *tc = tcase_create("price");

    tcase_add_test(tc, each_kind_has_its_rate);
    tcase_add_test(tc, what_is_not_split_costs_the_dearer);
    tcase_add_test(tc, what_has_no_rate_costs_as_the_dearest_input);
    tcase_add_test(tc, one_rounding_up);
    tcase_add_test(tc, long_rates_go_for_the_whole_request);
    tcase_add_test(tc, too_much_is_an_error);
    tcase_add_test(tc, without_a_price);
    tcase_add_test(tc, the_worst);
    tcase_add_test(tc, what_a_remainder_buys);
    tcase_add_test(tc, many_small_calls);
    suite_add_tcase(suite, tc);
    return run(suite);
}
