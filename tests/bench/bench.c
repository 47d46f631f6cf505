/* SPDX-License-Identifier: MIT */
#include "bench.h"
#include "server.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARN "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456"
#define PATH                                                                                       \
    "/model/"                                                                                      \
    "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%"              \
    "2Fabc123def456/converse"

enum {
    TOKEN = 850,
    TOKENS_OUT = 256
};

_Noreturn void bench_fail(const char *what)
{
    fprintf(stderr, "benchmark: %s\n", what);
    exit(EXIT_FAILURE);
}

/* ---- the exchange */

static const char *text(void)
{
    static char bytes[BENCH_TEXT + 1];

    if (bytes[0] == '\0')
        memset(bytes, 'x', BENCH_TEXT);
    return bytes;
}

char *bench_answer(void)
{
    char json[BENCH_TEXT + 512];

    snprintf(
        json, sizeof json,
        "{\"metrics\":{\"latencyMs\":412},\"output\":{\"message\":{\"content\":[{\"text\":\"%s\"}],"
        "\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":256,"
        "\"outputTokens\":%d,\"totalTokens\":512}}",
        text(), TOKENS_OUT);
    return server_answer("200 OK",
                         "Content-Type: application/json\r\n"
                         "x-amzn-RequestId: 4f2b1f6e-0c9e-4f43-a5e3-0f4c31b6c1d2\r\n",
                         json);
}

brc_client *bench_client(const char *server_url)
{
    char token[TOKEN + 1] = "";
    brc_credentials *credentials;
    brc_client *client;

    memset(token, 'T', TOKEN);
    if (brc_credentials_new("AKIDBENCH", "secret", token, &credentials) < 0 ||
        brc_client_new(credentials, &client) < 0 || brc_client_set_endpoint(client, server_url) < 0)
        bench_fail("client");
    brc_credentials_free(credentials);
    return client;
}

brc_request *bench_request(void)
{
    brc_request *request;

    if (brc_request_new(ARN, &request) < 0 ||
        brc_request_add_text(request, "user", text(), BENCH_TEXT) < 0)
        bench_fail("request");
    return request;
}

void bench_take(brc_result *result)
{
    size_t length;

    if (brc_result_text(result, &length) == NULL || length != BENCH_TEXT ||
        brc_usage_int(brc_result_usage(result), BRC_USAGE_OUTPUT_TOKENS) != TOKENS_OUT)
        bench_fail("result");
    brc_result_free(result);
}

const char *bench_url(const char *server_url)
{
    static char url[512];

    snprintf(url, sizeof url, "%s%s", server_url, PATH);
    return url;
}

const char *bench_body(void)
{
    static char body[BENCH_TEXT + 128];

    snprintf(body, sizeof body,
             "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"%s\"}]}]}", text());
    return body;
}

void bench_parse(const char *json, size_t length)
{
    json_t *document = json_loadb(json, length, 0, NULL);
    json_t *tokens = json_object_get(json_object_get(document, "usage"), "outputTokens");

    if (json_integer_value(tokens) != TOKENS_OUT)
        bench_fail("answer");
    json_decref(document);
}

/* ---- figures */

double bench_seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, compare);
    return values[n / 2];
}

double bench_resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
        bench_fail("statm");
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

void bench_in_child(void (*run)(const void *what, void *ret), const void *what, void *ret,
                    size_t size)
{
    int ends[2];

    if (pipe(ends) < 0)
        bench_fail("pipe");
    pid_t child = fork();
    if (child == 0) {
        run(what, ret);
        _exit(write(ends[1], ret, size) == (ssize_t)size ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], ret, size) != (ssize_t)size)
        bench_fail("child");
    close(ends[0]);
    waitpid(child, NULL, 0);
}
