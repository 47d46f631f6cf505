/* What the files of `budget external` share. SPDX-License-Identifier: MIT */
#ifndef BUDGET_EXTERNAL_H
#define BUDGET_EXTERNAL_H

#include "budget.h"
#include "cloud.h"

enum {
    PERIOD_S = 300,      /* that tokens are booked by */
    KEPT_S = 63 * 86400, /* how long CloudWatch has sums of periods as short as that */
    SETTLED_S = 10 * 60, /* a younger period may still grow */
    LOOK_BACK_S = 86400  /* how far before the last one booked a sum may still have grown */
};

enum token_kind {
    TOKENS_INPUT,
    TOKENS_OUTPUT,
    TOKENS_CACHE_READ,
    TOKENS_CACHE_WRITE,
    TOKEN_KINDS
};

struct tokens {
    int64_t of[TOKEN_KINDS];
};

/* A period of a profile: what CloudWatch says, and what the ledger has of it. */
struct period {
    struct tokens seen, booked;
    int64_t entries; /* of the ledger */
};

/* The periods of a profile, one after the other. */
struct span {
    const char *arn, *id;
    const char *name;    /* for people */
    const json_t *price; /* as the ledger has it of the profile */
    int64_t factor;      /* on it, in parts per million */
    int64_t since_s, until_s;
    struct period *periods;
    size_t count;
};

/* ---------------------------------------------------------------- seen.c */

/* Asks CloudWatch for the span. DONE or FAILED. */
int external_see(struct cloud *cloud, struct span *span);

/* ---------------------------------------------------------------- booked.c */

/* Where to begin if nobody says: a day before the last period booked; where none is, at the
 * beginning of the month, of that of yesterday. -1 after it has said what is wrong. */
int64_t external_begin(struct budget *budget, const char *arn, int64_t until_s);

/* Reads from the ledger what it has of the span. DONE or FAILED. */
int external_recall(struct budget *budget, struct span *span);

/* Books tokens of a period at their cost, under the name that comes next. DONE or FAILED. */
int external_book(struct budget *budget, const struct span *span, size_t period,
                  const struct tokens *tokens, int64_t cost);

/* ---------------------------------------------------------------- price.c */

/* Reads the profile's price. FAILED, and has said what to do, if it has none. */
int external_price(const json_t *profile, struct span *span);

/* What tokens of a period cost, up to a whole picodollar. -1: more than an amount can be. */
int64_t external_cost(const struct span *span, const struct period *period,
                      const struct tokens *tokens);

#endif
