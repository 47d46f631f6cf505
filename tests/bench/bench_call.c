/* What a blocking call costs beside bare libcurl doing the same exchange unsigned and jansson
 * parsing the same answer once: CPU of the calling thread a call, and time from nothing to the
 * first answer. Ratios of medians over alternated rounds of one run; never a pass or a fail.
 * SPDX-License-Identifier: MIT */
#include "bare.h"
#include "bench.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 15,
    CALLS = 400,
    STARTS = 60
};

static struct server *server;

/* ---- ours */

static void ask(brc_client *client)
{
    brc_request *request = bench_request();
    brc_result *result;

    if (brc_converse(client, request, &result) < 0)
        bench_fail(brc_client_error(client));
    bench_take(result);
    brc_request_free(request);
}

/* ---- rounds */

static double round_of_ours(brc_client *client)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        ask(client);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

static double round_of_curl(struct bare *bare)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        bare_fetch(bare);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

static void bench_calls(void)
{
    double ours[ROUNDS], curl[ROUNDS], ratios[ROUNDS];
    struct bare bare;
    brc_client *client = bench_client(server_url(server));

    bare_open(&bare, server_url(server));
    round_of_ours(client);
    round_of_curl(&bare);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = round_of_ours(client);
        curl[i] = round_of_curl(&bare);
        ratios[i] = ours[i] / curl[i];
    }
    printf("CPU a call: ours %.1f us, bare libcurl and one parse %.1f us, ratio %.3f (goal 1.10)\n",
           bench_median(ours, ROUNDS) * 1e6, bench_median(curl, ROUNDS) * 1e6,
           bench_median(ratios, ROUNDS));
    bare_close(&bare);
    brc_client_free(client);
}

static void first_of_ours(const void *what, void *ret)
{
    double start = bench_seconds(CLOCK_MONOTONIC);
    brc_client *client = bench_client(server_url(server));

    (void)what;
    ask(client);
    *(double *)ret = bench_seconds(CLOCK_MONOTONIC) - start;
}

/* Seconds from nothing to the first answer, each in a process of its own. */
static void bench_starts(void)
{
    double ours[STARTS], curl[STARTS], ratios[STARTS];

    for (int i = 0; i < STARTS; i++) {
        bench_in_child(first_of_ours, NULL, &ours[i], sizeof ours[i]);
        bench_in_child(bare_first, server_url(server), &curl[i], sizeof curl[i]);
        ratios[i] = ours[i] / curl[i];
    }
    printf("start to first answer: ours %.2f ms, bare libcurl %.2f ms, ratio %.3f (goal 1.10)\n",
           bench_median(ours, STARTS) * 1e3, bench_median(curl, STARTS) * 1e3,
           bench_median(ratios, STARTS));
}

int main(void)
{
    char *answer = bench_answer();

    server = server_start();
    server_script(server, &(struct server_reply){.bytes = answer}, 1);
    bench_starts(); /* first, while nothing is set up in the process that forks */
    bench_calls();
    server_stop(server);
    free(answer);
    return EXIT_SUCCESS;
}
