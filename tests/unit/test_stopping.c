/* Streams and calls that are stopped: after every event, with and without drain, by the callback's
 * return and by brc_cancel(); what the record says of each. SPDX-License-Identifier: MIT */
#include "run.h"
#include "stream_steps.h"

#include <stdlib.h>

enum {
    DELTAS = 4,
    EVENTS = DELTAS + 4,
    MINUTE_MS = 60 * 1000,
};

static void reply_whole(void)
{
    stream_put_text(&events, DELTAS);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, 0, SERVER_KEEP);
}

/* So many deltas, and then nothing more. */
static void reply_and_hang(size_t deltas)
{
    stream_put_text(&events, deltas);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, answer.length - strlen("0\r\n\r\n"), SERVER_HANG);
}

static void cancel_now(struct listener *the_listener, brc_client *client, int64_t id)
{
    (void)the_listener;
    ck_assert_int_eq(brc_cancel(client, id, 0), 0);
}

static void cancel_and_drain(struct listener *the_listener, brc_client *client, int64_t id)
{
    (void)the_listener;
    ck_assert_int_eq(brc_cancel(client, id, 1), 0);
    ck_assert_int_eq(brc_cancel(client, id, 1), 0); /* once more changes nothing */
}

/* Four ways: returned or cancelled, without and with drain. */
static void act_at(size_t event, int way)
{
    listener.act_at = event;
    if (way < 2)
        listener.answer = way == 0 ? BRC_EVENT_STOP : BRC_EVENT_DRAIN;
    else
        listener.act = way == 2 ? cancel_now : cancel_and_drain;
}

START_TEST(drained_after_each_event)
{
    size_t event = 1 + (size_t)_i / 2;

    reply_whole();
    act_at(event, _i % 2 == 0 ? 1 : 3);
    ck_assert_int_eq(stream_ask(&f, &listener), BRC_E_CANCELED);
    ck_assert_uint_eq(listener.told, event);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
    ck_assert_int_eq(f.records[0].code, BRC_E_CANCELED);
    ck_assert_int_eq(f.records[0].output, 34);
    ck_assert_str_eq(brc_result_text(listener.result, NULL), "0 1 2 3 ");
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "cancelled"));
    ck_assert_uint_eq(server_connections(f.server), 1);
}
END_TEST

/* What has not come yet is not waited for. */
START_TEST(stopped_after_each_event)
{
    size_t deltas = (size_t)_i / 2;

    reply_and_hang(deltas);
    act_at(deltas + 2, _i % 2 == 0 ? 0 : 2);
    ck_assert_int_eq(stream_ask(&f, &listener), BRC_E_CANCELED);
    ck_assert_uint_eq(listener.told, deltas + 2);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(f.records[0].code, BRC_E_CANCELED);
    ck_assert_int_eq(f.records[0].output, -1);
    ck_assert_str_eq(brc_result_text(listener.result, NULL), listener.text);
}
END_TEST

/* What had come already is read for its usage, though nobody is told. */
START_TEST(stopped_when_all_had_come)
{
    reply_whole();
    act_at(2, _i == 0 ? 0 : 2);
    ck_assert_int_eq(stream_ask(&f, &listener), BRC_E_CANCELED);
    ck_assert_uint_eq(listener.told, 2);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
    ck_assert_int_eq(f.records[0].output, 34);
}
END_TEST

/* ---- the end of a drain */

static void start_draining(void)
{
    reply_and_hang(2);
    act_at(3, 1);
    stream_start(&f, &listener);
    while (listener.told < 3)
        stream_step(&f, 20);
    stream_step(&f, 0);
    ck_assert_int_eq(listener.done, 0);
}

static void check_unreported(void)
{
    ck_assert_int_eq(listener.done, 1);
    ck_assert_int_eq(listener.code, BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(f.records[0].code, BRC_E_CANCELED);
    ck_assert_uint_eq(listener.told, 3);
}

START_TEST(drain_ends_after_a_minute)
{
    start_draining();
    pass(MINUTE_MS / 2);
    ck_assert_int_eq(listener.done, 0);
    ck_assert_int_eq(brc_cancel(f.client, listener.id, 1), 0); /* no second minute */
    pass(MINUTE_MS / 2);
    check_unreported();
}
END_TEST

START_TEST(drain_ends_with_the_idle_limit)
{
    ck_assert_int_eq(brc_client_set_timeouts(f.client, 0, 0, MINUTE_MS / 2), 0);
    start_draining();
    pass(MINUTE_MS / 4);
    ck_assert_int_eq(listener.done, 0);
    pass(MINUTE_MS / 4);
    check_unreported();
}
END_TEST

START_TEST(drain_is_broken_off)
{
    start_draining();
    ck_assert_int_eq(brc_cancel(f.client, listener.id, 0), 0);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_CANCELED);
    check_unreported();
}
END_TEST

