/* ConverseStream: the same answer and the same bill as Converse's, as a stream of events.
 *
 * SPDX-License-Identifier: MIT
 */
#include "event_frame.h"
#include "stream_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THINK       "\"additionalModelRequestFields\":{\"thinking\":{\"type\":\"enabled\"}}"
#define THINK_NOT   "\"additionalModelRequestFields\":{\"thinking\":{\"type\":\"disabled\"}}"
#define MAX(tokens) "\"inferenceConfig\":{\"maxTokens\":" tokens "}"

/* The tool "t", which has to be used, around its properties. */
#define TOOL                                                                                       \
    "\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"t\",\"inputSchema\":{\"json\":{"         \
    "\"properties\":{"
#define TOOL_END "}}}}}],\"toolChoice\":{\"any\":{}}}"
#define PROPERTIES                                                                                 \
    "\"s\":{\"type\":\"string\"},\"i\":{\"type\":\"integer\"},\"n\":{\"type\":\"number\"},\"b\":{" \
    "\"type\":\"boolean\"},\"a\":{\"type\":\"array\"},\"e\":{\"enum\":[\"東京\\\"\"]}"

#define ASK      "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"q\"},"
#define CITED    "\"citations\":{\"enabled\":true}}}"
#define DOCUMENT "{\"document\":{\"name\":\"d\",\"source\":"
#define FOUND                                                                                      \
    "{\"searchResult\":{\"source\":\"s\",\"title\":\"t\",\"content\":[{\"text\":\"found\"}]"

static const char ASK_DOCUMENT[] = ASK DOCUMENT
    "{\"text\":\"äöü, and more than forty characters in all, so that it is cut\"}," CITED "]}]}";
static const char ASK_SEVERAL[] =
    ASK FOUND "}}," FOUND "," CITED "," DOCUMENT "{\"content\":[{\"text\":\"short\"}]}," CITED
              "," DOCUMENT "{\"bytes\":\"aaaa\"}," CITED "]}]," THINK "}";
static const char ASK_NOTHING_CITED[] = ASK FOUND "}}]}]}";

static const struct {
    const char *body;
    const char *kinds; /* of the content blocks */
} BODIES[] = {
    {HELLO, "text "},
    {HELLO_WITH("\"serviceTier\":{\"type\":\"flex\"},\"performanceConfig\":{\"latency\":"
                "\"optimized\"},\"guardrailConfig\":{\"streamProcessingMode\":\"async\"}"),
     "text "},
    {HELLO_WITH(MAX("1")), "text "},
    {HELLO_WITH(TOOL PROPERTIES TOOL_END), "toolUse "},
    {HELLO_WITH(TOOL TOOL_END), "toolUse "},
    {HELLO_WITH(MAX("1") "," TOOL PROPERTIES TOOL_END), ""},
    {HELLO_WITH(THINK), "reasoningContent text "},
    {HELLO_WITH(THINK "," TOOL PROPERTIES TOOL_END), "reasoningContent toolUse "},
    {HELLO_WITH(THINK "," MAX("1")), "reasoningContent "},
    {HELLO_WITH(THINK ",\"inferenceConfig\":{\"maxTokens\":1,\"stopSequences\":[\"x\"]}"),
     "reasoningContent "},
    {HELLO_WITH(THINK_NOT), "text "},
    {ASK_DOCUMENT, "citationsContent "},
    {ASK_SEVERAL, "reasoningContent citationsContent "},
    {ASK_NOTHING_CITED, "text "},
};

static char *kinds_of(const json_t *content)
{
    char *kinds = calloc(1, 256);
    json_t *block;
    size_t i;

    json_array_foreach(content, i, block)
    {
        strcat(kinds, json_object_iter_key(json_object_iter(block)));
        strcat(kinds, " ");
    }
    return kinds;
}

