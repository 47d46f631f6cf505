/* ConverseStream over the wire: whole, cut at every byte, faulty, refused; blocking and, with
 * TEST_DRIVER=loop, by a loop. SPDX-License-Identifier: MIT */
#include "run.h"
#include "stream_steps.h"

#include <stdlib.h>

enum {
    DELTAS = 5,
    EVENTS = DELTAS + 4,
    MINUTE_MS = 60 * 1000,
    CUTS = 16, /* cases that share the offsets to cut at */
};

static int ask_with(enum stream_framing framing, enum server_then then)
{
    brc__buf_truncate(&answer, 0);
    stream_put_http(&answer, &events, framing);
    stream_reply(&f, &answer, 0, then);
    return stream_ask(&f, &listener);
}

static void check_whole(size_t deltas)
{
    static const char message[] =
        "{\"role\":\"assistant\",\"content\":[{\"text\":\"0 1 2 3 4 \"}]}";

    ck_assert_uint_eq(listener.told, deltas + 4);
    ck_assert_int_eq(listener.types[0], BRC_EVENT_MESSAGE_START);
    ck_assert_int_eq(listener.types[1], BRC_EVENT_TEXT_DELTA);
    ck_assert_int_eq(listener.types[deltas + 1], BRC_EVENT_OTHER);
    ck_assert_int_eq(listener.types[deltas + 2], BRC_EVENT_MESSAGE_STOP);
    ck_assert_int_eq(listener.types[deltas + 3], BRC_EVENT_METADATA);
    ck_assert_str_eq(brc_result_text(listener.result, NULL), listener.text);
    ck_assert_str_eq(brc_result_stop_reason(listener.result), "end_turn");
    if (deltas == DELTAS) {
        ck_assert_str_eq(brc_result_message(listener.result, NULL), message);
        ck_assert_ptr_nonnull(
            strstr(brc_result_json(listener.result, NULL), "\"usage\":" STREAM_USAGE));
    }
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_REPORTED);
    ck_assert_int_eq(f.records[0].input, 12);
    ck_assert_int_eq(f.records[0].output, 34);
    ck_assert_str_eq(f.records[0].request_id, "request-1");
    const brc_usage *usage = brc_result_usage(listener.result);
    ck_assert_int_ge(brc_usage_int(usage, BRC_USAGE_FIRST_EVENT_MS), 0);
    ck_assert_int_ge(brc_usage_int(usage, BRC_USAGE_LATENCY_MS),
                     brc_usage_int(usage, BRC_USAGE_FIRST_EVENT_MS));
}

START_TEST(whole_stream)
{
    char *request;

    stream_put_text(&events, DELTAS);
    stream_put_end(&events);
    ck_assert_int_eq(
        ask_with((enum stream_framing)_i, _i == STREAM_UNTIL_CLOSE ? SERVER_CLOSE : SERVER_KEEP),
        0);
    check_whole(DELTAS);
    request = server_last_request(f.server);
    ck_assert_ptr_nonnull(strstr(request, "abc123def456/converse-stream HTTP/1.1\r\n"));
    free(request);
    ck_assert_int_eq(fixture_ask(&f, NULL), BRC_E_PROTOCOL); /* the same is no answer to Converse */
    ck_assert_uint_eq(server_connections(f.server), _i == STREAM_UNTIL_CLOSE ? 2 : 1);
}
END_TEST

START_TEST(long_stream_in_small_writes)
{
    stream_put_text(&events, 1000);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    struct server_reply reply = {.bytes = answer.data, .length = answer.length, .chunk = 700};
    server_script(f.server, &reply, 1);
    ck_assert_int_eq(stream_ask(&f, &listener), 0);
    check_whole(1000);
}
END_TEST

/* A frame that is larger than what is otherwise taken in at once. */
START_TEST(large_frame)
{
    enum {
        LARGE = 1000 * 1000
    };
    struct brc__buf json = FRAMES;

    brc__buf_text(&json,
                  "{\"usage\":" STREAM_USAGE ",\"trace\":{\"guardrail\":{\"actionReason\":\"");
    for (size_t i = 0; i < LARGE; i++)
        brc__buf_append(&json, "x", 1);
    brc__buf_text(&json, "\"}}}");
    stream_put_text(&events, DELTAS);
    frame_event(&events, "messageStop", "{\"stopReason\":\"end_turn\"}");
    frame_event(&events, "metadata", json.data);
    brc__buf_free(&json);
    ck_assert_int_eq(ask_with(STREAM_LENGTH, SERVER_KEEP), 0);
    check_whole(DELTAS);
    size_t length;
    brc_result_json(listener.result, &length);
    ck_assert_uint_gt(length, LARGE);
}
END_TEST

