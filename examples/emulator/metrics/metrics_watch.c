/* Alarms that change their state, and what is published then. Subject and members of the message
 * are as others have seen them from AWS, which writes a Region's long name in both.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "dates.h"
#include "sns.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- the new state ---- */

static void add_reason(struct emu_text *reason, const json_t *alarm,
                       const struct emu_alarm_verdict *verdict)
{
    if (strcmp(verdict->state, "INSUFFICIENT_DATA") == 0)
        emu_text_printf(reason, "Insufficient Data: %zu datapoints were unknown.",
                        verdict->periods);
    else
        emu_text_printf(reason,
                        "Threshold Crossed: %zu of the last %zu datapoints are beyond the "
                        "threshold (%g).",
                        verdict->breaching, verdict->periods,
                        json_number_value(json_object_get(alarm, "Threshold")));
}

static int set_state(json_t *alarm, const char *state, const char *reason, int64_t now_us)
{
    json_t *changes = json_pack("{s:s, s:s, s:f, s:f}", "StateValue", state, "StateReason", reason,
                                "StateUpdatedTimestamp", emu_seconds(now_us),
                                "StateTransitionedTimestamp", emu_seconds(now_us));
    int rc = changes != NULL ? json_object_update(alarm, changes) : -1;

    json_decref(changes);
    return rc == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

/* ---- the message ---- */

static json_t *time_of(int64_t us)
{
    char time[32];

    emu_format_time(time, us);
    return json_sprintf("%.19s.%03d+0000", time, (int)(us / 1000 % 1000));
}

static json_t *dimensions_of(const json_t *alarm)
{
    json_t *all = json_array();
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(alarm, "Dimensions"), i, one)
    {
        if (json_array_append_new(all,
                                  json_pack("{s:O, s:O}", "value", json_object_get(one, "Value"),
                                            "name", json_object_get(one, "Name"))) < 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

/* What is watched: a metric, or queries. */
static json_t *trigger_of(const json_t *alarm)
{
    const char *statistic = json_string_value(json_object_get(alarm, "Statistic"));
    char upper[16] = "";

    for (size_t i = 0; statistic != NULL && statistic[i] != '\0' && i + 1 < sizeof(upper); i++)
        upper[i] = (char)toupper((unsigned char)statistic[i]);
    return json_pack("{s:O*, s:O*, s:s*, s:s*, s:o, s:O*, s:O*, s:O*, s:O*, s:O*, s:O}",
                     "MetricName", json_object_get(alarm, "MetricName"), "Namespace",
                     json_object_get(alarm, "Namespace"), "StatisticType",
                     statistic != NULL ? "Statistic" : NULL, "Statistic",
                     statistic != NULL ? upper : NULL, "Dimensions", dimensions_of(alarm), "Period",
                     json_object_get(alarm, "Period"), "Metrics", json_object_get(alarm, "Metrics"),
                     "EvaluationPeriods", json_object_get(alarm, "EvaluationPeriods"),
                     "ComparisonOperator", json_object_get(alarm, "ComparisonOperator"),
                     "Threshold", json_object_get(alarm, "Threshold"), "TreatMissingData",
                     json_object_get(alarm, "TreatMissingData"));
}

/* To be freed; NULL if out of memory. */
static char *message_of(const json_t *alarm, const char *region, const char *before, int64_t now_us)
{
    json_t *message =
        json_pack("{s:O, s:O?, s:s, s:O, s:O, s:o, s:s, s:O, s:s, s:O, s:O, s:O, s:o}", "AlarmName",
                  json_object_get(alarm, "AlarmName"), "AlarmDescription",
                  json_object_get(alarm, "AlarmDescription"), "AWSAccountId", EMU_ACCOUNT,
                  "NewStateValue", json_object_get(alarm, "StateValue"), "NewStateReason",
                  json_object_get(alarm, "StateReason"), "StateChangeTime", time_of(now_us),
                  "Region", region, "AlarmArn", json_object_get(alarm, "AlarmArn"), "OldStateValue",
                  before, "OKActions", json_object_get(alarm, "OKActions"), "AlarmActions",
                  json_object_get(alarm, "AlarmActions"), "InsufficientDataActions",
                  json_object_get(alarm, "InsufficientDataActions"), "Trigger", trigger_of(alarm));
    char *text = message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;

    json_decref(message);
    return text;
}

/* Publishes to the topics among the actions of the state; others are not carried out here. */
static int tell(struct emulator *emulator, const json_t *alarm, const char *region,
                const char *before, int64_t now_us)
{
    const char *state = json_string_value(json_object_get(alarm, "StateValue"));
    const char *name = json_string_value(json_object_get(alarm, "AlarmName"));
    const char *member = strcmp(state, "OK") == 0      ? "OKActions"
                         : strcmp(state, "ALARM") == 0 ? "AlarmActions"
                                                       : "InsufficientDataActions";
    char *message = message_of(alarm, region, before, now_us);
    emu_auto_text subject = {0};
    const json_t *action;
    int rc = EMU_OK;
    size_t i;

    emu_text_printf(&subject, "%s: \"%s\" in %s", state, name, region);
    if (message == NULL || subject.failed)
        rc = EMU_OUT_OF_MEMORY;
    json_array_foreach(json_object_get(alarm, member), i, action)
    {
        if (rc == EMU_OK)
            rc = emu_topic_tell(emulator, json_string_value(action), subject.data, message, now_us);
    }
    free(message);
    return rc;
}

/* ---- the watch ---- */

static int watch(struct emulator *emulator, const char *region, json_t *alarm, int64_t now_us)
{
    json_t *before = json_incref(json_object_get(alarm, "StateValue"));
    struct emu_alarm_verdict verdict;
    emu_auto_text reason = {0};
    int rc = emu_alarm_judge(emulator, region, alarm, now_us, &verdict);

    if (rc == EMU_OK && strcmp(verdict.state, json_string_value(before)) != 0) {
        add_reason(&reason, alarm, &verdict);
        rc = reason.failed ? EMU_OUT_OF_MEMORY
                           : set_state(alarm, verdict.state, reason.data, now_us);
        if (rc == EMU_OK && json_is_true(json_object_get(alarm, "ActionsEnabled")))
            rc = tell(emulator, alarm, region, json_string_value(before), now_us);
        if (rc < 0) /* so that it is told the next time */
            json_object_set(alarm, "StateValue", before);
    }
    json_decref(before);
    return rc;
}

int emu_metrics_watch(struct emulator *emulator, int64_t now_us)
{
    json_t *alarms = json_object_get(emulator->money.metrics, "alarms");
    const char *key;
    json_t *record;
    int rc = EMU_OK;

    json_object_foreach(alarms, key, record)
    {
        struct emu_slice rest = emu_slice_of(key);
        struct emu_slice region = emu_slice_cut(&rest, ' ');
        emu_auto_text name = {0};

        emu_text_add(&name, region.s, region.len);
        if (rc == EMU_OK)
            rc = name.failed ? EMU_OUT_OF_MEMORY
                             : watch(emulator, name.data, json_object_get(record, "alarm"), now_us);
    }
    return rc;
}
