/* What signing takes from a source of credentials: an immutable snapshot of its keys.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CREDENTIALS_H
#define BRC__CREDENTIALS_H

#include <bedrockcost/sign.h>
#include "error.h"
#include "signing_key.h"

#include <stdatomic.h>

/* One set of keys as it was set. Nothing changes after it was made but the reference count and what
 * makes signing cheap: the derived keys and one hasher that waits for its next use. */
struct brc__keys {
    atomic_int references;
    int64_t expires_at; /* 0: never */
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* "" for none */
    size_t access_key_id_length;
    size_t session_token_length;
    struct brc__signing_keys signing_keys;
    _Atomic(struct brc__hasher *) spare_hasher;
    size_t text_size;
    char text[]; /* the three strings, each with its NUL */
};

#define brc__auto_keys brc__cleanup(brc__keys_release_p)

/* The keys to sign with at `now` (seconds since 1970), fetched by the callback if there is one and
 * it is due. Returns 0, BRC_E_CREDENTIALS with its text in `error`, or BRC_E_NOMEM. */
int brc__credentials_acquire(brc_credentials *credentials, int64_t now, struct brc__keys **ret_keys,
                             struct brc__error *error);

/* Gives the snapshot back; the last one wipes. NULL is fine. */
void brc__keys_release(struct brc__keys *keys);

static inline void brc__keys_release_p(struct brc__keys **keys)
{
    brc__keys_release(*keys);
}

/* The waiting hasher, or a new one when it is in use. Returns 0 or BRC_E_NOMEM. */
int brc__keys_take_hasher(struct brc__keys *keys, struct brc__hasher **ret_hasher);

/* Lets the hasher wait for its next use. */
void brc__keys_return_hasher(struct brc__keys *keys, struct brc__hasher *hasher);

#endif
