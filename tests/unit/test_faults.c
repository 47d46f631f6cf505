/* The client on bad days: answers that are wrong, cut, too large or missing, and servers that
 * should not be. SPDX-License-Identifier: MIT */
#include "fixture.h"
#include "limit_steps.h"
#include "run.h"

#include <exchange.h>
#include <flight.h>

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fixture f;

static void start(void)
{
    time_spare();
    fixture_start(&f);
}

static void stop(void)
{
    fixture_stop(&f);
}

/* ---- bad answers: what came back, and what must become of it */

#define HTML "<html><body>Bad gateway</body></html>"
#define TEXT "\"output\":{\"message\":{\"content\":[{\"text\":\"Hello\"}],\"role\":\"assistant\"}}"
#define HUGE_COUNT                                                                                 \
    "{" TEXT                                                                                       \
    ",\"usage\":{\"inputTokens\":9223372036854775808,\"outputTokens\":1,\"totalTokens\":1}}"
#define NEGATIVE "{" TEXT ",\"usage\":{\"inputTokens\":-1,\"outputTokens\":34,\"totalTokens\":1}}"
#define ZEROES   "{" TEXT ",\"usage\":{\"inputTokens\":0,\"outputTokens\":0,\"totalTokens\":0}}"
#define NUL_TEXT                                                                                   \
    "{\"output\":{\"message\":{\"content\":[{\"text\":\"a\\u0000b\\ud800\"}],\"role\":"            \
    "\"assistant\"}},\"usage\":{\"inputTokens\":12,\"outputTokens\":34,\"totalTokens\":46}}"
#define AWS_ERROR "{\"message\":\"told so\"}"

static const struct {
    const char *status, *headers, *body;
    int code, outcome;
    int64_t output;
    const char *text; /* NULL: none; the result's text otherwise */
} answers[] = {
    {"200 OK", "", ZEROES, 0, BRC_OUTCOME_REPORTED, 0, "Hello"},
    {"200 OK", "", NUL_TEXT, 0, BRC_OUTCOME_REPORTED, 34, "a"},
    {"200 OK", "", "", BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, -1, NULL},
    {"200 OK", "", HTML, BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, -1, NULL},
    {"200 OK", "", "{" TEXT "}", BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, -1, "Hello"},
    {"200 OK", "", NEGATIVE, BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, 34, "Hello"},
    {"200 OK", "", HUGE_COUNT, BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, 1, "Hello"},
    {"201 Created", "", ZEROES, BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, -1, NULL},
    {"204 No Content", "", "", BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED, -1, NULL},
    {"302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n", "", BRC_E_PROTOCOL,
     BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"400 Bad Request", "x-amzn-ErrorType: ValidationException:http://internal/\r\n", AWS_ERROR,
     BRC_E_REJECTED, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"401 Unauthorized", "", "", BRC_E_ACCESS_DENIED, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"403 Forbidden", "x-amzn-ErrorType: AccessDeniedException\r\n", AWS_ERROR, BRC_E_ACCESS_DENIED,
     BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"403 Forbidden", "", "{\"__type\":\"a#ExpiredTokenException\",\"Message\":\"told so\"}",
     BRC_E_CREDENTIALS, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"404 Not Found", "", HTML, BRC_E_REJECTED, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"408 Request Timeout", "x-amzn-ErrorType: ModelTimeoutException\r\n", AWS_ERROR, BRC_E_SERVICE,
     BRC_OUTCOME_UNREPORTED, -1, NULL},
    {"424 Failed Dependency", "x-amzn-ErrorType: ModelErrorException\r\n", AWS_ERROR, BRC_E_SERVICE,
     BRC_OUTCOME_UNREPORTED, -1, NULL},
    {"429 Too Many Requests", "x-amzn-ErrorType: ThrottlingException\r\n", AWS_ERROR,
     BRC_E_THROTTLED, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"429 Too Many Requests", "x-amzn-ErrorType: ModelNotReadyException\r\n", AWS_ERROR,
     BRC_E_SERVICE, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"500 Internal Server Error", "", AWS_ERROR, BRC_E_SERVICE, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"502 Bad Gateway", "", HTML, BRC_E_SERVICE, BRC_OUTCOME_NOT_BILLED, -1, NULL},
    {"507 Insufficient Storage", "", "", BRC_E_SERVICE, BRC_OUTCOME_UNREPORTED, -1, NULL},
};

START_TEST(answer_table)
{
    char *reply = server_answer(answers[_i].status, answers[_i].headers, answers[_i].body);
    brc_result *result;

    fixture_reply(&f, reply, SERVER_KEEP);
    int rc = fixture_ask(&f, &result);
    ck_assert_int_eq(rc, answers[_i].code);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, answers[_i].outcome);
    ck_assert_int_eq(f.records[0].code, rc);
    ck_assert_int_eq(f.records[0].status, strtol(answers[_i].status, NULL, 10));
    ck_assert_int_eq(f.records[0].output, answers[_i].output);
    ck_assert_uint_eq(server_requests(f.server), 1);
    if (answers[_i].text != NULL)
        ck_assert_pstr_eq(brc_result_text(result, NULL), answers[_i].text);
    else
        ck_assert(result == NULL || brc_result_text(result, NULL) == NULL);
    if (rc < 0)
        ck_assert_str_ne(brc_client_error(f.client), "");
    brc_result_free(result);
    free(reply);
}
END_TEST

