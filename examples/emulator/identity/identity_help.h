/* What --help says of handing out credentials.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_IDENTITY_HELP_H
#define EMULATOR_IDENTITY_HELP_H

extern const char EMU_IDENTITY_HELP[];

#endif
