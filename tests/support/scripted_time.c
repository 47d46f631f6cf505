/* SPDX-License-Identifier: MIT */
#include "scripted_time.h"

#include <clock.h>
#include <random.h>

#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t passed, shifted;
static int chance = -1;
static atomic_long readings;

static int64_t stood_since = -1; /* by the machine's own steady clock; -1: they run */

static int64_t real_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t milliseconds(clockid_t clock)
{
    int64_t stood = stood_since < 0 ? 0 : real_ms(CLOCK_MONOTONIC) - stood_since;

    readings++;
    return real_ms(clock) + passed - stood;
}

int64_t brc__clock_utc_ms(void)
{
    return milliseconds(CLOCK_REALTIME) + shifted;
}

int64_t brc__clock_steady_ms(void)
{
    return milliseconds(CLOCK_MONOTONIC);
}

int brc__random(void *bytes, size_t n)
{
    if (chance < 0)
        return getentropy(bytes, n) == 0 ? 0 : -1;
    memset(bytes, chance, n);
    return 0;
}

void time_pass(int64_t ms)
{
    passed += ms;
}

void time_shift(int64_t ms)
{
    shifted += ms;
}

void time_stand(bool stands)
{
    int64_t now = real_ms(CLOCK_MONOTONIC);

    if (stood_since >= 0)
        passed -= now - stood_since;
    stood_since = stands ? now : -1;
}

long time_readings(void)
{
    return readings;
}

void time_set_chance(int byte)
{
    chance = byte;
}
