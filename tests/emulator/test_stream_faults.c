/* Faults of streams: how they end, what they lack, how slowly they come, and which go together.
 *
 * SPDX-License-Identifier: MIT
 */
#include "stream_client.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHORT HELLO_WITH("\"inferenceConfig\":{\"maxTokens\":9}")

static json_int_t billed_calls(void)
{
    json_t *bill = get_bill();
    json_int_t calls = integer_at(bill, "totals", "calls");

    json_decref(bill);
    return calls;
}

static size_t n_frames(const struct stream *stream)
{
    return json_array_size(stream->frames);
}

static const json_t *payload(const struct stream *stream, size_t i)
{
    return json_object_get(json_array_get(stream->frames, i), "payload");
}

/* Checks that the first frames are those of a stream without a fault. */
static void check_begins(const struct stream *stream, size_t n, const struct stream *whole)
{
    for (size_t i = 0; i < n; i++)
        ck_assert(json_equal(json_array_get(stream->frames, i), json_array_get(whole->frames, i)));
}

/* ---- endings ---- */

static const char *const EXCEPTIONS[] = {
    "internalServerException", "modelStreamErrorException",   "validationException",
    "throttlingException",     "serviceUnavailableException", "somethingNewException",
};

START_TEST(test_exception)
{
    struct stream whole = converse_stream(SHORT);
    char *fault =
        text("{\"exception\":\"%s\",\"message\":\"as asked\",\"after\":%d}", EXCEPTIONS[_i], _i);
    struct stream stream;

    add_fault(fault);
    stream = converse_stream(SHORT);
    ck_assert_int_eq(stream.response.status, 200);
    ck_assert(stream.complete);
    ck_assert_uint_eq(n_frames(&stream), (size_t)_i + 1);
    check_begins(&stream, (size_t)_i, &whole);
    ck_assert_str_eq(frame_header(&stream, (size_t)_i, "names"),
                     ":exception-type:content-type:message-type");
    ck_assert_str_eq(frame_header(&stream, (size_t)_i, ":exception-type"), EXCEPTIONS[_i]);
    ck_assert_str_eq(frame_header(&stream, (size_t)_i, ":message-type"), "exception");
    ck_assert_pstr_eq(json_string_value(json_object_get(payload(&stream, (size_t)_i), "message")),
                      "as asked");
    ck_assert_int_eq(
        json_is_integer(json_object_get(payload(&stream, (size_t)_i), "originalStatusCode")),
        _i == 1);
    ck_assert_int_eq(
        json_is_string(json_object_get(payload(&stream, (size_t)_i), "originalMessage")), _i == 1);
    ck_assert_int_eq(billed_calls(), 2);
    stream_free(&stream);
    stream_free(&whole);
    free(fault);
}
END_TEST

START_TEST(test_error)
{
    struct stream stream;

    add_fault("{\"error\":\"InternalFailure\",\"message\":\"gone\\u00e9\",\"after\":2}");
    stream = converse_stream(SHORT);
    ck_assert_uint_eq(n_frames(&stream), 3);
    ck_assert_str_eq(frame_header(&stream, 2, "names"), ":error-code:error-message:message-type");
    ck_assert_str_eq(frame_header(&stream, 2, ":message-type"), "error");
    ck_assert_str_eq(frame_header(&stream, 2, ":error-code"), "InternalFailure");
    ck_assert_str_eq(frame_header(&stream, 2, ":error-message"), "goneé");
    stream_free(&stream);
}
END_TEST

/* More events than there are: after them all. */
START_TEST(test_after_all)
{
    struct stream whole = converse_stream(SHORT);
    struct stream stream;

    add_fault("{\"exception\":\"throttlingException\",\"after\":1000000}");
    stream = converse_stream(SHORT);
    ck_assert_uint_eq(n_frames(&stream), n_frames(&whole) + 1);
    check_begins(&stream, n_frames(&whole), &whole);
    stream_free(&stream);
    add_fault("{\"exception\":\"throttlingException\",\"after\":1000000,\"noMetadata\":true}");
    stream = converse_stream(SHORT);
    ck_assert_uint_eq(n_frames(&stream), n_frames(&whole));
    check_begins(&stream, n_frames(&whole) - 1, &whole);
    stream_free(&stream);
    stream_free(&whole);
}
END_TEST

START_TEST(test_no_metadata)
{
    struct stream whole = converse_stream(SHORT);
    struct stream stream;

    add_fault("{\"noMetadata\":true}");
    stream = converse_stream(SHORT);
    ck_assert(stream.complete);
    ck_assert_uint_eq(n_frames(&stream), n_frames(&whole) - 1);
    check_begins(&stream, n_frames(&stream), &whole);
    ck_assert_int_eq(billed_calls(), 2);
    stream_free(&stream);
    stream_free(&whole);
}
END_TEST

