/* The windows of budgets: names, and where each begins and ends. Thousands of random moments are
 * compared with Python's calendar in tests/oracle/windows.py.
 * SPDX-License-Identifier: MIT */
#include "run.h"

#include <date.h>
#include <window.h>

#include <string.h>

START_TEST(has_names)
{
    static const char *const names[] = {"hour", "day", "week", "month", "quarter", "year", "total"};
    static const char *const others[] = {"", "Hour", "hours", "mont", "monthly", "minute", " day"};

    ck_assert_uint_eq(sizeof names / sizeof *names, BRC__WINDOWS);
    for (int i = 0; i < BRC__WINDOWS; i++) {
        ck_assert_int_eq(brc__window_of(names[i]), i);
        ck_assert_str_eq(brc__window_name((enum brc__window)i), names[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_int_eq(brc__window_of(others[i]), -1);
}
END_TEST

/* Ends of NULL are those of a total. */
static const struct {
    enum brc__window window;
    int offset;
    const char *at, *start, *end;
} windows[] = {
    {BRC__HOUR, 0, "2026-11-25T14:59:59Z", "2026-11-25T14:00:00Z", "2026-11-25T15:00:00Z"},
    {BRC__HOUR, 345, "2026-11-25T14:10:00Z", "2026-11-25T13:15:00Z", "2026-11-25T14:15:00Z"},
    {BRC__DAY, 0, "2026-11-25T23:59:59Z", "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z"},
    {BRC__DAY, 60, "2026-11-25T23:00:00Z", "2026-11-25T23:00:00Z", "2026-11-26T23:00:00Z"},
    {BRC__DAY, -480, "2026-11-25T07:59:59Z", "2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z"},
    {BRC__DAY, 0, "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"},
    {BRC__WEEK, 0, "2026-11-25T14:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"},
    {BRC__WEEK, 0, "2027-01-03T23:59:59Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z"},
    {BRC__WEEK, 0, "2027-01-04T00:00:00Z", "2027-01-04T00:00:00Z", "2027-01-11T00:00:00Z"},
    {BRC__WEEK, 840, "2026-11-29T10:00:00Z", "2026-11-29T10:00:00Z", "2026-12-06T10:00:00Z"},
    {BRC__MONTH, 0, "2024-02-10T00:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"},
    {BRC__MONTH, 0, "2100-02-28T23:59:59Z", "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z"},
    {BRC__MONTH, 330, "2026-12-31T18:30:00Z", "2026-12-31T18:30:00Z", "2027-01-31T18:30:00Z"},
    {BRC__QUARTER, 0, "2026-12-31T23:59:59Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"},
    {BRC__QUARTER, 0, "2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"},
    {BRC__YEAR, 0, "2024-12-31T23:59:59Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
    {BRC__YEAR, -840, "2025-01-01T13:59:59Z", "2024-01-01T14:00:00Z", "2025-01-01T14:00:00Z"},
    {BRC__TOTAL, 0, "2026-11-25T14:00:00Z", "1970-01-01T00:00:00Z", NULL},
    {BRC__YEAR, 60, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1970-12-31T23:00:00Z"},
    {BRC__YEAR, -60, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T01:00:00Z"},
    {BRC__DAY, 0, "1969-07-20T20:17:40Z", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"},
    {BRC__HOUR, 0, "9999-12-31T23:30:00Z", "9999-12-31T23:00:00Z", NULL},
    {BRC__MONTH, 60, "9999-12-31T23:30:00Z", "9999-12-31T23:00:00Z", NULL},
};

static int64_t ms_of(const char *date)
{
    int64_t seconds;

    ck_assert_int_eq(brc__iso_date(date, strlen(date), &seconds), 0);
    return seconds * 1000;
}

START_TEST(has_bounds)
{
    int64_t start, end;

    brc__window_bounds(windows[_i].window, windows[_i].offset, ms_of(windows[_i].at), &start, &end);
    ck_assert_int_eq(start, ms_of(windows[_i].start));
    ck_assert_int_eq(end, windows[_i].end == NULL ? INT64_MAX : ms_of(windows[_i].end));
}
END_TEST

/* From each window's end on, the next one: without a gap, and each millisecond in its own. */
START_TEST(windows_meet)
{
    enum brc__window window = (enum brc__window)(_i / 29);
    int offset = -840 + _i % 29 * 60;
    int64_t start, end, next_start, next_end, last_start, last_end;

    brc__window_bounds(window, offset, ms_of("2023-12-30T12:00:00Z"), &start, &end);
    for (int i = 0; i < 500; i += sample_step(10)) {
        ck_assert_int_lt(start, end);
        brc__window_bounds(window, offset, end - 1, &last_start, &last_end);
        ck_assert(last_start == start && last_end == end);
        brc__window_bounds(window, offset, end, &next_start, &next_end);
        ck_assert_int_eq(next_start, end);
        start = next_start;
        end = next_end;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("window");
    TCase *tcase = tcase_create("window");

    tcase_add_test(tcase, has_names);
    tcase_add_loop_test(tcase, has_bounds, 0, sizeof windows / sizeof *windows);
    tcase_add_loop_test(tcase, windows_meet, 0, 29 * BRC__TOTAL);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
