/* What the tests of streams over the wire share: a client, a listener, and an answer to be filled.
 * For one test program each; its clocks can be put forward. SPDX-License-Identifier: MIT */
#ifndef TEST_STREAM_STEPS_H
#define TEST_STREAM_STEPS_H

#include "scripted_time.h"
#include "stream_answer.h"

static struct fixture f;
static struct listener listener;
static struct brc__buf events, answer;

static inline void start(void)
{
    time_spare();
    fixture_start(&f);
    listener = (struct listener){0};
    events = answer = FRAMES;
}

static inline void stop(void)
{
    brc_result_free(listener.result);
    fixture_stop(&f);
    brc__buf_free(&events);
    brc__buf_free(&answer);
}

static inline void drive_once(void)
{
    if (f.looped)
        brc_client_notify(f.client, -1, 0);
    else
        brc_client_perform(f.client, 0);
}

/* Time passes, and the client is driven. */
static inline void pass(int64_t ms)
{
    time_pass(ms);
    drive_once();
}

/* The same for libcurl's time limits. */
static inline void run_out(int64_t ms)
{
    time_run_out(ms);
    drive_once();
}

#endif
