/* Frames of application/vnd.amazon.eventstream, found and checked where they lie. The home of zlib.
 *
 * A frame is: total length, length of the headers, CRC of these eight bytes (all big-endian, four
 * bytes each); headers; payload; CRC of all before it. SPDX-License-Identifier: MIT */
#ifndef BRC__EVENTSTREAM_H
#define BRC__EVENTSTREAM_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    BRC__FRAME_HEADERS_MAX = 128 * 1024,
    BRC__FRAME_PAYLOAD_MAX = 24 * 1024 * 1024,
    BRC__FRAME_MAX = 16 + BRC__FRAME_HEADERS_MAX + BRC__FRAME_PAYLOAD_MAX,
};

/* Bytes within somebody else's; p is NULL for what is not there. */
struct brc__span {
    const char *p;
    size_t n;
};

/* The headers that say what a frame is; all others are skipped. */
enum brc__frame_header {
    BRC__MESSAGE_TYPE,
    BRC__EVENT_TYPE,
    BRC__EXCEPTION_TYPE,
    BRC__ERROR_CODE,
    BRC__ERROR_MESSAGE,
    BRC__FRAME_HEADERS
};

/* Borrowed from the bytes it was found in. */
struct brc__frame {
    size_t length; /* of the whole frame */
    struct brc__span headers[BRC__FRAME_HEADERS];
    struct brc__span payload;
};

/* How far the search for the next frame came. Starts as BRC__FRAMES. */
struct brc__frames {
    size_t wanted; /* bytes from the start of the frame on that the next look needs */
};

#define BRC__FRAMES                                                                                \
    (struct brc__frames)                                                                           \
    {                                                                                              \
        .wanted = 12                                                                               \
    }

/* Looks for the frame that begins at `bytes`. Returns 1: it is whole and sound, the next one begins
 * ret_frame->length further; 0: frames->wanted bytes are needed; BRC_E_PROTOCOL with the reason in
 * error: there is no use in looking further. Allocates nothing. */
int brc__frames_next(struct brc__frames *frames, const char *bytes, size_t n,
                     struct brc__frame *ret_frame, struct brc__error *error);

#endif
