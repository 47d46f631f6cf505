/* How far this machine's clock is from the service's. Pure: the time is given.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__SKEW_H
#define BRC__SKEW_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Requests are to be signed with this machine's time plus offset_ms. */
struct brc__skew {
    int64_t offset_ms;
    bool off; /* the offset stays 0 */
};

/* An answer as a sample of the service's clock. */
struct brc__skew_sample {
    const char *head;
    int64_t utc_ms;           /* this machine's time when the head had come */
    int64_t took_ms;          /* since the request was signed */
    int64_t signed_offset_ms; /* offset_ms when it was */
    bool is_error;
};

/* Takes a sample from an answer that came whole and is no event stream (an error answer to a
 * request for a stream is none). Successes count as well as errors, as in AWS's SDKs: the offset is
 * that of the last answer, and follows a clock that is put right. No sample is taken of an answer
 * with an Age header (it is an old one), without a date, or after more than 15 minutes.
 *
 * True if it is an error that came of a wrong clock, and worth another attempt: the time it was
 * signed with is at least 240 seconds from what is now known, by this sample or by that of a call
 * beside it. AWS's JavaScript asks instead whether the offset is 240 seconds or more and not to the
 * millisecond what it was: on a machine whose clock stays wrong it would repeat any error at all.
 * As there, AWS's type of the error is not asked. */
bool brc__skew_sample(struct brc__skew *skew, const struct brc__skew_sample *sample);

#endif
