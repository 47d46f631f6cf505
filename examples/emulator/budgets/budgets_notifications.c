/* Notifications of budgets, and who gets them. A notification has no id: type, comparison and
 * threshold together name it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "money_patterns.h"
#include "pages.h"

#include <string.h>

#define MAX_EMAILS 10

/* ---- subscribers ---- */

static bool is_sns(const json_t *subscriber)
{
    return strcmp(json_string_value(json_object_get(subscriber, "SubscriptionType")), "SNS") == 0;
}

static size_t find_subscriber(const json_t *subscribers, const json_t *wanted)
{
    size_t i = 0;

    while (i < json_array_size(subscribers) && !json_equal(json_array_get(subscribers, i), wanted))
        i++;
    return i;
}

bool emu_budget_check_subscribers(struct emu_call *call, const json_t *subscribers)
{
    const json_t *one;
    size_t topics = 0;
    size_t i;

    json_array_foreach(subscribers, i, one)
    {
        const char *address = json_string_value(json_object_get(one, "Address"));

        topics += is_sns(one);
        if (!(is_sns(one) ? emu_is_topic_arn(address) : emu_is_email(address)))
            return emu_budget_refuse(call, "The Address of a subscriber is an email address, or "
                                           "the ARN of an SNS topic.");
        if (find_subscriber(subscribers, one) != i) {
            emu_reply_error(call->reply, "DuplicateRecordException",
                            "A subscriber is there twice.");
            return false;
        }
    }
    if (topics > 1 || json_array_size(subscribers) - topics > MAX_EMAILS) {
        emu_reply_error(call->reply, "CreationLimitExceededException",
                        "A notification has one SNS topic and %d email addresses at most.",
                        MAX_EMAILS);
        return false;
    }
    return true;
}

/* ---- notifications ---- */

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

/* Adds one to the list. False: the error is answered. */
static bool keep(struct emu_call *call, json_t *kept, const json_t *notification,
                 const json_t *subscribers)
{
    if (find_kept(kept, notification) != NULL) {
        emu_reply_error(call->reply, "DuplicateRecordException",
                        "A notification of that type, comparison and threshold is there already.");
        return false;
    }
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

/* The notification of the call's budget that a member of it names; NULL: the error is answered. */
static json_t *find(struct emu_call *call, const char *member)
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

static void answer_done(struct emu_call *call, int rc)
{
    emu_reply_json(call->reply, 200, rc == 0 ? json_object() : NULL);
}

void emu_budgets_create_notification(struct emu_call *call)
{
    json_t *record = emu_budget_find(call);

    if (record != NULL && keep(call, json_object_get(record, "notifications"),
                               json_object_get(call->input, "Notification"),
                               json_object_get(call->input, "Subscribers")))
        answer_done(call, 0);
}

void emu_budgets_update_notification(struct emu_call *call)
{
    const json_t *wanted = json_object_get(call->input, "NewNotification");
    json_t *kept = find(call, "OldNotification");
    json_t *other;

    if (kept == NULL)
        return;
    other = find_kept(json_object_get(emu_budget_find(call), "notifications"), wanted);
    if (other != NULL && other != kept)
        emu_reply_error(call->reply, "DuplicateRecordException",
                        "A notification of that type, comparison and threshold is there already.");
    else
        answer_done(call, json_object_set_new(kept, "notification", new_notification(wanted)));
}

void emu_budgets_delete_notification(struct emu_call *call)
{
    const json_t *kept = find(call, "Notification");
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
    answer_done(call, json_array_remove(all, i));
}

void emu_budgets_describe_notifications(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Notifications", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *record = emu_budget_find(call);
    const json_t *budget = json_object_get(record, "budget");
    int64_t now_us = call->request->now_us;
    struct emu_pages pages;
    int64_t units;
    json_t *one;
    size_t i;

    if (record == NULL)
        return;
    emu_pages_init(&pages);
    pages.failed = emu_budget_spend(call->emulator, budget, now_us, &units) < 0 || pages.failed;
    json_array_foreach(json_object_get(record, "notifications"), i, one)
    {
        const json_t *kept = json_object_get(one, "notification");
        bool alarm = emu_budget_alarms(budget, kept, units, now_us);
        json_t *copy = json_deep_copy(kept);
        char key[24];

        snprintf(key, sizeof(key), "%03zu", i);
        if (json_object_set_new(copy, "NotificationState", json_string(alarm ? "ALARM" : "OK")) < 0)
            pages.failed = true;
        emu_pages_add(&pages, key, copy);
    }
    emu_pages_answer(&pages, call, &NAMES);
}

/* ---- operations of subscribers ---- */

/* Puts the list in the place of the notification's, if it keeps the rules. Takes it over. */
static void replace(struct emu_call *call, json_t *kept, json_t *subscribers)
{
    if (subscribers == NULL)
        emu_reply_out_of_memory(call->reply);
    else if (emu_budget_check_subscribers(call, subscribers))
        answer_done(call, json_object_set(kept, "subscribers", subscribers));
    json_decref(subscribers);
}

static size_t find_its(struct emu_call *call, const json_t *subscribers, const char *member)
{
    size_t i = find_subscriber(subscribers, json_object_get(call->input, member));

    if (i == json_array_size(subscribers))
        emu_reply_error(call->reply, "NotFoundException",
                        "The notification has no such subscriber.");
    return i;
}

void emu_budgets_create_subscriber(struct emu_call *call)
{
    json_t *kept = find(call, "Notification");
    json_t *subscribers;

    if (kept == NULL)
        return;
    subscribers = json_deep_copy(json_object_get(kept, "subscribers"));
    if (json_array_append(subscribers, json_object_get(call->input, "Subscriber")) < 0) {
        json_decref(subscribers);
        subscribers = NULL;
    }
    replace(call, kept, subscribers);
}

void emu_budgets_update_subscriber(struct emu_call *call)
{
    json_t *kept = find(call, "Notification");
    json_t *subscribers = json_object_get(kept, "subscribers");
    size_t i;

    if (kept == NULL)
        return;
    i = find_its(call, subscribers, "OldSubscriber");
    if (i == json_array_size(subscribers))
        return;
    subscribers = json_deep_copy(subscribers);
    if (json_array_set(subscribers, i, json_object_get(call->input, "NewSubscriber")) < 0) {
        json_decref(subscribers);
        subscribers = NULL;
    }
    replace(call, kept, subscribers);
}

/* A notification without subscribers is none: with the last of them it goes. */
void emu_budgets_delete_subscriber(struct emu_call *call)
{
    json_t *kept = find(call, "Notification");
    json_t *subscribers = json_object_get(kept, "subscribers");
    size_t i;

    if (kept == NULL)
        return;
    i = find_its(call, subscribers, "Subscriber");
    if (i == json_array_size(subscribers))
        return;
    if (json_array_size(subscribers) == 1)
        emu_budgets_delete_notification(call);
    else
        answer_done(call, json_array_remove(subscribers, i));
}

void emu_budgets_describe_subscribers(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Subscribers", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *kept = find(call, "Notification");
    struct emu_pages pages;
    json_t *one;
    size_t i;

    if (kept == NULL)
        return;
    emu_pages_init(&pages);
    json_array_foreach(json_object_get(kept, "subscribers"), i, one)
    {
        emu_pages_add(&pages, json_string_value(json_object_get(one, "Address")), json_incref(one));
    }
    emu_pages_answer(&pages, call, &NAMES);
}
