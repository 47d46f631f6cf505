/* SPDX-License-Identifier: MIT */
#include "points.h"

#include <clock.h>
#define BRC__FAULTS
#include <fault_points.h>

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define NAME(point) #point,
static const char *const names[] = {BRC__FAULT_POINTS(NAME)};

enum {
    POINTS = sizeof names / sizeof *names
};

static _Atomic(int64_t) *counts;
static int planned = -1;
static atomic_long hits_left;
static _Atomic(int64_t) shift_ms;

static int find(const char *name, size_t n)
{
    for (int i = 0; i < POINTS; i++)
        if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
            return i;
    return -1;
}

static int map(const char *tally)
{
    int fd = open(tally, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || ftruncate(fd, POINTS * sizeof *counts) < 0)
        return -1;
    void *memory = mmap(NULL, POINTS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    counts = memory;
    return memory == MAP_FAILED ? -1 : 0;
}

int points_open(const char *tally, const char *plan)
{
    size_t n = strcspn(plan, ":");

    if (*plan != '\0') {
        planned = find(plan, n);
        hits_left = plan[n] == ':' ? atol(plan + n + 1) : 1;
        if (planned < 0)
            return -1;
    }
    return map(tally);
}

int points_print(const char *tally)
{
    if (map(tally) < 0)
        return -1;
    for (int i = 0; i < POINTS; i++)
        printf("%s %lld\n", names[i], (long long)counts[i]);
    return 0;
}

void brc__fault(const char *point)
{
    int i = find(point, strlen(point));

    counts[i]++;
    if (i == planned && atomic_fetch_sub(&hits_left, 1) == 1)
        raise(SIGKILL);
}

/* ---- in the place of the library's clock */

static int64_t milliseconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void points_shift_clock(int64_t ms)
{
    shift_ms = ms;
}

int64_t brc__clock_utc_ms(void)
{
    return milliseconds(CLOCK_REALTIME) + shift_ms;
}

int64_t brc__clock_steady_ms(void)
{
    return milliseconds(CLOCK_MONOTONIC);
}
