/* Where a request goes: the endpoint of a partition and region, or the one the user names.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ENDPOINT_H
#define BRC__ENDPOINT_H

#include "arn.h"
#include "buffer.h"
#include "error.h"

/* Appends "https://bedrock-runtime.REGION.SUFFIX". Returns 0, BRC_E_INVALID for a partition whose
 * suffix is not known (an endpoint must then be set), or the buffer's failure. */
int brc__endpoint_of(const struct brc__arn *arn, struct brc__buf *to, struct brc__error *error);

/* Accepts http(s)://HOST[:PORT][/PATH], http only to loopback. `what` begins the message. */
int brc__endpoint_check(const char *url, const char *what, struct brc__error *error);

/* The endpoint set in the environment and the name of the variable it came from; NULL for none. An
 * empty variable is unset. */
const char *brc__endpoint_from_environment(const char **ret_variable);

#endif
