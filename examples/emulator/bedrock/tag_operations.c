/* Tag, untag, list tags.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operations.h"
#include "lists.h"

#include <string.h>
#include <strings.h>

static bool has_key_twice(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_object_get(json_array_get(list, i), "key"),
                           json_object_get(json_array_get(list, j), "key")))
                return true;
    return false;
}

static bool has_reserved_key(const json_t *list)
{
    const json_t *tag;
    size_t i;

    json_array_foreach(list, i, tag)
    {
        if (strncasecmp(json_string_value(json_object_get(tag, "key")), "aws:", 4) == 0)
            return true;
    }
    return false;
}

/* How many keys the object would have with the list's. */
static size_t merged_size(const json_t *tags, const json_t *list)
{
    size_t size = json_object_size(tags);
    const json_t *tag;
    size_t i;

    json_array_foreach(list, i, tag)
    {
        size += json_object_get(tags, json_string_value(json_object_get(tag, "key"))) == NULL;
    }
    return size;
}

static void answer_too_many(const char *resource, struct emu_reply *reply)
{
    emu_reply_error_json(
        reply, emu_error_status("TooManyTagsException"), "TooManyTagsException",
        json_pack("{s:o, s:s}", "message",
                  json_sprintf("A resource cannot have more than %d tags.", EMU_MAX_TAGS),
                  "resourceName", resource));
}

bool emu_tags_merge(json_t *tags, const json_t *list, const char *resource, struct emu_reply *reply)
{
    const json_t *tag;
    size_t i;

    if (has_key_twice(list)) {
        emu_reply_error(reply, "ValidationException", "Duplicate tag keys are not allowed.");
        return false;
    }
    if (has_reserved_key(list)) {
        emu_reply_error(reply, "ValidationException",
                        "Tag keys beginning with 'aws:' are reserved.");
        return false;
    }
    if (merged_size(tags, list) > EMU_MAX_TAGS) {
        answer_too_many(resource, reply);
        return false;
    }
    json_array_foreach(list, i, tag)
    {
        const char *key = json_string_value(json_object_get(tag, "key"));

        if (json_object_set(tags, key, json_object_get(tag, "value")) < 0) {
            emu_reply_out_of_memory(reply);
            return false;
        }
    }
    return true;
}

/* The profile whose tags the call is to change; NULL: an error is answered. */
static struct emu_profile *find_changeable(struct emu_call *call)
{
    json_t *system_detail;
    struct emu_profile *profile =
        emu_find_profile(call, emu_call_string(call, "resourceARN"), &system_detail);

    if (system_detail != NULL)
        emu_reply_error(call->reply, "ValidationException",
                        "A system-defined inference profile cannot be tagged.");
    json_decref(system_detail);
    return profile;
}

/* Reads see the tags of before until the change has settled. */
static int keep_settled(struct emu_call *call, struct emu_profile *profile)
{
    int64_t now_us = call->request->now_us;
    json_t *copy;

    if (emu_has_settled(call->emulator, profile->tagged_us, now_us)) {
        copy = json_deep_copy(profile->tags);
        if (copy == NULL)
            return EMU_OUT_OF_MEMORY;
        json_decref(profile->settled_tags);
        profile->settled_tags = copy;
    }
    profile->tagged_us = now_us;
    return EMU_OK;
}

void emu_tag_resource(struct emu_call *call)
{
    struct emu_profile *profile = find_changeable(call);

    if (profile == NULL)
        return;
    if (keep_settled(call, profile) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (emu_tags_merge(profile->tags, json_object_get(call->input, "tags"),
                            emu_call_string(call, "resourceARN"), call->reply))
        emu_reply_json(call->reply, 200, json_object());
}

void emu_untag_resource(struct emu_call *call)
{
    struct emu_profile *profile = find_changeable(call);
    const json_t *key;
    size_t i;

    if (profile == NULL)
        return;
    if (keep_settled(call, profile) < 0) {
        emu_reply_out_of_memory(call->reply);
        return;
    }
    json_array_foreach(json_object_get(call->input, "tagKeys"), i, key)
    {
        json_object_del(profile->tags, json_string_value(key));
    }
    emu_reply_json(call->reply, 200, json_object());
}

static json_t *visible_tags(const struct emu_call *call, const struct emu_profile *profile)
{
    return emu_has_settled(call->emulator, profile->tagged_us, call->request->now_us)
               ? profile->tags
               : profile->settled_tags;
}

void emu_list_tags_for_resource(struct emu_call *call)
{
    json_t *system_detail;
    struct emu_profile *profile =
        emu_read_profile(call, emu_call_string(call, "resourceARN"), &system_detail);
    json_t *list;

    if (profile == NULL && system_detail == NULL)
        return;
    list = profile != NULL ? emu_pairs(visible_tags(call, profile), "key", "value") : json_array();
    emu_reply_json(call->reply, 200, list != NULL ? json_pack("{s:o}", "tags", list) : NULL);
    json_decref(system_detail);
}
