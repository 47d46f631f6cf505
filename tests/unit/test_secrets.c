/* No secret in a log line, an error, a usage record, or a freed block: marked keys go through good
 * calls and bad ones at the loudest log level. The session token is exempt in libcurl's own blocks,
 * which are not ours to wipe; the secret key never reaches libcurl. SPDX-License-Identifier: MIT */
#include "heap.h"
#include "run.h"
#include "stream_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "canary-secret-key-4711"
#define TOKEN  "canary-session-token-4712"

/* Each as it is, in hexadecimal and in base64. */
static const char *const secret_forms[] = {
    SECRET,
    "63616e6172792d7365637265742d6b65792d34373131",
    "Y2FuYXJ5LXNlY3JldC1rZXktNDcxM",
    "AWS4" SECRET,
    NULL,
};
static const char *const token_forms[] = {
    TOKEN,
    "63616e6172792d73657373696f6e2d746f6b656e2d34373132",
    "Y2FuYXJ5LXNlc3Npb24tdG9rZW4tNDcxM",
    NULL,
};

static struct fixture f;
static int lines;

static void check(const char *text, const char *where)
{
    for (size_t i = 0; secret_forms[i] != NULL; i++)
        ck_assert_msg(strstr(text, secret_forms[i]) == NULL, "the secret key is in %s", where);
    for (size_t i = 0; token_forms[i] != NULL; i++)
        ck_assert_msg(strstr(text, token_forms[i]) == NULL, "the session token is in %s", where);
}

static void on_log(int level, const char *text, void *user_data)
{
    (void)level, (void)user_data;
    lines++;
    check(text, "a log line");
    ck_assert_ptr_null(strstr(text, "Hi there"));
    ck_assert_ptr_null(strstr(text, "Hello"));
}

static void on_usage(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    check(brc_usage_json(usage), "a usage record");
}

static void start(void)
{
    fixture_start(&f);
    lines = 0;
}

static void stop(void)
{
    fixture_stop(&f);
}

static int fetch(brc_credentials *credentials, void *user_data)
{
    (void)user_data;
    return brc_credentials_set(credentials, "AKIDCANARY", SECRET, TOKEN, 0);
}

/* The keys by each way in. */
static brc_credentials *make_credentials(int way)
{
    brc_credentials *credentials = NULL;

    if (way == 0)
        ck_assert_int_eq(brc_credentials_new("AKIDCANARY", SECRET, TOKEN, &credentials), 0);
    if (way == 1)
        ck_assert_int_eq(brc_credentials_new_callback(fetch, NULL, NULL, &credentials), 0);
    if (way == 2) {
        ck_assert_int_eq(brc_credentials_new("AKIDOTHER", "other", NULL, &credentials), 0);
        ck_assert_int_eq(brc_credentials_set(credentials, "AKIDCANARY", SECRET, TOKEN, 0), 0);
        ck_assert_int_eq(brc_credentials_set(credentials, "AKIDCANARY", SECRET, TOKEN, 0), 0);
    }
    return credentials;
}

/* Long enough for the request to leave, unless the machine is slow. */
static void set_limit(brc_client *client, int wanted)
{
    ck_assert_int_eq(brc_client_set_timeouts(client, 0, wanted == BRC_E_TIMEOUT ? 300 : 0, 0), 0);
}

