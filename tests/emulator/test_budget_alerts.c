/* AWS Budgets at work: who is told when a threshold is passed, and what actions do then.
 *
 * SPDX-License-Identifier: MIT
 */
#include "client.h"
#include "dates.h"
#include "money_client.h"
#include "sns.h"

#include <stdlib.h>
#include <string.h>

#define NOVA   "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
#define ROLE   "arn:aws:iam::123456789012:role/"
#define POLICY "arn:aws:iam::123456789012:policy/"
#define TOPIC  "arn:aws:sns:us-east-1:123456789012:spend"
#define ONE    "'AccountId':'123456789012','BudgetName':'b'"
#define TOLD                                                                                       \
    "'Subscribers':[{'SubscriptionType':'EMAIL','Address':'a@example.com'},"                       \
    "{'SubscriptionType':'SNS','Address':'" TOPIC "'}]"
#define DOCUMENT(effect, action)                                                                   \
    "{'Version':'2012-10-17','Statement':{'Effect':'" effect "','Action':'" action                 \
    "','Resource':'*'}}"
#define TRUST                                                                                      \
    "{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'sts:AssumeRole',"             \
    "'Principal':{'Service':'budgets.amazonaws.com'}}}"

static struct inside inside;
static char *arn; /* of a profile; one use of it costs 0.004 USD */

static void post_form(const char *service, const char *version, const char *form)
{
    char *body = text("Version=%s&Action=%s", version, form);
    struct emu_reply reply =
        inside_post(&inside, service, "Content-Type", "application/x-www-form-urlencoded", body);

    ck_assert_msg(reply.status == 200, "%s: %s", form, emu_text_string(&reply.body));
    emu_reply_free(&reply);
    free(body);
}

static void iam(const char *form, const char *document)
{
    char *json = quoted(document);
    char *encoded = encode(json);
    char *whole = text("%s%s", form, encoded);

    post_form("iam", "2010-05-08", whole);
    free(whole);
    free(encoded);
    free(json);
}

static void start(void)
{
    inside_start(&inside, &(struct emu_options){.credentials = {"A", "s", NULL}});
    arn = money_profile(&inside, "p", NOVA, "[]");
    post_form("sns", "2010-03-31", "CreateTopic&Name=spend");
    iam("CreatePolicy&PolicyName=deny&PolicyDocument=", DOCUMENT("Deny", "bedrock:*"));
    iam("CreateRole&RoleName=team&AssumeRolePolicyDocument=", TRUST);
    iam("PutRolePolicy&RoleName=team&PolicyName=use&PolicyDocument=",
        DOCUMENT("Allow", "bedrock:*"));
    iam("CreateRole&RoleName=powerless&AssumeRolePolicyDocument=", TRUST);
    iam("CreateRole&RoleName=actions&AssumeRolePolicyDocument=", TRUST);
    iam("PutRolePolicy&RoleName=actions&PolicyName=attach&PolicyDocument=",
        DOCUMENT("Allow", "iam:*RolePolicy"));
    money_do(&inside, "budgets", "CreateBudget",
             "{'AccountId':'123456789012','Budget':{'BudgetName':'b','BudgetType':'COST',"
             "'TimeUnit':'MONTHLY','BudgetLimit':{'Amount':'0.01','Unit':'USD'}}}");
}

static void stop(void)
{
    inside_stop(&inside);
    free(arn);
}

/* ---- notifications ---- */

static void notify(const char *type, const char *threshold)
{
    char *body = text("{" ONE ",'Notification':{'NotificationType':'%s','ComparisonOperator':"
                      "'GREATER_THAN','Threshold':%s}," TOLD "}",
                      type, threshold);

    money_do(&inside, "budgets", "CreateNotification", body);
    free(body);
}

/* So many messages and mails were sent. */
static void expect_told(size_t n)
{
    ck_assert_int_eq(emu_money_watch(&inside.emulator, inside.now_us), EMU_OK);
    ck_assert_uint_eq(json_array_size(emu_topics_messages(&inside.emulator)), n);
    ck_assert_uint_eq(json_array_size(emu_topics_mails(&inside.emulator)), n);
}

START_TEST(test_once_a_period)
{
    const json_t *message;

    notify("ACTUAL", "50");
    money_use(&inside, arn);
    expect_told(0);
    money_use(&inside, arn);
    expect_told(1);
    money_use(&inside, arn);
    expect_told(1);
    message = json_array_get(emu_topics_messages(&inside.emulator), 0);
    ck_assert_str_eq(json_string_value(json_object_get(message, "Subject")),
                     "AWS Budgets: b has exceeded your alert threshold");
    ck_assert_str_eq(json_string_value(json_object_get(message, "Message")),
                     "AWS Budget Notification 2026-01-02\nAWS Account 123456789012\n\n"
                     "What you wanted to be told of this budget has come about.\n\n"
                     "Budget Name: b\nBudget Type: Cost\nBudgeted Amount: $0.01\n"
                     "Alert Type: ACTUAL\nAlert Threshold: > $0.01\nACTUAL Amount: $0.01\n");
    inside.now_us += 31 * EMU_DAY_US;
    expect_told(1);
    money_use(&inside, arn);
    money_use(&inside, arn);
    expect_told(2);
}
END_TEST

