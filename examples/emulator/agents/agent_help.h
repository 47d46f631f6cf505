/* SPDX-License-Identifier: MIT */
#ifndef EMULATOR_AGENT_HELP_H
#define EMULATOR_AGENT_HELP_H

extern const char EMU_AGENT_HELP[];

#endif
