/* Lists of objects, in whatever order. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <string.h>

static bool has_pair(const json_t *list, const json_t *item, const char *member,
                     const char *other_member)
{
    const json_t *other;
    size_t i;

    json_array_foreach(list, i, other)
    {
        if (strcmp(shown(other, member), shown(item, member)) == 0 &&
            strcmp(shown(other, other_member), shown(item, other_member)) == 0)
            return true;
    }
    return false;
}

bool same_pairs(const json_t *a, const json_t *b, const char *member, const char *other_member)
{
    bool same = json_array_size(a) == json_array_size(b);
    const json_t *item;
    size_t i;

    json_array_foreach(a, i, item)
    {
        same = same && has_pair(b, item, member, other_member);
    }
    return same;
}

bool same_texts(const json_t *a, const json_t *b)
{
    bool same = json_array_size(a) == json_array_size(b);
    const json_t *item;
    size_t i;

    json_array_foreach(a, i, item)
    {
        same = same && has_text(b, json_string_value(item));
    }
    return same;
}
