/* Dates of HTTP, and a clock that is wrong.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <date.h>
#include <skew.h>

#include <stdio.h>
#include <string.h>

#define NOW       INT64_C(1785585600) /* Sat, 01 Aug 2026 12:00:00 GMT */
#define MINUTE_MS INT64_C(60000)
#define NO_DATE   INT64_MIN

/* ---- dates */

static const struct {
    const char *text;
    int64_t seconds;
} dates[] = {
    {"Sat, 01 Aug 2026 12:00:00 GMT", NOW},
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
    {"Sun Nov  6 08:49:37 1994", 784111777},
    {"Wed Nov 16 08:49:37 1994", 784975777},
    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
    {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
    {"Tue, 19 Jan 2038 03:14:08 GMT", 2147483648},
    {"Mon, 01 Jan 0001 00:00:00 GMT", -62135596800},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    {"Sat, 01 Jan 0000 00:00:00 GMT", NO_DATE},
    /* leap days */
    {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
    {"Fri, 01 Mar 2024 00:00:00 GMT", 1709251200},
    {"Tue, 29 Feb 2000 12:00:00 GMT", 951825600},
    {"Wed, 01 Mar 2000 00:00:00 GMT", 951868800},
    {"Thu, 01 Mar 1900 00:00:00 GMT", -2203891200},
    {"Wed, 28 Feb 1900 00:00:00 GMT", -2203977600},
    {"Wed, 29 Feb 1900 00:00:00 GMT", NO_DATE},
    {"Sun, 28 Feb 2100 00:00:00 GMT", 4107456000},
    {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400},
    {"Mon, 29 Feb 2100 00:00:00 GMT", NO_DATE},
    {"Sun, 29 Feb 2026 00:00:00 GMT", NO_DATE},
    {"Thu, 30 Feb 2024 00:00:00 GMT", NO_DATE},
    {"Sat, 31 Dec 2022 00:00:00 GMT", 1672444800},
    {"Sun, 31 Dec 2000 00:00:00 GMT", 978220800},
    /* ranges */
    {"Sat, 00 Aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 31 Aug 2026 12:00:00 GMT", 1788177600},
    {"Sat, 32 Aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 31 Apr 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 31 Jun 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 31 Sep 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 31 Nov 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 23:59:59 GMT", 1785628799},
    {"Sat, 01 Aug 2026 23:59:60 GMT", 1785628800},
    {"Sat, 01 Aug 2026 23:59:61 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 22:59:60 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 23:58:60 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 24:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 23:60:00 GMT", NO_DATE},
    /* the year of two digits; 50 years are 18250 days here */
    {"Saturday, 01-Aug-26 12:00:00 GMT", NOW},
    {"Saturday, 01-Aug-25 12:00:00 GMT", 1754049600},
    {"Sunday, 19-Jul-76 12:00:00 GMT", 3362385600},
    {"Sunday, 19-Jul-76 12:00:01 GMT", 206625601},
    {"Friday, 31-Dec-99 23:59:59 GMT", 946684799},
    {"Tuesday, 29-Feb-00 12:00:00 GMT", 951825600},
    {"Tuesday, 29-Feb-01 12:00:00 GMT", NO_DATE},
    {"Saturday, 01-Aug-2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01-Aug-26 12:00:00 GMT", NO_DATE},
    {"Saturday, 01 Aug 2026 12:00:00 GMT", NO_DATE},
    /* to the letter; the weekday may be another */
    {"Mon, 01 Aug 2026 12:00:00 GMT", NOW},
    {"Abc, 01 Aug 2026 12:00:00 GMT", NO_DATE},
    {"sat, 01 Aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01 aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01 AUG 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01 August 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 1 Aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat,  1 Aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug 26 12:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 9:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00.5 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 12:00 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00 UTC", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00 gmt", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00 +0000", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00 GMT ", NO_DATE},
    {" Sat, 01 Aug 2026 12:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug 2026 12:00:00 GM", NO_DATE},
    {"Sat, 01 Aug 2026 -1:00:00 GMT", NO_DATE},
    {"Sat, 01 Aug +026 12:00:00 GMT", NO_DATE},
    {"Sat Aug 1 12:00:00 2026", NO_DATE},
    {"Sat Aug 01 12:00:00 2026", NOW},
    {"Sat Aug  0 12:00:00 2026", NO_DATE},
    {"Sat Aug  1 12:00:00 2026 GMT", NO_DATE},
    {"2026-08-01T12:00:00Z", NO_DATE},
    {"1785585600", NO_DATE},
    {"", NO_DATE},
};

START_TEST(date_of_http)
{
    const char *text = dates[_i].text;
    bool is_date = dates[_i].seconds != NO_DATE;
    int64_t seconds = -99;

    int rc = brc__http_date(text, strlen(text), NOW, &seconds);
    ck_assert_msg(rc == (is_date ? 0 : BRC_E_INVALID), "%s", text);
    ck_assert_msg(seconds == (is_date ? dates[_i].seconds : 0), "%s: %lld", text,
                  (long long)seconds);
}
END_TEST

/* The length counts, not a NUL; and every beginning of a date is none. */
START_TEST(beginnings_of_dates)
{
    static const char *const whole[] = {"Sat, 01 Aug 2026 12:00:00 GMT, 5",
                                        "Saturday, 01-Aug-26 12:00:00 GMT, 5",
                                        "Sat Aug  1 12:00:00 20265"};
    static const size_t lengths[] = {29, 32, 24};
    int64_t seconds;

    for (size_t n = 0; n <= strlen(whole[_i]); n++) {
        int rc = brc__http_date(whole[_i], n, NOW, &seconds);
        ck_assert_int_eq(rc, n == lengths[_i] ? 0 : BRC_E_INVALID);
    }
}
END_TEST

/* ---- samples */

/* The answer's Date is that of NOW unless other lines are given. */
#define DATE "Date: Sat, 01 Aug 2026 12:00:00 GMT\r\n"

static const struct {
    const char *what;
    const char *lines;
    int64_t offset_ms; /* before */
    int64_t fast_ms;   /* this machine's time less NOW */
    int64_t took_ms;
    int64_t signed_offset_ms;
    bool is_error;
    int64_t new_offset_ms;
    bool again;
} samples[] = {
    {"right", DATE, 0, 250, 300, 0, true, -250, false},
    {"a success counts", DATE, 0, 3600250, 300, 0, false, -3600250, false},
    {"an hour fast", DATE, 0, 3600250, 300, 0, true, -3600250, true},
    {"an hour slow", DATE, 0, -3600250, 300, 0, true, 3600250, true},
    {"just under 4 minutes fast", DATE, 0, 239999, 300, 0, true, -239999, false},
    {"4 minutes fast", DATE, 0, 240000, 300, 0, true, -240000, true},
    {"just under 4 minutes slow", DATE, 0, -239999, 300, 0, true, 239999, false},
    {"4 minutes slow", DATE, 0, -240000, 300, 0, true, 240000, true},
    {"still an hour fast", DATE, -3600250, 3600700, 300, -3600250, true, -3600700, false},
    {"an hour fast, and drifting", DATE, -3600000, 3800000, 300, -3600000, true, -3800000, false},
    {"put right meanwhile", DATE, -3600000, 100, 300, -3600000, true, -100, true},
    {"a call beside it saw it", DATE, -3600000, 3600000, 300, 0, true, -3600000, true},
    {"which was none", DATE, -3600000, 3600000, 300, 0, false, -3600000, false},
    {"15 minutes", DATE, 0, 3600000, 15 * MINUTE_MS, 0, true, -3600000, true},
    {"more", DATE, 7, 3600000, 15 * MINUTE_MS + 1, 7, true, 7, false},
    {"more, but a call beside it", DATE, -3600000, 3600000, 16 * MINUTE_MS, 0, true, -3600000,
     true},
    {"old", DATE "Age: 0\r\n", 7, 3600000, 300, 7, true, 7, false},
    {"old, empty", "age:\r\n" DATE, 7, 3600000, 300, 7, true, 7, false},
    {"no date", "Dates: x\r\n", 7, 3600000, 300, 7, true, 7, false},
    {"no such date", "Date: Sat, 32 Aug 2026 12:00:00 GMT\r\n", 7, 3600000, 300, 7, true, 7, false},
    {"empty date", "Date: \r\n", 7, 3600000, 300, 7, true, 7, false},
    {"another form", "date:Saturday, 01-Aug-26 12:00:00 GMT\r\n", 0, 1000, 300, 0, true, -1000,
     false},
};

static struct brc__skew_sample sample_of(int i, char *to, size_t size)
{
    snprintf(to, size, "HTTP/1.1 403 Forbidden\r\n%s\r\n", samples[i].lines);
    return (struct brc__skew_sample){
        .head = to,
        .utc_ms = NOW * 1000 + samples[i].fast_ms,
        .took_ms = samples[i].took_ms,
        .signed_offset_ms = samples[i].signed_offset_ms,
        .is_error = samples[i].is_error,
    };
}

START_TEST(sample_of_a_clock)
{
    char head[200];
    struct brc__skew_sample sample = sample_of(_i, head, sizeof head);
    struct brc__skew skew = {.offset_ms = samples[_i].offset_ms};

    ck_assert_msg(brc__skew_sample(&skew, &sample) == samples[_i].again, "%s", samples[_i].what);
    ck_assert_msg(skew.offset_ms == samples[_i].new_offset_ms, "%s", samples[_i].what);
}
END_TEST

START_TEST(off_is_off)
{
    char head[200];
    struct brc__skew_sample sample = sample_of(_i, head, sizeof head);
    struct brc__skew skew = {.off = true};

    ck_assert(!brc__skew_sample(&skew, &sample));
    ck_assert_int_eq(skew.offset_ms, 0);
}
END_TEST

/* The error that corrected the clock is followed by one that has another cause. */
START_TEST(one_correction_one_attempt)
{
    struct brc__skew skew = {.offset_ms = 0};
    struct brc__skew_sample sample = {
        .head = "HTTP/1.1 403 Forbidden\r\n" DATE "\r\n",
        .utc_ms = NOW * 1000 - 7200400,
        .took_ms = 80,
        .is_error = true,
    };

    ck_assert(brc__skew_sample(&skew, &sample));
    ck_assert_int_eq(skew.offset_ms, 7200400);
    sample.signed_offset_ms = skew.offset_ms;
    sample.utc_ms += 90;
    ck_assert(!brc__skew_sample(&skew, &sample));
    ck_assert_int_eq(skew.offset_ms, 7200310);
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("skew");
    TCase *tests = tcase_create("skew");

    tcase_add_loop_test(tests, date_of_http, 0, ROWS(dates));
    tcase_add_loop_test(tests, beginnings_of_dates, 0, 3);
    tcase_add_loop_test(tests, sample_of_a_clock, 0, ROWS(samples));
    tcase_add_loop_test(tests, off_is_off, 0, ROWS(samples));
    tcase_add_test(tests, one_correction_one_attempt);
    suite_add_tcase(suite, tests);
    return run(suite);
}
