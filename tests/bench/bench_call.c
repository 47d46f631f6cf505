/* What a blocking call costs beside bare libcurl doing the same exchange unsigned and jansson
 * parsing the same answer once: CPU of the calling thread a call, and time from nothing to the
 * first answer. Ratios of medians over alternated rounds of one run; never a pass or a fail.
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "server.h"

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- bare libcurl and one parse */

struct bytes {
    char data[8192];
    size_t length;
};

static size_t on_bytes(char *data, size_t size, size_t n, void *user_data)
{
    struct bytes *bytes = user_data;

    memcpy(bytes->data + bytes->length, data, size * n);
    bytes->length += size * n;
    return size * n;
}

static CURL *open_curl(struct bytes *bytes, struct curl_slist **headers)
{
    CURL *easy = curl_easy_init();

    *headers = curl_slist_append(NULL, "Content-Type: application/json");
    *headers = curl_slist_append(*headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, bench_url(server_url(server)));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bench_body());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, bytes);
    return easy;
}

static void fetch(CURL *easy, struct bytes *bytes)
{
    bytes->length = 0;
    if (curl_easy_perform(easy) != CURLE_OK)
        bench_fail("libcurl");
    bench_parse(bytes->data, bytes->length);
}

/* ---- rounds */

static double round_of_ours(brc_client *client)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        ask(client);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

static double round_of_curl(CURL *easy, struct bytes *bytes)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        fetch(easy, bytes);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

static void bench_calls(void)
{
    double ours[ROUNDS], curl[ROUNDS], ratios[ROUNDS];
    struct bytes bytes;
    struct curl_slist *headers;
    brc_client *client = bench_client(server_url(server));
    CURL *easy = open_curl(&bytes, &headers);

    round_of_ours(client);
    round_of_curl(easy, &bytes);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = round_of_ours(client);
        curl[i] = round_of_curl(easy, &bytes);
        ratios[i] = ours[i] / curl[i];
    }
    printf("CPU a call: ours %.1f us, bare libcurl and one parse %.1f us, ratio %.3f (goal 1.10)\n",
           bench_median(ours, ROUNDS) * 1e6, bench_median(curl, ROUNDS) * 1e6,
           bench_median(ratios, ROUNDS));
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
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

static void first_of_curl(const void *what, void *ret)
{
    double start = bench_seconds(CLOCK_MONOTONIC);
    struct bytes bytes;
    struct curl_slist *headers;

    (void)what;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        bench_fail("libcurl");
    fetch(open_curl(&bytes, &headers), &bytes);
    *(double *)ret = bench_seconds(CLOCK_MONOTONIC) - start;
}

/* Seconds from nothing to the first answer, each in a process of its own. */
static void bench_starts(void)
{
    double ours[STARTS], curl[STARTS], ratios[STARTS];

    for (int i = 0; i < STARTS; i++) {
        bench_in_child(first_of_ours, NULL, &ours[i], sizeof ours[i]);
        bench_in_child(first_of_curl, NULL, &curl[i], sizeof curl[i]);
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
