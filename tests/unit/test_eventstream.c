/* Frames found in bytes: what AWS sends, every way to be cut or damaged, and every limit.
 * SPDX-License-Identifier: MIT */
#include "frames.h"
#include "run.h"

#include <eventstream.h>
#include <stdint.h>

/* A copy that ends where its block ends, so that a sanitizer sees a byte read behind it. */
static char *exact(const char *bytes, size_t n)
{
    char *copy = malloc(n > 0 ? n : 1);

    ck_assert_ptr_nonnull(copy);
    if (n > 0)
        memcpy(copy, bytes, n);
    return copy;
}

static int look(const char *bytes, size_t n, struct brc__frames *frames, struct brc__frame *ret)
{
    brc__auto_free char *copy = exact(bytes, n);
    struct brc__error error = {0};

    int rc = brc__frames_next(frames, copy, n, ret, &error);
    ck_assert_int_eq(error.code, rc < 0 ? rc : 0);
    ck_assert_int_eq(rc < 0, error.text[0] != '\0');
    return rc;
}

/* What a first look at these bytes says. */
static int first_look(const char *bytes, size_t n)
{
    struct brc__frames frames = BRC__FRAMES;
    struct brc__frame frame;

    return look(bytes, n, &frames, &frame);
}

static void is_span(struct brc__span span, const char *text)
{
    ck_assert_int_eq(span.p == NULL, text == NULL);
    if (text == NULL)
        return;
    ck_assert_uint_eq(span.n, strlen(text));
    ck_assert_mem_eq(span.p, text, span.n);
}

/* The only frame in the buffer; its spans point there. */
static struct brc__frame only_frame(const struct brc__buf *bytes)
{
    struct brc__frames frames = BRC__FRAMES;
    struct brc__frame frame;
    struct brc__error error = {0};

    ck_assert_msg(brc__frames_next(&frames, bytes->data, bytes->length, &frame, &error) == 1, "%s",
                  error.text);
    ck_assert_uint_eq(frame.length, bytes->length);
    ck_assert_uint_eq(frames.wanted, 12);
    return frame;
}

/* ---- sound frames */

/* contentBlockStop, as botocore reads it. */
static const unsigned char published[] =
    "\x00\x00\x00\x7d\x00\x00\x00\x56\xe6\x68\x0f\xd6\x0b:event-type\x07\x00\x10"
    "contentBlockStop\x0d:content-type\x07\x00\x10"
    "application/json\x0d:message-type\x07\x00\x05"
    "event{\"contentBlockIndex\":0}\xb3\x2e\x4d\x34";

START_TEST(published_frame)
{
    brc__auto_buf struct brc__buf bytes = FRAMES, made = FRAMES;

    ck_assert_uint_eq(sizeof published - 1, 125);
    brc__buf_append(&bytes, published, sizeof published - 1);
    struct brc__frame frame = only_frame(&bytes);
    is_span(frame.headers[BRC__MESSAGE_TYPE], "event");
    is_span(frame.headers[BRC__EVENT_TYPE], "contentBlockStop");
    is_span(frame.headers[BRC__EXCEPTION_TYPE], NULL);
    is_span(frame.headers[BRC__ERROR_CODE], NULL);
    is_span(frame.headers[BRC__ERROR_MESSAGE], NULL);
    is_span(frame.payload, "{\"contentBlockIndex\":0}");
    frame_event(&made, "contentBlockStop", "{\"contentBlockIndex\":0}");
    ck_assert_uint_eq(made.length, bytes.length);
    ck_assert_mem_eq(made.data, bytes.data, made.length);
}
END_TEST

START_TEST(smallest_frame)
{
    static const char smallest[] = "\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb\x7d\x98\xc8"
                                   "\xff";
    brc__auto_buf struct brc__buf bytes = FRAMES;

    brc__buf_append(&bytes, smallest, 16);
    struct brc__frame frame = only_frame(&bytes);
    for (int i = 0; i < BRC__FRAME_HEADERS; i++)
        is_span(frame.headers[i], NULL);
    is_span(frame.payload, "");
}
END_TEST

