/* How many tokens a request may cost at the most, and what it asks a model to be able to do.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__BOUND_H
#define BRC__BOUND_H

#include "request.h"

#include <stdbool.h>
#include <stdint.h>

struct brc__bound {
    int64_t input;        /* tokens, the profile's overhead not among them */
    int64_t output;       /* maxTokens, or as stated if that is more; 0: the request does not say */
    int64_t output_least; /* maxTokens may be lowered to no less than this; = output: not at all */
    char
        unbounded[128]; /* what cannot be bounded, "messages[0].content[1].image"; "" for nothing */
    char tier[32];      /* asked for; "default" if none is */
    bool has_signature; /* a signature of reasoning, which only its model can read */
    struct brc__buf uses; /* what a model has to accept, each name with its NUL; see `accepts` in
                             doc/money.md */
};

#define brc__auto_bound brc__cleanup(brc__bound_clear)

/* Each text counts as brc__bound_bytes() says, each message 64 more, each tool 1,024. Of parts that
 * are more than text (tool use and results, reasoning, citations, schemas), the names of members
 * and the JSON count besides, for the model may read them. What is stated for parts that have no
 * bound is added. Returns 0 or BRC_E_NOMEM, with an empty bound. */
int brc__bound_of(const brc_request *request, struct brc__bound *ret_bound);

void brc__bound_clear(struct brc__bound *bound);

/* The most bytes that a JSON text's characters, escapes decoded, can have after Unicode's
 * compatibility composition (NFKC), which some models' tokenizers apply. A token is at least one.
 */
int64_t brc__bound_bytes(const char *json, size_t n);

#endif
