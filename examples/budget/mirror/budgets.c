/* AWS's budgets: which are to be made, changed, removed. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

enum {
    ARN_MOST = 4 * CELL
};

static json_t *read_existing(struct mirror *mirror)
{
    static const struct pages pages = {"budgets", "DescribeBudgets", "Budgets", "NextToken", NULL};

    return mirror_list(mirror, &pages,
                       json_pack("{ss si sb}", "AccountId", mirror->account, "MaxResults", 100,
                                 "ShowFilterExpression", 1),
                       "NotFoundException");
}

static int is_ours(struct mirror *mirror, const char *name)
{
    char arn[ARN_MOST];

    snprintf(arn, sizeof arn, "arn:%s:budgets::%s:budget/%s", mirror->partition, mirror->account,
             name);
    return mirror_is_ours(mirror, NULL, "budgets", arn);
}

/* Whether they are the same amount, however many zeros are written. */
static bool same_limit(const json_t *a, const json_t *b)
{
    int64_t amount = money_of(a, "Amount");

    return amount >= 0 && amount == money_of(b, "Amount");
}

/* Says what differs; whether anything does. */
static bool compare(json_t *step, const json_t *wanted, const json_t *existing)
{
    static const char *const members[] = {"BudgetType", "TimeUnit", "FilterExpression", "Metrics"};
    const json_t *limit = json_object_get(wanted, "BudgetLimit");
    const json_t *its_limit = json_object_get(existing, "BudgetLimit");
    bool differs = false;

    if (!same_limit(limit, its_limit)) {
        step_say(step, "limit %s -> %s USD", shown(its_limit, "Amount"), shown(limit, "Amount"));
        differs = true;
    }
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (json_equal(json_object_get(wanted, members[i]), json_object_get(existing, members[i])))
            continue;
        step_say(step, "%s is another", members[i]);
        differs = true;
    }
    return differs;
}

/* What a profile is told by: the tags, as one fact. */
static void say_tags(json_t *step, const json_t *wanted)
{
    json_t *tags = mirror_tags(wanted);
    char text[4 * CELL] = "by";
    const json_t *tag;
    size_t i;

    json_array_foreach(tags, i, tag)
    {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s %s=%s", i > 0 ? " and" : "",
                 shown(tag, "Key"),
                 json_string_value(json_array_get(json_object_get(tag, "Values"), 0)));
    }
    step_say(step, "%s", text);
    json_decref(tags);
}

static void describe(json_t *step, const struct mirror *mirror, const json_t *row,
                     const json_t *wanted)
{
    json_t *notifications = mirror_notifications(mirror, row), *notification;
    char owner[CELL];
    size_t i;

    step_say(step, "%s USD, %s, %s", shown(row, "limit"), shown(wanted, "TimeUnit"),
             owner_text(json_object_get(row, "owner"), owner));
    if (owner_is_of_profiles(json_object_get(row, "owner")))
        say_tags(step, wanted);
    json_array_foreach(notifications, i, notification)
    {
        step_say(step, "%s %g %%", shown(notification, "NotificationType"),
                 json_number_value(json_object_get(notification, "Threshold")));
    }
    json_decref(notifications);
}

static json_t *with_subscribers(const struct mirror *mirror, const json_t *row)
{
    json_t *notifications = mirror_notifications(mirror, row), *all = json_array(), *notification;
    size_t i;

    json_array_foreach(notifications, i, notification)
    {
        json_array_append_new(all, json_pack("{sO so}", "Notification", notification, "Subscribers",
                                             mirror_subscribers(mirror)));
    }
    json_decref(notifications);
    return all;
}

static int plan_creation(struct mirror *mirror, const json_t *row, json_t *wanted)
{
    json_t *step = step_add(mirror, "create", "budget", shown(wanted, "BudgetName"));

    describe(step, mirror, row, wanted);
    step_call(step, "budgets", "CreateBudget",
              json_pack("{ss sO so s[{ss ss}]}", "AccountId", mirror->account, "Budget", wanted,
                        "NotificationsWithSubscribers", with_subscribers(mirror, row),
                        "ResourceTags", "Key", MANAGED_TAG, "Value", MANAGED_VALUE));
    return mirror_plan_action(mirror, row, shown(wanted, "BudgetName"), false);
}

static int plan_change(struct mirror *mirror, const json_t *row, json_t *wanted,
                       const json_t *existing)
{
    const char *name = shown(wanted, "BudgetName");
    json_t *period = json_object_get(existing, "TimePeriod");

    int ours = is_ours(mirror, name);
    if (ours < 0)
        return FAILED;
    if (ours == 0) {
        step_say(
            step_add(mirror, "foreign", "budget", name),
            "there is one of this name that `budget mirror` has not made: rename or delete it, "
            "choose another \"prefix\", or hand it over: aws budgets tag-resource "
            "--resource-arn arn:%s:budgets::%s:budget/%s --resource-tags Key=%s,Value=%s",
            mirror->partition, mirror->account, name, MANAGED_TAG, MANAGED_VALUE);
        return DONE;
    }
    json_t *step = step_add(mirror, "keep", "budget", name);
    if (compare(step, wanted, existing)) {
        if (period != NULL)
            json_object_set(wanted, "TimePeriod", period);
        step_call(step, "budgets", "UpdateBudget",
                  json_pack("{ss sO}", "AccountId", mirror->account, "NewBudget", wanted));
    }
    int rc = mirror_plan_notifications(mirror, step, row, name);
    return rc == DONE ? mirror_plan_action(mirror, row, name, true) : rc;
}