START_TEST(exception_and_error)
{
    brc__auto_buf struct brc__buf exception = FRAMES, error = FRAMES;

    frame_exception(&exception, "throttlingException", "{\"message\":\"slow\"}");
    struct brc__frame frame = only_frame(&exception);
    is_span(frame.headers[BRC__MESSAGE_TYPE], "exception");
    is_span(frame.headers[BRC__EXCEPTION_TYPE], "throttlingException");
    is_span(frame.payload, "{\"message\":\"slow\"}");
    frame_error(&error, "InternalError", "");
    frame = only_frame(&error);
    is_span(frame.headers[BRC__MESSAGE_TYPE], "error");
    is_span(frame.headers[BRC__ERROR_CODE], "InternalError");
    is_span(frame.headers[BRC__ERROR_MESSAGE], "");
    is_span(frame.payload, "");
}
END_TEST

/* Headers of every type stand before the ones that matter. */
START_TEST(types_are_skipped_by_width)
{
    static const size_t widths[] = {0, 0, 1, 2, 4, 8, 5, 0, 8, 16};
    static const char value[] = "\x0d:message-type\x07\x00";
    brc__auto_buf struct brc__buf headers = FRAMES, bytes = FRAMES;

    for (int type = 0; type <= FRAME_UUID; type++)
        frame_header(&headers, "x", type, value, widths[type]);
    frame_header(&headers, "long", FRAME_STRING, published, 100);
    frame_header(&headers, ":message-typ", FRAME_STRING, "no", 2);
    frame_header(&headers, ":message-type2", FRAME_STRING, "no", 2);
    frame_header(&headers, ":Message-Type", FRAME_STRING, "no", 2);
    frame_header(&headers, ":message-type", FRAME_STRING, "event", 5);
    frame_put(&bytes, headers.data, headers.length, "p", 1);
    struct brc__frame frame = only_frame(&bytes);
    is_span(frame.headers[BRC__MESSAGE_TYPE], "event");
    is_span(frame.payload, "p");
}
END_TEST

/* ---- headers that are wrong */

static int look_with_headers(const char *headers, size_t n)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;

    frame_put(&bytes, headers, n, "payload", 7);
    return first_look(bytes.data, bytes.length);
}

START_TEST(unknown_type)
{
    char header[] = "\x01x\x00\x00\x00\x00\x00\x00";

    header[2] = (char)_i;
    ck_assert_int_eq(look_with_headers(header, sizeof header - 1), BRC_E_PROTOCOL);
}
END_TEST

#define HEADERS(bytes) bytes, sizeof(bytes) - 1

static const struct {
    const char *name;
    const char *headers;
    size_t n;
} wrong_headers[] = {
    {"name of no length", HEADERS("\x00\x00")},
    {"name of no length, string", HEADERS("\x00\x07\x00\x01x")},
    {"name without end", HEADERS("\x02x")},
    {"name without a byte", HEADERS("\xff")},
    {"no type", HEADERS("\x01x")},
    {"byte without a byte", HEADERS("\x01x\x02")},
    {"short with one", HEADERS("\x01x\x03\x00")},
    {"integer with three", HEADERS("\x01x\x04\x00\x00\x00")},
    {"long with seven", HEADERS("\x01x\x05\x00\x00\x00\x00\x00\x00\x00")},
    {"timestamp with seven", HEADERS("\x01x\x08\x00\x00\x00\x00\x00\x00\x00")},
    {"uuid with fifteen", HEADERS("\x01x\x09"
                                  "123456789abcdef")},
    {"string without length", HEADERS("\x01x\x07")},
    {"string with half a length", HEADERS("\x01x\x07\x00")},
    {"string longer than the headers", HEADERS("\x01x\x07\x00\x02x")},
    {"bytes longer than the headers", HEADERS("\x01x\x06\xff\xffx")},
    {"true, then half a header", HEADERS("\x01x\x00\x01")},
};

START_TEST(wrong_header)
{
    ck_assert_msg(look_with_headers(wrong_headers[_i].headers, wrong_headers[_i].n) ==
                      BRC_E_PROTOCOL,
                  "%s", wrong_headers[_i].name);
}
END_TEST

static const char *const told_headers[] = {":message-type", ":event-type", ":exception-type",
                                           ":error-code", ":error-message"};

/* One that says what the frame is comes twice, even with nothing in it, or is no string. */
START_TEST(header_that_matters)
{
    for (int type = 0; type <= FRAME_UUID; type++) {
        brc__auto_buf struct brc__buf headers = FRAMES;
        static const char value[16];
        static const size_t widths[] = {0, 0, 1, 2, 4, 8, 3, 3, 8, 16};

        frame_header(&headers, told_headers[_i], type, value, widths[type]);
        ck_assert_int_eq(look_with_headers(headers.data, headers.length),
                         type == FRAME_STRING ? 1 : BRC_E_PROTOCOL);
    }
    brc__auto_buf struct brc__buf twice = FRAMES;
    frame_header(&twice, told_headers[_i], FRAME_STRING, "", 0);
    frame_header(&twice, "x", FRAME_TRUE, "", 0);
    frame_header(&twice, told_headers[_i], FRAME_STRING, "", 0);
    ck_assert_int_eq(look_with_headers(twice.data, twice.length), BRC_E_PROTOCOL);
}
END_TEST

