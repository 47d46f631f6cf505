/* AWS Budgets over time: periods, what was spent in them, and when a threshold is passed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "budgets.h"
#include "client.h"
#include "dates.h"
#include "money_client.h"
#include "money_patterns.h"

#include <stdlib.h>
#include <string.h>

#define NOVA "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
#define TEAM "[{'key':'team','value':'a'}]"
#define ONE  "'AccountId':'123456789012','BudgetName':'b'"

static struct inside inside;

static void start(void)
{
    inside_start(&inside, &(struct emu_options){.credentials = {"A", "s", NULL}});
}

static void stop(void)
{
    inside_stop(&inside);
}

static void create(const char *more)
{
    char *body = text("{'AccountId':'123456789012','Budget':{'BudgetName':'b','BudgetType':'COST',"
                      "'BudgetLimit':{'Amount':'0.01','Unit':'USD'},%s}}",
                      more);

    money_do(&inside, "budgets", "CreateBudget", body);
    free(body);
}

/* In millionths of a dollar. */
static int spent(void)
{
    json_t *answer = money_call(&inside, "budgets", "DescribeBudget", "{" ONE "}", 200);
    const json_t *budget = json_object_get(answer, "Budget");
    const json_t *actual =
        json_object_get(json_object_get(budget, "CalculatedSpend"), "ActualSpend");
    double usd = strtod(json_string_value(json_object_get(actual, "Amount")), NULL);

    json_decref(answer);
    return (int)(usd * 1000000 + 0.5);
}

/* ---- periods ---- */

static const struct {
    const char *unit;
    const char *now;
    const char *from;
    const char *to;
} PERIODS[] = {
    {"DAILY", "2026-01-02T03:04:05Z", "2026-01-02", "2026-01-03"},
    {"DAILY", "2026-12-31T23:59:59Z", "2026-12-31", "2027-01-01"},
    {"MONTHLY", "2026-02-28T23:59:59Z", "2026-02-01", "2026-03-01"},
    {"MONTHLY", "2026-12-01T00:00:00Z", "2026-12-01", "2027-01-01"},
    {"MONTHLY", "2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01"},
    {"QUARTERLY", "2026-03-31T23:59:59Z", "2026-01-01", "2026-04-01"},
    {"QUARTERLY", "2026-11-25T00:00:00Z", "2026-10-01", "2027-01-01"},
    {"ANNUALLY", "2026-07-01T00:00:00Z", "2026-01-01", "2027-01-01"},
};

START_TEST(test_period)
{
    json_t *budget = json_pack("{s:s}", "TimeUnit", PERIODS[_i].unit);
    int64_t now_us;
    int64_t from_us;
    int64_t to_us;
    char day[16];

    ck_assert(emu_date_parse(PERIODS[_i].now, &now_us));
    emu_budget_period(budget, now_us, &from_us, &to_us);
    emu_date_format(day, from_us);
    ck_assert_str_eq(day, PERIODS[_i].from);
    emu_date_format(day, to_us);
    ck_assert_str_eq(day, PERIODS[_i].to);
    json_decref(budget);
}
END_TEST

START_TEST(test_spend_by_period)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM); /* one use of it costs 0.004 USD */

    create("'TimeUnit':'MONTHLY'");
    money_use(&inside, arn);
    inside.now_us += 5 * EMU_DAY_US;
    money_use(&inside, arn);
    ck_assert_int_eq(spent(), 8000);
    inside.now_us += 28 * EMU_DAY_US;
    ck_assert_int_eq(spent(), 0);
    money_use(&inside, arn);
    ck_assert_int_eq(spent(), 4000);
    free(arn);
}
END_TEST

START_TEST(test_custom_period)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM);

    create("'TimeUnit':'CUSTOM','TimePeriod':{'Start':1767312000,'End':1767398400}"); /* Jan 2 */
    money_use(&inside, arn);
    inside.now_us += EMU_DAY_US;
    money_use(&inside, arn);
    ck_assert_int_eq(spent(), 4000);
    free(arn);
}
END_TEST

/* ---- filters ---- */

