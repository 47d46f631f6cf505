/* A malloc family of the test program's own, standing before the C library's for every library
 * loaded: it fails allocations on demand, counts blocks, and looks into blocks when they are freed.
 * Not to be mixed with sanitizers or valgrind, which bring their own.
 *
 * "Ours" is a block taken from within this program, into which the library is linked. What libcurl
 * and OpenSSL take for themselves is theirs to account for: libcurl 7.88 loses a block when the
 * second half of a pair cannot be had, and OpenSSL keeps the text of its last error.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_HEAP_H
#define TEST_HEAP_H

#include <stddef.h>

/* From now on the n-th allocation of this thread fails (1: the next), with all later ones if asked.
 * 0: none fails. Other threads are not touched. */
void heap_fail(long n, int and_all_later);

/* How many allocations this thread tried since it last called heap_fail(). */
long heap_tried(void);

/* Blocks of ours that this thread took, less those it gave back. */
long heap_live(void);

/* From now on every block that is freed, by anyone, is searched for these strings; NULL ends the
 * list, at most eight. heap_found() says how often one was there: in blocks of ours, or in those of
 * others. */
void heap_watch(const char *const needles[]);
long heap_found(int in_ours);

#endif
