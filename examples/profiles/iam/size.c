/* Policies have limits, by what they are attached to. SPDX-License-Identifier: MIT */
#include "declaration.h"
#include "iam.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Characters without blanks; of inline policies all of a user's, group's or role's together. */
static const struct room {
    const char *into;
    size_t most;
    const char *text;
} rooms[] = {
    {"user", 2048, "all inline policies of a user"},
    {"group", 5120, "all inline policies of a group"},
    {"scp", 5120, "a service control policy"},
    {"managed", 6144, "a managed policy"},
    {"role", 10240, "all inline policies of a role"},
};

static const struct room *find_room(const char *into)
{
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        if (strcmp(rooms[i].into, into) == 0)
            return &rooms[i];
    }
    return NULL;
}

size_t iam_room(const char *into)
{
    return find_room(into) != NULL ? find_room(into)->most : 0;
}

static const char *room_text(const char *into)
{
    return find_room(into) != NULL ? find_room(into)->text : into;
}

size_t iam_size(const json_t *policy)
{
    char *text = json_dumps(policy, JSON_COMPACT);
    size_t size = text != NULL ? strlen(text) : 0;

    free(text);
    return size;
}

void iam_append(json_t *list, const char *text)
{
    if (!has_text(list, text))
        json_array_append_new(list, json_string(text));
}

json_t *iam_text(const struct profiles *profiles, const char *text)
{
    static const char any[] = "arn:*:";
    const char *region = profiles->region != NULL ? profiles->region : getenv("AWS_REGION");

    if (strncmp(text, any, strlen(any)) != 0)
        return json_string(text);
    return json_sprintf("arn:%s:%s", partition_of(region != NULL ? region : ""),
                        text + strlen(any));
}

int iam_print(const struct profiles *profiles, const struct iam *iam, json_t *policy,
              const char *note)
{
    size_t size = iam_size(policy);

    if (policy == NULL || size == 0) {
        json_decref(policy);
        return failed("%s", brc_strerror(BRC_E_NOMEM));
    }
    if (size > iam_room(iam->into)) {
        json_decref(policy);
        return failed(
            "iam: the policy has %zu characters, and AWS takes %zu for %s; choose another --for",
            size, iam_room(iam->into), room_text(iam->into));
    }
    json_dumpf(policy, stdout, profiles->console.json ? JSON_COMPACT : JSON_INDENT(2));
    putchar('\n');
    fflush(stdout);
    fprintf(stderr, "%zu of the %zu characters that AWS takes for %s.%s%s\n", size,
            iam_room(iam->into), room_text(iam->into), *note != '\0' ? " " : "", note);
    json_decref(policy);
    return DONE;
}
