/* SPDX-License-Identifier: MIT */
#ifndef EMULATOR_MONEY_HELP_H
#define EMULATOR_MONEY_HELP_H

extern const char EMU_MONEY_HELP[];

#endif
