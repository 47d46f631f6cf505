/* Create, get, list, update, prepare and delete agents: their drafts.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "agent_state.h"
#include "copy.h"

#include <string.h>

#define LARGEST_PAGE 1000

/* What UpdateAgent replaces: a field that is not sent is gone. */
static const char *const FIELDS[] = {
    "agentName",
    "instruction",
    "foundationModel",
    "description",
    "orchestrationType",
    "customOrchestration",
    "idleSessionTTLInSeconds",
    "agentResourceRoleArn",
    "customerEncryptionKeyArn",
    "promptOverrideConfiguration",
    "guardrailConfiguration",
    "memoryConfiguration",
    "agentCollaboration",
    NULL,
};

static int set_if_missing(json_t *object, const char *member, json_t *value)
{
    if (json_object_get(object, member) == NULL)
        return json_object_set_new(object, member, value);
    json_decref(value);
    return 0;
}

static int take_fields(json_t *draft, const struct emu_call *call)
{
    if (emu_agent_take(draft, call->input, FIELDS) < 0 ||
        set_if_missing(draft, "idleSessionTTLInSeconds",
                       json_integer(EMU_DEFAULT_SESSION_SECONDS)) < 0 ||
        set_if_missing(draft, "orchestrationType", json_string("DEFAULT")) < 0 ||
        set_if_missing(draft, "agentCollaboration", json_string("DISABLED")) < 0 ||
        json_object_set_new(draft, "updatedAt", emu_agent_time(call)) < 0)
        return EMU_OUT_OF_MEMORY;
    return EMU_OK;
}

static json_t *draft_of(const json_t *agent)
{
    return json_object_get(agent, "draft");
}

static const char *draft_string(const json_t *agent, const char *member)
{
    return json_string_value(json_object_get(draft_of(agent), member));
}

/* ---- answers ---- */

/* NULL if out of memory. */
static json_t *shown(const struct emu_call *call, const json_t *agent)
{
    json_t *copy = emu_copy(draft_of(agent));

    if (json_object_set_new(copy, "agentStatus", json_string(emu_agent_status(call, agent))) == 0 &&
        emu_agent_add_prompts(copy) == 0)
        return copy;
    json_decref(copy);
    return NULL;
}

static void answer_agent(struct emu_call *call, int status, const json_t *agent)
{
    json_t *copy = shown(call, agent);

    emu_reply_json(call->reply, status, copy != NULL ? json_pack("{s:o}", "agent", copy) : NULL);
}

/* A change is answered with the state that it goes through. */
static void answer_change(struct emu_call *call, const json_t *agent, const char *status)
{
    json_t *copy = shown(call, agent);

    if (json_object_set_new(copy, "agentStatus", json_string(status)) < 0) {
        json_decref(copy);
        copy = NULL;
    }
    emu_reply_json(call->reply, 202, copy != NULL ? json_pack("{s:o}", "agent", copy) : NULL);
}

/* ---- create ---- */

/* The agent of the Region whose draft has the value, or NULL. */
static json_t *find_by(const struct emu_call *call, const char *member, const char *value)
{
    const char *id;
    json_t *agent;

    json_object_foreach(call->emulator->agents.all, id, agent)
    {
        const char *its = draft_string(agent, member);

        if (its != NULL && strcmp(its, value) == 0 &&
            strcmp(json_string_value(json_object_get(agent, "region")), call->region) == 0)
            return agent;
    }
    return NULL;
}

/* The agents of the Region. */
static int count(const struct emu_call *call)
{
    const char *id;
    json_t *agent;
    int n = 0;

    json_object_foreach(call->emulator->agents.all, id, agent)
    {
        n += strcmp(json_string_value(json_object_get(agent, "region")), call->region) == 0;
    }
    return n;
}

