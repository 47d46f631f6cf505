/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    PRELUDE = 12,
    TRAILER = 4
};

static void write_u32(char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (char)(value >> (24 - 8 * i));
}

static uint32_t sum(const char *bytes, size_t n)
{
    return (uint32_t)crc32(0, (const Bytef *)bytes, (uInt)n);
}

static void append(struct brc__buf *to, const void *bytes, size_t n)
{
    if (n > 0 && brc__buf_append(to, bytes, n) < 0)
        abort();
}

void frame_seal(char *frame, size_t length)
{
    write_u32(frame + 8, sum(frame, 8));
    write_u32(frame + length - TRAILER, sum(frame, length - TRAILER));
}

void frame_put(struct brc__buf *to, const void *headers, size_t headers_length, const void *payload,
               size_t payload_length)
{
    static const char zeros[PRELUDE];
    size_t start = to->length, length = PRELUDE + headers_length + payload_length + TRAILER;

    if (brc__buf_reserve(to, length) < 0)
        abort();
    append(to, zeros, PRELUDE);
    append(to, headers, headers_length);
    append(to, payload, payload_length);
    append(to, zeros, TRAILER);
    write_u32(to->data + start, (uint32_t)length);
    write_u32(to->data + start + 4, (uint32_t)headers_length);
    frame_seal(to->data + start, length);
}

void frame_header(struct brc__buf *headers, const char *name, int type, const void *value, size_t n)
{
    size_t name_length = strlen(name);
    const char length[2] = {(char)(n >> 8), (char)n};
    const char start = (char)name_length, kind = (char)type;

    append(headers, &start, 1);
    append(headers, name, name_length);
    append(headers, &kind, 1);
    if (type == FRAME_BYTES || type == FRAME_STRING)
        append(headers, length, sizeof length);
    append(headers, value, n);
}

static void put_string(struct brc__buf *headers, const char *name, const char *value)
{
    frame_header(headers, name, FRAME_STRING, value, strlen(value));
}

void frame_message(struct brc__buf *to, const char *message_type, const char *name,
                   const char *value, const void *payload, size_t n)
{
    brc__auto_buf struct brc__buf headers = FRAMES;

    put_string(&headers, name, value);
    put_string(&headers, ":content-type", "application/json");
    put_string(&headers, ":message-type", message_type);
    frame_put(to, headers.data, headers.length, payload, n);
}

void frame_event(struct brc__buf *to, const char *event_type, const char *json)
{
    frame_message(to, "event", ":event-type", event_type, json, strlen(json));
}

void frame_exception(struct brc__buf *to, const char *exception_type, const char *json)
{
    frame_message(to, "exception", ":exception-type", exception_type, json, strlen(json));
}

void frame_error(struct brc__buf *to, const char *code, const char *message)
{
    brc__auto_buf struct brc__buf headers = FRAMES;

    put_string(&headers, ":error-code", code);
    put_string(&headers, ":error-message", message);
    put_string(&headers, ":message-type", "error");
    frame_put(to, headers.data, headers.length, NULL, 0);
}
