/* Growing bytes with a ceiling. Every ceiling of the library stands in this file.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__BUFFER_H
#define BRC__BUFFER_H

#include <bedrockcost/base.h>
#include "memory.h"

#include <string.h>

enum {
    BRC__CEILING_REQUEST = 20 * 1000 * 1000, /* Converse on Bedrock takes 20 MB */
    BRC__CEILING_ANSWER = 64 * 1024 * 1024,
    BRC__CEILING_INBOX = 256 * 1024, /* of a streamed answer, but for a frame that is larger */
    BRC__CEILING_HEAD = 64 * 1024,   /* status line and headers of one answer */
    BRC__CEILING_URL = 16 * 1024,
    BRC__CEILING_XML = 16 * 1024 * 1024,      /* answers of the services that write it */
    BRC__CEILING_PUT = 64 * 1024 * 1024,      /* what is put into a ledger */
    BRC__CEILING_ROWS = 2 * BRC__CEILING_PUT, /* rows of a query that wait to be told */
    BRC__CEILING_HEADERS = 64 * 1024,         /* header lines of one request of ours */
};

/* Built with many appends and one check: the first failure stays in `status` and later appends do
 * nothing. There is a NUL after the last byte whenever data is not NULL. */
struct brc__buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t ceiling;
    int status; /* 0, BRC_E_NOMEM, BRC_E_TOO_LARGE */
    int secret; /* wipe the bytes before they are freed or moved */
};

#define BRC__BUF(the_ceiling)                                                                      \
    (struct brc__buf)                                                                              \
    {                                                                                              \
        .ceiling = (the_ceiling)                                                                   \
    }
#define BRC__SECRET_BUF(the_ceiling)                                                               \
    (struct brc__buf)                                                                              \
    {                                                                                              \
        .ceiling = (the_ceiling), .secret = 1                                                      \
    }

#define brc__auto_buf brc__cleanup(brc__buf_free)

/* Makes room for n more bytes at data + length. */
int brc__buf_reserve(struct brc__buf *b, size_t n);

int brc__buf_append(struct brc__buf *b, const void *bytes, size_t n);

/* Percent-encodes all but the unreserved characters. */
int brc__buf_append_encoded(struct brc__buf *b, const char *text, size_t n);

int brc__buf_appendf(struct brc__buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline int brc__buf_text(struct brc__buf *b, const char *text)
{
    return brc__buf_append(b, text, strlen(text));
}

/* Cuts back to an earlier length and forgets the failure that came after it. */
void brc__buf_truncate(struct brc__buf *b, size_t length);

/* The bytes, now the caller's to free; the buffer is empty again. NULL if nothing was ever
 * appended. */
char *brc__buf_steal(struct brc__buf *b);

void brc__buf_free(struct brc__buf *b);

#endif
