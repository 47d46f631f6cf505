/* SPDX-License-Identifier: MIT */
#include "long_stream.h"
#include "bench.h"
#include "frames.h"

#include <stdio.h>
#include <string.h>

enum {
    PAYLOAD = 93, /* what the headers leave of a frame */
    TOKENS = 8,
};

/* As they stand between the quotes. */
static const char *const english[TOKENS] = {"The",      " sky", " is",   " blue",
                                            " because", " sun", "light", " scatters, "};

static const struct form {
    const char *before, *after;
    const char *const *tokens;
} forms[LONG_STREAM_KINDS] = {
    [LONG_STREAM_TEXT] = {"{\"text\":\"", "\"}", english},
    [LONG_STREAM_MULTIBYTE] = {"{\"text\":\"", "\"}",
                               (const char *const[TOKENS]){"Größe", " für", "空", "は青い", " été",
                                                           " небо", " 😀", " naïve "}},
    [LONG_STREAM_TOOL] = {"{\"toolUse\":{\"input\":\"", "\"}}",
                          (const char *const[TOKENS]){"{\\\"ci", "ty\\\":", " \\\"Par", "is\\\",",
                                                      " \\\"day", "s\\\": ", "12", "}"}},
    [LONG_STREAM_REASONING] = {"{\"reasoningContent\":{\"text\":\"", "\"}}", english},
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static void put_delta(struct brc__buf *frames, const struct form *form, int n)
{
    char json[PAYLOAD + 1];
    const char *token = form->tokens[n % TOKENS];
    int length =
        snprintf(json, sizeof json, "{\"contentBlockIndex\":0,\"delta\":%s%s%s,\"p\":\"\"}",
                 form->before, token, form->after);
    size_t before = frames->length;

    snprintf(json, sizeof json, "{\"contentBlockIndex\":0,\"delta\":%s%s%s,\"p\":\"%.*s\"}",
             form->before, token, form->after, PAYLOAD - length, letters);
    frame_event(frames, "contentBlockDelta", json);
    if (frames->length - before != LONG_STREAM_FRAME)
        bench_fail("the frame of a delta has another length");
}

struct brc__buf long_stream(enum long_stream_kind kind, int deltas)
{
    struct brc__buf frames = FRAMES;

    frame_event(&frames, "messageStart", "{\"role\":\"assistant\",\"p\":\"abcdef\"}");
    if (kind == LONG_STREAM_TOOL)
        frame_event(&frames, "contentBlockStart",
                    "{\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"name\":\"weather\","
                    "\"toolUseId\":\"tooluse_kZJMlvQmRJ6eAyJE5GIl7Q\"}},\"p\":\"abc\"}");
    for (int i = 0; i < deltas; i++)
        put_delta(&frames, &forms[kind], i);
    frame_event(&frames, "contentBlockStop", "{\"contentBlockIndex\":0,\"p\":\"abcdef\"}");
    frame_event(&frames, "messageStop", "{\"p\":\"abc\",\"stopReason\":\"end_turn\"}");
    frame_event(&frames, "metadata",
                "{\"metrics\":{\"latencyMs\":412},\"p\":\"abc\",\"usage\":{\"inputTokens\":256,"
                "\"outputTokens\":2000,\"totalTokens\":2256}}");
    return frames;
}

static size_t frame_length(const char *frame)
{
    const unsigned char *b = (const unsigned char *)frame;

    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

size_t long_stream_start(const struct brc__buf *frames)
{
    size_t at = 0;

    while (frame_length(frames->data + at) != LONG_STREAM_FRAME)
        at += frame_length(frames->data + at);
    return at;
}

struct brc__buf long_stream_answer(enum long_stream_kind kind, int deltas)
{
    brc__auto_buf struct brc__buf frames = long_stream(kind, deltas);
    struct brc__buf answer = FRAMES;

    brc__buf_text(&answer, "HTTP/1.1 200 OK\r\n"
                           "Content-Type: application/vnd.amazon.eventstream\r\n"
                           "x-amzn-RequestId: 4f2b1f6e-0c9e-4f43-a5e3-0f4c31b6c1d2\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0; at < frames.length; at += frame_length(frames.data + at)) {
        size_t length = frame_length(frames.data + at);
        brc__buf_appendf(&answer, "%zx\r\n", length);
        brc__buf_append(&answer, frames.data + at, length);
        brc__buf_text(&answer, "\r\n");
    }
    if (brc__buf_text(&answer, "0\r\n\r\n") < 0)
        bench_fail("memory");
    return answer;
}

size_t long_stream_answer_start(const struct brc__buf *answer)
{
    static const char chunk[] = "\r\nc4\r\n";
    const char *found = memmem(answer->data, answer->length, chunk, sizeof chunk - 1);

    return found == NULL ? 0 : (size_t)(found + 2 - answer->data);
}
