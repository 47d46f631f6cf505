/* The values of metrics: those of AWS/Bedrock out of the meter, others as they were put.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"

#include <string.h>

#define BEDROCK "AWS/Bedrock"

enum kind {
    INVOCATIONS,
    LATENCY,
    INPUT,
    OUTPUT,
    CACHE_READ,
    CACHE_WRITE,
    N_KINDS
};

static const char *const KINDS[] = {"Invocations",          "InvocationLatency",
                                    "InputTokenCount",      "OutputTokenCount",
                                    "CacheReadInputTokens", "CacheWriteInputTokens"};

json_t *emu_metrics_new(void)
{
    return json_pack("{s:{}, s:{}}", "series", "alarms");
}

/* ---- AWS/Bedrock ---- */

/* N_KINDS: there is none of that name. */
static enum kind kind_of(const char *name)
{
    int kind = 0;

    while (kind < N_KINDS && strcmp(KINDS[kind], name) != 0)
        kind++;
    return kind;
}

/* The sum of all its calls. */
static int64_t total_of(const struct emu_metered *metered, enum kind kind)
{
    switch (kind) {
    case INVOCATIONS:
        return metered->calls;
    case LATENCY:
        return metered->calls * metered->latency_ms;
    case INPUT:
        return metered->usage.input;
    case OUTPUT:
        return metered->usage.output;
    case CACHE_READ:
        return metered->usage.cache_read;
    default:
        return metered->usage.cache_write_5m + metered->usage.cache_write_1h;
    }
}

/* Caches tell of themselves only when they are used. */
static bool is_told(const struct emu_metered *metered, enum kind kind)
{
    return (kind != CACHE_READ && kind != CACHE_WRITE) || total_of(metered, kind) > 0;
}

/* The only dimension there is. */
static const char *model_id(const json_t *dimensions)
{
    const json_t *dimension = json_array_get(dimensions, 0);
    const char *name = json_string_value(json_object_get(dimension, "Name"));

    if (json_array_size(dimensions) != 1 || strcmp(name, "ModelId") != 0)
        return NULL;
    return json_string_value(json_object_get(dimension, "Value"));
}

static bool is_used_by(const struct emu_use *use, const char *region, const char *id)
{
    return strcmp(json_string_value(json_object_get(use->user, "id")), id) == 0 &&
           strcmp(json_string_value(json_object_get(use->user, "region")), region) == 0;
}

static int walk_meter(const struct emulator *emulator, const struct emu_metric *metric,
                      int64_t from_us, int64_t to_us, int64_t now_us,
                      int (*visit)(const struct emu_samples *samples, void *data), void *data)
{
    const struct emu_meter *meter = &emulator->money.meter;
    enum kind kind = kind_of(metric->name);
    const char *id = model_id(metric->dimensions);
    int rc = EMU_OK;

    for (size_t i = 0; kind != N_KINDS && id != NULL && i < meter->count && rc >= 0; i++) {
        const struct emu_metered *metered = &meter->all[i].metered;

        if (metered->at_us >= from_us && metered->at_us < to_us && is_told(metered, kind) &&
            is_used_by(&meter->all[i], metric->region, id) &&
            emu_has_settled(emulator, metered->now_us, now_us)) {
            double sum = (double)total_of(metered, kind);
            double one = sum / (double)metered->calls;

            rc = visit(&(struct emu_samples){metered->at_us, (double)metered->calls, sum, one, one},
                       data);
        }
    }
    return rc;
}

/* ---- what was put ---- */

void emu_metric_key(struct emu_text *key, const struct emu_metric *metric)
{
    const json_t *dimension;
    size_t i;

    emu_text_printf(key, "%s\n%s\n%s", metric->region, metric->space, metric->name);
    json_array_foreach(metric->dimensions, i, dimension)
    {
        emu_text_printf(key, "\n%s=%s", json_string_value(json_object_get(dimension, "Name")),
                        json_string_value(json_object_get(dimension, "Value")));
    }
}

static const json_t *series_of(const struct emulator *emulator, const struct emu_metric *metric)
{
    emu_auto_text key = {0};

    emu_metric_key(&key, metric);
    return json_object_get(json_object_get(emulator->money.metrics, "series"),
                           emu_text_string(&key));
}

static double number(const json_t *list, size_t i)
{
    return json_number_value(json_array_get(list, i));
}

static int walk_series(const struct emulator *emulator, const struct emu_metric *metric,
                       int64_t from_us, int64_t to_us, int64_t now_us,
                       int (*visit)(const struct emu_samples *samples, void *data), void *data)
{
    const json_t *points = json_object_get(series_of(emulator, metric), "points");
    const json_t *point; /* [at_us, put_us, count, sum, min, max] */
    int rc = EMU_OK;
    size_t i;

    json_array_foreach(points, i, point)
    {
        struct emu_samples samples = {json_integer_value(json_array_get(point, 0)),
                                      number(point, 2), number(point, 3), number(point, 4),
                                      number(point, 5)};

        if (rc >= 0 && samples.at_us >= from_us && samples.at_us < to_us &&
            emu_has_settled(emulator, json_integer_value(json_array_get(point, 1)), now_us))
            rc = visit(&samples, data);
    }
    return rc;
}

