/* Time and chance as a test wants them. Linked into a test, these stand before the library's own:
 * both clocks run as ever, but can be put forward, and random numbers can be scripted. Libcurl's
 * clock, by which it counts its limits, to connect and in total, is here as well.
 * SPDX-License-Identifier: MIT */
#ifndef TEST_SCRIPTED_TIME_H
#define TEST_SCRIPTED_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Puts both clocks forward. */
void time_pass(int64_t ms);

/* Puts the clock of the wall alone forward or back. */
void time_shift(int64_t ms);

/* Lets both clocks stand where they are, whatever the machine does meanwhile, or run again from
 * there on. */
void time_stand(bool stands);

/* From now on libcurl's limits are for what hangs: twenty times longer, as its clock is slower. */
void time_spare(void);

/* Puts libcurl's clock forward, and no other. A loop's timer has fired then. */
void time_run_out(int64_t ms);

/* How often the clocks were read so far: a program that waits without sleeping reads them often. */
long time_readings(void);

/* From now on every random byte is this one; -1: by chance again. */
void time_set_chance(int byte);

#endif
