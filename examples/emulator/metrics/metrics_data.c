/* GetMetricData: many queries over one time, answered so many values at a time.
 *
 * SPDX-License-Identifier: MIT
 */
#include "metrics.h"
#include "dates.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_QUERIES 500
#define MAX_VALUES  100800 /* of one answer; and periods of one query */

/* A page in the making. */
struct page {
    struct emu_call *call;
    json_t *results;
    int64_t from_us;
    int64_t to_us;
    size_t first; /* the query to go on with, and how many of its values were answered */
    size_t skip;
    size_t room;
    bool more; /* there is a next page, and these are its query and its values */
    size_t next;
    size_t next_skip;
};

/* ---- rules ---- */

static bool is_id(const char *id)
{
    return id[0] >= 'a' && id[0] <= 'z' && emu_slice_only(emu_slice_of(id), ALPHANUMERIC "_");
}

static bool check_query(struct emu_call *call, const json_t *queries, size_t i, int64_t from_us)
{
    const json_t *query = json_array_get(queries, i);
    const char *id = json_string_value(json_object_get(query, "Id"));
    const json_t *stat = json_object_get(query, "MetricStat");
    const char *statistic = json_string_value(json_object_get(stat, "Stat"));

    if (!is_id(id) || emu_query_find(queries, emu_slice_of(id)) != query) {
        emu_metric_refuse(call, "ValidationException",
                          "An Id begins with a small letter, has letters, digits and _ only, and "
                          "is there once.");
        return false;
    }
    if (json_is_object(stat) == json_is_string(json_object_get(query, "Expression"))) {
        emu_metric_refuse(call, "ValidationException",
                          "A query has a MetricStat or an Expression, not both.");
        return false;
    }
    if (statistic != NULL && !emu_is_statistic(statistic)) {
        emu_metric_refuse(call, "ValidationException", "That Stat is not known here.");
        return false;
    }
    return emu_metric_period(call, emu_query_period(queries, query), from_us);
}

static bool check(struct emu_call *call, const json_t *queries, int64_t from_us, int64_t to_us)
{
    if (json_array_size(queries) == 0 || json_array_size(queries) > MAX_QUERIES) {
        emu_metric_refuse(call, "ValidationException",
                          "The collection MetricDataQueries must have a size of 1 to 500.");
        return false;
    }
    if (from_us >= to_us) {
        emu_metric_refuse(call, "ValidationException",
                          "The parameter StartTime must be less than the parameter EndTime.");
        return false;
    }
    for (size_t i = 0; i < json_array_size(queries); i++)
        if (!check_query(call, queries, i, from_us))
            return false;
    return true;
}

/* ---- one query ---- */

/* Puts the values that are there, from number `skip` on and as many as there is room for, into the
 * two lists. */
static int put_values(struct page *page, size_t query, int64_t first_us, int64_t period_us,
                      const double *values, size_t n, json_t *times, json_t *list)
{
    const char *order = emu_call_string(page->call, "ScanBy");
    bool ascending = order != NULL && strcmp(order, "TimestampAscending") == 0;
    size_t seen = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = ascending ? i : n - 1 - i;
        int64_t us = first_us + (int64_t)at * period_us;

        if (!isfinite(values[at]) || seen++ < page->skip)
            continue;
        if (page->room == 0) {
            page->more = true;
            page->next = query;
            page->next_skip = seen - 1;
            return EMU_OK;
        }
        page->room--;
        if (json_array_append_new(times, json_integer(us / EMU_SECOND_US)) < 0 ||
            json_array_append_new(list, json_real(values[at])) < 0)
            return EMU_OUT_OF_MEMORY;
    }
    return EMU_OK;
}

static const char *label_of(const json_t *query)
{
    const char *label = json_string_value(json_object_get(query, "Label"));
    const json_t *metric = json_object_get(json_object_get(query, "MetricStat"), "Metric");
    const char *name = json_string_value(json_object_get(metric, "MetricName"));

    if (label != NULL)
        return label;
    return name != NULL ? name : json_string_value(json_object_get(query, "Id"));
}

