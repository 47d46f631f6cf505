/* What the events of content blocks do to the message, and what of it the callback is told.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__BLOCK_READER_H
#define BRC__BLOCK_READER_H

#include "event.h"

struct brc__block_reader {
    brc_result *result; /* what the events say is written here; not owned */
    brc_event event;    /* what the callback is told */
    bool faulty;        /* something came that could not be read */
    struct brc__buf scratch;
};

enum brc__block_event {
    BRC__BLOCK_START,
    BRC__BLOCK_DELTA,
    BRC__BLOCK_STOP
};

enum {
    BRC__BLOCK_AGAIN = 1 /* the same event has to be read once more, after this one was told */
};

/* Reads the payload of a contentBlockStart, -Delta or -Stop. The reader's event is, before, one of
 * type BRC_EVENT_OTHER. Returns 0, BRC__BLOCK_AGAIN, BRC_E_NOMEM or BRC_E_TOO_LARGE. */
int brc__block_read(struct brc__block_reader *reader, enum brc__block_event what,
                    struct brc__json json);

#endif
