/* Moments and spans of time, for people and for the ledger. SPDX-License-Identifier: MIT */
#include "budget.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t moment_read(const char *text)
{
    struct tm utc = {0};
    int length = 0;

    if (text == NULL || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &utc.tm_year, &utc.tm_mon,
                               &utc.tm_mday, &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &length) != 6)
        return -1;
    const char *end = text + length;
    if (*end == '.')
        end += 1 + strspn(end + 1, "0123456789");
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    return strcmp(end, "Z") == 0 ? (int64_t)timegm(&utc) : -1;
}

void moment_write(int64_t seconds, char ret_text[CELL])
{
    time_t moment = (time_t)seconds;
    struct tm utc = {0};

    gmtime_r(&moment, &utc);
    strftime(ret_text, CELL, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

int64_t moment_given(const char *text, char sign, char ret_moment[CELL])
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}};
    int64_t count = 0;
    char unit = '\0', rest = '\0';

    snprintf(ret_moment, CELL, "%s", text);
    if (text[0] == sign && sscanf(text + 1, "%6" SCNd64 "%c%c", &count, &unit, &rest) == 2) {
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            int64_t away = (sign == '-' ? -count : count) * units[i].seconds;
            if (units[i].unit == unit)
                moment_write((int64_t)time(NULL) + away, ret_moment);
        }
    } else if (strlen(text) == strlen("2026-12-01")) {
        snprintf(ret_moment, CELL, "%sT00:00:00Z", text);
    }
    return moment_read(ret_moment);
}

const char *moment_text(const char *moment, char ret_text[CELL])
{
    time_t seconds = (time_t)moment_read(moment);
    struct tm utc = {0};

    if (seconds < 0 || gmtime_r(&seconds, &utc) == NULL)
        snprintf(ret_text, CELL, "-");
    else
        strftime(ret_text, CELL, "%Y-%m-%d %H:%M UTC", &utc);
    return ret_text;
}

const char *span_text(int64_t seconds, char ret_text[CELL])
{
    static const struct {
        int64_t from_s, length_s;
        const char *name;
    } units[] = {{2 * 86400, 86400, "d"}, {2 * 3600, 3600, "h"}, {2 * 60, 60, "min"}, {0, 1, "s"}};
    size_t i = 0;

    if (seconds < 0)
        seconds = 0;
    while (seconds < units[i].from_s)
        i++;
    snprintf(ret_text, CELL, "%" PRId64 " %s", seconds / units[i].length_s, units[i].name);
    return ret_text;
}
