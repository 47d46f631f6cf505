/* SPDX-License-Identifier: MIT */
#include "eventstream.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum {
    PRELUDE = 12,
    TRAILER = 4,
    FRAME_MIN = PRELUDE + TRAILER,
};

enum {
    TRUE,
    FALSE,
    BYTE,
    SHORT,
    INTEGER,
    LONG,
    BYTE_ARRAY,
    STRING,
    TIMESTAMP,
    UUID,
    TYPES
};

static uint32_t read_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static size_t read_u16(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (size_t)b[0] << 8 | b[1];
}

static int faulty(struct brc__error *error, const char *what)
{
    return brc__error_set(error, BRC_E_PROTOCOL, "the event stream has %s", what);
}

/* The lengths are believed only when their own CRC is right. */
static int check_prelude(const char *bytes, size_t *ret_length, struct brc__error *error)
{
    uint32_t total = read_u32(bytes), headers = read_u32(bytes + 4);

    if (crc32(0, (const Bytef *)bytes, 8) != read_u32(bytes + 8))
        return faulty(error, "a frame whose prelude has a wrong CRC");
    if (headers > BRC__FRAME_HEADERS_MAX || total < FRAME_MIN || total - FRAME_MIN < headers ||
        total - FRAME_MIN - headers > BRC__FRAME_PAYLOAD_MAX)
        return faulty(error, "a frame of an impossible length");
    *ret_length = total;
    return BRC_OK;
}

/* The CRC of all before it: that of the prelude's first eight bytes is known to be right, and is
 * what to go on from. */
static bool crc_is_right(const char *bytes, size_t length)
{
    uLong crc = read_u32(bytes + 8);

    crc = crc32(crc, (const Bytef *)bytes + 8, (uInt)(length - 8 - TRAILER));
    return crc == read_u32(bytes + length - TRAILER);
}

/* The span a header's name belongs to, or NULL for one that is not asked for. */
static struct brc__span *find_header(struct brc__frame *frame, const char *name, size_t n)
{
    static const struct brc__span names[BRC__FRAME_HEADERS] = {
        [BRC__MESSAGE_TYPE] = {":message-type", 13},     [BRC__EVENT_TYPE] = {":event-type", 11},
        [BRC__EXCEPTION_TYPE] = {":exception-type", 15}, [BRC__ERROR_CODE] = {":error-code", 11},
        [BRC__ERROR_MESSAGE] = {":error-message", 14},
    };

    for (size_t i = 0; i < BRC__FRAME_HEADERS; i++)
        if (names[i].n == n && memcmp(names[i].p, name, n) == 0)
            return &frame->headers[i];
    return NULL;
}

/* Reads the value of a header at *p and moves on. False if there is none of that type or length. */
static bool read_value(const char **p, const char *end, struct brc__span *ret_value, int *ret_type)
{
    static const unsigned char widths[TYPES] = {
        [BYTE] = 1, [SHORT] = 2, [INTEGER] = 4, [LONG] = 8, [TIMESTAMP] = 8, [UUID] = 16,
    };

    if (*p == end)
        return false;
    int type = *ret_type = (unsigned char)*(*p)++;
    if (type >= TYPES)
        return false;
    size_t width = widths[type];
    if (type == STRING || type == BYTE_ARRAY) {
        if (end - *p < 2)
            return false;
        width = read_u16(*p);
        *p += 2;
    }
    if ((size_t)(end - *p) < width)
        return false;
    *ret_value = (struct brc__span){*p, width};
    *p += width;
    return true;
}

/* Every header's width is minded, or all that follow it would be misread. */
static int read_headers(struct brc__frame *frame, const char *p, const char *end,
                        struct brc__error *error)
{
    while (p < end) {
        size_t n = (unsigned char)*p++;
        const char *name = p;
        struct brc__span value;
        int type;
        if (n == 0 || (size_t)(end - p) < n)
            return faulty(error, "a header whose name has no end");
        p += n;
        if (!read_value(&p, end, &value, &type))
            return faulty(error, "a header of an unknown type or a wrong length");
        struct brc__span *header = find_header(frame, name, n);
        if (header == NULL)
            continue;
        if (header->p != NULL)
            return faulty(error, "a frame with the same header twice");
        if (type != STRING)
            return faulty(error, "a frame whose type is no string");
        *header = value;
    }
    return BRC_OK;
}

int brc__frames_next(struct brc__frames *frames, const char *bytes, size_t n,
                     struct brc__frame *ret_frame, struct brc__error *error)
{
    int rc;

    if (n < frames->wanted)
        return 0;
    if (frames->wanted == PRELUDE) {
        rc = check_prelude(bytes, &frames->wanted, error);
        if (rc < 0)
            return rc;
        if (n < frames->wanted)
            return 0;
    }
    size_t length = frames->wanted;
    if (!crc_is_right(bytes, length))
        return faulty(error, "a frame with a wrong CRC");
    const char *headers_end = bytes + PRELUDE + read_u32(bytes + 4);
    *ret_frame = (struct brc__frame){
        .length = length,
        .payload = {headers_end, (size_t)(bytes + length - TRAILER - headers_end)},
    };
    rc = read_headers(ret_frame, bytes + PRELUDE, headers_end, error);
    if (rc < 0)
        return rc;
    *frames = BRC__FRAMES;
    return 1;
}