START_TEST(aws_error_by_field)
{
    char *reply = server_answer("400 Bad Request",
                                "x-amzn-ErrorType: ns#ValidationException:http://internal/\r\n"
                                "x-amzn-RequestId: request-2\r\n",
                                AWS_ERROR);

    fixture_reply(&f, reply, SERVER_KEEP);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_REJECTED);
    ck_assert_str_eq(brc_client_error(f.client), "ValidationException: told so (HTTP 400)");
    ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_AWS_TYPE), "ValidationException");
    ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_AWS_MESSAGE), "told so");
    ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_HTTP_STATUS), "400");
    ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_REQUEST_ID), "request-2");
    ck_assert_ptr_null(brc_client_error_detail(f.client, 99));
    ck_assert_str_eq(f.records[0].request_id, "request-2");
    free(reply);

    fixture_reply(&f, f.answer, SERVER_KEEP);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_str_eq(brc_client_error(f.client), "");
    ck_assert_ptr_null(brc_client_error_detail(f.client, BRC_ERROR_AWS_TYPE));
}
END_TEST

/* ---- bad servers */

START_TEST(cut_at_every_byte)
{
    size_t length = strlen(f.answer);
    size_t head = (size_t)(strstr(f.answer, "\r\n\r\n") + 4 - f.answer);
    int then = _i == 0 ? SERVER_CLOSE : SERVER_RESET;

    for (size_t cut = 0; cut < length; cut++) {
        struct server_reply reply = {f.answer, cut, 0, 0, then};
        brc_result *result;
        if (cut == 0)
            reply.bytes = NULL;
        server_script(f.server, &reply, 1);
        f.record_count = 0;
        size_t requests = server_requests(f.server);
        int rc = fixture_ask(&f, &result);
        ck_assert_msg(rc == BRC_E_CONNECT || rc == BRC_E_PROTOCOL, "cut %zu: %d", cut, rc);
        ck_assert_uint_eq(f.record_count, 1);
        ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
        ck_assert_uint_eq(server_requests(f.server), requests + 1);
        if (then == SERVER_CLOSE && cut > head) {
            size_t n = 0;
            ck_assert_ptr_nonnull(brc_result_json(result, &n));
            ck_assert_uint_eq(n, cut - head);
        }
        brc_result_free(result);
    }
}
END_TEST

START_TEST(dribble_one_byte_at_a_time)
{
    struct server_reply reply = {f.answer, 0, 1, 0, SERVER_KEEP};
    brc_result *result;

    server_script(f.server, &reply, 1);
    ck_assert_int_eq(fixture_ask(&f, &result), 0);
    ck_assert_str_eq(brc_result_text(result, NULL), "Hello");
    brc_result_free(result);
}
END_TEST

/* A kept connection whose server reads the next request and hangs up: libcurl by itself would send
 * the request again on a new one. */
START_TEST(request_leaves_once_on_a_reused_connection)
{
    struct server_reply replies[] = {
        {f.answer, 0, 0, 0, SERVER_KEEP},
        {NULL, 0, 0, 0, _i == 0 ? SERVER_CLOSE : SERVER_RESET},
        {f.answer, 0, 0, 0, SERVER_KEEP},
    };

    server_script(f.server, replies, 3);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CONNECT);
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "after the request was sent"));
    ck_assert_uint_eq(server_requests(f.server), 2);
    ck_assert_uint_eq(f.record_count, 2);
    ck_assert_int_eq(f.records[1].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(f.records[1].output, -1);

    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_uint_eq(server_requests(f.server), 3);
}
END_TEST

START_TEST(dead_kept_connection_is_replaced)
{
    struct server_reply replies[] = {
        {f.answer, 0, 0, 0, SERVER_CLOSE},
        {f.answer, 0, 0, 0, SERVER_KEEP},
    };

    server_script(f.server, replies, 2);
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    while (server_closed(f.server) == 0)
        sched_yield();
    ck_assert_int_eq(fixture_ask(&f, NULL), 0);
    ck_assert_uint_eq(server_requests(f.server), 2);
    ck_assert_uint_eq(server_connections(f.server), 2);
}
END_TEST

