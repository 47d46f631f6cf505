/* Random numbers of the system.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__RANDOM_H
#define BRC__RANDOM_H

#include <stddef.h>

/* Fills at most 256 bytes. Returns 0, or -1 if the system gives none. */
int brc__random(void *bytes, size_t n);

#endif
