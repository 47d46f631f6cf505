/* A ledger in a program that asks, and what its usage line says of money. Shared by `ask`, `chat`
 * and `tally`. SPDX-License-Identifier: MIT */
#ifndef BOOK_ACCOUNTS_H
#define BOOK_ACCOUNTS_H

#include "console.h"

#include <stdio.h>

enum {
    ACCOUNTS_MONEY = 32,
    ACCOUNTS_COST = 40
};

/* Opens a ledger that is there: one made by a slip of the pen would have no budgets. NULL means
 * BEDROCKCOST_LEDGER, and if that is not set, none. Its notices go to stderr. DONE; FAILED,
 * and has said why. */
int accounts_open(const char *path, brc_ledger **ret_ledger);

/* "0.000125"; "" below 0. */
const char *accounts_money(int64_t picodollars, char ret_text[ACCOUNTS_MONEY]);

/* ", 0.000125 USD" behind the tokens; "" if the cost is not known. Exact, for it is one call's. */
const char *accounts_cost(int64_t picodollars, char ret_text[ACCOUNTS_COST]);

/* Says so if a budget has changed the attempt: sent it through another profile, or lowered
 * maxTokens. */
void accounts_say(FILE *file, const char *program, const brc_usage *usage);

#endif
