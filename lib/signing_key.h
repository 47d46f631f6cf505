/* The signing key of SigV4: derived from the secret key for one credential scope, and kept.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SIGNING_KEY_H
#define BRC__SIGNING_KEY_H

#include "crypto.h"

#include <pthread.h>
#include <stdbool.h>

enum {
    BRC__SCOPE_NAME_MAX = 64, /* longest name of a region or service */
    BRC__SCOPE_SIZE = 8 + 1 + BRC__SCOPE_NAME_MAX + 1 + BRC__SCOPE_NAME_MAX + 1 + 12 + 1,
};

/* "YYYYMMDD/region/service/aws4_request": what a signing key is good for. */
struct brc__scope {
    size_t length;
    size_t region_length;
    size_t service_length;
    char text[BRC__SCOPE_SIZE];
};

/* Returns BRC_E_INVALID if region or service is empty, too long, or holds '/', ',' or anything but
 * visible ASCII. */
int brc__scope_init(struct brc__scope *ret_scope, const char date[8], const char *region,
                    const char *service);

int brc__signing_key_derive(struct brc__hasher *hasher, const char *secret,
                            const struct brc__scope *scope, struct brc__key *ret_key);

/* The keys derived from one secret, all of one day. Any thread. */
struct brc__signing_keys {
    pthread_mutex_t mutex;
    unsigned used;
    unsigned next; /* the entry replaced when all are used */
    struct {
        struct brc__scope scope;
        struct brc__key key;
    } entries[4];
};

int brc__signing_keys_init(struct brc__signing_keys *keys);

/* Wipes. */
void brc__signing_keys_destroy(struct brc__signing_keys *keys);

/* The key for a scope, derived only the first time. `secret` is the same at every call. */
int brc__signing_keys_get(struct brc__signing_keys *keys, struct brc__hasher *hasher,
                          const char *secret, const struct brc__scope *scope,
                          struct brc__key *ret_key);

#endif
