/* CountTokens: how many tokens a request has, before it is sent. It takes the id of a model and no
 * profile, so that it is not among the calls that the library's users can make.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__COUNT_TOKENS_H
#define BRC__COUNT_TOKENS_H

#include "errand.h"

/* What is asked and of whom. */
struct brc__count {
    const char *profile_arn;     /* its region is asked */
    const char *model;           /* "anthropic.claude-…", or the ARN of a foundation model */
    const struct brc__buf *body; /* of Converse */
};

/* An errand whose `done` is the caller's to set. Returns 0, or the failure with its reason in
 * client->error. */
int brc__count_errand(brc_client *client, const struct brc__count *count,
                      struct brc__errand **ret_errand);

/* The tokens that it has been told; -1 if it was not. */
int64_t brc__count_of(const struct brc__errand *errand);

#endif
