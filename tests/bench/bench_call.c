/* What a blocking call costs beside bare libcurl doing the same exchange unsigned and jansson
 * parsing the same answer once: CPU of the calling thread a call, and time from nothing to the
 * first answer. Ratios of medians over alternated rounds of one run; never a pass or a fail.
 * SPDX-License-Identifier: MIT */
#include "server.h"

#include <bedrockcost/bedrockcost.h>
#include <curl/curl.h>
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUNDS = 15,
    CALLS = 400,
    STARTS = 60,
    TEXT = 1024,
    TOKEN = 850
};

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
#define PATH                                                                                       \
    "/model/"                                                                                      \
    "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%"              \
    "2Fabc123def456/converse"

static struct server *server;
static char text[TEXT + 1], token[TOKEN + 1], url[512], body[TEXT + 128];
static char *answer;
static int64_t tokens_seen;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench_call: %s\n", what);
    exit(EXIT_FAILURE);
}

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void prepare(void)
{
    char json[TEXT + 512];

    memset(text, 'x', TEXT);
    memset(token, 'T', TOKEN);
    snprintf(
        json, sizeof json,
        "{\"metrics\":{\"latencyMs\":412},\"output\":{\"message\":{\"content\":[{\"text\":\"%s\"}],"
        "\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":256,"
        "\"outputTokens\":256,\"totalTokens\":512}}",
        text);
    answer = server_answer("200 OK",
                           "Content-Type: application/json\r\n"
                           "x-amzn-RequestId: 4f2b1f6e-0c9e-4f43-a5e3-0f4c31b6c1d2\r\n",
                           json);
    server = server_start();
    server_script(server, &(struct server_reply){.bytes = answer}, 1);
    snprintf(url, sizeof url, "%s%s", server_url(server), PATH);
    snprintf(body, sizeof body,
             "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"%s\"}]}]}", text);
}

/* ---- ours */

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    tokens_seen += brc_usage_int(usage, BRC_USAGE_OUTPUT_TOKENS);
}

static brc_client *open_client(void)
{
    brc_credentials *credentials;
    brc_client *client;

    if (brc_credentials_new("AKIDBENCH", "secret", token, &credentials) < 0 ||
        brc_client_new(credentials, &client) < 0 ||
        brc_client_set_endpoint(client, server_url(server)) < 0 ||
        brc_client_set_usage(client, on_usage, NULL, NULL) < 0)
        fail("client");
    brc_credentials_free(credentials);
    return client;
}

static void ask(brc_client *client)
{
    brc_request *request;
    brc_result *result;
    size_t length;

    if (brc_request_new(ARN, &request) < 0 ||
        brc_request_add_text(request, "user", text, TEXT) < 0 ||
        brc_converse(client, request, &result) < 0 || brc_result_text(result, &length) == NULL ||
        length != TEXT)
        fail("call");
    brc_result_free(result);
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
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, bytes);
    return easy;
}

static void fetch(CURL *easy, struct bytes *bytes)
{
    bytes->length = 0;
    if (curl_easy_perform(easy) != CURLE_OK)
        fail("libcurl");
    json_t *document = json_loadb(bytes->data, bytes->length, 0, NULL);
    tokens_seen +=
        json_integer_value(json_object_get(json_object_get(document, "usage"), "outputTokens"));
    json_decref(document);
}

/* ---- rounds */

static double round_of_ours(brc_client *client)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        ask(client);
    return (seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

static double round_of_curl(CURL *easy, struct bytes *bytes)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < CALLS; i++)
        fetch(easy, bytes);
    return (seconds(CLOCK_THREAD_CPUTIME_ID) - start) / CALLS;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, compare);
    return values[n / 2];
}

static void bench_calls(void)
{
    double ours[ROUNDS], curl[ROUNDS], ratios[ROUNDS];
    struct bytes bytes;
    struct curl_slist *headers;
    brc_client *client = open_client();
    CURL *easy = open_curl(&bytes, &headers);

    round_of_ours(client);
    round_of_curl(easy, &bytes);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = round_of_ours(client);
        curl[i] = round_of_curl(easy, &bytes);
        ratios[i] = ours[i] / curl[i];
    }
    printf("CPU a call: ours %.1f us, bare libcurl and one parse %.1f us, ratio %.3f (goal 1.10)\n",
           median(ours, ROUNDS) * 1e6, median(curl, ROUNDS) * 1e6, median(ratios, ROUNDS));
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    brc_client_free(client);
}

static void first_of_ours(void)
{
    brc_client *client = open_client();
    ask(client);
}

static void first_of_curl(void)
{
    struct bytes bytes;
    struct curl_slist *headers;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        fail("libcurl");
    fetch(open_curl(&bytes, &headers), &bytes);
}

/* Seconds from nothing to the first answer, in a process of its own. */
static double first(void (*run)(void))
{
    int pipe_ends[2];
    double took = 0;

    if (pipe(pipe_ends) < 0)
        fail("pipe");
    pid_t child = fork();
    if (child == 0) {
        double start = seconds(CLOCK_MONOTONIC);
        run();
        took = seconds(CLOCK_MONOTONIC) - start;
        _exit(write(pipe_ends[1], &took, sizeof took) == sizeof took ? 0 : 1);
    }
    close(pipe_ends[1]);
    if (read(pipe_ends[0], &took, sizeof took) != sizeof took)
        fail("child");
    close(pipe_ends[0]);
    waitpid(child, NULL, 0);
    return took;
}

static void bench_starts(void)
{
    double ours[STARTS], curl[STARTS], ratios[STARTS];

    for (int i = 0; i < STARTS; i++) {
        ours[i] = first(first_of_ours);
        curl[i] = first(first_of_curl);
        ratios[i] = ours[i] / curl[i];
    }
    printf("start to first answer: ours %.2f ms, bare libcurl %.2f ms, ratio %.3f (goal 1.10)\n",
           median(ours, STARTS) * 1e3, median(curl, STARTS) * 1e3, median(ratios, STARTS));
}

int main(void)
{
    prepare();
    bench_starts(); /* first, while nothing is set up in the process that forks */
    bench_calls();
    server_stop(server);
    free(answer);
    return tokens_seen > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
