/* How a stream ends badly: errors that AWS sends, frames that are broken, ceilings; and what was
 * told before that.
 * SPDX-License-Identifier: MIT */
#include "frames.h"
#include "hearing.h"
#include "run.h"

#define DELTA "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"a\"}}"
#define TOLD  "start assistant\ntext 0 a\n"

static void put_beginning(struct brc__buf *bytes)
{
    frame_event(bytes, "messageStart", "{\"role\":\"assistant\"}");
    frame_event(bytes, "contentBlockDelta", DELTA);
}

/* What came before the end was told, and is in the result; what comes after it is not looked at. */
static void hear_to_failure(struct hearing *hearing, struct brc__buf *bytes, int code)
{
    size_t end = bytes->length;

    put_beginning(bytes);
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            hearing_end(hearing);
        hearing_start(hearing);
        hearing->pause = i == 1;
        int rc =
            hearing_take(hearing, bytes->data, i == 0 ? end : bytes->length, i == 2 ? 1 : 500, 0);
        ck_assert_int_eq(rc, code);
        ck_assert_msg(hearing->broken == NULL, "%s", hearing->broken);
        ck_assert_str_eq(hearing->told.data, TOLD);
        ck_assert_str_eq(brc_result_text(hearing->result, NULL), "a");
        ck_assert(!hearing->stream.usage_whole);
    }
}

/* ---- errors that AWS sends */

static const struct {
    const char *type;
    const char *payload;
    int code;
    const char *aws_type;
    const char *aws_message;
    const char *text;
} exceptions[] = {
    {"internalServerException", "{\"message\":\"oops\"}", BRC_E_SERVICE, "InternalServerException",
     "oops", "InternalServerException: oops (within the stream)"},
    {"modelStreamErrorException",
     "{\"message\":\"m\",\"originalStatusCode\":500,\"originalMessage\":\"no\"}", BRC_E_SERVICE,
     "ModelStreamErrorException", "m", "ModelStreamErrorException: m (within the stream)"},
    {"validationException", "{\"message\":\"too long\"}", BRC_E_REJECTED, "ValidationException",
     "too long", "ValidationException: too long (within the stream)"},
    {"throttlingException", "{\"message\":\"slow down\"}", BRC_E_THROTTLED, "ThrottlingException",
     "slow down", "ThrottlingException: slow down (within the stream)"},
    {"serviceUnavailableException", "{\"Message\":\"later\"}", BRC_E_SERVICE,
     "ServiceUnavailableException", "later",
     "ServiceUnavailableException: later (within the stream)"},
    {"ThrottlingException", "{}", BRC_E_THROTTLED, "ThrottlingException", "",
     "ThrottlingException: no message (within the stream)"},
    {"exceptionOfTomorrow", "", BRC_E_SERVICE, "ExceptionOfTomorrow", "",
     "ExceptionOfTomorrow: no message (within the stream)"},
    {"throttlingException", "<html>", BRC_E_THROTTLED, "ThrottlingException", "",
     "ThrottlingException: no message (within the stream)"},
    {"validationException", "{\"message\":\"a\\nb\\u001b[0m \xff\"}", BRC_E_REJECTED,
     "ValidationException", "a b [0m \xef\xbf\xbd",
     "ValidationException: a b [0m \xef\xbf\xbd (within the stream)"},
};

START_TEST(exception_ends_it)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;

    put_beginning(&bytes);
    frame_exception(&bytes, exceptions[_i].type, exceptions[_i].payload);
    hear_to_failure(&hearing, &bytes, exceptions[_i].code);
    ck_assert_str_eq(hearing.error.aws_type, exceptions[_i].aws_type);
    ck_assert_str_eq(hearing.error.aws_message, exceptions[_i].aws_message);
    ck_assert_str_eq(hearing.error.text, exceptions[_i].text);
    hearing_end(&hearing);
}
END_TEST

START_TEST(unmodelled_error_ends_it)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;

    put_beginning(&bytes);
    frame_error(&bytes, "InternalError", "An internal\nerror \xe2\x82\xac");
    hear_to_failure(&hearing, &bytes, BRC_E_SERVICE);
    ck_assert_str_eq(hearing.error.aws_type, "InternalError");
    ck_assert_str_eq(hearing.error.aws_message, "An internal error \xe2\x82\xac");
    ck_assert_str_eq(
        hearing.error.text,
        "the stream ended with an error: InternalError: An internal error \xe2\x82\xac");
    hearing_end(&hearing);
}
END_TEST

/* An error that says nothing of itself; so does an exception without its type. */
START_TEST(nameless_error_ends_it)
{
    static const char *const types[] = {"error", "exception"};
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;

    put_beginning(&bytes);
    frame_message(&bytes, types[_i], "x", "y", "{}", 2);
    hear_to_failure(&hearing, &bytes, BRC_E_SERVICE);
    ck_assert_str_eq(hearing.error.aws_type, "");
    ck_assert_str_eq(hearing.error.aws_message, "");
    hearing_end(&hearing);
}
END_TEST

