/* Two thousand clients at once, each of which waits for its model, or for its next event.
 *
 * SPDX-License-Identifier: MIT
 */
#include "stream_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CONNECTIONS     2000
#define FEW_CONNECTIONS 200
#define FEW_DESCRIPTORS 64   /* besides the connections' */
#define SERVICE_TIME_MS 1000 /* longer than it takes to ask them all */

/* The slow test setups, for sanitizers and valgrind, forbid Check to fork. */
static int connections(void)
{
    const char *fork = getenv("CK_FORK");

    return fork != NULL && strcmp(fork, "no") == 0 ? FEW_CONNECTIONS : CONNECTIONS;
}

static bool limit_descriptors(int n)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return false;
    limit.rlim_cur = (rlim_t)n;
    return limit.rlim_cur <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* Asks what has i + 1 tokens, so that no two answers are alike. */
static void ask(int fd, int i)
{
    char *body = text("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"%0*d\"}]}],"
                      "\"inferenceConfig\":{\"maxTokens\":10}}",
                      4 * (i + 1), i);
    char *request = signed_request(&SIGNER, "POST", RAW_TARGET, body);

    send_bytes(fd, request, strlen(request));
    free(request);
    free(body);
}

static void check_bill(int n, json_int_t output_tokens)
{
    json_t *bill = get_bill();

    ck_assert_int_eq(integer_at(bill, "totals", "calls"), n);
    ck_assert_int_eq(integer_at(bill, "totals", "inputTokens"), (json_int_t)n * (n + 1) / 2);
    ck_assert_int_eq(integer_at(bill, "totals", "outputTokens"), output_tokens);
    json_decref(bill);
}

START_TEST(test_connections)
{
    int n = connections();
    int *fds = calloc((size_t)n, sizeof(*fds));
    char *service_time = text("%d", SERVICE_TIME_MS);
    json_int_t output_tokens = 0;
    json_int_t start, last_asked;

    ck_assert(limit_descriptors(FEW_DESCRIPTORS)); /* the emulator raises its own */
    emulator_start((const char *[]){"--service-time", service_time, NULL});
    ck_assert(limit_descriptors(n + FEW_DESCRIPTORS));
    for (int i = 0; i < n; i++)
        fds[i] = connect_to_emulator();
    while (emulator_descriptors() < n)
        usleep(1000);
    start = last_asked = milliseconds();
    for (int i = 0; i < n; i++) {
        last_asked = milliseconds();
        ask(fds[i], i);
    }
    for (int i = 0; i < n; i++) {
        json_t *answer = expect_json(read_response(fds[i]), 200);

        ck_assert_int_eq(integer_at(answer, "usage", "inputTokens"), i + 1);
        output_tokens += integer_at(answer, "usage", "outputTokens");
        json_decref(answer);
    }
    ck_assert_int_ge(milliseconds() - last_asked, SERVICE_TIME_MS);
    printf("# %d answers after %d ms\n", n, (int)(milliseconds() - start));
    check_bill(n, output_tokens);
    emulator_stop();
    free(service_time);
    free(fds);
}
END_TEST

/* Each of them reads a stream that takes its time, and all of them at once. */
START_TEST(test_streams)
{
    int n = connections();
    int *fds = calloc((size_t)n, sizeof(*fds));
    json_int_t start = milliseconds();
    json_int_t output_tokens = 0;

    emulator_start((const char *[]){"--event-time", "100", NULL});
    ck_assert(limit_descriptors(n + FEW_DESCRIPTORS));
    for (int i = 0; i < n; i++)
        fds[i] = start_stream(HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":40}"));
    for (int i = 0; i < n; i++) {
        struct stream stream = read_stream(fds[i]);

        ck_assert(stream.complete);
        output_tokens += integer_at(only_event(&stream, "metadata"), "usage", "outputTokens");
        stream_free(&stream);
    }
    printf("# %d streams after %d ms\n", n, (int)(milliseconds() - start));
    ck_assert_int_eq(output_tokens, 40 * (json_int_t)n);
    emulator_stop();
    free(fds);
}
END_TEST

/* Who goes within a request is forgotten at once, not when a connection is idle for too long. */
START_TEST(test_half_requests)
{
    static const char *const HALVES[] = {
        "GET /_emul", "POST /_emulator/faults HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"};
    int before;

    emulator_start((const char *[]){NULL});
    before = emulator_descriptors();
    for (int i = 0; i < FEW_CONNECTIONS; i++) {
        int fd = connect_to_emulator();

        send_bytes(fd, HALVES[i % 2], strlen(HALVES[i % 2]));
        close(fd);
    }
    json_decref(get_bill()); /* all that came before was accepted */
    while (emulator_descriptors() > before)
        usleep(1000);
    emulator_stop();
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("connections");
    TCase *tcase = tcase_create("connections");

    if (!limit_descriptors(connections() + FEW_DESCRIPTORS)) {
        printf("1..0 # SKIP fewer than %d descriptors are allowed\n",
               connections() + FEW_DESCRIPTORS);
        return EXIT_SUCCESS;
    }
    tcase_add_test(tcase, test_connections);
    tcase_add_test(tcase, test_streams);
    tcase_add_test(tcase, test_half_requests);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
