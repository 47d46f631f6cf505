/* What the stand-in is told.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_SETUP_H
#define EMULATOR_SETUP_H

#include <jansson.h>

/* What it knows before it is told anything; NULL if out of memory. */
json_t *emu_setup_new(void);

#endif
