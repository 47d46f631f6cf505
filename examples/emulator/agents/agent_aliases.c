/* Aliases of agents: names for a version, which can be paused.
 *
 * An alias that is made or updated without a routingConfiguration gets a version of its own, made
 * of the draft: AWS's guide on deploying agents says so. No alias but the test alias may point at
 * the draft, whatever the shape of the input allows.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "agent_state.h"
#include "copy.h"

#include <string.h>

#define LARGEST_PAGE 10

static json_t *detail_of(const json_t *alias)
{
    return json_object_get(alias, "detail");
}

static const char *version_of(const json_t *routing)
{
    return json_string_value(json_object_get(json_array_get(routing, 0), "agentVersion"));
}

/* ---- answers ---- */

/* While a version is being made, the alias says of none that it has it. */
static json_t *shown(const struct emu_call *call, const json_t *alias)
{
    const char *status = emu_agent_status(call, alias);
    json_t *copy = emu_copy(detail_of(alias));

    if (json_object_set_new(copy, "agentAliasStatus", json_string(status)) == 0 &&
        (strcmp(status, "PREPARED") == 0 || !json_is_true(json_object_get(alias, "versioning")) ||
         json_object_set_new(copy, "routingConfiguration", json_pack("[{}]")) == 0))
        return copy;
    json_decref(copy);
    return NULL;
}

static void answer_alias(struct emu_call *call, int status, const json_t *alias)
{
    json_t *copy = shown(call, alias);

    emu_reply_json(call->reply, status,
                   copy != NULL ? json_pack("{s:o}", "agentAlias", copy) : NULL);
}

/* A change is answered with the state that it goes through. */
static void answer_change(struct emu_call *call, const json_t *alias, const char *status)
{
    json_t *copy = shown(call, alias);

    if (json_object_set_new(copy, "agentAliasStatus", json_string(status)) < 0) {
        json_decref(copy);
        copy = NULL;
    }
    emu_reply_json(call->reply, 202, copy != NULL ? json_pack("{s:o}", "agentAlias", copy) : NULL);
}

/* ---- routing ---- */

/* May the alias of this id point there? Else the error is answered. */
static bool check_routing(struct emu_call *call, const json_t *agent, const char *id,
                          const json_t *routing)
{
    const char *version = version_of(routing);
    bool is_test = id != NULL && strcmp(id, EMU_TEST_ALIAS) == 0;

    if (version == NULL)
        emu_reply_error(call->reply, "ValidationException",
                        "The routingConfiguration names no agentVersion.");
    else if (is_test != (strcmp(version, EMU_DRAFT) == 0))
        emu_reply_error(call->reply, "ValidationException",
                        is_test ? "The test alias points at the draft always, not at version %s."
                                : "%s is not a version that an alias can point at.",
                        version);
    else if (!is_test && json_object_get(json_object_get(agent, "versions"), version) == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "Failed to retrieve resource because it doesn't exist. There is no version "
                        "%s.",
                        version);
    else
        return true;
    return false;
}

/* The routing that the call asks for, a new reference; a version is made if it asks for none. NULL:
 * the error is answered. */
static json_t *take_routing(struct emu_call *call, json_t *agent, const char *id, bool *ret_made)
{
    json_t *routing = json_object_get(call->input, "routingConfiguration");
    json_t *number;

    *ret_made = json_array_size(routing) == 0;
    if (!*ret_made)
        return check_routing(call, agent, id, routing) ? json_incref(routing) : NULL;
    if (id != NULL && strcmp(id, EMU_TEST_ALIAS) == 0) {
        emu_reply_error(call->reply, "ValidationException",
                        "The test alias points at the draft always: no version is made for it.");
        return NULL;
    }
    number = emu_agent_new_version(call, agent);
    if (number == NULL)
        return NULL;
    routing = json_pack("[{s:o}]", "agentVersion", number);
    if (routing == NULL)
        emu_reply_out_of_memory(call->reply);
    return routing;
}

/* Ends the last event of the alias's history, and begins one. */
static int note_routing(const struct emu_call *call, json_t *detail, json_t *routing)
{
    json_t *history = json_object_get(detail, "agentAliasHistoryEvents");
    json_t *last = json_array_get(history, 0);

    if (last != NULL && json_object_set_new(last, "endDate", emu_agent_time(call)) < 0)
        return EMU_OUT_OF_MEMORY;
    return json_array_insert_new(history, 0,
                                 json_pack("{s:O, s:o}", "routingConfiguration", routing,
                                           "startDate", emu_agent_time(call)));
}

/* ---- create ---- */

static json_t *find_by(const json_t *agent, const char *member, const char *value)
{
    const char *id;
    json_t *alias;

    json_object_foreach(json_object_get(agent, "aliases"), id, alias)
    {
        const char *its = json_string_value(json_object_get(detail_of(alias), member));

        if (its != NULL && strcmp(its, value) == 0)
            return alias;
    }
    return NULL;
}

static json_t *new_alias(const struct emu_call *call, const char *id, json_t *routing, bool made)
{
    static const char *const TAKEN[] = {"agentId", "agentAliasName", "clientToken", "description",
                                        NULL};
    json_t *alias = json_pack(
        "{s:{s:s, s:o, s:O, s:o, s:o, s:[], s:s}, s:b}", "detail", "agentAliasId", id,
        "agentAliasArn", emu_agent_arn(call, "agent-alias", emu_call_string(call, "agentId"), id),
        "routingConfiguration", routing, "createdAt", emu_agent_time(call), "updatedAt",
        emu_agent_time(call), "agentAliasHistoryEvents", "aliasInvocationState",
        "ACCEPT_INVOCATIONS", "versioning", (int)made);

    if (alias != NULL && emu_agent_take(detail_of(alias), call->input, TAKEN) == EMU_OK &&
        note_routing(call, detail_of(alias), routing) == 0 &&
        emu_agent_set_status(call, alias, "CREATING", "PREPARED") == 0)
        return alias;
    json_decref(alias);
    return NULL;
}

