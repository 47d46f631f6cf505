/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdint.h>
#include <string.h>

size_t brc__utf8_character(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (length == 0 || length > n || p[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return length;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of each byte of the word that is zero; higher bytes than the first such one may be
 * marked wrongly. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - EACH(0x01)) & ~word & EACH(0x80);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

size_t brc__plain_length(const char *p, size_t n)
{
    size_t i = 0;

    for (uint64_t word; n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        uint64_t control = (word - EACH(0x20)) & ~word & EACH(0x80);
        if (((word & EACH(0x80)) | control | zero_bytes(word ^ EACH('"')) |
             zero_bytes(word ^ EACH('\\'))) != 0)
            break;
    }
    while (i < n && is_plain((unsigned char)p[i]))
        i++;
    return i;
}

/* How many bytes from p on are well-formed characters of more than one byte. */
static size_t long_characters(const char *p, size_t n)
{
    size_t i = 0, length = 1;

    for (; i < n && (p[i] & 0x80) != 0 && length > 0; i += length)
        length = brc__utf8_character(p + i, n - i);
    return i;
}

size_t brc__literal_length(const char *p, size_t n)
{
    size_t i = 0, more;

    do {
        i += brc__plain_length(p + i, n - i);
        more = long_characters(p + i, n - i);
        i += more;
    } while (more > 0);
    return i;
}

bool brc__utf8_without_nul(const char *p, size_t n)
{
    while (n > 0) {
        size_t length = brc__plain_length(p, n);
        if (length == 0)
            length = *p == '\0' ? 0 : brc__utf8_character(p, n);
        if (length == 0)
            return false;
        p += length;
        n -= length;
    }
    return true;
}

void brc__hex(char *to, const unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[bytes[i] >> 4];
        to[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static const bool unreserved[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['-'] = true,
    ['.'] = true,         ['_'] = true,         ['~'] = true,
};

bool brc__is_unreserved(char c)
{
    return unreserved[(unsigned char)c];
}

size_t brc__percent_encode(char *to, const char *from, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *start = to;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)from[i];
        if (unreserved[c]) {
            *to++ = from[i];
            continue;
        }
        *to++ = '%';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    return (size_t)(to - start);
}
