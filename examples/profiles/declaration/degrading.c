/* degradeTo of the declaration: leads it somewhere? SPDX-License-Identifier: MIT */
#include "declaration.h"

#include <stdio.h>
#include <string.h>

static const struct wanted *next_of(const struct declaration *declaration,
                                    const struct wanted *wanted)
{
    const char *alias = text_of(wanted->declared, "degradeTo");

    return alias != NULL ? declaration_find(declaration, alias) : NULL;
}

/* Whether the way leads back; told of each circle once, by the first of it in the file. */
static bool is_first_of_circle(const struct declaration *declaration, const struct wanted *first)
{
    const struct wanted *at = next_of(declaration, first);

    for (size_t i = 0; i < declaration->count && at != NULL && at != first; i++) {
        if (at < first)
            return false;
        at = next_of(declaration, at);
    }
    return at == first;
}

/* The keys of tags that two profiles have differently. */
static const char *differing_tags(char ret_keys[CELL], json_t *tags, json_t *others)
{
    json_t *both[] = {tags, others};
    const char *key;
    json_t *value;
    size_t length = 0;

    ret_keys[0] = '\0';
    for (int i = 0; i < 2; i++) {
        json_object_foreach(both[i], key, value)
        {
            json_t *other = json_object_get(both[1 - i], key);
            if ((i == 0 ? !json_equal(value, other) : other == NULL) && length < CELL)
                length += (size_t)snprintf(ret_keys + length, CELL - length, "%s%s",
                                           length > 0 ? ", " : "", key);
        }
    }
    return length > 0 ? ret_keys : NULL;
}

static void check_one(struct remarks *remarks, const char *place,
                      const struct declaration *declaration, const struct wanted *wanted)
{
    const char *alias = text_of(wanted->declared, "degradeTo");
    const struct wanted *next = next_of(declaration, wanted);
    char text[CELL], keys[CELL];

    if (alias == NULL)
        return;
    if (next == NULL)
        mistake(remarks, place,
                "there is no profile \"%s\" in the file; an alias is WORKLOAD-ENVIRONMENT, as "
                "\"%s\"",
                shorten(text, alias), wanted->alias);
    else if (next == wanted)
        mistake(remarks, place, "names the profile itself; name a cheaper one, or leave it out");
    else if (is_first_of_circle(declaration, wanted))
        mistake(remarks, place, "leads over \"%s\" back to \"%s\": a circle; leave one of them out",
                alias, wanted->alias);
    else if (differing_tags(keys, wanted->tags, next->tags) != NULL)
        warn(remarks, place,
             "no call will be degraded to %s: degrading moves no cost from one owner to another, "
             "and these tags differ: %s. Give both the same, in their \"tags\"",
             alias, keys);
}

void check_degrading(struct remarks *remarks, const struct declaration *declaration)
{
    char workload[PLACE], environment[PLACE], place[PLACE];

    for (size_t i = 0; i < declaration->count; i++) {
        const struct wanted *wanted = &declaration->wanted[i];
        place_of(workload, "workloads", wanted->workload);
        place_of(environment, place_of(place, workload, "environments"), wanted->environment);
        check_one(remarks, place_of(place, environment, "degradeTo"), declaration, wanted);
    }
}
