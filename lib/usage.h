/* The record of one attempt.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__USAGE_H
#define BRC__USAGE_H

#include <bedrockcost/usage.h>
#include "json_text.h"
#include "uuid.h"

enum {
    BRC__USAGE_INTS = BRC_USAGE_FIRST_EVENT_MS + 1,
    BRC__USAGE_TEXTS = BRC_USAGE_AWS_TYPE + 1
};

/* Everything an attempt's end writes has its place from the start, so that no record is ever lost
 * for want of memory. */
struct brc_usage {
    int64_t ints[BRC__USAGE_INTS];       /* by BRC_USAGE_ field; -1 is unknown */
    const char *texts[BRC__USAGE_TEXTS]; /* by BRC_USAGE_ field; into the members below, or NULL */
    char call_id[BRC__UUID_SIZE];
    char request_id[96];
    char service_tier[64];
    char aws_type[96];
    char *profile_arn;
    char *request_metadata;
    char *json; /* made when first asked for */
};

/* Makes the records of a call: the arguments are copied, metadata may be NULL. Returns 0 or
 * BRC_E_NOMEM. */
int brc__usage_init(struct brc_usage *usage, const char *call_id, const char *profile_arn,
                    const char *metadata);

/* Starts the record of an attempt, in place of the one before. */
void brc__usage_begin(struct brc_usage *usage);

/* Notes a text that came from outside, as much of it as has room. The field must be the request id,
 * the service tier or AWS's type; "" leaves it unknown. */
void brc__usage_note(struct brc_usage *usage, int field, const char *text, size_t n);

/* Reads the tokens from the `usage` member of an answer. What is no count stays -1. True if the
 * counts can be relied on: input and output are there and nothing that is there is unreadable. */
bool brc__usage_read(struct brc_usage *usage, struct brc__json tokens);

void brc__usage_clear(struct brc_usage *usage);

#endif
