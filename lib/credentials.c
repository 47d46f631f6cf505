/* SPDX-License-Identifier: MIT */
#include "credentials.h"
#include "clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    ACCESS_KEY_ID_MAX = 128,
    FETCH_BEFORE_END_S = 300,
    FRESH_MS = 60 * 1000,
};

struct brc_credentials {
    atomic_int references;
    pthread_mutex_t mutex;  /* guards keys and put_at */
    struct brc__keys *keys; /* NULL while there are none */
    int64_t put_at;         /* when they came, on the steady clock */
    brc_credentials_fn fetch;
    void *user_data;
    brc_destroy_fn destroy;
    char *bearer;             /* NULL: none */
    struct brc__chain *chain; /* NULL: keys are not fetched by a client */
    const struct brc__chain_kind *chain_kind;
};

/* ------------------------------------------------------------------- keys */

/* The length of a text whose characters all lie in from..0x7e; -1 if one does not. */
static ptrdiff_t length_of(const char *text, char from)
{
    const char *p = text;

    while (*p >= from && *p < 0x7f)
        p++;
    return *p == '\0' ? p - text : -1;
}

static const char *place(char **at, const char *text, size_t length)
{
    char *copy = *at;

    memcpy(copy, text, length + 1);
    *at += length + 1;
    return copy;
}

/* The session token may hold no blank either: folding would make the header differ from the token.
 */
int brc__keys_new(const char *id, const char *secret, const char *token, int64_t expires_at,
                  struct brc__keys **ret_keys)
{
    static _Atomic int64_t made;

    *ret_keys = NULL;
    if (id == NULL || secret == NULL)
        return BRC_E_INVALID;
    if (token == NULL)
        token = "";
    ptrdiff_t id_length = length_of(id, '!');
    ptrdiff_t secret_length = length_of(secret, ' ');
    ptrdiff_t token_length = length_of(token, '!');
    if (id_length < 1 || id_length > ACCESS_KEY_ID_MAX || secret_length < 1 || token_length < 0)
        return BRC_E_INVALID;

    size_t text_size = (size_t)id_length + 1 + (size_t)secret_length + 1 + (size_t)token_length + 1;
    struct brc__keys *keys = calloc(1, sizeof *keys + text_size);
    if (keys == NULL)
        return BRC_E_NOMEM;
    if (brc__signing_keys_init(&keys->signing_keys) < 0) {
        free(keys);
        return BRC_E_NOMEM;
    }
    atomic_init(&keys->references, 1);
    atomic_init(&keys->spare_hasher, NULL);
    atomic_init(&keys->spent, false);
    keys->number = atomic_fetch_add(&made, 1) + 1;
    keys->expires_at = expires_at;
    keys->text_size = text_size;
    keys->access_key_id_length = (size_t)id_length;
    keys->session_token_length = (size_t)token_length;
    char *at = keys->text;
    keys->access_key_id = place(&at, id, (size_t)id_length);
    keys->secret_access_key = place(&at, secret, (size_t)secret_length);
    keys->session_token = place(&at, token, (size_t)token_length);
    *ret_keys = keys;
    return BRC_OK;
}

void brc__keys_release(struct brc__keys *keys)
{
    if (keys == NULL || atomic_fetch_sub(&keys->references, 1) > 1)
        return;
    brc__hasher_free(atomic_load(&keys->spare_hasher));
    brc__signing_keys_destroy(&keys->signing_keys);
    brc__wipe(keys, sizeof *keys + keys->text_size);
    free(keys);
}

int brc__keys_take_hasher(struct brc__keys *keys, struct brc__hasher **ret_hasher)
{
    *ret_hasher = atomic_exchange(&keys->spare_hasher, NULL);
    return *ret_hasher != NULL ? BRC_OK : brc__hasher_new(ret_hasher);
}

void brc__keys_return_hasher(struct brc__keys *keys, struct brc__hasher *hasher)
{
    brc__hasher_free(atomic_exchange(&keys->spare_hasher, hasher));
}

static bool expire_by(const struct brc__keys *keys, int64_t time)
{
    return keys->expires_at != 0 && keys->expires_at <= time;
}

bool brc__keys_end_by(const struct brc__keys *keys, int64_t time)
{
    return atomic_load(&keys->spent) || expire_by(keys, time);
}

/* --------------------------------------------------- the object's own keys */

struct brc__keys *brc__credentials_snapshot(brc_credentials *credentials)
{
    pthread_mutex_lock(&credentials->mutex);
    struct brc__keys *keys = credentials->keys;
    if (keys != NULL)
        atomic_fetch_add(&keys->references, 1);
    pthread_mutex_unlock(&credentials->mutex);
    return keys;
}