/* A forecast falls as long as nothing is spent, and may come to pass the threshold again. */
START_TEST(test_forecast)
{
    notify("FORECASTED", "100");
    money_use(&inside, arn);
    expect_told(1);
    inside.now_us += 20 * EMU_DAY_US;
    expect_told(1);
    for (int i = 0; i < 5; i++)
        money_use(&inside, arn);
    expect_told(2);
}
END_TEST

/* What has not settled is not known; calls of models go over nothing. */
START_TEST(test_when)
{
    inside.emulator.options.settle_ms = 60000;
    notify("ACTUAL", "20");
    money_use(&inside, arn);
    inside.now_us += EMU_MINUTE_US;
    json_decref(inside_call(&inside, "POST", RAW_TARGET, HELLO, 200));
    ck_assert_uint_eq(json_array_size(emu_topics_mails(&inside.emulator)), 0);
    json_decref(inside_call(&inside, "GET", "/inference-profiles", NULL, 200));
    ck_assert_uint_eq(json_array_size(emu_topics_mails(&inside.emulator)), 1);
}
END_TEST

/* ---- actions ---- */

static char id[40];

static void act_with(const char *approval, const char *executor, const char *definition)
{
    char *body =
        text("{" ONE ",'NotificationType':'ACTUAL','ActionType':'APPLY_IAM_POLICY',"
             "'ActionThreshold':{'ActionThresholdValue':30,'ActionThresholdType':'PERCENTAGE'},"
             "'Definition':{'IamActionDefinition':{%s}},'ExecutionRoleArn':'" ROLE "%s',"
             "'ApprovalModel':'%s'," TOLD "}",
             definition, executor, approval);
    json_t *made = money_call(&inside, "budgets", "CreateBudgetAction", body, 200);

    snprintf(id, sizeof(id), "%s", json_string_value(json_object_get(made, "ActionId")));
    json_decref(made);
    free(body);
}

static void act(const char *approval)
{
    act_with(approval, "actions", "'PolicyArn':'" POLICY "deny','Roles':['team']");
}

static json_t *ask_action(const char *operation)
{
    char *body = text("{" ONE ",'ActionId':'%s'}", id);
    json_t *answer = money_call(&inside, "budgets", operation, body, 200);

    free(body);
    return answer;
}

static void expect_status(const char *status)
{
    json_t *answer = ask_action("DescribeBudgetAction");
    const json_t *action = json_object_get(answer, "Action");

    ck_assert_str_eq(json_string_value(json_object_get(action, "Status")), status);
    json_decref(answer);
}

/* The last event: its status, its type, and a part of its message. */
static void expect_event(const char *status, const char *type, const char *part)
{
    json_t *answer = ask_action("DescribeBudgetActionHistories");
    const json_t *all = json_object_get(answer, "ActionHistories");
    const json_t *event = json_array_get(all, json_array_size(all) - 1);
    const json_t *details = json_object_get(event, "ActionHistoryDetails");
    const char *message = json_string_value(json_object_get(details, "Message"));

    ck_assert_str_eq(json_string_value(json_object_get(event, "Status")), status);
    ck_assert_str_eq(json_string_value(json_object_get(event, "EventType")), type);
    ck_assert_msg(strstr(message, part) != NULL, "%s", message);
    ck_assert_ptr_nonnull(json_object_get(details, "Action"));
    json_decref(answer);
}

static void execute(const char *execution, bool works)
{
    char *body =
        text("{" ONE ",'ActionId':'%s','ExecutionType':'%s_BUDGET_ACTION'}", id, execution);

    if (works)
        money_do(&inside, "budgets", "ExecuteBudgetAction", body);
    else
        money_fail(&inside, "budgets", "ExecuteBudgetAction", body, "ResourceLockedException");
    free(body);
}

static void expect_denied(bool denied)
{
    const struct emu_access access = {"bedrock:InvokeModel", "*", NULL};
    struct emu_judgement judgement;

    ck_assert_int_eq(
        emu_iam_judge(&inside.emulator, ROLE "team", &access, inside.now_us, &judgement), EMU_OK);
    ck_assert_int_eq(judgement.decision, denied ? EMU_EXPLICIT_DENY : EMU_ALLOWED);
}

