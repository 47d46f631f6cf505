/* The aliases of an agent. SPDX-License-Identifier: MIT */
#include "agent.h"

#include <string.h>

const char *alias_id(const json_t *alias)
{
    return shown(alias, "agentAliasId");
}

const char *alias_name(const json_t *alias)
{
    return shown(alias, "agentAliasName");
}

/* A member of the one route that an alias may have. */
static const char *route_member(const json_t *alias, const char *member)
{
    const json_t *routes = json_object_get(alias, "routingConfiguration");

    return text_of(json_array_get(routes, 0), member);
}

const char *alias_version(const json_t *alias)
{
    const char *version = route_member(alias, "agentVersion");

    return version != NULL ? version : "";
}

const char *alias_throughput(const json_t *alias)
{
    return route_member(alias, "provisionedThroughput");
}

bool alias_is_test(const json_t *alias)
{
    return strcmp(alias_id(alias), TEST_ALIAS) == 0;
}

bool alias_rejects(const json_t *alias)
{
    return strcmp(shown(alias, "aliasInvocationState"), "REJECT_INVOCATIONS") == 0;
}

const json_t *subject_alias(const struct subject *subject, const char *id_or_name)
{
    const json_t *alias, *found = NULL;
    size_t i;

    json_array_foreach(subject->aliases, i, alias)
    {
        if (strcmp(alias_id(alias), id_or_name) == 0)
            return alias;
        if (strcmp(alias_name(alias), id_or_name) == 0)
            found = alias;
    }
    return found;
}

static int choose(const struct subject *subject, const char *name, json_t *chosen)
{
    const json_t *alias = subject_alias(subject, name);

    if (alias == NULL)
        return failed("agent %s has no alias %s; `agent show %s` shows those it has, and "
                      "--new-alias makes one",
                      subject->name, name, subject->id);
    if (alias_is_test(alias))
        return failed(
            "alias %s is AWS's own, and runs DRAFT for ever: leave it out, what is done to "
            "DRAFT is done to it",
            name);
    json_array_append_new(chosen, json_string(alias_id(alias)));
    return DONE;
}

json_t *subject_chosen(const struct subject *subject, const json_t *names)
{
    json_t *chosen = json_array(), *row;
    int rc = DONE;
    size_t i;

    if (names != NULL) {
        json_array_foreach(names, i, row)
        {
            rc = rc == DONE ? choose(subject, json_string_value(row), chosen) : rc;
        }
    } else {
        json_array_foreach(subject->aliases, i, row)
        {
            if (!alias_is_test(row))
                json_array_append_new(chosen, json_string(alias_id(row)));
        }
    }
    if (rc == DONE)
        return chosen;
    json_decref(chosen);
    return NULL;
}
