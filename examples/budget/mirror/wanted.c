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

static json_t *tag_filter(const char *key, const char *value)
{
    return json_pack("{s{ss s[s] s[s]}}", "Tags", "Key", key, "Values", value, "MatchOptions",
                     "EQUALS");
}

/* ---- the tags that tell a profile from all others ---- */

static bool has_all(const json_t *tags, json_t *chosen)
{
    const char *key;
    json_t *value;

    json_object_foreach(chosen, key, value)
    {
        if (!json_equal(value, json_object_get(tags, key)))
            return false;
    }
    return true;
}

/* How many other profiles have these tags too. */
static size_t count_others(const struct mirror *mirror, const char *arn, json_t *chosen)
{
    const json_t *profile;
    size_t i, count = 0;

    json_array_foreach(mirror->profiles, i, profile)
    {
        count += strcmp(shown(profile, "arn"), arn) != 0 &&
                 has_all(json_object_get(profile, "tags"), chosen);
    }
    return count;
}

/* Chooses the one that leaves the fewest others, by name if there are several. Whether it helps;
 * the first does in any case. */
static bool choose_tag(const struct mirror *mirror, const char *arn, json_t *chosen)
{
    json_t *tags = json_deep_copy(json_object_get(find_by(mirror->profiles, "arn", arn), "tags")),
           *value;
    bool first = json_object_size(chosen) == 0;
    size_t least = first ? SIZE_MAX : count_others(mirror, arn, chosen);
    const char *key, *best = NULL;

    json_object_foreach(tags, key, value)
    {
        if (json_object_get(chosen, key) != NULL || strcmp(key, MANAGED_TAG) == 0)
            continue;
        json_object_set(chosen, key, value);
        size_t others = count_others(mirror, arn, chosen);
        json_object_del(chosen, key);
        if (others < least || (others == least && best != NULL && strcmp(key, best) < 0)) {
            least = others;
            best = key;
        }
    }
    if (best != NULL)
        json_object_set(chosen, best, json_object_get(tags, best));
    json_decref(tags);
    return best != NULL;
}

/* One tag, or several that have to be there together. */
static json_t *filter_by(json_t *chosen)
{
    json_t *filters = json_array(), *value;
    const char *key;

    json_object_foreach(chosen, key, value)
    {
        json_array_append_new(filters, tag_filter(key, json_string_value(value)));
    }
    json_t *filter = json_array_size(filters) == 1 ? json_incref(json_array_get(filters, 0))
                                                   : json_pack("{sO}", "And", filters);
    json_decref(filters);
    return filter;
}

/* AWS's bill does not name profiles, it has their tags: a profile is found by as few as no other
 * has together. */
static json_t *profile_filter(const struct mirror *mirror, const char *arn)
{
    json_t *chosen = json_object(), *filter = NULL;
    bool helps = true;

    while (helps && (json_object_size(chosen) == 0 || count_others(mirror, arn, chosen) > 0))
        helps = choose_tag(mirror, arn, chosen);
    if (helps)
        filter = filter_by(chosen);
    json_decref(chosen);
    return filter;
}

/* NULL, and the reason, if AWS cannot tell this spend from other. */
static json_t *filter_of(const struct mirror *mirror, const json_t *owner, char ret_reason[REASON])
{
    json_t *services = json_object_get(mirror->settings, "services");

    if (text_of(owner, "tag") != NULL)
        return tag_filter(text_of(owner, "tag"), shown(owner, "value"));
    if (text_of(owner, "profile") != NULL) {
        json_t *filter = profile_filter(mirror, text_of(owner, "profile"));
        if (filter == NULL)
            snprintf(
                ret_reason, REASON,
                "AWS's bill names no profiles, and another profile has all the tags of this one: "
                "give it one of its own, then `budget profiles fetch`");
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