static json_int_t billed(const char *member)
{
    json_t *bill = get_bill();
    json_int_t n = integer_at(bill, "totals", member);

    json_decref(bill);
    return n;
}

/* Everything that Converse says besides the message is in the metadata. */
static void check_metadata(const json_t *answer, const json_t *metadata)
{
    const char *const members[] = {"usage", "metrics", "serviceTier", "performanceConfig"};

    for (int i = 0; i < COUNT(members); i++)
        ck_assert(
            json_object_get(answer, members[i]) == json_object_get(metadata, members[i]) ||
            json_equal(json_object_get(answer, members[i]), json_object_get(metadata, members[i])));
}

START_TEST(test_same_as_converse)
{
    json_t *answer = expect_json(converse(RAW, BODIES[_i].body), 200);
    json_int_t output = billed("outputTokens"), total = billed("totalTokens");
    struct stream stream = converse_stream(BODIES[_i].body);
    const json_t *content =
        json_object_get(json_object_get(json_object_get(answer, "output"), "message"), "content");
    json_t *message = assemble(&stream);
    char *kinds = kinds_of(content);

    ck_assert_int_eq(stream.response.status, 200);
    ck_assert(stream.complete && stream.incomplete == 0);
    ck_assert(json_equal(json_object_get(message, "content"), content));
    ck_assert(
        json_equal(json_object_get(message, "stopReason"), json_object_get(answer, "stopReason")));
    ck_assert_str_eq(kinds, BODIES[_i].kinds);
    check_metadata(answer, only_event(&stream, "metadata"));
    ck_assert_int_eq(output, integer_at(answer, "usage", "outputTokens"));
    ck_assert_int_eq(billed("outputTokens"), 2 * output);
    ck_assert_int_eq(billed("totalTokens"), 2 * total);
    ck_assert_int_eq(billed("calls"), 2);
    json_decref(answer);
    json_decref(message);
    stream_free(&stream);
    free(kinds);
}
END_TEST

/* The headers, in AWS's order, and what is in each payload besides what it says. */
START_TEST(test_events)
{
    struct stream stream = converse_stream(HELLO_WITH(THINK));
    struct stream again = converse_stream(HELLO_WITH(THINK));
    size_t most_padding = 0;
    json_t *frame;
    size_t i;

    json_array_foreach(stream.frames, i, frame)
    {
        const json_t *payload = json_object_get(frame, "payload");
        size_t padding = json_string_length(json_object_get(payload, "p"));

        ck_assert_str_eq(frame_header(&stream, i, "names"),
                         ":event-type:content-type:message-type");
        ck_assert_str_eq(frame_header(&stream, i, ":content-type"), "application/json");
        ck_assert_str_eq(frame_header(&stream, i, ":message-type"), "event");
        ck_assert_uint_gt(padding, 0);
        most_padding = padding > most_padding ? padding : most_padding;
        ck_assert_uint_le(
            json_string_length(json_object_get(json_object_get(payload, "delta"), "text")),
            16 * 11); /* some characters are joined of several */
    }
    ck_assert_uint_gt(i, 20);
    ck_assert_uint_gt(most_padding, 40);
    ck_assert_str_eq(
        json_string_value(json_object_get(only_event(&stream, "messageStart"), "role")),
        "assistant");
    ck_assert_uint_eq(stream.len, again.len); /* the emulator is deterministic */
    ck_assert_int_eq(memcmp(stream.bytes, again.bytes, stream.len), 0);
    stream_free(&stream);
    stream_free(&again);
}
END_TEST