/* ---- lengths */

/* A look at no more than the prelude. */
static int look_at_prelude(uint32_t total, uint32_t headers, size_t *ret_wanted)
{
    char prelude[16] = {0};
    struct brc__frames frames = BRC__FRAMES;
    struct brc__frame frame;

    for (int i = 0; i < 4; i++) {
        prelude[i] = (char)(total >> (24 - 8 * i));
        prelude[4 + i] = (char)(headers >> (24 - 8 * i));
    }
    frame_seal(prelude, sizeof prelude);
    int rc = look(prelude, 12, &frames, &frame);
    *ret_wanted = frames.wanted;
    return rc;
}

static const struct {
    uint32_t total, headers;
    bool possible;
} lengths[] = {
    {16, 0, true},
    {15, 0, false},
    {0, 0, false},
    {12, 0, false},
    {16, 1, false},
    {17, 1, true},
    {100, 84, true},
    {100, 85, false},
    {100, UINT32_MAX, false},
    {UINT32_MAX, 0, false},
    {UINT32_MAX, UINT32_MAX, false},
    {UINT32_MAX, UINT32_MAX - 16, false},
    {16 + 131072, 131072, true},
    {16 + 131073, 131073, false},
    {16 + 131073, 131072, true},
    {16 + 25165824, 0, true},
    {16 + 25165825, 0, false},
    {16 + 25165825, 1, true},
    {16 + 131072 + 25165824, 131072, true},
    {16 + 131072 + 25165825, 131072, false},
};

START_TEST(length_in_prelude)
{
    size_t wanted;
    int rc = look_at_prelude(lengths[_i].total, lengths[_i].headers, &wanted);

    ck_assert_int_eq(rc, lengths[_i].possible ? 0 : BRC_E_PROTOCOL);
    if (lengths[_i].possible)
        ck_assert_uint_eq(wanted, lengths[_i].total);
}
END_TEST

START_TEST(largest_frame)
{
    brc__auto_buf struct brc__buf headers = FRAMES, bytes = FRAMES;
    char *payload = calloc(1, BRC__FRAME_PAYLOAD_MAX);

    ck_assert_ptr_nonnull(payload);
    frame_header(&headers, ":message-type", FRAME_STRING, "event", 5);
    frame_header(&headers, "a", FRAME_STRING, payload, 65535);
    frame_header(&headers, "b", FRAME_BYTES, payload, BRC__FRAME_HEADERS_MAX - headers.length - 5);
    ck_assert_uint_eq(headers.length, 131072);
    frame_put(&bytes, headers.data, headers.length, payload, BRC__FRAME_PAYLOAD_MAX);
    free(payload);
    struct brc__frame frame = only_frame(&bytes);
    ck_assert_uint_eq(frame.length, BRC__FRAME_MAX);
    ck_assert_uint_eq(frame.payload.n, 25165824);
    is_span(frame.headers[BRC__MESSAGE_TYPE], "event");
    ck_assert_int_eq(first_look(bytes.data, bytes.length - 1), 0);
    bytes.data[bytes.length / 2] ^= 1;
    ck_assert_int_eq(first_look(bytes.data, bytes.length), BRC_E_PROTOCOL);
}
END_TEST

/* ---- cut and damaged */

static void make_frame(struct brc__buf *to)
{
    frame_event(to, "contentBlockDelta",
                "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Hello, how are you?\"},"
                "\"p\":\"abcdefghijklmnopqrstuvwxyz\"}");
    ck_assert_uint_ge(to->length, 190);
}

/* However it is cut, no more is wanted than there is to come, and never less than the next look
 * needs. */
START_TEST(every_truncation)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;

    make_frame(&bytes);
    for (size_t n = 0; n < bytes.length; n++) {
        struct brc__frames frames = BRC__FRAMES;
        struct brc__frame frame;
        ck_assert_int_eq(look(bytes.data, n, &frames, &frame), 0);
        ck_assert_uint_eq(frames.wanted, n < 12 ? 12 : bytes.length);
        ck_assert_int_eq(look(bytes.data, n, &frames, &frame), 0);
        ck_assert_int_eq(look(bytes.data, bytes.length, &frames, &frame), 1);
        ck_assert_uint_eq(frame.length, bytes.length);
        ck_assert_uint_eq(frames.wanted, 12);
    }
}
END_TEST

