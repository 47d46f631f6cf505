/* Where a request goes: the endpoint of a partition and region, or the one the user names.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ENDPOINT_H
#define BRC__ENDPOINT_H

#include "arn.h"
#include "buffer.h"
#include "error.h"

#include <stdbool.h>

/* Which of a service's hosts is meant. */
struct brc__endpoint_kind {
    bool fips, dual_stack;
};

/* Appends "https://bedrock-runtime.REGION.SUFFIX", or its sister. Returns 0, BRC_E_INVALID for a
 * partition whose suffix is not known (an endpoint must then be set), or the buffer's failure. */
int brc__endpoint_of(const struct brc__arn *arn, struct brc__endpoint_kind kind,
                     struct brc__buf *to, struct brc__error *error);

/* The endpoint that the environment or a profile names, judged as below, and against asking for one
 * of AWS's own sisters at the same time. */
int brc__endpoint_check_configured(const char *url, const char *what,
                                   struct brc__endpoint_kind kind, struct brc__error *error);

/* Accepts http(s)://HOST[:PORT][/PATH], http only to loopback. `what` begins the message. */
int brc__endpoint_check(const char *url, const char *what, struct brc__error *error);

#endif
