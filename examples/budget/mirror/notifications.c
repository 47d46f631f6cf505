/* Who is told at what percent of an AWS budget. UpdateBudget leaves that alone: notifications and
 * subscribers have calls of their own. SPDX-License-Identifier: MIT */
#include "mirror.h"

#include <string.h>

static json_t *target(const struct mirror *mirror, const char *budget, json_t *notification)
{
    json_t *input = mirror_target(mirror, budget);

    json_object_set(input, "Notification", notification);
    return input;
}

static bool same_member(const json_t *a, const json_t *b, const char *member)
{
    return strcmp(shown(a, member), shown(b, member)) == 0;
}

/* AWS says a state besides, and may leave out the type of the threshold. */
static bool same_notification(const json_t *a, const json_t *b)
{
    const char *type = text_of(b, "ThresholdType");

    return same_member(a, b, "NotificationType") && same_member(a, b, "ComparisonOperator") &&
           json_number_value(json_object_get(a, "Threshold")) ==
               json_number_value(json_object_get(b, "Threshold")) &&
           (type == NULL || strcmp(shown(a, "ThresholdType"), type) == 0);
}

static bool same_subscriber(const json_t *a, const json_t *b)
{
    return same_member(a, b, "SubscriptionType") && same_member(a, b, "Address");
}

static bool has(const json_t *list, const json_t *item,
                bool (*same)(const json_t *, const json_t *))
{
    const json_t *other;
    size_t i;

    json_array_foreach(list, i, other)
    {
        if (same(item, other))
            return true;
    }
    return false;
}

/* The first of this type that the other list does not have, from *from on. */
static json_t *next_unmatched(const json_t *list, const json_t *other, const char *type,
                              size_t *from)
{
    while (*from < json_array_size(list)) {
        json_t *item = json_array_get(list, (*from)++);
        if (strcmp(shown(item, "SubscriptionType"), type) == 0 &&
            !has(other, item, same_subscriber))
            return item;
    }
    return NULL;
}

/* One takes the place of another, for AWS takes a single topic, and removes a notification with its
 * last subscriber. What is too much of one type goes in a second round, when the other type is
 * there. */
static void plan_type(const struct mirror *mirror, json_t *step, const char *budget,
                      json_t *notification, const json_t *wanted, const json_t *existing,
                      const char *type, bool removes)
{
    double percent = json_number_value(json_object_get(notification, "Threshold"));
    size_t w = 0, e = 0;

    for (;;) {
        json_t *new = next_unmatched(wanted, existing, type, &w);
        json_t *old = next_unmatched(existing, wanted, type, &e);
        json_t *input = target(mirror, budget, notification);
        if (!removes && new != NULL && old != NULL) {
            json_object_set(input, "OldSubscriber", old);
            json_object_set(input, "NewSubscriber", new);
            step_say(step, "%g %%: %s instead of %s", percent, shown(new, "Address"),
                     shown(old, "Address"));
            step_call(step, "budgets", "UpdateSubscriber", input);
        } else if (!removes && new != NULL) {
            json_object_set(input, "Subscriber", new);
            step_say(step, "%g %%: %s is told", percent, shown(new, "Address"));
            step_call(step, "budgets", "CreateSubscriber", input);
        } else if (removes && new == NULL && old != NULL) {
            json_object_set(input, "Subscriber", old);
            step_say(step, "%g %%: %s is told no more", percent, shown(old, "Address"));
            step_call(step, "budgets", "DeleteSubscriber", input);
        } else {
            json_decref(input);
        }
        if (new == NULL && old == NULL)
            return;
    }
}

static int plan_subscribers(struct mirror *mirror, json_t *step, const char *budget,
                            json_t *notification)
{
    static const struct pages pages = {"budgets", "DescribeSubscribersForNotification",
                                       "Subscribers", "NextToken", NULL};
    json_t *existing =
        mirror_list(mirror, &pages, target(mirror, budget, notification), "NotFoundException");
    json_t *wanted = mirror_subscribers(mirror);
    int rc = existing != NULL ? DONE : FAILED;

    for (int removes = 0; removes <= 1 && rc == DONE; removes++) {
        plan_type(mirror, step, budget, notification, wanted, existing, "EMAIL", removes != 0);
        plan_type(mirror, step, budget, notification, wanted, existing, "SNS", removes != 0);
    }
    json_decref(wanted);
    json_decref(existing);
    return rc;
}

static int plan_wanted(struct mirror *mirror, json_t *step, const char *budget, json_t *wanted,
                       const json_t *existing)
{
    if (has(existing, wanted, same_notification))
        return plan_subscribers(mirror, step, budget, wanted);
    json_t *input = target(mirror, budget, wanted);
    json_object_set_new(input, "Subscribers", mirror_subscribers(mirror));
    step_say(step, "tells at %s %g %%", shown(wanted, "NotificationType"),
             json_number_value(json_object_get(wanted, "Threshold")));
    step_call(step, "budgets", "CreateNotification", input);
    return DONE;
}

static void plan_unwanted(const struct mirror *mirror, json_t *step, const char *budget,
                          const json_t *existing)
{
    json_t *notification = json_deep_copy(existing);

    json_object_del(notification, "NotificationState");
    step_say(step, "tells no more at %s %g %%", shown(existing, "NotificationType"),
             json_number_value(json_object_get(existing, "Threshold")));
    step_call(step, "budgets", "DeleteNotification", target(mirror, budget, notification));
    json_decref(notification);
}

int mirror_plan_notifications(struct mirror *mirror, json_t *step, const json_t *row,
                              const char *name)
{
    static const struct pages pages = {"budgets", "DescribeNotificationsForBudget", "Notifications",
                                       "NextToken", NULL};
    json_t *existing =
        mirror_list(mirror, &pages, mirror_target(mirror, name), "NotFoundException");
    json_t *wanted = mirror_notifications(mirror, row), *notification;
    int rc = existing != NULL ? DONE : FAILED;
    size_t i;

    json_array_foreach(wanted, i, notification)
    {
        if (rc == DONE)
            rc = plan_wanted(mirror, step, name, notification, existing);
    }
    json_array_foreach(existing, i, notification)
    {
        if (rc == DONE && !has(wanted, notification, same_notification))
            plan_unwanted(mirror, step, name, notification);
    }
    json_decref(wanted);
    json_decref(existing);
    return rc;
}