START_TEST(every_flipped_bit)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;

    make_frame(&bytes);
    for (size_t bit = 0; bit < 8 * bytes.length; bit++) {
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
        ck_assert_int_eq(first_look(bytes.data, bytes.length), BRC_E_PROTOCOL);
        /* A prelude that is wrong is not waited for. */
        ck_assert_int_eq(first_look(bytes.data, 12), bit < 96 ? BRC_E_PROTOCOL : 0);
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    ck_assert_int_eq(first_look(bytes.data, bytes.length), 1);
}
END_TEST

/* A byte is lost, or one comes in; a second frame follows. */
START_TEST(every_shifted_byte)
{
    brc__auto_buf struct brc__buf bytes = FRAMES;

    make_frame(&bytes);
    size_t length = bytes.length;
    make_frame(&bytes);
    for (size_t at = 0; at < length; at++) {
        brc__auto_buf struct brc__buf less = FRAMES, more = FRAMES;
        brc__buf_append(&less, bytes.data, at);
        brc__buf_append(&less, bytes.data + at + 1, bytes.length - at - 1);
        ck_assert_int_eq(first_look(less.data, less.length), BRC_E_PROTOCOL);
        brc__buf_append(&more, bytes.data, at + 1);
        brc__buf_append(&more, bytes.data + at, bytes.length - at);
        ck_assert_int_eq(first_look(more.data, more.length), at + 1 == length ? 1 : BRC_E_PROTOCOL);
    }
}
END_TEST

/* ---- one after the other */

enum {
    FRAMES_IN_A_ROW = 25
};

/* Frames of all sizes, handed on in chunks; the n-th has n * n bytes of payload. */
static void read_in_chunks(const struct brc__buf *bytes, unsigned seed, size_t chunk_max)
{
    struct brc__frames frames = BRC__FRAMES;
    struct brc__frame frame;
    size_t start = 0, end = 0, count = 0;

    while (start < bytes->length) {
        ck_assert_uint_lt(end, bytes->length);
        end += seed == 0 ? chunk_max : 1 + (size_t)rand_r(&seed) % chunk_max;
        end = end < bytes->length ? end : bytes->length;
        while (look(bytes->data + start, end - start, &frames, &frame) == 1) {
            ck_assert_uint_eq(frame.payload.n, count * count);
            count++;
            start += frame.length;
        }
    }
    ck_assert_uint_eq(count, FRAMES_IN_A_ROW);
}

START_TEST(any_chunking)
{
    brc__auto_buf struct brc__buf bytes = FRAMES, payload = FRAMES;

    for (size_t i = 0; i < FRAMES_IN_A_ROW; i++) {
        while (payload.length < i * i)
            brc__buf_append(&payload, "x", 1);
        frame_message(&bytes, "event", ":event-type", "x", payload.data, payload.length);
    }
    read_in_chunks(&bytes, 0, 1);
    read_in_chunks(&bytes, 0, 7);
    read_in_chunks(&bytes, 0, bytes.length);
    for (unsigned seed = 1; seed <= 20; seed++)
        read_in_chunks(&bytes, seed, seed * seed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("eventstream");
    TCase *tcase = tcase_create("eventstream");

    tcase_add_test(tcase, published_frame);
    tcase_add_test(tcase, smallest_frame);
    tcase_add_test(tcase, exception_and_error);
    tcase_add_test(tcase, types_are_skipped_by_width);
    tcase_add_loop_test(tcase, unknown_type, FRAME_UUID + 1, 256);
    tcase_add_loop_test(tcase, wrong_header, 0, sizeof wrong_headers / sizeof *wrong_headers);
    tcase_add_loop_test(tcase, header_that_matters, 0, BRC__FRAME_HEADERS);
    tcase_add_loop_test(tcase, length_in_prelude, 0, sizeof lengths / sizeof *lengths);
    tcase_add_test(tcase, largest_frame);
    tcase_add_test(tcase, every_truncation);
    tcase_add_test(tcase, every_flipped_bit);
    tcase_add_test(tcase, every_shifted_byte);
    tcase_add_test(tcase, any_chunking);
    suite_add_tcase(suite, tcase);
    return run(suite);
}
