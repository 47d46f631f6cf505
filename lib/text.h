/* Bytes as text: UTF-8, hexadecimal, percent-encoding.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__TEXT_H
#define BRC__TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed UTF-8 character (RFC 3629) at p[0..n), n > 0; 0 if there is none. */
size_t brc__utf8_character(const char *p, size_t n);

/* Bytes that a code point has in UTF-8. */
static inline int brc__utf8_length(long c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* How many bytes from p on are printable ASCII other than quote and backslash: those that stand for
 * themselves in any JSON string. Most text is made of them, so they are looked at eight at a time.
 */
size_t brc__plain_length(const char *p, size_t n);

/* The same with all characters of more than one byte: what any JSON string says as it stands. */
size_t brc__literal_length(const char *p, size_t n);

/* True if p[0..n) is UTF-8 without NUL. */
bool brc__utf8_without_nul(const char *p, size_t n);

/* Writes 2 * n lower-case hexadecimal digits, no NUL. */
void brc__hex(char *to, const unsigned char *bytes, size_t n);

/* True for the unreserved characters of RFC 3986 2.3. */
bool brc__is_unreserved(char c);

/* Writes n bytes, all but the unreserved ones percent-encoded: at most 3 * n characters, no NUL.
 * Returns how many. */
size_t brc__percent_encode(char *to, const char *from, size_t n);

#endif
