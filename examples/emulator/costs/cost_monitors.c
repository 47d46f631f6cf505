/* Cost anomaly monitors, and the state of Cost Explorer.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost_anomaly.h"
#include "dates.h"
#include "lists.h"
#include "pages.h"

#include <string.h>

#define MAX_CUSTOM 500

json_t *emu_costs_new(void)
{
    return json_pack("{s:{}, s:{}, s:{}, s:[]}", "tags", "monitors", "subscriptions", "anomalies");
}

json_t *emu_cost_record(const struct emulator *emulator, const char *kind, const char *arn)
{
    return json_object_get(json_object_get(emulator->money.costs, kind), arn);
}

const char *emu_cost_new_arn(struct emu_call *call, struct emu_text *arn, const char *type)
{
    char id[37];

    emu_random_uuid(&call->emulator->random, id);
    emu_text_printf(arn, "arn:%s:ce::" EMU_ACCOUNT ":%s/%s", emu_partition_of(call->region), type,
                    id);
    return arn->failed ? NULL : arn->data;
}

/* ---- rules ---- */

static bool check_custom(struct emu_call *call, const json_t *monitor)
{
    const json_t *specification = json_object_get(monitor, "MonitorSpecification");
    const json_t *tags = json_object_get(specification, "Tags");
    const json_t *values = json_object_get(tags, "Values");

    if (json_object_get(monitor, "MonitorDimension") != NULL)
        return emu_cost_refuse(call, "A custom monitor has no MonitorDimension.");
    if (!json_is_object(specification))
        return emu_cost_refuse(call, "A custom monitor needs a MonitorSpecification.");
    if (tags != NULL && (json_array_size(values) < 1 || json_array_size(values) > 10))
        return emu_cost_refuse(call, "A custom monitor watches one to ten values of a tag.");
    return true;
}

static bool check_dimensional(struct emu_call *call, const json_t *monitor)
{
    const char *dimension = json_string_value(json_object_get(monitor, "MonitorDimension"));
    const json_t *specification = json_object_get(monitor, "MonitorSpecification");
    const json_t *tags = json_object_get(specification, "Tags");

    if (dimension == NULL)
        return emu_cost_refuse(call, "A dimensional monitor needs a MonitorDimension.");
    if (strcmp(dimension, "TAG") == 0 &&
        (tags == NULL || json_array_size(json_object_get(tags, "Values")) > 0))
        return emu_cost_refuse(
            call, "A monitor of a tag names its key in MonitorSpecification, no value.");
    if (strcmp(dimension, "SERVICE") == 0 && json_is_object(specification))
        return emu_cost_refuse(call, "A monitor of all services has no MonitorSpecification.");
    return true;
}

static size_t count(const struct emulator *emulator, const char *type)
{
    const char *arn;
    json_t *record;
    size_t n = 0;

    json_object_foreach(json_object_get(emulator->money.costs, "monitors"), arn, record)
    {
        const json_t *monitor = json_object_get(record, "it");

        n += strcmp(json_string_value(json_object_get(monitor, "MonitorType")), type) == 0;
    }
    return n;
}

static bool check(struct emu_call *call, const json_t *monitor)
{
    const char *type = json_string_value(json_object_get(monitor, "MonitorType"));
    bool custom = strcmp(type, "CUSTOM") == 0;

    if (custom ? !check_custom(call, monitor) : !check_dimensional(call, monitor))
        return false;
    if (custom && count(call->emulator, type) >= MAX_CUSTOM) {
        emu_reply_error(call->reply, "LimitExceededException", "There are %d custom monitors.",
                        MAX_CUSTOM);
        return false;
    }
    return true;
}

/* ---- create ---- */

static int stamp(json_t *monitor, const char *member, int64_t us)
{
    char day[16];

    emu_date_format(day, us);
    return json_object_set_new(monitor, member, json_string(day));
}

/* What the caller may say, with what only the service knows. */
static json_t *new_monitor(const json_t *told, const char *arn, int64_t now_us)
{
    json_t *monitor = json_deep_copy(told);
    int rc = json_object_set_new(monitor, "MonitorArn", json_string(arn));

    rc |= stamp(monitor, "CreationDate", now_us);
    rc |= stamp(monitor, "LastUpdatedDate", now_us);
    rc |= json_object_set_new(monitor, "DimensionalValueCount", json_integer(0));
    if (rc == 0)
        return monitor;
    json_decref(monitor);
    return NULL;
}

