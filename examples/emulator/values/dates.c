/* Between moments in microseconds and the calendar.
 *
 * SPDX-License-Identifier: MIT
 */
#include "dates.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_LENGTH    (sizeof("YYYY-MM-DD") - 1)
#define MOMENT_LENGTH (sizeof("YYYY-MM-DDTHH:MM:SSZ") - 1)

struct emu_date emu_date_of(int64_t us)
{
    time_t seconds = (time_t)(us / EMU_SECOND_US);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    return (struct emu_date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

int64_t emu_date_us(struct emu_date date)
{
    struct tm tm = {.tm_year = date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day};

    return (int64_t)timegm(&tm) * EMU_SECOND_US;
}

bool emu_date_parse(const char *text, int64_t *ret_us)
{
    size_t len = strlen(text);
    int hour = 0;
    int minute = 0;
    int second = 0;
    struct emu_date date;
    struct emu_date real;

    if (len == MOMENT_LENGTH) {
        if (sscanf(text + DAY_LENGTH, "T%2d:%2d:%2dZ", &hour, &minute, &second) != 3)
            return false;
    } else if (len != DAY_LENGTH) {
        return false;
    }
    if (sscanf(text, "%4d-%2d-%2d", &date.year, &date.month, &date.day) != 3 || hour > 23 ||
        minute > 59 || second > 60)
        return false;
    *ret_us = emu_date_us(date) + ((hour * 60 + minute) * 60 + second) * EMU_SECOND_US;
    real = emu_date_of(emu_date_us(date));
    return real.month == date.month && real.day == date.day;
}

void emu_date_format(char out[16], int64_t us)
{
    struct emu_date date = emu_date_of(us);

    snprintf(out, 16, "%04u-%02u-%02u", (unsigned)date.year % 10000, (unsigned)date.month % 100,
             (unsigned)date.day % 100);
}

static void format_seconds(char out[32], int64_t us)
{
    time_t seconds = (time_t)(us / EMU_SECOND_US);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
}

void emu_format_time(char out[32], int64_t us)
{
    format_seconds(out, us);
    strcat(out, "Z");
}

void emu_format_time_us(char out[32], int64_t us)
{
    size_t len;

    format_seconds(out, us);
    len = strlen(out);
    snprintf(out + len, 32 - len, ".%06uZ", (unsigned)(us % EMU_SECOND_US) % 1000000);
}