START_TEST(test_automatic)
{
    act("AUTOMATIC");
    expect_status("STANDBY");
    expect_event("STANDBY", "CREATE_ACTION", "");
    expect_denied(false);
    money_use(&inside, arn);
    expect_denied(true);
    expect_status("EXECUTION_SUCCESS");
    expect_event("EXECUTION_SUCCESS", "SYSTEM", "attached");
    expect_told(1);
    execute("APPROVE", false);
    execute("REVERSE", true);
    expect_event("REVERSE_SUCCESS", "EXECUTE_ACTION", "detached");
    expect_denied(false);
    expect_told(1);
    execute("RESET", true);
    expect_denied(false);
    expect_status("EXECUTION_SUCCESS"); /* for the threshold is still passed */
    expect_denied(true);
}
END_TEST

START_TEST(test_manual)
{
    act("MANUAL");
    execute("APPROVE", false);
    money_use(&inside, arn);
    expect_status("PENDING");
    expect_told(1);
    expect_denied(false);
    execute("RETRY", false);
    execute("REVERSE", false);
    execute("RESET", false);
    execute("APPROVE", true);
    expect_event("EXECUTION_SUCCESS", "EXECUTE_ACTION", "attached");
    expect_denied(true);
}
END_TEST

/* A new period takes back what the last one did, whatever the action says by now. */
START_TEST(test_next_period)
{
    char *body;

    act("AUTOMATIC");
    money_use(&inside, arn);
    expect_denied(true);
    body = text("{" ONE ",'ActionId':'%s','Definition':{'IamActionDefinition':{'PolicyArn':'" POLICY
                "other','Roles':['nobody']}}}",
                id);
    money_do(&inside, "budgets", "UpdateBudgetAction", body);
    expect_event("EXECUTION_SUCCESS", "UPDATE_ACTION", "");
    inside.now_us += 31 * EMU_DAY_US;
    expect_status("STANDBY");
    expect_event("STANDBY", "SYSTEM", "period");
    expect_denied(false);
    money_use(&inside, arn);
    expect_event("EXECUTION_FAILURE", "SYSTEM", "no policy " POLICY "other");
    free(body);
}
END_TEST

static const struct {
    const char *executor;
    const char *definition;
    const char *why;
} FAILURES[] = {
    {"none", "'PolicyArn':'" POLICY "deny','Roles':['team']", "no execution role " ROLE "none"},
    {"powerless", "'PolicyArn':'" POLICY "deny','Roles':['team']",
     "is not allowed iam:AttachRolePolicy on the role team"},
    {"actions", "'PolicyArn':'arn:aws:iam::aws:policy/X','Roles':['team']", "no policy"},
    {"actions", "'PolicyArn':'" POLICY "deny','Roles':['team','x/nobody']", "no role nobody"},
    {"actions", "'PolicyArn':'" POLICY "deny','Users':['ada']", "attaches policies to roles"},
};

START_TEST(test_failure)
{
    act_with("AUTOMATIC", FAILURES[_i].executor, FAILURES[_i].definition);
    money_use(&inside, arn);
    expect_event("EXECUTION_FAILURE", "SYSTEM", FAILURES[_i].why);
    expect_denied(false);
    execute("RETRY", true);
    expect_event("EXECUTION_FAILURE", "EXECUTE_ACTION", FAILURES[_i].why);
}
END_TEST

/* What cannot be undone is not begun anew. */
START_TEST(test_cannot_undo)
{
    act("AUTOMATIC");
    money_use(&inside, arn);
    iam("DeleteRolePolicy&RoleName=actions&PolicyName=attach&Unused=", "{}");
    inside.now_us += 31 * EMU_DAY_US;
    expect_event("REVERSE_FAILURE", "SYSTEM", "iam:DetachRolePolicy");
    expect_denied(true);
    execute("REVERSE", true);
    expect_status("REVERSE_FAILURE");
    iam("PutRolePolicy&RoleName=actions&PolicyName=attach&PolicyDocument=",
        DOCUMENT("Allow", "iam:*RolePolicy"));
    execute("RETRY", true);
    expect_status("STANDBY");
    expect_denied(false);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("budget alerts");
    TCase *tcase = tcase_create("budget alerts");

    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, test_once_a_period);
    tcase_add_test(tcase, test_forecast);
    tcase_add_test(tcase, test_when);
    tcase_add_test(tcase, test_automatic);
    tcase_add_test(tcase, test_manual);
    tcase_add_test(tcase, test_next_period);
    tcase_add_loop_test(tcase, test_failure, 0, COUNT(FAILURES));
    tcase_add_test(tcase, test_cannot_undo);
    suite_add_tcase(suite, tcase);
    return run_suite(suite, argc, argv);
}
