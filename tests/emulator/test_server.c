/* The server: requests that are none, its limits, and the life of the process.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_BODY (32 * 1024 * 1024)

/* ---- requests that are none ---- */

static const char *const GARBAGE[] = {
    "\r\n\r\n",
    "GET\r\n\r\n",
    "\x16\x03\x01\x02",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123",
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "GET /_emulator/bill HTTP/1.1\r\nHost: x\r\nNo-Colon\r\n\r\n",
    "GET /model/x",
};

/* Some get an error, for some more is waited; the next client is served. */
START_TEST(test_garbage_request)
{
    int fd = connect_to_emulator();
    char answer[16] = "";

    send_bytes(fd, GARBAGE[_i], strlen(GARBAGE[_i]));
    if (poll(&(struct pollfd){fd, POLLIN, 0}, 1, 200) > 0)
        ck_assert_int_ge(recv(fd, answer, sizeof(answer) - 1, 0), 0);
    ck_assert_int_ne(strncmp(answer, "HTTP/1.1 2", 10), 0);
    json_decref(expect_json(converse(RAW, HELLO), 200));
    close(fd);
}
END_TEST

START_TEST(test_large_bodies)
{
    char *body = calloc(1, MAX_BODY + 2);

    memset(body, ' ', MAX_BODY + 1);
    expect_error(call("POST", RAW_TARGET, body), 413, "RequestEntityTooLargeException", NULL);
    memcpy(body, HELLO, strlen(HELLO));
    body[MAX_BODY] = '\0';
    json_decref(expect_json(call("POST", RAW_TARGET, body), 200));
    free(body);
}
END_TEST

/* Several requests on one connection, some in pieces. */
START_TEST(test_connection_reuse)
{
    static const char REQUEST[] = "GET /_emulator/faults HTTP/1.1\r\nHost: x\r\n\r\n";
    static const char ANSWER[] = "{\"faults\":[]}";
    int fd = connect_to_emulator();

    for (int i = 0; i < 20; i++) {
        char bytes[4096] = "";
        size_t len = 0;

        send_bytes(fd, REQUEST, 10);
        usleep(i < 3 ? 1000 : 0);
        send_bytes(fd, REQUEST + 10, strlen(REQUEST) - 10);
        while (strstr(bytes, ANSWER) == NULL) {
            ssize_t n = read(fd, bytes + len, sizeof(bytes) - len - 1);

            ck_assert_int_gt(n, 0);
            len += (size_t)n;
            bytes[len] = '\0';
        }
    }
    close(fd);
}
END_TEST

START_TEST(test_header_limit)
{
    struct signer signer = SIGNER;
    char *token = calloc(1, 4097);

    memset(token, 'T', 4096);
    signer.token = token;
    json_decref(expect_json(call_as(&signer, "POST", RAW_TARGET, HELLO), 200));
    free(token);
}
END_TEST
START_TEST(test_own_resources)
{
    expect_error(own("GET", "/_emulator/", NULL), 404, "UnknownOperationException", NULL);
    expect_error(own("POST", "/_emulator/bill", NULL), 404, "UnknownOperationException", NULL);
    expect_error(own("PUT", "/_emulator/faults", "{}"), 404, "UnknownOperationException", NULL);
    expect_error(own("GET", "/_emulator/bill?x", NULL), 404, "UnknownOperationException", NULL);
}
END_TEST

/* ---- the process ---- */

START_TEST(test_ends_with_answers_pending)
{
    int fd;

    emulator_start(NULL);
    add_fault("{\"delayMs\":60000}");
    fd = start_converse();
    while (faults_left() > 0)
        ;
    ck_assert_int_eq(kill(emulator_pid(), SIGINT), 0);
    json_decref(expect_json(read_response(fd), 200));
    emulator_stop();
}
END_TEST

#define BUSY_CONNECTIONS 200

/* Asks again whenever an answer comes, until every connection is closed; after `ms` the emulator is
 * told to end. */
static void keep_busy(struct pollfd *fds, const char *request, int ms)
{
    static char answer[65536];
    json_int_t end = milliseconds() + ms;
    int n_open = BUSY_CONNECTIONS;

    while (n_open > 0) {
        ck_assert_int_ge(poll(fds, BUSY_CONNECTIONS, 10), 0);
        if (ms > 0 && milliseconds() >= end) {
            ck_assert_int_eq(kill(emulator_pid(), SIGINT), 0);
            ms = 0;
        }
        for (int i = 0; i < BUSY_CONNECTIONS; i++) {
            ssize_t n;

            if (fds[i].revents == 0)
                continue;
            n = recv(fds[i].fd, answer, sizeof(answer), 0);
            if (n <= 0) {
                close(fds[i].fd);
                fds[i].fd = -1;
                n_open--;
            } else if (answer[n - 1] == '}') {
                send_bytes(fds[i].fd, request, strlen(request));
            }
        }
    }
}

