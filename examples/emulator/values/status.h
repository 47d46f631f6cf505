/* What the emulator's functions return.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_STATUS_H
#define EMULATOR_STATUS_H

enum {
    EMU_OK = 0,
    EMU_OUT_OF_MEMORY = -1, /* becomes a 500 */
    EMU_MALFORMED = -2,     /* cannot be read at all */
    EMU_INVALID = -3,       /* was read, and breaks a constraint */
};

#endif