int emu_metric_walk(const struct emulator *emulator, const struct emu_metric *metric,
                    int64_t from_us, int64_t to_us, int64_t now_us,
                    int (*visit)(const struct emu_samples *samples, void *data), void *data)
{
    if (strcmp(metric->space, BEDROCK) == 0)
        return walk_meter(emulator, metric, from_us, to_us, now_us, visit, data);
    return walk_series(emulator, metric, from_us, to_us, now_us, visit, data);
}

const char *emu_metric_unit(const struct emulator *emulator, const struct emu_metric *metric)
{
    const char *unit = json_string_value(json_object_get(series_of(emulator, metric), "unit"));

    if (strcmp(metric->space, BEDROCK) == 0)
        return kind_of(metric->name) == LATENCY ? "Milliseconds" : "Count";
    return unit != NULL ? unit : "None";
}

/* ---- periods ---- */

struct collecting {
    int64_t from_us;
    int64_t period_us;
    struct emu_samples *buckets;
};

static int collect(const struct emu_samples *samples, void *data)
{
    const struct collecting *collecting = data;
    struct emu_samples *bucket =
        &collecting->buckets[(samples->at_us - collecting->from_us) / collecting->period_us];

    if (bucket->count <= 0 || samples->min < bucket->min)
        bucket->min = samples->min;
    if (bucket->count <= 0 || samples->max > bucket->max)
        bucket->max = samples->max;
    bucket->count += samples->count;
    bucket->sum += samples->sum;
    return EMU_OK;
}

void emu_metric_collect(const struct emulator *emulator, const struct emu_metric *metric,
                        int64_t from_us, int64_t to_us, int64_t now_us, int64_t period_us,
                        struct emu_samples *buckets)
{
    struct collecting collecting = {from_us, period_us, buckets};

    for (int64_t at_us = from_us; at_us < to_us; at_us += period_us)
        buckets[(at_us - from_us) / period_us] = (struct emu_samples){.at_us = at_us};
    emu_metric_walk(emulator, metric, from_us, to_us, now_us, collect, &collecting);
}

bool emu_is_statistic(const char *name)
{
    return strcmp(name, "Sum") == 0 || strcmp(name, "Average") == 0 ||
           strcmp(name, "SampleCount") == 0 || strcmp(name, "Minimum") == 0 ||
           strcmp(name, "Maximum") == 0;
}

double emu_statistic(const struct emu_samples *samples, const char *name)
{
    if (strcmp(name, "Sum") == 0)
        return samples->sum;
    if (strcmp(name, "Average") == 0)
        return samples->sum / samples->count;
    if (strcmp(name, "SampleCount") == 0)
        return samples->count;
    return strcmp(name, "Minimum") == 0 ? samples->min : samples->max;
}

/* ---- which there are ---- */

static int list_meter(const struct emulator *emulator, const char *region, int64_t now_us,
                      int (*visit)(const json_t *metric, void *data), void *data)
{
    const struct emu_meter *meter = &emulator->money.meter;
    int rc = EMU_OK;

    for (size_t i = 0; i < meter->count && rc >= 0; i++) {
        const json_t *user = meter->all[i].user;

        if (strcmp(json_string_value(json_object_get(user, "region")), region) != 0 ||
            !emu_has_settled(emulator, meter->all[i].metered.now_us, now_us))
            continue;
        for (int kind = 0; kind < N_KINDS && rc >= 0; kind++) {
            json_t *metric;

            if (!is_told(&meter->all[i].metered, kind))
                continue;
            metric = json_pack("{s:s, s:s, s:[{s:s, s:O}]}", "Namespace", BEDROCK, "MetricName",
                               KINDS[kind], "Dimensions", "Name", "ModelId", "Value",
                               json_object_get(user, "id"));
            rc = metric != NULL ? visit(metric, data) : EMU_OUT_OF_MEMORY;
            json_decref(metric);
        }
    }
    return rc;
}

static bool has_settled(const struct emulator *emulator, const json_t *series, int64_t now_us)
{
    const json_t *first = json_array_get(json_object_get(series, "points"), 0);

    return emu_has_settled(emulator, json_integer_value(json_array_get(first, 1)), now_us);
}

int emu_metric_list(const struct emulator *emulator, const char *region, int64_t now_us,
                    int (*visit)(const json_t *metric, void *data), void *data)
{
    int rc = list_meter(emulator, region, now_us, visit, data);
    const char *key;
    json_t *series;

    json_object_foreach(json_object_get(emulator->money.metrics, "series"), key, series)
    {
        if (rc >= 0 && strncmp(key, region, strlen(region)) == 0 && key[strlen(region)] == '\n' &&
            has_settled(emulator, series, now_us))
            rc = visit(json_object_get(series, "metric"), data);
    }
    return rc;
}
