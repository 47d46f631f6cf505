/* AWS Signature Version 4 in headers: from a checked request and a set of keys to the lines to add.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SIGV4_H
#define BRC__SIGV4_H

#include <bedrockcost/sign.h>
#include "buffer.h"
#include "credentials.h"

/* What a log or a test may want to see. A buffer that is NULL is not filled. */
struct brc__sigv4_trace {
    struct brc__buf *signed_headers;    /* "content-type;host;x-amz-date" */
    struct brc__buf *canonical_request; /* not for a log: it holds the session token */
    struct brc__buf *string_to_sign;
    char request_hash[2 * BRC__SHA256_SIZE + 1]; /* of the canonical request, hexadecimal */
};

/* Appends the header lines of brc_sign() to ret_headers, a buffer that ought to be secret. `trace`
 * may be NULL. Returns 0, BRC_E_INVALID, BRC_E_RANGE, BRC_E_NOMEM, BRC_E_TOO_LARGE (above the
 * buffer's ceiling). */
int brc__sigv4_sign(const brc_sign_input *input, struct brc__keys *keys,
                    struct brc__sigv4_trace *trace, struct brc__buf *ret_headers);

#endif
