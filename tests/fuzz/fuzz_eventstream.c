/* Any bytes as frames: in any chunks the same frames, found without a look behind what is there,
 * and made again from their parts byte for byte. The first byte says whether the sums are made
 * right. SPDX-License-Identifier: MIT */
#include <eventstream.h>
#include <frames.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static size_t length_at(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

/* Where a length can be one, the sums of its frame become right. */
static void seal_all(char *bytes, size_t n)
{
    for (size_t start = 0; n - start >= 16;) {
        size_t length = length_at(bytes + start);
        if (length < 16 || length > n - start)
            break;
        frame_seal(bytes + start, length);
        start += length;
    }
}

/* The parts lie where they belong, and make the same frame. */
static void check_frame(const struct brc__frame *frame, const char *bytes)
{
    brc__auto_buf struct brc__buf again = FRAMES;
    size_t headers = length_at(bytes + 4);
    const char *end = bytes + 12 + headers;

    must(frame->payload.p == end && frame->payload.n + 16 + headers == frame->length);
    for (int i = 0; i < BRC__FRAME_HEADERS; i++) {
        struct brc__span span = frame->headers[i];
        must(span.p == NULL || (span.p > bytes + 12 && span.p + span.n <= end));
    }
    frame_put(&again, bytes + 12, headers, frame->payload.p, frame->payload.n);
    must(again.length == frame->length && memcmp(again.data, bytes, again.length) == 0);
}

/* Looks at what is there in a block that ends there. */
static int look(struct brc__frames *frames, const char *bytes, size_t n, size_t *ret_length)
{
    brc__auto_free char *copy = malloc(n > 0 ? n : 1);
    struct brc__frame frame;
    struct brc__error error = {0};

    must(copy != NULL);
    memcpy(copy, bytes, n);
    int rc = brc__frames_next(frames, copy, n, &frame, &error);
    must(rc == 1 || rc == 0 || rc == BRC_E_PROTOCOL);
    must((rc < 0) == (error.text[0] != '\0') && error.code == (rc < 0 ? rc : 0));
    must(rc != 0 || (frames->wanted > n && frames->wanted <= BRC__FRAME_MAX));
    if (rc == 1) {
        must(frame.length <= n && frames->wanted == 12);
        check_frame(&frame, copy);
        *ret_length = frame.length;
    }
    return rc;
}

/* Notes where each frame ends. Returns the last look's code. */
static int read_all(const char *bytes, size_t n, size_t chunk, struct brc__buf *ends)
{
    struct brc__frames frames = BRC__FRAMES;
    size_t start = 0, there = 0, length;
    int rc = 0;

    do {
        there = chunk < n - there ? there + chunk : n;
        while ((rc = look(&frames, bytes + start, there - start, &length)) == 1) {
            start += length;
            brc__buf_append(ends, &start, sizeof start);
        }
    } while (rc == 0 && there < n);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    brc__auto_buf struct brc__buf bytes = FRAMES, ends = FRAMES;

    if (size == 0)
        return 0;
    brc__buf_append(&bytes, data + 1, size - 1);
    if (data[0] % 2 == 1)
        seal_all(bytes.data, bytes.length);
    int rc = read_all(bytes.data, bytes.length, bytes.length + 1, &ends);
    for (size_t chunk = 1; chunk < 100; chunk = chunk * 3 + data[0] % 7) {
        brc__auto_buf struct brc__buf same = FRAMES;
        must(read_all(bytes.data, bytes.length, chunk, &same) == rc);
        must(same.length == ends.length);
        must(same.length == 0 || memcmp(same.data, ends.data, same.length) == 0);
    }
    return 0;
}
