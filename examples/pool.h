/* What the files of `pool` share. SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_POOL_H
#define EXAMPLES_POOL_H

#include "console.h"

#include <pthread.h>

enum {
    THREADS_MAX = 64,
    LINES_MAX = 10 * 1000 * 1000,
    WAIT_MS = 60 * 1000 /* whoever has something to say wakes */
};

struct options {
    const char *profile_arn, *keys, *stop;
    int64_t threads, max_tokens, attempts, timeout_s, fresh_s;
    bool bearer, fallback, events, log, version;
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    brc_client *client;
    int index;
    int64_t number; /* of its question */
    bool done;
    int code; /* with which it ended */
    int64_t failures;
};

struct pool {
    struct console console;
    struct options options;
    brc_credentials *credentials; /* one for all clients */
    struct worker worker[THREADS_MAX];
    int workers, started;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t turned;
    const char *line; /* what is left of stdin */
    int64_t asked, turn;
    int running;
    brc_credentials *chain; /* for those who fall back; NULL until then */
    bool ending;
};

/* pool_keys.c: keys from wherever the options say; and those of --keys, read again. */
int keys_open(struct options *options, brc_credentials **ret_credentials);
int keys_replace(const struct options *options, brc_credentials *credentials);

#endif