/* Asks the server as it is scripted. */
static void ask_with_canaries(int way, brc_event_fn event, int wanted)
{
    brc_client *client;
    brc_result *result;

    heap_watch(secret_forms);
    brc_credentials *credentials = make_credentials(way);
    ck_assert_int_eq(brc_client_new(credentials, &client), 0);
    credentials = brc_credentials_free(credentials);
    ck_assert_int_eq(brc_client_set_endpoint(client, server_url(f.server)), 0);
    ck_assert_int_eq(brc_client_set_log(client, BRC_LOG_DEBUG, on_log, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_usage(client, on_usage, NULL, NULL), 0);
    set_limit(client, wanted);
    ck_assert_int_eq(loop_or_ask(client, f.request, event, &result), wanted);
    check(brc_client_error(client), "an error");
    brc_result_free(result);
    brc_client_free(client);
    ck_assert_int_ge(lines, 3);
    ck_assert_int_eq(heap_found(0) + heap_found(1), 0);
}

static const struct {
    const char *reply;
    enum server_then then;
    int code;
} days[] = {
    {NULL, SERVER_KEEP, 0},
    {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", SERVER_KEEP, BRC_E_ACCESS_DENIED},
    {NULL, SERVER_HANG, BRC_E_TIMEOUT},
    {NULL, SERVER_RESET, BRC_E_CONNECT},
    {"HTTP/1.1 200 OK\r\n\r\nnonsense", SERVER_CLOSE, BRC_E_PROTOCOL},
    {"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", SERVER_KEEP, BRC_E_SERVICE}, /* 3 times */
};
enum {
    DAYS = sizeof days / sizeof *days,
    WAYS = 3
};

START_TEST(secret_key_stays_inside)
{
    if (days[_i % DAYS].code != 0)
        fixture_reply(&f, days[_i % DAYS].reply, days[_i % DAYS].then);
    ask_with_canaries(_i / DAYS, NULL, days[_i % DAYS].code);
}
END_TEST

static int on_event(brc_client *client, int64_t id, const brc_event *event, void *user_data)
{
    (void)client, (void)id, (void)user_data;
    return brc_event_int(event, BRC_EVENT_TYPE) > 0 ? BRC_EVENT_GO_ON : BRC_EVENT_STOP;
}

START_TEST(secret_key_stays_inside_of_streams)
{
    struct brc__buf events = FRAMES, answer = FRAMES;

    stream_put_text(&events, 3);
    if (_i == 0)
        stream_put_end(&events);
    else
        frame_exception(&events, "throttlingException", "{\"message\":\"Hello\"}");
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, 0, SERVER_KEEP);
    brc__buf_free(&events);
    brc__buf_free(&answer);
    ask_with_canaries(0, on_event, _i == 0 ? 0 : BRC_E_THROTTLED);
}
END_TEST

START_TEST(session_token_stays_inside)
{
    brc_client *client;
    brc_result *result;

    if (days[_i].code != 0)
        fixture_reply(&f, days[_i].reply, days[_i].then);
    heap_watch(token_forms);
    brc_credentials *credentials = make_credentials(0);
    ck_assert_int_eq(brc_client_new(credentials, &client), 0);
    credentials = brc_credentials_free(credentials);
    ck_assert_int_eq(brc_client_set_endpoint(client, server_url(f.server)), 0);
    set_limit(client, days[_i].code);
    ck_assert_int_eq(loop_or_ask(client, f.request, NULL, &result), days[_i].code);
    brc_result_free(result);
    brc_client_free(client);
    fixture_reply(&f, f.answer, SERVER_KEEP);
    ck_assert_int_eq(heap_found(1), 0);
}
END_TEST

/* One call: the server, which is ours too, frees a request when the next one comes. */
START_TEST(bearer_token_stays_inside)
{
    brc_credentials *credentials;
    brc_client *client;
    brc_result *result;

    if (days[_i].code != 0)
        fixture_reply(&f, days[_i].reply, days[_i].then);
    heap_watch(token_forms);
    ck_assert_int_eq(brc_credentials_new_bearer(TOKEN, &credentials), 0);
    ck_assert_int_eq(brc_client_new(credentials, &client), 0);
    credentials = brc_credentials_free(credentials);
    ck_assert_int_eq(brc_client_set_log(client, BRC_LOG_DEBUG, on_log, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_endpoint(client, server_url(f.server)), 0);
    set_limit(client, days[_i].code);
    ck_assert_int_eq(loop_or_ask(client, f.request, NULL, &result), days[_i].code);
    check(brc_client_error(client), "an error");
    brc_result_free(result);
    brc_client_free(client);
    ck_assert_int_ge(lines, 2);
    char *request = server_last_request(f.server);
    ck_assert(strstr(request, "Bearer " TOKEN) != NULL || days[_i].code == BRC_E_TIMEOUT);
    ck_assert_int_eq(heap_found(1), 0);
    free(request);
}
END_TEST

START_TEST(signed_headers_are_wiped)
{
    brc_sign_input input = {
        .size = sizeof input,
        .method = "GET",
        .url = "https://bedrock.us-east-1.amazonaws.com/",
        .region = "us-east-1",
        .service = "bedrock",
        .time = 1767323045,
    };
    char *headers;

    heap_watch(token_forms);
    brc_credentials *credentials = make_credentials(0);
    ck_assert_int_eq(brc_sign(&input, credentials, &headers), 0);
    ck_assert_ptr_nonnull(strstr(headers, TOKEN));
    ck_assert_ptr_null(brc_free(headers));
    brc_credentials_free(credentials);
    ck_assert_int_eq(heap_found(0) + heap_found(1), 0);
}
END_TEST

/* The watch itself must be able to see something. */
START_TEST(watch_finds_a_canary)
{
    heap_watch(secret_forms);
    char *block = malloc(64);
    snprintf(block, 64, "here: %s", SECRET);
    free(block);
    ck_assert_int_eq(heap_found(1), 1);
    ck_assert_int_eq(heap_found(0), 0);
}
END_TEST

START_TEST(out_of_memory_keeps_them_too)
{
    brc_client *client;
    brc_result *result;

    heap_watch(secret_forms);
    for (long n = 1; n < 120; n++) {
        heap_fail(n, 0);
        brc_credentials *credentials = NULL;
        int rc = brc_credentials_new("AKIDCANARY", SECRET, TOKEN, &credentials);
        if (rc == 0)
            rc = brc_client_new(credentials, &client);
        brc_credentials_free(credentials);
        if (rc == 0) {
            brc_client_set_endpoint(client, server_url(f.server));
            rc = loop_or_ask(client, f.request, NULL, &result);
            brc_result_free(result);
            heap_fail(0, 0);
            check(brc_client_error(client), "an error");
            brc_client_free(client);
        }
        heap_fail(0, 0);
        ck_assert_int_eq(heap_found(0) + heap_found(1), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secrets");
    TCase *tests = tcase_create("secrets");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, watch_finds_a_canary);
    tcase_add_loop_test(tests, secret_key_stays_inside, 0, DAYS * WAYS);
    tcase_add_loop_test(tests, secret_key_stays_inside_of_streams, 0, 2);
    /* Without the last day: the server, which is ours too, frees the requests it has read. */
    tcase_add_loop_test(tests, session_token_stays_inside, 0, DAYS - 1);
    tcase_add_loop_test(tests, bearer_token_stays_inside, 0, DAYS - 1);
    tcase_add_test(tests, signed_headers_are_wiped);
    tcase_add_test(tests, out_of_memory_keeps_them_too);
    suite_add_tcase(suite, tests);
    return run(suite);
}