/* May a draft be what the input says? Else the error is answered. */
static bool check_fields(struct emu_call *call, const json_t *agent)
{
    const char *role = emu_call_string(call, "agentResourceRoleArn");
    const char *model = emu_call_string(call, "foundationModel");
    const char *name = emu_call_string(call, "agentName");
    const json_t *other = find_by(call, "agentName", name);

    if (emu_agent_refuse_prompts(call))
        return false;
    if (other != NULL && other != agent) {
        emu_reply_error(call->reply, "ConflictException",
                        "Could not create/update the agent: there is one of the name %s.", name);
        return false;
    }
    return role == NULL || model == NULL || emu_agent_may_use(call, role, model);
}

/* What an agent has from the first; NULL if out of memory. */
static json_t *new_agent(struct emu_call *call, const char *id)
{
    json_t *token = json_object_get(call->input, "clientToken");
    json_t *agent = json_pack(
        "{s:s, s:{s:s, s:o, s:s, s:o}, s:{s:{s:{s:s, s:s, s:s, s:[{s:s}], s:o, s:o, s:s, s:o}}}, "
        "s:{}, s:i, s:{}, s:{}}",
        "region", call->region, "draft", "agentId", id, "agentArn",
        emu_agent_arn(call, "agent", id, NULL), "agentVersion", EMU_DRAFT, "createdAt",
        emu_agent_time(call), "aliases", EMU_TEST_ALIAS, "detail", "agentId", id, "agentAliasId",
        EMU_TEST_ALIAS, "agentAliasName", "AgentTestAlias", "routingConfiguration", "agentVersion",
        EMU_DRAFT, "createdAt", emu_agent_time(call), "updatedAt", emu_agent_time(call),
        "aliasInvocationState", "ACCEPT_INVOCATIONS", "agentAliasArn",
        emu_agent_arn(call, "agent-alias", id, EMU_TEST_ALIAS), "versions", "lastVersion", 0,
        "groups", "versionGroups");
    json_t *alias = json_object_get(json_object_get(agent, "aliases"), EMU_TEST_ALIAS);

    if (agent != NULL && take_fields(draft_of(agent), call) == EMU_OK &&
        (token == NULL || json_object_set(draft_of(agent), "clientToken", token) == 0) &&
        emu_agent_set_status(call, agent, "CREATING", "NOT_PREPARED") == 0 &&
        emu_agent_set_status(call, alias, "PREPARED", "PREPARED") == 0)
        return agent;
    json_decref(agent);
    return NULL;
}

static void create(struct emu_call *call)
{
    char id[EMU_AGENT_ID_LENGTH + 1];
    json_t *agent;

    emu_agent_new_id(call, id);
    agent = new_agent(call, id);
    if (agent == NULL) {
        emu_reply_out_of_memory(call->reply);
    } else if (emu_agent_keep_tags(call, draft_string(agent, "agentArn"))) {
        if (json_object_set(call->emulator->agents.all, id, agent) < 0)
            emu_reply_out_of_memory(call->reply);
        else
            answer_change(call, agent, "CREATING");
    }
    json_decref(agent);
}

void emu_create_agent(struct emu_call *call)
{
    const char *token = emu_call_string(call, "clientToken");
    const json_t *repeated;

    emu_agents_sweep(call);
    repeated = token != NULL ? find_by(call, "clientToken", token) : NULL;
    if (repeated != NULL) {
        answer_agent(call, 202, repeated);
        return;
    }
    if (!check_fields(call, NULL) || emu_agent_refuse_tags(call))
        return;
    if (count(call) >= EMU_MAX_AGENTS)
        emu_reply_error(call->reply, "ServiceQuotaExceededException",
                        "You have reached the limit of %d agents.", EMU_MAX_AGENTS);
    else
        create(call);
}

/* ---- get, list ---- */

void emu_get_agent(struct emu_call *call)
{
    const json_t *agent = emu_agent_find(call);

    if (agent != NULL)
        answer_agent(call, 200, agent);
}

