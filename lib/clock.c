/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

static int64_t milliseconds(clockid_t clock)
{
    struct timespec t = {0};

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t brc__clock_utc_ms(void)
{
    return milliseconds(CLOCK_REALTIME);
}

int64_t brc__clock_steady_ms(void)
{
    return milliseconds(CLOCK_MONOTONIC);
}