void brc__credentials_put(brc_credentials *credentials, struct brc__keys *keys)
{
    pthread_mutex_lock(&credentials->mutex);
    struct brc__keys *old = credentials->keys;
    credentials->keys = keys;
    credentials->put_at = brc__clock_steady_ms();
    pthread_mutex_unlock(&credentials->mutex);
    brc__keys_release(old);
}

/* With the mutex locked. */
static enum brc__refusal judge_refusal(const brc_credentials *credentials, int64_t number,
                                       bool renews)
{
    const struct brc__keys *keys = credentials->keys;
    bool same = keys != NULL && keys->number == number;

    if (!renews && (same || keys == NULL))
        return BRC__REFUSED_FIXED;
    if (same && !atomic_load(&keys->spent) &&
        brc__clock_steady_ms() - credentials->put_at < FRESH_MS)
        return BRC__REFUSED_FRESH;
    return BRC__REFUSED_SPENT;
}

enum brc__refusal brc__credentials_refused(brc_credentials *credentials, int64_t number)
{
    bool renews =
        credentials->fetch != NULL ||
        (credentials->chain != NULL && credentials->chain_kind->renews(credentials->chain));

    pthread_mutex_lock(&credentials->mutex);
    enum brc__refusal refusal = judge_refusal(credentials, number, renews);
    struct brc__keys *keys = credentials->keys;
    if (refusal == BRC__REFUSED_SPENT && keys != NULL && keys->number == number)
        atomic_store(&keys->spent, true);
    pthread_mutex_unlock(&credentials->mutex);
    return refusal;
}

int brc__credentials_alloc(brc_credentials **ret_credentials)
{
    *ret_credentials = NULL;
    brc_credentials *credentials = calloc(1, sizeof *credentials);
    if (credentials == NULL)
        return BRC_E_NOMEM;
    if (pthread_mutex_init(&credentials->mutex, NULL) != 0) {
        free(credentials);
        return BRC_E_NOMEM;
    }
    atomic_init(&credentials->references, 1);
    *ret_credentials = credentials;
    return BRC_OK;
}

brc_credentials *brc_credentials_ref(brc_credentials *credentials)
{
    if (credentials != NULL)
        atomic_fetch_add(&credentials->references, 1);
    return credentials;
}

brc_credentials *brc_credentials_free(brc_credentials *credentials)
{
    if (credentials == NULL || atomic_fetch_sub(&credentials->references, 1) > 1)
        return NULL;
    brc__keys_release(credentials->keys);
    if (credentials->destroy != NULL)
        credentials->destroy(credentials->user_data);
    if (credentials->chain != NULL)
        credentials->chain_kind->free(credentials->chain);
    brc__free_secret(credentials->bearer);
    pthread_mutex_destroy(&credentials->mutex);
    free(credentials);
    return NULL;
}

void brc__credentials_attach(brc_credentials *credentials, struct brc__chain *chain,
                             const struct brc__chain_kind *kind)
{
    credentials->chain = chain;
    credentials->chain_kind = kind;
}

struct brc__chain *brc__credentials_chain(const brc_credentials *credentials)
{
    return credentials->chain;
}

int brc_credentials_set(brc_credentials *credentials, const char *access_key_id,
                        const char *secret_access_key, const char *session_token,
                        int64_t expires_at)
{
    struct brc__keys *keys;

    if (credentials == NULL || expires_at < 0)
        return BRC_E_INVALID;
    int rc = brc__keys_new(access_key_id, secret_access_key, session_token, expires_at, &keys);
    if (rc < 0)
        return rc;
    brc__credentials_put(credentials, keys);
    return BRC_OK;
}

/* ------------------------------------------------------------ given directly */

int brc__credentials_set_bearer(brc_credentials *credentials, const char *token)
{
    if (length_of(token, '!') < 1)
        return BRC_E_INVALID;
    credentials->bearer = brc__strndup(token, strlen(token));
    return credentials->bearer == NULL ? BRC_E_NOMEM : BRC_OK;
}

const char *brc__credentials_bearer(const brc_credentials *credentials)
{
    return credentials->bearer;
}

int brc_credentials_new_bearer(const char *token, brc_credentials **ret_credentials)
{
    if (ret_credentials == NULL)
        return BRC_E_INVALID;
    *ret_credentials = NULL;
    if (token == NULL)
        return BRC_E_INVALID;
    int rc = brc__credentials_alloc(ret_credentials);
    if (rc == 0)
        rc = brc__credentials_set_bearer(*ret_credentials, token);
    if (rc < 0)
        *ret_credentials = brc_credentials_free(*ret_credentials);
    return rc;
}

