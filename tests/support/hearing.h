/* A reader of a stream, and a callback that notes what it is told and whether all that is promised
 * about an event holds. For unit tests and fuzz targets alike: no assertion of its own.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_HEARING_H
#define TEST_HEARING_H

#include <stream.h>

struct hearing {
    brc_result *result;
    struct brc__stream stream;
    struct brc__error error;
    struct brc__buf told;  /* a line for each event */
    struct brc__buf texts; /* the texts told, one after the other */
    int64_t last;          /* block of the last text */
    bool disordered;       /* a text came for an earlier block */
    size_t count;          /* events told */
    int pause;             /* what the callback returns to each event */
    size_t left;           /* bytes within a frame, after all were handed on */
    const char *broken;    /* a promise that was not kept; or NULL */
};

void hearing_start(struct hearing *hearing);
void hearing_end(struct hearing *hearing);

/* Hands on these bytes in chunks of that size; with a seed other than 0, of random sizes up to it.
 * Goes on after a pause. Returns 0 or the code it failed with. */
int hearing_take(struct hearing *hearing, const char *bytes, size_t n, size_t chunk, unsigned seed);

/* brc__stream_end() after it. */
int hearing_finish(struct hearing *hearing);

/* True if all of these bytes are whole characters of UTF-8. */
bool hearing_is_utf8(const char *p, size_t n);

#endif
