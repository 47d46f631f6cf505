/* Takes a message apart into the events it is streamed as: text in pieces of a few characters,
 * tool inputs as pieces of JSON, and padding in each of them, as AWS sends it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "stream.h"
#include "event_frame.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PIECE 16 /* characters */
#define PADDING   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* A stream that grows. */
struct stream {
    struct emu_text *out;
    struct emu_random *random;
    json_int_t block; /* its index */
};

/* ---- frames ---- */

/* Takes over `json`. */
static void add_frame(struct emu_text *out, const char *kind_header, const char *kind,
                      const char *message_type, json_t *json)
{
    char *payload = json != NULL ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    const struct emu_frame_header headers[] = {{kind_header, kind},
                                               {":content-type", "application/json"},
                                               {":message-type", message_type}};

    if (payload != NULL)
        emu_frame_add(out, headers, 3, payload, strlen(payload));
    else
        out->failed = true;
    free(payload);
    json_decref(json);
}

/* Takes over `json`. */
static void add_event(struct stream *stream, const char *type, json_t *json)
{
    size_t len = 1 + emu_random_below(stream->random, strlen(PADDING));

    if (json_object_set_new(json, "p", json_stringn(PADDING, len)) < 0)
        stream->out->failed = true;
    add_frame(stream->out, ":event-type", type, "event", json);
}

void emu_stream_add_event(struct emu_text *out, const char *type, json_t *json)
{
    add_frame(out, ":event-type", type, "event", json);
}

void emu_stream_add_exception(struct emu_text *out, const char *type, json_t *json)
{
    add_frame(out, ":exception-type", type, "exception", json);
}

void emu_stream_add_error(struct emu_text *out, const char *code, const char *message)
{
    const struct emu_frame_header headers[] = {
        {":error-code", code}, {":error-message", message}, {":message-type", "error"}};

    emu_frame_add(out, headers, 3, "", 0);
}

/* ---- content blocks ---- */

/* Takes over `delta`. */
static void add_delta(struct stream *stream, json_t *delta)
{
    add_event(stream, "contentBlockDelta",
              json_pack("{s:I, s:o}", "contentBlockIndex", stream->block, "delta", delta));
}

/* The bytes of the next piece: a few whole characters. */
static size_t piece_length(struct emu_random *random, const char *text, size_t len)
{
    size_t characters = 1 + emu_random_below(random, MAX_PIECE);
    size_t n = 0;

    while (n < len) {
        bool starts = ((unsigned char)text[n] & 0xC0) != 0x80;

        if (starts && characters-- == 0)
            break;
        n++;
    }
    return n;
}

/* Adds a text in pieces, each in a delta that `pack` makes of it. */
static void add_pieces(struct stream *stream, const char *text, size_t len,
                       json_t *(*pack)(const char *piece, size_t len))
{
    while (len > 0 && !stream->out->failed) {
        size_t n = piece_length(stream->random, text, len);

        add_delta(stream, pack(text, n));
        text += n;
        len -= n;
    }
}

static json_t *pack_text(const char *piece, size_t len)
{
    return json_pack("{s:s%}", "text", piece, len);
}

static json_t *pack_reasoning(const char *piece, size_t len)
{
    return json_pack("{s:{s:s%}}", "reasoningContent", "text", piece, len);
}

static json_t *pack_tool_input(const char *piece, size_t len)
{
    return json_pack("{s:{s:s%}}", "toolUse", "input", piece, len);
}

static void add_string(struct stream *stream, const json_t *string,
                       json_t *(*pack)(const char *piece, size_t len))
{
    add_pieces(stream, json_string_value(string), json_string_length(string), pack);
}

static void add_reasoning(struct stream *stream, const json_t *reasoning)
{
    const json_t *text = json_object_get(reasoning, "reasoningText");

    add_string(stream, json_object_get(text, "text"), pack_reasoning);
    add_delta(stream, json_pack("{s:{s:O}}", "reasoningContent", "signature",
                                json_object_get(text, "signature")));
}

/* The first piece is empty; an empty input has no other. */
static void add_tool_use(struct stream *stream, const json_t *tool_use)
{
    const json_t *input = json_object_get(tool_use, "input");
    char *text = json_dumps(input, JSON_COMPACT);

    if (text == NULL) {
        stream->out->failed = true;
        return;
    }
    add_event(stream, "contentBlockStart",
              json_pack("{s:I, s:{s:{s:O, s:O}}}", "contentBlockIndex", stream->block, "start",
                        "toolUse", "toolUseId", json_object_get(tool_use, "toolUseId"), "name",
                        json_object_get(tool_use, "name")));
    add_delta(stream, pack_tool_input("", 0));
    if (json_object_size(input) > 0)
        add_pieces(stream, text, strlen(text), pack_tool_input);
    free(text);
}

static void add_cited_text(struct stream *stream, const json_t *cited)
{
    json_t *citation;
    const json_t *part;
    size_t i;

    json_array_foreach(json_object_get(cited, "content"), i, part)
    {
        add_string(stream, json_object_get(part, "text"), pack_text);
    }
    json_array_foreach(json_object_get(cited, "citations"), i, citation)
    {
        add_delta(stream, json_pack("{s:O}", "citation", citation));
    }
}

static void add_block(struct stream *stream, const json_t *block)
{
    const json_t *reasoning = json_object_get(block, "reasoningContent");
    const json_t *tool_use = json_object_get(block, "toolUse");
    const json_t *cited = json_object_get(block, "citationsContent");

    if (reasoning != NULL)
        add_reasoning(stream, reasoning);
    else if (tool_use != NULL)
        add_tool_use(stream, tool_use);
    else if (cited != NULL)
        add_cited_text(stream, cited);
    else
        add_string(stream, json_object_get(block, "text"), pack_text);
    add_event(stream, "contentBlockStop", json_pack("{s:I}", "contentBlockIndex", stream->block));
}

void emu_stream_add(struct emu_text *out, struct emu_message *message, json_t *metadata)
{
    struct stream stream = {.out = out, .random = &message->random};
    const json_t *block;
    size_t i;

    add_event(&stream, "messageStart", json_pack("{s:s}", "role", "assistant"));
    json_array_foreach(message->content, i, block)
    {
        stream.block = (json_int_t)i;
        add_block(&stream, block);
    }
    add_event(&stream, "messageStop", json_pack("{s:s}", "stopReason", message->stop_reason));
    add_event(&stream, "metadata", metadata);
}
