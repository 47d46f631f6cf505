/* SPDX-License-Identifier: MIT */
#include "resource_tags.h"
#include "lists.h"

#include <string.h>
#include <strings.h>

#define MAX_TAGS 50

static const char *key_of(const json_t *tag)
{
    return json_string_value(json_object_get(tag, "Key"));
}

static bool has_twice(const json_t *list, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(key_of(json_array_get(list, i)), key_of(json_array_get(list, j))) == 0)
            return true;
    return false;
}

bool emu_resource_tags_put(struct emu_call *call, json_t *tags, const json_t *list,
                           const struct emu_tag_errors *errors)
{
    size_t size = json_object_size(tags);
    const json_t *tag;
    size_t i;

    json_array_foreach(list, i, tag)
    {
        size += json_object_get(tags, key_of(tag)) == NULL;
        if (strncasecmp(key_of(tag), "aws:", 4) == 0 || has_twice(list, i)) {
            emu_reply_error(call->reply, errors->invalid,
                            "The tag key %s begins with aws:, or is there twice.", key_of(tag));
            return false;
        }
    }
    if (size > MAX_TAGS) {
        emu_reply_error(call->reply, errors->too_many, "A resource has %d tags at most.", MAX_TAGS);
        return false;
    }
    json_array_foreach(list, i, tag)
    {
        if (json_object_set(tags, key_of(tag), json_object_get(tag, "Value")) < 0) {
            emu_reply_out_of_memory(call->reply);
            return false;
        }
    }
    return true;
}

void emu_resource_tags_tell(struct emu_call *call, json_t *tags, const char *member)
{
    if (tags != NULL)
        emu_reply_json(call->reply, 200,
                       json_pack("{s:o}", member, emu_pairs(tags, "Key", "Value")));
}

void emu_resource_tags_tag(struct emu_call *call, json_t *tags, const char *member,
                           const struct emu_tag_errors *errors)
{
    if (tags != NULL &&
        emu_resource_tags_put(call, tags, json_object_get(call->input, member), errors))
        emu_reply_json(call->reply, 200, json_object());
}

void emu_resource_tags_untag(struct emu_call *call, json_t *tags, const char *member)
{
    const json_t *key;
    size_t i;

    if (tags == NULL)
        return;
    json_array_foreach(json_object_get(call->input, member), i, key)
    {
        json_object_del(tags, json_string_value(key));
    }
    emu_reply_json(call->reply, 200, json_object());
}
