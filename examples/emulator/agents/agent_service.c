/* Bedrock agents as two services: one that builds them, one that runs them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "service.h"

#define AGENTS   "agents"
#define AGENT    AGENTS, "{agentId}"
#define ALIASES  AGENT, "agentaliases"
#define ALIAS    ALIASES, "{agentAliasId}"
#define VERSIONS AGENT, "agentversions"
#define VERSION  VERSIONS, "{agentVersion}"
#define GROUPS   VERSION, "actiongroups"

static const struct emu_service_error ERRORS[] = {
    {.type = "ServiceQuotaExceededException", .status = 402},
    {.type = "ConflictException", .status = 409},
    {0},
};

/* All paths but those of tags end with a slash. */
static const struct emu_operation OPERATIONS[] = {
    EMU_REST("CreateAgent", "PUT", EMU_STRINGS(AGENTS, ""), EMU_NO_STRINGS, EMU_SHAPE_AGENT_CREATE,
             "agentName", emu_create_agent),
    EMU_REST("GetAgent", "GET", EMU_STRINGS(AGENT, ""), EMU_NO_STRINGS, EMU_SHAPE_AGENT_ONE,
             "agentId", emu_get_agent),
    EMU_REST("ListAgents", "POST", EMU_STRINGS(AGENTS, ""), EMU_NO_STRINGS, EMU_SHAPE_AGENT_LIST,
             NULL, emu_list_agents),
    EMU_REST("UpdateAgent", "PUT", EMU_STRINGS(AGENT, ""), EMU_NO_STRINGS, EMU_SHAPE_AGENT_UPDATE,
             "agentId", emu_update_agent),
    EMU_REST("PrepareAgent", "POST", EMU_STRINGS(AGENT, ""), EMU_NO_STRINGS, EMU_SHAPE_AGENT_ONE,
             "agentId", emu_prepare_agent),
    EMU_REST("DeleteAgent", "DELETE", EMU_STRINGS(AGENT, ""), EMU_STRINGS("skipResourceInUseCheck"),
             EMU_SHAPE_AGENT_DELETE, "agentId", emu_delete_agent),
    EMU_REST("ListAgentVersions", "POST", EMU_STRINGS(VERSIONS, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_LIST_OF_ONE, "agentId", emu_list_agent_versions),
    EMU_REST("GetAgentVersion", "GET", EMU_STRINGS(VERSION, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_VERSION, "agentId", emu_get_agent_version),
    EMU_REST("DeleteAgentVersion", "DELETE", EMU_STRINGS(VERSION, ""),
             EMU_STRINGS("skipResourceInUseCheck"), EMU_SHAPE_AGENT_DELETE_VERSION, "agentId",
             emu_delete_agent_version),
    EMU_REST("CreateAgentAlias", "PUT", EMU_STRINGS(ALIASES, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_CREATE_ALIAS, "agentId", emu_create_agent_alias),
    EMU_REST("GetAgentAlias", "GET", EMU_STRINGS(ALIAS, ""), EMU_NO_STRINGS, EMU_SHAPE_AGENT_ALIAS,
             "agentId", emu_get_agent_alias),
    EMU_REST("ListAgentAliases", "POST", EMU_STRINGS(ALIASES, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_LIST_OF_ONE, "agentId", emu_list_agent_aliases),
    EMU_REST("UpdateAgentAlias", "PUT", EMU_STRINGS(ALIAS, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_UPDATE_ALIAS, "agentId", emu_update_agent_alias),
    EMU_REST("DeleteAgentAlias", "DELETE", EMU_STRINGS(ALIAS, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_ALIAS, "agentId", emu_delete_agent_alias),
    EMU_REST("TagResource", "POST", EMU_STRINGS("tags", "{resourceArn}"), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_TAG, "resourceArn", emu_tag_agent_resource),
    EMU_REST("UntagResource", "DELETE", EMU_STRINGS("tags", "{resourceArn}"),
             EMU_STRINGS("tagKeys"), EMU_SHAPE_AGENT_UNTAG, "resourceArn",
             emu_untag_agent_resource),
    EMU_REST("ListTagsForResource", "GET", EMU_STRINGS("tags", "{resourceArn}"), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_LIST_TAGS, "resourceArn", emu_list_agent_tags),
    EMU_REST("CreateAgentActionGroup", "PUT", EMU_STRINGS(GROUPS, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_CREATE_GROUP, "agentId", emu_create_agent_group),
    EMU_REST("GetAgentActionGroup", "GET", EMU_STRINGS(GROUPS, "{actionGroupId}", ""),
             EMU_NO_STRINGS, EMU_SHAPE_AGENT_GROUP, "agentId", emu_get_agent_group),
    EMU_REST("ListAgentActionGroups", "POST", EMU_STRINGS(GROUPS, ""), EMU_NO_STRINGS,
             EMU_SHAPE_AGENT_LIST_GROUPS, "agentId", emu_list_agent_groups),
    EMU_REST("UpdateAgentActionGroup", "PUT", EMU_STRINGS(GROUPS, "{actionGroupId}", ""),
             EMU_NO_STRINGS, EMU_SHAPE_AGENT_UPDATE_GROUP, "agentId", emu_update_agent_group),
    EMU_REST("DeleteAgentActionGroup", "DELETE", EMU_STRINGS(GROUPS, "{actionGroupId}", ""),
             EMU_STRINGS("skipResourceInUseCheck"), EMU_SHAPE_AGENT_DELETE_GROUP, "agentId",
             emu_delete_agent_group),
    {0},
};

const struct emu_service EMU_BEDROCK_AGENT = {
    .name = "bedrock-agent",
    .signing_name = "bedrock",
    .protocol = EMU_REST_JSON,
    .errors = ERRORS,
    .operations = OPERATIONS,
};

/* ---- runtime ---- */

static const struct emu_service_error RUNTIME_ERRORS[] = {
    {.type = "ConflictException", .status = 409},
    {.type = "DependencyFailedException", .status = 424},
    {.type = "ModelNotReadyException", .status = 424},
    {.type = "BadGatewayException", .status = 502},
    {0},
};

static const struct emu_operation RUNTIME_OPERATIONS[] = {
    EMU_REST("InvokeAgent", "POST",
             EMU_STRINGS(AGENTS, "{agentId}", "agentAliases", "{agentAliasId}", "sessions",
                         "{sessionId}", "text"),
             EMU_NO_STRINGS, EMU_SHAPE_AGENT_INVOKE, "agentId", emu_invoke_agent),
    {0},
};

const struct emu_service EMU_BEDROCK_AGENT_RUNTIME = {
    .name = "bedrock-agent-runtime",
    .signing_name = "bedrock",
    .protocol = EMU_REST_JSON,
    .unthrottled = true,
    .errors = RUNTIME_ERRORS,
    .operations = RUNTIME_OPERATIONS,
};
