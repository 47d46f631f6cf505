/* Dates of ISO 8601, read and written. Those of HTTP are read in test_skew.c.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <bedrockcost/base.h>
#include <date.h>

#include <string.h>

static const struct {
    const char *text;
    int64_t seconds;
} dates[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:01Z", 1},
    {"1969-12-31T23:59:59Z", -1},
    {"0001-01-01T00:00:00Z", -INT64_C(62135596800)},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799)},
    {"2000-02-29T12:34:56Z", 951827696},
    {"2024-02-29T00:00:00Z", 1709164800},
    {"2026-01-02T03:04:05Z", 1767323045},
    {"2026-01-02T03:04:05.0Z", 1767323045},
    {"2026-01-02T03:04:05.999999999999999999Z", 1767323045},
    {"2026-01-02T03:04:05+00:00", 1767323045},
    {"2026-01-02T04:04:05+01:00", 1767323045},
    {"2026-01-02T08:34:05.5+05:30", 1767323045},
    {"2026-01-01T19:04:05-08:00", 1767323045},
    {"2026-01-03T03:03:05+23:59", 1767323045},
    {"2016-12-31T23:59:60Z", 1483228800}, /* a leap second */
};

START_TEST(reads)
{
    int64_t seconds = 7;

    ck_assert_int_eq(brc__iso_date(dates[_i].text, strlen(dates[_i].text), &seconds), 0);
    ck_assert_int_eq(seconds, dates[_i].seconds);
}
END_TEST

static const char *const wrong[] = {
    "",
    "Z",
    "2026",
    "2026-01-02",
    "2026-01-02T03:04",
    "2026-01-02T03:04:05", /* of which place? */
    "2026-01-02 03:04:05Z",
    "2026-01-02t03:04:05Z",
    "2026-01-02T03:04:05z",
    "2026-01-02T03:04:05UTC", /* AWS's older file formats */
    "2026-01-02T03:04:05Z ",
    " 2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05ZZ",
    "2026-1-2T03:04:05Z",
    "+2026-01-02T03:04:05Z",
    "-026-01-02T03:04:05Z",
    "2026-00-02T03:04:05Z",
    "2026-13-02T03:04:05Z",
    "2026-01-00T03:04:05Z",
    "2026-01-32T03:04:05Z",
    "2026-04-31T03:04:05Z",
    "2026-02-29T03:04:05Z",
    "1900-02-29T03:04:05Z",
    "0000-01-01T00:00:00Z",
    "2026-01-02T24:00:00Z",
    "2026-01-02T03:60:05Z",
    "2026-01-02T03:04:60Z",
    "2026-01-02T23:59:61Z",
    "2026-01-02T03:04:05.Z",
    "2026-01-02T03:04:05,5Z",
    "2026-01-02T03:04:05.5",
    "2026-01-02T03:04:05.5.5Z",
    "2026-01-02T03:04:05+",
    "2026-01-02T03:04:05+01",
    "2026-01-02T03:04:05+0100",
    "2026-01-02T03:04:05+01:0",
    "2026-01-02T03:04:05+24:00",
    "2026-01-02T03:04:05+01:60",
    "2026-01-02T03:04:05+01:00Z",
    "2026-01-02T03:04:05\xe2\x88\x92:1:00", /* a minus sign that is no hyphen */
    "20260102T030405Z",
};

START_TEST(refuses)
{
    int64_t seconds = 7;

    ck_assert_int_eq(brc__iso_date(wrong[_i], strlen(wrong[_i]), &seconds), BRC_E_INVALID);
    ck_assert_int_eq(seconds, 0);
}
END_TEST

/* The text need not end where the date does; and what is behind it is not read. */
START_TEST(stays_within_its_length)
{
    const char text[] = "2026-01-02T03:04:05.25+01:00Z";
    int64_t seconds;

    for (size_t n = 0; n < sizeof text; n++)
        ck_assert_int_eq(brc__iso_date(text, n, &seconds), n == 28 ? 0 : BRC_E_INVALID);
}
END_TEST

START_TEST(writes)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } moments[] = {
        {0, "1970-01-01T00:00:00Z"},          {951827696, "2000-02-29T12:34:56Z"},
        {1767323045, "2026-01-02T03:04:05Z"}, {INT64_C(253402300799), "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},  {-1, "1970-01-01T00:00:00Z"},
        {INT64_MIN, "1970-01-01T00:00:00Z"},
    };
    char text[BRC__ISO_DATE_SIZE];

    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        brc__iso_date_text(moments[i].seconds, text);
        ck_assert_str_eq(text, moments[i].text);
    }
}
END_TEST

/* Every day at some second of it, for eight centuries. */
START_TEST(reads_what_it_writes)
{
    const int64_t days = INT64_C(800) * 365;
    char text[BRC__ISO_DATE_SIZE];
    int64_t seconds;

    for (int64_t i = 0; i < days; i += sample_step(31)) {
        int64_t moment = i * 86400 + i % 86400;
        brc__iso_date_text(moment, text);
        ck_assert(brc__iso_date(text, strlen(text), &seconds) == 0 && seconds == moment);
    }
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("date");
    TCase *tests = tcase_create("date");

    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, reads, 0, COUNT(dates));
    tcase_add_loop_test(tests, refuses, 0, COUNT(wrong));
    tcase_add_test(tests, stays_within_its_length);
    tcase_add_test(tests, writes);
    tcase_add_test(tests, reads_what_it_writes);
    return run(suite);
}
