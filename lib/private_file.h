/* Reads a small file that may hold a secret. SPDX-License-Identifier: MIT */
#ifndef BRC__PRIVATE_FILE_H
#define BRC__PRIVATE_FILE_H

#include "buffer.h"

#include <stdbool.h>

/* Appends the whole file to `to`, which should be marked secret and whose ceiling is the file's.
 * Returns 0 or BRC_E_NOMEM. A file that could not be read is no failure: *ret_problem is then a
 * static text such as "there is no such file", and `to` as it was; else it is NULL. Takes plain
 * files and devices such as /dev/null, never waits for another program.
 * *ret_open_to_others: the file's mode lets others than its owner read it. */
int brc__private_file_read(const char *path, struct brc__buf *to, bool *ret_open_to_others,
                           const char **ret_problem);

#endif
