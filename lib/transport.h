/* HTTP exchanges: the home of libcurl, which knows neither AWS nor JSON.
 *
 * A transport carries any number of exchanges at once. Submitting starts one, taking turns moves
 * all of them, and each comes out once at its end. An exchange sends its request at most once:
 * where libcurl would send it again by itself, on a new connection, the exchange ends instead.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__TRANSPORT_H
#define BRC__TRANSPORT_H

#include "buffer.h"
#include "error.h"
#include "outcome.h"

#include <stdbool.h>
#include <stdint.h>

struct brc__transport;
struct brc__exchange;

/* What to POST. The strings and bytes are borrowed until the exchange ends. */
struct brc__post {
    const char *url;
    bool loopback; /* the URL's host is this machine: no proxy */
    char *headers; /* lines "Name: value\n", cut apart in place */
    size_t headers_length;
    const char *body;
    size_t body_length;
    const char *ca_file;                   /* NULL: the system's */
    int64_t connect_ms, total_ms, idle_ms; /* 0: no limit */
};

/* How an exchange ended. Borrowed from the exchange. */
struct brc__ending {
    enum brc__reach reach;
    int code;         /* 0 if and only if the answer came whole */
    int status;       /* HTTP status; 0 if no answer began */
    const char *head; /* status line and headers; "" if none */
    struct brc__buf *body;
    const char *message; /* why it failed; "" if it did not */
};

int brc__transport_new(struct brc__transport **ret_transport);

/* Ends whatever is under way without another byte, closes the connections. */
struct brc__transport *brc__transport_free(struct brc__transport *transport);

/* Starts an exchange. Nothing has left when this returns. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID
 * if libcurl does not take what it is given, with the reason in error. */
int brc__transport_submit(struct brc__transport *transport, const struct brc__post *post,
                          void *owner, struct brc__exchange **ret_exchange,
                          struct brc__error *error);

/* Moves every exchange as far as it goes without waiting; if none ended, waits for up to wait_ms
 * for something to do. */
void brc__transport_turn(struct brc__transport *transport, int wait_ms);

/* The next exchange that has ended, or NULL. */
struct brc__exchange *brc__transport_ended(struct brc__transport *transport);

void *brc__exchange_owner(const struct brc__exchange *exchange);

struct brc__ending brc__exchange_ending(struct brc__exchange *exchange);

/* Gives an exchange back; one that is under way is broken off. */
struct brc__exchange *brc__exchange_free(struct brc__exchange *exchange);

#endif
