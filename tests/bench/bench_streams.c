/* What an event costs, and a stream, when 2,000 of them are under way on one thread, each with an
 * event every 100 ms: the library driven by an epoll loop and driving itself, beside libcurl in the
 * same two ways, unsigned, throwing the bytes away. Every round of each is a process of its own,
 * measured once all its streams have begun and before any of them ends. Memory is what the process
 * took on since its start, as the kernel counts it and as malloc does. Ratios of medians over
 * alternated rounds of one run; never a pass or a fail.
 * SPDX-License-Identifier: MIT */
#include "bench_loop.h"
#include "slow_server.h"
#include "long_stream.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STREAMS = 2000,
    DELTAS = 80,
    EVENT_US = 100 * 1000,
    ROUNDS = 5,
    ROUND_S = 2,
    WAIT_MS = 100,
};

static const char *server_url;
static int begun;
static int64_t events;

/* ---- the library */

static brc_client *client;

static int on_event(brc_client *asked, int64_t id, const brc_event *event, void *user_data)
{
    size_t length;

    (void)asked, (void)id, (void)user_data;
    begun += brc_event_int(event, BRC_EVENT_TYPE) == BRC_EVENT_MESSAGE_START;
    events += brc_event_text(event, BRC_EVENT_TEXT, &length) != NULL && length > 0;
    return BRC_EVENT_GO_ON;
}

static void on_done(brc_client *asked, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)id, (void)code, (void)user_data;
    brc_result_free(result);
    bench_fail(brc_client_error(asked));
}

static void notify_client(int fd, int ready)
{
    if (brc_client_notify(client, fd, ready) < 0)
        bench_fail("notify");
}

static void open_client(void)
{
    client = bench_client(server_url);
    if (brc_client_set_limits(client, STREAMS, STREAMS) < 0)
        bench_fail("limits");
}

static void start_client(void)
{
    brc_request *request = bench_request();

    for (int i = 0; i < STREAMS; i++)
        if (brc_start(client, request, on_event, on_done, NULL, NULL, NULL) < 0)
            bench_fail("start");
    brc_request_free(request);
}

static void start_perform(void)
{
    open_client();
    start_client();
}

static void start_loop(void)
{
    open_client();
    bench_loop_open(notify_client);
    if (brc_client_set_loop(client, bench_loop_watch, bench_loop_set_timer, NULL, NULL) < 0)
        bench_fail("loop");
    start_client();
}

static void turn_perform(void)
{
    if (brc_client_perform(client, WAIT_MS) < 0)
        bench_fail("perform");
}

/* ---- bare libcurl */

static CURLM *multi;
static int64_t bytes_of_frames;

static size_t on_bytes(char *data, size_t size, size_t n, void *user_data)
{
    bool *began = user_data;

    (void)data;
    begun += !*began;
    *began = true;
    bytes_of_frames += (int64_t)(size * n);
    events = bytes_of_frames / LONG_STREAM_FRAME;
    return size * n;
}

static void check_curl(void)
{
    int left;

    if (curl_multi_info_read(multi, &left) != NULL)
        bench_fail("a transfer of libcurl's ended");
}

static void notify_curl(int fd, int ready)
{
    int left;

    curl_multi_socket_action(multi, fd < 0 ? CURL_SOCKET_TIMEOUT : fd, ready, &left);
    check_curl();
}

static void turn_curl(void)
{
    int left;

    curl_multi_poll(multi, NULL, 0, WAIT_MS, NULL);
    curl_multi_perform(multi, &left);
    check_curl();
}

static void start_curl(void)
{
    static bool began[STREAMS];
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");

    headers = curl_slist_append(headers, "Expect:");
    for (int i = 0; i < STREAMS; i++) {
        CURL *easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, bench_url(server_url));
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bench_body());
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &began[i]);
        if (curl_multi_add_handle(multi, easy) != CURLM_OK)
            bench_fail("libcurl");
    }
}

static void open_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        bench_fail("libcurl");
    multi = curl_multi_init();
}

static void start_curl_perform(void)
{
    open_curl();
    start_curl();
}

static void start_curl_loop(void)
{
    open_curl();
    bench_loop_open(notify_curl);
    bench_loop_take_multi(multi);
    start_curl();
}

/* ---- rounds */

enum {
    LOOP,
    CURL_LOOP,
    PERFORM,
    CURL_PERFORM,
    WAYS
};

static const struct way {
    const char *name;
    void (*start)(void);
    void (*turn)(void);
    int peer;
} ways[WAYS] = {
    [LOOP] = {"ours, epoll loop", start_loop, bench_loop_turn, CURL_LOOP},
    [CURL_LOOP] = {"libcurl, epoll loop", start_curl_loop, bench_loop_turn, CURL_LOOP},
    [PERFORM] = {"ours, perform", start_perform, turn_perform, CURL_PERFORM},
    [CURL_PERFORM] = {"libcurl, perform", start_curl_perform, turn_curl, CURL_PERFORM},
};

enum {
    CPU,
    RESIDENT,
    ALLOCATED,
    RATE,
    FIGURES
};

static double allocated(void)
{
    struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd);
}

static void run(const void *what, void *ret)
{
    const struct way *way = what;
    double *figures = ret, resident = bench_resident(), malloced = allocated();

    way->start();
    while (begun < STREAMS)
        way->turn();
    int64_t before = events;
    double cpu = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), start = bench_seconds(CLOCK_MONOTONIC);
    while (bench_seconds(CLOCK_MONOTONIC) < start + ROUND_S)
        way->turn();
    double n = (double)(events - before);
    figures[CPU] = (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / n;
    figures[RESIDENT] = (bench_resident() - resident) / STREAMS;
    figures[ALLOCATED] = (allocated() - malloced) / STREAMS;
    figures[RATE] = n / (bench_seconds(CLOCK_MONOTONIC) - start);
}

static void bench_ways(void)
{
    double took[FIGURES][WAYS][ROUNDS], ratios[WAYS][ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        for (int way = 0; way < WAYS; way++) {
            double figures[FIGURES];
            bench_in_child(run, &ways[way], figures, sizeof figures);
            for (int i = 0; i < FIGURES; i++)
                took[i][way][round] = figures[i];
        }
        for (int way = 0; way < WAYS; way++)
            ratios[way][round] = took[CPU][way][round] / took[CPU][ways[way].peer][round];
    }
    for (int way = 0; way < WAYS; way++)
        printf("%-19s  %6.0f events/s  CPU %6.2f us an event, ratio %.3f  memory of a stream: "
               "%5.1f KiB resident, %5.1f allocated\n",
               ways[way].name, bench_median(took[RATE][way], ROUNDS),
               bench_median(took[CPU][way], ROUNDS) * 1e6, bench_median(ratios[way], ROUNDS),
               bench_median(took[RESIDENT][way], ROUNDS) / 1024,
               bench_median(took[ALLOCATED][way], ROUNDS) / 1024);
}

int main(void)
{
    struct brc__buf answer = long_stream_answer(LONG_STREAM_TEXT, DELTAS);

    bench_allow_descriptors();
    struct slow_server server = slow_server_start(&(struct slow_answer){
        .bytes = answer.data,
        .length = answer.length,
        .first = long_stream_answer_start(&answer),
        .piece = LONG_STREAM_CHUNK,
        .delay_us = EVENT_US,
    });
    server_url = server.url;
    puts("2,000 streams at once, CPU an event against libcurl driven the same way");
    fflush(stdout);
    bench_ways();
    slow_server_stop(&server);
    brc__buf_free(&answer);
    return EXIT_SUCCESS;
}
