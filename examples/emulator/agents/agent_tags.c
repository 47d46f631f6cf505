/* Tags of agents and aliases: they are no cost allocation tags, since it is not agents that are
 * billed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "agent_operations.h"
#include "agent_state.h"
#include "copy.h"

#define MAX_TAGS 50

static json_t *find_tags(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "resourceArn");
    json_t *tags = json_object_get(call->emulator->agents.tags, arn);

    if (tags == NULL)
        emu_reply_error(call->reply, "ResourceNotFoundException",
                        "The resource with identifier %s was not found.", arn);
    return tags;
}

void emu_tag_agent_resource(struct emu_call *call)
{
    json_t *told = json_object_get(call->input, "tags");
    json_t *tags = find_tags(call);
    json_t *merged;

    if (tags == NULL)
        return;
    merged = emu_copy(tags);
    if (json_object_update(merged, told) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (json_object_size(merged) > MAX_TAGS)
        emu_reply_error(call->reply, "ServiceQuotaExceededException",
                        "A resource cannot have more than %d tags.", MAX_TAGS);
    else if (json_object_update(tags, told) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200, json_object());
    json_decref(merged);
}

void emu_untag_agent_resource(struct emu_call *call)
{
    json_t *tags = find_tags(call);
    const json_t *key;
    size_t i;

    if (tags == NULL)
        return;
    json_array_foreach(json_object_get(call->input, "tagKeys"), i, key)
    {
        json_object_del(tags, json_string_value(key));
    }
    emu_reply_json(call->reply, 200, json_object());
}

void emu_list_agent_tags(struct emu_call *call)
{
    json_t *tags = find_tags(call);

    if (tags != NULL)
        emu_reply_json(call->reply, 200, json_pack("{s:O}", "tags", tags));
}
