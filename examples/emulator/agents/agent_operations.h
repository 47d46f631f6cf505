/* The operations on Bedrock agents, and the shapes of their inputs.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_AGENT_OPERATIONS_H
#define EMULATOR_AGENT_OPERATIONS_H

#include "call.h"

extern const struct emu_shape EMU_SHAPE_AGENT_CREATE;
extern const struct emu_shape EMU_SHAPE_AGENT_UPDATE;
extern const struct emu_shape EMU_SHAPE_AGENT_ONE;
extern const struct emu_shape EMU_SHAPE_AGENT_DELETE;
extern const struct emu_shape EMU_SHAPE_AGENT_LIST;
extern const struct emu_shape EMU_SHAPE_AGENT_LIST_OF_ONE;
extern const struct emu_shape EMU_SHAPE_AGENT_VERSION;
extern const struct emu_shape EMU_SHAPE_AGENT_DELETE_VERSION;
extern const struct emu_shape EMU_SHAPE_AGENT_CREATE_ALIAS;
extern const struct emu_shape EMU_SHAPE_AGENT_UPDATE_ALIAS;
extern const struct emu_shape EMU_SHAPE_AGENT_ALIAS;
extern const struct emu_shape EMU_SHAPE_AGENT_TAG;
extern const struct emu_shape EMU_SHAPE_AGENT_UNTAG;
extern const struct emu_shape EMU_SHAPE_AGENT_LIST_TAGS;
extern const struct emu_shape EMU_SHAPE_AGENT_CREATE_GROUP;
extern const struct emu_shape EMU_SHAPE_AGENT_UPDATE_GROUP;
extern const struct emu_shape EMU_SHAPE_AGENT_GROUP;
extern const struct emu_shape EMU_SHAPE_AGENT_DELETE_GROUP;
extern const struct emu_shape EMU_SHAPE_AGENT_LIST_GROUPS;
extern const struct emu_shape EMU_SHAPE_AGENT_INVOKE;

void emu_create_agent(struct emu_call *call);
void emu_get_agent(struct emu_call *call);
void emu_list_agents(struct emu_call *call);
void emu_update_agent(struct emu_call *call);
void emu_prepare_agent(struct emu_call *call);
void emu_delete_agent(struct emu_call *call);
void emu_list_agent_versions(struct emu_call *call);
void emu_get_agent_version(struct emu_call *call);
void emu_delete_agent_version(struct emu_call *call);
void emu_create_agent_alias(struct emu_call *call);
void emu_get_agent_alias(struct emu_call *call);
void emu_list_agent_aliases(struct emu_call *call);
void emu_update_agent_alias(struct emu_call *call);
void emu_delete_agent_alias(struct emu_call *call);
void emu_tag_agent_resource(struct emu_call *call);
void emu_untag_agent_resource(struct emu_call *call);
void emu_list_agent_tags(struct emu_call *call);
void emu_create_agent_group(struct emu_call *call);
void emu_get_agent_group(struct emu_call *call);
void emu_list_agent_groups(struct emu_call *call);
void emu_update_agent_group(struct emu_call *call);
void emu_delete_agent_group(struct emu_call *call);
void emu_invoke_agent(struct emu_call *call);

#endif
