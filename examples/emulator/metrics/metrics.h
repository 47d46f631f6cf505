/* CloudWatch: metrics of models, which the meter knows, and those that were put; alarms on them.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EMULATOR_METRICS_H
#define EMULATOR_METRICS_H

#include "call.h"

#define EMU_MAX_DATUMS 1000 /* in one PutMetricData */

/* The state, {"series": {}, "alarms": {}}; NULL if out of memory. */
json_t *emu_metrics_new(void);

/* ---- metrics ---- */

struct emu_metric {
    const char *region;
    const char *space; /* AWS/Bedrock, or what was put */
    const char *name;
    const json_t *dimensions; /* a list of {"Name", "Value"}, or NULL */
};

/* Values seen at one moment. */
struct emu_samples {
    int64_t at_us;
    double count;
    double sum;
    double min;
    double max;
};

/* Calls `visit` for what has settled of the metric in that time. A negative result ends the walk
 * and is returned. */
int emu_metric_walk(const struct emulator *emulator, const struct emu_metric *metric,
                    int64_t from_us, int64_t to_us, int64_t now_us,
                    int (*visit)(const struct emu_samples *samples, void *data), void *data);

/* The same in periods. `buckets` has room for those of the time, the first beginning at from_us;
 * those without values have a count of 0. */
void emu_metric_collect(const struct emulator *emulator, const struct emu_metric *metric,
                        int64_t from_us, int64_t to_us, int64_t now_us, int64_t period_us,
                        struct emu_samples *buckets);

/* One of SampleCount, Average, Sum, Minimum, Maximum. */
bool emu_is_statistic(const char *name);
double emu_statistic(const struct emu_samples *samples, const char *name);

/* AWS/Bedrock's metrics have a unit of their own; others what they were put with. */
const char *emu_metric_unit(const struct emulator *emulator, const struct emu_metric *metric);

/* Lists every metric of a Region, some more than once, as {"Namespace", "MetricName",
 * "Dimensions"}. A negative result of `visit` ends the walk and is returned. */
int emu_metric_list(const struct emulator *emulator, const char *region, int64_t now_us,
                    int (*visit)(const json_t *metric, void *data), void *data);

/* The key of a metric in "series", unlike that of any other. */
void emu_metric_key(struct emu_text *key, const struct emu_metric *metric);

/* ---- what operations share ---- */

/* Seconds as JSON has them, in microseconds. */
int64_t emu_metric_time(const json_t *seconds);

/* False: the period is not one that may be asked for so long ago, and the error is answered. */
bool emu_metric_period(struct emu_call *call, int64_t period, int64_t from_us);

/* Answers an error about an input. */
void emu_metric_refuse(struct emu_call *call, const char *type, const char *text);

/* ---- alarms ---- */

/* What the last periods say of an alarm. */
struct emu_alarm_verdict {
    const char *state; /* OK, ALARM, INSUFFICIENT_DATA */
    size_t periods;    /* 0: it is nothing that is evaluated here */
    size_t breaching;  /* of them */
};

/* EMU_OK or EMU_OUT_OF_MEMORY. */
int emu_alarm_judge(const struct emulator *emulator, const char *region, const json_t *alarm,
                    int64_t now_us, struct emu_alarm_verdict *ret_verdict);

/* Moves every alarm to the state that it has now, and publishes to the topics that are to be told
 * of that. EMU_OK or EMU_OUT_OF_MEMORY, after which it may be called again. */
int emu_metrics_watch(struct emulator *emulator, int64_t now_us);

/* ---- queries ---- */

/* Adds up what a query of GetMetricData or of an alarm asks for: `n` periods from from_us on. NaN
 * where there is nothing. EMU_INVALID: it is none that is understood here. */
int emu_query_evaluate(const struct emulator *emulator, const char *region, const json_t *queries,
                       const json_t *query, int64_t from_us, int64_t now_us, int64_t period_us,
                       size_t n, double *values);

/* The period of a query, in seconds; of an expression, the longest of those it adds up. */
int64_t emu_query_period(const json_t *queries, const json_t *query);

/* The query with that id, or NULL. */
const json_t *emu_query_find(const json_t *queries, struct emu_slice id);

/* ---- operations ---- */

void emu_metrics_get_data(struct emu_call *call);
void emu_metrics_get_statistics(struct emu_call *call);
void emu_metrics_list(struct emu_call *call);
void emu_metrics_put_data(struct emu_call *call);
void emu_metrics_put_alarm(struct emu_call *call);
void emu_metrics_describe_alarms(struct emu_call *call);
void emu_metrics_delete_alarms(struct emu_call *call);
void emu_metrics_tag_resource(struct emu_call *call);
void emu_metrics_untag_resource(struct emu_call *call);
void emu_metrics_list_resource_tags(struct emu_call *call);

extern const struct emu_shape EMU_SHAPE_METRICS_GET_DATA;
extern const struct emu_shape EMU_SHAPE_METRICS_GET_STATISTICS;
extern const struct emu_shape EMU_SHAPE_METRICS_LIST;
extern const struct emu_shape EMU_SHAPE_METRICS_PUT_DATA;
extern const struct emu_shape EMU_SHAPE_METRICS_PUT_ALARM;
extern const struct emu_shape EMU_SHAPE_METRICS_DESCRIBE_ALARMS;
extern const struct emu_shape EMU_SHAPE_METRICS_DELETE_ALARMS;
extern const struct emu_shape EMU_SHAPE_METRICS_TAG_RESOURCE;
extern const struct emu_shape EMU_SHAPE_METRICS_UNTAG_RESOURCE;
extern const struct emu_shape EMU_SHAPE_METRICS_LIST_RESOURCE_TAGS;

#endif