START_TEST(drain_ends_with_the_client)
{
    start_draining();
    f.client = brc_client_free(f.client);
    check_unreported();
}
END_TEST

START_TEST(drain_meets_a_cut)
{
    stream_put_text(&events, DELTAS);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, answer.length - strlen("0\r\n\r\n"), SERVER_CLOSE);
    act_at(3, 1);
    ck_assert_int_eq(stream_ask(&f, &listener), BRC_E_CANCELED);
    check_unreported();
}
END_TEST

START_TEST(drain_meets_an_exception)
{
    stream_put_text(&events, DELTAS);
    frame_exception(&events, "throttlingException", "{\"message\":\"told so\"}");
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, 0, SERVER_KEEP);
    act_at(3, 3);
    ck_assert_int_eq(stream_ask(&f, &listener), BRC_E_CANCELED);
    check_unreported();
    ck_assert_ptr_nonnull(strstr(brc_client_error(f.client), "ThrottlingException"));
}
END_TEST

/* ---- an answer in one piece */

static void start_converse(struct server_reply reply)
{
    server_script(f.server, &reply, 1);
    ck_assert_int_eq(
        brc_start(f.client, f.request, NULL, stream_done, &listener, NULL, &listener.id), 0);
    while (server_requests(f.server) == 0)
        stream_step(&f, 5);
}

START_TEST(converse_is_drained)
{
    server_hold(f.server, 1);
    start_converse((struct server_reply){.bytes = f.answer});
    ck_assert_int_eq(brc_cancel(f.client, listener.id, 1), 0);
    server_hold(f.server, 0);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_CANCELED);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
    ck_assert_int_eq(f.records[0].output, 34);
    ck_assert_str_eq(brc_result_text(listener.result, NULL), "Hello");
}
END_TEST

START_TEST(converse_is_not_drained_for_ever)
{
    start_converse((struct server_reply){.then = SERVER_HANG});
    ck_assert_int_eq(brc_cancel(f.client, listener.id, 1), 0);
    stream_step(&f, 0);
    ck_assert_int_eq(listener.done, 0);
    pass(MINUTE_MS + 1);
    ck_assert_int_eq(listener.done, 1);
    ck_assert_int_eq(listener.code, BRC_E_CANCELED);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_ptr_null(listener.result);
}
END_TEST

/* Throttled while it is drained: that is the end of it. */
START_TEST(drained_call_is_not_tried_again)
{
    char *throttled = server_answer("429 Slow", "", "{\"message\":\"slow down\"}");

    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 1), 0);
    server_hold(f.server, 1);
    start_converse((struct server_reply){.bytes = throttled});
    ck_assert_int_eq(brc_cancel(f.client, listener.id, 1), 0);
    server_hold(f.server, 0);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    ck_assert_uint_eq(server_requests(f.server), 1);
    free(throttled);
}
END_TEST

/* Before anything has left there is nothing to drain. */
START_TEST(nothing_to_drain)
{
    ck_assert_int_eq(
        brc_start(f.client, f.request, NULL, stream_done, &listener, NULL, &listener.id), 0);
    ck_assert_int_eq(brc_cancel(f.client, listener.id, 1), 0);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_CANCELED);
    ck_assert_uint_eq(f.record_count, 0);
    ck_assert_uint_eq(server_connections(f.server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stopping");
    TCase *tests = tcase_create("stopping");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, drained_after_each_event, 0, 2 * EVENTS);
    tcase_add_loop_test(tests, stopped_after_each_event, 0, 2 * DELTAS);
    tcase_add_loop_test(tests, stopped_when_all_had_come, 0, 2);
    tcase_add_test(tests, drain_ends_after_a_minute);
    tcase_add_test(tests, drain_ends_with_the_idle_limit);
    tcase_add_test(tests, drain_is_broken_off);
    tcase_add_test(tests, drain_ends_with_the_client);
    tcase_add_test(tests, drain_meets_a_cut);
    tcase_add_test(tests, drain_meets_an_exception);
    tcase_add_test(tests, converse_is_drained);
    tcase_add_test(tests, converse_is_not_drained_for_ever);
    tcase_add_test(tests, drained_call_is_not_tried_again);
    tcase_add_test(tests, nothing_to_drain);
    suite_add_tcase(suite, tests);
    return run(suite);
}
