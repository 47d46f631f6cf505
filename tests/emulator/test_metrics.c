/* CloudWatch over time: minutes and longer periods, Regions, what is too old, states of alarms.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "dates.h"
#include "money_client.h"
#include "sns.h"

#include <stdlib.h>
#include <string.h>

#define NOVA     "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
#define SECONDS  (INSIDE_START_US / 1000000)
#define MIDNIGHT INT64_C(1767312000) /* of 2 January 2026 */

static struct inside inside;
static char *arn;

static void start(void)
{
    inside_start(&inside, &(struct emu_options){.credentials = {"A", "s", NULL}});
    arn = money_profile(&inside, "p", NOVA, "[]");
}

static void stop(void)
{
    inside_stop(&inside);
    free(arn);
}

static const char *id(void)
{
    return strrchr(arn, '/') + 1;
}

static void use_at(const char *at, int tokens)
{
    char *told = text("{'profile':'%s','at':'%s','inputTokens':%d}", arn, at, tokens);

    ck_assert(money_tell(&inside, "usage", told));
    free(told);
}

/* The values of a query over some seconds, with spaces between; to be freed. */
static char *values(int64_t from, int64_t to, const char *query)
{
    char *body = text("{'StartTime':%lld,'EndTime':%lld,'ScanBy':'TimestampAscending',"
                      "'MetricDataQueries':[%s]}",
                      (long long)from, (long long)to, query);
    json_t *answer = money_call(&inside, "monitoring", "GetMetricData", body, 200);
    const json_t *result = json_array_get(json_object_get(answer, "MetricDataResults"), 0);
    const json_t *value;
    char *all = strdup("");
    size_t i;

    json_array_foreach(json_object_get(result, "Values"), i, value)
    {
        char *longer = text("%s%s%g", all, i > 0 ? " " : "", json_number_value(value));

        free(all);
        all = longer;
    }
    json_decref(answer);
    free(body);
    return all;
}

static char *stat(const char *name, int period, const char *statistic)
{
    return text("{'Id':'a','MetricStat':{'Metric':{'Namespace':'AWS/Bedrock','MetricName':'%s',"
                "'Dimensions':[{'Name':'ModelId','Value':'%s'}]},'Period':%d,'Stat':'%s'}}",
                name, id(), period, statistic);
}

static void expect(int64_t from, int64_t to, const char *name, int period, const char *statistic,
                   const char *wanted)
{
    char *query = stat(name, period, statistic);
    char *got = values(from, to, query);

    ck_assert_str_eq(got, wanted);
    free(got);
    free(query);
}

START_TEST(test_edges)
{
    use_at("2026-01-02T00:00:00Z", 1);
    use_at("2026-01-02T00:00:59Z", 2);
    use_at("2026-01-02T00:01:00Z", 4);
    use_at("2026-01-02T00:04:59Z", 8);
    use_at("2026-01-02T00:05:00Z", 16);
    expect(MIDNIGHT, MIDNIGHT + 60, "InputTokenCount", 60, "Sum", "3");
    expect(MIDNIGHT, MIDNIGHT + 3600, "InputTokenCount", 60, "Sum", "3 4 8 16");
    expect(MIDNIGHT, MIDNIGHT + 3600, "InputTokenCount", 300, "Sum", "15 16");
    expect(MIDNIGHT + 59, MIDNIGHT + 61, "InputTokenCount", 60, "Sum", "3 4");
    expect(MIDNIGHT, MIDNIGHT + 3600, "InputTokenCount", 3600, "Maximum", "16");
    expect(MIDNIGHT, MIDNIGHT + 3600, "Invocations", 3600, "Sum", "5");
    expect(MIDNIGHT - 3600, MIDNIGHT, "Invocations", 60, "Sum", "");
    expect(MIDNIGHT, MIDNIGHT + 3600, "Unknown", 60, "Sum", "");
}
END_TEST

