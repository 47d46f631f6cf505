/* Reads policy documents, and refuses those that AWS would refuse, or that could not be judged
 * here.
 *
 * SPDX-License-Identifier: MIT
 */
#include "policy.h"
#include "policy_parts.h"

#include <stdint.h>
#include <string.h>

static const char *const STATEMENT_MEMBERS[] = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition",    NULL};

static bool is_known(const char *name)
{
    for (const char *const *member = STATEMENT_MEMBERS; *member != NULL; member++)
        if (strcmp(*member, name) == 0)
            return true;
    return false;
}

/* Says what is wrong; false, for its callers to return. */
static bool refuse(struct emu_text *message, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(struct emu_text *message, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emu_text_vprintf(message, format, args);
    va_end(args);
    return false;
}

/* ---- the elements of a statement ---- */

static bool are_strings(const json_t *value)
{
    for (size_t i = 0; i < emu_values_count(value); i++)
        if (!json_is_string(emu_values_get(value, i)))
            return false;
    return emu_values_count(value) > 0;
}

static bool has_variable(const json_t *value)
{
    for (size_t i = 0; i < emu_values_count(value); i++) {
        const char *text = json_string_value(emu_values_get(value, i));

        if (text != NULL && strstr(text, "${") != NULL)
            return true;
    }
    return false;
}

static bool is_action_pattern(const char *pattern)
{
    struct emu_slice name = emu_slice_of(pattern);
    struct emu_slice vendor;

    if (strcmp(pattern, "*") == 0)
        return true;
    vendor = emu_slice_cut(&name, ':');
    return vendor.len > 0 && emu_slice_only(vendor, ALPHANUMERIC "-") && name.len > 0 &&
           emu_slice_only(name, ALPHANUMERIC "*?");
}

static bool is_resource_pattern(const char *pattern)
{
    return strcmp(pattern, "*") == 0 || strncmp(pattern, "arn:", 4) == 0 ||
           strcmp(pattern, "arn*") == 0;
}

static bool check_patterns(const json_t *statement, const char *name,
                           bool (*is_pattern)(const char *pattern), struct emu_text *message)
{
    const json_t *patterns = json_object_get(statement, name);

    if (patterns == NULL)
        return true;
    if (!are_strings(patterns))
        return refuse(message, "Syntax errors in policy: %s must be a string or a list of them.",
                      name);
    if (has_variable(patterns))
        return refuse(message, "%s has a policy variable, which is not expanded here.", name);
    for (size_t i = 0; i < emu_values_count(patterns); i++) {
        const char *pattern = json_string_value(emu_values_get(patterns, i));

        if (!is_pattern(pattern))
            return refuse(message, "%s %s is not valid.", name, pattern);
    }
    return true;
}

/* One of two elements, not both. */
static bool check_either(const json_t *statement, const char *name, const char *not_name,
                         struct emu_text *message)
{
    bool has = json_object_get(statement, name) != NULL;
    bool has_not = json_object_get(statement, not_name) != NULL;

    return has != has_not || refuse(message, "Policy statement must contain %s%s.",
                                    has ? "only one of " : "", has ? "the two elements" : name);
}

static bool check_condition_keys(const char *operator, const json_t * keys,
                                 struct emu_text *message)
{
    const char *key;
    json_t *values;

    if (!json_is_object(keys))
        return refuse(message, "Syntax errors in policy: the condition %s has no keys.", operator);
    json_object_foreach((json_t *)(uintptr_t)keys, key, values)
    {
        if (has_variable(values))
            return refuse(message, "%s has a policy variable, which is not expanded here.", key);
        for (size_t i = 0; i < emu_values_count(values); i++) {
            const json_t *value = emu_values_get(values, i);

            if (!json_is_string(value) && !json_is_boolean(value))
                return refuse(message, "Syntax errors in policy: %s must be compared with strings.",
                              key);
        }
    }
    return true;
}

static bool check_conditions(const json_t *statement, struct emu_text *message)
{
    json_t *conditions = json_object_get(statement, "Condition");
    const char *name;
    json_t *keys;

    if (conditions != NULL && !json_is_object(conditions))
        return refuse(message, "Syntax errors in policy: Condition must be an object.");
    json_object_foreach(conditions, name, keys)
    {
        struct emu_operator operator;

        if (!emu_operator_read(&operator, name))
            return refuse(message, "The condition operator %s is not known here.", name);
        if (!check_condition_keys(name, keys, message))
            return false;
    }
    return true;
}

static bool check_effect(const json_t *statement, struct emu_text *message)
{
    const char *effect = json_string_value(json_object_get(statement, "Effect"));

    return (effect != NULL && (strcmp(effect, "Allow") == 0 || strcmp(effect, "Deny") == 0)) ||
           refuse(message, "Policy statement must contain the Effect Allow or Deny.");
}

static bool check_members(const json_t *statement, struct emu_text *message)
{
    const char *name;
    json_t *value;

    if (!json_is_object(statement))
        return refuse(message, "Syntax errors in policy: a statement is no object.");
    json_object_foreach((json_t *)(uintptr_t)statement, name, value)
    {
        if (!is_known(name))
            return refuse(message, "Syntax errors in policy: a statement has no element %s.", name);
    }
    return true;
}

/* ---- statements ---- */

static bool check_prohibited(const json_t *statement, const char *name, struct emu_text *message)
{
    return json_object_get(statement, name) == NULL ||
           refuse(message, "Policy document should not specify a %s here.", name);
}

static bool check_trust(const json_t *statement, struct emu_text *message)
{
    return check_either(statement, "Principal", "NotPrincipal", message) &&
           check_prohibited(statement, "Resource", message) &&
           check_prohibited(statement, "NotResource", message);
}

static bool check_identity(const json_t *statement, struct emu_text *message)
{
    return check_prohibited(statement, "Principal", message) &&
           check_prohibited(statement, "NotPrincipal", message) &&
           check_either(statement, "Resource", "NotResource", message) &&
           check_patterns(statement, "Resource", is_resource_pattern, message) &&
           check_patterns(statement, "NotResource", is_resource_pattern, message);
}

static bool check_statement(const json_t *statement, enum emu_policy_kind kind,
                            struct emu_text *message)
{
    return check_members(statement, message) && check_effect(statement, message) &&
           check_either(statement, "Action", "NotAction", message) &&
           check_patterns(statement, "Action", is_action_pattern, message) &&
           check_patterns(statement, "NotAction", is_action_pattern, message) &&
           (kind == EMU_TRUST_POLICY ? check_trust(statement, message)
                                     : check_identity(statement, message)) &&
           check_conditions(statement, message);
}

static bool check_document(const json_t *policy, enum emu_policy_kind kind,
                           struct emu_text *message)
{
    const char *version = json_string_value(json_object_get(policy, "Version"));
    const json_t *statements = json_object_get(policy, "Statement");

    if (version != NULL && strcmp(version, "2012-10-17") != 0 && strcmp(version, "2008-10-17") != 0)
        return refuse(message, "Syntax errors in policy: there is no Version %s.", version);
    if (emu_values_count(statements) == 0)
        return refuse(message, "Syntax errors in policy: it has no Statement.");
    for (size_t i = 0; i < emu_values_count(statements); i++)
        if (!check_statement(emu_values_get(statements, i), kind, message))
            return false;
    return true;
}

int emu_policy_read(const char *text, enum emu_policy_kind kind, json_t **ret_policy,
                    struct emu_text *message)
{
    json_error_t error;
    json_t *policy = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    *ret_policy = NULL;
    if (!json_is_object(policy)) {
        refuse(message, "Syntax errors in policy: it is no JSON object.");
    } else if (check_document(policy, kind, message)) {
        *ret_policy = policy;
        return EMU_OK;
    }
    json_decref(policy);
    return EMU_INVALID;
}