START_TEST(length_that_lies)
{
    static const char shorter[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" ZEROES;
    static const char longer[] = "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" ZEROES;

    fixture_reply(&f, _i == 0 ? shorter : longer, SERVER_CLOSE);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_PROTOCOL);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

static const char *const not_http[] = {
    "\x16\x03\x01\x02", "hello\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/2 200\r\n\r\n", "\r\n\r\n",
};

START_TEST(server_that_speaks_something_else)
{
    fixture_reply(&f, not_http[_i], SERVER_CLOSE);
    int rc = fixture_ask(&f, NULL);
    ck_assert_int_lt(rc, 0);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

START_TEST(answer_above_the_ceiling)
{
    size_t size = 65 * 1024 * 1024;
    char *reply = malloc(size);
    brc_result *result;

    memset(reply, ' ', size);
    int head = sprintf(reply, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
    reply[head] = '{';
    struct server_reply script = {reply, size, 0, 0, SERVER_CLOSE};
    server_script(f.server, &script, 1);
    ck_assert_int_eq(fixture_ask(&f, &result), BRC_E_TOO_LARGE);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_ptr_nonnull(brc_result_json(result, NULL));
    brc_result_free(result);
    free(reply);
}
END_TEST

START_TEST(nobody_listens)
{
    ck_assert_int_eq(brc_client_set_endpoint(f.client, "http://127.0.0.1:1"), 0);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_CONNECT);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_int_eq(f.records[0].status, -1);
}
END_TEST

START_TEST(tls_with_a_server_that_has_none)
{
    char url[64];

    snprintf(url, sizeof url, "https%s", server_url(f.server) + strlen("http"));
    struct server_reply reply = {"HTTP/1.1 400 no\r\n\r\n", 0, 0, 0, SERVER_CLOSE};
    server_script(f.server, &reply, 1);
    ck_assert_int_eq(brc_client_set_endpoint(f.client, url), 0);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 5, 0, 0), 0);
    int rc = fixture_ask(&f, NULL);
    ck_assert_msg(rc == BRC_E_TLS || rc == BRC_E_TIMEOUT, "%d", rc);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_uint_eq(server_requests(f.server), 0);
}
END_TEST

static const struct {
    int64_t total_ms, idle_ms;
    size_t sent; /* bytes of the answer before the silence */
} silences[] = {
    {LIMIT_MS, 0, 0}, {0, LIMIT_MS, 0}, {LIMIT_MS, 0, 200}, {0, LIMIT_MS, 200}, {0, LIMIT_MS, 20},
};

START_TEST(silence_ends_by_the_time_limits)
{
    struct server_reply reply = {silences[_i].sent > 0 ? f.answer : NULL, silences[_i].sent, 0, 0,
                                 SERVER_HANG};
    brc_result *result;

    server_script(f.server, &reply, 1);
    ck_assert_int_eq(
        brc_client_set_timeouts(f.client, 0, silences[_i].total_ms, silences[_i].idle_ms), 0);
    ck_assert_int_eq(
        ask_past_limit(&f, 1, silences[_i].idle_ms > 0 ? time_pass : time_run_out, &result),
        BRC_E_TIMEOUT);
    brc_result_free(result);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

START_TEST(slow_but_steady_is_not_idle)
{
    struct server_reply reply = {f.answer, 0, 16, 0, SERVER_KEEP};
    struct limited call = {0};
    int64_t id, moved = 0;

    server_script(f.server, &reply, 1);
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, 0, LIMIT_MS), 0);
    ck_assert_int_eq(brc_start(f.client, f.request, NULL, on_limited, &call, NULL, &id), 0);
    while (!call.done) {
        limited_step(&f, 20);
        const struct brc__call *under_way = brc__call_find(f.client, id);
        if (under_way == NULL || under_way->exchange == NULL ||
            under_way->exchange->bytes_moved == moved)
            continue;
        moved = under_way->exchange->bytes_moved;
        time_pass(LIMIT_MS / 2);
    }
    ck_assert_int_eq(call.code, 0);
    brc_result_free(call.result);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("faults");
    TCase *tests = tcase_create("faults");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, answer_table, 0, sizeof answers / sizeof *answers);
    tcase_add_test(tests, aws_error_by_field);
    tcase_add_loop_test(tests, cut_at_every_byte, 0, 2);
    tcase_add_test(tests, dribble_one_byte_at_a_time);
    tcase_add_loop_test(tests, request_leaves_once_on_a_reused_connection, 0, 2);
    tcase_add_test(tests, dead_kept_connection_is_replaced);
    tcase_add_loop_test(tests, length_that_lies, 0, 2);
    tcase_add_loop_test(tests, server_that_speaks_something_else, 0,
                        sizeof not_http / sizeof *not_http);
    tcase_add_test(tests, answer_above_the_ceiling);
    tcase_add_test(tests, nobody_listens);
    tcase_add_test(tests, tls_with_a_server_that_has_none);
    tcase_add_loop_test(tests, silence_ends_by_the_time_limits, 0,
                        sizeof silences / sizeof *silences);
    tcase_add_test(tests, slow_but_steady_is_not_idle);
    suite_add_tcase(suite, tests);
    return run(suite);
}
