/* Chunks, frames with their checksums, and the message that the events make up.
 *
 * SPDX-License-Identifier: MIT
 */
#include "stream_client.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- chunks ---- */

static void add_chunks(struct stream *stream)
{
    const char *at = stream->response.body;
    const char *end = at + stream->response.body_len;

    stream->bytes = calloc(1, stream->response.body_len + 1);
    while (at < end) {
        char *line_end;
        size_t size = strtoul(at, &line_end, 16);

        if (line_end + 2 > end)
            return;
        ck_assert_int_eq(strncmp(line_end, "\r\n", 2), 0);
        at = line_end + 2;
        stream->complete = size == 0;
        if (size == 0)
            return;
        size = size < (size_t)(end - at) ? size : (size_t)(end - at);
        memcpy(stream->bytes + stream->len, at, size);
        stream->len += size;
        stream->n_chunks++;
        at += size + 2;
    }
}

/* ---- frames ---- */

static uint32_t number_at(const char *bytes, size_t n)
{
    uint32_t number = 0;

    for (size_t i = 0; i < n; i++)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

static uint32_t checksum(const char *bytes, size_t len)
{
    uint32_t sum = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        sum ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
    }
    return ~sum;
}

/* One header of type string; where the next begins. */
static const char *decode_header(json_t *frame, const char *at, const char *end)
{
    size_t name_len = number_at(at, 1);
    char *name = strndup(at + 1, name_len);
    const char *names = json_string_value(json_object_get(frame, "names"));
    size_t len;

    at += 1 + name_len;
    ck_assert_int_eq(*at, 7);
    len = number_at(at + 1, 2);
    at += 3;
    ck_assert(len <= (size_t)(end - at));
    ck_assert_ptr_null(json_object_get(frame, name));
    json_object_set_new(frame, "names", json_sprintf("%s%s", names, name));
    json_object_set_new(frame, name, json_stringn(at, len));
    free(name);
    return at + len;
}

/* The first frame of the bytes; its length, or 0 if it is not whole. */
static size_t decode_frame(json_t *frames, const char *bytes, size_t len)
{
    json_t *frame;
    const char *at = bytes + 12;
    const char *headers_end;
    size_t total;

    if (len < 12 || len < number_at(bytes, 4))
        return 0;
    total = number_at(bytes, 4);
    headers_end = at + number_at(bytes + 4, 4);
    ck_assert_uint_eq(number_at(bytes + 8, 4), checksum(bytes, 8));
    ck_assert(total >= 16 && headers_end <= bytes + total - 4);
    ck_assert_uint_eq(number_at(bytes + total - 4, 4), checksum(bytes, total - 4));
    frame = json_pack("{s:s}", "names", "");
    while (at < headers_end)
        at = decode_header(frame, at, headers_end);
    ck_assert_ptr_eq(at, headers_end);
    json_object_set_new(frame, "payload",
                        json_loadb(at, (size_t)(bytes + total - 4 - at), JSON_ALLOW_NUL, NULL));
    json_array_append_new(frames, frame);
    return total;
}

struct stream read_stream(int fd)
{
    struct stream stream = {.response = read_response(fd), .frames = json_array()};
    size_t at = 0;
    size_t n;

    if (stream.response.body == NULL)
        return stream;
    ck_assert_str_eq(stream.response.content_type, "application/vnd.amazon.eventstream");
    add_chunks(&stream);
    do {
        n = decode_frame(stream.frames, stream.bytes + at, stream.len - at);
        at += n;
    } while (n > 0);
    stream.incomplete = stream.len - at;
    return stream;
}

int start_stream(const char *body)
{
    char *request = signed_request(&SIGNER, "POST", STREAM_TARGET, body);
    int fd = connect_to_emulator();

    send_bytes(fd, request, strlen(request));
    free(request);
    return fd;
}

struct stream converse_stream(const char *body)
{
    return read_stream(start_stream(body));
}

void stream_free(struct stream *stream)
{
    response_free(&stream->response);
    json_decref(stream->frames);
    free(stream->bytes);
    *stream = (struct stream){0};
}

const char *frame_header(const struct stream *stream, size_t i, const char *name)
{
    const char *value = json_string_value(json_object_get(json_array_get(stream->frames, i), name));

    return value != NULL ? value : "";
}

