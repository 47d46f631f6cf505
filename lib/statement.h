/* The store's statements: prepared once, used often.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__STATEMENT_H
#define BRC__STATEMENT_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

struct brc__store;
struct brc__statement;

/* Kept prepared, by the address of their text, which must be static. NULL if it cannot be prepared:
 * the next brc__step() says why. The functions below take that NULL. */
struct brc__statement *brc__prepare(struct brc__store *store, const char *sql);
void brc__bind_int(struct brc__statement *statement, int index, int64_t value); /* from 1 */
void brc__bind_null(struct brc__statement *statement, int index);
void brc__bind_text(struct brc__statement *statement, int index,
                    const char *text); /* copied; NULL: null */

/* 1: there is a row; 0: no more; the statement is ready for its next use then, as after a failure,
 * with nothing bound: BRC_E_LEDGER, BRC_E_NOMEM. A broken constraint is BRC_E_LEDGER like all
 * others. */
int brc__step(struct brc__store *store, struct brc__statement *statement, struct brc__error *error);
void brc__statement_reset(struct brc__statement *statement);

/* Runs one that gives no rows, with nothing bound. Returns SQLite's code. */
int brc__statement_run(struct brc__store *store, const char *sql);

int64_t brc__column_int(struct brc__statement *statement, int column); /* from 0; null: 0 */
bool brc__column_is_null(struct brc__statement *statement, int column);
const char *brc__column_text(struct brc__statement *statement,
                             int column); /* until the next step; null: NULL */

#endif
