/* Whether IAM lets a role call its own profiles and nothing else: asked of IAM's simulator, which
 * judges the role's policies as AWS does, without a call. SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RESOURCES_A_CALL = 20
};

/* Who the role is of: profiles by alias, by the value of one of their tags, or by KEY=VALUE. */
struct role {
    char who[CELL];
    const char *arn;
};

static bool is_own(const struct role *role, const struct wanted *wanted)
{
    const char *key, *equals = strchr(role->who, '=');
    size_t length = equals != NULL ? (size_t)(equals - role->who) : 0;
    const char *wanted_value = equals != NULL ? equals + 1 : role->who;
    json_t *value;

    if (strcmp(role->who, wanted->alias) == 0)
        return true;
    json_object_foreach(wanted->tags, key, value)
    {
        bool fits =
            equals == NULL || (strlen(key) == length && strncmp(key, role->who, length) == 0);
        if (fits && strcmp(json_string_value(value), wanted_value) == 0)
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- simulate */

static void note_decision(json_t *wrong, bool wants_allowed, const char *resource,
                          const char *decision)
{
    if ((strcmp(decision, "allowed") == 0) != wants_allowed)
        json_object_set_new(wrong, resource, json_string(decision));
}

/* IAM tells of each resource within its action's result, or has a result for each. */
static void read_results(const json_t *results, bool wants_allowed, json_t *wrong)
{
    json_t *result, *inner;
    size_t i, k;

    json_array_foreach(results, i, result)
    {
        const json_t *resources = json_object_get(result, "ResourceSpecificResults");
        json_array_foreach(resources, k, inner)
        {
            note_decision(wrong, wants_allowed, shown(inner, "EvalResourceName"),
                          shown(inner, "EvalResourceDecision"));
        }
        if (json_array_size(resources) == 0)
            note_decision(wrong, wants_allowed, shown(result, "EvalResourceName"),
                          shown(result, "EvalDecision"));
    }
}

/* Adds to `wrong` the resources that are decided otherwise than wanted. `through` is the profile
 * that models are called through, or NULL. */
static int simulate_some(struct checklist *list, const char *role, json_t *resources,
                         const char *through, bool wants_allowed, json_t *wrong)
{
    static const struct pages pages = {.service = "iam",
                                       .operation = "SimulatePrincipalPolicy",
                                       .items = "EvaluationResults",
                                       .token = "Marker"};
    json_t *input =
        json_pack("{ss, s[ss], so}", "PolicySourceArn", role, "ActionNames", "bedrock:InvokeModel",
                  "bedrock:InvokeModelWithResponseStream", "ResourceArns", resources);
    json_t *results;

    if (through != NULL)
        json_object_set_new(input, "ContextEntries",
                            json_pack("[{ss, s[s], ss}]", "ContextKeyName",
                                      "bedrock:InferenceProfileArn", "ContextKeyValues", through,
                                      "ContextKeyType", "string"));
    int rc = cloud_list(&list->profiles->cloud, &pages, input, &results);
    if (rc == 0)
        read_results(results, wants_allowed, wrong);
    json_decref(results);
    return rc;
}

/* The same of any number of resources (ARNs; given up). Returns how many are decided otherwise,
 * with one of them; -1, and has added a line. */
static int simulate(struct checklist *list, const struct role *role, json_t *resources,
                    const char *through, bool wants_allowed, char ret_wrong[CELL])
{
    json_t *wrong = json_object();
    size_t count = json_array_size(resources);
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i += RESOURCES_A_CALL) {
        json_t *some = json_array();
        for (size_t k = i; k < count && k < i + RESOURCES_A_CALL; k++)
            json_array_append(some, json_array_get(resources, k));
        rc = simulate_some(list, role->arn, some, through, wants_allowed, wrong);
    }
    if (rc < 0)
        check_call_failed(list, &list->profiles->cloud, "role", role->who);
    const char *first = json_object_iter_key(json_object_iter(wrong));
    snprintf(ret_wrong, CELL, "%s", first != NULL ? first : "");
    int decided = rc < 0 ? -1 : (int)json_object_size(wrong);
    json_decref(wrong);
    json_decref(resources);
    return decided;
}

/* -------------------------------------------------------------- questions */

static json_t *models_of(const struct existing *existing)
{
    const json_t *models = json_object_get(existing->profile, "models"), *model;
    json_t *arns = json_array();
    size_t i;

    json_array_foreach(models, i, model)
    {
        json_array_append(arns, json_object_get(model, "modelArn"));
    }
    return arns;
}

/* Its own profile, and through it the model in each region that it may lead to. False: IAM does not
 * answer. */
static bool check_own(struct checklist *list, const struct role *role, const char *alias,
                      const struct existing *existing)
{
    char wrong[CELL];
    json_t *models = models_of(existing);
    size_t count = json_array_size(models);

    int refused = simulate(list, role, json_pack("[s]", existing->arn), NULL, true, wrong);
    if (refused == 0)
        refused = simulate(list, role, models, existing->arn, true, wrong);
    else
        json_decref(models);
    if (refused > 0)
        check(list, CHECK_FAIL, "role", role->who,
              "print the policy again, and attach it: profiles iam team KEY=VALUE",
              "%s is not allowed through %s: %s", arn_id(role->arn), alias, wrong);
    else if (refused == 0)
        check(list, CHECK_PASS, "role", role->who, NULL,
              "%s may call %s, and through it its model in %zu place%s", arn_id(role->arn), alias,
              count, count == 1 ? "" : "s");
    return refused >= 0;
}

static bool check_refused(struct checklist *list, const struct role *role, json_t *resources,
                          const char *one, const char *several)
{
    size_t count = json_array_size(resources);
    char wrong[CELL];

    if (count == 0) {
        json_decref(resources);
        return true;
    }
    int allowed = simulate(list, role, resources, NULL, false, wrong);
    if (allowed > 0)
        check(list, CHECK_FAIL, "role", role->who,
              "print the policy again, and attach it: profiles iam team KEY=VALUE",
              "%s may call %d of %zu %s, %s among them", arn_id(role->arn), allowed, count, several,
              wrong);
    else if (allowed == 0)
        check(list, CHECK_PASS, "role", role->who, NULL, "%s is refused %zu %s", arn_id(role->arn),
              count, count == 1 ? one : several);
    return allowed >= 0;
}

static void add_new(json_t *arns, json_t *more)
{
    json_t *arn, *one;
    size_t i, k;

    json_array_foreach(more, i, one)
    {
        bool is_there = false;
        json_array_foreach(arns, k, arn)
        {
            is_there |= json_equal(arn, one) == 1;
        }
        if (!is_there)
            json_array_append(arns, one);
    }
    json_decref(more);
}

static void check_role(struct checklist *list, const struct role *role)
{
    json_t *raw = json_array(), *others = json_array();
    bool answers = true;
    size_t own = 0;

    for (size_t i = 0; answers && i < list->state.declaration.count; i++) {
        const struct wanted *wanted = &list->state.declaration.wanted[i];
        const struct existing *existing = checked_profile(list, wanted);
        if (existing == NULL)
            continue;
        add_new(raw, models_of(existing));
        if (!is_own(role, wanted)) {
            json_array_append_new(others, json_string(existing->arn));
            continue;
        }
        own++;
        answers = check_own(list, role, wanted->alias, existing);
    }
    if (own == 0)
        check(list, CHECK_FAIL, "role", role->who, "profiles list",
              "no profile has this alias, or this value as a tag");
    if (answers && check_refused(list, role, json_incref(raw), "raw model", "raw models"))
        check_refused(list, role, json_incref(others), "profile of others", "profiles of others");
    json_decref(raw);
    json_decref(others);
}

void check_roles(struct checklist *list)
{
    json_t *text;
    size_t i;

    json_array_foreach(list->roles, i, text)
    {
        const char *given = json_string_value(text), *arn = strstr(given, "=arn:");
        struct role role = {.arn = arn + 1};
        snprintf(role.who, sizeof role.who, "%.*s", (int)(arn - given), given);
        check_role(list, &role);
    }
}
