/* Whether to try again, when, and at what price in tokens. Pure: it reads no clock, draws no
 * chance, and asks no environment.
 *
 * A retry takes tokens from a store that a client's calls share, and a success gives back what the
 * retry before it took, or one. When a service is down the store runs empty, and the calls stop
 * adding to its load. SPDX-License-Identifier: MIT */
#ifndef BRC__RETRY_H
#define BRC__RETRY_H

#include "error.h"
#include "outcome.h"

#include <stdbool.h>
#include <stdint.h>

/* What AWS's SDKs call the ways to try again. This one is `standard`. */
enum brc__retry_mode {
    BRC__RETRY_STANDARD,
    BRC__RETRY_LEGACY,   /* another one in each SDK */
    BRC__RETRY_ADAPTIVE, /* standard, and the rate of all attempts is limited */
};

/* What a failed attempt was, as far as trying again goes. */
enum brc__retry_class {
    BRC__RETRY_NEVER,
    BRC__RETRY_TRANSIENT,
    BRC__RETRY_TIMEOUT, /* transient, and it took its whole time limit */
    BRC__RETRY_THROTTLING,
    BRC__RETRY_CLASSES
};

/* AWS's SDKs know two sets of numbers for the same rules. */
struct brc__retry_generation {
    int cost[BRC__RETRY_CLASSES];        /* tokens that a retry takes */
    int64_t base_ms[BRC__RETRY_CLASSES]; /* before the second attempt; doubled for each one after */
    bool hints;                          /* the service may ask for another delay */
};

struct brc__retries {
    const struct brc__retry_generation *generation;
    int64_t attempts_max;
    bool pay_twice; /* also after an attempt that may have been billed */
    int tokens;
};

enum {
    BRC__ATTEMPTS_DEFAULT = 3,
    BRC__ATTEMPTS_MAX = 100, /* the most that attempts_max may be */
    BRC__RETRY_TOKENS = 500, /* the store when full */
};

/* A full store. The generation is that of 2026, or the one before it. */
struct brc__retries brc__retries_of(int64_t attempts_max, bool since_2026);

/* How an attempt ended that did not succeed. */
struct brc__failure {
    enum brc__reach reach;
    int code;             /* BRC_E_ code of the attempt */
    int status;           /* HTTP status; 0 if no answer began */
    const char *aws_type; /* AWS's type of the error; "" for none */
    bool clock_corrected; /* brc__skew_sample() said so of its answer */
};

/* Never, unless brc__outcome() of that attempt is BRC_OUTCOME_NOT_BILLED or pay_twice is set; and
 * never after 200, 408 and 424, which say that a model ran. */
enum brc__retry_class brc__retry_class(const struct brc__failure *failure, bool pay_twice);

/* Whether AWS said that the keys it was signed with have ended, so that it may go with others. */
bool brc__retry_needs_keys(const struct brc__failure *failure);

/* Milliseconds to wait before the next attempt, its tokens taken; -1 if there is to be none: the
 * attempts are used up, the tokens are too few, or the class is `never`. `attempt` is the number of
 * the one that failed, from 1; `chance` is drawn evenly from all values; `hint_ms` is
 * brc__retry_hint()'s. The cost is to be given back after a success: 0 with -1. */
int64_t brc__retry_delay(struct brc__retries *retries, enum brc__retry_class class, int64_t attempt,
                         uint32_t chance, int64_t hint_ms, int *ret_cost);

/* An attempt succeeded; `cost` is that of the retry which it was, 0 for a first attempt. */
void brc__retry_succeeded(struct brc__retries *retries, int cost);

/* How long the service asks to be left alone, from the head of its answer: x-amz-retry-after in
 * milliseconds, else Retry-After in seconds or as a date, which is compared with utc_ms. -1 if it
 * does not ask, or cannot be understood. At most a day, which is more than is ever waited. */
int64_t brc__retry_hint(const char *head, int64_t utc_ms);

#endif