/* ---- cut */

/* Whatever came whole was told, and is in the result; the usage counts only if it came. */
START_TEST(cut_at_every_byte)
{
    stream_put_text(&events, DELTAS);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_LENGTH);
    for (size_t n = 1 + (size_t)_i; n < answer.length; n += CUTS) {
        brc_result_free(listener.result);
        listener = (struct listener){0};
        f.record_count = 0;
        stream_reply(&f, &answer, n, n % 2 == 0 ? SERVER_CLOSE : SERVER_RESET);
        int rc = stream_ask(&f, &listener);
        ck_assert_msg(rc == BRC_E_PROTOCOL || rc == BRC_E_CONNECT, "cut at %zu: %d", n, rc);
        ck_assert_uint_eq(f.record_count, 1);
        ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
        ck_assert_int_eq(f.records[0].output, -1);
        ck_assert_uint_lt(listener.told, EVENTS);
        if (listener.result != NULL)
            ck_assert_str_eq(brc_result_text(listener.result, NULL), listener.text);
        ck_assert_str_ne(f.looped ? listener.error : brc_client_error(f.client), "");
    }
}
END_TEST

/* The metadata is whole, the body is not: all of the answer is there, so it is one. */
START_TEST(cut_behind_the_metadata)
{
    stream_put_text(&events, DELTAS);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, answer.length - strlen("\r\n0\r\n\r\n"),
                 _i == 0 ? SERVER_CLOSE : SERVER_RESET);
    ck_assert_int_eq(stream_ask(&f, &listener), 0);
    check_whole(DELTAS);
}
END_TEST

START_TEST(silence_in_the_middle)
{
    stream_put_text(&events, DELTAS);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, answer.length - strlen("0\r\n\r\n"), SERVER_HANG);
    ck_assert_int_eq(
        brc_client_set_timeouts(f.client, 0, _i == 0 ? 0 : MINUTE_MS, _i == 0 ? MINUTE_MS : 0), 0);
    stream_start(&f, &listener);
    while (listener.told < DELTAS + 2)
        stream_step(&f, 20);
    (_i == 0 ? pass : run_out)(MINUTE_MS);
    ck_assert_int_eq(stream_finish(&f, &listener), BRC_E_TIMEOUT);
    ck_assert_str_eq(brc_result_text(listener.result, NULL), "0 1 2 3 4 ");
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(f.records[0].code, BRC_E_TIMEOUT);
}
END_TEST

/* ---- faulty: what comes after two sound deltas, and the code it ends with */

static void put_flipped(struct brc__buf *to)
{
    size_t at = to->length;

    frame_event(to, "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"}}");
    to->data[(at + to->length) / 2] ^= 4;
}

static void put_oversized(struct brc__buf *to)
{
    size_t at = to->length;

    frame_event(to, "contentBlockDelta", "{}");
    to->data[at] = 0x7f;
    frame_seal(to->data + at, to->length - at);
}

static void put_throttling(struct brc__buf *to)
{
    frame_exception(to, "throttlingException", "{\"message\":\"told so\"}");
}

static void put_validation(struct brc__buf *to)
{
    frame_exception(to, "validationException", "{\"message\":\"told so\"}");
}

static void put_model_error(struct brc__buf *to)
{
    frame_exception(to, "modelStreamErrorException",
                    "{\"message\":\"told so\",\"originalStatusCode\":500}");
}

static void put_error(struct brc__buf *to)
{
    frame_error(to, "SomeError", "told so");
}

static void put_nothing(struct brc__buf *to)
{
    (void)to;
}

static void put_end_without_usage(struct brc__buf *to)
{
    frame_event(to, "messageStop", "{\"stopReason\":\"end_turn\"}");
    frame_event(to, "metadata", "{\"metrics\":{\"latencyMs\":7}}");
}

static void put_usage_too_early(struct brc__buf *to)
{
    frame_event(to, "metadata", "{\"usage\":" STREAM_USAGE "}");
    frame_event(to, "messageStop", "{\"stopReason\":\"end_turn\"}");
}

