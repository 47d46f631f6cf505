/* What AWS does by itself when an AWS budget is spent: attach a policy that denies to the roles.
 * SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

static json_t *target(const struct mirror *mirror, const char *budget, const json_t *action)
{
    json_t *input = mirror_target(mirror, budget);

    json_object_set(input, "ActionId", json_object_get(action, "ActionId"));
    return input;
}

void mirror_plan_reversal(const struct mirror *mirror, json_t *step, const char *budget,
                          const json_t *action)
{
    if (strcmp(shown(action, "Status"), "EXECUTION_SUCCESS") != 0)
        return;
    json_t *input = target(mirror, budget, action);
    json_object_set_new(input, "ExecutionType", json_string("REVERSE_BUDGET_ACTION"));
    step_say(step, "its policy is attached, and taken back first");
    step_call(step, "budgets", "ExecuteBudgetAction", input);
}

/* What CreateBudgetAction and UpdateBudgetAction both take. */
static json_t *wanted_action(const struct mirror *mirror, const json_t *declared)
{
    return json_pack("{ss s{sf ss} s{s{ss sO}} ss ss so}", "NotificationType", "ACTUAL",
                     "ActionThreshold", "ActionThresholdValue", 100.0, "ActionThresholdType",
                     "PERCENTAGE", "Definition", "IamActionDefinition", "PolicyArn",
                     shown(declared, "policy"), "Roles", json_object_get(declared, "roles"),
                     "ExecutionRoleArn", shown(declared, "executionRole"), "ApprovalModel",
                     shown(declared, "approval"), "Subscribers", mirror_subscribers(mirror));
}

static const json_t *definition_of(const json_t *action)
{
    return json_object_get(json_object_get(action, "Definition"), "IamActionDefinition");
}

static double threshold_of(const json_t *action)
{
    return json_number_value(
        json_object_get(json_object_get(action, "ActionThreshold"), "ActionThresholdValue"));
}

/* Says what differs; whether anything does. */
static bool compare(json_t *step, const json_t *wanted, const json_t *existing)
{
    static const char *const members[] = {"NotificationType", "ExecutionRoleArn", "ApprovalModel"};
    bool differs = false;

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (strcmp(shown(wanted, members[i]), shown(existing, members[i])) == 0)
            continue;
        step_say(step, "%s %s -> %s", members[i], shown(existing, members[i]),
                 shown(wanted, members[i]));
        differs = true;
    }
    if (!same_texts(json_object_get(definition_of(wanted), "Roles"),
                    json_object_get(definition_of(existing), "Roles"))) {
        step_say(step, "it has other roles");
        differs = true;
    }
    if (threshold_of(wanted) != threshold_of(existing)) {
        step_say(step, "threshold %g -> %g %%", threshold_of(existing), threshold_of(wanted));
        differs = true;
    }
    if (!same_pairs(json_object_get(wanted, "Subscribers"),
                    json_object_get(existing, "Subscribers"), "SubscriptionType", "Address")) {
        step_say(step, "others are told");
        differs = true;
    }
    return differs;
}

static json_t *action_step(struct mirror *mirror, const char *verb, const char *budget,
                           const char *policy)
{
    char name[4 * CELL];

    snprintf(name, sizeof name, "%s: %s", budget, arn_id(policy));
    return step_add(mirror, verb, "action", name);
}

static void plan_creation(struct mirror *mirror, const json_t *declared, const char *budget)
{
    json_t *step = action_step(mirror, "create", budget, shown(declared, "policy"));
    json_t *input = mirror_target(mirror, budget), *wanted = wanted_action(mirror, declared);

    json_object_update(input, wanted);
    json_decref(wanted);
    json_object_set_new(input, "ActionType", json_string("APPLY_IAM_POLICY"));
    json_object_set_new(input, "ResourceTags",
                        json_pack("[{ss ss}]", "Key", MANAGED_TAG, "Value", MANAGED_VALUE));
    step_say(step, "attaches it to %zu role%s at 100 %%, %s",
             json_array_size(json_object_get(declared, "roles")),
             json_array_size(json_object_get(declared, "roles")) == 1 ? "" : "s",
             shown(declared, "approval"));
    step_call(step, "budgets", "CreateBudgetAction", input);
}

/* What somebody has to do about an action. */
static void note_status(struct mirror *mirror, const char *budget, const json_t *action)
{
    const char *status = shown(action, "Status"), *id = shown(action, "ActionId");

    if (strcmp(status, "PENDING") == 0)
        mirror_note(mirror,
                    "%s: its action waits to be approved: aws budgets execute-budget-action "
                    "--account-id %s --budget-name %s --action-id %s --execution-type "
                    "APPROVE_BUDGET_ACTION",
                    budget, mirror->account, budget, id);
    if (strcmp(status, "EXECUTION_FAILURE") == 0 || strcmp(status, "REVERSE_FAILURE") == 0)
        mirror_note(mirror,
                    "%s: its action failed (%s): aws budgets describe-budget-action-histories "
                    "--account-id %s --budget-name %s --action-id %s says why; then "
                    "execute-budget-action with --execution-type RETRY_BUDGET_ACTION",
                    budget, status, mirror->account, budget, id);
}

static void plan_change(struct mirror *mirror, const json_t *declared, const char *budget,
                        const json_t *existing)
{
    json_t *step = action_step(mirror, "keep", budget, shown(declared, "policy"));
    json_t *wanted = wanted_action(mirror, declared);

    if (compare(step, wanted, existing)) {
        json_t *input = target(mirror, budget, existing);
        json_object_update(input, wanted);
        step_call(step, "budgets", "UpdateBudgetAction", input);
    }
    note_status(mirror, budget, existing);
    json_decref(wanted);
}

static void plan_removal(struct mirror *mirror, const char *budget, const json_t *existing)
{
    json_t *step =
        action_step(mirror, "remove", budget, shown(definition_of(existing), "PolicyArn"));

    mirror_plan_reversal(mirror, step, budget, existing);
    step_call(step, "budgets", "DeleteBudgetAction", target(mirror, budget, existing));
}

int mirror_plan_action(struct mirror *mirror, const json_t *row, const char *name, bool exists)
{
    static const struct pages pages = {"budgets", "DescribeBudgetActionsForBudget", "Actions",
                                       "NextToken", NULL};
    const json_t *declared =
        json_object_get(json_object_get(mirror->settings, "actions"), shown(row, "name"));
    json_t *existing =
        exists ? mirror_list(mirror, &pages, mirror_target(mirror, name), "NotFoundException")
               : json_array();
    const json_t *action;
    bool found = false;
    int rc = existing != NULL ? DONE : FAILED;
    size_t i;

    json_array_foreach(existing, i, action)
    {
        bool fits = declared != NULL && strcmp(shown(definition_of(action), "PolicyArn"),
                                               shown(declared, "policy")) == 0;
        if (fits && !found)
            plan_change(mirror, declared, name, action);
        else
            plan_removal(mirror, name, action);
        found = found || fits;
    }
    if (rc == DONE && declared != NULL && !found)
        plan_creation(mirror, declared, name);
    json_decref(existing);
    return rc;
}
