/* What the two files of the top floor share: the client, and its calls.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CLIENT_H
#define BRC__CLIENT_H

#include "error.h"
#include "log.h"
#include "transport.h"

#include <bedrockcost/converse.h>

#include <stdbool.h>

/* Who gets the usage records. */
struct brc__usage_sink {
    brc_usage_fn fn;
    void *user_data;
    brc_destroy_fn destroy;
};

struct brc_client {
    brc_credentials *credentials;
    struct brc__transport *transport;
    char *endpoint;                /* NULL: the ARN's own */
    const char *endpoint_variable; /* where it came from, if from the environment */
    char *ca_file;
    int64_t connect_ms, total_ms, idle_ms;
    struct brc__usage_sink usage;
    struct brc__log log;
    struct brc__error error;
    int driving;       /* inside a function that runs callbacks */
    bool free_pending; /* freed from inside a callback */
};

/* Marks the client as driven until brc__client_leave(), which also does the freeing that was put
 * off. Returns 0, BRC_E_INVALID for NULL, or BRC_E_RECURSION. */
int brc__client_enter(brc_client *client);
void brc__client_leave(brc_client *client);

#endif
