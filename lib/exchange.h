/* One HTTP exchange: a libcurl handle, what it is told, and what it notes. Shared by exchange.c and
 * transport.c, which are together the home of libcurl.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__EXCHANGE_H
#define BRC__EXCHANGE_H

#include "http.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    BRC__HEADER_LINES_MAX = 32
};

/* An exchange is in one list for its state, and may be among those that have news. */
enum brc__link {
    BRC__BY_STATE,
    BRC__BY_NEWS,
    BRC__LINKS
};

struct brc__exchange_list {
    struct brc__exchange *first, *last;
    enum brc__link link;
};

struct brc__exchange {
    struct brc__transport *transport;
    struct brc__exchange_list *news; /* those with bytes that nobody has looked at */
    struct {
        struct brc__exchange *previous, *next;
    } links[BRC__LINKS];
    enum {
        BRC__EXCHANGE_SPARE,
        BRC__EXCHANGE_ACTIVE,
        BRC__EXCHANGE_ENDED,
        BRC__EXCHANGE_RESTING /* ended, and held with something unread */
    } state;
    void *owner;
    CURL *easy;
    struct curl_slist lines[BRC__HEADER_LINES_MAX];
    int requests_begun;
    bool head_began, head_whole;
    int status;
    int64_t idle_ms, last_moved_at;
    curl_off_t bytes_moved;
    int64_t deadline; /* on the steady clock; INT64_MAX: none */
    struct brc__buf head, body;
    bool stream;
    size_t read_at; /* what stands before it in the body is consumed */
    size_t wanted;  /* bytes the reader needs in one piece */
    bool full;      /* libcurl is paused until something is consumed */
    bool held;      /* nobody reads at present */
    bool has_news;  /* bytes came since it was last looked at */
    CURLcode result;
    int code;
    char message[CURL_ERROR_SIZE];
};

/* Lists are linked through the exchanges: nothing is allocated, and leaving costs the same
 * anywhere.
 */
void brc__exchange_append(struct brc__exchange_list *list, struct brc__exchange *exchange);

/* The exchange must be in the list. */
void brc__exchange_detach(struct brc__exchange_list *list, struct brc__exchange *exchange);

/* A handle with all that stays the same for its life. NULL without memory. */
struct brc__exchange *brc__exchange_new(struct brc__transport *transport,
                                        struct brc__exchange_list *news);

void brc__exchange_destroy(struct brc__exchange *exchange);

/* Tells the handle what to send. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID. */
int brc__exchange_prepare(struct brc__exchange *exchange, const struct brc__http_request *request,
                          void *owner);

/* Lets libcurl go on if it is paused and there is room again. */
CURLcode brc__exchange_go_on(struct brc__exchange *exchange);

/* Notes that there is something to look at. */
void brc__exchange_note_news(struct brc__exchange *exchange);

/* Forgets the request and its answer, keeps the handle. */
void brc__exchange_reset(struct brc__exchange *exchange);

/* What libcurl's result means, as a code and in words. */
int brc__exchange_code(const struct brc__exchange *exchange, CURLcode result);
const char *brc__exchange_why(const struct brc__exchange *exchange, CURLcode result, int code);

#endif
