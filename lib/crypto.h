/* SHA-256 and HMAC-SHA-256, and the type keys live in. The only file that knows OpenSSL is
 * crypto.c. SPDX-License-Identifier: MIT */
#ifndef BRC__CRYPTO_H
#define BRC__CRYPTO_H

#include <bedrockcost/base.h>
#include "buffer.h"

enum {
    BRC__SHA256_SIZE = 32,
    BRC__SHA1_HEX_SIZE = 41, /* with its NUL */
};

/* A key, or anything else of that size that is as secret. */
struct brc__key {
    unsigned char b[BRC__SHA256_SIZE];
};

/* Key wiped at the end of its scope, whichever way that ends. */
#define brc__auto_wipe brc__cleanup(brc__key_wipe)

static inline void brc__key_wipe(struct brc__key *key)
{
    brc__wipe(key, sizeof *key);
}

/* A digest and a context, both made once: hashing with it allocates nothing. One thread at a time.
 */
struct brc__hasher;

#define brc__auto_hasher brc__cleanup(brc__hasher_free_p)

/* Returns 0 or BRC_E_NOMEM, as everything below. */
int brc__hasher_new(struct brc__hasher **ret_hasher);

/* NULL is fine. Returns NULL. */
struct brc__hasher *brc__hasher_free(struct brc__hasher *hasher);

static inline void brc__hasher_free_p(struct brc__hasher **hasher)
{
    brc__hasher_free(*hasher);
}

/* SHA-256 in pieces: begin, any number of updates, end. */
int brc__sha256_begin(struct brc__hasher *hasher);
int brc__sha256_update(struct brc__hasher *hasher, const void *bytes, size_t n);
int brc__sha256_end(struct brc__hasher *hasher, unsigned char ret_digest[BRC__SHA256_SIZE]);

int brc__sha256(struct brc__hasher *hasher, const void *bytes, size_t n,
                unsigned char ret_digest[BRC__SHA256_SIZE]);

/* The key may have any length, and may be ret_mac's own bytes. */
int brc__hmac_sha256(struct brc__hasher *hasher, const void *key, size_t key_length,
                     const void *bytes, size_t n, struct brc__key *ret_mac);

/* SHA-1 in lower-case hexadecimal, for names of files that others chose so. Not for secrets. */
int brc__sha1_hex(const void *bytes, size_t n, char ret_hex[BRC__SHA1_HEX_SIZE]);

/* Appends n bytes as base64, and the bytes that n characters of base64 stand for. The second
 * returns BRC_E_INVALID for what is none. */
int brc__base64_encode(struct brc__buf *to, const char *bytes, size_t n);
int brc__base64_decode(struct brc__buf *to, const char *text, size_t n);

#endif
