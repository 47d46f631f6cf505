/* What the tests of retries share: a client whose calls are attempted again, and waits that pass by
 * themselves. For one test program each. SPDX-License-Identifier: MIT */
#ifndef TEST_RETRY_STEPS_H
#define TEST_RETRY_STEPS_H

#include "fixture.h"
#include "scripted_time.h"

#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REQUESTS_MAX = 16,
    MOST = 0xff, /* the largest chance there is */
};

static struct fixture f;
static int done_count, done_code;
static int64_t again_in; /* what the log said last; -1: nothing */
static struct {
    char date[32], invocation[64], attempt[32];
} requests[REQUESTS_MAX];
static size_t request_count;

static void on_log(int level, const char *text, void *user_data)
{
    const char *again = strstr(text, ", again in ");

    (void)level, (void)user_data;
    if (again != NULL)
        again_in = strtoll(again + strlen(", again in "), NULL, 10);
}

static inline void start(void)
{
    fixture_start(&f);
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 0), 0);
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_INFO, on_log, NULL, NULL), 0);
    done_count = 0;
    done_code = 1;
    again_in = -1;
    request_count = 0;
    time_set_chance(MOST);
}

static inline void stop(void)
{
    fixture_stop(&f);
    time_set_chance(-1);
}

static void on_done(brc_client *client, int64_t id, int code, brc_result *result, void *user_data)
{
    (void)client, (void)id, (void)user_data;
    done_count++;
    done_code = code;
    ck_assert(code != 0 || result != NULL);
    brc_result_free(result);
}

static inline int64_t start_call(void)
{
    int64_t id;

    again_in = -1;
    ck_assert_int_eq(brc_start(f.client, f.request, NULL, on_done, NULL, NULL, &id), 0);
    return id;
}

static void copy_header(char *to, size_t size, const char *request, const char *name)
{
    const char *line = strcasestr(request, name);

    ck_assert_msg(line != NULL, "no %s", name);
    snprintf(to, size, "%.*s", (int)strcspn(line + strlen(name), "\r"), line + strlen(name));
}

static void note_request(void)
{
    char *request = server_last_request(f.server);

    ck_assert_uint_lt(request_count, REQUESTS_MAX);
    copy_header(requests[request_count].date, 32, request, "\r\nx-amz-date: ");
    copy_header(requests[request_count].invocation, 64, request, "\r\namz-sdk-invocation-id: ");
    copy_header(requests[request_count].attempt, 32, request, "\r\namz-sdk-request: ");
    request_count++;
    free(request);
}

static inline void step(void)
{
    if (f.looped)
        loop_turn(&f.loop, f.client, 20);
    else
        brc_client_perform(f.client, 20);
}

/* Drives until another attempt is announced or the call is done. */
static inline void drive_to_wait(void)
{
    while (again_in < 0 && done_count == 0)
        step();
    if (server_requests(f.server) > request_count)
        note_request();
}

/* The wait's time has come. */
static inline void pass(int64_t ms)
{
    again_in = -1;
    time_pass(ms);
    if (f.looped)
        brc_client_notify(f.client, -1, 0);
}

/* One whole call; returns its code. */
static inline int run_call(void)
{
    done_count = 0;
    start_call();
    for (drive_to_wait(); done_count == 0; drive_to_wait())
        pass(again_in);
    return done_code;
}

static inline void script(const struct server_reply *replies, size_t count)
{
    server_script(f.server, replies, count);
}

#define HEAD(status, headers, body_length)                                                         \
    "HTTP/1.1 " status "\r\n" headers "Content-Length: " body_length "\r\n\r\n"
#define THROTTLED HEAD("429 Slow", "x-amzn-ErrorType: ThrottlingException\r\n", "0")
#define FAILED    HEAD("503 Later", "", "0")

/* A client made under another environment, in place of the fixture's. */
static inline void renew_client(const char *variable, const char *value)
{
    f.client = brc_client_free(f.client);
    setenv(variable, value, 1);
    ck_assert_int_eq(brc_client_new(f.credentials, &f.client), 0);
    unsetenv(variable);
    if (f.looped)
        ck_assert_int_eq(loop_attach(&f.loop, f.client), 0);
    ck_assert_int_eq(brc_client_set_endpoint(f.client, server_url(f.server)), 0);
    ck_assert_int_eq(brc_client_set_log(f.client, BRC_LOG_INFO, on_log, NULL, NULL), 0);
}

#endif
