/* Conditions: all keys of all operators of a statement have to hold.
 *
 * SPDX-License-Identifier: MIT
 */
#include "policy_parts.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define IF_EXISTS "IfExists"

/* ---- operators ---- */

static bool string_equals(struct emu_slice pattern, struct emu_slice value)
{
    return pattern.len == value.len && memcmp(pattern.s, value.s, value.len) == 0;
}

static bool string_equals_ignoring_case(struct emu_slice pattern, struct emu_slice value)
{
    return pattern.len == value.len && strncasecmp(pattern.s, value.s, value.len) == 0;
}

static bool string_like(struct emu_slice pattern, struct emu_slice value)
{
    return emu_pattern_matches(pattern, value, false);
}

static const struct {
    const char *name;
    bool negated;
    bool (*matches)(struct emu_slice pattern, struct emu_slice value);
} OPERATORS[] = {
    {"StringEquals", false, string_equals},
    {"StringNotEquals", true, string_equals},
    {"StringEqualsIgnoreCase", false, string_equals_ignoring_case},
    {"StringNotEqualsIgnoreCase", true, string_equals_ignoring_case},
    {"StringLike", false, string_like},
    {"StringNotLike", true, string_like},
    {"ArnEquals", false, emu_arn_like},
    {"ArnNotEquals", true, emu_arn_like},
    {"ArnLike", false, emu_arn_like},
    {"ArnNotLike", true, emu_arn_like},
    {"Bool", false, string_equals_ignoring_case},
    {"Null", false, NULL},
};

static bool cut_prefix(const char **name, const char *prefix)
{
    if (strncasecmp(*name, prefix, strlen(prefix)) != 0)
        return false;
    *name += strlen(prefix);
    return true;
}

bool emu_operator_read(struct emu_operator *ret_operator, const char *name)
{
    size_t len;

    *ret_operator = (struct emu_operator){0};
    if (cut_prefix(&name, "ForAnyValue:"))
        ret_operator->set = EMU_FOR_ANY_VALUE;
    else if (cut_prefix(&name, "ForAllValues:"))
        ret_operator->set = EMU_FOR_ALL_VALUES;
    len = strlen(name);
    if (len > strlen(IF_EXISTS) && strcasecmp(name + len - strlen(IF_EXISTS), IF_EXISTS) == 0) {
        ret_operator->if_exists = true;
        len -= strlen(IF_EXISTS);
    }
    for (size_t i = 0; i < sizeof(OPERATORS) / sizeof(OPERATORS[0]); i++) {
        if (strlen(OPERATORS[i].name) != len || strncasecmp(OPERATORS[i].name, name, len) != 0)
            continue;
        ret_operator->negated = OPERATORS[i].negated;
        ret_operator->matches = OPERATORS[i].matches;
        return OPERATORS[i].matches != NULL || !ret_operator->if_exists;
    }
    return false;
}

/* ---- values ---- */

json_t *emu_context_get(const json_t *context, const char *key)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)context, name, value)
    {
        if (strcasecmp(name, key) == 0)
            return value;
    }
    return NULL;
}

/* Policies may write true and "true". */
static struct emu_slice text_of(const json_t *value)
{
    if (json_is_boolean(value))
        return emu_slice_of(json_is_true(value) ? "true" : "false");
    return (struct emu_slice){json_string_value(value), json_string_length(value)};
}

/* One value of the request against all of the policy's, of which none may match if negated. */
static bool value_holds(const struct emu_operator *operator, const json_t * wanted,
                        const json_t *value)
{
    for (size_t i = 0; i < emu_values_count(wanted); i++)
        if (operator->matches(text_of(emu_values_get(wanted, i)), text_of(value)))
            return !operator->negated;
    return operator->negated;
}

static bool any_holds(const struct emu_operator *operator, const json_t * wanted,
                      const json_t *values)
{
    for (size_t i = 0; i < emu_values_count(values); i++)
        if (value_holds(operator, wanted, emu_values_get(values, i)))
            return true;
    return false;
}

static bool all_hold(const struct emu_operator *operator, const json_t * wanted,
                     const json_t *values)
{
    for (size_t i = 0; i < emu_values_count(values); i++)
        if (!value_holds(operator, wanted, emu_values_get(values, i)))
            return false;
    return true;
}

static bool null_holds(const json_t *wanted, const json_t *values)
{
    for (size_t i = 0; i < emu_values_count(wanted); i++)
        if (string_equals_ignoring_case(text_of(emu_values_get(wanted, i)),
                                        emu_slice_of(values == NULL ? "true" : "false")))
            return true;
    return false;
}

/* `values` is NULL if the request has not the key. A key of many values is compared by the
 * quantified operators only. */
static bool key_holds(const struct emu_operator *operator, const json_t * wanted,
                      const json_t *values)
{
    if (operator->matches == NULL)
        return null_holds(wanted, values);
    if (operator->set == EMU_FOR_ALL_VALUES)
        return all_hold(operator, wanted, values);
    if (operator->set == EMU_FOR_ANY_VALUE)
        return any_holds(operator, wanted, values);
    if (values == NULL)
        return operator->if_exists || operator->negated;
    return !json_is_array(values) && value_holds(operator, wanted, values);
}

bool emu_conditions_hold(const json_t *conditions, json_t *context)
{
    const char *name;
    json_t *keys;

    json_object_foreach((json_t *)(uintptr_t)conditions, name, keys)
    {
        struct emu_operator operator;
        const char *key;
        json_t *wanted;

        if (!emu_operator_read(&operator, name))
            return false;
        json_object_foreach(keys, key, wanted)
        {
            if (!key_holds(&operator, wanted, emu_context_get(context, key)))
                return false;
        }
    }
    return true;
}
