/* The record of one attempt.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__USAGE_H
#define BRC__USAGE_H

#include <bedrockcost/usage.h>
#include "json_text.h"
#include "uuid.h"

enum {
    BRC__USAGE_INTS = BRC_USAGE_MAX_TOKENS + 1,
    BRC__USAGE_TEXTS = BRC_USAGE_ASKED_PROFILE_ARN + 1
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
    char *profile_arn; /* the request was made for */
    char *request_metadata;
    char *through; /* copies of what is known of the profile the attempt goes through; see below */
    const char *through_texts[BRC__USAGE_TEXTS]; /* into it */
    char *json;                                  /* made when first asked for */
};

/* Makes the records of a call: the arguments are copied, metadata may be NULL. Returns 0 or
 * BRC_E_NOMEM. */
int brc__usage_init(struct brc_usage *usage, const char *call_id, const char *profile_arn,
                    const char *metadata);

/* Starts the record of an attempt, in place of the one before. */
void brc__usage_begin(struct brc_usage *usage);

/* What is known of the profile that an attempt goes through. NULL: is not known. */
struct brc__usage_profile {
    const char *arn, *name, *tags, *model;
};

/* Copies it for brc__usage_tell_profile(), until the next attempt begins. Returns 0 or BRC_E_NOMEM.
 */
int brc__usage_keep_profile(struct brc_usage *usage, const struct brc__usage_profile *profile);

/* The record says what was kept of the profile, and which one was asked for if that is another. */
void brc__usage_tell_profile(struct brc_usage *usage);

/* Notes a text that came from outside, as much of it as has room. The field must be the request id,
 * the service tier or AWS's type; "" leaves it unknown. */
void brc__usage_note(struct brc_usage *usage, int field, const char *text, size_t n);

/* Notes the profile's name, tags or model, of which the record keeps no copy: the text has to stay
 * until the next attempt begins or the record is cleared. NULL: not known. */
void brc__usage_lend(struct brc_usage *usage, int field, const char *text);

/* Reads the tokens from the `usage` member of an answer. What is no count stays -1. True if the
 * counts can be relied on: input and output are there and nothing that is there is unreadable. */
bool brc__usage_read(struct brc_usage *usage, struct brc__json tokens);

void brc__usage_clear(struct brc_usage *usage);

#endif