static const struct {
    void (*put)(struct brc__buf *to);
    int code;
    int64_t output;
    const char *aws_type;
} faults[] = {
    {put_flipped, BRC_E_PROTOCOL, -1, NULL},
    {put_oversized, BRC_E_PROTOCOL, -1, NULL},
    {put_throttling, BRC_E_THROTTLED, -1, "ThrottlingException"},
    {put_validation, BRC_E_REJECTED, -1, "ValidationException"},
    {put_model_error, BRC_E_SERVICE, -1, "ModelStreamErrorException"},
    {put_error, BRC_E_SERVICE, -1, "SomeError"},
    {put_nothing, BRC_E_PROTOCOL, -1, NULL},
    {put_end_without_usage, BRC_E_PROTOCOL, -1, NULL},
    {put_usage_too_early, BRC_E_PROTOCOL, 34, NULL}, /* a lower bound */
};

/* Also with three attempts allowed: nothing of a 200 is ever tried again. */
START_TEST(fault_table)
{
    ck_assert_int_eq(brc_client_set_retries(f.client, 3, 1), 0);
    stream_put_text(&events, 2);
    faults[_i].put(&events);
    ck_assert_int_eq(ask_with(STREAM_CHUNKED, SERVER_KEEP), faults[_i].code);
    ck_assert_str_eq(brc_result_text(listener.result, NULL), "0 1 ");
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
    ck_assert_int_eq(f.records[0].code, faults[_i].code);
    ck_assert_int_eq(f.records[0].output, faults[_i].output);
    ck_assert_int_eq(f.records[0].status, 200);
    ck_assert_pstr_eq(brc_client_error_detail(f.client, BRC_ERROR_AWS_TYPE), faults[_i].aws_type);
    if (faults[_i].aws_type != NULL)
        ck_assert_str_eq(brc_client_error_detail(f.client, BRC_ERROR_AWS_MESSAGE), "told so");
    ck_assert_uint_eq(server_requests(f.server), 1);
}
END_TEST

static const struct {
    const char *status, *headers, *body;
    int code, outcome;
} refusals[] = {
    {"429 Too Many Requests", "x-amzn-ErrorType: ThrottlingException\r\n", "{\"message\":\"no\"}",
     BRC_E_THROTTLED, BRC_OUTCOME_NOT_BILLED},
    {"400 Bad Request", "x-amzn-ErrorType: ValidationException\r\n", "{\"message\":\"no\"}",
     BRC_E_REJECTED, BRC_OUTCOME_NOT_BILLED},
    {"424 Failed Dependency", "", "{\"message\":\"no\"}", BRC_E_SERVICE, BRC_OUTCOME_UNREPORTED},
    {"200 OK", "Content-Type: application/json\r\n",
     "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[]}},\"usage\":" STREAM_USAGE
     "}",
     BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED},
    {"200 OK", "", "", BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED},
    {"200 OK", "", "<html>", BRC_E_PROTOCOL, BRC_OUTCOME_UNREPORTED},
};

START_TEST(no_stream)
{
    char *reply = server_answer(refusals[_i].status, refusals[_i].headers, refusals[_i].body);

    fixture_reply(&f, reply, SERVER_KEEP);
    ck_assert_int_eq(stream_ask(&f, &listener), refusals[_i].code);
    ck_assert_uint_eq(listener.told, 0);
    ck_assert_int_eq(f.records[0].outcome, refusals[_i].outcome);
    ck_assert_ptr_null(listener.result);
    free(reply);
}
END_TEST

/* ---- retries: before the first event, and only there */

START_TEST(refused_then_answered)
{
    char *throttled = server_answer("429 Slow", "", "{\"message\":\"slow down\"}");

    stream_put_text(&events, DELTAS);
    stream_put_end(&events);
    stream_put_http(&answer, &events, STREAM_LENGTH);
    const struct server_reply replies[] = {{.bytes = throttled},
                                           {.bytes = answer.data, .length = answer.length}};
    server_script(f.server, replies, 2);
    ck_assert_int_eq(brc_client_set_retries(f.client, 2, 0), 0);
    ck_assert_int_eq(stream_ask(&f, &listener), 0);
    ck_assert_uint_eq(f.record_count, 2);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_NOT_BILLED);
    f.record_count = 1;
    f.records[0] = f.records[1];
    check_whole(DELTAS);
    free(throttled);
}
END_TEST

/* ---- inside the callback */

