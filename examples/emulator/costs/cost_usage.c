/* GetCostAndUsage: lines summed up by day or month, and by group.
 *
 * SPDX-License-Identifier: MIT
 */
#include "cost.h"
#include "dates.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MONTHS_KEPT   14
#define MAX_GROUPS_BY 2
#define PAGE_ROWS     1000 /* groups a page, or periods without any */
#define MAX_PERIODS   500

/* A period's sums: of all its lines, or of each group. */
struct period {
    int64_t from_us;
    int64_t to_us;
    json_t *groups; /* by joined keys: {"keys", "units", "millionths"} */
};

struct report {
    const struct emu_call *call;
    const json_t *group_by; /* an empty list: none */
    struct period periods[MAX_PERIODS];
    size_t count;
};

/* ---- what is asked for ---- */

bool emu_cost_period(struct emu_call *call, int64_t *ret_from_us, int64_t *ret_to_us)
{
    const json_t *period = json_object_get(call->input, "TimePeriod");
    struct emu_date oldest = emu_date_of(call->request->now_us);

    oldest.month -= MONTHS_KEPT;
    oldest.day = 1;
    if (!emu_date_parse(json_string_value(json_object_get(period, "Start")), ret_from_us) ||
        !emu_date_parse(json_string_value(json_object_get(period, "End")), ret_to_us))
        return emu_cost_refuse(call, "Start and end of TimePeriod are dates, as 2026-01-31.");
    if (*ret_from_us >= *ret_to_us)
        return emu_cost_refuse(call, "Start date (and hour) should be before end date (and hour)");
    if (*ret_from_us < emu_date_us(oldest))
        return emu_cost_refuse(call, "You haven't enabled historical data beyond 14 months.");
    return true;
}

static bool check_metrics(struct emu_call *call)
{
    static const char *const NAMES[] = {
        "AmortizedCost", "BlendedCost",           "NetAmortizedCost", "NetUnblendedCost",
        "UnblendedCost", "NormalizedUsageAmount", "UsageQuantity"};
    const json_t *metrics = json_object_get(call->input, "Metrics");
    const json_t *metric;
    size_t i;

    if (json_array_size(metrics) == 0)
        return emu_cost_refuse(call, "Metrics names one metric at least.");
    json_array_foreach(metrics, i, metric)
    {
        size_t j = 0;

        while (j < sizeof(NAMES) / sizeof(NAMES[0]) &&
               strcmp(json_string_value(metric), NAMES[j]) != 0)
            j++;
        if (j == sizeof(NAMES) / sizeof(NAMES[0]))
            return emu_cost_refuse(call, "There is no metric of that name.");
    }
    return true;
}

static bool check_groups(struct emu_call *call)
{
    const json_t *groups = json_object_get(call->input, "GroupBy");
    const json_t *group;
    size_t i;

    if (json_array_size(groups) > MAX_GROUPS_BY)
        return emu_cost_refuse(call, "GroupBy has two definitions at most.");
    json_array_foreach(groups, i, group)
    {
        if (!json_is_string(json_object_get(group, "Type")) ||
            !json_is_string(json_object_get(group, "Key")))
            return emu_cost_refuse(call, "A definition in GroupBy has a Type and a Key.");
    }
    return true;
}

/* Cuts the time into periods. */
static bool make_periods(struct report *report, int64_t from_us, int64_t to_us, bool monthly)
{
    while (from_us < to_us) {
        struct emu_date next = emu_date_of(from_us);
        int64_t next_us;

        next.day = monthly ? 1 : next.day + 1;
        next.month += monthly;
        next_us = emu_date_us(next) < to_us ? emu_date_us(next) : to_us;
        if (report->count == MAX_PERIODS)
            return false;
        report->periods[report->count++] = (struct period){from_us, next_us, json_object()};
        from_us = next_us;
    }
    return true;
}

/* ---- summing up ---- */

static struct period *find_period(struct report *report, int64_t at_us)
{
    size_t i = 0;

    while (report->periods[i].to_us <= at_us) /* lines come from within the periods */
        i++;
    return &report->periods[i];
}