/* ---- bytes ---- */

START_TEST(test_cut)
{
    struct stream whole = converse_stream(SHORT);
    const size_t cuts[] = {0, 1, 200, whole.len - 1};

    for (int i = 0; i < COUNT(cuts); i++) {
        char *fault = text("{\"cut\":%zu}", cuts[i]);
        struct stream stream;

        add_fault(fault);
        stream = converse_stream(SHORT);
        ck_assert_int_eq(stream.response.status, 200);
        ck_assert(!stream.complete);
        ck_assert_uint_eq(stream.len, cuts[i]);
        ck_assert(cuts[i] == 0 || memcmp(stream.bytes, whole.bytes, cuts[i]) == 0);
        stream_free(&stream);
        free(fault);
    }
    ck_assert_int_eq(billed_calls(), 5);
    stream_free(&whole);
}
END_TEST

START_TEST(test_dribble)
{
    struct stream whole = converse_stream(SHORT);
    struct stream stream;

    add_fault("{\"dribble\":true}");
    stream = converse_stream(SHORT);
    ck_assert(stream.complete);
    ck_assert_uint_eq(stream.len, whole.len);
    ck_assert_int_eq(memcmp(stream.bytes, whole.bytes, whole.len), 0);
    ck_assert_uint_eq(stream.n_chunks, whole.len);
    stream_free(&stream);
    add_fault("{\"dribble\":true,\"eventDelayMs\":1,\"cut\":300}");
    stream = converse_stream(SHORT);
    ck_assert_uint_eq(stream.n_chunks, 300);
    stream_free(&stream);
    stream_free(&whole);
}
END_TEST

/* The faults of any answer spoil a stream, too. */
START_TEST(test_any_answer)
{
    struct response response;
    int fd;

    add_fault("{\"garbage\":true,\"delayMs\":10}");
    response = read_response(start_stream(SHORT));
    ck_assert_int_eq(response.status, 200);
    ck_assert_uint_gt(response.body_len, 500);
    response_free(&response);
    add_fault("{\"body\":\"\\u0000\\u0000\\u0000\\u0000 and no frame at all\"}");
    response = read_response(start_stream(SHORT));
    ck_assert_ptr_nonnull(memmem(response.body, response.body_len, "no frame", 8));
    response_free(&response);
    add_fault("{\"type\":\"ModelStreamErrorException\"}");
    expect_error(read_response(start_stream(SHORT)), 424, "ModelStreamErrorException", NULL);
    add_fault("{\"status\":429}");
    expect_error(read_response(start_stream(SHORT)), 429, "ThrottlingException", NULL);
    ck_assert_int_eq(billed_calls(), 3);
    add_fault("{\"cut\":-1}");
    fd = start_stream(SHORT);
    response = read_response(fd);
    ck_assert_int_eq(response.status, 0);
    response_free(&response);
}
END_TEST

/* ---- time ---- */

START_TEST(test_event_delay)
{
    json_int_t start = milliseconds();
    struct stream stream;

    add_fault("{\"eventDelayMs\":30}");
    stream = converse_stream(SHORT);
    ck_assert(stream.complete);
    ck_assert_uint_eq(stream.n_chunks, n_frames(&stream));
    ck_assert_int_ge(milliseconds() - start, 30 * ((json_int_t)n_frames(&stream) - 1));
    stream_free(&stream);
}
END_TEST

/* Waits until the emulator has closed all but this many of its connections. */
static void wait_for_connections(int n)
{
    while (emulator_descriptors() > n)
        usleep(1000);
}

/* Behind the size of the first chunk, if that has come; else the beginning. */
static char *behind_the_first_size(char *bytes)
{
    char *head_end = strstr(bytes, "\r\n\r\n");
    char *size_end = head_end == NULL ? NULL : strstr(head_end + 4, "\r\n");

    return size_end == NULL ? bytes : size_end + 2;
}

/* The events before it come at once, then nothing; and when the client goes, nothing is kept. */
START_TEST(test_stall)
{
    int descriptors = emulator_descriptors(); /* without any connection */
    struct stream whole = converse_stream(SHORT);
    char *bytes = calloc(1, 65536);
    char *event = bytes;
    size_t len = 0;
    int fd;

    add_fault("{\"stall\":true,\"after\":1}");
    fd = start_stream(SHORT);
    while (event == bytes || bytes + len - event < 80 ||
           poll(&(struct pollfd){fd, POLLIN, 0}, 1, 100) == 1) {
        ssize_t n = read(fd, bytes + len, 65535 - len);

        ck_assert_int_gt(n, 0);
        len += (size_t)n;
        event = behind_the_first_size(bytes);
    }
    ck_assert_uint_lt((size_t)(bytes + len - event), 200);
    ck_assert_int_eq(memcmp(event, whole.bytes, 80), 0);
    ck_assert_int_gt(emulator_descriptors(), descriptors);
    close(fd);
    wait_for_connections(descriptors);
    ck_assert_int_eq(billed_calls(), 2);
    stream_free(&whole);
    free(bytes);
}
END_TEST

