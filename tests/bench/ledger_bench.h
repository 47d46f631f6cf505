/* Ledgers for benchmarks, and two ways to keep accounts in them.
 * SPDX-License-Identifier: MIT */
#ifndef LEDGER_BENCH_H
#define LEDGER_BENCH_H

#include <stdbool.h>
#include <stdint.h>

/* A new ledger in a folder of its own: a profile, its price, a monthly budget of its team that is
 * never used up. The path is the caller's, until bench_ledger_remove(). */
char *bench_ledger_new(bool power_loss);
void bench_ledger_remove(char *path);

/* Appends so many settled attempts, some milliseconds apart until now. */
void bench_ledger_fill(const char *path, int64_t records);

struct bench_way {
    void *(*open)(const char *path);
    void (*attempt)(void *books); /* holds and settles; any thread */
    void (*close)(void *books);
};

extern const struct bench_way bench_ours;      /* as a client does it */
extern const struct bench_way bench_bare;      /* the same rows, by SQLite alone */
extern const struct bench_way bench_bare_full; /* with fsync at each commit */

#endif
