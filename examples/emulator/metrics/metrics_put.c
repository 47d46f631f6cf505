/* PutMetricData: values of metrics of one's own.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "dates.h"

#include <string.h>

#define OLDEST_US (14 * EMU_DAY_US)
#define NEWEST_US (120 * EMU_MINUTE_US)

/* ---- rules ---- */

static bool are_counts(const json_t *counts)
{
    const json_t *count;
    size_t i;

    json_array_foreach(counts, i, count)
    {
        if (json_number_value(count) < 1)
            return false;
    }
    return true;
}

/* NULL, or what is wrong with the datum. */
static const char *fault_of(const json_t *datum, int64_t now_us)
{
    const json_t *timestamp = json_object_get(datum, "Timestamp");
    const json_t *set = json_object_get(datum, "StatisticValues");
    const json_t *values = json_object_get(datum, "Values");
    const json_t *counts = json_object_get(datum, "Counts");
    int64_t at_us = timestamp != NULL ? emu_metric_time(timestamp) : now_us;
    int forms = json_is_number(json_object_get(datum, "Value")) + json_is_object(set) +
                (json_array_size(values) > 0);

    if (forms != 1)
        return "A datum has a Value, StatisticValues or Values: one of the three.";
    if (json_array_size(counts) > 0 && json_array_size(counts) != json_array_size(values))
        return "Values and Counts are of the same length.";
    if (!are_counts(counts) ||
        (set != NULL && json_number_value(json_object_get(set, "SampleCount")) < 1))
        return "What is counted was seen once at least.";
    if (at_us < now_us - OLDEST_US || at_us > now_us + NEWEST_US)
        return "A Timestamp is two weeks old at most, and two hours early.";
    return NULL;
}

static bool check(struct emu_call *call, const json_t *data)
{
    const json_t *datum;
    size_t i;

    if (strncmp(emu_call_string(call, "Namespace"), "AWS/", 4) == 0) {
        emu_metric_refuse(call, "InvalidParameterValueException",
                          "The Namespace must not begin with AWS/, whose metrics are AWS's own.");
        return false;
    }
    if (json_array_size(data) > EMU_MAX_DATUMS) {
        emu_metric_refuse(call, "InvalidParameterValueException",
                          "MetricData has 1000 members at most.");
        return false;
    }
    json_array_foreach(data, i, datum)
    {
        const char *fault = fault_of(datum, call->request->now_us);

        if (fault != NULL) {
            emu_metric_refuse(call, "InvalidParameterCombinationException", fault);
            return false;
        }
    }
    return true;
}

/* ---- keeping ---- */

static void add(struct emu_samples *samples, double value, double count)
{
    if (samples->count <= 0 || value < samples->min)
        samples->min = value;
    if (samples->count <= 0 || value > samples->max)
        samples->max = value;
    samples->count += count;
    samples->sum += value * count;
}

static double number(const json_t *object, const char *member)
{
    return json_number_value(json_object_get(object, member));
}

static struct emu_samples samples_of(const json_t *datum, int64_t now_us)
{
    const json_t *timestamp = json_object_get(datum, "Timestamp");
    const json_t *set = json_object_get(datum, "StatisticValues");
    const json_t *counts = json_object_get(datum, "Counts");
    struct emu_samples samples = {.at_us = timestamp != NULL ? emu_metric_time(timestamp) : now_us};
    const json_t *value;
    size_t i;

    if (json_is_number(json_object_get(datum, "Value")))
        add(&samples, number(datum, "Value"), 1);
    json_array_foreach(json_object_get(datum, "Values"), i, value)
    {
        const json_t *count = json_array_get(counts, i);

        add(&samples, json_number_value(value), count != NULL ? json_number_value(count) : 1);
    }
    if (json_is_object(set))
        samples =
            (struct emu_samples){samples.at_us, number(set, "SampleCount"), number(set, "Sum"),
                                 number(set, "Minimum"), number(set, "Maximum")};
    return samples;
}

/* The series of the datum, made if it is not there yet; NULL if out of memory. */
static json_t *find_series(struct emu_call *call, const json_t *datum)
{
    json_t *all = json_object_get(call->emulator->money.metrics, "series");
    const char *unit = json_string_value(json_object_get(datum, "Unit"));
    json_t *dimensions = json_object_get(datum, "Dimensions");
    const struct emu_metric metric = {call->region, emu_call_string(call, "Namespace"),
                                      json_string_value(json_object_get(datum, "MetricName")),
                                      dimensions};
    emu_auto_text key = {0};
    json_t *series;

    emu_metric_key(&key, &metric);
    if (key.failed)
        return NULL;
    series = json_object_get(all, key.data);
    if (series != NULL)
        return series;
    series = json_pack("{s:{s:s, s:s, s:o}, s:s, s:[]}", "metric", "Namespace", metric.space,
                       "MetricName", metric.name, "Dimensions",
                       dimensions != NULL ? json_deep_copy(dimensions) : json_array(), "unit",
                       unit != NULL ? unit : "None", "points");
    return json_object_set_new(all, key.data, series) == 0 ? series : NULL;
}

static int keep(struct emu_call *call, const json_t *datum)
{
    struct emu_samples samples = samples_of(datum, call->request->now_us);
    json_t *series = find_series(call, datum);
    json_t *point = json_pack("[I, I, f, f, f, f]", (json_int_t)samples.at_us,
                              (json_int_t)call->request->now_us, samples.count, samples.sum,
                              samples.min, samples.max);

    return json_array_append_new(json_object_get(series, "points"), point) == 0 ? EMU_OK
                                                                                : EMU_OUT_OF_MEMORY;
}

void emu_metrics_put_data(struct emu_call *call)
{
    const json_t *data = json_object_get(call->input, "MetricData");
    const json_t *datum;
    int rc = EMU_OK;
    size_t i;

    if (!check(call, data))
        return;
    json_array_foreach(data, i, datum)
    {
        if (rc == EMU_OK)
            rc = keep(call, datum);
    }
    emu_reply_json(call->reply, 200, rc == EMU_OK ? json_object() : NULL);
}
