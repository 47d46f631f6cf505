/* Answers of ConverseStream, as long as one likes.
 * SPDX-License-Identifier: MIT */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <buffer.h>

enum {
    TRANSCRIPT_FRAME = 196, /* bytes of the frame of each delta; AWS's are about that long */
    TRANSCRIPT_CHUNK = 202, /* of a chunk of HTTP with it */
};

enum transcript_kind {
    TRANSCRIPT_TEXT,
    TRANSCRIPT_MULTIBYTE, /* text in other letters than English */
    TRANSCRIPT_TOOL,      /* the input of a tool, with its escapes */
    TRANSCRIPT_REASONING,
    TRANSCRIPT_KINDS
};

extern const char *const transcript_names[TRANSCRIPT_KINDS];

/* The frames of an answer: messageStart, that many deltas of one block, contentBlockStop,
 * messageStop, metadata. The caller's to free. */
struct brc__buf transcript(enum transcript_kind kind, int deltas);

/* Where its deltas begin. */
size_t transcript_start(const struct brc__buf *frames);

/* The same as a whole HTTP answer, a chunk a frame. */
struct brc__buf transcript_answer(enum transcript_kind kind, int deltas);

/* Where the chunks of its deltas begin. */
size_t transcript_answer_start(const struct brc__buf *answer);

#endif