/* Words of any length are cut where there is no room for more. */
START_TEST(long_words_are_cut)
{
    brc__auto_buf struct brc__buf bytes = FRAMES, json = FRAMES;
    char word[5001];
    struct hearing hearing;

    memset(word, 'e', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    brc__buf_appendf(&json, "{\"message\":\"%s\"}", word);
    put_beginning(&bytes);
    if (_i == 0)
        frame_exception(&bytes, word, json.data);
    else
        frame_error(&bytes, word, word);
    hear_to_failure(&hearing, &bytes, BRC_E_SERVICE);
    ck_assert_uint_eq(strlen(hearing.error.aws_type), sizeof hearing.error.aws_type - 1);
    ck_assert_int_eq(hearing.error.aws_type[0], _i == 0 ? 'E' : 'e');
    ck_assert_uint_eq(strlen(hearing.error.aws_message), sizeof hearing.error.aws_message - 1);
    hearing_end(&hearing);
}
END_TEST

/* ---- frames that are broken, or of no kind */

static const char *const kinds[] = {"", "even", "events", "Event", "initial-response"};

START_TEST(unknown_kind_ends_it)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;

    put_beginning(&bytes);
    frame_message(&bytes, kinds[_i], ":event-type", "contentBlockDelta", DELTA, sizeof DELTA - 1);
    hear_to_failure(&hearing, &bytes, BRC_E_PROTOCOL);
    ck_assert_str_eq(hearing.error.text,
                     "the event stream has a frame that is no event and no error");
    hearing_end(&hearing);
}
END_TEST

START_TEST(no_kind_ends_it)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;

    put_beginning(&bytes);
    frame_put(&bytes, NULL, 0, DELTA, sizeof DELTA - 1);
    hear_to_failure(&hearing, &bytes, BRC_E_PROTOCOL);
    hearing_end(&hearing);
}
END_TEST

START_TEST(broken_frame_ends_it)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;

    put_beginning(&bytes);
    size_t start = bytes.length;
    frame_event(&bytes, "contentBlockDelta", DELTA);
    bytes.data[_i == 0 ? start : bytes.length - 20] ^= 1;
    hear_to_failure(&hearing, &bytes, BRC_E_PROTOCOL);
    ck_assert_uint_eq(hearing.stream.received, start);
    ck_assert_str_eq(hearing.error.text,
                     _i == 0 ? "the event stream has a frame whose prelude has a wrong CRC"
                             : "the event stream has a frame with a wrong CRC");
    hearing_end(&hearing);
}
END_TEST

/* An answer that is no event stream at all. */
START_TEST(other_bytes_are_none)
{
    struct hearing hearing;

    hearing_start(&hearing);
    ck_assert_int_eq(hearing_take(&hearing, "{\"output\":{}}", 13, 5, 0), BRC_E_PROTOCOL);
    ck_assert_str_eq(hearing.told.data, "");
    hearing_end(&hearing);
}
END_TEST

/* ---- ceilings */

START_TEST(answer_has_a_ceiling)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    brc__auto_free char *payload = malloc(BRC__FRAME_PAYLOAD_MAX);
    struct hearing hearing;
    size_t used;

    ck_assert_ptr_nonnull(payload);
    memset(payload, ' ', BRC__FRAME_PAYLOAD_MAX);
    frame_event(&bytes, "padding", "");
    size_t n = BRC__CEILING_ANSWER / 4 - bytes.length;
    brc__buf_truncate(&bytes, 0);
    frame_message(&bytes, "event", ":event-type", "padding", payload, n);
    hearing_start(&hearing);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(brc__stream_take(&hearing.stream, bytes.data, bytes.length, &used, NULL,
                                          NULL, &hearing.error),
                         0);
    ck_assert_uint_eq(hearing.stream.received, BRC__CEILING_ANSWER);
    brc__buf_truncate(&bytes, 0);
    put_beginning(&bytes);
    ck_assert_int_eq(hearing_take(&hearing, bytes.data, bytes.length, SIZE_MAX, 0),
                     BRC_E_TOO_LARGE);
    ck_assert_str_eq(hearing.error.text, "the answer is larger than its ceiling");
    ck_assert_str_eq(hearing.told.data, "");
    hearing_end(&hearing);
}
END_TEST

static int take_block(struct hearing *hearing, int index)
{
    brc__auto_buf struct brc__buf bytes = FRAMES, json = FRAMES;

    brc__buf_appendf(&json, "{\"contentBlockIndex\":%d,\"delta\":{\"text\":\"a\"}}", index);
    frame_event(&bytes, "contentBlockDelta", json.data);
    return hearing_take(hearing, bytes.data, bytes.length, SIZE_MAX, 0);
}

