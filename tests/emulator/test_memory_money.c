/* Out of memory at every allocation of the services that tell of money: an error, never a crash.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "failing.h"
#include "money_client.h"
#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET "'AccountId':'123456789012','BudgetName':'b'"
#define ONE                                                                                        \
    "'Notification':{'NotificationType':'ACTUAL','ComparisonOperator':'GREATER_THAN',"             \
    "'Threshold':50}"
#define OTHER   "{'NotificationType':'ACTUAL','ComparisonOperator':'GREATER_THAN','Threshold':60}"
#define MAIL    "{'SubscriptionType':'EMAIL','Address':'a@example.com'}"
#define MAIL_2  "{'SubscriptionType':'EMAIL','Address':'b@example.com'}"
#define TAGS    "'ResourceTags':[{'Key':'k','Value':'v'}]"
#define JANUARY "'TimePeriod':{'Start':'2026-01-01','End':'2026-02-01'}"
#define METRIC                                                                                     \
    "'Namespace':'AWS/Bedrock','MetricName':'InputTokenCount',"                                    \
    "'Dimensions':[{'Name':'ModelId','Value':'a.b'}]"
#define TIMES "'StartTime':1767312000,'EndTime':1767326000"
#define FORM  "application/x-www-form-urlencoded"
#define TOPIC "TopicArn=arn:aws:sns:us-east-1:123456789012:t"
#define SNS   "Version=2010-03-31&Action="

/* A service and its target, or /_emulator and a resource. */
static const struct {
    const char *service;
    const char *target;
    const char *body;
    int status;
} STEPS[] = {
    {"/_emulator", "usage",
     "[{'profile':'a.b','at':'2026-01-02T00:00:00Z','inputTokens':7,'cacheReadInputTokens':1}]",
     200},
    {"/_emulator", "tags", "{'key':'team','activeSince':'2026-01-01'}", 200},
    {"ce", "AWSInsightsIndexService.ListCostAllocationTags", "{'MaxResults':1}", 200},
    {"ce", "AWSInsightsIndexService.UpdateCostAllocationTagsStatus",
     "{'CostAllocationTagsStatus':[{'TagKey':'team','Status':'Inactive'},{'TagKey':'x','Status':"
     "'Active'}]}",
     200},
    {"ce", "AWSInsightsIndexService.GetTags", "{" JANUARY ",'TagKey':'team'}", 200},
    {"ce", "AWSInsightsIndexService.GetCostAndUsage",
     "{" JANUARY ",'Granularity':'DAILY','Metrics':['UnblendedCost','UsageQuantity'],'GroupBy':["
     "{'Type':'TAG','Key':'team'},{'Type':'DIMENSION','Key':'SERVICE'}]}",
     200},
    {"ce", "AWSInsightsIndexService.CreateAnomalyMonitor",
     "{'AnomalyMonitor':{'MonitorName':'m','MonitorType':'DIMENSIONAL','MonitorDimension':"
     "'SERVICE'}," TAGS "}",
     200},
    {"ce", "AWSInsightsIndexService.GetAnomalyMonitors", "{}", 200},
    {"ce", "AWSInsightsIndexService.GetAnomalySubscriptions", "{}", 200},
    {"ce", "AWSInsightsIndexService.GetAnomalies", "{'DateInterval':{'StartDate':'2026-01-01'}}",
     200},
    {"budgets", "AWSBudgetServiceGateway.CreateBudget",
     "{'AccountId':'123456789012','Budget':{'BudgetName':'b','BudgetType':'COST','TimeUnit':"
     "'MONTHLY','BudgetLimit':{'Amount':'1','Unit':'USD'}},'NotificationsWithSubscribers':[{" ONE
     ",'Subscribers':[" MAIL "]}]," TAGS "}",
     200},
    {"budgets", "AWSBudgetServiceGateway.UpdateBudget",
     "{'AccountId':'123456789012','NewBudget':{'BudgetName':'b','BudgetType':'COST','TimeUnit':"
     "'MONTHLY','BudgetLimit':{'Amount':'2','Unit':'USD'},'CostTypes':{'UseBlended':true}}}",
     200},
    {"budgets", "AWSBudgetServiceGateway.DescribeBudgets", "{'AccountId':'123456789012'}", 200},
    {"budgets", "AWSBudgetServiceGateway.DescribeBudget", "{" BUDGET "}", 200},
    {"budgets", "AWSBudgetServiceGateway.CreateSubscriber",
     "{" BUDGET "," ONE ",'Subscriber':" MAIL_2 "}", 200},
    {"budgets", "AWSBudgetServiceGateway.UpdateSubscriber",
     "{" BUDGET "," ONE ",'OldSubscriber':" MAIL ",'NewSubscriber':{'SubscriptionType':'EMAIL',"
     "'Address':'c@example.com'}}",
     200},
    {"budgets", "AWSBudgetServiceGateway.DescribeSubscribersForNotification",
     "{" BUDGET "," ONE "}", 200},
    {"budgets", "AWSBudgetServiceGateway.DeleteSubscriber",
     "{" BUDGET "," ONE ",'Subscriber':" MAIL_2 "}", 200},
    {"budgets", "AWSBudgetServiceGateway.UpdateNotification",
     "{" BUDGET ",'OldNotification':{'NotificationType':'ACTUAL','ComparisonOperator':"
     "'GREATER_THAN','Threshold':50},'NewNotification':" OTHER "}",
     200},
    {"budgets", "AWSBudgetServiceGateway.DescribeNotificationsForBudget", "{" BUDGET "}", 200},
    {"budgets", "AWSBudgetServiceGateway.DeleteNotification",
     "{" BUDGET ",'Notification':" OTHER "}", 200},
    {"budgets", "AWSBudgetServiceGateway.CreateBudgetAction",
     "{" BUDGET ",'NotificationType':'ACTUAL','ActionType':'APPLY_IAM_POLICY','ActionThreshold':{"
     "'ActionThresholdValue':1,'ActionThresholdType':'PERCENTAGE'},'Definition':{"
     "'IamActionDefinition':{'PolicyArn':'arn:aws:iam::aws:policy/P','Roles':['r']}},"
     "'ExecutionRoleArn':'arn:aws:iam::123456789012:role/r','ApprovalModel':'MANUAL',"
     "'Subscribers':[" MAIL "]}",
     200},
    {"budgets", "AWSBudgetServiceGateway.DescribeBudgetActionsForBudget", "{" BUDGET "}", 200},
    {"budgets", "AWSBudgetServiceGateway.ListTagsForResource",
     "{'ResourceARN':'arn:aws:budgets::123456789012:budget/b'}", 200},
    {"monitoring", "GraniteServiceVersion20100801.GetMetricData",
     "{" TIMES ",'MaxDatapoints':1,'MetricDataQueries':[{'Id':'a','MetricStat':{'Metric':{" METRIC
     "},'Period':60,'Stat':'Sum'}},{'Id':'b','Expression':'2 * a'}]}",
     200},
    {"monitoring", "GraniteServiceVersion20100801.GetMetricStatistics",
     "{" METRIC "," TIMES ",'Period':300,'Statistics':['Sum']}", 200},
    {"monitoring", "GraniteServiceVersion20100801.PutMetricData",
     "{'Namespace':'n','MetricData':[{'MetricName':'m','Value':1,'Dimensions':[{'Name':'d',"
     "'Value':'v'}]}]}",
     200},
    {"monitoring", "GraniteServiceVersion20100801.ListMetrics", "{}", 200},
    {"monitoring", "GraniteServiceVersion20100801.PutMetricAlarm",
     "{'AlarmName':'a'," METRIC ",'Statistic':'Sum','Period':60,'EvaluationPeriods':1,'Threshold':"
     "1,'ComparisonOperator':'GreaterThanThreshold','Tags':[{'Key':'k','Value':'v'}]}",
     200},
    {"monitoring", "GraniteServiceVersion20100801.DescribeAlarms", "{}", 200},
    {"monitoring", "GraniteServiceVersion20100801.ListTagsForResource",
     "{'ResourceARN':'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a'}", 200},
    {"monitoring", "GraniteServiceVersion20100801.DeleteAlarms", "{'AlarmNames':['a']}", 200},
    {"sns", FORM,
     SNS "CreateTopic&Name=t&Tags.member.1.Key=k&Tags.member.1.Value=v&Attributes.entry.1.key="
         "DisplayName&Attributes.entry.1.value=d",
     200},
    {"sns", FORM,
     SNS "Publish&" TOPIC "&Message=m&MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1."
         "Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=x",
     200},
    {"sns", FORM, SNS "Publish&" TOPIC "&Message=m&Subject=%0A", 400},
    {"sns", FORM, SNS "GetTopicAttributes&" TOPIC, 200},
    {"sns", FORM, SNS "Subscribe&" TOPIC "&Protocol=email&Endpoint=a%40example.com", 200},
    {"sns", FORM, SNS "ListSubscriptionsByTopic&" TOPIC, 200},
    {"sns", FORM, SNS "ListTopics", 200},
};

