/* The canonical request of SigV4: a request checked, taken apart, put in order and hashed.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__CANONICAL_H
#define BRC__CANONICAL_H

#include <bedrockcost/sign.h>
#include "buffer.h"
#include "crypto.h"
#include "field.h"
#include "url.h"

/* Not to be moved: it points into itself. Borrows everything from the input. */
struct brc__canonical {
    const brc_sign_input *input;
    struct brc__url url;
    struct brc__fields headers; /* those that are signed */
    const char *content_sha256; /* 64 characters, or NULL if the caller sends none */
    char host[264];
};

#define brc__auto_canonical brc__cleanup(brc__canonical_free)

/* Checks everything about the request but its time, region and service. Returns 0, BRC_E_INVALID or
 * BRC_E_NOMEM; in each case brc__canonical_free() is due. */
int brc__canonical_init(struct brc__canonical *ret_request, const brc_sign_input *input);

void brc__canonical_free(struct brc__canonical *request);

/* Adds a header of the signer's own; the value is in canonical form already. */
int brc__canonical_add(struct brc__canonical *request, const char *name, const char *value,
                       size_t value_length);

/* More than the names of the headers take, with their separators. */
size_t brc__canonical_names_size(const struct brc__canonical *request);

/* Puts the headers in order and appends their names: "content-type;host;x-amz-date". */
int brc__canonical_signed_headers(struct brc__canonical *request, struct brc__buf *to);

/* SHA-256 of the canonical request. `signed_headers` is what the function above appended. The text
 * itself is appended to `copy` if that is not NULL. Returns 0, BRC_E_NOMEM, BRC_E_INVALID: the
 * request's x-amz-content-sha256 is not the body's. */
int brc__canonical_hash(struct brc__canonical *request, struct brc__hasher *hasher,
                        const char *signed_headers, size_t n, struct brc__buf *copy,
                        unsigned char ret_digest[BRC__SHA256_SIZE]);

#endif
