/* Out of memory at every allocation while budgets and alarms do what is due: an error, and the next
 * time the rest is done.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "budgets.h"
#include "failing.h"
#include "inside.h"
#include "iam_operations.h"
#include "metrics.h"
#include "money.h"
#include "operations.h"
#include "sns.h"

#define ROLE   "arn:aws:iam::123456789012:role/"
#define POLICY "arn:aws:iam::123456789012:policy/deny"
#define TOPIC  "arn:aws:sns:us-east-1:123456789012:t"
#define MODEL  "a.b"
#define ONE    "'AccountId':'123456789012','BudgetName':'b'"
#define TOLD                                                                                       \
    "'Subscribers':[{'SubscriptionType':'EMAIL','Address':'a@example.com'},"                       \
    "{'SubscriptionType':'SNS','Address':'" TOPIC "'}]"

static struct inside inside;

/* An operation of IAM, with a policy of one statement as a member of its input. */
static void iam(void (*operation)(struct emu_call *call), const char *input, const char *member,
                const char *effect, const char *action)
{
    json_t *json = inside_json(input);

    json_object_set_new(json, member,
                        json_sprintf("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"%s\","
                                     "\"Action\":\"%s\",\"%s\":\"*\"}}",
                                     effect, action,
                                     strncmp(action, "sts:", 4) == 0 ? "Principal" : "Resource"));
    json_decref(inside_succeed(&inside, operation, json));
}

static void spend(void)
{
    const struct emu_target target = {.id = MODEL};
    const struct emu_metered metered = {
        .usage = {.output = 1000000}, .calls = 1, .at_us = inside.now_us, .now_us = inside.now_us};

    ck_assert_int_eq(emu_meter_add(&inside.emulator, "us-east-1", &target, &metered), EMU_OK);
}

static void prepare(void)
{
    inside_begin(&inside, 0);
    for (int i = 0; i < 2; i++) {
        iam(emu_iam_create_role, i == 0 ? "{'RoleName':'team'}" : "{'RoleName':'actor'}",
            "AssumeRolePolicyDocument", "Allow", "sts:AssumeRole");
    }
    iam(emu_iam_put_role_policy, "{'RoleName':'actor','PolicyName':'p'}", "PolicyDocument", "Allow",
        "iam:*");
    iam(emu_iam_create_policy, "{'PolicyName':'deny'}", "PolicyDocument", "Deny", "bedrock:*");
    inside_do(&inside, emu_sns_create_topic, "{'Name':'t'}");
    inside_do(&inside, emu_budgets_create,
              "{'AccountId':'123456789012','Budget':{'BudgetName':'b','BudgetType':'COST',"
              "'TimeUnit':'MONTHLY','BudgetLimit':{'Amount':'1','Unit':'USD'}}}");
    inside_do(&inside, emu_budgets_create_notification,
              "{" ONE ",'Notification':{'NotificationType':'ACTUAL','ComparisonOperator':"
              "'GREATER_THAN','Threshold':50}," TOLD "}");
    inside_do(&inside, emu_budgets_create_action,
              "{" ONE ",'NotificationType':'ACTUAL','ActionType':'APPLY_IAM_POLICY',"
              "'ActionThreshold':{'ActionThresholdValue':100,'ActionThresholdType':'PERCENTAGE'},"
              "'Definition':{'IamActionDefinition':{'PolicyArn':'" POLICY "','Roles':['team']}},"
              "'ExecutionRoleArn':'" ROLE "actor','ApprovalModel':'AUTOMATIC'," TOLD "}");
    inside_do(&inside, emu_metrics_put_alarm,
              "{'AlarmName':'a','Namespace':'AWS/Bedrock','MetricName':'OutputTokenCount',"
              "'Dimensions':[{'Name':'ModelId','Value':'" MODEL "'}],'Statistic':'Sum','Period':60,"
              "'EvaluationPeriods':1,'Threshold':1,'ComparisonOperator':'GreaterThanThreshold',"
              "'AlarmActions':['" TOPIC "']}");
    spend();
}

static int watch(bool arm)
{
    int rc;

    armed = arm;
    rc = emu_money_watch(&inside.emulator, inside.now_us);
    armed = false;
    return rc;
}

/* What was told when memory ended may be told again, but nothing is left out. */
static bool run(void *state)
{
    const json_t *attached;
    int rc;

    (void)state;
    prepare();
    rc = watch(true);
    if (rc < 0) {
        ck_assert_int_eq(rc, EMU_OUT_OF_MEMORY);
        ck_assert_int_eq(watch(false), EMU_OK);
    }
    attached = json_object_get(json_object_get(inside.emulator.iam.roles, "team"), "attached");
    ck_assert_ptr_nonnull(json_object_get(attached, POLICY));
    ck_assert_uint_ge(json_array_size(emu_topics_messages(&inside.emulator)), 3);
    ck_assert_uint_ge(json_array_size(emu_topics_mails(&inside.emulator)), 2);
    inside_stop(&inside);
    return rc == EMU_OK;
}

START_TEST(test_watch)
{
    fail_each_allocation(run, NULL, 50);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("watch");

    tcase_add_test(tcase, test_watch);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
