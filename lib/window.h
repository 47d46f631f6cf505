/* The windows of budgets: which one a moment lies in. Pure: the time is given.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__WINDOW_H
#define BRC__WINDOW_H

#include <stdint.h>

enum brc__window {
    BRC__HOUR,
    BRC__DAY,
    BRC__WEEK, /* of ISO 8601: from Monday on */
    BRC__MONTH,
    BRC__QUARTER,
    BRC__YEAR,
    BRC__TOTAL, /* one, without an end */
    BRC__WINDOWS
};

/* "hour", ... "total"; -1 for another word. */
int brc__window_of(const char *name);
const char *brc__window_name(enum brc__window window);

/* First and behind last millisecond (UTC, since 1970) of the window that `at_ms` lies in, in a zone
 * that many minutes east of UTC (-840 to 840). A total starts at 0 and ends at INT64_MAX; so do
 * those whose ends lie outside the years 1970 to 9999, on that side. A moment outside of these
 * years is taken for the nearest within: so every window begins before it ends. */
void brc__window_bounds(enum brc__window window, int offset_minutes, int64_t at_ms,
                        int64_t *ret_start_ms, int64_t *ret_end_ms);

#endif