int brc_credentials_new(const char *access_key_id, const char *secret_access_key,
                        const char *session_token, brc_credentials **ret_credentials)
{
    struct brc__keys *keys;

    if (ret_credentials == NULL)
        return BRC_E_INVALID;
    *ret_credentials = NULL;
    int rc = brc__keys_new(access_key_id, secret_access_key, session_token, 0, &keys);
    if (rc < 0)
        return rc;
    rc = brc__credentials_alloc(ret_credentials);
    if (rc < 0) {
        brc__keys_release(keys);
        return rc;
    }
    (*ret_credentials)->keys = keys;
    return BRC_OK;
}

/* --------------------------------------------------------------- by callback */

int brc_credentials_new_callback(brc_credentials_fn fn, void *user_data, brc_destroy_fn destroy,
                                 brc_credentials **ret_credentials)
{
    int rc = fn == NULL || ret_credentials == NULL ? BRC_E_INVALID : BRC_OK;

    if (ret_credentials != NULL)
        *ret_credentials = NULL;
    if (rc == BRC_OK)
        rc = brc__credentials_alloc(ret_credentials);
    if (rc < 0) {
        if (destroy != NULL)
            destroy(user_data);
        return rc;
    }
    (*ret_credentials)->fetch = fn;
    (*ret_credentials)->user_data = user_data;
    (*ret_credentials)->destroy = destroy;
    return BRC_OK;
}

/* -------------------------------------------------------------------- in use */

/* Says why there are no keys, after a fetch that returned `fetched` if there is one. */
static int say_none(const brc_credentials *credentials, int fetched, struct brc__error *error)
{
    if (credentials->fetch != NULL && fetched == 0)
        return brc__error_set(error, BRC_E_CREDENTIALS,
                              "no credentials: the credentials function returned 0 without "
                              "setting any");
    if (credentials->fetch != NULL)
        return brc__error_set(error, BRC_E_CREDENTIALS,
                              "no credentials: the credentials function returned %d", fetched);
    if (credentials->bearer != NULL)
        return brc__error_set(error, BRC_E_CREDENTIALS,
                              "no credentials: there is a bearer token, which this service does "
                              "not take");
    if (credentials->chain != NULL)
        return credentials->chain_kind->explain(
            credentials->chain, "has to be fetched by a client, which has not happened yet", error);
    return brc__error_set(error, BRC_E_CREDENTIALS, "no credentials: none were set");
}

/* Says that the keys ended, and how the fetch went that should have brought new ones. */
static int say_ended(const brc_credentials *credentials, const struct brc__keys *keys, int64_t now,
                     int fetched, struct brc__error *error)
{
    size_t n = keys->access_key_id_length;
    const char *id_end = keys->access_key_id + (n > 4 ? n - 4 : 0);
    char how[64] = "are refused by AWS as ended", and[64] = "";

    if (!atomic_load(&keys->spent))
        snprintf(how, sizeof how, "ended %" PRId64 " s ago", now - keys->expires_at);
    if (credentials->fetch != NULL)
        snprintf(and, sizeof and, ", and the credentials function returned %d", fetched);
    return brc__error_set(error, BRC_E_CREDENTIALS,
                          "the credentials whose access key id ends in %s %s%s", id_end, how, and);
}

/* The keys that are there may have been set by another thread meanwhile; a failed fetch therefore
 * counts only if they cannot be used. Spent keys of a chain are for the client to replace, before
 * it comes here; where another one has found them spent just now, AWS says so to this call as well.
 */
int brc__credentials_acquire(brc_credentials *credentials, int64_t now, struct brc__keys **ret_keys,
                             struct brc__error *error)
{
    int fetched = 0;

    *ret_keys = NULL;
    brc__auto_keys struct brc__keys *keys = brc__credentials_snapshot(credentials);
    if (credentials->fetch != NULL &&
        (keys == NULL || brc__keys_end_by(keys, now + FETCH_BEFORE_END_S))) {
        fetched = credentials->fetch(credentials, credentials->user_data);
        brc__keys_release(keys);
        keys = brc__credentials_snapshot(credentials);
    }
    if (keys == NULL)
        return say_none(credentials, fetched, error);
    if (credentials->fetch == NULL ? expire_by(keys, now) : brc__keys_end_by(keys, now))
        return say_ended(credentials, keys, now, fetched, error);
    *ret_keys = brc__steal(keys);
    return BRC_OK;
}
