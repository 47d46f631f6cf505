/* What was spent under a budget: the lines of the bill that fit it, in its present period.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "cost.h"
#include "dates.h"

#include <stdlib.h>
#include <string.h>

#define UNITS_PER_MILLIONTH (EMU_UNITS_PER_USD / 1000000)
#define TAG_PREFIX          "user:"

/* ---- periods ---- */

static int64_t moment(const json_t *budget, const char *member)
{
    const json_t *period = json_object_get(budget, "TimePeriod");

    return (int64_t)json_number_value(json_object_get(period, member)) * EMU_SECOND_US;
}

void emu_budget_period(const json_t *budget, int64_t now_us, int64_t *ret_from_us,
                       int64_t *ret_to_us)
{
    const char *unit = json_string_value(json_object_get(budget, "TimeUnit"));
    struct emu_date from = emu_date_of(now_us);
    struct emu_date to;

    if (strcmp(unit, "CUSTOM") == 0) {
        *ret_from_us = moment(budget, "Start");
        *ret_to_us = moment(budget, "End");
        return;
    }
    if (strcmp(unit, "DAILY") != 0)
        from.day = 1;
    if (strcmp(unit, "QUARTERLY") == 0)
        from.month -= (from.month - 1) % 3;
    if (strcmp(unit, "ANNUALLY") == 0)
        from.month = 1;
    to = from;
    to.day += strcmp(unit, "DAILY") == 0;
    to.month += strcmp(unit, "MONTHLY") == 0 ? 1 : strcmp(unit, "QUARTERLY") == 0 ? 3 : 0;
    to.year += strcmp(unit, "ANNUALLY") == 0;
    *ret_from_us = emu_date_us(from);
    *ret_to_us = emu_date_us(to);
}

/* ---- the older filters: {"TagKeyValue": ["user:team$a"], "Service": [...]} ---- */

/* user:KEY$VALUE */
static bool has_tag(const struct emulator *emulator, struct emu_cost_line *line, const char *wanted)
{
    const char *dollar = strchr(wanted, '$');
    emu_auto_text key = {0};
    const char *value;

    if (dollar == NULL || strncmp(wanted, TAG_PREFIX, strlen(TAG_PREFIX)) != 0)
        return false;
    wanted += strlen(TAG_PREFIX);
    emu_text_add(&key, wanted, (size_t)(dollar - wanted));
    value = emu_cost_tag(emulator, line, emu_text_string(&key));
    return value != NULL && strcmp(value, dollar + 1) == 0;
}

static const char *dimension_of(const char *filter)
{
    static const char *const NAMES[][2] = {{"Service", "SERVICE"},
                                           {"UsageType", "USAGE_TYPE"},
                                           {"Region", "REGION"},
                                           {"LinkedAccount", "LINKED_ACCOUNT"},
                                           {"Operation", "OPERATION"}};

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (strcmp(NAMES[i][0], filter) == 0)
            return NAMES[i][1];
    return filter;
}

static bool one_fits(const struct emulator *emulator, struct emu_cost_line *line,
                     const char *filter, const json_t *values)
{
    bool of_tags = strcmp(filter, "TagKeyValue") == 0;
    const char *its = of_tags ? NULL : emu_cost_dimension(line, dimension_of(filter));
    const json_t *value;
    size_t i;

    json_array_foreach(values, i, value)
    {
        const char *wanted = json_string_value(value);

        if (of_tags ? has_tag(emulator, line, wanted) : its != NULL && strcmp(its, wanted) == 0)
            return true;
    }
    return false;
}

static bool filters_fit(const struct emulator *emulator, struct emu_cost_line *line,
                        json_t *filters)
{
    const char *filter;
    json_t *values;

    json_object_foreach(filters, filter, values)
    {
        if (!one_fits(emulator, line, filter, values))
            return false;
    }
    return true;
}

/* ---- the sum ---- */

struct sum {
    const struct emulator *emulator;
    const json_t *budget;
    bool usage; /* millionths are added up, not money */
    int64_t sum;
};

static int add_line(struct emu_cost_line *line, void *data)
{
    struct sum *sum = data;

    if (emu_cost_fits(sum->emulator, line, json_object_get(sum->budget, "FilterExpression")) &&
        filters_fit(sum->emulator, line, json_object_get(sum->budget, "CostFilters")))
        sum->sum += sum->usage ? line->millionths : line->units;
    return EMU_OK;
}

int emu_budget_spend(const struct emulator *emulator, const json_t *budget, int64_t now_us,
                     int64_t *ret_units)
{
    const char *type = json_string_value(json_object_get(budget, "BudgetType"));
    struct sum sum = {emulator, budget, strcmp(type, "USAGE") == 0, 0};
    int64_t from_us;
    int64_t to_us;
    int rc;

    emu_budget_period(budget, now_us, &from_us, &to_us);
    rc = emu_cost_walk(emulator, from_us, to_us, now_us, add_line, &sum);
    if (sum.usage && sum.sum > INT64_MAX / UNITS_PER_MILLIONTH)
        sum.sum = INT64_MAX / UNITS_PER_MILLIONTH;
    *ret_units = sum.usage ? sum.sum * UNITS_PER_MILLIONTH : sum.sum;
    return rc;
}

/* ---- thresholds ---- */

int emu_spending_find(const struct emulator *emulator, const json_t *budget, int64_t now_us,
                      struct emu_spending *ret_spending)
{
    int64_t units;
    int rc = emu_budget_spend(emulator, budget, now_us, &units);

    *ret_spending = (struct emu_spending){
        .budget = budget, .now_us = now_us, .spent = (double)units / (double)EMU_UNITS_PER_USD};
    emu_budget_period(budget, now_us, &ret_spending->from_us, &ret_spending->to_us);
    return rc;
}

double emu_spending_limit(const struct emu_spending *spending)
{
    const json_t *limit = json_object_get(spending->budget, "BudgetLimit");
    const char *amount = json_string_value(json_object_get(limit, "Amount"));

    return amount != NULL ? strtod(amount, NULL) : 0;
}

double emu_spending_amount(const struct emu_spending *spending, const char *type)
{
    double period = (double)(spending->to_us - spending->from_us);

    if (strcmp(type, "FORECASTED") != 0 || spending->now_us <= spending->from_us)
        return spending->spent;
    return spending->spent * period / (double)(spending->now_us - spending->from_us);
}

double emu_threshold_amount(const struct emu_spending *spending,
                            const struct emu_threshold *threshold)
{
    return strcmp(threshold->unit, "PERCENTAGE") == 0
               ? threshold->value * emu_spending_limit(spending) / 100
               : threshold->value;
}

bool emu_threshold_passed(const struct emu_spending *spending,
                          const struct emu_threshold *threshold)
{
    double amount = emu_spending_amount(spending, threshold->type);
    double least = emu_threshold_amount(spending, threshold);

    /* What is planned or adjusted has no limit that is known here. */
    if (strcmp(threshold->unit, "PERCENTAGE") == 0 &&
        json_object_get(spending->budget, "BudgetLimit") == NULL)
        return false;
    if (strcmp(threshold->comparison, "GREATER_THAN") == 0)
        return amount > least;
    return strcmp(threshold->comparison, "LESS_THAN") == 0 ? amount < least
                                                           : amount >= least && amount <= least;
}
