/* Streams that are paused: nothing is told, little is taken in, nobody else is held up, and nothing
 * is lost. SPDX-License-Identifier: MIT */
#include "run.h"
#include "stream_steps.h"

#include <exchange.h>
#include <flight.h>

#include <stdlib.h>

enum {
    MANY = 3000,
    IDLE_MS = 60 * 1000,
};

static void pause_now(struct listener *the_listener, brc_client *client, int64_t id)
{
    (void)the_listener;
    ck_assert_int_eq(brc_pause(client, id, 1), 0);
}

/* Starts a stream that is paused inside the callback, after that event. */
static void start_paused(size_t deltas, size_t event, size_t cut, enum server_then then)
{
    stream_put_text(&events, deltas);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, answer.length - cut, then);
    listener.act_at = event;
    listener.act = pause_now;
    stream_start(&f, &listener);
    while (listener.told < event)
        stream_step(&f, 20);
}

static void steps(int count)
{
    for (int i = 0; i < count; i++)
        stream_step(&f, 5);
}

static const struct brc__exchange *exchange(void)
{
    return brc__call_find(f.client, listener.id)->exchange;
}

/* Until all of a short stream has come, or as much of a long one as is taken in. */
static void settle(void)
{
    while (!exchange()->full && exchange()->state != BRC__EXCHANGE_RESTING)
        stream_step(&f, 5);
}

static void resume(void)
{
    ck_assert_int_eq(brc_pause(f.client, listener.id, 0), 0);
}

/* The answer has ended on the wire, but nobody hears of it before the rest was told. */
START_TEST(nothing_is_told_meanwhile)
{
    size_t event = 1 + (size_t)_i;

    start_paused(4, event, 0, SERVER_KEEP);
    settle();
    steps(3);
    ck_assert_uint_eq(listener.told, event);
    ck_assert_int_eq(listener.done, 0);
    ck_assert_uint_eq(f.record_count, 0);
    resume();
    ck_assert_uint_eq(listener.told, event); /* not inside brc_pause() */
    ck_assert_int_eq(stream_finish(&f, &listener), 0);
    ck_assert_uint_eq(listener.told, 8);
    ck_assert_str_eq(listener.text, "0 1 2 3 ");
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
}
END_TEST

static void pause_again(struct listener *the_listener, brc_client *client, int64_t id)
{
    the_listener->act_at++;
    ck_assert_int_eq(brc_pause(client, id, 1), 0);
}

START_TEST(paused_after_each_event)
{
    start_paused(4, 1, 0, SERVER_KEEP);
    listener.act = pause_again;
    listener.act_at = 2;
    for (size_t event = 2; event <= 8; event++) {
        steps(2);
        ck_assert_uint_eq(listener.told, event - 1);
        resume();
        while (listener.told < event)
            stream_step(&f, 5);
    }
    ck_assert_int_eq(stream_finish(&f, &listener), 0); /* nothing is left to hold back */
    ck_assert_str_eq(listener.text, "0 1 2 3 ");
}
END_TEST

START_TEST(paused_before_it_began)
{
    stream_put_text(&events, 2);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_LENGTH);
    stream_reply(&f, &answer, 0, SERVER_KEEP);
    stream_start(&f, &listener);
    ck_assert_int_eq(brc_pause(f.client, listener.id, 1), 0);
    while (server_requests(f.server) == 0)
        stream_step(&f, 5);
    steps(10);
    ck_assert_uint_eq(listener.told, 0);
    resume();
    ck_assert_int_eq(stream_finish(&f, &listener), 0);
    ck_assert_uint_eq(listener.told, 6);
}
END_TEST

/* Much more is on its way than is taken in. */
START_TEST(memory_is_bounded)
{
    start_paused(MANY, 2, 0, SERVER_KEEP);
    settle();
    steps(10);
    ck_assert_uint_gt(answer.length, 450 * 1000);
    ck_assert_uint_le(exchange()->body.capacity, BRC__CEILING_INBOX + 1);
    ck_assert_uint_gt(exchange()->body.length, BRC__CEILING_INBOX / 2);
    resume();
    ck_assert_int_eq(stream_finish(&f, &listener), 0);
    ck_assert_uint_eq(listener.told, MANY + 4);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
}
END_TEST

