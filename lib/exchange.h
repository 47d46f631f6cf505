/* One HTTP exchange: a libcurl handle, what it is told, and what it notes. Shared by exchange.c and
 * transport.c, which are together the home of libcurl.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__EXCHANGE_H
#define BRC__EXCHANGE_H

#include "post.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    BRC__HEADER_LINES_MAX = 32
};

struct brc__exchange {
    struct brc__transport *transport;
    struct brc__exchange *previous, *next; /* in the list of its state */
    enum {
        BRC__EXCHANGE_SPARE,
        BRC__EXCHANGE_ACTIVE,
        BRC__EXCHANGE_ENDED
    } state;
    void *owner;
    CURL *easy;
    struct curl_slist lines[BRC__HEADER_LINES_MAX];
    int requests_begun;
    bool head_began, head_whole;
    int status;
    int64_t idle_ms, last_moved_at;
    curl_off_t bytes_moved;
    struct brc__buf head, body;
    CURLcode result;
    int code;
    char message[CURL_ERROR_SIZE];
};

/* A handle with all that stays the same for its life. NULL without memory. */
struct brc__exchange *brc__exchange_new(struct brc__transport *transport);

void brc__exchange_destroy(struct brc__exchange *exchange);

/* Tells the handle what to send. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID. */
int brc__exchange_prepare(struct brc__exchange *exchange, const struct brc__post *post,
                          void *owner);

/* Forgets the request and its answer, keeps the handle. */
void brc__exchange_reset(struct brc__exchange *exchange);

/* What libcurl's result means, as a code and in words. */
int brc__exchange_code(const struct brc__exchange *exchange, CURLcode result);
const char *brc__exchange_why(const struct brc__exchange *exchange, CURLcode result, int code);

#endif
