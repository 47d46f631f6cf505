/* What a worker does when it passes a fault point; how often each was passed, for all workers of a
 * campaign.
 *
 * SPDX-License-Identifier: MIT */
#ifndef CAMPAIGN_POINTS_H
#define CAMPAIGN_POINTS_H

#include <stdint.h>

/* `tally` is a file with a counter for each point, shared by all workers. `plan` is "" or
 * "POINT:HIT": the process kills itself the HIT-th time it passes that point. */
int points_open(const char *tally, const char *plan);

/* Prints each point and its count, a line each. */
int points_print(const char *tally);

/* The wall clock of this process goes so much further from now on. */
void points_shift_clock(int64_t ms);

#endif
