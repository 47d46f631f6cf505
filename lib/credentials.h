/* What signing takes from a source of credentials: an immutable snapshot of its keys.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CREDENTIALS_H
#define BRC__CREDENTIALS_H

#include <bedrockcost/sign.h>
#include "error.h"
#include "signing_key.h"

#include <stdatomic.h>
#include <stdbool.h>

/* One set of keys as it was set. Nothing changes after it was made but the reference count, whether
 * AWS still takes it, and what makes signing cheap: the derived keys and one hasher that waits for
 * its next use. */
struct brc__keys {
    atomic_int references;
    int64_t number;     /* no other set ever made has it; from 1 */
    int64_t expires_at; /* 0: never */
    atomic_bool spent;  /* AWS said that it has ended, whatever expires_at says */
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

/* Copies the arguments; a token may be NULL. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID: one holds a
 * character that no key has, or is missing or too long. */
int brc__keys_new(const char *id, const char *secret, const char *token, int64_t expires_at,
                  struct brc__keys **ret_keys);

/* The keys to sign with at `now` (seconds since 1970), fetched by the callback if there is one and
 * it is due. Returns 0, BRC_E_CREDENTIALS with its text in `error`, or BRC_E_NOMEM. */
int brc__credentials_acquire(brc_credentials *credentials, int64_t now, struct brc__keys **ret_keys,
                             struct brc__error *error);

/* Whether they are spent, or expire at that time or before. */
bool brc__keys_end_by(const struct brc__keys *keys, int64_t time);

enum brc__refusal {
    BRC__REFUSED_FIXED, /* there are no others, and nothing fetches any */
    BRC__REFUSED_FRESH, /* they are not a minute old: whoever gave them would give them again */
    BRC__REFUSED_SPENT, /* the next attempt has others, or others are fetched for it */
};

/* AWS said of the keys of that number that they have ended. If those are still the ones there are,
 * and others can be fetched, they are spent. */
enum brc__refusal brc__credentials_refused(brc_credentials *credentials, int64_t number);

/* Credentials without keys; 0 or BRC_E_NOMEM. */
int brc__credentials_alloc(brc_credentials **ret_credentials);

/* The keys there are, ended or not; NULL while there are none. */
struct brc__keys *brc__credentials_snapshot(brc_credentials *credentials);

/* Puts keys in the place of those there are; the reference is taken over. */
void brc__credentials_put(brc_credentials *credentials, struct brc__keys *keys);

/* The bearer token that services which take one get in place of a signature; NULL: none. It never
 * changes. Copied, and wiped; 0, BRC_E_NOMEM, or BRC_E_INVALID for a character no header takes. */
int brc__credentials_set_bearer(brc_credentials *credentials, const char *token);
const char *brc__credentials_bearer(const brc_credentials *credentials);

/* What keys are to be fetched by, if they are to be fetched by the client: a chain, of which
 * nothing is known down here but this. */
struct brc__chain;
struct brc__chain_kind {
    /* Says why there are no keys: of each source, or `failure` of the one that counts. */
    int (*explain)(const struct brc__chain *chain, const char *failure, struct brc__error *error);
    /* Whether a fetch may bring other keys than the one before. */
    bool (*renews)(const struct brc__chain *chain);
    struct brc__chain *(*free)(struct brc__chain *chain);
};
void brc__credentials_attach(brc_credentials *credentials, struct brc__chain *chain,
                             const struct brc__chain_kind *kind);
struct brc__chain *brc__credentials_chain(const brc_credentials *credentials);

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
