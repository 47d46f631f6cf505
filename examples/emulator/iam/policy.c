/* The decision of a policy about a request.
 *
 * SPDX-License-Identifier: MIT
 */
#include "policy.h"
#include "policy_parts.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static bool is_action(const char *pattern, const char *action)
{
    return emu_pattern_matches(emu_slice_of(pattern), emu_slice_of(action), true);
}

static bool is_resource(const char *pattern, const char *resource)
{
    return emu_resource_matches(emu_slice_of(pattern), emu_slice_of(resource));
}

/* The element `name`, or the request is outside of the element `not_name`. */
static bool covers(const json_t *statement, const char *name, const char *not_name,
                   const char *value, bool (*is)(const char *pattern, const char *value))
{
    const json_t *patterns = json_object_get(statement, name);
    bool wanted = patterns != NULL;

    if (!wanted)
        patterns = json_object_get(statement, not_name);
    for (size_t i = 0; i < emu_values_count(patterns); i++)
        if (is(json_string_value(emu_values_get(patterns, i)), value))
            return wanted;
    return !wanted;
}

static bool applies(const json_t *statement, const struct emu_access *access)
{
    return covers(statement, "Action", "NotAction", access->action, is_action) &&
           covers(statement, "Resource", "NotResource", access->resource, is_resource) &&
           emu_conditions_hold(json_object_get(statement, "Condition"), access->context);
}

enum emu_decision emu_policy_judge(const json_t *policy, const struct emu_access *access)
{
    const json_t *statements = json_object_get(policy, "Statement");
    enum emu_decision decision = EMU_IMPLICIT_DENY;

    for (size_t i = 0; i < emu_values_count(statements); i++) {
        const json_t *statement = emu_values_get(statements, i);
        const char *effect = json_string_value(json_object_get(statement, "Effect"));

        if (!applies(statement, access))
            continue;
        if (strcmp(effect, "Deny") == 0)
            return EMU_EXPLICIT_DENY;
        decision = EMU_ALLOWED;
    }
    return decision;
}

static bool contains(const json_t *array, const char *string)
{
    const json_t *one;
    size_t i;

    json_array_foreach(array, i, one)
    {
        if (strcasecmp(json_string_value(one), string) == 0)
            return true;
    }
    return false;
}

static int add_missing(const json_t *conditions, const json_t *context, json_t *keys)
{
    const char *operator;
    const char *key;
    json_t *its_keys;
    json_t *wanted;

    json_object_foreach((json_t *)(uintptr_t)conditions, operator, its_keys)
    {
        json_object_foreach(its_keys, key, wanted)
        {
            if (emu_context_get(context, key) == NULL && !contains(keys, key) &&
                json_array_append_new(keys, json_string(key)) < 0)
                return EMU_OUT_OF_MEMORY;
        }
    }
    return EMU_OK;
}

int emu_policy_missing(const json_t *policy, const json_t *context, json_t *keys)
{
    const json_t *statements = json_object_get(policy, "Statement");
    int rc = EMU_OK;

    for (size_t i = 0; rc == EMU_OK && i < emu_values_count(statements); i++)
        rc =
            add_missing(json_object_get(emu_values_get(statements, i), "Condition"), context, keys);
    return rc;
}
