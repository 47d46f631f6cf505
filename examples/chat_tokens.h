/* What a turn of `chat`, or its session, used. SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_CHAT_TOKENS_H
#define EXAMPLES_CHAT_TOKENS_H

#include <bedrockcost/bedrockcost.h>

enum {
    INPUT,
    OUTPUT,
    CACHE_READ,
    CACHE_WRITE,
    KINDS
};

struct tokens {
    int64_t counts[KINDS];
    int64_t unreported; /* attempts that may be billed */
    int64_t cost;       /* picodollars; -1: none is known */
};

#define NO_TOKENS ((struct tokens){.cost = -1})

/* The usage callback: adds what an attempt used, whatever became of it. user_data is the turn's. */
void tokens_note(const brc_usage *usage, void *user_data);
/* Adds those of a turn to the session's. */
void tokens_add(struct tokens *session, const struct tokens *turn);

/* "turn: input 12, output 40, 0.0002 USD" and `end`, on stderr. */
void tokens_print(const char *whose, const struct tokens *tokens, const char *end);

#endif
