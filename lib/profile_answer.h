/* What AWS says of an application inference profile, as the ledger keeps it. Pure.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__PROFILE_ANSWER_H
#define BRC__PROFILE_ANSWER_H

#include "buffer.h"
#include "error.h"

/* Appends what is put of kind "profile", from the answers of GetInferenceProfile and
 * ListTagsForResource. Returns 0; BRC_E_PROTOCOL with the reason in error: an answer is none, or it
 * is of another profile; BRC_E_NOMEM. */
int brc__profile_answer(const char *arn, const char *profile_json, const char *tags_json,
                        struct brc__buf *to, struct brc__error *error);

#endif
