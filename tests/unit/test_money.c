/* Money, read and written exactly.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <bedrockcost/budget.h>
#include <money.h>

#include <string.h>

#define MOST INT64_MAX
#define LONG_ZEROS                                                                                 \
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000"

static const struct {
    const char *text;
    int64_t picodollars;
    const char *written;
} amounts[] = {
    {"0", 0, "0.00"},
    {"0.0", 0, "0.00"},
    {"0.000000000000", 0, "0.00"},
    {"5", INT64_C(5000000000000), "5.00"},
    {"0.25", INT64_C(250000000000), "0.25"},
    {"0.2", INT64_C(200000000000), "0.20"},
    {"1.375", INT64_C(1375000000000), "1.375"},
    {"0.000000000001", 1, "0.000000000001"},
    {"0.000000000010", 10, "0.00000000001"},
    {"0.999999999999", INT64_C(999999999999), "0.999999999999"},
    {"1.000000000000", INT64_C(1000000000000), "1.00"},
    {"007.50", INT64_C(7500000000000), "7.50"},
    {LONG_ZEROS "3", INT64_C(3000000000000), "3.00"},
    {"9223372", INT64_C(9223372000000000000), "9223372.00"},
    {"9223372.036854775806", MOST - 1, "9223372.036854775806"},
    {"9223372.036854775807", MOST, "9223372.036854775807"},
};

START_TEST(reads_and_writes)
{
    int64_t amount = 7;
    char text[BRC__MONEY_SIZE];

    ck_assert_int_eq(brc_money_parse(amounts[_i].text, &amount), BRC_OK);
    ck_assert_int_eq(amount, amounts[_i].picodollars);
    int n = brc_money_format(amount, text, sizeof text);
    ck_assert_str_eq(text, amounts[_i].written);
    ck_assert_int_eq(n, (int)strlen(text));
    ck_assert_int_eq(brc_money_parse(text, &amount), BRC_OK);
    ck_assert_int_eq(amount, amounts[_i].picodollars);
}
END_TEST

static const struct {
    const char *text;
    int rc;
} wrong[] = {
    {"", BRC_E_INVALID},
    {" ", BRC_E_INVALID},
    {"-1", BRC_E_INVALID},
    {"+1", BRC_E_INVALID},
    {" 1", BRC_E_INVALID},
    {"1 ", BRC_E_INVALID},
    {"1.", BRC_E_INVALID},
    {".5", BRC_E_INVALID},
    {".", BRC_E_INVALID},
    {"1..5", BRC_E_INVALID},
    {"1.5.5", BRC_E_INVALID},
    {"1,5", BRC_E_INVALID},
    {"1e3", BRC_E_INVALID},
    {"1.5E-3", BRC_E_INVALID},
    {"0x10", BRC_E_INVALID},
    {"$5", BRC_E_INVALID},
    {"5 USD", BRC_E_INVALID},
    {"nan", BRC_E_INVALID},
    {"1.0000000000000", BRC_E_INVALID}, /* thirteen decimals */
    {"9223372.036854775808", BRC_E_RANGE},
    {"9223373", BRC_E_RANGE},
    {"10000000", BRC_E_RANGE},
    {"18446744.073709551616", BRC_E_RANGE}, /* 2^64: what would wrap around to 0 */
    {"340282366920938463463374607.431768211456", BRC_E_RANGE}, /* 2^128 */
    {"99999999999999999999999999999999999999999999999999999999999999", BRC_E_RANGE},
};

START_TEST(refuses)
{
    int64_t amount = 7;

    ck_assert_int_eq(brc_money_parse(wrong[_i].text, &amount), wrong[_i].rc);
    ck_assert_int_eq(amount, 0);
}
END_TEST

static const struct {
    const char *text;
    int shift, rc;
    int64_t picodollars;
} powers[] = {
    {"3e-07", 6, 0, INT64_C(300000000000)},
    {"3E-7", 6, 0, INT64_C(300000000000)},
    {"1.375e-06", 6, 0, INT64_C(1375000000000)},
    {"8.75e-09", 6, 0, INT64_C(8750000000)},
    {"0.0000011", 6, 0, INT64_C(1100000000000)},
    {"5e0", 0, 0, INT64_C(5000000000000)},
    {"5e+0", 0, 0, INT64_C(5000000000000)},
    {"0.00005e5", 0, 0, INT64_C(5000000000000)},
    {"500000e-5", 0, 0, INT64_C(5000000000000)},
    {"3.0000000000000004e-07", 6, 0, INT64_C(300000000001)}, /* rounded up, not to 3e11 */
    {"2.9999999999999999999999e-07", 6, 0, INT64_C(300000000000)},
    {"0.1234567890123", 0, 0, INT64_C(123456789013)},
    {"1e-12", 0, 0, 1},
    {"1e-13", 0, 0, 1},
    {"1e-999999999999999999999999", 0, 0, 1}, /* not for nothing */
    {"1e-18446744073709551623", 6, 0, 1},     /* not 2^64 less */
    {"0e999999999999999999999999", 6, 0, 0},
    {"0.000e-5", 6, 0, 0},
    {"9.223372036854775807e6", 0, 0, MOST},
    {"9.2233720368547758070000e0", 6, 0, MOST},
    {"9.2233720368547758070001e0", 6, BRC_E_RANGE, 0}, /* rounded up, past it */
    {"9.223372036854775808e6", 0, BRC_E_RANGE, 0},
    {"1e7", 0, BRC_E_RANGE, 0},
    {"1e999999999999999999999999", 0, BRC_E_RANGE, 0},
    {"1e", 0, BRC_E_INVALID, 0},
    {"1e-", 0, BRC_E_INVALID, 0},
    {"1e+", 0, BRC_E_INVALID, 0},
    {"1e5x", 0, BRC_E_INVALID, 0},
    {"1e5.0", 0, BRC_E_INVALID, 0},
    {"1e--5", 0, BRC_E_INVALID, 0},
    {"e5", 0, BRC_E_INVALID, 0},
    {"-3e-07", 6, BRC_E_INVALID, 0},
    {"\"3e-07\"", 6, BRC_E_INVALID, 0},
    {"", 6, BRC_E_INVALID, 0},
};

