/* Looking up a header in the head of an answer.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__HEAD_H
#define BRC__HEAD_H

#include <stddef.h>

/* Value of a header in a head (status line and header lines as received), without the blanks around
 * it; NULL if there is none. The name is compared without regard to case. */
const char *brc__head_value(const char *head, const char *name, size_t *ret_length);

#endif
