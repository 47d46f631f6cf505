/* The state of Bedrock agents: finding it, and what its operations share.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_state.h"
#include "arn.h"
#include "copy.h"
#include "dates.h"
#include "page.h"

#include <string.h>

#define MAX_TAGS 50
#define DELETED  "DELETED" /* what a status becomes that nobody ever sees */

int emu_agents_init(struct emu_agents *agents)
{
    *agents = (struct emu_agents){json_object(), json_object()};
    if (agents->all != NULL && agents->tags != NULL)
        return EMU_OK;
    emu_agents_free(agents);
    return EMU_OUT_OF_MEMORY;
}

void emu_agents_free(struct emu_agents *agents)
{
    json_decref(agents->all);
    json_decref(agents->tags);
    *agents = (struct emu_agents){0};
}

/* ---- finding ---- */

json_t *emu_agent_find(struct emu_call *call)
{
    const char *id = emu_call_string(call, "agentId");
    const char *region;
    json_t *agent;

    emu_agents_sweep(call);
    agent = json_object_get(call->emulator->agents.all, id);
    region = json_string_value(json_object_get(agent, "region"));
    if (region != NULL && strcmp(region, call->region) == 0)
        return agent;
    emu_reply_error(call->reply, "ResourceNotFoundException",
                    "Failed to retrieve resource because it doesn't exist. Agent %s was not found "
                    "in %s.",
                    id, call->region);
    return NULL;
}

json_t *emu_agent_alias_find(struct emu_call *call, json_t *agent)
{
    const char *id = emu_call_string(call, "agentAliasId");
    json_t *alias = json_object_get(json_object_get(agent, "aliases"), id);

    if (alias == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "Failed to retrieve resource because it doesn't exist. Agent %s has no "
                        "alias %s.",
                        emu_call_string(call, "agentId"), id);
    return alias;
}

/* ---- statuses ---- */

static bool is_settled(const struct emu_call *call, const json_t *status)
{
    return emu_has_settled(call->emulator, json_integer_value(json_object_get(status, "sinceUs")),
                           call->request->now_us);
}

const char *emu_agent_status(const struct emu_call *call, const json_t *of)
{
    const json_t *status = json_object_get(of, "status");

    return json_string_value(json_object_get(status, is_settled(call, status) ? "then" : "now"));
}

int emu_agent_set_status(const struct emu_call *call, json_t *of, const char *now, const char *then)
{
    return json_object_set_new(of, "status",
                               json_pack("{s:s, s:s, s:I}", "now", now, "then", then, "sinceUs",
                                         (json_int_t)call->request->now_us));
}

int emu_agent_delete(const struct emu_call *call, json_t *of, const char *arn)
{
    json_object_del(call->emulator->agents.tags, arn);
    return emu_agent_set_status(call, of, "DELETING", DELETED);
}

bool emu_agent_is_deleted(const json_t *of)
{
    const json_t *then = json_object_get(json_object_get(of, "status"), "then");

    return strcmp(json_string_value(then), DELETED) == 0;
}

/* Out of agents, or of an agent's aliases. */
static void sweep(const struct emu_call *call, json_t *all)
{
    const char *id;
    json_t *one;
    void *next;

    json_object_foreach_safe(all, next, id, one)
    {
        if (emu_agent_is_deleted(one) && is_settled(call, json_object_get(one, "status")))
            json_object_del(all, id);
    }
}

void emu_agents_sweep(struct emu_call *call)
{
    const char *id;
    json_t *agent;

    sweep(call, call->emulator->agents.all);
    json_object_foreach(call->emulator->agents.all, id, agent)
    {
        sweep(call, json_object_get(agent, "aliases"));
    }
}

bool emu_agent_refuse_busy(struct emu_call *call, const char *what, const json_t *of)
{
    const json_t *status = json_object_get(of, "status");

    if (is_settled(call, status))
        return false;
    emu_reply_error(call->reply, "ConflictException",
                    "%s is in the state %s. Retry the operation when it has left it.", what,
                    json_string_value(json_object_get(status, "now")));
    return true;
}

/* ---- what is new ---- */

void emu_agent_new_id(struct emu_call *call, char id[EMU_AGENT_ID_LENGTH + 1])
{
    emu_random_string(&call->emulator->random, id, EMU_AGENT_ID_LENGTH,
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

json_t *emu_agent_arn(const struct emu_call *call, const char *type, const char *id,
                      const char *other_id)
{
    return json_sprintf("arn:%s:bedrock:%s:" EMU_ACCOUNT ":%s/%s%s%s",
                        emu_partition_of(call->region), call->region, type, id,
                        other_id != NULL ? "/" : "", other_id != NULL ? other_id : "");
}

json_t *emu_agent_time(const struct emu_call *call)
{
    char text[32];

    emu_format_time_us(text, call->request->now_us);
    return json_string(text);
}

int emu_agent_take(json_t *to, const json_t *from, const char *const *names)
{
    for (; *names != NULL; names++) {
        json_t *value = json_object_get(from, *names);

        if (value == NULL || json_is_null(value))
            json_object_del(to, *names);
        else if (json_object_set(to, *names, value) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

/* ---- answers ---- */

void emu_agent_answer_page(struct emu_call *call, const char *member, struct emu_pages *list,
                           size_t largest)
{
    const json_t *max_results = json_object_get(call->input, "maxResults");
    size_t size = json_is_integer(max_results) ? (size_t)json_integer_value(max_results) : largest;
    struct emu_page page;
    json_t *answer;

    switch (emu_page_take(&page, emu_pages_all(list), emu_call_string(call, "nextToken"),
                          size < largest ? size : largest)) {
    case EMU_OK:
        answer = json_pack("{s:O}", member, page.values);
        if (page.token.len > 0 &&
            json_object_set_new(answer, "nextToken", json_string(page.token.data)) < 0) {
            json_decref(answer);
            answer = NULL;
        }
        emu_reply_json(call->reply, 200, answer);
        break;
    case EMU_INVALID:
        emu_reply_error(call->reply, "ValidationException", "The nextToken is not valid.");
        break;
    default:
        emu_reply_out_of_memory(call->reply);
    }
    emu_page_free(&page);
    emu_pages_free(list);
}

bool emu_agent_refuse_tags(struct emu_call *call)
{
    if (json_object_size(json_object_get(call->input, "tags")) <= MAX_TAGS)
        return false;
    emu_reply_error(call->reply, "ServiceQuotaExceededException",
                    "A resource cannot have more than %d tags.", MAX_TAGS);
    return true;
}

bool emu_agent_keep_tags(struct emu_call *call, const char *arn)
{
    json_t *tags = json_object_get(call->input, "tags");

    if (json_object_set_new(call->emulator->agents.tags, arn,
                            tags != NULL ? emu_copy(tags) : json_object()) == 0)
        return true;
    emu_reply_out_of_memory(call->reply);
    return false;
}
