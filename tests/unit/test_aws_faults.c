/* Signed calls of AWS's services when something goes wrong on the way: attempts, limits, broken
 * connections, and a client that is freed meanwhile. SPDX-License-Identifier: MIT */
#include "calling.h"
#include "run.h"
#include "scripted_time.h"
#include "sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULT                                                                                      \
    "HTTP/1.1 500 No\r\nx-amzn-RequestId: id-1\r\nContent-Length: 17\r\n\r\n"                      \
    "{\"message\":\"one\"}"
#define SOUND "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"two\":2}"

static struct calling c;
static int lines, destroyed;

static void start(void)
{
    time_set_chance(0); /* no wait before another attempt */
    time_spare();
    lines = destroyed = 0;
    calling_start(&c);
}

static void stop(void)
{
    calling_stop(&c);
}

static int call(void)
{
    return calling_call(&c, "bedrock", "us-east-1", "POST /x", "{\"a\":1}");
}

/* ---- attempts */

static const struct {
    struct server_reply replies[4];
    size_t count;
    int64_t attempts;
    int code;
    size_t requests;
    const char *json;
} retried[] = {
    {{{.bytes = FAULT}, {.bytes = SOUND}}, 2, 1, BRC_E_SERVICE, 1, "{\"message\":\"one\"}"},
    {{{.bytes = FAULT}, {.bytes = SOUND}}, 2, 2, 0, 2, "{\"two\":2}"},
    {{{.bytes = FAULT}, {.bytes = FAULT}, {.bytes = SOUND}}, 3, 3, 0, 3, "{\"two\":2}"},
    {{{.bytes = FAULT}}, 1, 3, BRC_E_SERVICE, 3, "{\"message\":\"one\"}"},
    {{{.bytes = "HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n"}, {.bytes = SOUND}},
     2,
     2,
     0,
     2,
     "{\"two\":2}"},
    {{{.bytes = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"}, {.bytes = SOUND}},
     2,
     3,
     BRC_E_REJECTED,
     1,
     NULL},
    /* The answer is that of the last attempt, never of one before. */
    {{{.bytes = FAULT}, {.then = SERVER_RESET}}, 2, 2, BRC_E_CONNECT, 2, NULL},
    {{{.bytes = FAULT},
      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", .then = SERVER_CLOSE}},
     2,
     2,
     BRC_E_PROTOCOL,
     2,
     NULL},
    {{{.bytes = FAULT}, {.bytes = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"}},
     2,
     2,
     BRC_E_ACCESS_DENIED,
     2,
     NULL},
};

START_TEST(attempts_are_those_that_were_set)
{
    server_script(c.server, retried[_i].replies, retried[_i].count);
    ck_assert_int_eq(brc_client_set_retries(c.client, retried[_i].attempts, 0), 0);
    ck_assert_int_eq(call(), retried[_i].code);
    ck_assert_uint_eq(server_requests(c.server), retried[_i].requests);
    ck_assert_pstr_eq(c.json, retried[_i].json);
    const char *number = strstr(brc_client_error(c.client), "(attempt ");
    if (retried[_i].code < 0 && retried[_i].requests > 1)
        ck_assert_int_eq(atoi(number + strlen("(attempt ")), (int)retried[_i].requests);
    else
        ck_assert_ptr_null(number);
    /* Each is signed anew, for it says which attempt it is. */
    const char *wrong = sent_wrong(calling_request(&c), c.credentials, "bedrock", "us-east-1");
    ck_assert_msg(wrong == NULL, "%s", wrong);
    ck_assert_int_eq(atoi(sent_header(c.request, "amz-sdk-request") + strlen("attempt=")),
                     (int)retried[_i].requests);
}
END_TEST

/* ---- faults of the connection */

static const struct {
    struct server_reply reply;
    int code;
} faults[] = {
    {{.then = SERVER_CLOSE}, BRC_E_CONNECT},
    {{.then = SERVER_RESET}, BRC_E_CONNECT},
    {{.then = SERVER_HANG}, BRC_E_TIMEOUT},
    {{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", .then = SERVER_HANG},
     BRC_E_TIMEOUT},
    {{.bytes = "HTTP/1.1 200 OK\r\nContent-Le", .then = SERVER_CLOSE}, BRC_E_PROTOCOL},
    {{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", .then = SERVER_CLOSE},
     BRC_E_PROTOCOL},
    {{.bytes = "SSH-2.0-x\r\n\r\n", .then = SERVER_CLOSE}, BRC_E_PROTOCOL},
};

START_TEST(fault_of_the_connection)
{
    if (faults[_i].code == BRC_E_TIMEOUT)
        ck_assert_int_eq(brc_client_set_timeouts(c.client, 0, 5, 0), 0);
    server_script(c.server, &faults[_i].reply, 1);
    ck_assert_int_eq(call(), faults[_i].code);
    ck_assert_ptr_null(c.json);
    ck_assert_str_ne(brc_client_error(c.client), "");
    calling_reply(&c, "200 OK", "", "{}");
    ck_assert_int_eq(brc_client_set_timeouts(c.client, 0, 0, 0), 0);
    ck_assert_int_eq(call(), 0);
}
END_TEST

START_TEST(nobody_listens)
{
    setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1", 1);
    calling_renew(&c, NULL);
    ck_assert_int_eq(call(), BRC_E_CONNECT);
    setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:1", 1);
    calling_renew(&c, NULL);
    ck_assert_int_eq(call(), BRC_E_CONNECT);
}
END_TEST

/* Where a server speaks no TLS, TLS fails. */
START_TEST(no_tls)
{
    char url[64];

    snprintf(url, sizeof url, "https%s", server_url(c.server) + strlen("http"));
    setenv("AWS_ENDPOINT_URL", url, 1);
    calling_renew(&c, NULL);
    fixture_reply(&(struct fixture){.server = c.server}, "HTTP/1.1 400 No\r\n\r\n", SERVER_CLOSE);
    ck_assert_int_eq(brc_client_set_timeouts(c.client, 0, 5, 0), 0);
    int rc = call();
    ck_assert_msg(rc == BRC_E_TLS || rc == BRC_E_TIMEOUT, "%d", rc);
    ck_assert_uint_eq(server_requests(c.server), 0);
}
END_TEST

START_TEST(answer_above_its_ceiling)
{
    size_t size = 65 * 1024 * 1024;
    char *bytes = malloc(size);

    memset(bytes, ' ', size);
    int head = sprintf(bytes, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
    bytes[head] = '{';
    server_script(c.server, &(struct server_reply){bytes, size, 0, 0, SERVER_CLOSE}, 1);
    free(bytes);
    ck_assert_int_eq(call(), BRC_E_TOO_LARGE);
    ck_assert_ptr_null(c.json);
}
END_TEST

START_TEST(input_above_its_ceiling)
{
    enum {
        CEILING = 20 * 1000 * 1000
    };
    char *json = malloc(CEILING + 2);

    memset(json, ' ', CEILING + 1);
    memcpy(json, "{}", 2);
    json[CEILING + 1] = '\0';
    ck_assert_int_eq(calling_call(&c, "ce", "us-east-1", "GetTags", json), BRC_E_TOO_LARGE);
    ck_assert_uint_eq(server_connections(c.server), 0);
    free(json);
}
END_TEST

/* ---- who outlives whom */

static void count_destroy(void *user_data)
{
    (void)user_data;
    destroyed++;
}

static void free_client(int level, const char *text, void *user_data)
{
    (void)level, (void)text;
    if (++lines == *(int *)user_data)
        ck_assert_ptr_null(brc_client_free(c.client));
}

/* Freed in the line that says it is sent, in the one that says it came, or while it backs off. */
START_TEST(log_line_frees_the_client)
{
    int when = _i + 1;

    server_script(c.server, (struct server_reply[]){{.bytes = FAULT}, {.bytes = SOUND}}, 2);
    ck_assert_int_eq(brc_client_set_retries(c.client, 2, 0), 0);
    ck_assert_int_eq(brc_client_set_log(c.client, BRC_LOG_INFO, free_client, &when, count_destroy),
                     0);
    int rc = call();
    c.client = NULL;
    ck_assert_int_eq(destroyed, 1);
    if (_i < 3) {
        ck_assert_int_eq(rc, BRC_E_CANCELED);
        ck_assert_ptr_null(c.json);
    } else { /* the whole answer was there */
        ck_assert_int_eq(rc, 0);
        ck_assert_str_eq(c.json, "{\"two\":2}");
    }
}
END_TEST

START_TEST(answer_outlives_its_client)
{
    server_script(c.server, &(struct server_reply){.bytes = SOUND}, 1);
    ck_assert_int_eq(call(), 0);
    c.client = brc_client_free(c.client);
    ck_assert_str_eq(c.json, "{\"two\":2}");
}
END_TEST

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)client, (void)id;
    ck_assert_int_eq(code, 0);
    ck_assert_str_eq(brc_result_text(result, NULL), "Hello");
    brc_result_free(result);
    ++*(int *)user_data;
}

/* A call that waits drives those that were started before it. */
START_TEST(started_calls_go_on_meanwhile)
{
    char *answer = server_answer("200 OK", "", fixture_answer_body);
    brc_request *request;
    int done = 0;

    ck_assert_int_eq(brc_request_new(FIXTURE_ARN, &request), 0);
    ck_assert_int_eq(brc_request_add_text(request, "user", "Hi", 2), 0);
    ck_assert_int_eq(brc_client_set_endpoint(c.client, server_url(c.server)), 0);
    ck_assert_int_eq(brc_client_set_limits(c.client, 1, 1), 0); /* one after the other */
    server_script(c.server, (struct server_reply[]){{.bytes = answer}, {.bytes = SOUND}}, 2);
    free(answer);
    ck_assert_int_eq(brc_start(c.client, request, NULL, on_done, &done, count_destroy, NULL), 0);
    ck_assert_int_eq(call(), 0);
    ck_assert_str_eq(c.json, "{\"two\":2}");
    ck_assert_int_eq(done, 1);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_int_eq(brc_client_perform(c.client, 0), 0);
    brc_request_free(request);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aws_faults");
    TCase *tests = tcase_create("aws_faults");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, attempts_are_those_that_were_set, 0,
                        sizeof retried / sizeof *retried);
    tcase_add_loop_test(tests, fault_of_the_connection, 0, sizeof faults / sizeof *faults);
    tcase_add_test(tests, nobody_listens);
    tcase_add_test(tests, no_tls);
    tcase_add_test(tests, answer_above_its_ceiling);
    tcase_add_test(tests, input_above_its_ceiling);
    tcase_add_loop_test(tests, log_line_frees_the_client, 0, 4);
    tcase_add_test(tests, answer_outlives_its_client);
    tcase_add_test(tests, started_calls_go_on_meanwhile);
    suite_add_tcase(suite, tests);
    return run(suite);
}
