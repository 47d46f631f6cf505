/* Action groups of agents: resources of their own, which no update of the agent touches.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "agent_state.h"

#include <string.h>

#define LARGEST_PAGE 1000

static const char *const FIELDS[] = {"actionGroupName",
                                     "description",
                                     "parentActionGroupSignatureParams",
                                     "actionGroupExecutor",
                                     "apiSchema",
                                     "functionSchema",
                                     NULL};

/* The groups of the version that the call names; NULL: the error is answered. */
static json_t *find_groups(struct emu_call *call, json_t **ret_agent)
{
    const char *version = emu_call_string(call, "agentVersion");
    json_t *groups;

    *ret_agent = emu_agent_find(call);
    if (*ret_agent == NULL)
        return NULL;
    groups = strcmp(version, EMU_DRAFT) == 0
                 ? json_object_get(*ret_agent, "groups")
                 : json_object_get(json_object_get(*ret_agent, "versionGroups"), version);
    if (groups == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "Failed to retrieve resource because it doesn't exist. There is no version "
                        "%s.",
                        version);
    return groups;
}

/* The same, if they can be changed: those of the draft. */
static json_t *find_own_groups(struct emu_call *call, json_t **ret_agent)
{
    json_t *groups = find_groups(call, ret_agent);

    if (groups == NULL || emu_agent_refuse_busy(call, "The agent", *ret_agent))
        return NULL;
    if (groups == json_object_get(*ret_agent, "groups"))
        return groups;
    emu_reply_error(call->reply, "ValidationException",
                    "Only the action groups of the version %s can be changed.", EMU_DRAFT);
    return NULL;
}

static json_t *find_group(struct emu_call *call, const json_t *groups)
{
    const char *id = emu_call_string(call, "actionGroupId");
    json_t *group = json_object_get(groups, id);

    if (group == NULL && groups != NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "Failed to retrieve resource because it doesn't exist. There is no action "
                        "group %s.",
                        id);
    return group;
}

/* ---- create, update ---- */

static int fill(const struct emu_call *call, json_t *group)
{
    json_t *signature = json_object_get(call->input, "parentActionGroupSignature");
    json_t *state = json_object_get(call->input, "actionGroupState");

    if (emu_agent_take(group, call->input, FIELDS) < 0 ||
        (signature != NULL && json_object_set(group, "parentActionSignature", signature) < 0) ||
        (state != NULL && json_object_set(group, "actionGroupState", state) < 0) ||
        json_object_set_new(group, "updatedAt", emu_agent_time(call)) < 0)
        return EMU_OUT_OF_MEMORY;
    return EMU_OK;
}

/* The draft is another one than was prepared; takes over `group`, and answers it. */
static void keep(struct emu_call *call, json_t *agent, json_t *groups, json_t *group)
{
    const char *id = json_string_value(json_object_get(group, "actionGroupId"));

    if (group == NULL || json_object_set(groups, id, group) < 0 ||
        emu_agent_set_status(call, agent, "NOT_PREPARED", "NOT_PREPARED") < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_pack("{s:O}", "agentActionGroup", group));
    json_decref(group);
}

static bool has_name(json_t *groups, const char *name)
{
    const char *id;
    json_t *group;

    json_object_foreach(groups, id, group)
    {
        json_t *its = json_object_get(group, "actionGroupName");

        if (strcmp(json_string_value(its), name) == 0)
            return true;
    }
    return false;
}

static json_t *new_group(struct emu_call *call)
{
    char id[EMU_AGENT_ID_LENGTH + 1];
    json_t *group;

    emu_agent_new_id(call, id);
    group = json_pack("{s:s, s:s, s:s, s:s, s:o}", "agentId", emu_call_string(call, "agentId"),
                      "agentVersion", EMU_DRAFT, "actionGroupId", id, "actionGroupState", "ENABLED",
                      "createdAt", emu_agent_time(call));
    if (group != NULL && fill(call, group) == EMU_OK)
        return group;
    json_decref(group);
    return NULL;
}

void emu_create_agent_group(struct emu_call *call)
{
    const char *name = emu_call_string(call, "actionGroupName");
    json_t *agent;
    json_t *groups = find_own_groups(call, &agent);

    if (groups == NULL)
        return;
    if (has_name(groups, name))
        emu_reply_error(call->reply, "ConflictException",
                        "Could not create the action group: there is one of the name %s.", name);
    else if (json_object_size(groups) >= EMU_MAX_GROUPS)
        emu_reply_error(call->reply, "ServiceQuotaExceededException",
                        "The agent has %d action groups, the most it may have.", EMU_MAX_GROUPS);
    else
        keep(call, agent, groups, new_group(call));
}

void emu_update_agent_group(struct emu_call *call)
{
    json_t *agent;
    json_t *groups = find_own_groups(call, &agent);
    json_t *group = find_group(call, groups);

    if (group == NULL)
        return;
    if (fill(call, group) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        keep(call, agent, groups, json_incref(group));
}

/* ---- get, list, delete ---- */

void emu_get_agent_group(struct emu_call *call)
{
    json_t *agent;
    json_t *group = find_group(call, find_groups(call, &agent));

    if (group != NULL)
        emu_reply_json(call->reply, 200, json_pack("{s:O}", "agentActionGroup", group));
}

static json_t *summary(const json_t *group)
{
    static const char *const SHOWN[] = {"actionGroupId", "actionGroupName", "actionGroupState",
                                        "description",   "updatedAt",       NULL};
    json_t *row = json_object();

    if (emu_agent_take(row, group, SHOWN) == EMU_OK)
        return row;
    json_decref(row);
    return NULL;
}

void emu_list_agent_groups(struct emu_call *call)
{
    json_t *agent;
    json_t *groups = find_groups(call, &agent);
    struct emu_pages list;
    const char *id;
    json_t *group;

    if (groups == NULL)
        return;
    emu_pages_init(&list);
    json_object_foreach(groups, id, group)
    {
        emu_pages_add(&list, id, summary(group));
    }
    emu_agent_answer_page(call, "actionGroupSummaries", &list, LARGEST_PAGE);
}

void emu_delete_agent_group(struct emu_call *call)
{
    json_t *agent;
    json_t *groups = find_own_groups(call, &agent);

    if (find_group(call, groups) == NULL)
        return;
    if (emu_agent_set_status(call, agent, "NOT_PREPARED", "NOT_PREPARED") < 0) {
        emu_reply_out_of_memory(call->reply);
        return;
    }
    json_object_del(groups, emu_call_string(call, "actionGroupId"));
    emu_reply_json(call->reply, 204, json_object());
    emu_text_truncate(&call->reply->body, 0); /* this status has none */
}
