/* What the value of an environment variable means. The values are given: nothing here asks the
 * environment. SPDX-License-Identifier: MIT */
#ifndef BRC__VARIABLE_H
#define BRC__VARIABLE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `true` or `false` in any case. NULL and "" are `otherwise`, and so is what is neither, which
 * returns BRC_E_INVALID with the variable's name in the text. */
int brc__variable_flag(const char *name, const char *value, bool otherwise, bool *ret_flag,
                       struct brc__error *error);

/* A whole number from `least` (not below 0) to `most`, in digits alone; else as above. */
int brc__variable_number(const char *name, const char *value, int64_t least, int64_t most,
                         int64_t otherwise, int64_t *ret_number, struct brc__error *error);

/* One of the words, in any case: its place among them. NULL and "" are the first, and so is what is
 * none, which returns BRC_E_INVALID with the name and all words in the text. `words` ends with
 * NULL.
 */
int brc__variable_word(const char *name, const char *value, const char *const words[],
                       size_t *ret_place, struct brc__error *error);

#endif