START_TEST(blocks_have_a_ceiling)
{
    struct hearing hearing;
    size_t length;

    hearing_start(&hearing);
    for (int i = 0; i < 4096; i++)
        ck_assert_int_eq(take_block(&hearing, _i == 0 ? i : 5000 - i), 0);
    ck_assert_int_eq(take_block(&hearing, 2000), 0);
    ck_assert_int_eq(take_block(&hearing, 6000), BRC_E_TOO_LARGE);
    ck_assert_int_eq(take_block(&hearing, 0), _i == 0 ? 0 : BRC_E_TOO_LARGE);
    brc_result_text(hearing.result, &length);
    ck_assert_uint_eq(length, _i == 0 ? 4098 : 4097);
    hearing_end(&hearing);
}
END_TEST

/* ---- the rest of a broken character */

static int count_calls(const brc_event *event, void *user_data)
{
    int *calls = user_data;

    (void)event;
    return ++*calls;
}

/* The stop is told after it, however the taking is broken off between the two. */
START_TEST(pause_before_the_stop)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;
    struct hearing hearing;
    size_t used;
    int calls = 0;

    frame_event(&bytes, "contentBlockStop", "{\"contentBlockIndex\":0}");
    size_t stop = bytes.length;
    frame_event(&bytes, "contentBlockDelta",
                "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"\xf0\"}}");
    hearing_start(&hearing);
    ck_assert_int_eq(hearing_take(&hearing, bytes.data + stop, bytes.length - stop, SIZE_MAX, 0),
                     0);
    struct brc__stream *stream = &hearing.stream;
    size_t received = stream->received;
    ck_assert_int_eq(
        brc__stream_take(stream, bytes.data, stop, &used, count_calls, &calls, &hearing.error), 1);
    ck_assert_uint_eq(used, 0); /* the frame is still to be had */
    ck_assert_uint_eq(stream->received, received);
    ck_assert_uint_le(stream->frames.wanted, stop);
    ck_assert_str_eq(brc_event_text(&stream->reader.event, BRC_EVENT_TEXT, NULL), "\xef\xbf\xbd");
    ck_assert_ptr_null(brc_event_json(&stream->reader.event, NULL));
    ck_assert_int_eq(
        brc__stream_take(stream, bytes.data, stop, &used, count_calls, &calls, &hearing.error), 2);
    ck_assert_uint_eq(used, stop);
    ck_assert_uint_eq(stream->received, received + stop);
    ck_assert_int_eq(brc_event_int(&stream->reader.event, BRC_EVENT_TYPE), BRC_EVENT_OTHER);
    ck_assert_str_eq(brc_result_text(hearing.result, NULL), "\xef\xbf\xbd");
    hearing_end(&hearing);
}
END_TEST

/* ---- getters */

START_TEST(event_has_no_such_field)
{
    const brc_event event = {.type = BRC_EVENT_TEXT_DELTA, .block = 3, .name = "x"};
    size_t length = 7;

    ck_assert_int_eq(brc_event_int(NULL, BRC_EVENT_TYPE), -1);
    ck_assert_int_eq(brc_event_int(&event, 0), -1);
    ck_assert_int_eq(brc_event_int(&event, 3), -1);
    ck_assert_int_eq(brc_event_int(&event, BRC_EVENT_BLOCK), 3);
    ck_assert_ptr_null(brc_event_text(NULL, BRC_EVENT_TEXT, &length));
    ck_assert_uint_eq(length, 0);
    for (int field = -1; field <= 7; field++) {
        length = 7;
        const char *text = brc_event_text(&event, field, &length);
        ck_assert_int_eq(text != NULL, field == BRC_EVENT_NAME);
        ck_assert_uint_eq(length, text == NULL ? 0 : 1);
    }
    length = 7;
    ck_assert_ptr_null(brc_event_json(NULL, &length));
    ck_assert_uint_eq(length, 0);
}
END_TEST

#define COUNT(table) (sizeof(table) / sizeof *(table))

int main(void)
{
    Suite *suite = suite_create("stream_errors");
    TCase *tcase = tcase_create("stream_errors");

    tcase_add_loop_test(tcase, exception_ends_it, 0, COUNT(exceptions));
    tcase_add_test(tcase, unmodelled_error_ends_it);
    tcase_add_loop_test(tcase, nameless_error_ends_it, 0, 2);
    tcase_add_loop_test(tcase, long_words_are_cut, 0, 2);
    tcase_add_loop_test(tcase, unknown_kind_ends_it, 0, COUNT(kinds));
    tcase_add_test(tcase, no_kind_ends_it);
    tcase_add_loop_test(tcase, broken_frame_ends_it, 0, 2);
    tcase_add_test(tcase, other_bytes_are_none);
    tcase_add_test(tcase, answer_has_a_ceiling);
    tcase_add_loop_test(tcase, blocks_have_a_ceiling, 0, 2);
    tcase_add_test(tcase, pause_before_the_stop);
    tcase_add_test(tcase, event_has_no_such_field);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