START_TEST(test_regions)
{
    use_at("2026-01-02T00:00:00Z", 1);
    inside.region = "eu-west-1";
    expect(MIDNIGHT, MIDNIGHT + 60, "InputTokenCount", 60, "Sum", "");
    inside.region = "us-east-1";
    expect(MIDNIGHT, MIDNIGHT + 60, "InputTokenCount", 60, "Sum", "1");
}
END_TEST

START_TEST(test_settling)
{
    inside.emulator.options.settle_ms = 120000;
    use_at("2026-01-02T00:00:00Z", 1);
    inside.now_us += 2 * EMU_MINUTE_US - 1;
    expect(MIDNIGHT, MIDNIGHT + 60, "InputTokenCount", 60, "Sum", "");
    inside.now_us += 1;
    expect(MIDNIGHT, MIDNIGHT + 60, "InputTokenCount", 60, "Sum", "1");
}
END_TEST

/* A stream counts as a call, too. */
START_TEST(test_answers)
{
    static const char *const OPERATIONS[] = {"converse", "converse-stream"};
    char *label = encode(arn);
    char *query = stat("OutputTokenCount", 60, "Sum");
    char *sum;

    for (int i = 0; i < 2; i++) {
        char *uri = text("/model/%s/%s", label, OPERATIONS[i]);
        const struct emu_request request = {.method = "POST",
                                            .uri = uri,
                                            .body = HELLO,
                                            .body_len = strlen(HELLO),
                                            .now_us = inside.now_us};
        const struct emu_caller caller = {"bedrock", "us-east-1", NULL};
        struct emu_reply reply;

        emu_reply_init(&reply);
        emu_call_operation(&inside.emulator, &request, &caller, &reply);
        ck_assert_int_eq(reply.status, 200);
        emu_reply_free(&reply);
        free(uri);
    }
    expect(SECONDS - 60, SECONDS + 60, "Invocations", 60, "Sum", "2");
    sum = values(SECONDS - 60, SECONDS + 60, query);
    ck_assert_int_gt(atoi(sum), 0);
    free(sum);
    free(query);
    free(label);
}
END_TEST

/* ---- expressions ---- */

static const struct {
    const char *expression;
    const char *values; /* with a = 1, b = 10 and c missing; NULL: refused */
} EXPRESSIONS[] = {
    {"a + b", "11"},  {"a+b+a", "12"},       {"5 * a + b*2", "25"},
    {"0.5*b", "5"},   {"SUM([a, b])", "11"}, {"a + c", "1"},
    {"c", ""},        {"a - b", NULL},       {"a +", NULL},
    {"SUM([a", NULL}, {"SUM([a)", NULL},     {"d", NULL},
    {"2", NULL},      {"e", NULL},           {"METRICS()", NULL},
    {"*", NULL},
};

static char *query_of(const char *name, const char *metric)
{
    return text("{'Id':'%s','ReturnData':false,'MetricStat':{'Metric':{'Namespace':'AWS/Bedrock',"
                "'MetricName':'%s','Dimensions':[{'Name':'ModelId','Value':'%s'}]},'Period':60,"
                "'Stat':'Sum'}}",
                name, metric, id());
}

START_TEST(test_expression)
{
    char *a = query_of("a", "Invocations");
    char *b = query_of("b", "InputTokenCount");
    char *c = query_of("c", "CacheReadInputTokens");
    char *all = text("{'Id':'e','Expression':'%s'},%s,%s,%s", EXPRESSIONS[_i].expression, a, b, c);

    use_at("2026-01-02T00:00:00Z", 10);
    if (EXPRESSIONS[_i].values != NULL) {
        char *got = values(MIDNIGHT, MIDNIGHT + 60, all);

        ck_assert_str_eq(got, EXPRESSIONS[_i].values);
        free(got);
    } else {
        char *body = text("{'StartTime':%lld,'EndTime':%lld,'MetricDataQueries':[%s]}",
                          (long long)MIDNIGHT, (long long)MIDNIGHT + 60, all);

        money_fail(&inside, "monitoring", "GetMetricData", body, "ValidationException");
        free(body);
    }
    free(all);
    free(c);
    free(b);
    free(a);
}
END_TEST

