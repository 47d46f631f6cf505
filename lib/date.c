/* SPDX-License-Identifier: MIT */
#include "date.h"

#include <bedrockcost/base.h>

#include <stdbool.h>
#include <string.h>
#include <time.h>

enum part {
    YEAR,
    MONTH, /* from 0 */
    DAY,   /* from 1 */
    HOUR,
    MINUTE,
    SECOND,
    PARTS
};

/* Length of the name at p[0..n), of which `letters` are written (0: all); 0 if there is none. */
static size_t read_name(const char *p, size_t n, const char *const *names, int count,
                        size_t letters, int *ret_index)
{
    for (int i = 0; i < count; i++) {
        size_t length = letters > 0 ? letters : strlen(names[i]);
        *ret_index = i;
        if (length <= n && memcmp(p, names[i], length) == 0)
            return length;
    }
    return 0;
}

/* `length` if there are that many digits. */
static size_t read_digits(const char *p, size_t n, size_t length, int *ret_number)
{
    *ret_number = 0;
    for (size_t i = 0; i < length; i++) {
        if (i == n || p[i] < '0' || p[i] > '9')
            return 0;
        *ret_number = 10 * *ret_number + (p[i] - '0');
    }
    return length;
}

static size_t read_month(const char *p, size_t n, int *ret_month)
{
    size_t length = read_digits(p, n, 2, ret_month);

    (*ret_month)--;
    return *ret_month >= 0 && *ret_month < 12 ? length : 0;
}

/* Length of what a letter of strptime() stands for; 0 if it is not there. */
static size_t read_part(char letter, const char *p, size_t n, int parts[PARTS])
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int weekday;

    switch (letter) {
    case 'a':
        return read_name(p, n, days, 7, 3, &weekday);
    case 'A':
        return read_name(p, n, days, 7, 0, &weekday);
    case 'b':
        return read_name(p, n, months, 12, 0, &parts[MONTH]);
    case 'Y':
        return read_digits(p, n, 4, &parts[YEAR]);
    case 'y':
        return read_digits(p, n, 2, &parts[YEAR]);
    case 'e':
        if (n > 0 && *p == ' ')
            return 2 * read_digits(p + 1, n - 1, 1, &parts[DAY]);
        return read_digits(p, n, 2, &parts[DAY]);
    case 'd':
        return read_digits(p, n, 2, &parts[DAY]);
    case 'm':
        return read_month(p, n, &parts[MONTH]);
    case 'H':
        return read_digits(p, n, 2, &parts[HOUR]);
    case 'M':
        return read_digits(p, n, 2, &parts[MINUTE]);
    case 'S':
        return read_digits(p, n, 2, &parts[SECOND]);
    default:
        return 0;
    }
}

static bool has_form(const char *form, const char *p, size_t n, int parts[PARTS])
{
    for (; *form != '\0'; form++) {
        size_t length = n > 0 && *p == *form;
        if (*form == '%')
            length = read_part(*++form, p, n, parts);
        if (length == 0)
            return false;
        p += length;
        n -= length;
    }
    return n == 0;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_in_calendar(const int parts[PARTS])
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int length = lengths[parts[MONTH]] + (parts[MONTH] == 1 && is_leap(parts[YEAR]));
    bool is_last = parts[HOUR] == 23 && parts[MINUTE] == 59; /* where leap seconds go */

    return parts[YEAR] >= 1 && parts[DAY] >= 1 && parts[DAY] <= length && parts[HOUR] <= 23 &&
           parts[MINUTE] <= 59 && parts[SECOND] <= (is_last ? 60 : 59);
}

int64_t brc__days_to_month(int year, int month)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    const int64_t years = year - 1; /* full ones since the year 1 */
    const int64_t days_to_1970 = 719162;

    return 365 * years + years / 4 - years / 100 + years / 400 - days_to_1970 + before[month] +
           (month > 1 && is_leap(year));
}

static int64_t seconds_of(const int parts[PARTS])
{
    int64_t days = brc__days_to_month(parts[YEAR], parts[MONTH]) + parts[DAY] - 1;

    return ((days * 24 + parts[HOUR]) * 60 + parts[MINUTE]) * 60 + parts[SECOND];
}

int brc__http_date(const char *text, size_t n, int64_t now, int64_t *ret_seconds)
{
    const int64_t fifty_years = INT64_C(50) * 365 * 24 * 60 * 60;
    int parts[PARTS];

    *ret_seconds = 0;
    if (has_form("%A, %d-%b-%y %H:%M:%S GMT", text, n, parts)) {
        parts[YEAR] += 9900;
        while (parts[YEAR] >= 100 && seconds_of(parts) > now + fifty_years)
            parts[YEAR] -= 100;
    } else if (!has_form("%a, %d %b %Y %H:%M:%S GMT", text, n, parts) &&
               !has_form("%a %b %e %H:%M:%S %Y", text, n, parts)) {
        return BRC_E_INVALID;
    }
    if (!is_in_calendar(parts))
        return BRC_E_INVALID;
    *ret_seconds = seconds_of(parts);
    return BRC_OK;
}

/* "Z", or the distance from UTC as +HH:MM or -HH:MM, in seconds. */
static bool read_zone(const char *p, size_t n, int64_t *ret_offset)
{
    int parts[PARTS];

    *ret_offset = 0;
    if (n == 1 && *p == 'Z')
        return true;
    if (n == 0 || (*p != '+' && *p != '-') || !has_form("%H:%M", p + 1, n - 1, parts) ||
        parts[HOUR] > 23 || parts[MINUTE] > 59)
        return false;
    *ret_offset = (parts[HOUR] * 60 + parts[MINUTE]) * 60;
    if (*p == '-')
        *ret_offset = -*ret_offset;
    return true;
}

int brc__iso_date(const char *text, size_t n, int64_t *ret_seconds)
{
    enum {
        TO_SECONDS = 19
    };
    int parts[PARTS];
    int64_t offset;

    *ret_seconds = 0;
    if (n <= TO_SECONDS || !has_form("%Y-%m-%dT%H:%M:%S", text, TO_SECONDS, parts) ||
        !is_in_calendar(parts))
        return BRC_E_INVALID;
    size_t at = TO_SECONDS;
    if (text[at] == '.') {
        while (++at < n && text[at] >= '0' && text[at] <= '9')
            ;
        if (at == TO_SECONDS + 1)
            return BRC_E_INVALID;
    }
    if (!read_zone(text + at, n - at, &offset))
        return BRC_E_INVALID;
    *ret_seconds = seconds_of(parts) - offset;
    return BRC_OK;
}

void brc__iso_date_text(int64_t seconds, char ret_text[BRC__ISO_DATE_SIZE])
{
    const int64_t last = INT64_C(253402300799);
    time_t time = seconds < 0 ? 0 : seconds > last ? last : seconds;
    struct tm parts;

    gmtime_r(&time, &parts);
    strftime(ret_text, BRC__ISO_DATE_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