/* The name of the line's group by one definition: the dimension's value, or TAG$VALUE. */
static json_t *group_key(const struct emulator *emulator, struct emu_cost_line *line,
                         const json_t *definition)
{
    const char *type = json_string_value(json_object_get(definition, "Type"));
    const char *key = json_string_value(json_object_get(definition, "Key"));
    const char *value = NULL;

    if (strcmp(type, "DIMENSION") == 0) {
        value = emu_cost_dimension(line, key);
        return json_sprintf("%s", value != NULL ? value : "");
    }
    if (strcmp(type, "TAG") == 0)
        value = emu_cost_tag(emulator, line, key);
    return json_sprintf("%s$%s", key, value != NULL ? value : "");
}

static json_t *find_group(const struct report *report, struct period *period,
                          struct emu_cost_line *line)
{
    json_t *keys = json_array();
    emu_auto_text joined = {0};
    const json_t *definition;
    json_t *group;
    size_t i;

    json_array_foreach(report->group_by, i, definition)
    {
        json_t *key = group_key(report->call->emulator, line, definition);

        emu_text_printf(&joined, "%s\n", key != NULL ? json_string_value(key) : "");
        joined.failed = json_array_append_new(keys, key) < 0 || joined.failed;
    }
    group = json_object_get(period->groups, emu_text_string(&joined));
    if (group == NULL && !joined.failed &&
        json_object_set_new(
            period->groups, emu_text_string(&joined),
            json_pack("{s:O, s:i, s:i}", "keys", keys, "units", 0, "millionths", 0)) == 0)
        group = json_object_get(period->groups, emu_text_string(&joined));
    json_decref(keys);
    return joined.failed ? NULL : group;
}

static void add(json_t *group, const char *member, int64_t n)
{
    json_t *sum = json_object_get(group, member);

    json_integer_set(sum, json_integer_value(sum) + n);
}

static int add_line(struct emu_cost_line *line, void *data)
{
    struct report *report = data;
    json_t *group;

    if (!emu_cost_fits(report->call->emulator, line,
                       json_object_get(report->call->input, "Filter")))
        return EMU_OK;
    group = find_group(report, find_period(report, line->use->metered.at_us), line);
    if (group == NULL)
        return EMU_OUT_OF_MEMORY;
    add(group, "units", line->units);
    add(group, "millionths", line->millionths);
    return EMU_OK;
}

/* ---- the answer ---- */

static json_t *amount(const json_t *group, const char *metric)
{
    if (strcmp(metric, "NormalizedUsageAmount") == 0)
        return json_pack("{s:s, s:s}", "Amount", "0", "Unit", "N/A");
    if (strcmp(metric, "UsageQuantity") == 0)
        return json_pack(
            "{s:o, s:s}", "Amount",
            emu_cost_decimal(json_integer_value(json_object_get(group, "millionths")), 1000000),
            "Unit", "N/A");
    return json_pack(
        "{s:o, s:s}", "Amount",
        emu_cost_decimal(json_integer_value(json_object_get(group, "units")), EMU_UNITS_PER_USD),
        "Unit", "USD");
}

