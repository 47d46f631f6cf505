/* Alarms: put, described, deleted, tagged. Kept as records {"alarm", "tags"} by Region and name.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "arn.h"
#include "dates.h"
#include "lists.h"
#include "pages.h"
#include "resource_tags.h"

#include <string.h>

static json_t *all_alarms(const struct emulator *emulator)
{
    return json_object_get(emulator->money.metrics, "alarms");
}

static json_t *find_alarm(const struct emu_call *call, const char *name)
{
    emu_auto_text key = {0};

    emu_text_printf(&key, "%s %s", call->region, name);
    return json_object_get(all_alarms(call->emulator), emu_text_string(&key));
}

/* ---- PutMetricAlarm ---- */

/* One metric by name, several by queries, or PromQL, which nobody evaluates here. */
static const char *fault_of_metric(const json_t *input)
{
    const json_t *queries = json_object_get(input, "Metrics");
    bool named = json_is_string(json_object_get(input, "MetricName"));
    size_t returned = 0;

    if (json_object_get(input, "EvaluationCriteria") != NULL)
        return named || queries != NULL ? "EvaluationCriteria comes without a metric." : NULL;
    if (named == (json_array_size(queries) > 0))
        return "An alarm watches a MetricName or Metrics: one of the two.";
    for (size_t i = 0; i < json_array_size(queries); i++)
        returned += !json_is_false(json_object_get(json_array_get(queries, i), "ReturnData"));
    if (!named)
        return returned == 1 ? NULL : "One of the Metrics has ReturnData true.";
    if (!json_is_string(json_object_get(input, "Namespace")))
        return "An alarm on a MetricName needs its Namespace.";
    if (json_is_string(json_object_get(input, "Statistic")) ==
        json_is_string(json_object_get(input, "ExtendedStatistic")))
        return "An alarm on a MetricName has a Statistic or an ExtendedStatistic.";
    return json_is_integer(json_object_get(input, "Period")) ? NULL : "Period is missing.";
}

static const char *fault_of_evaluation(const json_t *input)
{
    const json_t *period = json_object_get(input, "Period");
    int64_t n = json_integer_value(json_object_get(input, "EvaluationPeriods"));
    const json_t *to_alarm = json_object_get(input, "DatapointsToAlarm");
    const char *missing = json_string_value(json_object_get(input, "TreatMissingData"));
    int64_t length = json_is_integer(period) ? json_integer_value(period) : 60;

    if (json_object_get(input, "EvaluationCriteria") != NULL)
        return NULL;
    if (n == 0 || json_object_get(input, "ComparisonOperator") == NULL)
        return "An alarm has EvaluationPeriods and a ComparisonOperator.";
    if (json_object_get(input, "Threshold") == NULL &&
        json_object_get(input, "ThresholdMetricId") == NULL)
        return "An alarm has a Threshold, or a ThresholdMetricId.";
    if (length != 10 && length != 30 && length % 60 != 0)
        return "Period must be 10, 30 or a multiple of 60";
    if (length * n > 7 * 86400 || (length < 3600 && length * n > 86400))
        return "The periods of an evaluation are a day together at most, or seven if one is an "
               "hour or longer.";
    if (json_is_integer(to_alarm) && json_integer_value(to_alarm) > n)
        return "DatapointsToAlarm is EvaluationPeriods at most.";
    if (missing != NULL && strcmp(missing, "breaching") != 0 &&
        strcmp(missing, "notBreaching") != 0 && strcmp(missing, "ignore") != 0 &&
        strcmp(missing, "missing") != 0)
        return "TreatMissingData is breaching, notBreaching, ignore or missing.";
    return NULL;
}

/* What is told, completed; Tags are no part of an alarm. The state is that of before, if it was
 * there. */
static json_t *new_alarm(const struct emu_call *call, const json_t *before)
{
    static const char *const STATE[] = {"StateValue", "StateReason", "StateUpdatedTimestamp",
                                        "StateTransitionedTimestamp"};
    const char *name = emu_call_string(call, "AlarmName");
    double now = emu_seconds(call->request->now_us);
    json_t *alarm = json_pack(
        "{s:b, s:[], s:[], s:[], s:[], s:s, s:f, s:s, s:s, s:f, s:f, s:o}", "ActionsEnabled", true,
        "OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions", "TreatMissingData",
        "missing", "AlarmConfigurationUpdatedTimestamp", now, "StateValue", "INSUFFICIENT_DATA",
        "StateReason", "Unchecked: Initial alarm creation", "StateUpdatedTimestamp", now,
        "StateTransitionedTimestamp", now, "AlarmArn",
        json_sprintf("arn:%s:cloudwatch:%s:" EMU_ACCOUNT ":alarm:%s",
                     emu_partition_of(call->region), call->region, name));
    json_t *told = json_deep_copy(call->input);
    int rc = alarm != NULL && told != NULL ? 0 : -1;

    json_object_del(told, "Tags");
    if (rc == 0)
        rc = json_object_update(alarm, told);
    for (size_t i = 0; i < sizeof(STATE) / sizeof(STATE[0]) && before != NULL && rc == 0; i++)
        rc = json_object_set(alarm, STATE[i], json_object_get(before, STATE[i]));
    json_decref(told);
    if (rc == 0)
        return alarm;
    json_decref(alarm);
    return NULL;
}

