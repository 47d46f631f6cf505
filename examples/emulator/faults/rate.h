/* How many calls a second a service takes: a bucket of tokens each, full to begin with.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_RATE_H
#define EMULATOR_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMU_MAX_SERVICES 16

struct emu_rate {
    int64_t full_us[EMU_MAX_SERVICES]; /* when the bucket will be full again */
};

/* Takes a token out of the bucket of a service, which holds `per_second` and gets as many each
 * second. False: it is empty. */
bool emu_rate_take(struct emu_rate *rate, size_t service, int64_t per_second, int64_t now_us);

#endif