/* A frame that AWS's Python package could read. */
START_TEST(test_frame)
{
    static const char FRAME[] =
        "0000007d00000056e6680fd60b3a6576656e742d74797065070010636f6e74656e74426c6f636b53746f700d"
        "3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d7479"
        "70650700056576656e747b22636f6e74656e74426c6f636b496e646578223a307db32e4d34";
    static const struct emu_frame_header HEADERS[] = {{":event-type", "contentBlockStop"},
                                                      {":content-type", "application/json"},
                                                      {":message-type", "event"}};
    emu_auto_text text = {0};
    char hex[sizeof(FRAME)] = "";

    emu_text_puts(&text, "before");
    emu_frame_add(&text, HEADERS, 3, "{\"contentBlockIndex\":0}", 23);
    ck_assert_uint_eq(text.len, 6 + (sizeof(FRAME) - 1) / 2);
    for (size_t i = 6; i < text.len; i++)
        sprintf(hex + 2 * (i - 6), "%02x", (unsigned char)text.data[i]);
    ck_assert_str_eq(hex, FRAME);
    ck_assert_uint_eq(emu_frame_end(&text, 6), text.len);
    emu_frame_add(&text, NULL, 0, "", 0);
    ck_assert_uint_eq(emu_frame_end(&text, 6), 131);
    ck_assert_uint_eq(emu_frame_end(&text, 131), 147);
    ck_assert_uint_eq(emu_frame_end(&text, 140), 147); /* no frame begins there */
}
END_TEST

/* ---- refusals ---- */

static const struct {
    const char *model;
    const char *body;
    int status;
    const char *type;
} REFUSED[] = {
    {"arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%"
     "2Fabcdef123456",
     HELLO, 404, "ResourceNotFoundException"},
    {"not%20a%20model", HELLO, 400, "ValidationException"},
    {RAW, "{\"messages\":[]}", 400, "ValidationException"},
    {RAW, "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\" \"}]}]}", 400,
     "ValidationException"},
    {RAW, HELLO_WITH("\"guardrailConfig\":{\"streamProcessingMode\":\"later\"}"), 400,
     "ValidationException"},
    {RAW, "{", 400, "SerializationException"},
};

START_TEST(test_refused)
{
    char *target = text("/model/%s/converse-stream", REFUSED[_i].model);

    expect_error(call("POST", target, REFUSED[_i].body), REFUSED[_i].status, REFUSED[_i].type,
                 NULL);
    expect_error(call("GET", target, NULL), 404, "UnknownOperationException", NULL);
    expect_error(own("POST", target, REFUSED[_i].body), 403, "MissingAuthenticationTokenException",
                 NULL);
    ck_assert_int_eq(billed("calls"), 0);
    free(target);
}
END_TEST

/* ---- time ---- */

START_TEST(test_client_gives_up)
{
    json_t *answer = expect_json(converse(RAW, HELLO), 200);
    json_int_t output = integer_at(answer, "usage", "outputTokens");
    int fd = start_stream(HELLO);
    char byte;

    ck_assert_int_eq(read(fd, &byte, 1), 1);
    close(fd);
    ck_assert_int_eq(billed("outputTokens"), 2 * output);
    json_decref(answer);
}
END_TEST

START_TEST(test_event_time)
{
    json_int_t start = milliseconds();
    struct stream stream;

    emulator_start((const char *[]){"--event-time", "50", NULL});
    stream = converse_stream(HELLO_WITH(MAX("5")));
    ck_assert(stream.complete);
    ck_assert_uint_eq(stream.n_chunks, json_array_size(stream.frames));
    ck_assert_int_ge(milliseconds() - start, 50 * ((json_int_t)stream.n_chunks - 1));
    stream_free(&stream);
    emulator_stop();
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("stream");
    TCase *tcase = emulator_case(suite, "stream");
    TCase *own_start = tcase_create("own start");

    tcase_add_loop_test(tcase, test_same_as_converse, 0, COUNT(BODIES));
    tcase_add_test(tcase, test_events);
    tcase_add_test(tcase, test_frame);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(REFUSED));
    tcase_add_test(tcase, test_client_gives_up);
    tcase_add_test(own_start, test_event_time);
    suite_add_tcase(suite, own_start);
    return run_suite(suite, argc, argv);
}
