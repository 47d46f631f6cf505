/* A call that runs no model: of another AWS service, or to where credentials come from. It makes no
 * usage record. SPDX-License-Identifier: MIT */
#ifndef BRC__ERRAND_H
#define BRC__ERRAND_H

#include "attempt.h"
#include "service.h"

enum brc__errand_signing {
    BRC__UNSIGNED,
    BRC__SIGNED_BY_CLIENT, /* with the client's credentials */
    BRC__SIGNED_BY_KEYS,   /* with keys of its own */
};

struct brc__errand {
    struct brc__call
        call; /* first; its URL, body, limits and flags are for whoever makes it to set */
    struct brc__buf lines; /* headers "Name: value", each with a NUL behind */
    size_t line_count;
    enum brc__errand_signing signing;
    struct brc__keys *keys; /* a reference of its own; NULL if it has none */
    char method[8];
    char region[64];                    /* to sign for */
    const struct brc__service *service; /* NULL: no service of AWS */
    char operation[100];                /* of a query API: what its answer is called after */
    struct brc__buf answer;             /* a success, as JSON if it is a service's */
    /* Told once, with call.code, and client->error if that is a failure; the errand is freed after
     * it. */
    void (*done)(brc_client *client, struct brc__errand *errand, void *user_data);
    void *user_data;
    int64_t for_call; /* the call that waits for it and may be gone; 0: none */
};

/* An empty one; NULL without memory, or without random numbers. The method is copied. */
struct brc__errand *brc__errand_new(brc_client *client, const char *method);

/* Has it sent with the client's next round. */
void brc__errand_post(brc_client *client, struct brc__errand *errand);

/* Adds a header line, "Name: value". A failure shows when the errand is sent. */
void brc__errand_line(struct brc__errand *errand, const char *line);

/* Adds a header. A failure shows when the errand is sent. */
void brc__errand_header(struct brc__errand *errand, const char *name, const char *value);

#endif
