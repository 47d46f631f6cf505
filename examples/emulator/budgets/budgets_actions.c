/* Actions of budgets: what is to be done once a threshold is passed. Here they are kept, described
 * and executed by hand; budgets_carry_out.c does what they say.
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

/* Answers what is said of one action: a member, which is taken over. */
static void answer(struct emu_call *call, const char *member, json_t *value)
{
    emu_reply_json(call->reply, 200,
                   json_pack("{s:s, s:s, s:o}", "AccountId", EMU_ACCOUNT, "BudgetName",
                             emu_call_string(call, "BudgetName"), member, value));
}

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
    json_t *record = json_pack("{s:O, s:{}, s:[]}", "action", action, "tags", "history");

    if (emu_action_note(record, "CREATE_ACTION", "The action is there.", call->request->now_us) <
        0) {
        emu_reply_out_of_memory(call->reply);
    } else if (emu_resource_tags_put(call, json_object_get(record, "tags"),
                                     json_object_get(call->input, "ResourceTags"), &ERRORS)) {
        if (json_object_set(actions, id, record) < 0)
            emu_reply_out_of_memory(call->reply);
        else
            answer(call, "ActionId", json_string(id));
    }
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
    json_t *answer;
    json_t *after;

    if (record == NULL)
        return;
    after = new_action(call, before);
    if (after == NULL) {
        emu_reply_out_of_memory(call->reply);
    } else if (check(call, after)) {
        answer =
            json_pack("{s:s, s:s, s:O, s:O}", "AccountId", EMU_ACCOUNT, "BudgetName",
                      emu_call_string(call, "BudgetName"), "OldAction", before, "NewAction", after);
        if (json_object_set(record, "action", after) < 0 ||
            emu_action_note(record, "UPDATE_ACTION", "The action is another.",
                            call->request->now_us) < 0) {
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

    if (record == NULL)
        return;
    answer(call, "Action", json_incref(json_object_get(record, "action")));
    if (call->reply->status == 200)
        json_object_del(json_object_get(emu_budget_find(call), "actions"),
                        emu_call_string(call, "ActionId"));
}

/* That AWS calls it ResourceLockedException if the status is another is unverified. */
void emu_budgets_execute_action(struct emu_call *call)
{
    const char *execution = emu_call_string(call, "ExecutionType");
    json_t *record = find(call);
    const char *status =
        json_string_value(json_object_get(json_object_get(record, "action"), "Status"));

    if (record == NULL)
        return;
    switch (emu_action_execute(call->emulator, record, execution, call->request->now_us)) {
    case EMU_OK:
        emu_reply_json(call->reply, 200,
                       json_pack("{s:s, s:s, s:s, s:s}", "AccountId", EMU_ACCOUNT, "BudgetName",
                                 emu_call_string(call, "BudgetName"), "ActionId",
                                 emu_call_string(call, "ActionId"), "ExecutionType", execution));
        break;
    case EMU_INVALID:
        emu_reply_error(call->reply, "ResourceLockedException",
                        "%s is not for an action whose status is %s.", execution, status);
        break;
    default:
        emu_reply_out_of_memory(call->reply);
    }
}

/* ---- describe ---- */

void emu_budgets_describe_action(struct emu_call *call)
{
    const json_t *record = find(call);

    if (record != NULL)
        answer(call, "Action", json_incref(json_object_get(record, "action")));
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

static bool is_in(const json_t *event, const json_t *period)
{
    const json_t *start = json_object_get(period, "Start");
    const json_t *end = json_object_get(period, "End");
    double at = json_number_value(json_object_get(event, "Timestamp"));

    return (start == NULL || at >= json_number_value(start)) &&
           (end == NULL || at < json_number_value(end));
}

/* The oldest first, which is unverified. */
void emu_budgets_describe_histories(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "ActionHistories", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *record = find(call);
    struct emu_pages pages;
    json_t *event;
    size_t i;

    if (record == NULL)
        return;
    emu_pages_init(&pages);
    json_array_foreach(json_object_get(record, "history"), i, event)
    {
        if (is_in(event, json_object_get(call->input, "TimePeriod")))
            emu_pages_append(&pages, json_incref(event));
    }
    emu_pages_answer(&pages, call, &NAMES);
}
