/* SPDX-License-Identifier: MIT */
#include "sink.h"
#include "text.h"

#include <string.h>

void brc__sink_init(struct brc__sink *sink, struct brc__hasher *hasher, struct brc__buf *copy)
{
    sink->hasher = hasher;
    sink->copy = copy;
    sink->status = BRC_OK;
    sink->used = 0;
    sink->dirty = 0;
}

void brc__sink_wipe(struct brc__sink *sink)
{
    brc__wipe(sink->stage, sink->dirty);
}

void brc__sink_flush(struct brc__sink *sink)
{
    int rc = brc__sha256_update(sink->hasher, sink->stage, sink->used);

    if (rc == BRC_OK && sink->copy != NULL)
        rc = brc__buf_append(sink->copy, sink->stage, sink->used);
    if (sink->status == BRC_OK)
        sink->status = rc;
    if (sink->dirty < sink->used)
        sink->dirty = sink->used;
    sink->used = 0;
}

void brc__sink_put(struct brc__sink *sink, const char *p, size_t n)
{
    size_t room = sizeof sink->stage - sink->used;

    while (n > room) {
        memcpy(sink->stage + sink->used, p, room);
        sink->used += room;
        brc__sink_flush(sink);
        p += room;
        n -= room;
        room = sizeof sink->stage;
    }
    memcpy(sink->stage + sink->used, p, n);
    sink->used += n;
}

void brc__sink_put_encoded(struct brc__sink *sink, const char *p, size_t n)
{
    while (n > 0) {
        size_t part = (sizeof sink->stage - sink->used) / 3;
        if (part > n)
            part = n;
        sink->used += brc__percent_encode(sink->stage + sink->used, p, part);
        p += part;
        n -= part;
        if (n > 0)
            brc__sink_flush(sink);
    }
}
