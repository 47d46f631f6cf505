/* SPDX-License-Identifier: MIT */
#include "crypto.h"
#include "text.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

struct brc__hasher {
    EVP_MD *digest;
    EVP_MD_CTX *context;
};

/* The key of an HMAC, padded to one block of the hash. */
struct block {
    unsigned char b[64];
};

static void block_wipe(struct block *block)
{
    brc__wipe(block, sizeof *block);
}

/* What HMAC hashes first: the key and, if it fits, the text. */
struct start {
    struct block key;
    unsigned char text[192];
};

static void start_wipe(struct start *start)
{
    block_wipe(&start->key);
}

/* A digest is fetched for each hasher, not for the process: nothing global to free or to carry
 * across a fork, and who signs often keeps the hasher. */
int brc__hasher_new(struct brc__hasher **ret_hasher)
{
    *ret_hasher = NULL;
    brc__auto_hasher struct brc__hasher *hasher = calloc(1, sizeof *hasher);
    if (hasher == NULL)
        return BRC_E_NOMEM;
    hasher->digest = EVP_MD_fetch(NULL, "SHA256", NULL);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->digest == NULL || hasher->context == NULL)
        return BRC_E_NOMEM;
    if (EVP_DigestInit_ex2(hasher->context, hasher->digest, NULL) != 1)
        return BRC_E_NOMEM;
    *ret_hasher = brc__steal(hasher);
    return BRC_OK;
}

struct brc__hasher *brc__hasher_free(struct brc__hasher *hasher)
{
    if (hasher == NULL)
        return NULL;
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->digest);
    free(hasher);
    return NULL;
}

int brc__sha256_begin(struct brc__hasher *hasher)
{
    return EVP_DigestInit_ex2(hasher->context, NULL, NULL) == 1 ? BRC_OK : BRC_E_NOMEM;
}

int brc__sha256_update(struct brc__hasher *hasher, const void *bytes, size_t n)
{
    return EVP_DigestUpdate(hasher->context, bytes, n) == 1 ? BRC_OK : BRC_E_NOMEM;
}

int brc__sha256_end(struct brc__hasher *hasher, unsigned char ret_digest[BRC__SHA256_SIZE])
{
    return EVP_DigestFinal_ex(hasher->context, ret_digest, NULL) == 1 ? BRC_OK : BRC_E_NOMEM;
}

int brc__sha256(struct brc__hasher *hasher, const void *bytes, size_t n,
                unsigned char ret_digest[BRC__SHA256_SIZE])
{
    int rc = brc__sha256_begin(hasher);
    if (rc < 0)
        return rc;
    rc = brc__sha256_update(hasher, bytes, n);
    if (rc < 0)
        return rc;
    return brc__sha256_end(hasher, ret_digest);
}

/* H((key xor pad) || bytes), with the key already padded by zeros. A short text goes with the key
 * in one piece: OpenSSL hashes it faster than two. */
static int keyed_hash(struct brc__hasher *hasher, const struct block *key, unsigned char pad,
                      const void *bytes, size_t n, unsigned char *ret_digest)
{
    brc__cleanup(start_wipe) struct start start;
    size_t with_key = n <= sizeof start.text ? n : 0;

    for (size_t i = 0; i < sizeof start.key.b; i++)
        start.key.b[i] = key->b[i] ^ pad;
    memcpy(start.text, bytes, with_key);
    int rc = brc__sha256_begin(hasher);
    if (rc < 0)
        return rc;
    rc = brc__sha256_update(hasher, &start, sizeof start.key + with_key);
    if (rc < 0)
        return rc;
    if (with_key < n)
        rc = brc__sha256_update(hasher, bytes, n);
    if (rc < 0)
        return rc;
    return brc__sha256_end(hasher, ret_digest);
}

int brc__hmac_sha256(struct brc__hasher *hasher, const void *key, size_t key_length,
                     const void *bytes, size_t n, struct brc__key *ret_mac)
{
    brc__cleanup(block_wipe) struct block padded = {{0}};
    brc__auto_wipe struct brc__key inner;
    int rc = BRC_OK;

    if (key_length > sizeof padded.b)
        rc = brc__sha256(hasher, key, key_length, padded.b);
    else
        memcpy(padded.b, key, key_length);
    if (rc < 0)
        return rc;
    rc = keyed_hash(hasher, &padded, 0x36, bytes, n, inner.b);
    if (rc < 0)
        return rc;
    return keyed_hash(hasher, &padded, 0x5c, inner.b, sizeof inner.b, ret_mac->b);
}

int brc__sha1_hex(const void *bytes, size_t n, char ret_hex[BRC__SHA1_HEX_SIZE])
{
    unsigned char digest[(BRC__SHA1_HEX_SIZE - 1) / 2];

    *ret_hex = '\0';
    if (!EVP_Digest(bytes, n, digest, NULL, EVP_sha1(), NULL))
        return BRC_E_NOMEM;
    brc__hex(ret_hex, digest, sizeof digest);
    ret_hex[BRC__SHA1_HEX_SIZE - 1] = '\0';
    return BRC_OK;
}

int brc__base64_encode(struct brc__buf *to, const char *bytes, size_t n)
{
    int rc = brc__buf_reserve(to, (n + 2) / 3 * 4);

    if (rc < 0 || n == 0)
        return rc;
    /* It writes a NUL too, for which a buffer has room. */
    to->length += (size_t)EVP_EncodeBlock((unsigned char *)to->data + to->length,
                                          (const unsigned char *)bytes, (int)n);
    return BRC_OK;
}

/* OpenSSL would take white space around it, and zeros for what is padding in the wrong place. */
static bool is_base64(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char letter = (char)(text[i] | 0x20);
        if (!(letter >= 'a' && letter <= 'z') && !(text[i] >= '0' && text[i] <= '9') &&
            text[i] != '+' && text[i] != '/')
            return false;
    }
    return true;
}

int brc__base64_decode(struct brc__buf *to, const char *text, size_t n)
{
    size_t padding = 0;

    int rc = brc__buf_reserve(to, n / 4 * 3);
    if (rc < 0 || n == 0)
        return rc;
    while (padding < 2 && padding < n && text[n - 1 - padding] == '=')
        padding++;
    if (n % 4 != 0 || !is_base64(text, n - padding))
        return BRC_E_INVALID;
    int bytes = EVP_DecodeBlock((unsigned char *)to->data + to->length, (const unsigned char *)text,
                                (int)n);
    to->length += (size_t)bytes - padding; /* which is counted as bytes */
    to->data[to->length] = '\0';
    return BRC_OK;
}
