/* What AWS's budgets are to be, by those of the ledger. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_MOST = 100, /* characters that AWS takes */
    REASON = 2 * CELL
};

static const struct {
    const char *window, *unit;
    const char *reason; /* why there is none */
} units[] = {
    {"day", "DAILY", NULL},
    {"month", "MONTHLY", NULL},
    {"quarter", "QUARTERLY", NULL},
    {"year", "ANNUALLY", NULL},
    {"hour", NULL, "AWS has no budget of an hour: the shortest is of a day"},
    {"week", NULL, "AWS has no budget of a week: take day or month"},
    {"total", NULL, "AWS has no budget that never resets: the longest is of a year"},
};

/* NULL, and the reason, if AWS has none. */
static const char *unit_of(const char *window, char ret_reason[REASON])
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].window, window) != 0)
            continue;
        if (units[i].unit == NULL)
            snprintf(ret_reason, REASON, "%s. It stays in the ledger, which keeps to it",
                     units[i].reason);
        return units[i].unit;
    }
    snprintf(ret_reason, REASON, "this program does not know the window %s", window);
    return NULL;
}

/* NULL, and the reason, if AWS cannot tell this spend from other. */
static json_t *filter_of(const struct mirror *mirror, const json_t *owner, char ret_reason[REASON])
{
    json_t *services = json_object_get(mirror->settings, "services");
    bool is_series = text_of(owner, "series") != NULL;

    if (text_of(owner, "tag") != NULL)
        return owner_tag_filter(text_of(owner, "tag"), shown(owner, "value"));
    if (owner_is_of_profiles(owner)) {
        json_t *filter = owner_filter(mirror, owner);
        if (filter == NULL)
            snprintf(ret_reason, REASON,
                     "AWS's bill names no profiles, and another profile has all the tags of %s: "
                     "give %s, then `budget profiles fetch`",
                     is_series ? "this series" : "this one",
                     is_series ? "all of the series one of their own" : "it one of its own");
        return filter;
    }
    if (json_array_size(services) == 0) {
        snprintf(ret_reason, REASON,
                 "AWS cannot tell all profiles from the rest of the account: name in \"services\" "
                 "what is to count, as \"Amazon Bedrock\" and \"Claude Haiku 4.5 (Amazon Bedrock "
                 "Edition)\"");
        return NULL;
    }
    return json_pack("{s{ss sO s[s]}}", "Dimensions", "Key", "SERVICE", "Values", services,
                     "MatchOptions", "EQUALS");
}

json_t *mirror_budget(const struct mirror *mirror, const json_t *row, char ret_reason[REASON])
{
    char name[2 * CELL];
    const char *limit = shown(row, "limit");

    snprintf(name, sizeof name, "%s%s", mirror->prefix, shown(row, "name"));
    if (strlen(name) > NAME_MOST || strpbrk(name, ":\\") != NULL) {
        snprintf(ret_reason, REASON,
                 "AWS takes names of up to %d characters without : and \\: make a budget with "
                 "another name, and end this one",
                 NAME_MOST);
        return NULL;
    }
    if (money_of(row, "limit") <= 0) {
        snprintf(ret_reason, REASON,
                 "a limit of 0 has no percents, and AWS takes none: the ledger refuses every call "
                 "by itself");
        return NULL;
    }
    const char *unit = unit_of(shown(row, "window"), ret_reason);
    json_t *filter =
        unit != NULL ? filter_of(mirror, json_object_get(row, "owner"), ret_reason) : NULL;
    if (filter == NULL)
        return NULL;
    return json_pack("{ss ss ss s{ss ss} so s[s]}", "BudgetName", name, "BudgetType", "COST",
                     "TimeUnit", unit, "BudgetLimit", "Amount", limit, "Unit", "USD",
                     "FilterExpression", filter, "Metrics", "UnblendedCost");
}

const json_t *mirror_tag(const json_t *budget)
{
    return json_object_get(json_object_get(budget, "FilterExpression"), "Tags");
}

json_t *mirror_tags(const json_t *budget)
{
    json_t *all = json_object_get(json_object_get(budget, "FilterExpression"), "And");
    json_t *tags = json_array(),
           *one = json_object_get(json_object_get(budget, "FilterExpression"), "Tags");
    const json_t *filter;
    size_t i;

    if (one != NULL)
        json_array_append(tags, one);
    json_array_foreach(all, i, filter)
    {
        json_array_append(tags, json_object_get(filter, "Tags"));
    }
    return tags;
}

static void add_notification(json_t *notifications, const char *type, json_int_t percent)
{
    const json_t *other;
    size_t i;

    json_array_foreach(notifications, i, other)
    {
        if (strcmp(shown(other, "NotificationType"), type) == 0 &&
            json_number_value(json_object_get(other, "Threshold")) == (double)percent)
            return;
    }
    if (percent > 0)
        json_array_append_new(notifications,
                              json_pack("{ss ss sf ss}", "NotificationType", type,
                                        "ComparisonOperator", "GREATER_THAN", "Threshold",
                                        (double)percent, "ThresholdType", "PERCENTAGE"));
}

json_t *mirror_notifications(const struct mirror *mirror, const json_t *row)
{
    json_t *notifications = json_array();

    add_notification(notifications, "ACTUAL", json_integer_value(json_object_get(row, "noticeAt")));
    add_notification(notifications, "ACTUAL",
                     json_integer_value(json_object_get(row, "degradeAt")));
    add_notification(notifications, "ACTUAL", 100);
    add_notification(notifications, "FORECASTED",
                     json_integer_value(json_object_get(mirror->settings, "forecast")));
    return notifications;
}
