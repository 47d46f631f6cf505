/* What keeping accounts costs: a hold and a settle in the ledger, against the bare SQLite
 * transactions that store the same rows. One thread, eight threads on one handle, four processes;
 * made durable against the end of the process, or against the loss of power.
 *
 * The bare ones keep their statements prepared as ours do, and wait for each other as SQLite does
 * by itself: a mutex between threads, a busy handler between processes. The longest wait is that
 * for one hold or settle. SPDX-License-Identifier: MIT */
#include "bench.h"
#include "ledger_bench.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROUNDS = 7,
    THREADS = 8,
    PROCESSES = 4
};

struct run {
    const struct bench_way *way;
    const char *path;
    int count; /* of each thread or process */
    int lanes;
};

struct figures {
    double seconds, longest;
};

static double step(const struct run *run, void *books)
{
    double before = bench_seconds(CLOCK_MONOTONIC);

    run->way->attempt(books);
    return bench_seconds(CLOCK_MONOTONIC) - before;
}

/* ---- eight threads on one handle */

struct lane {
    const struct run *run;
    void *books;
    double longest;
};

static void *run_lane(void *given)
{
    struct lane *lane = given;

    for (int i = 0; i < lane->run->count; i++) {
        double took = step(lane->run, lane->books);
        lane->longest = took > lane->longest ? took : lane->longest;
    }
    return NULL;
}

static struct figures run_threads(const struct run *run)
{
    pthread_t threads[THREADS];
    struct lane lanes[THREADS];
    struct figures figures = {0};
    void *books = run->way->open(run->path);
    double start = bench_seconds(CLOCK_MONOTONIC);

    for (int i = 0; i < run->lanes; i++) {
        lanes[i] = (struct lane){run, books, 0};
        pthread_create(&threads[i], NULL, run_lane, &lanes[i]);
    }
    for (int i = 0; i < run->lanes; i++) {
        pthread_join(threads[i], NULL);
        figures.longest = lanes[i].longest > figures.longest ? lanes[i].longest : figures.longest;
    }
    figures.seconds = bench_seconds(CLOCK_MONOTONIC) - start;
    run->way->close(books);
    return figures;
}

/* ---- four processes */

static void run_process(const struct run *run, int ready, int go, int out)
{
    struct lane lane = {run, run->way->open(run->path), 0};
    char byte = 0;

    if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) < 0)
        _exit(EXIT_FAILURE);
    run_lane(&lane);
    run->way->close(lane.books);
    _exit(write(out, &lane.longest, sizeof lane.longest) == sizeof lane.longest ? EXIT_SUCCESS
                                                                                : EXIT_FAILURE);
}

static struct figures run_processes(const struct run *run)
{
    int ready[2], go[2], out[2];
    pid_t children[PROCESSES];
    struct figures figures = {0};
    char byte;

    if (pipe(ready) < 0 || pipe(go) < 0 || pipe(out) < 0)
        bench_fail("pipe");
    for (int i = 0; i < run->lanes; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            close(go[1]);
            run_process(run, ready[1], go[0], out[1]);
        }
    }
    for (int i = 0; i < run->lanes; i++)
        if (read(ready[0], &byte, 1) != 1)
            bench_fail("a process ended");
    double start = bench_seconds(CLOCK_MONOTONIC);
    close(go[1]);
    for (int i = 0; i < run->lanes; i++) {
        double longest;
        int status;
        if (waitpid(children[i], &status, 0) < 0 || status != 0 ||
            read(out[0], &longest, sizeof longest) != sizeof longest)
            bench_fail("a process failed");
        figures.longest = longest > figures.longest ? longest : figures.longest;
    }
    figures.seconds = bench_seconds(CLOCK_MONOTONIC) - start;
    close(go[0]), close(ready[0]), close(ready[1]), close(out[0]), close(out[1]);
    return figures;
}

/* ---- both ways, in turns */

static void compare(const char *what, struct figures (*measure)(const struct run *), int lanes,
                    int count, bool power_loss)
{
    double ratios[ROUNDS], ours_us[ROUNDS], bare_us[ROUNDS], longest[2] = {0, 0};

    for (int round = 0; round < ROUNDS; round++) {
        struct figures figures[2];
        for (int i = 0; i < 2; i++) {
            char *path = bench_ledger_new(power_loss);
            struct run run = {i == 0       ? &bench_ours
                              : power_loss ? &bench_bare_full
                                           : &bench_bare,
                              path, count, lanes};
            figures[i] = measure(&run);
            bench_ledger_remove(path);
            longest[i] = figures[i].longest > longest[i] ? figures[i].longest : longest[i];
        }
        ratios[round] = figures[0].seconds / figures[1].seconds;
        ours_us[round] = figures[0].seconds * 1e6 / (lanes * count);
        bare_us[round] = figures[1].seconds * 1e6 / (lanes * count);
    }
    printf("%-11s %s: hold and settle %7.1f us, bare %7.1f us, ratio %.2f (goal 1.30); "
           "longest wait %.0f ms, bare %.0f ms\n",
           what, power_loss ? "power loss" : "process   ", bench_median(ours_us, ROUNDS),
           bench_median(bare_us, ROUNDS), bench_median(ratios, ROUNDS), longest[0] * 1e3,
           longest[1] * 1e3);
    fflush(stdout);
}

int main(void)
{
    for (int power_loss = 0; power_loss < 2; power_loss++) {
        int count = power_loss ? 40 : 2000;
        compare("1 thread", run_threads, 1, count, power_loss);
        compare("8 threads", run_threads, THREADS, count / 8, power_loss);
        compare("4 processes", run_processes, PROCESSES, count / 4, power_loss);
    }
    return 0;
}