const json_t *only_event(const struct stream *stream, const char *type)
{
    const json_t *found = NULL;

    for (size_t i = 0; i < json_array_size(stream->frames); i++) {
        if (strcmp(frame_header(stream, i, ":event-type"), type) != 0)
            continue;
        ck_assert_ptr_null(found);
        found = json_object_get(json_array_get(stream->frames, i), "payload");
    }
    ck_assert_ptr_nonnull(found);
    return found;
}

/* ---- the message ---- */

/* Appends to the string object.member. */
static void append(json_t *object, const char *member, const json_t *more)
{
    const char *text = json_string_value(json_object_get(object, member));

    ck_assert(json_is_string(more));
    ck_assert_int_eq(json_object_set_new(
                         object, member,
                         json_sprintf("%s%s", text != NULL ? text : "", json_string_value(more))),
                     0);
}

static void add_delta(json_t *block, const json_t *delta)
{
    const json_t *reasoning = json_object_get(delta, "reasoningContent");
    json_t *citation = json_object_get(delta, "citation");

    ck_assert_uint_eq(json_object_size(delta), 1);
    if (json_object_get(delta, "text") != NULL)
        append(block, "text", json_object_get(delta, "text"));
    else if (json_object_get(reasoning, "text") != NULL)
        append(block, "reasoning", json_object_get(reasoning, "text"));
    else if (reasoning != NULL)
        append(block, "signature", json_object_get(reasoning, "signature"));
    else if (citation != NULL)
        json_array_append(json_object_get(block, "citations"), citation);
    else
        append(block, "input", json_object_get(json_object_get(delta, "toolUse"), "input"));
}

/* A content block as Converse has it, of what the deltas brought. */
static json_t *finish_block(const json_t *block)
{
    json_t *tool = json_object_get(json_object_get(block, "start"), "toolUse");
    json_t *citations = json_object_get(block, "citations");
    const char *input = json_string_value(json_object_get(block, "input"));

    if (json_object_get(block, "reasoning") != NULL)
        return json_pack("{s:{s:{s:O, s:O}}}", "reasoningContent", "reasoningText", "text",
                         json_object_get(block, "reasoning"), "signature",
                         json_object_get(block, "signature"));
    if (tool != NULL) {
        json_object_set_new(tool, "input", json_loads(input[0] != '\0' ? input : "{}", 0, NULL));
        return json_pack("{s:O}", "toolUse", tool);
    }
    if (json_array_size(citations) > 0)
        return json_pack("{s:{s:[{s:O}], s:O}}", "citationsContent", "content", "text",
                         json_object_get(block, "text"), "citations", citations);
    return json_pack("{s:O}", "text", json_object_get(block, "text"));
}

/* One event; `block` is the open one or null. The new `block`. */
static json_t *take_event(json_t *message, json_t *block, const char *type, const json_t *payload)
{
    json_t *content = json_object_get(message, "content");
    bool stop = strcmp(type, "contentBlockStop") == 0;

    ck_assert_int_eq(json_integer_value(json_object_get(payload, "contentBlockIndex")),
                     (json_int_t)json_array_size(content));
    if (stop) {
        ck_assert_ptr_nonnull(block);
        json_array_append_new(content, finish_block(block));
        json_decref(block);
        return NULL;
    }
    if (block == NULL)
        block = json_pack("{s:[]}", "citations");
    if (strcmp(type, "contentBlockStart") == 0)
        json_object_set(block, "start", json_object_get(payload, "start"));
    else
        add_delta(block, json_object_get(payload, "delta"));
    return block;
}

json_t *assemble(const struct stream *stream)
{
    size_t n = json_array_size(stream->frames);
    json_t *message = json_pack("{s:[]}", "content");
    json_t *block = NULL;

    ck_assert_uint_ge(n, 3);
    ck_assert_str_eq(frame_header(stream, 0, ":event-type"), "messageStart");
    ck_assert_str_eq(frame_header(stream, n - 2, ":event-type"), "messageStop");
    ck_assert_str_eq(frame_header(stream, n - 1, ":event-type"), "metadata");
    for (size_t i = 1; i < n - 2; i++)
        block = take_event(message, block, frame_header(stream, i, ":event-type"),
                           json_object_get(json_array_get(stream->frames, i), "payload"));
    ck_assert_ptr_null(block);
    json_object_set(message, "stopReason",
                    json_object_get(only_event(stream, "messageStop"), "stopReason"));
    return message;
}
