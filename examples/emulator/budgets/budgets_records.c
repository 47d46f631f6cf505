/* Budgets: created, changed, described, deleted.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "cost.h"
#include "dates.h"
#include "pages.h"
#include "resource_tags.h"

#include <string.h>

#define MAX_BUDGETS 20000
#define BUDGET_PATH ":" EMU_ACCOUNT ":budget/" /* in ARNs */
#define NEVER_ENDS  3706473600 /* 2087-06-15, which AWS says of budgets without an end */

bool emu_budget_refuse(struct emu_call *call, const char *text)
{
    emu_reply_error(call->reply, "InvalidParameterException", "%s", text);
    return false;
}

void emu_budget_done(struct emu_call *call, int rc)
{
    emu_reply_json(call->reply, 200, rc == 0 ? json_object() : NULL);
}

bool emu_budget_account(struct emu_call *call)
{
    const char *account = emu_call_string(call, "AccountId");

    if (strcmp(account, EMU_ACCOUNT) == 0)
        return true;
    emu_reply_error(call->reply, "AccessDeniedException",
                    "You have no access to the budgets of account %s.", account);
    return false;
}

json_t *emu_budget_find(struct emu_call *call)
{
    const char *name = emu_call_string(call, "BudgetName");
    json_t *record;

    if (!emu_budget_account(call))
        return NULL;
    record = json_object_get(call->emulator->money.budgets, name);
    if (record == NULL)
        emu_reply_error(call->reply, "NotFoundException",
                        "Unable to get budget: %s - the budget doesn't exist.", name);
    return record;
}

/* ---- rules ---- */

static const char *string_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static bool has(const json_t *budget, const char *member)
{
    const json_t *value = json_object_get(budget, member);

    return value != NULL && !json_is_null(value);
}

static bool check_limit(struct emu_call *call, const json_t *budget)
{
    const char *type = string_of(budget, "BudgetType");
    const char *unit = string_of(json_object_get(budget, "BudgetLimit"), "Unit");
    int limits = has(budget, "BudgetLimit") + has(budget, "PlannedBudgetLimits") +
                 has(budget, "AutoAdjustData");

    if (limits > 1)
        return emu_budget_refuse(call, "A budget has a BudgetLimit, PlannedBudgetLimits or "
                                       "AutoAdjustData: one of the three.");
    if (limits == 0 && (strcmp(type, "COST") == 0 || strcmp(type, "USAGE") == 0))
        return emu_budget_refuse(call, "A budget of cost or usage needs a BudgetLimit.");
    if (strcmp(type, "COST") == 0 && unit != NULL && strcmp(unit, "USD") != 0)
        return emu_budget_refuse(call, "The Unit of a cost budget is USD in this account.");
    return true;
}

/* The older and the newer way to say what a budget is about. */
static bool check_filters(struct emu_call *call, const json_t *budget)
{
    bool newer = has(budget, "FilterExpression") || has(budget, "Metrics");
    bool older = has(budget, "CostFilters") || has(budget, "CostTypes");

    if (newer && older)
        return emu_budget_refuse(call, "FilterExpression and Metrics cannot be combined with "
                                       "CostFilters and CostTypes.");
    if (newer && json_array_size(json_object_get(budget, "Metrics")) != 1)
        return emu_budget_refuse(call, "A budget with a FilterExpression has one of the Metrics.");
    return true;
}

static bool check_time(struct emu_call *call, const json_t *budget)
{
    const json_t *period = json_object_get(budget, "TimePeriod");
    const json_t *start = json_object_get(period, "Start");
    const json_t *end = json_object_get(period, "End");

    if (strcmp(string_of(budget, "TimeUnit"), "CUSTOM") == 0 && (start == NULL || end == NULL))
        return emu_budget_refuse(call, "A CUSTOM budget has a Start and an End.");
    if (start != NULL && end != NULL && json_number_value(start) >= json_number_value(end))
        return emu_budget_refuse(call, "The Start of a TimePeriod is before its End.");
    return true;
}

static bool check(struct emu_call *call, const json_t *budget)
{
    return check_limit(call, budget) && check_filters(call, budget) && check_time(call, budget);
}

/* ---- what is kept ---- */

/* "10" is told as "10.0". */
static int complete_amount(json_t *limit)
{
    const char *amount = string_of(limit, "Amount");

    if (amount == NULL || strchr(amount, '.') != NULL)
        return 0;
    return json_object_set_new(limit, "Amount", json_sprintf("%s.0", amount));
}

