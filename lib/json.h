/* Whole JSON documents: what a caller gave is judged, what AWS gave is repaired.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__JSON_H
#define BRC__JSON_H

#include "buffer.h"
#include "error.h"

#include <stddef.h>

/* Accepts exactly one JSON value: UTF-8, no NUL (raw or escaped), no member named twice. Numbers
 * may have any size, for they are sent on as written. Returns 0, BRC_E_NOMEM, or BRC_E_INVALID with
 * the reason in error, which begins with `what` and has nothing of the text in it. error may be
 * NULL. */
int brc__json_check(const char *text, size_t n, const char *what, struct brc__error *error);

/* Appends a document that brc__json_check() accepts and that says what a faulty one says: mended
 * strings, of members with the same name the last; all else as it was. Returns 0, BRC_E_NOMEM,
 * BRC_E_TOO_LARGE, or BRC_E_PROTOCOL where there is nothing to mend. */
int brc__json_repair(struct brc__buf *to, const char *text, size_t n);

#endif