static int plan_one(struct mirror *mirror, const json_t *row, const json_t *existing)
{
    char reason[2 * CELL], name[2 * CELL];
    json_t *wanted = mirror_budget(mirror, row, reason);
    int rc;

    if (wanted == NULL) {
        snprintf(name, sizeof name, "%s%s", mirror->prefix, shown(row, "name"));
        step_say(step_add(mirror, "skip", "budget", name), "%s", reason);
        return DONE;
    }
    if (json_integer_value(json_object_get(row, "offsetMinutes")) != 0)
        mirror_note(mirror, "%s: AWS's windows turn at midnight UTC, not at that of its offset",
                    shown(row, "name"));
    const json_t *there = find_by(existing, "BudgetName", shown(wanted, "BudgetName"));
    if (there == NULL)
        rc = plan_creation(mirror, row, wanted);
    else
        rc = plan_change(mirror, row, wanted, there);
    json_decref(wanted);
    return rc;
}

static bool is_named(const char *name, char **names, int count)
{
    bool named = count == 0;

    for (int i = 0; i < count; i++)
        named = named || strcmp(names[i], name) == 0;
    return named;
}

/* Those of ours that the ledger has no budget for any more: nothing is removed unasked. */
static int plan_leftovers(struct mirror *mirror, const json_t *existing)
{
    size_t length = strlen(mirror->prefix), i;
    const json_t *budget;

    json_array_foreach(existing, i, budget)
    {
        const char *name = shown(budget, "BudgetName");
        if (strncmp(name, mirror->prefix, length) != 0 ||
            find_by(mirror->budgets, "name", name + length) != NULL)
            continue;
        int ours = is_ours(mirror, name);
        if (ours < 0)
            return FAILED;
        if (ours == 1)
            step_say(step_add(mirror, "left", "budget", name),
                     "the ledger has no budget %s any more: `budget mirror delete %s` removes it",
                     name + length, name + length);
    }
    return DONE;
}

int mirror_plan_budgets(struct mirror *mirror, char **names, int count)
{
    json_t *existing = read_existing(mirror);
    const json_t *row;
    int rc = existing != NULL ? DONE : FAILED;
    size_t i;

    for (int k = 0; k < count && rc == DONE; k++) {
        if (find_by(mirror->budgets, "name", names[k]) == NULL)
            rc = failed("the ledger has no budget %s: `budget show` lists them", names[k]);
    }
    json_array_foreach(mirror->budgets, i, row)
    {
        if (rc == DONE && is_named(shown(row, "name"), names, count))
            rc = plan_one(mirror, row, existing);
    }
    if (rc == DONE && count == 0)
        rc = plan_leftovers(mirror, existing);
    json_decref(existing);
    return rc;
}

static int plan_reversals(struct mirror *mirror, json_t *step, const char *name)
{
    static const struct pages pages = {"budgets", "DescribeBudgetActionsForBudget", "Actions",
                                       "NextToken", NULL};
    json_t *actions = mirror_list(mirror, &pages, mirror_target(mirror, name), "NotFoundException");
    const json_t *action;
    int rc = actions != NULL ? DONE : FAILED;
    size_t i;

    json_array_foreach(actions, i, action)
    {
        mirror_plan_reversal(mirror, step, name, action);
    }
    json_decref(actions);
    return rc;
}

static int plan_removal(struct mirror *mirror, const char *name)
{
    int ours = is_ours(mirror, name);

    if (ours <= 0)
        return ours < 0 ? FAILED : DONE;
    json_t *step = step_add(mirror, "remove", "budget", name);
    int rc = plan_reversals(mirror, step, name);
    step_call(step, "budgets", "DeleteBudget", mirror_target(mirror, name));
    return rc;
}

int mirror_plan_removal(struct mirror *mirror, char **names, int count)
{
    json_t *existing = read_existing(mirror);
    size_t length = strlen(mirror->prefix), i;
    const json_t *budget;
    int rc = existing != NULL ? DONE : FAILED;

    json_array_foreach(existing, i, budget)
    {
        const char *name = shown(budget, "BudgetName");
        if (rc == DONE && strncmp(name, mirror->prefix, length) == 0 &&
            is_named(name + length, names, count))
            rc = plan_removal(mirror, name);
    }
    json_decref(existing);
    return rc;
}
