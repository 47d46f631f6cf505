/* Application inference profile ARNs, and an explanation for every other model id.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ARN_H
#define BRC__ARN_H

#include <stddef.h>

enum {
    BRC__ARN_LENGTH_MAX = 2048
};

/* Slices of the ARN's text. */
struct brc__arn {
    const char *partition;
    size_t partition_length;
    const char *region;
    size_t region_length;
};

/* Returns 0, or BRC_E_NOT_A_PROFILE for everything that is not
 * arn:PARTITION:bedrock:REGION:ACCOUNT:application-inference-profile/ID with the characters AWS's
 * model of the API allows. The partition and the region are made of [a-z0-9-] only, so that neither
 * can name another host. */
int brc__arn_parse(const char *id, struct brc__arn *ret_arn);

#endif