/* ---- how long what is kept ---- */

static const struct {
    int days;
    int period;
    bool good;
} AGES[] = {
    {1, 60, true},   {1, 1, true},    {1, 61, false},   {15, 60, true},   {17, 60, false},
    {17, 300, true}, {63, 300, true}, {65, 300, false}, {65, 3600, true}, {400, 3600, true},
};

START_TEST(test_age)
{
    char *query = stat("Invocations", AGES[_i].period, "Sum");
    int64_t from = SECONDS - AGES[_i].days * INT64_C(86400);
    char *body = text("{'StartTime':%lld,'EndTime':%lld,'MetricDataQueries':[%s]}", (long long)from,
                      (long long)from + 3600, query);

    if (AGES[_i].good)
        money_do(&inside, "monitoring", "GetMetricData", body);
    else
        money_fail(&inside, "monitoring", "GetMetricData", body, "ValidationException");
    free(body);
    free(query);
}
END_TEST

/* ---- states of alarms, with 100 tokens in each of the last two periods of three ---- */

static const struct {
    const char *alarm;
    const char *state;
} STATES[] = {
    {"'Threshold':100,'ComparisonOperator':'GreaterThanOrEqualToThreshold','EvaluationPeriods':1",
     "ALARM"},
    {"'Threshold':100,'ComparisonOperator':'GreaterThanThreshold','EvaluationPeriods':1", "OK"},
    {"'Threshold':101,'ComparisonOperator':'LessThanThreshold','EvaluationPeriods':1", "ALARM"},
    {"'Threshold':99,'ComparisonOperator':'LessThanOrEqualToThreshold','EvaluationPeriods':1",
     "OK"},
    {"'Threshold':50,'ComparisonOperator':'GreaterThanThreshold','EvaluationPeriods':2", "ALARM"},
    {"'Threshold':50,'ComparisonOperator':'GreaterThanThreshold','EvaluationPeriods':3", "OK"},
    {"'Threshold':50,'ComparisonOperator':'GreaterThanThreshold','EvaluationPeriods':3,"
     "'DatapointsToAlarm':2",
     "ALARM"},
    {"'Threshold':50,'ComparisonOperator':'GreaterThanThreshold','EvaluationPeriods':3,"
     "'TreatMissingData':'breaching'",
     "ALARM"},
};

static void put_alarm(const char *model_id, const char *more)
{
    char *body = text("{'AlarmName':'a','Namespace':'AWS/Bedrock','MetricName':'InputTokenCount',"
                      "'Dimensions':[{'Name':'ModelId','Value':'%s'}],'Statistic':'Sum',"
                      "'Period':300,%s}",
                      model_id, more);

    money_do(&inside, "monitoring", "PutMetricAlarm", body);
    free(body);
}

static void expect_state(const char *wanted)
{
    json_t *answer = money_call(&inside, "monitoring", "DescribeAlarms", "{}", 200);
    const json_t *alarm = json_array_get(json_object_get(answer, "MetricAlarms"), 0);

    ck_assert_str_eq(json_string_value(json_object_get(alarm, "StateValue")), wanted);
    json_decref(answer);
}

START_TEST(test_state)
{
    use_at("2026-01-02T02:56:00Z", 100); /* it is 03:04:05 */
    use_at("2026-01-02T03:01:00Z", 100);
    put_alarm(id(), STATES[_i].alarm);
    expect_state(STATES[_i].state);
}
END_TEST

static const struct {
    const char *treatment;
    const char *state;
} MISSING[] = {
    {"missing", "INSUFFICIENT_DATA"},
    {"notBreaching", "OK"},
    {"breaching", "ALARM"},
    {"ignore", "INSUFFICIENT_DATA"}, /* as it was */
};

START_TEST(test_missing)
{
    char *more = text("'Threshold':1,'ComparisonOperator':'GreaterThanThreshold',"
                      "'EvaluationPeriods':2,'TreatMissingData':'%s'",
                      MISSING[_i].treatment);

    put_alarm("none", more);
    expect_state(MISSING[_i].state);
    free(more);
}
END_TEST

