/* Every service asks IAM: which action an operation is, on which resource.
 *
 * SPDX-License-Identifier: MIT
 */
#include "actions.h"
#include "client.h"
#include "inside.h"
#include "money_client.h"
#include "services.h"

#include <stdlib.h>
#include <string.h>

#define FORM    "application/x-www-form-urlencoded"
#define ACCOUNT "123456789012"
#define BUDGET  "arn:aws:budgets::" ACCOUNT ":budget/"
#define MONITOR "arn:aws:ce::" ACCOUNT ":anomalymonitor/"
#define ALARM   "arn:aws:cloudwatch:us-east-1:" ACCOUNT ":alarm:"
#define TOPIC   "arn:aws:sns:us-east-1:" ACCOUNT ":t"
#define MINE    "'AccountId':'" ACCOUNT "'"
#define LIMITED "'BudgetType':'COST','TimeUnit':'MONTHLY','BudgetLimit':{'Amount':'1','Unit':'USD'}"
#define NOTICE                                                                                     \
    "'NotificationType':'ACTUAL','ActionThreshold':{'ActionThresholdValue':1,"                     \
    "'ActionThresholdType':'PERCENTAGE'},'ApprovalModel':'MANUAL'"

static const struct emu_key TEAM = {.arn = "arn:aws:sts::" ACCOUNT ":assumed-role/team/one"};
static struct inside inside;

static struct emu_reply iam(const char *form)
{
    const struct emu_key *key = inside.key;
    struct emu_reply reply;

    inside.key = NULL;
    reply = inside_post(&inside, "iam", "Content-Type", FORM, form);
    inside.key = key;
    ck_assert_msg(reply.status == 200, "%s: %s", form, emu_text_string(&reply.body));
    return reply;
}

static void allow(const char *action, const char *resource)
{
    char *form = text("Version=2010-05-08&Action=PutRolePolicy&RoleName=team&PolicyName=%.8s&"
                      "PolicyDocument={\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":"
                      "\"Allow\",\"Action\":\"%s\",\"Resource\":\"%s\"}}",
                      strchr(action, ':') + 1, action, resource);
    struct emu_reply reply = iam(form);

    emu_reply_free(&reply);
    free(form);
}

static void start(void)
{
    struct emu_reply reply;

    inside_start(&inside, &(struct emu_options){.credentials = {"A", "s", NULL}});
    reply = iam("Version=2010-05-08&Action=CreateRole&RoleName=team&AssumeRolePolicyDocument="
                "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":"
                "\"sts:AssumeRole\",\"Principal\":{\"Service\":\"budgets.amazonaws.com\"}}}");
    emu_reply_free(&reply);
    inside.key = &TEAM;
}

static void stop(void)
{
    inside_stop(&inside);
}

static struct emu_reply ask(const char *service, const char *operation, const char *body)
{
    struct emu_reply reply;
    char *sent;

    if (strcmp(service, "sns") != 0)
        return money_post(&inside, service, operation, body);
    sent = text("Version=2010-03-31&Action=%s&%s", operation, body);
    reply = inside_post(&inside, service, "Content-Type", FORM, sent);
    free(sent);
    return reply;
}

static void expect_denied(const char *service, const char *operation, const char *body,
                          const char *action, const char *resource)
{
    const char *type = strcmp(service, "sns") == 0 ? "AuthorizationError" : "AccessDeniedException";
    struct emu_reply reply = ask(service, operation, body);
    char *wanted =
        text("is not authorized to perform: %s on resource: %s because", action, resource);

    ck_assert_str_eq(reply.error_type, type);
    ck_assert_msg(strstr(emu_text_string(&reply.body), wanted) != NULL, "wanted %s, got %s", wanted,
                  emu_text_string(&reply.body));
    free(wanted);
    emu_reply_free(&reply);
}

