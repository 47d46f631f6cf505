/* A ledger, as programs put into it and ask it. Shared by the programs.
 * SPDX-License-Identifier: MIT */
#ifndef BOOK_BOOK_H
#define BOOK_BOOK_H

#include "console.h"

/* The ledger at this path, made if there is none. DONE; FAILED, and has said why. So do the next
 * two. */
int book_open(const char *path, brc_ledger **ret_ledger);

/* Puts a row, or several, and gives up the reference to it. */
int book_put(brc_ledger *ledger, const char *kind, json_t *row);
int book_put_text(brc_ledger *ledger, const char *kind, const char *json);

/* All rows of a query, which is given up: an array, to be given up by the caller; NULL after it has
 * said what is wrong. */
json_t *book_query(brc_ledger *ledger, json_t *query);

/* A copy of a row without what the ledger has added to it. */
json_t *book_bare(const json_t *row);

#endif
