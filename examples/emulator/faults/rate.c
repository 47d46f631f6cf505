/* A bucket is the moment at which it will be full: each token taken puts it off.
 *
 * SPDX-License-Identifier: MIT
 */
#include "rate.h"

#define SECOND_US INT64_C(1000000)

bool emu_rate_take(struct emu_rate *rate, size_t service, int64_t per_second, int64_t now_us)
{
    int64_t *full_us = &rate->full_us[service];
    int64_t token_us = SECOND_US / per_second;

    if (*full_us < now_us)
        *full_us = now_us;
    if (*full_us + token_us > now_us + per_second * token_us)
        return false;
    *full_us += token_us;
    return true;
}