static const struct {
    const char *service;
    const char *operation;
    const char *body;
    const char *action;
    const char *resource;
    const char *answer; /* once it is allowed: the error's type, or "" */
} CALLS[] = {
    {"budgets", "CreateBudget", "{" MINE ",'Budget':{'BudgetName':'b'," LIMITED "}}",
     "budgets:ModifyBudget", BUDGET "b", ""},
    {"budgets", "UpdateBudget", "{" MINE ",'NewBudget':{'BudgetName':'b'," LIMITED "}}",
     "budgets:ModifyBudget", BUDGET "b", "NotFoundException"},
    {"budgets", "DeleteBudget", "{" MINE ",'BudgetName':'b'}", "budgets:ModifyBudget", BUDGET "b",
     "NotFoundException"},
    {"budgets", "DescribeBudget", "{" MINE ",'BudgetName':'b'}", "budgets:ViewBudget", BUDGET "b",
     "NotFoundException"},
    {"budgets", "DescribeBudgets", "{" MINE "}", "budgets:ViewBudget", BUDGET "*", ""},
    {"budgets", "DescribeBudgetActionsForBudget", "{" MINE ",'BudgetName':'b'}",
     "budgets:DescribeBudgetActionsForBudget", BUDGET "b/action/*", "NotFoundException"},
    {"budgets", "ExecuteBudgetAction",
     "{" MINE ",'BudgetName':'b','ActionId':'01234567-89ab-cdef-0123-456789abcdef',"
     "'ExecutionType':'APPROVE_BUDGET_ACTION'}",
     "budgets:ExecuteBudgetAction", BUDGET "b/action/01234567-89ab-cdef-0123-456789abcdef",
     "NotFoundException"},
    {"budgets", "ListTagsForResource", "{'ResourceARN':'" BUDGET "b'}",
     "budgets:ListTagsForResource", BUDGET "b", "NotFoundException"},
    {"ce", "GetCostAndUsage",
     "{'TimePeriod':{'Start':'2026-01-01','End':'2026-01-02'},'Granularity':'DAILY',"
     "'Metrics':['UnblendedCost']}",
     "ce:GetCostAndUsage", "arn:aws:ce:us-east-1:" ACCOUNT ":/GetCostAndUsage", ""},
    {"ce", "ListCostAllocationTags", "{}", "ce:ListCostAllocationTags",
     "arn:aws:ce:us-east-1:" ACCOUNT ":/ListCostAllocationTags", ""},
    {"ce", "GetAnomalyMonitors", "{}", "ce:GetAnomalyMonitors", MONITOR "*", ""},
    {"ce", "DeleteAnomalyMonitor", "{'MonitorArn':'" MONITOR "x'}", "ce:DeleteAnomalyMonitor",
     MONITOR "x", "UnknownMonitorException"},
    {"monitoring", "ListMetrics", "{}", "cloudwatch:ListMetrics", "*", ""},
    {"monitoring", "PutMetricData", "{'Namespace':'n','MetricData':[{'MetricName':'m','Value':1}]}",
     "cloudwatch:PutMetricData", "*", ""},
    {"monitoring", "DescribeAlarms", "{}", "cloudwatch:DescribeAlarms", ALARM "*", ""},
    {"sns", "CreateTopic", "Name=t", "SNS:CreateTopic", TOPIC, ""},
    {"sns", "Publish", "TopicArn=" TOPIC "&Message=m", "SNS:Publish", TOPIC, "NotFound"},
    {"sns", "ListTopics", "", "SNS:ListTopics", "*", ""},
};

START_TEST(test_service)
{
    struct emu_reply reply;

    expect_denied(CALLS[_i].service, CALLS[_i].operation, CALLS[_i].body, CALLS[_i].action,
                  CALLS[_i].resource);
    allow(CALLS[_i].action, CALLS[_i].resource);
    reply = ask(CALLS[_i].service, CALLS[_i].operation, CALLS[_i].body);
    ck_assert_str_eq(reply.error_type, CALLS[_i].answer);
    emu_reply_free(&reply);
}
END_TEST

/* Each alarm that is named takes leave. */
START_TEST(test_list)
{
    const char *both = "{'AlarmNames':['a','b']}";

    expect_denied("monitoring", "DeleteAlarms", both, "cloudwatch:DeleteAlarms", ALARM "a");
    allow("cloudwatch:DeleteAlarms", ALARM "a");
    expect_denied("monitoring", "DeleteAlarms", both, "cloudwatch:DeleteAlarms", ALARM "b");
    money_fail(&inside, "monitoring", "DeleteAlarms", "{'AlarmNames':['a']}", "ResourceNotFound");
}
END_TEST

/* A budget that is created with tags is tagged, too; an action of it is handed a role. */
START_TEST(test_besides)
{
    const char *tagged = "{" MINE ",'Budget':{'BudgetName':'b'," LIMITED
                         "},'ResourceTags':[{'Key':'k','Value':'v'}]}";
    const char *action =
        "{" MINE ",'BudgetName':'b'," NOTICE ",'ActionType':'APPLY_IAM_POLICY','Definition':{"
        "'IamActionDefinition':{'PolicyArn':'arn:aws:iam::aws:policy/P','Roles':['team']}},"
        "'ExecutionRoleArn':'arn:aws:iam::" ACCOUNT ":role/team',"
        "'Subscribers':[{'SubscriptionType':'EMAIL','Address':'a@example.com'}]}";

    allow("budgets:ModifyBudget", "*");
    expect_denied("budgets", "CreateBudget", tagged, "budgets:TagResource", BUDGET "b");
    allow("budgets:TagResource", "*");
    money_do(&inside, "budgets", "CreateBudget", tagged);
    allow("budgets:CreateBudgetAction", BUDGET "b/action/*");
    expect_denied("budgets", "CreateBudgetAction", action, "iam:PassRole",
                  "arn:aws:iam::" ACCOUNT ":role/team");
    allow("iam:PassRole", "arn:aws:iam::" ACCOUNT ":role/team");
    money_do(&inside, "budgets", "CreateBudgetAction", action);
}
END_TEST

/* Of each operation there is, with room for its name. */
START_TEST(test_every_operation)
{
    for (size_t i = 0; emu_service_at(i) != NULL; i++) {
        const struct emu_service *service = emu_service_at(i);

        for (const struct emu_operation *one = service->operations; one->name != NULL; one++) {
            const struct emu_action *action = emu_action_of(service, one);

            ck_assert_ptr_eq(action->service, service);
            ck_assert_uint_lt(strlen(action->name) + strlen(one->name), 64);
            ck_assert_msg(action->calls_model || action->look_up != NULL ||
                              action->resources[0] != NULL,
                          "%s is about nothing", one->name);
        }
    }
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("permission-services");
    TCase *tcase = tcase_create("permission-services");

    tcase_add_checked_fixture(tcase, start, stop);
    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, test_service, 0, COUNT(CALLS));
    tcase_add_test(tcase, test_list);
    tcase_add_test(tcase, test_besides);
    tcase_add_test(tcase, test_every_operation);
    return run_suite(suite, argc, argv);
}