bool emu_cost_keep(struct emu_call *call, const char *kind, const char *arn, json_t *it)
{
    static const struct emu_tag_errors ERRORS = {"ValidationException", "ValidationException"};
    json_t *record = json_pack("{s:o, s:{}}", "it", it, "tags");

    if (record == NULL) {
        emu_reply_out_of_memory(call->reply);
        return false;
    }
    if (!emu_resource_tags_put(call, json_object_get(record, "tags"),
                               json_object_get(call->input, "ResourceTags"), &ERRORS)) {
        json_decref(record);
        return false;
    }
    if (json_object_set_new(json_object_get(call->emulator->money.costs, kind), arn, record) == 0)
        return true;
    emu_reply_out_of_memory(call->reply);
    return false;
}

void emu_cost_create_monitor(struct emu_call *call)
{
    const json_t *told = json_object_get(call->input, "AnomalyMonitor");
    emu_auto_text arn = {0};

    if (!check(call, told))
        return;
    if (emu_cost_new_arn(call, &arn, "anomalymonitor") == NULL)
        emu_reply_out_of_memory(call->reply);
    else if (emu_cost_keep(call, "monitors", arn.data,
                           new_monitor(told, arn.data, call->request->now_us)))
        emu_reply_json(call->reply, 200, json_pack("{s:s}", "MonitorArn", arn.data));
}

/* ---- get, update, delete ---- */

void emu_cost_answer_all(struct emu_call *call, const char *kind, const json_t *arns,
                         bool (*wanted)(const struct emu_call *call, const json_t *it),
                         const struct emu_page_names *names)
{
    struct emu_pages pages;
    const char *arn;
    json_t *record;

    emu_pages_init(&pages);
    json_object_foreach(json_object_get(call->emulator->money.costs, kind), arn, record)
    {
        json_t *it = json_object_get(record, "it");

        if ((json_array_size(arns) == 0 || emu_has_string(arns, arn)) &&
            (wanted == NULL || wanted(call, it)))
            emu_pages_add(&pages, arn, json_incref(it));
    }
    emu_pages_answer(&pages, call, names);
}

bool emu_cost_all_known(struct emu_call *call, const char *kind, const json_t *arns,
                        const char *error)
{
    const json_t *arn;
    size_t i;

    json_array_foreach(arns, i, arn)
    {
        if (emu_cost_record(call->emulator, kind, json_string_value(arn)) == NULL) {
            emu_reply_error(call->reply, error, "There is no %s.", json_string_value(arn));
            return false;
        }
    }
    return true;
}

void emu_cost_get_monitors(struct emu_call *call)
{
    static const struct emu_page_names NAMES = {
        "AnomalyMonitors", "NextPageToken", "MaxResults", 100, "InvalidNextTokenException", false};
    const json_t *arns = json_object_get(call->input, "MonitorArnList");

    if (emu_cost_all_known(call, "monitors", arns, "UnknownMonitorException"))
        emu_cost_answer_all(call, "monitors", arns, NULL, &NAMES);
}

/* The monitor that the call names, or NULL and the error is answered. */
static json_t *find(struct emu_call *call)
{
    const char *arn = emu_call_string(call, "MonitorArn");
    json_t *record = emu_cost_record(call->emulator, "monitors", arn);

    if (record == NULL)
        emu_reply_error(call->reply, "UnknownMonitorException", "There is no monitor %s.", arn);
    return json_object_get(record, "it");
}

void emu_cost_update_monitor(struct emu_call *call)
{
    json_t *monitor = find(call);
    json_t *name = json_object_get(call->input, "MonitorName");
    json_t *changed;

    if (monitor == NULL)
        return;
    changed = json_deep_copy(monitor);
    if (changed == NULL || (name != NULL && json_object_set(changed, "MonitorName", name) < 0) ||
        stamp(changed, "LastUpdatedDate", call->request->now_us) < 0 ||
        json_object_update(monitor, changed) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        emu_reply_json(call->reply, 200,
                       json_pack("{s:s}", "MonitorArn", emu_call_string(call, "MonitorArn")));
    json_decref(changed);
}

void emu_cost_delete_monitor(struct emu_call *call)
{
    if (find(call) == NULL)
        return;
    json_object_del(json_object_get(call->emulator->money.costs, "monitors"),
                    emu_call_string(call, "MonitorArn"));
    emu_reply_json(call->reply, 200, json_object());
}
