/* Money in whole picodollars (10^-12 USD): read, written, multiplied, never a float.
 * SPDX-License-Identifier: MIT */
#ifndef BRC__MONEY_H
#define BRC__MONEY_H

#include <stddef.h>
#include <stdint.h>

enum {
    BRC__MONEY_SIZE = 24,      /* of an amount as text, with its NUL */
    BRC__WIDE_MONEY_SIZE = 44, /* of a sum of amounts */
    BRC__WHOLE = 1000 * 1000   /* parts per million that make a whole */
};

/* Sums of reports, which may pass what an amount can be. */
__extension__ typedef unsigned __int128 brc__wide;

/* Reads US dollars: digits with at most twelve after the point, or, where `exponent` is allowed,
 * any number of them and an exponent of ten behind ("3e-07"); the value is then multiplied by
 * 10^shift, and what is no whole picodollar rounded up. Returns 0, BRC_E_INVALID, BRC_E_RANGE; the
 * amount is 0 then. */
int brc__money_read(const char *text, size_t n, int shift, int exponent, int64_t *ret_picodollars);

/* Writes US dollars, at least two digits after the point. Returns the length. */
int brc__money_text(int64_t picodollars, char ret_text[BRC__MONEY_SIZE]);
int brc__wide_money_text(brc__wide picodollars, char ret_text[BRC__WIDE_MONEY_SIZE]);

/* Whether part/whole >= percent/100, exactly. */
int brc__money_reaches(int64_t part, int64_t whole, int64_t percent);

#endif
