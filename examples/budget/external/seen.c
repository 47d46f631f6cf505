/* Tokens of a profile as CloudWatch counts them. SPDX-License-Identifier: MIT */
#include "external.h"

#include <string.h>

/* Below this a double holds whole numbers without loss. */
#define EXACT_END 9007199254740992.0 /* 2^53 */

/* The name of a series is its kind; the metric's is AWS's. */
static const struct {
    const char *id, *metric;
} series[TOKEN_KINDS] = {
    [TOKENS_INPUT] = {"input", "InputTokenCount"},
    [TOKENS_OUTPUT] = {"output", "OutputTokenCount"},
    [TOKENS_CACHE_READ] = {"cacheRead", "CacheReadInputTokens"},
    [TOKENS_CACHE_WRITE] = {"cacheWrite", "CacheWriteInputTokens"},
};

static json_t *input_of(const struct span *span)
{
    json_t *queries = json_array();

    for (int kind = 0; kind < TOKEN_KINDS; kind++)
        json_array_append_new(
            queries, json_pack("{ss s{s{ss ss s[{ss ss}]} si ss} sb}", "Id", series[kind].id,
                               "MetricStat", "Metric", "Namespace", "AWS/Bedrock", "MetricName",
                               series[kind].metric, "Dimensions", "Name", "ModelId", "Value",
                               span->id, "Period", PERIOD_S, "Stat", "Sum", "ReturnData", 1));
    return json_pack("{so sI sI ss}", "MetricDataQueries", queries, "StartTime",
                     (json_int_t)span->since_s, "EndTime", (json_int_t)span->until_s, "ScanBy",
                     "TimestampAscending");
}

static int kind_of(const json_t *result)
{
    for (int kind = 0; kind < TOKEN_KINDS; kind++) {
        if (strcmp(shown(result, "Id"), series[kind].id) == 0)
            return kind;
    }
    return -1;
}

static bool is_count(double value)
{
    return value >= 0 && value < EXACT_END && value == (double)(int64_t)value;
}

/* Takes in one page's part of a series. */
static int take_values(struct span *span, const json_t *result, int kind)
{
    const json_t *values = json_object_get(result, "Values"), *moment;
    size_t i;

    json_array_foreach(json_object_get(result, "Timestamps"), i, moment)
    {
        double value = json_number_value(json_array_get(values, i));
        double at = json_number_value(moment);
        if (!is_count(value))
            return failed(
                "%s: CloudWatch has %g as a number of tokens: look at %s of ModelId %s in "
                "its console",
                span->name, value, series[kind].metric, span->id);
        if (at >= (double)span->since_s && at < (double)span->until_s)
            span->periods[((int64_t)at - span->since_s) / PERIOD_S].seen.of[kind] += (int64_t)value;
    }
    return DONE;
}

static int take_results(struct span *span, const json_t *results)
{
    const char *status[TOKEN_KINDS] = {NULL}; /* the last page's is that of the whole series */
    const json_t *result;
    int rc = DONE;
    size_t i;

    json_array_foreach(results, i, result)
    {
        int kind = kind_of(result);
        if (kind < 0)
            continue;
        status[kind] = text_of(result, "StatusCode");
        rc = rc == DONE ? take_values(span, result, kind) : rc;
    }
    for (int kind = 0; kind < TOKEN_KINDS && rc == DONE; kind++) {
        if (status[kind] == NULL || strcmp(status[kind], "Complete") != 0)
            rc = failed(
                "%s: CloudWatch has not all of %s (%s): nothing is booked; run it again in a "
                "minute",
                span->name, series[kind].metric,
                status[kind] != NULL ? status[kind] : "no answer for it");
    }
    return rc;
}

int external_see(struct cloud *cloud, struct span *span)
{
    static const struct pages pages = {"cloudwatch", "GetMetricData", "MetricDataResults",
                                       "NextToken", NULL};
    const char *region_before = cloud->region;
    char region[CELL];
    json_t *results;

    cloud->region = arn_part(span->arn, 3, region);
    int rc = cloud_list(cloud, &pages, input_of(span), &results);
    rc = rc < 0 ? cloud_failed(cloud, "%s: its tokens cannot be read", span->name)
                : take_results(span, results);
    cloud->region = region_before;
    json_decref(results);
    return rc;
}
