/* What a whole blocking call of ConverseStream costs, beside bare libcurl that throws the same
 * bytes away unsigned and unread: CPU of the calling thread an event, for a server that writes many
 * events at once, one at once, and one byte at once. Ratios of medians over alternated rounds of
 * one run; never a pass or a fail. SPDX-License-Identifier: MIT */
#include "bench.h"
#include "slow_server.h"
#include "long_stream.h"

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 9,
};

static const struct writing {
    const char *name;
    size_t piece;
    int deltas, delay_us, calls; /* calls a round */
} writings[] = {
    {"16 KiB", 16 * 1024, 2000, 200, 20},
    {"an event", LONG_STREAM_CHUNK, 2000, 60, 2},
    {"a byte", 1, 50, 20, 1},
};

enum {
    WRITINGS = sizeof writings / sizeof *writings
};

/* ---- ours */

static int events;

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    size_t length;

    (void)client, (void)id, (void)user_data;
    events += brc_event_text(event, BRC_EVENT_TEXT, &length) != NULL && length > 0;
    return BRC_EVENT_GO_ON;
}

static void ask(brc_client *client, int deltas)
{
    brc_request *request = bench_request();
    brc_result *result;

    events = 0;
    if (brc_converse_stream(client, request, on_event, NULL, &result) < 0)
        bench_fail(brc_client_error(client));
    if (events != deltas)
        bench_fail("events");
    brc_result_free(result);
    brc_request_free(request);
}

/* ---- bare libcurl */

static size_t on_bytes(char *data, size_t size, size_t n, void *user_data)
{
    (void)data, (void)user_data;
    return size * n;
}

static CURL *open_curl(const char *server_url, struct curl_slist **headers)
{
    CURL *easy = curl_easy_init();

    *headers = curl_slist_append(NULL, "Content-Type: application/json");
    *headers = curl_slist_append(*headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, bench_url(server_url));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bench_body());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    return easy;
}

/* ---- rounds */

static double round_of_ours(brc_client *client, const struct writing *writing)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < writing->calls; i++)
        ask(client, writing->deltas);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / (writing->calls * writing->deltas);
}

static double round_of_curl(CURL *easy, const struct writing *writing)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < writing->calls; i++)
        if (curl_easy_perform(easy) != CURLE_OK)
            bench_fail("libcurl");
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / (writing->calls * writing->deltas);
}

static void bench_writing(const struct writing *writing, const char *server_url)
{
    double ours[ROUNDS], curl[ROUNDS], ratios[ROUNDS];
    struct curl_slist *headers;
    brc_client *client = bench_client(server_url);
    CURL *easy = open_curl(server_url, &headers);

    round_of_ours(client, writing);
    round_of_curl(easy, writing);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = round_of_ours(client, writing);
        curl[i] = round_of_curl(easy, writing);
        ratios[i] = ours[i] / curl[i];
    }
    printf("%-8s at once: ours %8.3f us, bare libcurl %8.3f us, ratio %.3f\n", writing->name,
           bench_median(ours, ROUNDS) * 1e6, bench_median(curl, ROUNDS) * 1e6,
           bench_median(ratios, ROUNDS));
    fflush(stdout);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    brc_client_free(client);
}

int main(void)
{
    struct slow_server servers[WRITINGS];
    struct brc__buf answers[WRITINGS];

    for (int i = 0; i < WRITINGS; i++) {
        answers[i] = long_stream_answer(LONG_STREAM_TEXT, writings[i].deltas);
        servers[i] = slow_server_start(&(struct slow_answer){
            .bytes = answers[i].data,
            .length = answers[i].length,
            .first = long_stream_answer_start(&answers[i]),
            .piece = writings[i].piece,
            .delay_us = writings[i].delay_us,
        });
    }
    puts("CPU an event of a blocking stream: goal 3.0 of bare libcurl");
    for (int i = 0; i < WRITINGS; i++)
        bench_writing(&writings[i], servers[i].url);
    for (int i = 0; i < WRITINGS; i++) {
        slow_server_stop(&servers[i]);
        brc__buf_free(&answers[i]);
    }
    return EXIT_SUCCESS;
}
