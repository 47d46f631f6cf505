/* Versions of agents: copies of the draft as it was prepared, which never change.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "agent_state.h"
#include "copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_PAGE 1000

/* What a version has of the draft. */
static const char *const FIELDS[] = {
    "agentId",
    "agentName",
    "agentArn",
    "instruction",
    "foundationModel",
    "description",
    "idleSessionTTLInSeconds",
    "agentResourceRoleArn",
    "customerEncryptionKeyArn",
    "promptOverrideConfiguration",
    "guardrailConfiguration",
    "memoryConfiguration",
    "agentCollaboration",
    NULL,
};

/* ---- new versions ---- */

static json_t *new_version(const struct emu_call *call, const json_t *agent, const char *number)
{
    json_t *version =
        json_pack("{s:s, s:s, s:o, s:o}", "version", number, "agentStatus", "PREPARED", "createdAt",
                  emu_agent_time(call), "updatedAt", emu_agent_time(call));

    if (emu_agent_take(version, json_object_get(agent, "prepared"), FIELDS) == EMU_OK)
        return version;
    json_decref(version);
    return NULL;
}

static json_t *keep_version(struct emu_call *call, json_t *agent)
{
    json_int_t next = json_integer_value(json_object_get(agent, "lastVersion")) + 1;
    json_t *number = json_sprintf("%" JSON_INTEGER_FORMAT, next);
    const char *name = json_string_value(number);

    if (number != NULL &&
        json_object_set_new(json_object_get(agent, "versions"), name,
                            new_version(call, agent, name)) == 0 &&
        json_object_set_new(json_object_get(agent, "versionGroups"), name,
                            json_deep_copy(json_object_get(agent, "groups"))) == 0 &&
        json_object_set_new(agent, "lastVersion", json_integer(next)) == 0 &&
        emu_agent_set_status(call, agent, "VERSIONING", "PREPARED") == 0)
        return number;
    json_decref(number);
    emu_reply_out_of_memory(call->reply);
    return NULL;
}

json_t *emu_agent_new_version(struct emu_call *call, json_t *agent)
{
    const char *status = emu_agent_status(call, agent);

    if (emu_agent_refuse_busy(call, "The agent", agent))
        return NULL;
    if (strcmp(status, "PREPARED") == 0 &&
        json_object_size(json_object_get(agent, "versions")) < EMU_MAX_VERSIONS)
        return keep_version(call, agent);
    if (strcmp(status, "PREPARED") == 0)
        emu_reply_error(call->reply, "ServiceQuotaExceededException",
                        "The agent has %d versions, the most it may have. Delete some first.",
                        EMU_MAX_VERSIONS);
    else
        emu_reply_error(call->reply, "ValidationException",
                        "No version can be made of an agent in the state %s. Prepare it first.",
                        status);
    return NULL;
}

/* ---- get, list, delete ---- */

static json_t *find_version(struct emu_call *call, const json_t *agent)
{
    const char *number = emu_call_string(call, "agentVersion");
    json_t *version = json_object_get(json_object_get(agent, "versions"), number);

    if (version == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "Failed to retrieve resource because it doesn't exist. Agent %s has no "
                        "version %s.",
                        emu_call_string(call, "agentId"), number);
    return version;
}

void emu_get_agent_version(struct emu_call *call)
{
    const json_t *agent = emu_agent_find(call);
    json_t *version = agent != NULL ? find_version(call, agent) : NULL;
    json_t *copy;

    if (version == NULL)
        return;
    copy = emu_copy(version);
    if (emu_agent_add_prompts(copy) < 0) {
        json_decref(copy);
        copy = NULL;
    }
    emu_reply_json(call->reply, 200,
                   copy != NULL ? json_pack("{s:o}", "agentVersion", copy) : NULL);
}

static json_t *summary(const char *number, const char *status, const json_t *of)
{
    static const char *const SHOWN[] = {
        "agentName", "createdAt", "updatedAt", "description", "guardrailConfiguration", NULL};
    json_t *row = json_pack("{s:s, s:s}", "agentVersion", number, "agentStatus", status);

    if (emu_agent_take(row, of, SHOWN) == EMU_OK)
        return row;
    json_decref(row);
    return NULL;
}

void emu_list_agent_versions(struct emu_call *call)
{
    const json_t *agent = emu_agent_find(call);
    struct emu_pages list;
    const char *number;
    json_t *version;

    if (agent == NULL)
        return;
    emu_pages_init(&list);
    emu_pages_add(
        &list, EMU_DRAFT,
        summary(EMU_DRAFT, emu_agent_status(call, agent), json_object_get(agent, "draft")));
    json_object_foreach(json_object_get(agent, "versions"), number, version)
    {
        char key[16]; /* so that 10 comes after 9, and the draft last */

        snprintf(key, sizeof(key), "%05d", atoi(number));
        emu_pages_add(&list, key, summary(number, "PREPARED", version));
    }
    emu_agent_answer_page(call, "agentVersionSummaries", &list, LARGEST_PAGE);
}

/* Does an alias point at the version? */
static bool is_in_use(const json_t *agent, const char *number)
{
    const char *id;
    json_t *alias;

    json_object_foreach(json_object_get(agent, "aliases"), id, alias)
    {
        const json_t *route =
            json_object_get(json_object_get(alias, "detail"), "routingConfiguration");
        const char *its =
            json_string_value(json_object_get(json_array_get(route, 0), "agentVersion"));

        if (its != NULL && strcmp(its, number) == 0)
            return true;
    }
    return false;
}

void emu_delete_agent_version(struct emu_call *call)
{
    const json_t *agent = emu_agent_find(call);
    const char *number = emu_call_string(call, "agentVersion");

    if (agent == NULL || find_version(call, agent) == NULL)
        return;
    if (is_in_use(agent, number) &&
        !json_is_true(json_object_get(call->input, "skipResourceInUseCheck"))) {
        emu_reply_error(call->reply, "ConflictException",
                        "Version %s is in use: an alias points at it.", number);
        return;
    }
    emu_reply_json(call->reply, 202,
                   json_pack("{s:s, s:s, s:s}", "agentId", emu_call_string(call, "agentId"),
                             "agentVersion", number, "agentStatus", "DELETING"));
    json_object_del(json_object_get(agent, "versionGroups"), number);
    json_object_del(json_object_get(agent, "versions"), number);
}
