/* A time limit that ends when a request is there and what is to come of its answer has come,
 * however long that took. For tests with scripted clocks. SPDX-License-Identifier: MIT */
#ifndef TEST_LIMIT_STEPS_H
#define TEST_LIMIT_STEPS_H

#include "fixture.h"
#include "scripted_time.h"

#include <check.h>

#include <stdbool.h>

enum {
    LIMIT_MS = 60 * 1000 /* longer than any test is slow */
};

struct limited {
    bool done;
    int code;
    brc_result *result;
};

static void on_limited(brc_client *client, int64_t id, int code, brc_result *result,
                       void *user_data)
{
    (void)client, (void)id;
    *(struct limited *)user_data = (struct limited){true, code, result};
}

static inline void limited_step(struct fixture *f, int wait_ms)
{
    if (f->looped)
        loop_turn(&f->loop, f->client, wait_ms);
    else
        brc_client_perform(f->client, wait_ms);
}

/* Asks, and puts that clock forward by LIMIT_MS after so many of the server's replies. */
static inline int ask_past_limit(struct fixture *f, size_t replies, void (*put_forward)(int64_t ms),
                                 brc_result **ret_result)
{
    struct limited call = {0};

    time_stand(true);
    ck_assert_int_eq(brc_start(f->client, f->request, NULL, on_limited, &call, NULL, NULL), 0);
    while (server_replies(f->server) < replies)
        limited_step(f, 5);
    limited_step(f, 5); /* reads the last of them */
    ck_assert(!call.done);
    put_forward(LIMIT_MS);
    if (f->looped)
        brc_client_notify(f->client, -1, 0);
    while (!call.done)
        limited_step(f, 20);
    time_stand(false);
    *ret_result = call.result;
    return call.code;
}

#endif
