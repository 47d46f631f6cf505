/* ConverseStream: from the bytes of an answer to its events, its message and its usage.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__STREAM_H
#define BRC__STREAM_H

#include "block_reader.h"
#include "eventstream.h"

struct brc__stream {
    struct brc__block_reader reader;
    struct brc__frames frames;
    size_t received;    /* bytes of whole frames */
    bool message_whole; /* messageStop came */
    bool usage_whole;   /* and after it metadata, with usage that can be relied on */
};

/* Gets an event, borrowed for the call. Anything but 0 ends the taking. */
typedef int (*brc__stream_fn)(const brc_event *event, void *user_data);

/* The result, which is not owned, becomes a stream's. Allocates nothing. */
void brc__stream_init(struct brc__stream *stream, brc_result *result);

void brc__stream_free(struct brc__stream *stream);

/* Takes what frames are whole among these bytes, which begin where the last taking ended; fn may be
 * NULL. *ret_used is how many bytes are done with; stream->frames.wanted says how many of what
 * comes next are needed in one piece. Returns 0; what fn returned, if that was positive: going on
 * is possible; or, with the reason in error, a negative code: going on is not. That is
 * BRC_E_PROTOCOL (the frames are broken), BRC_E_TOO_LARGE, BRC_E_NOMEM, or the code of an error
 * that AWS sent. */
int brc__stream_take(struct brc__stream *stream, const char *bytes, size_t n, size_t *ret_used,
                     brc__stream_fn fn, void *user_data, struct brc__error *error);

/* The bytes have ended, `left` of them within a frame. Returns 0 if the answer is whole and sound,
 * else BRC_E_PROTOCOL with the reason in error. */
int brc__stream_end(const struct brc__stream *stream, size_t left, struct brc__error *error);

#endif