/* Requests that come while it ends are not made to wait, which would be for ever. */
START_TEST(test_ends_while_busy)
{
    struct pollfd fds[BUSY_CONNECTIONS];
    char *request;

    emulator_start((const char *[]){"--service-time", "5", NULL});
    request = signed_request(&SIGNER, "POST", RAW_TARGET,
                             HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":10}"));
    memcpy(strstr(request, "Connection: close"), "X", 1); /* some other header */
    for (int i = 0; i < BUSY_CONNECTIONS; i++) {
        fds[i] = (struct pollfd){connect_to_emulator(), POLLIN, 0};
        send_bytes(fds[i].fd, request, strlen(request));
    }
    keep_busy(fds, request, 100);
    emulator_stop();
    free(request);
}
END_TEST

/* Those whom a model answers wait for it, and longer if a fault says so; the others do not. */
START_TEST(test_service_time)
{
    json_int_t start;

    emulator_start((const char *[]){"--service-time", "600000", NULL});
    json_decref(expect_json(call("GET", "/foundation-models", NULL), 200));
    expect_error(converse(RAW, "{}"), 400, "ValidationException", NULL);
    add_fault("{\"status\":429}");
    expect_error(converse(RAW, HELLO), 429, "ThrottlingException", NULL);
    emulator_stop();
    emulator_start((const char *[]){"--service-time", "200", NULL});
    start = milliseconds();
    json_decref(expect_json(converse(RAW, HELLO), 200));
    ck_assert_int_ge(milliseconds() - start, 200);
    add_fault("{\"status\":424,\"delayMs\":10}");
    start = milliseconds();
    expect_error(converse(RAW, HELLO), 424, "ModelErrorException", NULL);
    ck_assert_int_ge(milliseconds() - start, 200);
    add_fault("{\"delayMs\":400}");
    start = milliseconds();
    json_decref(expect_json(converse(RAW, HELLO), 200));
    ck_assert_int_ge(milliseconds() - start, 400);
    emulator_stop();
}
END_TEST

/* The canonical request of a wrong signature is on stderr, with --verbose a line per request. */
START_TEST(test_log)
{
    struct signer signer = SIGNER;
    FILE *log = tmpfile();
    int saved = dup(STDERR_FILENO);
    char bytes[8192];
    size_t n;

    dup2(fileno(log), STDERR_FILENO);
    emulator_start((const char *[]){"--verbose", NULL});
    dup2(saved, STDERR_FILENO);
    close(saved);
    signer.secret_key = "wrong";
    expect_error(call_as(&signer, "GET", "/inference-profiles", NULL), 403,
                 "InvalidSignatureException", NULL);
    json_decref(expect_json(converse(RAW, HELLO), 200));
    emulator_stop();
    rewind(log);
    n = fread(bytes, 1, sizeof(bytes) - 1, log);
    bytes[n] = '\0';
    ck_assert_ptr_nonnull(
        strstr(bytes, "canonical request expected\nGET\n/inference-profiles\n\n"));
    ck_assert_ptr_nonnull(strstr(bytes, "string to sign expected\nAWS4-HMAC-SHA256\n"));
    ck_assert_ptr_nonnull(strstr(bytes, "POST " RAW_TARGET ": 200"));
    ck_assert_ptr_null(strstr(bytes, SIGNER.secret_key));
    fclose(log);
}
END_TEST

START_TEST(test_port)
{
    char *port;

    emulator_start(NULL);
    port = text("%d", emulator_port());
    emulator_stop();
    emulator_start((const char *[]){"--port", port, NULL});
    ck_assert_int_eq(emulator_port(), atoi(port));
    emulator_stop();
    free(port);
}
END_TEST
int main(int argc, char **argv)
{
    Suite *suite = suite_create("server");
    TCase *tcase = emulator_case(suite, "requests");
    TCase *process = tcase_create("process");

    tcase_add_loop_test(tcase, test_garbage_request, 0, COUNT(GARBAGE));
    tcase_add_test(tcase, test_large_bodies);
    tcase_add_test(tcase, test_connection_reuse);
    tcase_add_test(tcase, test_header_limit);
    tcase_add_test(tcase, test_own_resources);
    tcase_add_test(process, test_ends_with_answers_pending);
    tcase_add_test(process, test_ends_while_busy);
    tcase_add_test(process, test_service_time);
    tcase_add_test(process, test_log);
    tcase_add_test(process, test_port);
    suite_add_tcase(suite, process);
    return run_suite(suite, argc, argv);
}
