/* SPDX-License-Identifier: MIT */
#include "signing_key.h"
#include "buffer.h"

#include <string.h>

#define TERMINATOR "aws4_request"

/* The length of a name fit for a scope, 0 if it is not. */
static size_t name_length(const char *name)
{
    size_t n = 0;

    while (name[n] > ' ' && name[n] < 0x7f && name[n] != '/' && name[n] != ',')
        n++;
    return name[n] == '\0' && n <= BRC__SCOPE_NAME_MAX ? n : 0;
}

int brc__scope_init(struct brc__scope *ret_scope, const char date[8], const char *region,
                    const char *service)
{
    ret_scope->length = 0;
    ret_scope->region_length = name_length(region);
    ret_scope->service_length = name_length(service);
    if (ret_scope->region_length == 0 || ret_scope->service_length == 0)
        return BRC_E_INVALID;

    char *p = ret_scope->text;
    memcpy(p, date, 8);
    p += 8;
    *p++ = '/';
    memcpy(p, region, ret_scope->region_length);
    p += ret_scope->region_length;
    *p++ = '/';
    memcpy(p, service, ret_scope->service_length);
    p += ret_scope->service_length;
    memcpy(p, "/" TERMINATOR, sizeof "/" TERMINATOR);
    p += sizeof "/" TERMINATOR - 1;
    ret_scope->length = (size_t)(p - ret_scope->text);
    return BRC_OK;
}

/* kDate = HMAC("AWS4" + secret, date): the one place where the secret key is copied. */
static int derive_date_key(struct brc__hasher *hasher, const char *secret, const char *date,
                           struct brc__key *ret_key)
{
    brc__auto_buf struct brc__buf seed = BRC__SECRET_BUF(SIZE_MAX / 2);

    int rc = brc__buf_text(&seed, "AWS4");
    if (rc < 0)
        return rc;
    rc = brc__buf_text(&seed, secret);
    if (rc < 0)
        return rc;
    return brc__hmac_sha256(hasher, seed.data, seed.length, date, 8, ret_key);
}

int brc__signing_key_derive(struct brc__hasher *hasher, const char *secret,
                            const struct brc__scope *scope, struct brc__key *ret_key)
{
    const char *region = scope->text + 9;
    const char *service = region + scope->region_length + 1;
    brc__auto_wipe struct brc__key k_date, k_region, k_service;

    int rc = derive_date_key(hasher, secret, scope->text, &k_date);
    if (rc < 0)
        return rc;
    rc = brc__hmac_sha256(hasher, k_date.b, sizeof k_date.b, region, scope->region_length,
                          &k_region);
    if (rc < 0)
        return rc;
    rc = brc__hmac_sha256(hasher, k_region.b, sizeof k_region.b, service, scope->service_length,
                          &k_service);
    if (rc < 0)
        return rc;
    return brc__hmac_sha256(hasher, k_service.b, sizeof k_service.b, TERMINATOR,
                            sizeof TERMINATOR - 1, ret_key);
}

int brc__signing_keys_init(struct brc__signing_keys *keys)
{
    keys->used = 0;
    keys->next = 0;
    return pthread_mutex_init(&keys->mutex, NULL) == 0 ? BRC_OK : BRC_E_NOMEM;
}

void brc__signing_keys_destroy(struct brc__signing_keys *keys)
{
    pthread_mutex_destroy(&keys->mutex);
    brc__wipe(keys->entries, sizeof keys->entries);
}

static bool find(const struct brc__signing_keys *keys, const struct brc__scope *scope,
                 struct brc__key *ret_key)
{
    for (unsigned i = 0; i < keys->used; i++) {
        if (keys->entries[i].scope.length != scope->length ||
            memcmp(keys->entries[i].scope.text, scope->text, scope->length) != 0)
            continue;
        *ret_key = keys->entries[i].key;
        return true;
    }
    return false;
}

static void keep(struct brc__signing_keys *keys, const struct brc__scope *scope,
                 const struct brc__key *key)
{
    unsigned capacity = sizeof keys->entries / sizeof keys->entries[0];

    /* No key outlives its day. */
    if (keys->used > 0 && memcmp(keys->entries[0].scope.text, scope->text, 8) != 0) {
        brc__wipe(keys->entries, sizeof keys->entries);
        keys->used = 0;
        keys->next = 0;
    }
    keys->entries[keys->next].scope = *scope;
    keys->entries[keys->next].key = *key;
    keys->next = (keys->next + 1) % capacity;
    if (keys->used < capacity)
        keys->used++;
}

int brc__signing_keys_get(struct brc__signing_keys *keys, struct brc__hasher *hasher,
                          const char *secret, const struct brc__scope *scope,
                          struct brc__key *ret_key)
{
    pthread_mutex_lock(&keys->mutex);
    bool found = find(keys, scope, ret_key);
    pthread_mutex_unlock(&keys->mutex);
    if (found)
        return BRC_OK;

    int rc = brc__signing_key_derive(hasher, secret, scope, ret_key);
    if (rc < 0)
        return rc;
    pthread_mutex_lock(&keys->mutex);
    keep(keys, scope, ret_key);
    pthread_mutex_unlock(&keys->mutex);
    return BRC_OK;
}
