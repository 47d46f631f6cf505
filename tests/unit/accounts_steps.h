/* What the tests of a client with a scripted ledger share. For one test program each.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_ACCOUNTS_STEPS_H
#define TEST_ACCOUNTS_STEPS_H

#include "fixture.h"
#include "scripted_ledger.h"
#include "scripted_time.h"

#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER(status, headers, body_length)                                                       \
    "HTTP/1.1 " status "\r\n" headers "Content-Length: " body_length "\r\n\r\n"
#define THROTTLED ANSWER("429 Slow", "x-amzn-ErrorType: ThrottlingException\r\n", "0")

static struct fixture f;
static struct {
    int done, code, results;
    char error[1024];
} told;

static void on_record(const brc_usage *usage, void *user_data)
{
    (void)user_data;
    scripted_tell(brc_usage_int(usage, BRC_USAGE_COST) >= 1000 ? "record" : "free-record");
}

static inline void on_done(brc_client *client, int64_t id, int code, brc_result *result,
                           void *user_data)
{
    (void)id, (void)user_data;
    told.done++;
    told.code = code;
    told.results += result != NULL;
    snprintf(told.error, sizeof told.error, "%s", brc_client_error(client));
    scripted_tell("done");
    brc_result_free(result);
}

static inline void start(void)
{
    scripted_reset();
    memset(&told, 0, sizeof told);
    fixture_start(&f);
    ck_assert_int_eq(brc_client_set_usage(f.client, on_record, NULL, NULL), 0);
    ck_assert_int_eq(brc_client_set_ledger(f.client, scripted_ledger()), 0);
    ck_assert_int_eq(scripted.references, 1);
}

static inline void stop(void)
{
    fixture_stop(&f);
    ck_assert_int_eq(scripted.references, 0);
    ck_assert_int_eq(scripted.live, 0);
}

static inline void step_ms(int ms)
{
    if (f.looped)
        loop_turn(&f.loop, f.client, ms);
    else
        brc_client_perform(f.client, ms);
}

static inline void step(void)
{
    step_ms(20);
}

static inline int64_t start_call(void)
{
    int64_t id;

    ck_assert_int_eq(brc_start(f.client, f.request, NULL, on_done, NULL, NULL, &id), 0);
    return id;
}

static inline void step_until_done(int n)
{
    while (told.done < n)
        step();
}

/* Its clocks go on; a loop's timer has fired. */
static inline void pass(int64_t ms)
{
    time_pass(ms);
    if (f.looped)
        brc_client_notify(f.client, -1, 0);
}

static inline int run_call(void)
{
    told.done = 0;
    start_call();
    step_until_done(1);
    return told.code;
}

static inline void reply(const char *bytes)
{
    fixture_reply(&f, bytes, SERVER_KEEP);
}

#endif