static json_t *summary(const struct emu_call *call, const json_t *agent)
{
    static const char *const SHOWN[] = {
        "agentId", "agentName", "description", "updatedAt", "guardrailConfiguration", NULL};
    json_int_t last = json_integer_value(json_object_get(agent, "lastVersion"));
    json_t *row = json_pack("{s:s}", "agentStatus", emu_agent_status(call, agent));

    if (emu_agent_take(row, draft_of(agent), SHOWN) == EMU_OK &&
        (last == 0 || json_object_set_new(row, "latestAgentVersion",
                                          json_sprintf("%" JSON_INTEGER_FORMAT, last)) == 0))
        return row;
    json_decref(row);
    return NULL;
}

void emu_list_agents(struct emu_call *call)
{
    struct emu_pages list;
    const char *id;
    json_t *agent;

    emu_agents_sweep(call);
    emu_pages_init(&list);
    json_object_foreach(call->emulator->agents.all, id, agent)
    {
        if (strcmp(json_string_value(json_object_get(agent, "region")), call->region) == 0)
            emu_pages_add(&list, id, summary(call, agent));
    }
    emu_agent_answer_page(call, "agentSummaries", &list, LARGEST_PAGE);
}

/* ---- update, prepare, delete ---- */

void emu_update_agent(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);

    if (agent == NULL || emu_agent_refuse_busy(call, "The agent", agent) ||
        !check_fields(call, agent))
        return;
    if (take_fields(draft_of(agent), call) < 0 ||
        emu_agent_set_status(call, agent, "UPDATING", "NOT_PREPARED") < 0)
        emu_reply_out_of_memory(call->reply);
    else
        answer_change(call, agent, "UPDATING");
}

/* What an agent needs to run. False: the error is answered. */
static bool check_complete(struct emu_call *call, const json_t *agent)
{
    static const char *const NEEDED[] = {"instruction", "foundationModel", "agentResourceRoleArn"};

    for (size_t i = 0; i < sizeof(NEEDED) / sizeof(NEEDED[0]); i++) {
        if (draft_string(agent, NEEDED[i]) != NULL)
            continue;
        emu_reply_error(call->reply, "ValidationException",
                        "The agent cannot be prepared without its %s.", NEEDED[i]);
        return false;
    }
    return true;
}

void emu_prepare_agent(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);
    json_t *draft = draft_of(agent);

    if (agent == NULL || emu_agent_refuse_busy(call, "The agent", agent) ||
        !check_complete(call, agent))
        return;
    if (json_object_set_new(draft, "preparedAt", emu_agent_time(call)) < 0 ||
        json_object_set_new(agent, "prepared", emu_copy(draft)) < 0 ||
        emu_agent_set_status(call, agent, "PREPARING", "PREPARED") < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 202,
                       json_pack("{s:O, s:s, s:s, s:O}", "agentId",
                                 json_object_get(draft, "agentId"), "agentStatus", "PREPARING",
                                 "agentVersion", EMU_DRAFT, "preparedAt",
                                 json_object_get(draft, "preparedAt")));
}

/* With its aliases, whose tags would be left. */
static int delete_whole(const struct emu_call *call, json_t *agent)
{
    const char *id;
    json_t *alias;

    json_object_foreach(json_object_get(agent, "aliases"), id, alias)
    {
        const json_t *arn = json_object_get(json_object_get(alias, "detail"), "agentAliasArn");

        if (emu_agent_delete(call, alias, json_string_value(arn)) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return emu_agent_delete(call, agent, draft_string(agent, "agentArn"));
}

void emu_delete_agent(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);

    if (agent == NULL || emu_agent_refuse_busy(call, "The agent", agent))
        return;
    if (json_object_size(json_object_get(agent, "aliases")) > 1 &&
        !json_is_true(json_object_get(call->input, "skipResourceInUseCheck")))
        emu_reply_error(call->reply, "ConflictException",
                        "The agent is in use: it has aliases. Delete them first, or skip the check "
                        "with skipResourceInUseCheck.");
    else if (delete_whole(call, agent) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 202,
                       json_pack("{s:s, s:s}", "agentId", emu_call_string(call, "agentId"),
                                 "agentStatus", "DELETING"));
}
