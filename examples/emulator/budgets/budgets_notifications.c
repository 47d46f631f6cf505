/* Notifications of budgets. A notification has no id: type, comparison and threshold together name
 * it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "pages.h"

#include <string.h>

static bool is_same(const json_t *a, const json_t *b)
{
    const char *type_a = json_string_value(json_object_get(a, "ThresholdType"));
    const char *type_b = json_string_value(json_object_get(b, "ThresholdType"));
    double difference = json_number_value(json_object_get(a, "Threshold")) -
                        json_number_value(json_object_get(b, "Threshold"));

    return json_equal(json_object_get(a, "NotificationType"),
                      json_object_get(b, "NotificationType")) &&
           json_equal(json_object_get(a, "ComparisonOperator"),
                      json_object_get(b, "ComparisonOperator")) &&
           !(difference < 0) && !(difference > 0) &&
           strcmp(type_a != NULL ? type_a : "PERCENTAGE", type_b != NULL ? type_b : "PERCENTAGE") ==
               0;
}

static json_t *find_kept(const json_t *kept, const json_t *notification)
{
    json_t *one;
    size_t i;

    json_array_foreach(kept, i, one)
    {
        if (is_same(json_object_get(one, "notification"), notification))
            return one;
    }
    return NULL;
}

struct emu_threshold emu_notification_threshold(const json_t *notification)
{
    return (struct emu_threshold){
        .type = json_string_value(json_object_get(notification, "NotificationType")),
        .comparison = json_string_value(json_object_get(notification, "ComparisonOperator")),
        .value = json_number_value(json_object_get(notification, "Threshold")),
        .unit = json_string_value(json_object_get(notification, "ThresholdType"))};
}

/* As told, but for the state, which is not the caller's to say. NULL if out of memory. */
static json_t *new_notification(const json_t *told)
{
    json_t *notification = json_deep_copy(told);

    json_object_del(notification, "NotificationState");
    if (json_object_get(notification, "ThresholdType") == NULL &&
        json_object_set_new(notification, "ThresholdType", json_string("PERCENTAGE")) < 0) {
        json_decref(notification);
        return NULL;
    }
    return notification;
}

/* False: another than `self` (NULL: none) is the same, and the error is answered. */
static bool check_unlike(struct emu_call *call, const json_t *kept, const json_t *notification,
                         const json_t *self)
{
    const json_t *other = find_kept(kept, notification);

    if (other == NULL || other == self)
        return true;
    emu_reply_error(call->reply, "DuplicateRecordException",
                    "A notification of that type, comparison and threshold is there already.");
    return false;
}

/* Adds one to the list. False: the error is answered. */
static bool keep(struct emu_call *call, json_t *kept, const json_t *notification,
                 const json_t *subscribers)
{
    if (!check_unlike(call, kept, notification, NULL))
        return false;
    if (json_array_size(kept) >= EMU_MAX_NOTIFICATIONS) {
        emu_reply_error(call->reply, "CreationLimitExceededException",
                        "A budget has %d notifications at most.", EMU_MAX_NOTIFICATIONS);
        return false;
    }
    if (!emu_budget_check_subscribers(call, subscribers))
        return false;
    if (json_array_append_new(kept, json_pack("{s:o, s:o}", "notification",
                                              new_notification(notification), "subscribers",
                                              json_deep_copy(subscribers))) == 0)
        return true;
    emu_reply_out_of_memory(call->reply);
    return false;
}

bool emu_budget_keep_notifications(struct emu_call *call, const json_t *list, json_t **ret_kept)
{
    const json_t *one;
    size_t i;

    *ret_kept = json_array();
    if (*ret_kept == NULL) {
        emu_reply_out_of_memory(call->reply);
        return false;
    }
    json_array_foreach(list, i, one)
    {
        if (!keep(call, *ret_kept, json_object_get(one, "Notification"),
                  json_object_get(one, "Subscribers"))) {
            json_decref(*ret_kept);
            *ret_kept = NULL;
            return false;
        }
    }
    return true;
}

json_t *emu_budget_notification(struct emu_call *call, const char *member)
{
    json_t *record = emu_budget_find(call);
    json_t *kept = NULL;

    if (record == NULL)
        return NULL;
    kept =
        find_kept(json_object_get(record, "notifications"), json_object_get(call->input, member));
    if (kept == NULL)
        emu_reply_error(call->reply, "NotFoundException",
                        "The budget has no notification of that type, comparison and threshold.");
    return kept;
}

void emu_budgets_create_notification(struct emu_call *call)
{
    json_t *record = emu_budget_find(call);

    if (record != NULL && keep(call, json_object_get(record, "notifications"),
                               json_object_get(call->input, "Notification"),
                               json_object_get(call->input, "Subscribers")))
        emu_budget_done(call, 0);
}

void emu_budgets_update_notification(struct emu_call *call)
{
    const json_t *wanted = json_object_get(call->input, "NewNotification");
    json_t *kept = emu_budget_notification(call, "OldNotification");

    if (kept == NULL ||
        !check_unlike(call, json_object_get(emu_budget_find(call), "notifications"), wanted, kept))
        return;
    json_object_del(kept, "toldUs");
    emu_budget_done(call, json_object_set_new(kept, "notification", new_notification(wanted)));
}

void emu_budgets_delete_notification(struct emu_call *call)
{
    const json_t *kept = emu_budget_notification(call, "Notification");
    json_t *all;
    json_t *one;
    size_t i;

    if (kept == NULL)
        return;
    all = json_object_get(emu_budget_find(call), "notifications");
    json_array_foreach(all, i, one)
    {
        if (one == kept)
            break;
    }
    emu_budget_done(call, json_array_remove(all, i));
}

/* As it is answered; NULL if out of memory. */
static json_t *described(const json_t *notification, const struct emu_spending *spending)
{
    const struct emu_threshold threshold = emu_notification_threshold(notification);
    const char *state = emu_threshold_passed(spending, &threshold) ? "ALARM" : "OK";
    json_t *copy = json_deep_copy(notification);

    if (json_object_set_new(copy, "NotificationState", json_string(state)) == 0)
        return copy;
    json_decref(copy);
    return NULL;
}

void emu_budgets_describe_notifications(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Notifications", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *record = emu_budget_find(call);
    struct emu_spending spending;
    struct emu_pages pages;
    json_t *one;
    size_t i;

    if (record == NULL)
        return;
    emu_pages_init(&pages);
    if (emu_spending_find(call->emulator, json_object_get(record, "budget"), call->request->now_us,
                          &spending) < 0)
        pages.failed = true;
    json_array_foreach(json_object_get(record, "notifications"), i, one)
    {
        emu_pages_append(&pages, described(json_object_get(one, "notification"), &spending));
    }
    emu_pages_answer(&pages, call, &NAMES);
}
