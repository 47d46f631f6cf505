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

static const char *state_of(const json_t *alarm)
{
    return json_string_value(json_object_get(alarm, "StateValue"));
}

static struct emu_alarm_verdict judge(const json_t *alarm, const double *values, size_t n)
{
    const char *comparison = json_string_value(json_object_get(alarm, "ComparisonOperator"));
    double threshold = json_number_value(json_object_get(alarm, "Threshold"));
    const char *missing = json_string_value(json_object_get(alarm, "TreatMissingData"));
    const json_t *to_alarm = json_object_get(alarm, "DatapointsToAlarm");
    size_t needed = json_is_integer(to_alarm) ? (size_t)json_integer_value(to_alarm) : n;
    struct emu_alarm_verdict verdict = {.periods = n};
    size_t absent = 0;

    for (size_t i = 0; i < n; i++) {
        absent += isnan(values[i]) != 0;
        verdict.breaching += isnan(values[i]) ? strcmp(missing, "breaching") == 0
                                              : breaches(comparison, values[i], threshold);
    }
    if (absent == n && strcmp(missing, "missing") == 0)
        verdict.state = "INSUFFICIENT_DATA";
    else if (absent == n && strcmp(missing, "ignore") == 0)
        verdict.state = state_of(alarm);
    else
        verdict.state = verdict.breaching >= needed ? "ALARM" : "OK";
    return verdict;
}

static int evaluate(const struct emulator *emulator, const char *region, const json_t *alarm,
                    const json_t *queries, int64_t now_us, struct emu_alarm_verdict *ret_verdict)
{
    const json_t *query = returned(queries);
    int64_t period_us = emu_query_period(queries, query) * EMU_SECOND_US;
    size_t n = (size_t)json_integer_value(json_object_get(alarm, "EvaluationPeriods"));
    int64_t from_us = (now_us / period_us - (int64_t)n + 1) * period_us;
    double *values = calloc(n + 1, sizeof(*values));
    int rc = values != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;

    if (rc == EMU_OK)
        rc = emu_query_evaluate(emulator, region, queries, query, from_us, now_us, period_us, n,
                                values);
    if (rc == EMU_OK)
        *ret_verdict = judge(alarm, values, n);
    free(values);
    return rc == EMU_INVALID ? EMU_OK : rc; /* what is not understood leaves the state as it is */
}

int emu_alarm_judge(const struct emulator *emulator, const char *region, const json_t *alarm,
                    int64_t now_us, struct emu_alarm_verdict *ret_verdict)
{
    const json_t *told = json_object_get(alarm, "Metrics");
    json_t *made;
    int rc;

    *ret_verdict = (struct emu_alarm_verdict){.state = state_of(alarm)};
    if (json_array_size(told) > 0)
        return evaluate(emulator, region, alarm, told, now_us, ret_verdict);
    if (json_object_get(alarm, "Statistic") == NULL)
        return EMU_OK; /* percentiles and PromQL are not evaluated */
    made = query_of(alarm);
    if (made == NULL)
        return EMU_OUT_OF_MEMORY;
    rc = evaluate(emulator, region, alarm, made, now_us, ret_verdict);
    json_decref(made);
    return rc;
}