static const struct {
    const char *filter;
    int millionths;
} FILTERS[] = {
    {"'CostFilters':{}", 4000},
    {"'CostFilters':{'TagKeyValue':['user:team$a']}", 4000},
    {"'CostFilters':{'TagKeyValue':['user:team$b']}", 0},
    {"'CostFilters':{'TagKeyValue':['user:team$b','user:team$a']}", 4000},
    {"'CostFilters':{'TagKeyValue':['team$a']}", 0},
    {"'CostFilters':{'TagKeyValue':['user:team']}", 0},
    {"'CostFilters':{'TagKeyValue':['user:team$a'],'Service':['Amazon Bedrock']}", 4000},
    {"'CostFilters':{'TagKeyValue':['user:team$a'],'Service':['Other']}", 0},
    {"'CostFilters':{'Region':['us-east-1','eu-west-1']}", 4000},
    {"'CostFilters':{'Nothing':['x']}", 0},
    {"'FilterExpression':{'Tags':{'Key':'team','Values':['a']}},'Metrics':['BlendedCost']", 4000},
    {"'FilterExpression':{'Tags':{'Key':'team','Values':['b']}},'Metrics':['BlendedCost']", 0},
};

START_TEST(test_filter)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM);
    char *more = text("'TimeUnit':'MONTHLY',%s", FILTERS[_i].filter);

    ck_assert(money_tell(&inside, "tags", "{'key':'team','activeSince':'2026-01-01'}"));
    create(more);
    money_use(&inside, arn);
    ck_assert_int_eq(spent(), FILTERS[_i].millionths);
    free(more);
    free(arn);
}
END_TEST

/* ---- thresholds, with 0.004 of 0.01 USD spent on the second of 31 days ---- */

static const struct {
    const char *notification;
    const char *state;
} THRESHOLDS[] = {
    {"'NotificationType':'ACTUAL','ComparisonOperator':'GREATER_THAN','Threshold':39", "ALARM"},
    {"'NotificationType':'ACTUAL','ComparisonOperator':'GREATER_THAN','Threshold':40", "OK"},
    {"'NotificationType':'ACTUAL','ComparisonOperator':'LESS_THAN','Threshold':50", "ALARM"},
    {"'NotificationType':'ACTUAL','ComparisonOperator':'GREATER_THAN','Threshold':0.0039,"
     "'ThresholdType':'ABSOLUTE_VALUE'",
     "ALARM"},
    {"'NotificationType':'ACTUAL','ComparisonOperator':'GREATER_THAN','Threshold':1,"
     "'ThresholdType':'ABSOLUTE_VALUE'",
     "OK"},
    {"'NotificationType':'FORECASTED','ComparisonOperator':'GREATER_THAN','Threshold':100",
     "ALARM"},
    {"'NotificationType':'FORECASTED','ComparisonOperator':'GREATER_THAN','Threshold':2000", "OK"},
};

START_TEST(test_threshold)
{
    char *arn = money_profile(&inside, "p", NOVA, TEAM);
    char *body = text("{" ONE ",'Notification':{%s},'Subscribers':[{'SubscriptionType':'EMAIL',"
                      "'Address':'a@example.com'}]}",
                      THRESHOLDS[_i].notification);
    json_t *answer;

    create("'TimeUnit':'MONTHLY'");
    money_do(&inside, "budgets", "CreateNotification", body);
    money_use(&inside, arn);
    answer = money_call(&inside, "budgets", "DescribeNotificationsForBudget", "{" ONE "}", 200);
    ck_assert_str_eq(
        json_string_value(json_object_get(
            json_array_get(json_object_get(answer, "Notifications"), 0), "NotificationState")),
        THRESHOLDS[_i].state);
    json_decref(answer);
    free(body);
    free(arn);
}
END_TEST

/* ---- names and addresses ---- */

