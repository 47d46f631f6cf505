/* The conversations of tests/transcripts: what ConverseStream sends, what is told of it, and what
 * Converse would have answered. NAME.json has
 *
 *   about    what it is there for
 *   events   pairs of an event's type and its payload; a string is the payload's bytes, one
 *            character (U+0000 to U+00FF) each
 *   told     the lines that hearing.h notes
 *   answer   of Converse
 *
 * SPDX-License-Identifier: MIT */
#ifndef TEST_TRANSCRIPT_H
#define TEST_TRANSCRIPT_H

#include <buffer.h>
#include <jansson.h>

struct transcript {
    char *name;
    struct brc__buf bytes; /* as AWS sends them */
    size_t message_end;    /* what follows messageStop */
    size_t usage_end;      /* what follows the metadata behind it */
    struct brc__buf told;
    struct brc__buf text; /* of the answer */
    json_t *answer;
};

/* All of them, in the order of their names. A fault in one ends the program. */
size_t transcripts_load(struct transcript **ret_transcripts);
void transcripts_free(struct transcript *transcripts, size_t count);

#endif
