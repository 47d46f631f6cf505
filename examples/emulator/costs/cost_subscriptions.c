/* Subscriptions to cost anomalies, the anomalies themselves, and tags of both.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost_anomaly.h"
#include "dates.h"
#include "lists.h"
#include "money_patterns.h"

#include <stdlib.h>
#include <string.h>

#define MAX_EMAILS 10

/* ---- rules ---- */

/* {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_...", ...}}, or an And or Or of two such. */
static bool is_threshold(const json_t *expression)
{
    const json_t *pair = json_object_get(expression, "And");
    const json_t *leaf = json_object_get(expression, "Dimensions");
    const char *key = json_string_value(json_object_get(leaf, "Key"));
    const json_t *values = json_object_get(leaf, "Values");
    const json_t *options = json_object_get(leaf, "MatchOptions");

    if (pair == NULL)
        pair = json_object_get(expression, "Or");
    if (pair != NULL)
        return json_array_size(pair) == 2 && is_threshold(json_array_get(pair, 0)) &&
               is_threshold(json_array_get(pair, 1));
    return key != NULL && strncmp(key, "ANOMALY_TOTAL_IMPACT_", 21) == 0 &&
           json_array_size(values) == 1 &&
           EMU_PATTERN_AMOUNT.matches(emu_slice_of(json_string_value(json_array_get(values, 0)))) &&
           json_array_size(options) == 1 && emu_has_string(options, "GREATER_THAN_OR_EQUAL");
}

static bool check_subscribers(struct emu_call *call, const json_t *subscription)
{
    const char *frequency = json_string_value(json_object_get(subscription, "Frequency"));
    bool immediate = strcmp(frequency, "IMMEDIATE") == 0;
    const json_t *subscribers = json_object_get(subscription, "Subscribers");
    const json_t *one;
    size_t emails = 0;
    size_t i;

    json_array_foreach(subscribers, i, one)
    {
        const char *type = json_string_value(json_object_get(one, "Type"));
        const char *address = json_string_value(json_object_get(one, "Address"));
        bool email = type != NULL && strcmp(type, "EMAIL") == 0;

        if (type == NULL || address == NULL ||
            !(email ? emu_is_email(address) : emu_is_topic_arn(address)))
            return emu_cost_refuse(call, "A subscriber has a Type, and an Address of that type.");
        if (email == immediate)
            return emu_cost_refuse(call,
                                   "IMMEDIATE goes to SNS topics, DAILY and WEEKLY to email.");
        emails += email;
    }
    if (emails > MAX_EMAILS || json_array_size(subscribers) == 0 ||
        json_array_size(subscribers) > emails + 1)
        return emu_cost_refuse(call,
                               "A subscription has one SNS topic, or one to ten email addresses.");
    return true;
}

static bool check(struct emu_call *call, const json_t *subscription)
{
    const json_t *threshold = json_object_get(subscription, "Threshold");
    const json_t *expression = json_object_get(subscription, "ThresholdExpression");
    const json_t *monitors = json_object_get(subscription, "MonitorArnList");

    if (json_array_size(monitors) == 0)
        return emu_cost_refuse(call, "MonitorArnList names one monitor at least.");
    if (threshold == NULL && expression == NULL)
        return emu_cost_refuse(call, "Threshold and ThresholdExpression cannot both be null");
    if (threshold != NULL && expression != NULL)
        return emu_cost_refuse(call, "Threshold and ThresholdExpression cannot both be there.");
    if (expression != NULL && !is_threshold(expression))
        return emu_cost_refuse(call, "ThresholdExpression compares the impact with one number, by "
                                     "GREATER_THAN_OR_EQUAL; two such may be joined by And or Or.");
    return check_subscribers(call, subscription) &&
           emu_cost_all_known(call, "monitors", monitors, "UnknownMonitorException");
}

/* ---- the operations ---- */

/* Addresses of email are to be confirmed by whoever reads it; here they are at once. */
static int confirm(json_t *subscription)
{
    const json_t *subscribers = json_object_get(subscription, "Subscribers");
    json_t *one;
    size_t i;

    json_array_foreach(subscribers, i, one)
    {
        if (json_object_set_new(one, "Status", json_string("CONFIRMED")) < 0)
            return -1;
    }
    return 0;
}

