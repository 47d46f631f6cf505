/* Allocations that fail when a test wants it: for programs that are linked with
 * --wrap=malloc,--wrap=calloc,--wrap=realloc.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_EMULATOR_FAILING_H
#define TESTS_EMULATOR_FAILING_H

#include <stdbool.h>
#include <stddef.h>

extern long fail_at; /* the allocation that fails, counted from 1; 0: none */
extern long allocations;
extern bool armed; /* not while the test's own code, or Check's, allocates */

/* Calls `run`, which arms what it tests and tells whether all went well, with nothing failing, then
 * with each allocation failing, one after the other; there must be more than `least` of them. */
void fail_each_allocation(bool (*run)(void *state), void *state, long least);

/* The linker sends the emulator's calls of malloc and its kin here. */
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

#endif