/* Tags are for new alarms: those of one that is there stay as they are. */
static void keep(struct emu_call *call, json_t *before)
{
    static const struct emu_tag_errors ERRORS = {"ValidationException", "LimitExceededFault"};
    json_t *alarm = new_alarm(call, json_object_get(before, "alarm"));
    json_t *record;
    emu_auto_text key = {0};

    emu_text_printf(&key, "%s %s", call->region, emu_call_string(call, "AlarmName"));
    record =
        json_pack("{s:o, s:o}", "alarm", alarm, "tags",
                  before != NULL ? json_deep_copy(json_object_get(before, "tags")) : json_object());
    if (record == NULL || key.failed) {
        json_decref(record);
        emu_reply_out_of_memory(call->reply);
        return;
    }
    if (before == NULL && !emu_resource_tags_put(call, json_object_get(record, "tags"),
                                                 json_object_get(call->input, "Tags"), &ERRORS)) {
        json_decref(record);
        return;
    }
    emu_reply_json(call->reply, 200,
                   json_object_set_new(all_alarms(call->emulator), key.data, record) == 0
                       ? json_object()
                       : NULL);
}

void emu_metrics_put_alarm(struct emu_call *call)
{
    const char *fault = fault_of_metric(call->input);

    if (fault == NULL)
        fault = fault_of_evaluation(call->input);
    if (fault != NULL)
        emu_metric_refuse(call, "ValidationException", fault);
    else
        keep(call, find_alarm(call, emu_call_string(call, "AlarmName")));
}

/* ---- DescribeAlarms ---- */

static bool has_action(const json_t *alarm, const char *prefix)
{
    const json_t *action;
    size_t i;

    json_array_foreach(json_object_get(alarm, "AlarmActions"), i, action)
    {
        if (strncmp(json_string_value(action), prefix, strlen(prefix)) == 0)
            return true;
    }
    return false;
}

static bool is_wanted(const struct emu_call *call, const json_t *alarm)
{
    const char *state = json_string_value(json_object_get(alarm, "StateValue"));
    const char *name = json_string_value(json_object_get(alarm, "AlarmName"));
    const char *prefix = emu_call_string(call, "AlarmNamePrefix");
    const char *wanted = emu_call_string(call, "StateValue");
    const char *action = emu_call_string(call, "ActionPrefix");
    const json_t *types = json_object_get(call->input, "AlarmTypes");
    const json_t *names = json_object_get(call->input, "AlarmNames");

    return (json_array_size(names) == 0 || emu_has_string(names, name)) &&
           (prefix == NULL || strncmp(name, prefix, strlen(prefix)) == 0) &&
           (wanted == NULL || strcmp(state, wanted) == 0) &&
           (action == NULL || has_action(alarm, action)) &&
           (json_array_size(types) == 0 || emu_has_string(types, "MetricAlarm"));
}

void emu_metrics_describe_alarms(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {"MetricAlarms",     "NextToken", "MaxRecords", 50,
                                                "InvalidNextToken", false};
    size_t len = strlen(call->region);
    struct emu_pages pages;
    const char *key;
    json_t *record;

    if (json_array_size(json_object_get(call->input, "AlarmNames")) > 0 &&
        emu_call_string(call, "AlarmNamePrefix") != NULL) {
        emu_metric_refuse(call, "ValidationException",
                          "AlarmNames and AlarmNamePrefix are not for one call.");
        return;
    }
    emu_pages_init(&pages);
    json_object_foreach(all_alarms(call->emulator), key, record)
    {
        json_t *alarm = json_object_get(record, "alarm");

        if (strncmp(key, call->region, len) == 0 && key[len] == ' ' && is_wanted(call, alarm))
            emu_pages_add(&pages, key, json_incref(alarm));
    }
    emu_pages_answer(&pages, call, &NAMES);
}

/* ---- DeleteAlarms: all of them or none ---- */

void emu_metrics_delete_alarms(struct emu_call *call)
{
    const json_t *names = json_object_get(call->input, "AlarmNames");
    const json_t *name;
    size_t i;

    json_array_foreach(names, i, name)
    {
        if (find_alarm(call, json_string_value(name)) == NULL) {
            emu_reply_error(call->reply, "ResourceNotFound", "There is no alarm %s.",
                            json_string_value(name));
            return;
        }
    }
    json_array_foreach(names, i, name)
    {
        emu_auto_text key = {0};

        emu_text_printf(&key, "%s %s", call->region, json_string_value(name));
        json_object_del(all_alarms(call->emulator), emu_text_string(&key));
    }
    emu_reply_json(call->reply, 200, json_object());
}

/* ---- tags ---- */

/* Those of the alarm whose ARN the call names, or NULL and the error is answered. */
static json_t *find_tags(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "ResourceARN");
    const char *key;
    json_t *record;

    json_object_foreach(all_alarms(call->emulator), key, record)
    {
        const json_t *alarm = json_object_get(record, "alarm");

        if (strcmp(json_string_value(json_object_get(alarm, "AlarmArn")), arn) == 0)
            return json_object_get(record, "tags");
    }
    emu_reply_error_json(call->reply, 404, "ResourceNotFoundException",
                         json_pack("{s:s, s:s, s:s}", "message", "There is no such resource.",
                                   "ResourceType", "alarm", "ResourceId", arn));
    return NULL;
}

void emu_metrics_list_resource_tags(struct emu_call *call)
{
    emu_resource_tags_tell(call, find_tags(call), "Tags");
}

void emu_metrics_tag_resource(struct emu_call *call)
{
    static const struct emu_tag_errors ERRORS = {"InvalidParameterValueException",
                                                 "InvalidParameterValueException"};

    emu_resource_tags_tag(call, find_tags(call), "Tags", &ERRORS);
}

void emu_metrics_untag_resource(struct emu_call *call)
{
    emu_resource_tags_untag(call, find_tags(call), "TagKeys");
}