static json_t *new_subscription(const json_t *told, const char *arn)
{
    json_t *subscription = json_deep_copy(told);

    if (json_object_set_new(subscription, "SubscriptionArn", json_string(arn)) == 0 &&
        json_object_set_new(subscription, "AccountId", json_string(EMU_ACCOUNT)) == 0 &&
        confirm(subscription) == 0)
        return subscription;
    json_decref(subscription);
    return NULL;
}

void emu_cost_create_subscription(struct emu_call *call)
{
    const json_t *told = json_object_get(call->input, "AnomalySubscription");
    emu_auto_text arn = {0};

    if (!check(call, told))
        return;
    if (emu_cost_new_arn(call, &arn, "anomalysubscription") == NULL)
        emu_reply_out_of_memory(call->reply);
    else if (emu_cost_keep(call, "subscriptions", arn.data, new_subscription(told, arn.data)))
        emu_reply_json(call->reply, 200, json_pack("{s:s}", "SubscriptionArn", arn.data));
}

static bool watches(const struct emu_call *call, const json_t *subscription)
{
    const char *monitor = emu_call_string(call, "MonitorArn");

    return monitor == NULL ||
           emu_has_string(json_object_get(subscription, "MonitorArnList"), monitor);
}

void emu_cost_get_subscriptions(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {"AnomalySubscriptions",
                                                "NextPageToken",
                                                "MaxResults",
                                                100,
                                                "InvalidNextTokenException",
                                                false};
    const json_t *arns = json_object_get(call->input, "SubscriptionArnList");

    if (emu_cost_all_known(call, "subscriptions", arns, "UnknownSubscriptionException"))
        emu_cost_answer_all(call, "subscriptions", arns, watches, &NAMES);
}

static json_t *find(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "SubscriptionArn");
    json_t *record = emu_cost_record(call->emulator, "subscriptions", arn);

    if (record == NULL)
        emu_reply_error(call->reply, "UnknownSubscriptionException", "There is no subscription %s.",
                        arn);
    return json_object_get(record, "it");
}

/* With what the call says instead; one form of the threshold replaces the other. */
static json_t *changed(const struct emu_call *call, const json_t *subscription)
{
    json_t *copy = json_deep_copy(subscription);
    json_t *told = json_deep_copy(call->input);

    if (json_object_get(told, "Threshold") != NULL)
        json_object_del(copy, "ThresholdExpression");
    else if (json_object_get(told, "ThresholdExpression") != NULL)
        json_object_del(copy, "Threshold");
    if (copy == NULL || told == NULL || json_object_update(copy, told) < 0 || confirm(copy) < 0) {
        json_decref(copy);
        copy = NULL;
    }
    json_decref(told);
    return copy;
}

void emu_cost_update_subscription(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "SubscriptionArn");
    json_t *subscription = find(call);
    json_t *copy;

    if (subscription == NULL)
        return;
    copy = changed(call, subscription);
    if (copy == NULL) {
        emu_reply_out_of_memory(call->reply);
    } else if (check(call, copy)) {
        json_t *record = emu_cost_record(call->emulator, "subscriptions", arn);

        emu_reply_json(call->reply, 200,
                       json_object_set(record, "it", copy) == 0
                           ? json_pack("{s:s}", "SubscriptionArn", arn)
                           : NULL);
    }
    json_decref(copy);
}

void emu_cost_delete_subscription(struct emu_call *call)
{
    if (find(call) == NULL)
        return;
    json_object_del(json_object_get(call->emulator->money.costs, "subscriptions"),
                    emu_call_string(call, "SubscriptionArn"));
    emu_reply_json(call->reply, 200, json_object());
}

/* ---- anomalies: those that were told, for nothing is detected here ---- */

int emu_cost_tell_anomaly(struct emulator *emulator, const json_t *told, struct emu_text *message)
{
    json_t *anomaly = json_deep_copy(told);
    char id[37];

    if (emu_cost_record(emulator, "monitors",
                        json_string_value(json_object_get(told, "MonitorArn"))) == NULL ||
        !json_is_object(json_object_get(told, "Impact")) ||
        !json_is_string(json_object_get(told, "AnomalyStartDate"))) {
        emu_text_puts(message, "An anomaly needs the MonitorArn of a monitor that is there, an "
                               "Impact and an AnomalyStartDate, as GetAnomalies answers them.");
        json_decref(anomaly);
        return EMU_INVALID;
    }
    emu_random_uuid(&emulator->random, id);
    if (json_object_set_new(anomaly, "AnomalyId", json_string(id)) < 0 ||
        json_object_set_new(anomaly, "AnomalyScore",
                            json_pack("{s:f, s:f}", "MaxScore", 0.5, "CurrentScore", 0.5)) < 0) {
        json_decref(anomaly);
        return EMU_OUT_OF_MEMORY;
    }
    return json_array_append_new(json_object_get(emulator->money.costs, "anomalies"), anomaly) == 0
               ? EMU_OK
               : EMU_OUT_OF_MEMORY;
}

