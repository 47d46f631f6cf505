/* Queries: a statistic of a metric, or an expression that adds some of these up:
 * "in + 5 * out".
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct evaluation {
    const struct emulator *emulator;
    const char *region;
    const json_t *queries;
    int64_t from_us;
    int64_t now_us;
    int64_t period_us;
    size_t n;
};

const json_t *emu_query_find(const json_t *queries, struct emu_slice id)
{
    const json_t *query;
    size_t i;

    json_array_foreach(queries, i, query)
    {
        if (emu_slice_is(id, json_string_value(json_object_get(query, "Id"))))
            return query;
    }
    return NULL;
}

static struct emu_metric metric_of(const char *region, const json_t *stat)
{
    const json_t *metric = json_object_get(stat, "Metric");
    const char *space = json_string_value(json_object_get(metric, "Namespace"));
    const char *name = json_string_value(json_object_get(metric, "MetricName"));

    return (struct emu_metric){region, space != NULL ? space : "", name != NULL ? name : "",
                               json_object_get(metric, "Dimensions")};
}

/* ---- a metric ---- */

static int evaluate_stat(const struct evaluation *evaluation, const json_t *stat, double *values)
{
    const char *statistic = json_string_value(json_object_get(stat, "Stat"));
    struct emu_metric metric = metric_of(evaluation->region, stat);
    struct emu_samples *buckets;

    if (!emu_is_statistic(statistic))
        return EMU_INVALID;
    buckets = calloc(evaluation->n + 1, sizeof(*buckets));
    if (buckets == NULL)
        return EMU_OUT_OF_MEMORY;
    emu_metric_collect(evaluation->emulator, &metric, evaluation->from_us,
                       evaluation->from_us + (int64_t)evaluation->n * evaluation->period_us,
                       evaluation->now_us, evaluation->period_us, buckets);
    for (size_t i = 0; i < evaluation->n; i++)
        values[i] = buckets[i].count > 0 ? emu_statistic(&buckets[i], statistic) : NAN;
    free(buckets);
    return EMU_OK;
}

/* ---- an expression ---- */

static void skip_spaces(const char **at)
{
    while (isspace((unsigned char)**at))
        (*at)++;
}

static struct emu_slice read_id(const char **at)
{
    struct emu_slice id = {*at, 0};

    while (isalnum((unsigned char)id.s[id.len]) || id.s[id.len] == '_')
        id.len++;
    *at += id.len;
    skip_spaces(at);
    return id;
}

/* What is missing in one of them counts as nothing, unless it is missing in all. */
static void add_values(double *values, const double *more, double factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(more[i]))
            values[i] = (isnan(values[i]) ? 0 : values[i]) + factor * more[i];
}

/* [NUMBER *] ID [* NUMBER] */
static int add_term(const struct evaluation *evaluation, const char **at, double *values)
{
    double *more = calloc(evaluation->n + 1, sizeof(*more));
    const json_t *stat;
    double factor = 1;
    int rc = EMU_INVALID;
    char *end;

    if (more == NULL)
        return EMU_OUT_OF_MEMORY;
    if (isdigit((unsigned char)**at)) {
        factor = strtod(*at, &end);
        *at = end;
        skip_spaces(at);
        *at += **at == '*';
        skip_spaces(at);
    }
    stat = json_object_get(emu_query_find(evaluation->queries, read_id(at)), "MetricStat");
    if (**at == '*') {
        ++*at;
        factor *= strtod(*at, &end);
        *at = end;
        skip_spaces(at);
    }
    if (json_is_object(stat))
        rc = evaluate_stat(evaluation, stat, more);
    if (rc == EMU_OK)
        add_values(values, more, factor, evaluation->n);
    free(more);
    return rc;
}

/* Terms with + between them; SUM([A, B]) is the same as A + B. */
static int evaluate_sum(const struct evaluation *evaluation, const char *expression, double *values)
{
    bool listed = strncmp(expression, "SUM([", 5) == 0;
    const char *at = expression + (listed ? 5 : 0);
    int rc;

    for (size_t i = 0; i < evaluation->n; i++)
        values[i] = NAN;
    do {
        skip_spaces(&at);
        rc = add_term(evaluation, &at, values);
    } while (rc == EMU_OK && *at++ == (listed ? ',' : '+'));
    if (rc < 0)
        return rc;
    return strcmp(at - 1, listed ? "])" : "") == 0 ? EMU_OK : EMU_INVALID;
}

int emu_query_evaluate(const struct emulator *emulator, const char *region, const json_t *queries,
                       const json_t *query, int64_t from_us, int64_t now_us, int64_t period_us,
                       size_t n, double *values)
{
    const struct evaluation evaluation = {emulator, region, queries, from_us, now_us, period_us, n};
    const json_t *stat = json_object_get(query, "MetricStat");
    const char *expression = json_string_value(json_object_get(query, "Expression"));

    if (json_is_object(stat))
        return evaluate_stat(&evaluation, stat, values);
    return expression != NULL ? evaluate_sum(&evaluation, expression, values) : EMU_INVALID;
}

int64_t emu_query_period(const json_t *queries, const json_t *query)
{
    const json_t *period = json_object_get(json_object_get(query, "MetricStat"), "Period");
    int64_t longest = 60;
    const json_t *one;
    size_t i;

    if (period == NULL)
        period = json_object_get(query, "Period");
    if (json_is_integer(period))
        return json_integer_value(period);
    json_array_foreach(queries, i, one)
    {
        const json_t *stat = json_object_get(one, "MetricStat");

        if (json_integer_value(json_object_get(stat, "Period")) > longest)
            longest = json_integer_value(json_object_get(stat, "Period"));
    }
    return longest;
}
