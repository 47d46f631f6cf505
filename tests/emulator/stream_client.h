/* Reads what ConverseStream answers: chunks, frames, events, and the message they make up. Shares
 * nothing with the emulator.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_STREAM_CLIENT_H
#define TESTS_EMULATOR_STREAM_CLIENT_H

#include "client.h"

#define STREAM_TARGET "/model/" RAW "/converse-stream"

struct stream {
    struct response response; /* as received, in chunks */
    size_t n_chunks;
    bool complete; /* the last chunk came */
    char *bytes;   /* of all chunks */
    size_t len;
    json_t *frames;    /* array of objects: the headers by name, "names" in order, "payload" */
    size_t incomplete; /* bytes after the last whole frame */
};

/* Reads to the end of the connection. Fails the test if a frame is not as it should be. */
struct stream read_stream(int fd);

/* Sends a request to RAW; the connection to read the answer from. */
int start_stream(const char *body);

/* Both in one. */
struct stream converse_stream(const char *body);

void stream_free(struct stream *stream);

/* The value of a header of a frame, or "". */
const char *frame_header(const struct stream *stream, size_t i, const char *name);

/* The payload of the only frame with this event type. */
const json_t *only_event(const struct stream *stream, const char *type);

/* {"content", "stopReason"} of the events; fails the test if they are out of order. */
json_t *assemble(const struct stream *stream);

#endif
