/* Who is told of a budget's notifications and actions.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "money_patterns.h"
#include "pages.h"

#include <string.h>

#define MAX_EMAILS 10

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

/* ---- the operations ---- */

static json_t *subscribers_of(const json_t *kept)
{
    return json_object_get(kept, "subscribers");
}

/* Puts a subscriber of the input at a place of the notification's list, which may be its end, if
 * the list keeps the rules then. */
static void put(struct emu_call *call, json_t *kept, size_t at, const char *member)
{
    json_t *list = json_deep_copy(subscribers_of(kept));
    json_t *subscriber = json_object_get(call->input, member);
    int rc = at < json_array_size(list) ? json_array_set(list, at, subscriber)
                                        : json_array_append(list, subscriber);

    if (rc < 0)
        emu_reply_out_of_memory(call->reply);
    else if (emu_budget_check_subscribers(call, list))
        emu_budget_done(call, json_object_set(kept, "subscribers", list));
    json_decref(list);
}

/* The notification that the call names, and the place of a subscriber that it names; NULL: one of
 * the two is not there, and the error is answered. */
static json_t *find(struct emu_call *call, const char *member, size_t *ret_at)
{
    json_t *kept = emu_budget_notification(call, "Notification");

    if (kept == NULL)
        return NULL;
    *ret_at = find_subscriber(subscribers_of(kept), json_object_get(call->input, member));
    if (*ret_at < json_array_size(subscribers_of(kept)))
        return kept;
    emu_reply_error(call->reply, "NotFoundException", "The notification has no such subscriber.");
    return NULL;
}

void emu_budgets_create_subscriber(struct emu_call *call)
{
    json_t *kept = emu_budget_notification(call, "Notification");

    if (kept != NULL)
        put(call, kept, json_array_size(subscribers_of(kept)), "Subscriber");
}

void emu_budgets_update_subscriber(struct emu_call *call)
{
    size_t at;
    json_t *kept = find(call, "OldSubscriber", &at);

    if (kept != NULL)
        put(call, kept, at, "NewSubscriber");
}

/* A notification without subscribers is none: with the last of them it goes. */
void emu_budgets_delete_subscriber(struct emu_call *call)
{
    size_t at;
    const json_t *kept = find(call, "Subscriber", &at);

    if (kept == NULL)
        return;
    if (json_array_size(subscribers_of(kept)) == 1)
        emu_budgets_delete_notification(call);
    else
        emu_budget_done(call, json_array_remove(subscribers_of(kept), at));
}

void emu_budgets_describe_subscribers(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Subscribers", "NextToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *kept = emu_budget_notification(call, "Notification");
    struct emu_pages pages;
    json_t *one;
    size_t i;

    if (kept == NULL)
        return;
    emu_pages_init(&pages);
    json_array_foreach(subscribers_of(kept), i, one)
    {
        emu_pages_add(&pages, json_string_value(json_object_get(one, "Address")), json_incref(one));
    }
    emu_pages_answer(&pages, call, &NAMES);
}
