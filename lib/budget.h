/* Budgets, and overrides of their limits: as they are put, as they are kept, as they are used.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__BUDGET_H
#define BRC__BUDGET_H

#include "listing.h"
#include "window.h"

struct brc__budget {
    char *name;
    char *json; /* as it is kept: one line, defaults written out; read again it is the same */
    bool ended; /* nothing but name and json then */
    char *tag, *value; /* owner: a tag's value; NULL: see next */
    char *profile;     /* owner: one profile's ARN; NULL: see next */
    char *series;      /* owner: profiles that replace one another; all NULL: all profiles */
    enum brc__window window;
    int offset_minutes;
    int64_t limit;                             /* picodollars */
    int64_t notice_at, degrade_at;             /* percent; 0: not at all */
    bool shadow;                               /* decides and records, does not block */
    int64_t override_limit, override_until_ms; /* the last one; until 0: none */
    int *references;                           /* of budgets to these texts */
};

/* Reads a budget: an object that brc__json_check() accepts. Its owner's profile is what was
 * written; see brc__budget_own(). Returns 0; BRC_E_INVALID, BRC_E_RANGE, BRC_E_NOMEM with the
 * reason in error; the budget is empty then. */
int brc__budget_read(struct brc__json object, struct brc__budget *ret_budget,
                     struct brc__error *error);

/* Another with the same texts, without the override; it is cleared as well. */
struct brc__budget brc__budget_share(const struct brc__budget *budget);

/* Gives it, while it shares nothing, to one profile, by ARN. Returns 0 or BRC_E_NOMEM. */
int brc__budget_own(struct brc__budget *budget, const char *arn, struct brc__error *error);

/* Its owner, as it is kept: an object within its json. */
struct brc__json brc__budget_owner(const struct brc__budget *budget);

void brc__budget_clear(struct brc__budget *budget);

/* Whether the budget is one of those that count for the profile. */
bool brc__budget_covers(const struct brc__budget *budget, const struct brc__listing *listing);

/* The limit at a moment, an override counted in. */
int64_t brc__budget_limit(const struct brc__budget *budget, int64_t at_ms);

struct brc__override {
    char *budget, *by, *why;
    int64_t limit, until_ms;
};

/* Reads an override, in the same way. */
int brc__override_read(struct brc__json object, struct brc__override *ret_override,
                       struct brc__error *error);
void brc__override_clear(struct brc__override *override);

#endif
