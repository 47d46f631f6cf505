/* What calls cost when many of them are in flight on one thread, each served in 50 ms: the library
 * driven by an epoll loop, the library driving itself, and bare libcurl on socket actions in the
 * same epoll loop, unsigned, with one jansson parse of the same answer. Every round of each is a
 * process of its own. Ratios of medians over alternated rounds of one run; never a pass or a fail.
 * SPDX-License-Identifier: MIT */
#include "bench_loop.h"
#include "slow_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SERVER_US = 50 * 1000,
    ROUNDS = 5,
    ROUND_S = 2,
    WAIT_MS = 100,
};

static const char *server_url;
static int64_t finished; /* calls of this process */

/* ---- the library */

static brc_client *client;

static void ask(void);

static void on_done(brc_client *asked, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)id, (void)user_data;
    if (code < 0)
        bench_fail(brc_client_error(asked));
    bench_take(result);
    finished++;
    ask();
}

static void ask(void)
{
    brc_request *request = bench_request();

    if (brc_start(client, request, NULL, on_done, NULL, NULL, NULL) < 0)
        bench_fail("start");
    brc_request_free(request);
}

static void notify_client(int fd, int events)
{
    if (brc_client_notify(client, fd, events) < 0)
        bench_fail("notify");
}

static void start_client(int in_flight)
{
    client = bench_client(server_url);
    if (brc_client_set_limits(client, in_flight, in_flight) < 0)
        bench_fail("limits");
}

static void start_perform(int in_flight)
{
    start_client(in_flight);
    for (int i = 0; i < in_flight; i++)
        ask();
}

static void start_loop(int in_flight)
{
    start_client(in_flight);
    bench_loop_open(notify_client);
    if (brc_client_set_loop(client, bench_loop_watch, bench_loop_set_timer, NULL, NULL) < 0)
        bench_fail("loop");
    for (int i = 0; i < in_flight; i++)
        ask();
}

static void turn_perform(void)
{
    if (brc_client_perform(client, WAIT_MS) < 0)
        bench_fail("perform");
}

/* ---- bare libcurl and one parse */

struct transfer {
    CURL *easy;
    size_t length;
    char answer[2 * BENCH_TEXT];
};

static CURLM *multi;

static size_t on_bytes(char *bytes, size_t size, size_t n, void *user_data)
{
    struct transfer *transfer = user_data;

    if (size * n > sizeof transfer->answer - transfer->length)
        return 0;
    memcpy(transfer->answer + transfer->length, bytes, size * n);
    transfer->length += size * n;
    return size * n;
}

static void fetch(struct transfer *transfer)
{
    transfer->length = 0;
    if (curl_multi_add_handle(multi, transfer->easy) != CURLM_OK)
        bench_fail("libcurl");
}

static void notify_curl(int fd, int events)
{
    int left;
    CURLMsg *message;
    struct transfer *transfer;

    curl_multi_socket_action(multi, fd < 0 ? CURL_SOCKET_TIMEOUT : fd, events, &left);
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->data.result != CURLE_OK)
            bench_fail(curl_easy_strerror(message->data.result));
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(multi, transfer->easy);
        bench_parse(transfer->answer, transfer->length);
        finished++;
        fetch(transfer);
    }
}

static void start_curl(int in_flight)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    struct transfer *transfers = calloc((size_t)in_flight, sizeof *transfers);

    headers = curl_slist_append(headers, "Expect:");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        bench_fail("libcurl");
    bench_loop_open(notify_curl);
    multi = curl_multi_init();
    bench_loop_take_multi(multi);
    for (int i = 0; i < in_flight; i++) {
        CURL *easy = transfers[i].easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, bench_url(server_url));
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bench_body());
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfers[i]);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfers[i]);
        fetch(&transfers[i]);
    }
}

/* ---- rounds */

enum {
    LOOP,
    PERFORM,
    CURL_MULTI,
    WAYS
};

static const struct way {
    const char *name;
    void (*start)(int in_flight); /* every call that ends starts the next */
    void (*turn)(void);
} ways[WAYS] = {
    [LOOP] = {"ours, epoll loop", start_loop, bench_loop_turn},
    [PERFORM] = {"ours, perform", start_perform, turn_perform},
    [CURL_MULTI] = {"libcurl, epoll loop", start_curl, bench_loop_turn},
};

struct round {
    const struct way *way;
    int in_flight;
};

struct figures {
    double calls_a_second, cpu_a_call, memory;
};

/* Connects and warms up, then runs for the time of a round. */
static void run(const void *what, void *ret)
{
    const struct round *round = what;
    const struct way *way = round->way;
    int in_flight = round->in_flight;
    double resident = bench_resident();

    way->start(in_flight);
    while (finished < 2 * in_flight)
        way->turn();
    int64_t before = finished;
    double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), start = bench_seconds(CLOCK_MONOTONIC);
    while (bench_seconds(CLOCK_MONOTONIC) < start + ROUND_S)
        way->turn();
    double calls = (double)(finished - before);
    *(struct figures *)ret = (struct figures){
        .calls_a_second = calls / (bench_seconds(CLOCK_MONOTONIC) - start),
        .cpu_a_call = (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / calls,
        .memory = bench_resident() - resident,
    };
}

/* ---- the table */

/* What each way takes with one call in flight: the library, its libraries, a connection. */
static double memory_of_one[WAYS];

static void bench_in_flight(int in_flight)
{
    double calls[WAYS][ROUNDS], cpu[WAYS][ROUNDS], memory[WAYS][ROUNDS], ratios[WAYS][ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        for (int way = 0; way < WAYS; way++) {
            struct round what = {&ways[way], in_flight};
            struct figures figures;
            bench_in_child(run, &what, &figures, sizeof figures);
            calls[way][round] = figures.calls_a_second;
            cpu[way][round] = figures.cpu_a_call;
            memory[way][round] = figures.memory;
        }
        for (int way = 0; way < WAYS; way++)
            ratios[way][round] = cpu[way][round] / cpu[CURL_MULTI][round];
    }
    for (int way = 0; way < WAYS; way++) {
        double bytes = bench_median(memory[way], ROUNDS);
        if (in_flight == 1)
            memory_of_one[way] = bytes;
        printf("%5d  %-19s  %7.0f calls/s  CPU %6.1f us a call, ratio %.3f  memory %6.1f KiB%s\n",
               in_flight, ways[way].name, bench_median(calls[way], ROUNDS),
               bench_median(cpu[way], ROUNDS) * 1e6, bench_median(ratios[way], ROUNDS),
               (in_flight == 1 ? bytes : (bytes - memory_of_one[way]) / (in_flight - 1)) / 1024,
               in_flight == 1 ? "" : " for each more in flight");
    }
    fflush(stdout);
}

int main(void)
{
    char *answer = bench_answer();

    bench_allow_descriptors();
    struct slow_server server = slow_server_start(&(struct slow_answer){
        .bytes = answer,
        .length = strlen(answer),
        .first = strlen(answer),
        .delay_us = SERVER_US,
    });
    server_url = server.url;
    puts("CPU a call against libcurl: goal 1.10 for the epoll loop");
    fflush(stdout);
    bench_in_flight(1);
    bench_in_flight(256);
    bench_in_flight(2000);
    slow_server_stop(&server);
    free(answer);
    return EXIT_SUCCESS;
}