static int complete_time(json_t *budget, int64_t now_us)
{
    json_t *period = json_object_get(budget, "TimePeriod");
    int64_t from_us;
    int64_t to_us;
    int rc = 0;

    emu_budget_period(budget, now_us, &from_us, &to_us);
    if (period == NULL) {
        period = json_object();
        rc = json_object_set_new(budget, "TimePeriod", period);
    }
    if (rc == 0 && json_object_get(period, "Start") == NULL)
        rc = json_object_set_new(period, "Start", json_integer(from_us / EMU_SECOND_US));
    if (rc == 0 && json_object_get(period, "End") == NULL)
        rc = json_object_set_new(period, "End", json_integer(NEVER_ENDS));
    return rc;
}

/* The older form is what a budget has that says nothing. */
static int complete_types(json_t *budget)
{
    static const char *const INCLUDED[] = {
        "IncludeTax",     "IncludeSubscription", "IncludeRefund",
        "IncludeCredit",  "IncludeUpfront",      "IncludeRecurring",
        "IncludeSupport", "IncludeDiscount",     "IncludeOtherSubscription"};
    json_t *types = json_pack("{s:b, s:b}", "UseBlended", false, "UseAmortized", false);
    int rc = types != NULL ? 0 : -1;

    for (size_t i = 0; i < sizeof(INCLUDED) / sizeof(INCLUDED[0]) && rc == 0; i++)
        rc = json_object_set_new(types, INCLUDED[i], json_true());
    if (rc == 0 && has(budget, "CostTypes"))
        rc = json_object_update(types, json_object_get(budget, "CostTypes"));
    if (rc == 0)
        rc = json_object_set(budget, "CostTypes", types);
    if (rc == 0 && !has(budget, "CostFilters"))
        rc = json_object_set_new(budget, "CostFilters", json_object());
    json_decref(types);
    return rc;
}

/* As told, and what goes without saying. NULL if out of memory. */
static json_t *new_budget(const json_t *told, int64_t now_us)
{
    json_t *budget = json_deep_copy(told);
    int rc = budget != NULL ? 0 : -1;

    json_object_del(budget, "CalculatedSpend");
    if (rc == 0)
        rc = complete_amount(json_object_get(budget, "BudgetLimit"));
    if (rc == 0)
        rc = complete_time(budget, now_us);
    if (rc == 0 && !has(budget, "Metrics") && strcmp(string_of(budget, "BudgetType"), "COST") == 0)
        rc = complete_types(budget);
    if (rc == 0)
        rc = json_object_set_new(budget, "LastUpdatedTime", json_real(emu_seconds(now_us)));
    if (rc == 0)
        return budget;
    json_decref(budget);
    return NULL;
}

/* ---- create, update, delete ---- */

static void keep(struct emu_call *call, const char *name, json_t *record)
{
    static const struct emu_tag_errors ERRORS = {"InvalidParameterException",
                                                 "ServiceQuotaExceededException"};

    if (record == NULL)
        emu_reply_out_of_memory(call->reply);
    else if (emu_resource_tags_put(call, json_object_get(record, "tags"),
                                   json_object_get(call->input, "ResourceTags"), &ERRORS))
        emu_reply_json(call->reply, 200,
                       json_object_set(call->emulator->money.budgets, name, record) == 0
                           ? json_object()
                           : NULL);
    json_decref(record);
}

void emu_budgets_create(struct emu_call *call)
{
    const json_t *told = json_object_get(call->input, "Budget");
    const char *name = string_of(told, "BudgetName");
    json_t *notifications;

    if (!emu_budget_account(call) || !check(call, told))
        return;
    if (json_object_get(call->emulator->money.budgets, name) != NULL)
        emu_reply_error(call->reply, "DuplicateRecordException",
                        "Error creating budget: %s - the budget already exists.", name);
    else if (json_object_size(call->emulator->money.budgets) >= MAX_BUDGETS)
        emu_reply_error(call->reply, "CreationLimitExceededException",
                        "There are %d budgets, which is the limit.", MAX_BUDGETS);
    else if (emu_budget_keep_notifications(
                 call, json_object_get(call->input, "NotificationsWithSubscribers"),
                 &notifications))
        keep(call, name,
             json_pack("{s:o, s:{}, s:o, s:{}}", "budget", new_budget(told, call->request->now_us),
                       "tags", "notifications", notifications, "actions"));
}

