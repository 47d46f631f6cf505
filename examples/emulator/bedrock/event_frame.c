/* Frames of application/vnd.amazon.eventstream. Numbers are big-endian, checksums are CRC-32.
 *
 * SPDX-License-Identifier: MIT
 */
#include "event_frame.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#define PRELUDE_LEN 12 /* total length, length of the headers, checksum of the two */
#define TRAILER_LEN 4  /* checksum of all before it */
#define STRING_TYPE 7

static void add_number(struct emu_text *out, uint32_t number, size_t n_bytes)
{
    for (size_t i = n_bytes; i > 0; i--)
        emu_text_add(out, &(char){(char)(number >> (8 * (i - 1)))}, 1);
}

static uint32_t checksum(const struct emu_text *out, size_t start)
{
    return (uint32_t)crc32(0, (const Bytef *)out->data + start, (uInt)(out->len - start));
}

static size_t value_length(const struct emu_frame_header *header)
{
    return strnlen(header->value, EMU_MAX_HEADER_VALUE);
}

static size_t header_length(const struct emu_frame_header *header)
{
    return 1 + strlen(header->name) + 1 + 2 + value_length(header);
}

static void add_header(struct emu_text *out, const struct emu_frame_header *header)
{
    add_number(out, (uint32_t)strlen(header->name), 1);
    emu_text_puts(out, header->name);
    add_number(out, STRING_TYPE, 1);
    add_number(out, (uint32_t)value_length(header), 2);
    emu_text_add(out, header->value, value_length(header));
}

void emu_frame_add(struct emu_text *out, const struct emu_frame_header *headers, size_t n_headers,
                   const char *payload, size_t payload_len)
{
    size_t start = out->len;
    size_t headers_len = 0;

    for (size_t i = 0; i < n_headers; i++)
        headers_len += header_length(&headers[i]);
    add_number(out, (uint32_t)(PRELUDE_LEN + headers_len + payload_len + TRAILER_LEN), 4);
    add_number(out, (uint32_t)headers_len, 4);
    if (!out->failed)
        add_number(out, checksum(out, start), 4);
    for (size_t i = 0; i < n_headers; i++)
        add_header(out, &headers[i]);
    emu_text_add(out, payload, payload_len);
    if (!out->failed)
        add_number(out, checksum(out, start), TRAILER_LEN);
}

size_t emu_frame_end(const struct emu_text *out, size_t at)
{
    size_t total = 0;

    if (out->len - at < PRELUDE_LEN + TRAILER_LEN)
        return out->len;
    for (size_t i = 0; i < 4; i++)
        total = total << 8 | (unsigned char)out->data[at + i];
    return total >= PRELUDE_LEN + TRAILER_LEN && total <= out->len - at ? at + total : out->len;
}
