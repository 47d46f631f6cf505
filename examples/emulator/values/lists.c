/* SPDX-License-Identifier: MIT */
#include "lists.h"

#include <string.h>

bool emu_has_string(const json_t *strings, const char *string)
{
    json_t *one;
    size_t i;

    json_array_foreach(strings, i, one)
    {
        if (strcmp(json_string_value(one), string) == 0)
            return true;
    }
    return false;
}

json_t *emu_pairs(json_t *object, const char *key_member, const char *value_member)
{
    json_t *pairs = json_array();
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        json_t *pair = json_pack("{s:s, s:O}", key_member, key, value_member, value);

        if (json_array_append_new(pairs, pair) < 0) {
            json_decref(pairs);
            return NULL;
        }
    }
    return pairs;
}
