/* The two clocks. Only the floors that move things read them; signing and the codecs are given a
 * time. SPDX-License-Identifier: MIT */
#ifndef BRC__CLOCK_H
#define BRC__CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC; may jump. */
int64_t brc__clock_utc_ms(void);

/* Milliseconds since some moment; never goes back. */
int64_t brc__clock_steady_ms(void);

#endif