/* All of the budget is told anew; notifications, actions and tags stay. */
void emu_budgets_update(struct emu_call *call)
{
    const json_t *told = json_object_get(call->input, "NewBudget");
    const char *name = string_of(told, "BudgetName");
    json_t *record = json_object_get(call->emulator->money.budgets, name);
    json_t *budget;

    if (!emu_budget_account(call))
        return;
    if (record == NULL) {
        emu_reply_error(call->reply, "NotFoundException",
                        "Unable to update budget: %s - the budget doesn't exist.", name);
        return;
    }
    if (!check(call, told))
        return;
    budget = new_budget(told, call->request->now_us);
    emu_reply_json(call->reply, 200,
                   json_object_set_new(record, "budget", budget) == 0 ? json_object() : NULL);
}

void emu_budgets_delete(struct emu_call *call)
{
    if (emu_budget_find(call) == NULL)
        return;
    json_object_del(call->emulator->money.budgets, emu_call_string(call, "BudgetName"));
    emu_reply_json(call->reply, 200, json_object());
}

/* ---- describe ---- */

/* As it is answered; NULL if out of memory. */
static json_t *described(struct emu_call *call, const json_t *record)
{
    const json_t *budget = json_object_get(record, "budget");
    const char *unit = string_of(json_object_get(budget, "BudgetLimit"), "Unit");
    json_t *copy = json_deep_copy(budget);
    json_t *updated = json_object_get(copy, "LastUpdatedTime");
    json_t *spend;
    json_t *health;
    int64_t units;

    if (copy == NULL ||
        emu_budget_spend(call->emulator, budget, call->request->now_us, &units) < 0) {
        json_decref(copy);
        return NULL;
    }
    if (!json_is_true(json_object_get(call->input, "ShowFilterExpression"))) {
        json_object_del(copy, "FilterExpression");
        json_object_del(copy, "Metrics");
    }
    spend =
        json_pack("{s:{s:o, s:s}}", "ActualSpend", "Amount",
                  emu_cost_decimal(units, EMU_UNITS_PER_USD), "Unit", unit != NULL ? unit : "USD");
    health = json_pack("{s:s, s:O}", "Status", "HEALTHY", "LastUpdatedTime", updated);
    complete_amount(json_object_get(spend, "ActualSpend"));
    if (json_object_set_new(copy, "CalculatedSpend", spend) +
            json_object_set_new(copy, "HealthStatus", health) ==
        0)
        return copy;
    json_decref(copy);
    return NULL;
}

void emu_budgets_describe(struct emu_call *call)
{
    const json_t *record = emu_budget_find(call);

    if (record != NULL)
        emu_reply_json(call->reply, 200, json_pack("{s:o}", "Budget", described(call, record)));
}

void emu_budgets_describe_all(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Budgets", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    struct emu_pages pages;
    const char *name;
    json_t *record;

    if (!emu_budget_account(call))
        return;
    emu_pages_init(&pages);
    json_object_foreach(call->emulator->money.budgets, name, record)
    {
        emu_pages_add(&pages, name, described(call, record));
    }
    emu_pages_answer(&pages, call, &NAMES);
}

/* ---- tags: of a budget, arn:aws:budgets::ACCOUNT:budget/NAME, or of an action of it ---- */

/* NULL: the error is answered. */
static json_t *find_tags(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "ResourceARN");
    const char *path = strstr(arn, BUDGET_PATH);
    emu_auto_text name = {0};
    json_t *tags = NULL;

    if (path != NULL) {
        const char *start = path + strlen(BUDGET_PATH);
        const char *action = strstr(start, "/action/");
        const json_t *record;

        emu_text_add(&name, start, action != NULL ? (size_t)(action - start) : strlen(start));
        record = json_object_get(call->emulator->money.budgets, emu_text_string(&name));
        if (action != NULL)
            record =
                json_object_get(json_object_get(record, "actions"), action + strlen("/action/"));
        tags = json_object_get(record, "tags");
    }
    if (tags == NULL)
        emu_reply_error(call->reply, "NotFoundException", "There is no %s.", arn);
    return tags;
}

void emu_budgets_list_resource_tags(struct emu_call *call)
{
    emu_resource_tags_tell(call, find_tags(call), "ResourceTags");
}

void emu_budgets_tag_resource(struct emu_call *call)
{
    static const struct emu_tag_errors ERRORS = {"InvalidParameterException",
                                                 "ServiceQuotaExceededException"};

    emu_resource_tags_tag(call, find_tags(call), "ResourceTags", &ERRORS);
}

void emu_budgets_untag_resource(struct emu_call *call)
{
    emu_resource_tags_untag(call, find_tags(call), "ResourceTagKeys");
}
