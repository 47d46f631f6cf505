/* Who a conversation is held with, and the rules its messages keep beyond their shape.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "system_profiles.h"

#include <string.h>

bool emu_find_target(struct emu_call *call, struct emu_target *target)
{
    const char *id = emu_call_string(call, "modelId");
    json_t *system_profile = NULL;
    bool known;

    target->profile = emu_profiles_find(&call->emulator->profiles, call->region, id);
    target->id = target->profile != NULL ? emu_profile_arn(target->profile) : id;
    if (target->profile != NULL)
        return true;
    if (emu_system_profile_get(id, call->region, &system_profile) < 0) {
        emu_reply_out_of_memory(call->reply);
        return false;
    }
    known = system_profile != NULL || emu_is_model_id(emu_slice_of(id)) ||
            emu_is_model_arn(id, call->region);
    json_decref(system_profile);
    if (!known && strncmp(id, "arn:", 4) == 0)
        emu_reply_error(call->reply, "ResourceNotFoundException", "%s was not found.", id);
    else if (!known)
        emu_reply_error(call->reply, "ValidationException",
                        "The provided model identifier is invalid.");
    return known;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* Answers an error for the first blank text of the conversation. */
static bool refuse_blank_text(const json_t *messages, struct emu_reply *reply)
{
    const json_t *message;
    const json_t *block;
    size_t i, j;

    json_array_foreach(messages, i, message)
    {
        json_array_foreach(json_object_get(message, "content"), j, block)
        {
            const json_t *text = json_object_get(block, "text");

            if (!json_is_string(text) || !is_blank(json_string_value(text)))
                continue;
            emu_reply_error(reply, "ValidationException",
                            "The text field in the ContentBlock object at messages.%zu.content.%zu "
                            "is blank. Add text to the text field, and try again.",
                            i, j);
            return true;
        }
    }
    return false;
}

bool emu_refuse_conversation(const json_t *messages, struct emu_reply *reply)
{
    const char *role = json_string_value(json_object_get(json_array_get(messages, 0), "role"));

    if (strcmp(role, "assistant") == 0) {
        emu_reply_error(reply, "ValidationException",
                        "A conversation must start with a user message. Try again with a "
                        "conversation that starts with a user message.");
        return true;
    }
    return refuse_blank_text(messages, reply);
}