static void misuse(struct listener *the_listener, brc_client *client, int64_t id)
{
    brc_result *result = (brc_result *)&f;

    (void)the_listener;
    ck_assert_int_eq(brc_converse_stream(client, f.request, stream_listen, &f, &result),
                     BRC_E_RECURSION);
    ck_assert_ptr_null(result);
    ck_assert_int_eq(brc_client_perform(client, 0), BRC_E_RECURSION);
    ck_assert_int_eq(brc_client_set_retries(client, 1, 0), BRC_E_RECURSION);
    ck_assert_int_eq(brc_pause(client, id + 100, 1), 0);
    ck_assert_int_eq(brc_cancel(client, id + 100, 1), 0);
    ck_assert_int_eq(brc_pause(client, id, 2), BRC_E_RANGE);
    if (!f.looped)
        ck_assert_int_eq(brc_pause(client, id, 1), BRC_E_INVALID); /* a blocking call */
    ck_assert_int_eq(brc_cancel(client, id, -1), BRC_E_RANGE);
}

START_TEST(misuse_inside_the_callback)
{
    stream_put_text(&events, DELTAS);
    stream_put_end(&events);
    listener.act_at = 3;
    listener.act = misuse;
    ck_assert_int_eq(ask_with(STREAM_CHUNKED, SERVER_KEEP), 0);
    check_whole(DELTAS);
}
END_TEST

static void free_client(struct listener *the_listener, brc_client *client, int64_t id)
{
    (void)the_listener, (void)id;
    ck_assert_ptr_null(brc_client_free(client));
}

START_TEST(client_freed_inside_the_callback)
{
    stream_put_text(&events, DELTAS);
    stream_put_http(&answer, &events, STREAM_CHUNKED);
    stream_reply(&f, &answer, answer.length - strlen("0\r\n\r\n"), SERVER_HANG);
    listener.act_at = 2;
    listener.act = free_client;
    ck_assert_int_eq(stream_ask(&f, &listener), BRC_E_CANCELED);
    f.client = NULL;
    ck_assert_str_eq(brc_result_text(listener.result, NULL), "0 1 2 3 4 ");
    ck_assert_uint_eq(f.record_count, 1);
    ck_assert_int_eq(f.records[0].outcome, BRC_OUTCOME_UNREPORTED);
}
END_TEST

START_TEST(arguments_that_are_none)
{
    brc_result *result = (brc_result *)&f;
    int64_t id = 7;

    ck_assert_int_eq(brc_converse_stream(f.client, f.request, NULL, NULL, &result), BRC_E_INVALID);
    ck_assert_ptr_null(result);
    ck_assert_int_eq(brc_converse_stream(f.client, NULL, stream_listen, NULL, &result),
                     BRC_E_INVALID);
    ck_assert_int_eq(brc_converse_stream(NULL, f.request, stream_listen, NULL, &result),
                     BRC_E_INVALID);
    ck_assert_int_eq(brc_converse_stream(f.client, f.request, stream_listen, NULL, NULL),
                     BRC_E_INVALID);
    ck_assert_int_eq(brc_start(f.client, f.request, stream_listen, NULL, NULL, NULL, &id),
                     BRC_E_INVALID);
    ck_assert_int_eq(id, 0);
    ck_assert_int_eq(brc_pause(NULL, 1, 1), BRC_E_INVALID);
    ck_assert_int_eq(brc_pause(f.client, 1, 1), 0);
    ck_assert_int_eq(brc_event_int(NULL, BRC_EVENT_TYPE), -1);
    ck_assert_ptr_null(brc_event_text(NULL, BRC_EVENT_TEXT, NULL));
    ck_assert_ptr_null(brc_event_json(NULL, NULL));
    ck_assert_uint_eq(server_connections(f.server), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("streaming");
    TCase *tests = tcase_create("streaming");

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, whole_stream, STREAM_CHUNKED, STREAM_UNTIL_CLOSE + 1);
    tcase_add_test(tests, long_stream_in_small_writes);
    tcase_add_test(tests, large_frame);
    tcase_add_loop_test(tests, cut_at_every_byte, 0, CUTS);
    tcase_add_loop_test(tests, cut_behind_the_metadata, 0, 2);
    tcase_add_loop_test(tests, silence_in_the_middle, 0, 2);
    tcase_add_loop_test(tests, fault_table, 0, sizeof faults / sizeof *faults);
    tcase_add_loop_test(tests, no_stream, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, refused_then_answered);
    tcase_add_test(tests, misuse_inside_the_callback);
    tcase_add_test(tests, client_freed_inside_the_callback);
    tcase_add_test(tests, arguments_that_are_none);
    suite_add_tcase(suite, tests);
    return run(suite);
}
