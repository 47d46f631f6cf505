/* Ten times as many records: what opening, a hold and a settle, and the totals of the month cost
 * then.
 *
 * usage: bench_ledger_size [RECORDS]  the smaller number; one million without it. The files lie in
 * TMPDIR, or else in /var/tmp, and take about 300 bytes a record.
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "ledger_bench.h"

#include <bedrockcost/budget.h>

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 15,
    ATTEMPTS = 400,
    SIZES = 2
};

static int count_row(const char *json, void *user_data)
{
    (void)json;
    ++*(long *)user_data;
    return 0;
}

static double seconds_of_query(brc_ledger *ledger, const char *query)
{
    long rows = 0;
    double start = bench_seconds(CLOCK_MONOTONIC);

    if (brc_ledger_query(ledger, query, count_row, &rows) < 1)
        bench_fail(query);
    return bench_seconds(CLOCK_MONOTONIC) - start;
}

/* A new budget is filled from all records of its month. */
static double seconds_of_fill(brc_ledger *ledger, int round)
{
    char json[256];

    snprintf(json, sizeof json,
             "{\"name\":\"fill-%d\",\"owner\":{\"all\":true},\"window\":\"month\",\"limit\":"
             "\"9000000\"}",
             round);
    double start = bench_seconds(CLOCK_MONOTONIC);
    if (brc_ledger_put(ledger, "budget", json) < 0)
        bench_fail("the budget cannot be put");
    return bench_seconds(CLOCK_MONOTONIC) - start;
}

static void print_ratio(const char *what, double values[SIZES][ROUNDS], int rounds, double unit,
                        const char *name, double goal)
{
    double small = bench_median(values[0], rounds), large = bench_median(values[1], rounds);

    printf("%-24s %9.1f and %9.1f %s, ratio %.2f (goal %.1f)\n", what, small * unit, large * unit,
           name, large / small, goal);
}

int main(int argc, char **argv)
{
    static double open[SIZES][ROUNDS], attempts[SIZES][ROUNDS], uses[SIZES][ROUNDS],
        fills[SIZES][ROUNDS];
    int64_t records = argc > 1 ? atoll(argv[1]) : 1000 * 1000;
    char *paths[SIZES];

    for (int i = 0; i < SIZES; i++) {
        paths[i] = bench_ledger_new(false);
        bench_ledger_fill(paths[i], i == 0 ? records : 10 * records);
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < SIZES; i++) {
            double start = bench_seconds(CLOCK_MONOTONIC);
            brc_ledger *ledger = bench_ours.open(paths[i]);
            open[i][round] = bench_seconds(CLOCK_MONOTONIC) - start;
            bench_ours.attempt(ledger); /* reads prices and budgets */
            start = bench_seconds(CLOCK_MONOTONIC);
            for (int n = 0; n < ATTEMPTS; n++)
                bench_ours.attempt(ledger);
            attempts[i][round] = (bench_seconds(CLOCK_MONOTONIC) - start) / ATTEMPTS;
            uses[i][round] = seconds_of_query(ledger, "{\"kind\":\"use\"}");
            if (round < 2)
                fills[i][round] = seconds_of_fill(ledger, round);
            bench_ours.close(ledger);
        }
    printf("%lld and %lld records\n", (long long)records, (long long)records * 10);
    print_ratio("open", open, ROUNDS, 1e6, "us", 1.2);
    print_ratio("hold and settle", attempts, ROUNDS, 1e6, "us", 1.1);
    print_ratio("totals of the month", uses, ROUNDS, 1e6, "us", 11);
    print_ratio("a month filled anew", fills, 2, 1e3, "ms", 11);
    for (int i = 0; i < SIZES; i++)
        bench_ledger_remove(paths[i]);
    return 0;
}
