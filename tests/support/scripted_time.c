/* SPDX-License-Identifier: MIT */
#include "scripted_time.h"

#include <clock.h>
#include <random.h>

#include <dlfcn.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SLOWNESS = 20
};

static int64_t passed, shifted;
static int chance = -1;
static atomic_long readings;

static int64_t stood_since = -1; /* by the machine's own steady clock; -1: they run */
static atomic_llong slow_since_ns = -1, run_out_ns;

static int real_clock(clockid_t clock, struct timespec *t)
{
    static _Atomic(void *) found;
    int (*real)(clockid_t, struct timespec *);

    if (found == NULL)
        found = dlsym(RTLD_NEXT, "clock_gettime");
    void *function = found;
    memcpy(&real, &function, sizeof real);
    return real(clock, t);
}

/* The clock of libcurl, which finds this function before the C library's. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
    int rc = real_clock(clock, t);
    int64_t since = slow_since_ns;

    if (rc != 0 || clock != CLOCK_MONOTONIC || since < 0)
        return rc;
    int64_t now = (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
    now = since + (now - since) / SLOWNESS + run_out_ns;
    *t = (struct timespec){now / 1000000000, now % 1000000000};
    return 0;
}

static int64_t real_ms(clockid_t clock)
{
    struct timespec t;

    real_clock(clock, &t);
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

void time_spare(void)
{
    struct timespec now;

    real_clock(CLOCK_MONOTONIC, &now);
    if (slow_since_ns < 0)
        slow_since_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void time_run_out(int64_t ms)
{
    time_spare();
    run_out_ns += ms * 1000000;
}

long time_readings(void)
{
    return readings;
}

void time_set_chance(int byte)
{
    chance = byte;
}
