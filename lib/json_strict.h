/* Whether a text is JSON: judged strictly, without building a tree. Takes memory only for texts
 * that have many members open at once, and no more stack for those that are nested deeply.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__JSON_STRICT_H
#define BRC__JSON_STRICT_H

#include <stddef.h>

enum {
    BRC__JSON_DEEPEST =
        2048 /* values within one another, the outermost and the innermost counted */
};

struct brc__json_fault {
    const char *reason;  /* static; has nothing of the text in it */
    size_t line, column; /* from 1 on; of the last character that was read */
};

/* Accepts exactly one value of RFC 8259: UTF-8, numbers of any size, no NUL (raw or escaped), no
 * lone surrogate, no member named twice, at most `deepest` values within one another. Returns 0,
 * BRC_E_NOMEM, or BRC_E_INVALID with the reason in ret_fault, which may be NULL. */
int brc__json_strict(const char *text, size_t n, int deepest, struct brc__json_fault *ret_fault);

/* Accepts members named twice as well, and takes all but the last of each name out of the text, in
 * place. What stays is not changed. Returns 0, BRC_E_NOMEM or BRC_E_INVALID; the text is of no more
 * use then. */
int brc__json_keep_last(char *text, size_t *length);

#endif
