/* Answers of ConverseStream, as long as one likes.
 * SPDX-License-Identifier: MIT */
#ifndef LONG_STREAM_H
#define LONG_STREAM_H

#include <buffer.h>

enum {
    LONG_STREAM_FRAME = 196, /* bytes of the frame of each delta; AWS's are about that long */
    LONG_STREAM_CHUNK = 202, /* of a chunk of HTTP with it */
};

enum long_stream_kind {
    LONG_STREAM_TEXT,
    LONG_STREAM_MULTIBYTE, /* text in other letters than English */
    LONG_STREAM_TOOL,      /* the input of a tool, with its escapes */
    LONG_STREAM_REASONING,
    LONG_STREAM_KINDS
};

/* The frames of an answer: messageStart, that many deltas of one block, contentBlockStop,
 * messageStop, metadata. The caller's to free. */
struct brc__buf long_stream(enum long_stream_kind kind, int deltas);

/* Where its deltas begin. */
size_t long_stream_start(const struct brc__buf *frames);

/* The same as a whole HTTP answer, a chunk a frame. */
struct brc__buf long_stream_answer(enum long_stream_kind kind, int deltas);

/* Where the chunks of its deltas begin. */
size_t long_stream_answer_start(const struct brc__buf *answer);

#endif
