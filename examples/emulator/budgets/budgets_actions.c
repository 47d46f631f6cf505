/* Actions of budgets: what is to be done once a threshold is passed. They are kept and described;
 * nothing carries them out here.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "pages.h"
#include "resource_tags.h"

#include <string.h>

#define MAX_ACTIONS 10 /* of a budget */

/* ---- rules ---- */

static const char *definition_of(const char *type)
{
    if (strcmp(type, "APPLY_IAM_POLICY") == 0)
        return "IamActionDefinition";
    return strcmp(type, "APPLY_SCP_POLICY") == 0 ? "ScpActionDefinition" : "SsmActionDefinition";
}

static bool check(struct emu_call *call, const json_t *action)
{
    const char *type = json_string_value(json_object_get(action, "ActionType"));
    const json_t *definition = json_object_get(action, "Definition");
    const json_t *iam = json_object_get(definition, "IamActionDefinition");

    if (json_object_size(definition) != 1 ||
        json_object_get(definition, definition_of(type)) == NULL)
        return emu_budget_refuse(call, "The Definition is the one that the ActionType wants.");
    if (iam != NULL && json_object_get(iam, "Roles") == NULL &&
        json_object_get(iam, "Groups") == NULL && json_object_get(iam, "Users") == NULL)
        return emu_budget_refuse(call, "A policy is applied to Roles, Groups or Users.");
    return emu_budget_check_subscribers(call, json_object_get(action, "Subscribers"));
}

/* True: another action has the same type, threshold and definition. */
static bool is_there(json_t *actions, const json_t *action)
{
    static const char *const SAME[] = {"NotificationType", "ActionType", "ActionThreshold",
                                       "Definition"};
    const char *id;
    json_t *record;

    json_object_foreach(actions, id, record)
    {
        const json_t *other = json_object_get(record, "action");
        size_t equal = 0;

        if (json_equal(json_object_get(other, "ActionId"), json_object_get(action, "ActionId")))
            continue;
        for (size_t i = 0; i < sizeof(SAME) / sizeof(SAME[0]); i++)
            equal += json_equal(json_object_get(other, SAME[i]), json_object_get(action, SAME[i]));
        if (equal == sizeof(SAME) / sizeof(SAME[0]))
            return true;
    }
    return false;
}

static bool refuse_twice(struct emu_call *call, json_t *actions, const json_t *action)
{
    if (!is_there(actions, action))
        return false;
    emu_reply_error(call->reply, "DuplicateRecordException",
                    "The budget has an action of that threshold and definition already.");
    return true;
}

/* ---- the operations ---- */

/* What an action has of an input, over what it was; NULL if out of memory. */
static json_t *new_action(const struct emu_call *call, const json_t *before)
{
    static const char *const MEMBERS[] = {"NotificationType", "ActionType",  "ActionThreshold",
                                          "Definition",       "Subscribers", "ExecutionRoleArn",
                                          "ApprovalModel"};
    json_t *action = before != NULL ? json_deep_copy(before) : json_object();
    int rc = action != NULL ? 0 : -1;

    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]) && rc == 0; i++) {
        json_t *value = json_object_get(call->input, MEMBERS[i]);

        if (value != NULL && (before == NULL || strcmp(MEMBERS[i], "ActionType") != 0))
            rc = json_object_set_new(action, MEMBERS[i], json_deep_copy(value));
    }
    if (rc == 0)
        return action;
    json_decref(action);
    return NULL;
}

static void keep(struct emu_call *call, json_t *actions, const char *id, json_t *action)
{
    static const struct emu_tag_errors ERRORS = {"InvalidParameterException",
                                                 "ServiceQuotaExceededException"};
    json_t *record = json_pack("{s:O, s:{}}", "action", action, "tags");

    if (record == NULL)
        emu_reply_out_of_memory(call->reply);
    else if (emu_resource_tags_put(call, json_object_get(record, "tags"),
                                   json_object_get(call->input, "ResourceTags"), &ERRORS))
        emu_reply_json(call->reply, 200,
                       json_object_set(actions, id, record) == 0
                           ? json_pack("{s:s, s:s, s:s}", "AccountId", EMU_ACCOUNT, "BudgetName",
                                       emu_call_string(call, "BudgetName"), "ActionId", id)
                           : NULL);
    json_decref(record);
}

void emu_budgets_create_action(struct emu_call *call)
{
    json_t *record = emu_budget_find(call);
    json_t *actions = json_object_get(record, "actions");
    json_t *action;
    char id[37];

    if (record == NULL)
        return;
    action = new_action(call, NULL);
    emu_random_uuid(&call->emulator->random, id);
    if (json_object_set_new(action, "ActionId", json_string(id)) < 0 ||
        json_object_set(action, "BudgetName", json_object_get(call->input, "BudgetName")) < 0 ||
        json_object_set_new(action, "Status", json_string("STANDBY")) < 0)
        emu_reply_out_of_memory(call->reply);
    else if (json_object_size(actions) >= MAX_ACTIONS)
        emu_reply_error(call->reply, "CreationLimitExceededException",
                        "A budget has %d actions at most.", MAX_ACTIONS);
    else if (check(call, action) && !refuse_twice(call, actions, action))
        keep(call, actions, id, action);
    json_decref(action);
}

/* The action's record; NULL: the error is answered. */
static json_t *find(struct emu_call *call)
{
    const json_t *record = emu_budget_find(call);
    json_t *action =
        json_object_get(json_object_get(record, "actions"), emu_call_string(call, "ActionId"));

    if (record != NULL && action == NULL)
        emu_reply_error(call->reply, "NotFoundException", "The budget has no action %s.",
                        emu_call_string(call, "ActionId"));
    return action;
}

void emu_budgets_update_action(struct emu_call *call)
{
    json_t *record = find(call);
    json_t *before = json_object_get(record, "action");
    json_t *after;
    json_t *answer;

    if (record == NULL)
        return;
    after = new_action(call, before);
    if (after == NULL) {
        emu_reply_out_of_memory(call->reply);
    } else if (check(call, after)) {
        answer =
            json_pack("{s:s, s:s, s:O, s:O}", "AccountId", EMU_ACCOUNT, "BudgetName",
                      emu_call_string(call, "BudgetName"), "OldAction", before, "NewAction", after);
        if (json_object_set(record, "action", after) < 0) {
            json_decref(answer);
            answer = NULL;
        }
        emu_reply_json(call->reply, 200, answer);
    }
    json_decref(after);
}

void emu_budgets_delete_action(struct emu_call *call)
{
    const json_t *record = find(call);
    json_t *answer;

    if (record == NULL)
        return;
    answer =
        json_pack("{s:s, s:s, s:O}", "AccountId", EMU_ACCOUNT, "BudgetName",
                  emu_call_string(call, "BudgetName"), "Action", json_object_get(record, "action"));
    if (answer != NULL)
        json_object_del(json_object_get(emu_budget_find(call), "actions"),
                        emu_call_string(call, "ActionId"));
    emu_reply_json(call->reply, 200, answer);
}

void emu_budgets_describe_actions(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Actions", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *record = emu_budget_find(call);
    struct emu_pages pages;
    const char *id;
    json_t *one;

    if (record == NULL)
        return;
    emu_pages_init(&pages);
    json_object_foreach(json_object_get(record, "actions"), id, one)
    {
        emu_pages_add(&pages, id, json_incref(json_object_get(one, "action")));
    }
    emu_pages_answer(&pages, call, &NAMES);
}