static bool has_impact(const struct emu_call *call, const json_t *anomaly)
{
    const json_t *filter = json_object_get(call->input, "TotalImpact");
    const char *comparison = json_string_value(json_object_get(filter, "NumericOperator"));
    double start = json_number_value(json_object_get(filter, "StartValue"));
    double end = json_number_value(json_object_get(filter, "EndValue"));
    double impact =
        json_number_value(json_object_get(json_object_get(anomaly, "Impact"), "TotalImpact"));

    if (comparison == NULL)
        return true;
    if (strcmp(comparison, "BETWEEN") == 0)
        return impact >= start && impact <= end;
    if (strcmp(comparison, "EQUAL") == 0)
        return impact >= start && impact <= start;
    if (strncmp(comparison, "GREATER", 7) == 0)
        return impact > start || (strstr(comparison, "OR_EQUAL") != NULL && impact >= start);
    return impact < start || (strstr(comparison, "OR_EQUAL") != NULL && impact <= start);
}

static bool has_feedback(const struct emu_call *call, const json_t *anomaly)
{
    const json_t *feedback = json_object_get(call->input, "Feedback");

    return feedback == NULL || json_equal(feedback, json_object_get(anomaly, "Feedback"));
}

static bool is_within(const struct emu_call *call, const json_t *anomaly)
{
    const json_t *interval = json_object_get(call->input, "DateInterval");
    const char *start = json_string_value(json_object_get(anomaly, "AnomalyStartDate"));
    const char *from = json_string_value(json_object_get(interval, "StartDate"));
    const char *to = json_string_value(json_object_get(interval, "EndDate"));

    return strncmp(start, from, 10) >= 0 && (to == NULL || strncmp(start, to, 10) <= 0);
}

void emu_cost_get_anomalies(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Anomalies", "NextPageToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const char *monitor = emu_call_string(call, "MonitorArn");
    struct emu_pages pages;
    json_t *anomaly;
    size_t i;

    emu_pages_init(&pages);
    json_array_foreach(json_object_get(call->emulator->money.costs, "anomalies"), i, anomaly)
    {
        const char *its = json_string_value(json_object_get(anomaly, "MonitorArn"));
        const char *id = json_string_value(json_object_get(anomaly, "AnomalyId"));

        if ((monitor == NULL || strcmp(monitor, its) == 0) && is_within(call, anomaly) &&
            has_impact(call, anomaly) && has_feedback(call, anomaly))
            emu_pages_add(&pages, id, json_incref(anomaly));
    }
    emu_pages_answer(&pages, call, &NAMES);
}

/* ---- tags ---- */

/* Those of the resource that the call names, or NULL and the error is answered. */
static json_t *find_tags(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "ResourceArn");
    json_t *record = emu_cost_record(call->emulator, "monitors", arn);

    if (record == NULL)
        record = emu_cost_record(call->emulator, "subscriptions", arn);
    if (record == NULL)
        emu_reply_error_json(
            call->reply, 400, "ResourceNotFoundException",
            json_pack("{s:s, s:s}", "message", "There is no such resource.", "ResourceName", arn));
    return json_object_get(record, "tags");
}

void emu_cost_list_resource_tags(struct emu_call *call)
{
    emu_resource_tags_tell(call, find_tags(call), "ResourceTags");
}

void emu_cost_tag_resource(struct emu_call *call)
{
    static const struct emu_tag_errors ERRORS = {"ValidationException", "TooManyTagsException"};

    emu_resource_tags_tag(call, find_tags(call), "ResourceTags", &ERRORS);
}

void emu_cost_untag_resource(struct emu_call *call)
{
    emu_resource_tags_untag(call, find_tags(call), "ResourceTagKeys");
}
