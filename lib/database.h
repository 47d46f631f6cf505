/* Opens the database of a store as it has to be, and brings it to today's schema.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__DATABASE_H
#define BRC__DATABASE_H

#include "error.h"

struct brc__store;

/* In a writer's turn. Returns 0, BRC_E_LEDGER with the reason in error, BRC_E_NOMEM. */
int brc__database_open(struct brc__store *store, struct brc__error *error);

#endif