START_TEST(others_go_on)
{
    struct listener other = {0};

    ck_assert_int_eq(brc_client_set_limits(f.client, 2, 2), 0);
    start_paused(MANY, 2, 0, SERVER_KEEP);
    for (int i = 0; i < 3; i++) {
        other = (struct listener){0};
        stream_start(&f, &other);
        ck_assert_int_eq(stream_finish(&f, &other), 0);
        ck_assert_uint_eq(other.told, MANY + 4);
        brc_result_free(other.result);
    }
    ck_assert_uint_eq(listener.told, 2);
    resume();
    ck_assert_int_eq(stream_finish(&f, &listener), 0);
}
END_TEST

/* ---- time limits */

START_TEST(idle_limit_stands_still)
{
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, 0, IDLE_MS), 0);
    start_paused(MANY, 2, 0, SERVER_KEEP);
    settle();
    pass(2 * IDLE_MS);
    ck_assert_int_eq(listener.done, 0);
    resume();
    ck_assert_int_eq(stream_finish(&f, &listener), 0);
}
END_TEST

START_TEST(idle_limit_runs_again)
{
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, 0, IDLE_MS), 0);
    start_paused(2, 2, strlen("0\r\n\r\n") + 10, SERVER_HANG);
    steps(5);
    pass(2 * IDLE_MS);
    ck_assert_int_eq(listener.done, 0);
    resume();
    steps(3);
    ck_assert_int_eq(listener.done, 0);
    pass(IDLE_MS);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_TIMEOUT);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

/* ---- cut, cancelled and freed meanwhile */

START_TEST(cut_meanwhile)
{
    start_paused(4, 2, strlen("0\r\n\r\n") + 10, _i == 0 ? SERVER_CLOSE : SERVER_RESET);
    steps(10);
    ck_assert_int_eq(listener.done, 0);
    resume();
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_PROTOCOL);
    ck_assert_str_eq(listener.text, "0 1 2 3 "); /* what had come was told */
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

START_TEST(cancelled_meanwhile)
{
    start_paused(_i < 2 ? 4 : MANY, 2, 0, SERVER_KEEP);
    settle();
    ck_assert_int_eq(brc_cancel(f.client, listener.id, _i % 2), 0);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_CANCELED);
    ck_assert_uint_eq(listener.told, 2);
    /* All of the short one had come; of the long one the rest is worth waiting for, or not. */
    ck_assert_int_eq(f.records[0].outcome, _i == 2 ? BRC_OUTCOME_UNREPORTED : BRC_OUTCOME_REPORTED);
}
END_TEST

START_TEST(freed_meanwhile)
{
    start_paused(_i == 0 ? 4 : MANY, 2, 0, SERVER_KEEP);
    steps(10);
    f.client = brc_client_free(f.client);
    ck_assert_int_eq(listener.done, 1);
    ck_assert_int_eq(listener.code, BRC_E_CANCELED);
    ck_assert_uint_eq(listener.told, 2);
    ck_assert_uint_eq(f.record_count, 1);
}
END_TEST

START_TEST(pausing_what_is_no_stream)
{
    ck_assert_int_eq(
        brc_start(f.client, f.request, NULL, stream_done, &listener, NULL, &listener.id), 0);
    ck_assert_int_eq(brc_pause(f.client, listener.id, 1), 0);
    ck_assert_int_eq(stream_finish(&f, &listener), 0);
    ck_assert_int_eq(brc_pause(f.client, listener.id, 1), 0);
    ck_assert_int_eq(brc_pause(f.client, 99, 0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pausing");
    TCase *tests = tcase_create("pausing");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, nothing_is_told_meanwhile, 0, 7);
    tcase_add_test(tests, paused_after_each_event);
    tcase_add_test(tests, paused_before_it_began);
    tcase_add_test(tests, memory_is_bounded);
    tcase_add_test(tests, others_go_on);
    tcase_add_test(tests, idle_limit_stands_still);
    tcase_add_test(tests, idle_limit_runs_again);
    tcase_add_loop_test(tests, cut_meanwhile, 0, 2);
    tcase_add_loop_test(tests, cancelled_meanwhile, 0, 4);
    tcase_add_loop_test(tests, freed_meanwhile, 0, 2);
    tcase_add_test(tests, pausing_what_is_no_stream);
    suite_add_tcase(suite, tests);
    return run(suite);
}
