/* What the windows of budgets stand at: the rows of `total`, and which windows an attempt counts
 * for.
 *
 * Each column is min(true sum, 2^63 - 1). A column that stands at 2^63 - 1 and goes down is added
 * up anew from the open holds, so that it is right again once the sum is small enough; that needs
 * more than nine million dollars in the air in one window, so it may take its time.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__TOTALS_H
#define BRC__TOTALS_H

#include "ledger_state.h"
#include "money.h"

struct brc__total {
    int64_t settled, held, unreported, uses, refusals;
    bool has_row;
};

/* What a step adds to a total; only held and unreported may be negative. */
struct brc__change {
    int64_t settled, held, unreported, uses, refusals;
};

/* Zeros where there is no row yet. */
int brc__total_read(brc_ledger *ledger, const char *budget, int64_t window_ms,
                    struct brc__total *ret_total, struct brc__error *error);

/* Changes the row and what was read of it in this transaction. Fails rather than going below 0.
 * Where `held` or `unreported` goes down, the rows of `open_hold` must say so already. */
int brc__total_apply(brc_ledger *ledger, const char *budget, int64_t window_ms,
                     const struct brc__change *change, struct brc__total *total,
                     struct brc__error *error);

/* Reads the row, changes it and tells what it is then. */
int brc__total_change(brc_ledger *ledger, const char *budget, int64_t window_ms,
                      const struct brc__change *change, struct brc__total *ret_total,
                      struct brc__error *error);

int brc__charge_put(brc_ledger *ledger, int64_t use, const char *budget, int64_t window_ms,
                    struct brc__error *error);

int brc__external_charge_put(brc_ledger *ledger, const char *external, const char *budget,
                             int64_t window_ms, struct brc__error *error);

/* The start of the budget's window at a moment. */
int64_t brc__window_at(const struct brc__budget *budget, int64_t at_ms);

/* What budgets compare with their limits: spent with thresholds, all of it with the limit. */
int64_t brc__total_spent(const struct brc__total *total);
brc__wide brc__total_taken(const struct brc__total *total); /* settled + held + unreported */

/* a + b, or 2^63 - 1; both at least 0. */
int64_t brc__money_add(int64_t a, int64_t b);

#endif