/* By name; `group` NULL: nothing was used. */
static json_t *amounts(const struct report *report, const json_t *group)
{
    json_t *all = json_object();
    const json_t *metric;
    size_t i;

    json_array_foreach(json_object_get(report->call->input, "Metrics"), i, metric)
    {
        const char *name = json_string_value(metric);

        if (json_object_set_new(all, name, amount(group, name)) < 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Groups number `first` to `last`, the last not among them, in order. */
static json_t *list_groups(const struct report *report, const struct period *period, size_t first,
                           size_t last)
{
    const char **names = calloc(json_object_size(period->groups) + 1, sizeof(*names));
    json_t *list = names != NULL ? json_array() : NULL;
    const char *name;
    json_t *group;
    size_t n = 0;

    json_object_foreach(period->groups, name, group)
    {
        if (names != NULL)
            names[n++] = name;
    }
    if (n > 0)
        qsort(names, n, sizeof(*names), compare);
    for (size_t i = first; i < last && list != NULL; i++) {
        group = json_object_get(period->groups, names[i]);
        if (json_array_append_new(list,
                                  json_pack("{s:O, s:o}", "Keys", json_object_get(group, "keys"),
                                            "Metrics", amounts(report, group))) < 0) {
            json_decref(list);
            list = NULL;
        }
    }
    free(names);
    return list;
}

static json_t *period_json(const struct report *report, const struct period *period, size_t first,
                           size_t last)
{
    struct emu_date month = emu_date_of(report->call->request->now_us);
    bool grouped = json_array_size(report->group_by) > 0;
    char from[16];
    char to[16];

    month.day = 1;
    emu_date_format(from, period->from_us);
    emu_date_format(to, period->to_us);
    return json_pack("{s:{s:s, s:s}, s:o, s:o, s:b}", "TimePeriod", "Start", from, "End", to,
                     "Total",
                     grouped ? json_object() : amounts(report, json_object_get(period->groups, "")),
                     "Groups", grouped ? list_groups(report, period, first, last) : json_array(),
                     "Estimated", period->to_us > emu_date_us(month));
}

/* One page from row `skip` on. A period without groups is a row of its own; *ret_next is the row
 * of the next page, or 0. */
static json_t *list_periods(const struct report *report, size_t skip, size_t *ret_next)
{
    json_t *list = json_array();
    size_t row = 0;

    *ret_next = 0;
    for (size_t i = 0; i < report->count && list != NULL; i++) {
        size_t groups =
            json_array_size(report->group_by) > 0 ? json_object_size(report->periods[i].groups) : 0;
        size_t rows = groups > 0 ? groups : 1;
        size_t first = skip > row ? skip - row : 0;
        size_t last = skip + PAGE_ROWS - row < rows ? skip + PAGE_ROWS - row : rows;

        if (row >= skip + PAGE_ROWS) {
            *ret_next = skip + PAGE_ROWS;
            break;
        }
        if (first < rows &&
            json_array_append_new(
                list, period_json(report, &report->periods[i], first, groups > 0 ? last : 0)) < 0) {
            json_decref(list);
            list = NULL;
        }
        if (last < rows)
            *ret_next = skip + PAGE_ROWS;
        row += rows;
    }
    return list;
}

static void answer(struct emu_call *call, const struct report *report, size_t skip)
{
    size_t next;
    json_t *list = list_periods(report, skip, &next);
    json_t *json = json_pack("{s:o, s:[]}", "ResultsByTime", list, "DimensionValueAttributes");
    bool failed = json == NULL;

    if (json_array_size(report->group_by) > 0)
        failed = failed || json_object_set_new(json, "GroupDefinitions",
                                               json_deep_copy(report->group_by)) < 0;
    if (next > 0)
        failed =
            failed || json_object_set_new(json, "NextPageToken", json_sprintf("row-%zu", next)) < 0;
    if (failed) {
        json_decref(json);
        json = NULL;
    }
    emu_reply_json(call->reply, 200, json);
}

static bool read_token(struct emu_call *call, size_t *ret_skip)
{
    const char *token = emu_call_string(call, "NextPageToken");

    *ret_skip = 0;
    if (token == NULL)
        return true;
    if (strncmp(token, "row-", 4) == 0 && token[4] >= '1' && token[4] <= '9' &&
        strlen(token) < 12) {
        *ret_skip = strtoul(token + 4, NULL, 10);
        return true;
    }
    emu_reply_error(call->reply, "InvalidNextTokenException",
                    "The NextPageToken is not one that was answered here.");
    return false;
}

static void make_report(struct emu_call *call, int64_t from_us, int64_t to_us, size_t skip)
{
    const char *granularity = emu_call_string(call, "Granularity");
    struct report *report = calloc(1, sizeof(*report));
    bool failed = report == NULL;

    if (failed) {
        emu_reply_out_of_memory(call->reply);
        return;
    }
    report->call = call;
    report->group_by = json_object_get(call->input, "GroupBy");
    if (!make_periods(report, from_us, to_us, strcmp(granularity, "MONTHLY") == 0))
        emu_cost_refuse(call, "The time has more days than can be told at once.");
    else if (emu_cost_walk(call->emulator, from_us, to_us, call->request->now_us, add_line,
                           report) < 0)
        emu_reply_out_of_memory(call->reply);
    else
        answer(call, report, skip);
    for (size_t i = 0; i < report->count; i++)
        json_decref(report->periods[i].groups);
    free(report);
}

void emu_cost_usage(struct emu_call *call)
{
    int64_t from_us;
    int64_t to_us;
    size_t skip;

    if (!emu_cost_period(call, &from_us, &to_us) || !check_metrics(call) || !check_groups(call) ||
        !read_token(call, &skip))
        return;
    if (strcmp(emu_call_string(call, "Granularity"), "HOURLY") == 0)
        emu_reply_error(call->reply, "DataUnavailableException",
                        "Hourly data is not enabled for this account.");
    else
        make_report(call, from_us, to_us, skip);
}