START_TEST(test_stall_at_once)
{
    char head[15] = "";
    int fd;

    add_fault("{\"stall\":true}");
    fd = start_stream(SHORT);
    ck_assert_int_eq(read(fd, head, 12), 12);
    ck_assert_str_eq(head, "HTTP/1.1 200");
    close(fd);
}
END_TEST

/* A client that goes between two events is not waited for. */
START_TEST(test_client_goes)
{
    int descriptors = emulator_descriptors();
    char byte;
    int fd;

    add_fault("{\"eventDelayMs\":600000}");
    fd = start_stream(SHORT);
    ck_assert_int_eq(read(fd, &byte, 1), 1);
    close(fd);
    wait_for_connections(descriptors);
    ck_assert_int_eq(billed_calls(), 1);
}
END_TEST

/* The emulator ends though streams are under way: its fixture fails if it does not. */
START_TEST(test_stop)
{
    const char *const faults[] = {"{\"stall\":true,\"after\":3}", "{\"eventDelayMs\":600000}",
                                  "{\"dribble\":true,\"eventDelayMs\":600000}",
                                  "{\"stall\":true,\"delayMs\":600000}"};

    for (int i = 0; i < COUNT(faults); i++) {
        add_fault(faults[i]);
        start_stream(SHORT);
    }
    while (faults_left() > 0)
        ;
}
END_TEST

/* ---- which go together ---- */

static const char *const REFUSED[] = {
    "{\"exception\":\"\"}",
    "{\"exception\":true}",
    "{\"error\":\"a b\"}",
    "{\"after\":-1,\"stall\":true}",
    "{\"after\":1}",
    "{\"after\":1,\"stall\":false}",
    "{\"after\":1,\"dribble\":true}",
    "{\"stall\":1}",
    "{\"dribble\":\"yes\"}",
    "{\"noMetadata\":1}",
    "{\"eventDelayMs\":-1}",
    "{\"eventDelayMs\":600001}",
    "{\"exception\":\"a\",\"error\":\"b\"}",
    "{\"exception\":\"a\",\"stall\":true}",
    "{\"error\":\"a\",\"stall\":true}",
    "{\"exception\":\"a\",\"status\":500}",
    "{\"dribble\":true,\"type\":\"ThrottlingException\"}",
    "{\"noMetadata\":true,\"garbage\":true}",
    "{\"stall\":true,\"body\":\"\"}",
};

START_TEST(test_refused)
{
    expect_error(own("POST", "/_emulator/faults", REFUSED[_i]), 400, "ValidationException", NULL);
    ck_assert_uint_eq(faults_left(), 0);
}
END_TEST

/* What can only befall a stream waits for one. */
START_TEST(test_waits_for_stream)
{
    struct stream stream;

    add_fault("{\"noMetadata\":true,\"garbage\":false}");
    add_fault("{\"status\":503}");
    expect_error(converse(RAW, SHORT), 503, "ServiceUnavailableException", NULL);
    json_decref(expect_json(converse(RAW, SHORT), 200));
    ck_assert_uint_eq(faults_left(), 1);
    stream = converse_stream(SHORT);
    ck_assert_str_eq(frame_header(&stream, n_frames(&stream) - 1, ":event-type"), "messageStop");
    ck_assert_uint_eq(faults_left(), 0);
    stream_free(&stream);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("stream faults");
    TCase *tcase = emulator_case(suite, "stream faults");

    tcase_add_loop_test(tcase, test_exception, 0, COUNT(EXCEPTIONS));
    tcase_add_test(tcase, test_error);
    tcase_add_test(tcase, test_after_all);
    tcase_add_test(tcase, test_no_metadata);
    tcase_add_test(tcase, test_cut);
    tcase_add_test(tcase, test_dribble);
    tcase_add_test(tcase, test_any_answer);
    tcase_add_test(tcase, test_event_delay);
    tcase_add_test(tcase, test_stall);
    tcase_add_test(tcase, test_stall_at_once);
    tcase_add_test(tcase, test_client_goes);
    tcase_add_test(tcase, test_stop);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_waits_for_stream);
    return run_suite(suite, argc, argv);
}
