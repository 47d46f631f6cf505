/* May the caller have an operation? The emulator's IAM decides, for every service by one rule.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_PERMISSION_H
#define EMULATOR_PERMISSION_H

#include "wire.h"

/* False: the caller may not, or there is no memory, and the error is answered. */
bool emu_permit(struct emu_call *call, const struct emu_asked *asked);

#endif
