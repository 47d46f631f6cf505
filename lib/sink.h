/* Where the text of a canonical request goes: through a small stage into a hash.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SINK_H
#define BRC__SINK_H

#include "buffer.h"
#include "crypto.h"

/* The sink of a hash that was begun. A session token passes through the stage, so it is wiped. */
struct brc__sink {
    struct brc__hasher *hasher;
    struct brc__buf *copy; /* gets the text as well, if not NULL */
    int status;            /* the first failure */
    size_t used;
    size_t dirty; /* how much of the stage to wipe */
    char stage[2048];
};

#define brc__auto_sink brc__cleanup(brc__sink_wipe)

void brc__sink_init(struct brc__sink *sink, struct brc__hasher *hasher, struct brc__buf *copy);

void brc__sink_wipe(struct brc__sink *sink);

/* Hands on what is in the stage. */
void brc__sink_flush(struct brc__sink *sink);

void brc__sink_put(struct brc__sink *sink, const char *p, size_t n);

/* Percent-encodes everything that is not unreserved. */
void brc__sink_put_encoded(struct brc__sink *sink, const char *p, size_t n);

static inline void brc__sink_put_character(struct brc__sink *sink, char c)
{
    if (sink->used == sizeof sink->stage)
        brc__sink_flush(sink);
    sink->stage[sink->used++] = c;
}

#endif