static const struct emu_options OPTIONS = {.credentials = {"A", "s", NULL}};

static const struct emu_operation *find_operation(const char *signing_name, const char *target)
{
    const struct emu_operation *operation;
    size_t i = 0;

    while (strcmp(emu_service_at(i)->signing_name, signing_name) != 0)
        i++;
    operation = emu_service_at(i)->operations;
    while (strcmp(operation->name, strchr(target, '.') + 1) != 0)
        operation++;
    return operation;
}

/* An operation, its input read already: without memory jansson's parser is no match for strings
 * that are longer than its first buffer. */
static void answer_json(struct emulator *emulator, size_t step, const struct emu_request *request,
                        struct emu_reply *reply)
{
    const struct emu_operation *operation = find_operation(STEPS[step].service, STEPS[step].target);
    json_t *input = json_loads(request->body, 0, NULL);
    struct emu_call call = {.emulator = emulator,
                            .region = "us-east-1",
                            .request = request,
                            .input = input,
                            .reply = reply};
    emu_auto_text message = {0};

    armed = true;
    if (emu_shape_check(operation->input, input, &message) == EMU_OK)
        operation->answer(&call);
    else
        emu_reply_out_of_memory(reply);
    armed = false;
    json_decref(input);
}

/* The status of a step. */
static int run_step(struct emulator *emulator, size_t step, const char *body)
{
    const struct emu_header header = {"Content-Type", FORM};
    const struct emu_caller caller = {STEPS[step].service, "us-east-1", NULL};
    const struct emu_request request = {.method = "POST",
                                        .uri = "/",
                                        .headers = &header,
                                        .n_headers = 1,
                                        .body = body,
                                        .body_len = strlen(body),
                                        .now_us = INSIDE_START_US};
    struct emu_reply reply;
    int status;

    emu_reply_init(&reply);
    if (STEPS[step].service[0] == '/') {
        emu_money_answer(emulator, STEPS[step].target, &request, &reply);
    } else if (strcmp(STEPS[step].target, FORM) == 0) {
        armed = true;
        emu_call_operation(emulator, &request, &caller, &reply);
        armed = false;
    } else {
        answer_json(emulator, step, &request, &reply);
    }
    status = reply.status;
    if (status == 0 && reply.error_type[0] != '\0')
        status = 400; /* an error that the dispatcher would have looked up */
    emu_reply_free(&reply);
    return status;
}

/* Runs all steps on a new emulator; true if every one answered what it should. */
static bool run_steps(void *state)
{
    char *const *bodies = state;
    struct emulator emulator;
    bool good = true;
    int rc;

    armed = true;
    rc = emu_init(&emulator, &OPTIONS);
    armed = false;
    if (rc < 0)
        return false;
    for (size_t i = 0; i < (size_t)COUNT(STEPS); i++) {
        int status = run_step(&emulator, i, bodies[i]);

        ck_assert_msg(status == STEPS[i].status || status >= 400 || !good,
                      "allocation %ld, step %zu: %d", fail_at, i, status);
        good = good && status == STEPS[i].status;
    }
    emu_free(&emulator);
    return good;
}

START_TEST(test_every_allocation)
{
    char *bodies[COUNT(STEPS)];

    for (int i = 0; i < COUNT(STEPS); i++)
        bodies[i] = quoted(STEPS[i].body);
    fail_each_allocation(run_steps, bodies, 1000);
    for (int i = 0; i < COUNT(STEPS); i++)
        free(bodies[i]);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("money");

    tcase_add_test(tcase, test_every_allocation);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
