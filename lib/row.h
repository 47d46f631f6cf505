/* Rows of the ledger as JSON, one object a line. What is wrong with the buffer stays in its status.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__ROW_H
#define BRC__ROW_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

/* Each appends one member of the object or, without a name, one element of the array that is open.
 * Text that is no UTF-8, as a damaged file may hold, is mended. */
void brc__row_open(struct brc__buf *row, const char *name, char bracket);
void brc__row_close(struct brc__buf *row, char bracket);
void brc__row_text(struct brc__buf *row, const char *name, const char *text); /* NULL: null */
void brc__row_int(struct brc__buf *row, const char *name, int64_t number);
void brc__row_flag(struct brc__buf *row, const char *name, bool flag);
void brc__row_null(struct brc__buf *row, const char *name);

/* Picodollars as a string of US dollars; a negative amount, which only a damaged file has, as one
 * with its sign. */
void brc__row_money(struct brc__buf *row, const char *name, int64_t picodollars);

/* Milliseconds since 1970 as "2026-11-25T14:00:00Z". */
void brc__row_moment(struct brc__buf *row, const char *name, int64_t ms);

/* A JSON text, without the white space between its values; what is no JSON comes as a string; NULL
 * as null. */
void brc__row_json(struct brc__buf *row, const char *name, const char *json, size_t n);

/* The members of a JSON object, as if they were the row's own; what is none comes as the member
 * `json`, a string. */
void brc__row_members(struct brc__buf *row, const char *json, size_t n);

#endif
