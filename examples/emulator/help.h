/* What --help says, but for --identity.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_HELP_H
#define EMULATOR_HELP_H

#define EMU_DEFAULT_ACCESS_KEY "AKIDEMULATOR00000000"
#define EMU_DEFAULT_SECRET_KEY "emulator/secret+key/for/tests/only/0000000"

extern const char EMU_HELP[];

#endif
