/* What state an alarm is in: its metric in the last periods, compared with its threshold.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "dates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool breaches(const char *comparison, double value, double threshold)
{
    if (strcmp(comparison, "GreaterThanOrEqualToThreshold") == 0)
        return value >= threshold;
    if (strcmp(comparison, "GreaterThanThreshold") == 0)
        return value > threshold;
    if (strcmp(comparison, "LessThanThreshold") == 0)
        return value < threshold;
    return strcmp(comparison, "LessThanOrEqualToThreshold") == 0 && value <= threshold;
}

/* An alarm on one metric as the one query of a list; NULL if out of memory. */
static json_t *query_of(const json_t *alarm)
{
    return json_pack("[{s:s, s:{s:{s:O, s:O, s:O}, s:O, s:O?}}]", "Id", "m1", "MetricStat",
                     "Metric", "Namespace", json_object_get(alarm, "Namespace"), "MetricName",
                     json_object_get(alarm, "MetricName"), "Dimensions",
                     json_object_get(alarm, "Dimensions"), "Period",
                     json_object_get(alarm, "Period"), "Stat", json_object_get(alarm, "Statistic"));
}

/* The one whose values count. */
static const json_t *returned(const json_t *queries)
{
    size_t i = 0;

    while (json_is_false(json_object_get(json_array_get(queries, i), "ReturnData")))
        i++;
    return json_array_get(queries, i);
}

static const char *judge(const json_t *alarm, const double *values, size_t n)
{
    const char *comparison = json_string_value(json_object_get(alarm, "ComparisonOperator"));
    double threshold = json_number_value(json_object_get(alarm, "Threshold"));
    const char *missing = json_string_value(json_object_get(alarm, "TreatMissingData"));
    const json_t *to_alarm = json_object_get(alarm, "DatapointsToAlarm");
    size_t needed = json_is_integer(to_alarm) ? (size_t)json_integer_value(to_alarm) : n;
    size_t breaching = 0;
    size_t absent = 0;

    for (size_t i = 0; i < n; i++) {
        absent += isnan(values[i]) != 0;
        breaching += isnan(values[i]) ? strcmp(missing, "breaching") == 0
                                      : breaches(comparison, values[i], threshold);
    }
    if (absent == n && strcmp(missing, "missing") == 0)
        return "INSUFFICIENT_DATA";
    if (absent == n && strcmp(missing, "ignore") == 0)
        return json_string_value(json_object_get(alarm, "StateValue"));
    return breaching >= needed ? "ALARM" : "OK";
}

static const char *evaluate(const struct emulator *emulator, const char *region,
                            const json_t *alarm, const json_t *queries, int64_t now_us)
{
    const json_t *query = returned(queries);
    int64_t period_us = emu_query_period(queries, query) * EMU_SECOND_US;
    size_t n = (size_t)json_integer_value(json_object_get(alarm, "EvaluationPeriods"));
    int64_t from_us = (now_us / period_us - (int64_t)n + 1) * period_us;
    double *values = calloc(n + 1, sizeof(*values));
    const char *state = json_string_value(json_object_get(alarm, "StateValue"));

    if (values != NULL && emu_query_evaluate(emulator, region, queries, query, from_us, now_us,
                                             period_us, n, values) == EMU_OK)
        state = judge(alarm, values, n);
    free(values);
    return state;
}

const char *emu_alarm_state(const struct emulator *emulator, const char *region,
                            const json_t *alarm, int64_t now_us)
{
    const json_t *told = json_object_get(alarm, "Metrics");
    const char *state = json_string_value(json_object_get(alarm, "StateValue"));
    json_t *made;

    if (json_array_size(told) > 0)
        return evaluate(emulator, region, alarm, told, now_us);
    if (json_object_get(alarm, "Statistic") == NULL)
        return state; /* percentiles and PromQL are not evaluated */
    made = query_of(alarm);
    if (made != NULL)
        state = evaluate(emulator, region, alarm, made, now_us);
    json_decref(made);
    return state;
}