static void create(struct emu_call *call, json_t *agent)
{
    char id[EMU_AGENT_ID_LENGTH + 1];
    bool made;
    json_t *routing = take_routing(call, agent, NULL, &made);
    json_t *alias;

    if (routing == NULL)
        return;
    emu_agent_new_id(call, id);
    alias = new_alias(call, id, routing, made);
    json_decref(routing);
    if (json_object_set_new(json_object_get(agent, "aliases"), id, alias) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (emu_agent_keep_tags(
                 call, json_string_value(json_object_get(detail_of(alias), "agentAliasArn"))))
        answer_change(call, alias, "CREATING");
}

void emu_create_agent_alias(struct emu_call *call)
{
    const char *token = emu_call_string(call, "clientToken");
    const char *name = emu_call_string(call, "agentAliasName");
    json_t *agent = emu_agent_find(call);
    const json_t *repeated = token != NULL ? find_by(agent, "clientToken", token) : NULL;

    if (agent == NULL)
        return;
    if (repeated != NULL)
        answer_alias(call, 202, repeated);
    else if (find_by(agent, "agentAliasName", name) != NULL)
        emu_reply_error(call->reply, "ConflictException",
                        "Could not create the alias: there is one of the name %s.", name);
    else if (json_object_size(json_object_get(agent, "aliases")) > EMU_MAX_ALIASES)
        emu_reply_error(call->reply, "ServiceQuotaExceededException",
                        "The agent has %d aliases, the most it may have.", EMU_MAX_ALIASES);
    else if (!emu_agent_refuse_tags(call))
        create(call, agent);
}

/* ---- get, list ---- */

void emu_get_agent_alias(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);
    const json_t *alias = agent != NULL ? emu_agent_alias_find(call, agent) : NULL;

    if (alias != NULL)
        answer_alias(call, 200, alias);
}

static json_t *summary(const struct emu_call *call, const json_t *alias)
{
    static const char *const LEFT_OUT[] = {"agentId", "agentAliasArn", "clientToken",
                                           "agentAliasHistoryEvents"};
    json_t *row = shown(call, alias);

    for (size_t i = 0; i < sizeof(LEFT_OUT) / sizeof(LEFT_OUT[0]); i++)
        json_object_del(row, LEFT_OUT[i]);
    return row;
}

void emu_list_agent_aliases(struct emu_call *call)
{
    const json_t *agent = emu_agent_find(call);
    struct emu_pages list;
    const char *id;
    json_t *alias;

    if (agent == NULL)
        return;
    emu_pages_init(&list);
    json_object_foreach(json_object_get(agent, "aliases"), id, alias)
    {
        emu_pages_add(&list, id, summary(call, alias));
    }
    emu_agent_answer_page(call, "agentAliasSummaries", &list, LARGEST_PAGE);
}

/* ---- update, delete ---- */

/* What is not sent is gone, but for the state, which stays. */
static int update(const struct emu_call *call, json_t *alias, json_t *routing, bool made)
{
    static const char *const TAKEN[] = {"agentAliasName", "description", NULL};
    static const char *const STATE[] = {"aliasInvocationState", NULL};
    json_t *detail = detail_of(alias);
    bool moved = !json_equal(json_object_get(detail, "routingConfiguration"), routing);

    if ((moved && note_routing(call, detail, routing) < 0) ||
        emu_agent_take(detail, call->input, TAKEN) < 0 ||
        (emu_call_string(call, STATE[0]) != NULL &&
         emu_agent_take(detail, call->input, STATE) < 0) ||
        json_object_set(detail, "routingConfiguration", routing) < 0 ||
        json_object_set_new(detail, "updatedAt", emu_agent_time(call)) < 0 ||
        json_object_set_new(alias, "versioning", json_boolean(made)) < 0)
        return EMU_OUT_OF_MEMORY;
    return emu_agent_set_status(call, alias, "UPDATING", "PREPARED");
}

void emu_update_agent_alias(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);
    json_t *alias = agent != NULL ? emu_agent_alias_find(call, agent) : NULL;
    const json_t *other = find_by(agent, "agentAliasName", emu_call_string(call, "agentAliasName"));
    json_t *routing;
    bool made;

    if (alias == NULL || emu_agent_refuse_busy(call, "The alias", alias))
        return;
    if (other != NULL && other != alias) {
        emu_reply_error(call->reply, "ConflictException",
                        "Could not update the alias: there is another of the name %s.",
                        emu_call_string(call, "agentAliasName"));
        return;
    }
    routing = take_routing(call, agent, emu_call_string(call, "agentAliasId"), &made);
    if (routing == NULL)
        return;
    if (update(call, alias, routing, made) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        answer_change(call, alias, "UPDATING");
    json_decref(routing);
}

void emu_delete_agent_alias(struct emu_call *call)
{
    json_t *agent = emu_agent_find(call);
    json_t *alias = agent != NULL ? emu_agent_alias_find(call, agent) : NULL;
    const char *id = emu_call_string(call, "agentAliasId");

    if (alias == NULL)
        return;
    if (strcmp(id, EMU_TEST_ALIAS) == 0)
        emu_reply_error(call->reply, "ValidationException", "The test alias cannot be deleted.");
    else if (emu_agent_delete(
                 call, alias,
                 json_string_value(json_object_get(detail_of(alias), "agentAliasArn"))) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 202,
                       json_pack("{s:s, s:s, s:s}", "agentId", emu_call_string(call, "agentId"),
                                 "agentAliasId", id, "agentAliasStatus", "DELETING"));
}
