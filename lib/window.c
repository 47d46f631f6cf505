/* SPDX-License-Identifier: MIT */
#include "window.h"
#include "date.h"

#include <string.h>

enum {
    MS_OF_MINUTE = 60 * 1000,
    MS_OF_HOUR = 60 * MS_OF_MINUTE,
    MS_OF_DAY = 24 * MS_OF_HOUR
};

static const int64_t last_ms = INT64_C(253402300799999); /* of the year 9999 */

static const char *const names[BRC__WINDOWS] = {
    [BRC__HOUR] = "hour",   [BRC__DAY] = "day",         [BRC__WEEK] = "week",
    [BRC__MONTH] = "month", [BRC__QUARTER] = "quarter", [BRC__YEAR] = "year",
    [BRC__TOTAL] = "total",
};

int brc__window_of(const char *name)
{
    for (int i = 0; i < BRC__WINDOWS; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

const char *brc__window_name(enum brc__window window)
{
    return names[window];
}

/* Division that rounds down before 1970 as well. */
static int64_t divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The year and month (from 0) that a day since 1970 lies in. */
static void read_calendar(int64_t day, int *ret_year, int *ret_month)
{
    const int64_t days_of_400_years = 146097;
    int year = 1970 + (int)divide(day * 400, days_of_400_years), month = 11;

    while (brc__days_to_month(year, 0) > day)
        year--;
    while (brc__days_to_month(year + 1, 0) <= day)
        year++;
    while (brc__days_to_month(year, month) > day)
        month--;
    *ret_year = year;
    *ret_month = month;
}

/* Windows of that many months, which divide a year. */
static void find_months(int64_t day, int months, int64_t *ret_first, int64_t *ret_next)
{
    int year, month;

    read_calendar(day, &year, &month);
    month -= month % months;
    *ret_first = brc__days_to_month(year, month);
    *ret_next = brc__days_to_month(year, month + months);
}

/* First day of the window, and first day behind it. */
static void find_days(enum brc__window window, int64_t day, int64_t *ret_first, int64_t *ret_next)
{
    const int64_t first_monday = 4; /* of 1970 */

    if (window == BRC__MONTH) {
        find_months(day, 1, ret_first, ret_next);
    } else if (window == BRC__QUARTER) {
        find_months(day, 3, ret_first, ret_next);
    } else if (window == BRC__YEAR) {
        find_months(day, 12, ret_first, ret_next);
    } else if (window == BRC__WEEK) {
        *ret_first = first_monday + 7 * divide(day - first_monday, 7);
        *ret_next = *ret_first + 7;
    } else {
        *ret_first = day;
        *ret_next = day + 1;
    }
}

void brc__window_bounds(enum brc__window window, int offset_minutes, int64_t at_ms,
                        int64_t *ret_start_ms, int64_t *ret_end_ms)
{
    const int64_t offset = (int64_t)offset_minutes * MS_OF_MINUTE;
    int64_t at = (at_ms < 0 ? 0 : at_ms > last_ms ? last_ms : at_ms) + offset;
    int64_t first, next;

    *ret_start_ms = 0;
    *ret_end_ms = INT64_MAX;
    if (window == BRC__TOTAL)
        return;
    if (window == BRC__HOUR) {
        first = divide(at, MS_OF_HOUR) * MS_OF_HOUR - offset;
        next = first + MS_OF_HOUR;
    } else {
        find_days(window, divide(at, MS_OF_DAY), &first, &next);
        first = first * MS_OF_DAY - offset;
        next = next * MS_OF_DAY - offset;
    }
    if (first > 0)
        *ret_start_ms = first;
    if (next <= last_ms)
        *ret_end_ms = next;
}