static const struct {
    const struct emu_pattern *pattern;
    const char *text;
    bool matches;
} TEXTS[] = {
    {&EMU_PATTERN_BUDGET_NAME, "team search/live: no", false},
    {&EMU_PATTERN_BUDGET_NAME, "team search/live", true},
    {&EMU_PATTERN_BUDGET_NAME, "a/action/b", false},
    {&EMU_PATTERN_BUDGET_NAME, "a\\b", false},
    {&EMU_PATTERN_BUDGET_NAME, "<script>x</script>", false},
    {&EMU_PATTERN_ADDRESS, "a.b+c@example.co.uk", true},
    {&EMU_PATTERN_ADDRESS, "a@b", false},
    {&EMU_PATTERN_ADDRESS, "a@b.", false},
    {&EMU_PATTERN_ADDRESS, "a@b..c", false},
    {&EMU_PATTERN_ADDRESS, "@b.c", false},
    {&EMU_PATTERN_ADDRESS, "arn:aws:sns:us-east-1:123456789012:t_1-2", true},
    {&EMU_PATTERN_ADDRESS, "arn:aws:sns:us-east-1:123456789012:t.fifo", true},
    {&EMU_PATTERN_ADDRESS, "arn:aws:sns:us-east-1:123456789012:t.x", false},
    {&EMU_PATTERN_ADDRESS, "arn:aws:sqs:us-east-1:123456789012:t", false},
    {&EMU_PATTERN_ADDRESS, "arn:aws:sns:us-east-1:1234:t", false},
    {&EMU_PATTERN_AMOUNT, "10", true},
    {&EMU_PATTERN_AMOUNT, ".5", true},
    {&EMU_PATTERN_AMOUNT, "10.", false},
    {&EMU_PATTERN_AMOUNT, "1.2.3", false},
    {&EMU_PATTERN_AMOUNT, "-1", false},
    {&EMU_PATTERN_ROLE_ARN, "arn:aws:iam::123456789012:role/r", true},
    {&EMU_PATTERN_ROLE_ARN, "arn:aws:iam::123456789012:role/path/to/r", true},
    {&EMU_PATTERN_ROLE_ARN, "arn:aws:iam::123456789012:role//r", false},
    {&EMU_PATTERN_ROLE_ARN, "arn:aws:iam::123456789012:role/r/", false},
    {&EMU_PATTERN_ROLE_ARN, "arn:aws:iam::aws:role/r", false},
    {&EMU_PATTERN_ROLE_ARN, "arn:aws:iam::123456789012:user/r", false},
    {&EMU_PATTERN_POLICY_ARN, "arn:aws:iam::aws:policy/AdministratorAccess", true},
    {&EMU_PATTERN_POLICY_ARN, "arn:aws-cn:iam::123456789012:policy/x", true},
    {&EMU_PATTERN_POLICY_ARN, "policy/x", false},
    {&EMU_PATTERN_PRINCIPAL, "team-a", true},
    {&EMU_PATTERN_PRINCIPAL, "path/team-a", true},
    {&EMU_PATTERN_PRINCIPAL, "team a", false},
    {&EMU_PATTERN_UUID, "01234567-89ab-CDEF-0123-456789abcdef", true},
    {&EMU_PATTERN_UUID, "01234567-89ab-CDEF-0123-456789abcdeg", false},
    {&EMU_PATTERN_DATE, "2026-01-02", true},
    {&EMU_PATTERN_DATE, "2026-01-02T03:04:05Z", true},
    {&EMU_PATTERN_DATE, "2026-1-2", false},
    {&EMU_PATTERN_REGION, "eu-central-1", true},
    {&EMU_PATTERN_REGION, "nowhere", false},
    {&EMU_PATTERN_TAG_TEXT, "a b_c.d:e/f=g+h-i@j \xc3\xa4", true},
    {&EMU_PATTERN_TAG_TEXT, "a#b", false},
};

START_TEST(test_pattern)
{
    struct emu_slice slice = {TEXTS[_i].text, strlen(TEXTS[_i].text)};

    ck_assert_msg(TEXTS[_i].pattern->matches(slice) == TEXTS[_i].matches, "%s", TEXTS[_i].text);
}
END_TEST

/* What is null is not there, and an ARN that is none is no more than unknown. */
START_TEST(test_odd_inputs)
{
    create("'TimeUnit':'MONTHLY','CostFilters':null,'TimePeriod':{'Start':null,'End':null}");
    ck_assert_int_eq(spent(), 0);
    money_fail(&inside, "budgets", "ListTagsForResource",
               "{'ResourceARN':'/action/:123456789012:budget/b2'}", "NotFoundException");
    money_fail(&inside, "budgets", "ListTagsForResource",
               "{'ResourceARN':'arn:aws:budgets::123456789012:budget/b/action/none'}",
               "NotFoundException");
    money_fail(&inside, "budgets", "CreateBudget", "{'AccountId':'123456789012','Budget':[]}",
               "SerializationException");
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("budgets");
    TCase *tcase = tcase_create("budgets");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, test_period, 0, COUNT(PERIODS));
    tcase_add_test(tcase, test_spend_by_period);
    tcase_add_test(tcase, test_custom_period);
    tcase_add_loop_test(tcase, test_filter, 0, COUNT(FILTERS));
    tcase_add_loop_test(tcase, test_threshold, 0, COUNT(THRESHOLDS));
    tcase_add_loop_test(tcase, test_pattern, 0, COUNT(TEXTS));
    tcase_add_test(tcase, test_odd_inputs);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
