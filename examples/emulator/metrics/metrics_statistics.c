/* GetMetricStatistics and ListMetrics, and what inputs about metrics have in common.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "dates.h"
#include "pages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POINTS 1440
#define PAGE_SIZE  500

/* ---- inputs ---- */

int64_t emu_metric_time(const json_t *seconds)
{
    return (int64_t)(json_number_value(seconds) * 1000) * 1000;
}

void emu_metric_refuse(struct emu_call *call, const char *type, const char *text)
{
    emu_reply_error(call->reply, type, "%s", text);
}

/* What is old is kept in longer periods only. */
bool emu_metric_period(struct emu_call *call, int64_t period, int64_t from_us)
{
    int64_t age_days = (call->request->now_us - from_us) / EMU_DAY_US;

    if (period != 1 && period != 5 && period != 10 && period != 30 &&
        (period <= 0 || period % 60 != 0)) {
        emu_metric_refuse(call, "ValidationException",
                          "Period must be 1, 5, 10, 30 or a multiple of 60");
        return false;
    }
    if ((age_days > 15 && period % 300 != 0) || (age_days > 63 && period % 3600 != 0)) {
        emu_metric_refuse(call, "ValidationException",
                          "Period must be a multiple of 300 for what began more than 15 days ago, "
                          "of 3600 after 63 days.");
        return false;
    }
    return true;
}

/* ---- GetMetricStatistics ---- */

static json_t *point_json(const struct emu_call *call, const struct emu_samples *samples,
                          const char *unit)
{
    json_t *point = json_pack("{s:I, s:s}", "Timestamp",
                              (json_int_t)(samples->at_us / EMU_SECOND_US), "Unit", unit);
    const json_t *statistic;
    size_t i;

    json_array_foreach(json_object_get(call->input, "Statistics"), i, statistic)
    {
        const char *name = json_string_value(statistic);

        if (json_object_set_new(point, name, json_real(emu_statistic(samples, name))) < 0) {
            json_decref(point);
            return NULL;
        }
    }
    return point;
}

static json_t *points_json(const struct emu_call *call, const struct emu_samples *buckets, size_t n,
                           const char *unit)
{
    json_t *points = json_array();

    for (size_t i = 0; i < n; i++) {
        if (buckets[i].count > 0 &&
            json_array_append_new(points, point_json(call, &buckets[i], unit)) < 0) {
            json_decref(points);
            return NULL;
        }
    }
    return points;
}

static void answer_statistics(struct emu_call *call, const struct emu_metric *metric,
                              int64_t from_us, int64_t period_us, size_t n)
{
    struct emu_samples *buckets = calloc(n + 1, sizeof(*buckets));
    json_t *answer = NULL;

    if (buckets != NULL) {
        emu_metric_collect(call->emulator, metric, from_us, from_us + (int64_t)n * period_us,
                           call->request->now_us, period_us, buckets);
        answer = json_pack("{s:s, s:o}", "Label", metric->name, "Datapoints",
                           points_json(call, buckets, n, emu_metric_unit(call->emulator, metric)));
    }
    emu_reply_json(call->reply, 200, answer);
    free(buckets);
}

void emu_metrics_get_statistics(struct emu_call *call)
{
    const struct emu_metric metric = {call->region, emu_call_string(call, "Namespace"),
                                      emu_call_string(call, "MetricName"),
                                      json_object_get(call->input, "Dimensions")};
    int64_t from_us = emu_metric_time(json_object_get(call->input, "StartTime"));
    int64_t to_us = emu_metric_time(json_object_get(call->input, "EndTime"));
    int64_t period = json_integer_value(json_object_get(call->input, "Period"));
    int64_t n;

    if (json_object_get(call->input, "Statistics") == NULL) {
        emu_metric_refuse(call, "MissingRequiredParameterException",
                          "The parameter Statistics is required here: percentiles are not known.");
    } else if (from_us >= to_us) {
        emu_metric_refuse(call, "InvalidParameterValueException",
                          "The parameter StartTime must be less than the parameter EndTime.");
    } else if (emu_metric_period(call, period, from_us)) {
        from_us = from_us / (period * EMU_SECOND_US) * (period * EMU_SECOND_US);
        n = (to_us - from_us + period * EMU_SECOND_US - 1) / (period * EMU_SECOND_US);
        if (n > MAX_POINTS)
            emu_reply_error(call->reply, "InvalidParameterCombinationException",
                            "You have requested up to %" PRId64 " datapoints, which exceeds the "
                            "limit of %d.",
                            n, MAX_POINTS);
        else
            answer_statistics(call, &metric, from_us, period * EMU_SECOND_US, (size_t)n);
    }
}

/* ---- ListMetrics ---- */

struct listing {
    const struct emu_call *call;
    json_t *found; /* by key */
};

/* Has the metric a dimension that the filter is for? */
static bool has_dimension(const json_t *metric, const json_t *filter)
{
    const json_t *value = json_object_get(filter, "Value");
    const json_t *dimension;
    size_t i;

    json_array_foreach(json_object_get(metric, "Dimensions"), i, dimension)
    {
        if (json_equal(json_object_get(dimension, "Name"), json_object_get(filter, "Name")) &&
            (value == NULL || json_equal(json_object_get(dimension, "Value"), value)))
            return true;
    }
    return false;
}

static bool is_wanted(const struct emu_call *call, const json_t *metric)
{
    const json_t *space = json_object_get(call->input, "Namespace");
    const json_t *name = json_object_get(call->input, "MetricName");
    const json_t *filter;
    size_t i;

    if ((space != NULL && !json_equal(space, json_object_get(metric, "Namespace"))) ||
        (name != NULL && !json_equal(name, json_object_get(metric, "MetricName"))))
        return false;
    json_array_foreach(json_object_get(call->input, "Dimensions"), i, filter)
    {
        if (!has_dimension(metric, filter))
            return false;
    }
    return true;
}

static int add_metric(const json_t *metric, void *data)
{
    const struct listing *listing = data;
    const struct emu_metric named = {listing->call->region,
                                     json_string_value(json_object_get(metric, "Namespace")),
                                     json_string_value(json_object_get(metric, "MetricName")),
                                     json_object_get(metric, "Dimensions")};
    emu_auto_text key = {0};

    if (!is_wanted(listing->call, metric))
        return EMU_OK;
    emu_metric_key(&key, &named);
    if (key.failed || json_object_set_new(listing->found, key.data, json_deep_copy(metric)) < 0)
        return EMU_OUT_OF_MEMORY;
    return EMU_OK;
}

void emu_metrics_list(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "Metrics", "NextToken", NULL, PAGE_SIZE, "InvalidParameterValueException", false};
    struct listing listing = {call, json_object()};
    struct emu_pages pages;
    const char *key;
    json_t *metric;

    emu_pages_init(&pages);
    if (listing.found == NULL || emu_metric_list(call->emulator, call->region,
                                                 call->request->now_us, add_metric, &listing) < 0)
        pages.failed = true;
    json_object_foreach(listing.found, key, metric)
    {
        emu_pages_add(&pages, key, json_incref(metric));
    }
    json_decref(listing.found);
    emu_pages_answer(&pages, call, &NAMES);
}