START_TEST(reads_powers_of_ten)
{
    int64_t amount = 7;

    ck_assert_int_eq(
        brc__money_read(powers[_i].text, strlen(powers[_i].text), powers[_i].shift, 1, &amount),
        powers[_i].rc);
    ck_assert_int_eq(amount, powers[_i].picodollars);
}
END_TEST

/* The text need not end anywhere. */
START_TEST(reads_no_further)
{
    int64_t amount;

    ck_assert_int_eq(brc__money_read("12345", 2, 0, 0, &amount), BRC_OK);
    ck_assert_int_eq(amount, INT64_C(12000000000000));
    ck_assert_int_eq(brc__money_read("1.25", 2, 0, 0, &amount), BRC_E_INVALID);
    ck_assert_int_eq(brc__money_read("1e57", 3, 0, 1, &amount), BRC_OK);
    ck_assert_int_eq(amount, INT64_C(100000) * 1000000000000);
    ck_assert_int_eq(brc__money_read("1e-5", 3, 0, 1, &amount), BRC_E_INVALID);
    ck_assert_int_eq(brc__money_read("1\0", 2, 0, 0, &amount), BRC_E_INVALID);
}
END_TEST

START_TEST(misuse)
{
    char text[8] = "filled";
    int64_t amount = 7;

    ck_assert_int_eq(brc_money_parse(NULL, &amount), BRC_E_INVALID);
    ck_assert_int_eq(amount, 0);
    ck_assert_int_eq(brc_money_parse("1", NULL), BRC_E_INVALID);
    ck_assert_int_eq(brc_money_format(1, NULL, 8), BRC_E_INVALID);
    ck_assert_int_eq(brc_money_format(1, text, 0), BRC_E_INVALID);
    ck_assert_str_eq(text, "filled");
    ck_assert_int_eq(brc_money_format(-1, text, sizeof text), BRC_E_RANGE);
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(brc_money_format(INT64_C(12340000000000), text, 5), BRC_E_RANGE); /* "12.34" */
    ck_assert_str_eq(text, "");
    ck_assert_int_eq(brc_money_format(INT64_C(12340000000000), text, 6), 5);
    ck_assert_str_eq(text, "12.34");
}
END_TEST

START_TEST(wide)
{
    char text[BRC__WIDE_MONEY_SIZE];

    ck_assert_int_eq(brc__wide_money_text(~(brc__wide)0, text), 40);
    ck_assert_str_eq(text, "340282366920938463463374607.431768211455");
    brc__wide_money_text((brc__wide)MOST + 1, text);
    ck_assert_str_eq(text, "9223372.036854775808");
    brc__wide_money_text(0, text);
    ck_assert_str_eq(text, "0.00");
}
END_TEST

/* At each border, one picodollar below and above. */
START_TEST(reaches)
{
    ck_assert(brc__money_reaches(50, 100, 50));
    ck_assert(!brc__money_reaches(49, 100, 50));
    ck_assert(brc__money_reaches(51, 101, 50));
    ck_assert(!brc__money_reaches(50, 101, 50));
    ck_assert(brc__money_reaches(0, 0, 80));
    ck_assert(brc__money_reaches(MOST, MOST, 100));
    ck_assert(!brc__money_reaches(MOST - 1, MOST, 100));
    ck_assert(brc__money_reaches(MOST / 5 * 4 + 2, MOST, 80)); /* 4/5 of 2^63 - 1, rounded up */
    ck_assert(!brc__money_reaches(MOST / 5 * 4 + 1, MOST, 80));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("money");
    TCase *tc = tcase_create("money");

    tcase_add_loop_test(tc, reads_and_writes, 0, sizeof amounts / sizeof *amounts);
    tcase_add_loop_test(tc, refuses, 0, sizeof wrong / sizeof *wrong);
    tcase_add_loop_test(tc, reads_powers_of_ten, 0, sizeof powers / sizeof *powers);
    tcase_add_test(tc, reads_no_further);
    tcase_add_test(tc, misuse);
    tcase_add_test(tc, wide);
    tcase_add_test(tc, reaches);
    suite_add_tcase(suite, tc);
    return run(suite);
}
