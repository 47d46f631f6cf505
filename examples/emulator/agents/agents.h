/* Bedrock agents: their drafts, versions and aliases.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_AGENTS_H
#define EMULATOR_AGENTS_H

#include <jansson.h>

struct emu_agents {
    json_t *all;  /* id -> agent, see agent_state.h */
    json_t *tags; /* ARN of an agent or an alias -> an object */
};

int emu_agents_init(struct emu_agents *agents);
void emu_agents_free(struct emu_agents *agents);

#endif
