/* What an event of a stream costs from the bytes to its text, beside what any reader of these bytes
 * would pay: zlib's CRC of each frame alone, a copy of it, and jansson parsing its payload. Medians
 * over alternated rounds of one run; never a pass or a fail.
 * SPDX-License-Identifier: MIT */
#include "bench.h"
#include "long_stream.h"

#include <jansson.h>
#include <stream.h>
#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 41,
    PASSES = 4, /* a round */
    DELTAS = 2000,
    CHUNK = 16 * 1024,
};

/* ---- allocations, counted */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *p, size_t size);

static long allocations;

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *p, size_t size)
{
    allocations++;
    return __libc_realloc(p, size);
}

/* ---- ours */

static struct brc__buf streams[LONG_STREAM_KINDS];

static struct {
    int events;
    size_t text;
    long warm, last; /* allocations at a quarter of the deltas, and at the last */
} told;

static int on_event(const brc_event *event, void *user_data)
{
    size_t length;

    (void)user_data;
    if (brc_event_text(event, BRC_EVENT_TEXT, &length) != NULL)
        told.text += length;
    if (++told.events == DELTAS / 4)
        told.warm = allocations;
    if (told.events == DELTAS)
        told.last = allocations;
    return BRC_EVENT_GO_ON;
}

/* What came, and how much of it was taken: the bytes lie as an exchange keeps them. */
struct inbox {
    struct brc__buf bytes;
    size_t read_at;
};

static void put(struct inbox *inbox, const char *bytes, size_t n)
{
    size_t unread = inbox->bytes.length - inbox->read_at;

    if (inbox->read_at > 0) {
        memmove(inbox->bytes.data, inbox->bytes.data + inbox->read_at, unread);
        brc__buf_truncate(&inbox->bytes, unread);
        inbox->read_at = 0;
    }
    brc__buf_append(&inbox->bytes, bytes, n);
}

static void take(struct inbox *inbox, struct brc__stream *stream)
{
    struct brc__error error;
    size_t used;

    if (brc__stream_take(stream, inbox->bytes.data + inbox->read_at,
                         inbox->bytes.length - inbox->read_at, &used, on_event, NULL, &error) < 0)
        bench_fail(error.text);
    inbox->read_at += used;
}

static void read_ours(enum long_stream_kind kind, size_t chunk)
{
    const struct brc__buf *bytes = &streams[kind];
    struct inbox inbox = {.bytes = BRC__BUF(BRC__CEILING_ANSWER)};
    brc_result *result = brc__result_new();
    struct brc__stream stream;

    brc__stream_init(&stream, result);
    told.events = 0;
    for (size_t at = 0; at < bytes->length; at += chunk) {
        put(&inbox, bytes->data + at, at + chunk < bytes->length ? chunk : bytes->length - at);
        take(&inbox, &stream);
    }
    if (told.events < DELTAS || !stream.usage_whole)
        bench_fail("the stream is not whole");
    brc__stream_free(&stream);
    brc__buf_free(&inbox.bytes);
    brc_result_free(result);
}

/* ---- floors: over the deltas alone */

static volatile unsigned long sink;

static void read_crc(enum long_stream_kind kind, size_t n)
{
    const char *frame = streams[kind].data + long_stream_start(&streams[kind]);

    for (int i = 0; i < DELTAS; i++, frame += LONG_STREAM_FRAME)
        sink += crc32(0, (const Bytef *)frame, (uInt)n);
}

static void read_copy(enum long_stream_kind kind, size_t n)
{
    const char *frame = streams[kind].data + long_stream_start(&streams[kind]);
    char copy[LONG_STREAM_FRAME];

    for (int i = 0; i < DELTAS; i++, frame += LONG_STREAM_FRAME) {
        memcpy(copy, frame, n);
        __asm__ volatile("" : : "r"(copy) : "memory");
    }
}

static void read_jansson(enum long_stream_kind kind, size_t n)
{
    enum {
        TRAILER = 4
    };
    const char *frame = streams[kind].data + long_stream_start(&streams[kind]);

    for (int i = 0; i < DELTAS; i++, frame += LONG_STREAM_FRAME) {
        json_t *document = json_loadb(frame + LONG_STREAM_FRAME - TRAILER - n, n, 0, NULL);
        json_t *text = json_object_get(json_object_get(document, "delta"), "text");
        sink += json_string_length(text);
        json_decref(document);
    }
}

/* ---- rounds */

static const struct way {
    const char *name;
    void (*read)(enum long_stream_kind kind, size_t n);
    enum long_stream_kind kind;
    size_t n; /* bytes a chunk, or a frame */
} ways[] = {
    {"zlib's CRC of each frame", read_crc, LONG_STREAM_TEXT, LONG_STREAM_FRAME - 4},
    {"a copy of each frame", read_copy, LONG_STREAM_TEXT, LONG_STREAM_FRAME},
    {"jansson parsing each payload", read_jansson, LONG_STREAM_TEXT, 93},
    {"ours, text, 16 KiB at once", read_ours, LONG_STREAM_TEXT, CHUNK},
    {"ours, text, a frame at once", read_ours, LONG_STREAM_TEXT, LONG_STREAM_FRAME},
    {"ours, text, a byte at once", read_ours, LONG_STREAM_TEXT, 1},
    {"ours, multi-byte text, 16 KiB", read_ours, LONG_STREAM_MULTIBYTE, CHUNK},
    {"ours, tool input, 16 KiB", read_ours, LONG_STREAM_TOOL, CHUNK},
    {"ours, reasoning, 16 KiB", read_ours, LONG_STREAM_REASONING, CHUNK},
};

enum {
    WAYS = sizeof ways / sizeof *ways
};

static double measure(const struct way *way)
{
    double start = bench_seconds(CLOCK_THREAD_CPUTIME_ID);

    for (int i = 0; i < PASSES; i++)
        way->read(way->kind, way->n);
    return (bench_seconds(CLOCK_THREAD_CPUTIME_ID) - start) / (PASSES * DELTAS);
}

static void bench_reading(void)
{
    double took[WAYS][ROUNDS], ratios[WAYS][ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        for (int way = 0; way < WAYS; way++)
            took[way][round] = measure(&ways[way]);
        for (int way = 0; way < WAYS; way++)
            ratios[way][round] = took[way][round] / took[0][round];
    }
    for (int way = 0; way < WAYS; way++)
        printf("%-30s %8.1f ns an event, ratio %.2f\n", ways[way].name,
               bench_median(took[way], ROUNDS) * 1e9, bench_median(ratios[way], ROUNDS));
}

int main(void)
{
    for (int kind = 0; kind < LONG_STREAM_KINDS; kind++)
        streams[kind] = long_stream(kind, DELTAS);
    puts("CPU an event against zlib's CRC: goal 300 ns for text in chunks of 16 KiB");
    bench_reading();
    read_ours(LONG_STREAM_TEXT, CHUNK);
    printf("allocations in the last 1,500 of 2,000 deltas, for the text that grows: %ld\n",
           told.last - told.warm);
    for (int kind = 0; kind < LONG_STREAM_KINDS; kind++)
        brc__buf_free(&streams[kind]);
    return EXIT_SUCCESS;
}
