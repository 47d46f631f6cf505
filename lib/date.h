/* Dates as text: those of HTTP, and those of ISO 8601 that AWS reads and writes. Pure: the time is
 * given. SPDX-License-Identifier: MIT */
#ifndef BRC__DATE_H
#define BRC__DATE_H

#include <stddef.h>
#include <stdint.h>

/* Reads a date of RFC 9110 5.6.7, in each of its three forms, to the letter: names in their case,
 * every digit there, no day that the month does not have, 60 seconds only at 23:59. The name of the
 * weekday need not be the right one. A year of two digits is the last that is not more than 50
 * years after `now`. Both are seconds since 1970-01-01 UTC. Returns 0, or BRC_E_INVALID with 0
 * seconds. */
int brc__http_date(const char *text, size_t n, int64_t now, int64_t *ret_seconds);

/* Reads "2026-01-02T03:04:05Z", with or without fractions of a second, or with a distance from UTC
 * ("+01:00") in place of the Z; rounded down to seconds since 1970-01-01 UTC. Returns 0, or
 * BRC_E_INVALID with 0 seconds. */
int brc__iso_date(const char *text, size_t n, int64_t *ret_seconds);

/* Days from 1970-01-01 to the first of a month (from 0; 12 is the next January) of the year, from 1
 * on; negative before 1970. */
int64_t brc__days_to_month(int year, int month);

enum {
    BRC__ISO_DATE_SIZE = sizeof "2026-01-02T03:04:05Z"
};

/* Writes it. What lies outside the years 1970 to 9999 becomes the nearest moment within. */
void brc__iso_date_text(int64_t seconds, char ret_text[BRC__ISO_DATE_SIZE]);

#endif