static int add_result(struct page *page, const json_t *query, json_t *times, json_t *values)
{
    json_t *result = json_pack("{s:O, s:s, s:O, s:O, s:s}", "Id", json_object_get(query, "Id"),
                               "Label", label_of(query), "Timestamps", times, "Values", values,
                               "StatusCode", page->more ? "PartialData" : "Complete");

    return json_array_append_new(page->results, result) == 0 ? EMU_OK : EMU_OUT_OF_MEMORY;
}

static int answer_query(struct page *page, size_t i)
{
    const json_t *queries = json_object_get(page->call->input, "MetricDataQueries");
    const json_t *query = json_array_get(queries, i);
    int64_t period_us = emu_query_period(queries, query) * EMU_SECOND_US;
    int64_t first_us = page->from_us / period_us * period_us;
    size_t n = (size_t)((page->to_us - first_us + period_us - 1) / period_us);
    double *values;
    json_t *times;
    json_t *list;
    int rc;

    if (n > MAX_VALUES)
        return EMU_INVALID;
    values = calloc(n + 1, sizeof(*values));
    times = json_array();
    list = json_array();
    rc = values != NULL && times != NULL && list != NULL ? EMU_OK : EMU_OUT_OF_MEMORY;
    if (rc == EMU_OK)
        rc = emu_query_evaluate(page->call->emulator, page->call->region, queries, query, first_us,
                                page->call->request->now_us, period_us, n, values);
    if (rc == EMU_OK)
        rc = put_values(page, i, first_us, period_us, values, n, times, list);
    if (rc == EMU_OK)
        rc = add_result(page, query, times, list);
    free(values);
    json_decref(times);
    json_decref(list);
    return rc;
}

/* ---- the answer ---- */

static int answer_queries(struct page *page)
{
    const json_t *queries = json_object_get(page->call->input, "MetricDataQueries");
    int rc = EMU_OK;

    for (size_t i = page->first; i < json_array_size(queries) && rc == EMU_OK; i++) {
        if (!page->more &&
            !json_is_false(json_object_get(json_array_get(queries, i), "ReturnData")))
            rc = answer_query(page, i);
        page->skip = 0;
    }
    return rc;
}

static bool read_token(struct page *page)
{
    const char *token = emu_call_string(page->call, "NextToken");
    unsigned query;
    unsigned skip;
    char rest;

    if (token == NULL)
        return true;
    if (sscanf(token, "query-%9u-value-%9u%c", &query, &skip, &rest) != 2)
        return false;
    page->first = query;
    page->skip = skip;
    return true;
}

static void answer_page(struct page *page)
{
    json_t *answer = json_pack("{s:O, s:[]}", "MetricDataResults", page->results, "Messages");

    if (page->more && json_object_set_new(answer, "NextToken",
                                          json_sprintf("query-%u-value-%u", (unsigned)page->next,
                                                       (unsigned)page->next_skip)) < 0) {
        json_decref(answer);
        answer = NULL;
    }
    emu_reply_json(page->call->reply, 200, answer);
}

void emu_metrics_get_data(struct emu_call *call)
{
    const json_t *queries = json_object_get(call->input, "MetricDataQueries");
    const json_t *most = json_object_get(call->input, "MaxDatapoints");
    struct page page = {.call = call,
                        .from_us = emu_metric_time(json_object_get(call->input, "StartTime")),
                        .to_us = emu_metric_time(json_object_get(call->input, "EndTime")),
                        .room = MAX_VALUES};
    int rc;

    if (!check(call, queries, page.from_us, page.to_us))
        return;
    if (!read_token(&page)) {
        emu_metric_refuse(call, "InvalidNextToken", "The NextToken is not valid.");
        return;
    }
    if (json_integer_value(most) > 0 && json_integer_value(most) < MAX_VALUES)
        page.room = (size_t)json_integer_value(most);
    page.results = json_array();
    rc = page.results != NULL ? answer_queries(&page) : EMU_OUT_OF_MEMORY;
    if (rc == EMU_OK)
        answer_page(&page);
    else if (rc == EMU_INVALID)
        emu_metric_refuse(
            call, "ValidationException",
            "An Expression adds up metrics here, by their ids: a + 5 * b; and a query "
            "has 100800 periods at most.");
    else
        emu_reply_out_of_memory(call->reply);
    json_decref(page.results);
}