/* In and out together: what one metric cannot say. */
START_TEST(test_state_of_sum)
{
    char *a = query_of("a", "InputTokenCount");
    char *b = query_of("b", "Invocations");
    char *body = text("{'AlarmName':'a','EvaluationPeriods':1,'Threshold':101,"
                      "'ComparisonOperator':'GreaterThanOrEqualToThreshold',"
                      "'Metrics':[{'Id':'e','Expression':'a + b'},%s,%s]}",
                      a, b);

    money_do(&inside, "monitoring", "PutMetricAlarm", body);
    expect_state("INSUFFICIENT_DATA");
    use_at("2026-01-02T03:04:01Z", 100);
    expect_state("ALARM");
    free(body);
    free(b);
    free(a);
}
END_TEST

/* ---- what is published ---- */

#define TOPIC_ARN "arn:aws:sns:us-east-1:123456789012:alarms"

static const json_t *published(size_t n)
{
    const json_t *all = emu_topics_messages(&inside.emulator);

    ck_assert_int_eq(emu_money_watch(&inside.emulator, inside.now_us), EMU_OK);
    ck_assert_uint_eq(json_array_size(all), n);
    return json_array_get(all, n - 1);
}

/* Each change of the state is told once, to the topics that are there and are for that state. */
START_TEST(test_publishing)
{
    struct emu_reply reply =
        inside_post(&inside, "sns", "Content-Type", "application/x-www-form-urlencoded",
                    "Version=2010-03-31&Action=CreateTopic&Name=alarms");
    const json_t *message;
    json_t *json;

    emu_reply_free(&reply);
    put_alarm(id(),
              "'Threshold':100,'ComparisonOperator':'GreaterThanThreshold',"
              "'EvaluationPeriods':1,'TreatMissingData':'notBreaching','AlarmActions':['" TOPIC_ARN
              "','" TOPIC_ARN "2'],'OKActions':['" TOPIC_ARN "']");
    message = published(1);
    ck_assert_str_eq(json_string_value(json_object_get(message, "Subject")),
                     "OK: \"a\" in us-east-1");
    use_at("2026-01-02T03:04:00Z", 101);
    message = published(2);
    ck_assert_str_eq(json_string_value(json_object_get(message, "Subject")),
                     "ALARM: \"a\" in us-east-1");
    json = json_loads(json_string_value(json_object_get(message, "Message")), 0, NULL);
    ck_assert_str_eq(json_string_value(json_object_get(json, "OldStateValue")), "OK");
    ck_assert_str_eq(json_string_value(json_object_get(json, "NewStateValue")), "ALARM");
    ck_assert_str_eq(
        json_string_value(json_object_get(json, "NewStateReason")),
        "Threshold Crossed: 1 of the last 1 datapoints are beyond the threshold (100).");
    ck_assert_str_eq(json_string_value(json_object_get(json, "StateChangeTime")),
                     "2026-01-02T03:04:05.000+0000");
    json_decref(json);
    published(2);
    put_alarm(id(), "'Threshold':200,'ComparisonOperator':'GreaterThanThreshold',"
                    "'EvaluationPeriods':1,'ActionsEnabled':false,'OKActions':['" TOPIC_ARN "']");
    expect_state("OK");
    published(2);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("metrics");
    TCase *tcase = tcase_create("metrics");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, test_edges);
    tcase_add_test(tcase, test_regions);
    tcase_add_test(tcase, test_settling);
    tcase_add_test(tcase, test_answers);
    tcase_add_loop_test(tcase, test_expression, 0, COUNT(EXPRESSIONS));
    tcase_add_loop_test(tcase, test_age, 0, COUNT(AGES));
    tcase_add_loop_test(tcase, test_state, 0, COUNT(STATES));
    tcase_add_loop_test(tcase, test_missing, 0, COUNT(MISSING));
    tcase_add_test(tcase, test_state_of_sum);
    tcase_add_test(tcase, test_publishing);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
