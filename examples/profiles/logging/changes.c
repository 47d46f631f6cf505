/* What differs between two settings of the invocation logging. SPDX-License-Identifier: MIT */
#include "logging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Puts all that is no object into `leaves`, by its path; deeper ones of objects within. */
static void collect(const json_t *value, const char *path, json_t *leaves)
{
    const char *key;
    json_t *member;
    char inner[CELL * 2];

    json_object_foreach((json_t *)(uintptr_t)value, key, member)
    {
        snprintf(inner, sizeof inner, "%s%s%s", path, *path != '\0' ? "." : "", key);
        bool is_empty = json_is_false(member) || json_is_null(member) ||
                        (json_is_string(member) && json_string_length(member) == 0);
        if (json_is_object(member))
            collect(member, inner, leaves);
        else if (!is_empty)
            json_object_set(leaves, inner, member);
    }
}

static void note(json_t *changes, const char *member, json_t *before, json_t *after)
{
    json_array_append_new(
        changes, json_pack("{ss, sO?, sO?}", "member", member, "before", before, "after", after));
}

json_t *logging_changes(const json_t *before, const json_t *after)
{
    json_t *changes = json_array(), *old = json_object(), *new = json_object(), *value;
    const char *member;

    collect(before, "", old);
    collect(after, "", new);
    json_object_foreach(old, member, value)
    {
        json_t *now = json_object_get(new, member);
        if (now == NULL || !json_equal(value, now))
            note(changes, member, value, now);
    }
    json_object_foreach(new, member, value)
    {
        if (json_object_get(old, member) == NULL)
            note(changes, member, NULL, value);
    }
    json_decref(old);
    json_decref(new);
    return changes;
}

bool logging_same(const json_t *one, const json_t *other)
{
    json_t *changes = logging_changes(one, other);
    bool same = json_array_size(changes) == 0;

    json_decref(changes);
    return same;
}

static void print_value(char sign, const char *member, const json_t *value)
{
    char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);

    if (!json_is_null(value))
        printf("  %c %s: %s\n", sign, member, text != NULL ? text : json_string_value(value));
    free(text);
}

void logging_print_changes(const json_t *changes)
{
    const json_t *change;
    size_t i;

    puts("Will change:");
    json_array_foreach(changes, i, change)
    {
        print_value('-', shown(change, "member"), json_object_get(change, "before"));
        print_value('+', shown(change, "member"), json_object_get(change, "after"));
    }
}
