/* A Converse request: what is asked, through which profile, and its body.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__REQUEST_H
#define BRC__REQUEST_H

#include "arn.h"
#include "buffer.h"
#include "error.h"

#include <bedrockcost/request.h>

/* The parts of the body as JSON text: lists and inferenceConfig without the brackets around them,
 * the other members as one object. */
struct brc_request {
    char *profile_arn;
    struct brc__arn arn;
    struct brc__buf messages;
    struct brc__buf system;
    struct brc__buf stops;     /* elements of inferenceConfig.stopSequences */
    struct brc__buf inference; /* other members of inferenceConfig */
    struct brc__buf members;   /* the other members of the request */
    char *metadata;            /* requestMetadata, also among the members */
    size_t stop_count;
    int64_t max_tokens; /* 0: not set */
    int64_t least_tokens;
    int64_t bound_input; /* as stated with brc_request_set_bound(); -1: nothing is stated */
    int64_t bound_output;
    int inference_as_json; /* set through brc_request_set_json(), as are the next two */
    int max_tokens_as_json;
    int stops_as_json;
    struct brc__error error;
};

/* Appends the body; nothing else in the library makes JSON for the wire. Returns 0, BRC_E_INVALID
 * (no message) with the reason in error, BRC_E_NOMEM, BRC_E_TOO_LARGE. */
int brc__request_body(const brc_request *request, struct brc__buf *to, struct brc__error *error);

/* Where the digits of maxTokens begin in the body; 0 if they were not set as a number, and nothing
 * may lower them. */
size_t brc__request_max_tokens_at(const brc_request *request);

/* Lowers maxTokens in a body that is made already, whose length stays: blanks follow the digits. It
 * may be changed again, to a number of no more digits than there were at first. Returns 0, or
 * BRC_E_INVALID if there is no such place at `at`, or not enough room. */
int brc__request_lower_max_tokens(struct brc__buf *body, size_t at, int64_t max_tokens);

/* Appends a profile's path without the operation, "/model/…", the ARN percent-encoded as one
 * segment. */
int brc__request_path(const char *profile_arn, struct brc__buf *to);

#endif
