/* What goes to the wire, and what came of it: the transport's side of the door, free of libcurl.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__HTTP_H
#define BRC__HTTP_H

#include "buffer.h"
#include "outcome.h"

#include <stdbool.h>
#include <stdint.h>

struct brc__transport;
struct brc__exchange;

/* What to send. The strings and bytes are borrowed until the exchange ends. */
struct brc__http_request {
    const char *method;
    const char *url;
    bool direct;   /* no proxy */
    char *headers; /* lines "Name: value\n", cut apart in place */
    size_t headers_length;
    const char *body; /* NULL: none */
    size_t body_length;
    bool secret;                           /* the answer is wiped before it is freed */
    bool stream;                           /* a 200 is read piece by piece, while it comes */
    const char *ca_file;                   /* NULL: the system's */
    int64_t connect_ms, total_ms, idle_ms; /* 0: no limit */
};

/* How an exchange ended. Borrowed from the exchange. */
struct brc__ending {
    enum brc__reach reach;
    int code;              /* 0 if and only if the answer came whole */
    int status;            /* HTTP status; 0 if no answer began */
    const char *head;      /* status line and headers; "" if none */
    struct brc__buf *body; /* but for what is read piece by piece */
    const char *message;   /* why it failed; "" if it did not */
};

void *brc__exchange_owner(const struct brc__exchange *exchange);

struct brc__ending brc__exchange_ending(struct brc__exchange *exchange);

/* True if bytes of the request may have left. */
bool brc__exchange_has_left(const struct brc__exchange *exchange);

/* What came of a streamed answer and was not consumed. Borrowed until something is consumed or the
 * exchange is driven. */
const char *brc__exchange_unread(const struct brc__exchange *exchange, size_t *ret_n);

#endif
