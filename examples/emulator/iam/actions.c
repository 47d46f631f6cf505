/* The table of actions, as AWS's Service Authorization Reference has them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "actions.h"

#include <string.h>

#define BEDROCK "arn:{partition}:bedrock:{region}:" EMU_ACCOUNT ":"
#define AGENT   BEDROCK "agent/{agentId}"
#define ALIAS   BEDROCK "agent-alias/{agentId}/{agentAliasId}"

#define BUDGETS "arn:{partition}:budgets::" EMU_ACCOUNT ":budget/"
#define BUDGET  BUDGETS "{BudgetName}"
#define ACTIONS BUDGET "/action/*"
#define ACTION  BUDGET "/action/{ActionId}"

#define MONITORS      "arn:{partition}:ce::" EMU_ACCOUNT ":anomalymonitor/*"
#define SUBSCRIPTIONS "arn:{partition}:ce::" EMU_ACCOUNT ":anomalysubscription/*"

#define ALARMS "arn:{partition}:cloudwatch:{region}:" EMU_ACCOUNT ":alarm:"
#define TOPICS "arn:{partition}:sns:{region}:" EMU_ACCOUNT ":"

static const struct emu_action TABLE[] = {
#define ROW(of, operation, action, ...)                                                            \
    {                                                                                              \
        &EMU_##of, operation, action, __VA_ARGS__                                                  \
    }
#define ON(...)               .resources = {__VA_ARGS__}
#define NAMED                 .look_up = emu_resource_of_bedrock
#define PASSING(member, user) .role = member, .role_user = user ".amazonaws.com"
    ROW(BEDROCK_RUNTIME, "Converse", "bedrock:InvokeModel", .calls_model = true),
    ROW(BEDROCK_RUNTIME, "ConverseStream", "bedrock:InvokeModelWithResponseStream",
        .calls_model = true),
    ROW(BEDROCK_RUNTIME, NULL, "bedrock:", .calls_model = true),

    ROW(BEDROCK, "CreateInferenceProfile",
        "bedrock:", ON(BEDROCK "application-inference-profile/*", "{modelSource.copyFrom}")),
    ROW(BEDROCK, "GetInferenceProfile", "bedrock:", NAMED),
    ROW(BEDROCK, "DeleteInferenceProfile", "bedrock:", NAMED),
    ROW(BEDROCK, "GetFoundationModel", "bedrock:", NAMED),
    ROW(BEDROCK, "TagResource", "bedrock:", NAMED),
    ROW(BEDROCK, "UntagResource", "bedrock:", NAMED),
    ROW(BEDROCK, "ListTagsForResource", "bedrock:", NAMED),
    ROW(BEDROCK, NULL, "bedrock:", ON("*")),

    ROW(BEDROCK_AGENT, "CreateAgent", "bedrock:", ON("*"),
        PASSING("agentResourceRoleArn", "bedrock")),
    ROW(BEDROCK_AGENT, "UpdateAgent", "bedrock:", ON(AGENT),
        PASSING("agentResourceRoleArn", "bedrock")),
    ROW(BEDROCK_AGENT, NULL, "bedrock:", ON("{resourceArn}|" ALIAS "|" AGENT "|*")),
    ROW(BEDROCK_AGENT_RUNTIME, NULL, "bedrock:", ON(ALIAS)),

    ROW(IAM, NULL, "iam:", .look_up = emu_resource_of_iam),

    ROW(BUDGETS, "CreateBudget", "budgets:ModifyBudget", ON(BUDGETS "{Budget.BudgetName}"),
        .tagging = "budgets:TagResource"),
    ROW(BUDGETS, "UpdateBudget", "budgets:ModifyBudget", ON(BUDGETS "{NewBudget.BudgetName}")),
    ROW(BUDGETS, "DeleteBudget", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "CreateNotification", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "UpdateNotification", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "DeleteNotification", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "CreateSubscriber", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "UpdateSubscriber", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "DeleteSubscriber", "budgets:ModifyBudget", ON(BUDGET)),
    ROW(BUDGETS, "CreateBudgetAction", "budgets:", ON(ACTIONS),
        PASSING("ExecutionRoleArn", "budgets"), .tagging = "budgets:TagResource"),
    ROW(BUDGETS, "UpdateBudgetAction", "budgets:", ON(ACTION),
        PASSING("ExecutionRoleArn", "budgets")),
    ROW(BUDGETS, "DeleteBudgetAction", "budgets:", ON(ACTION)),
    ROW(BUDGETS, "ExecuteBudgetAction", "budgets:", ON(ACTION)),
    ROW(BUDGETS, "DescribeBudgetAction", "budgets:", ON(ACTION)),
    ROW(BUDGETS, "DescribeBudgetActionHistories", "budgets:", ON(ACTION)),
    ROW(BUDGETS, "DescribeBudgetActionsForBudget", "budgets:", ON(ACTIONS)),
    ROW(BUDGETS, "TagResource", "budgets:", ON("{ResourceARN}")),
    ROW(BUDGETS, "UntagResource", "budgets:", ON("{ResourceARN}")),
    ROW(BUDGETS, "ListTagsForResource", "budgets:", ON("{ResourceARN}")),
    ROW(BUDGETS, NULL, "budgets:ViewBudget", ON(BUDGET "|" BUDGETS "*")),

    ROW(COST_EXPLORER, "UpdateAnomalyMonitor", "ce:", ON("{MonitorArn}")),
    ROW(COST_EXPLORER, "DeleteAnomalyMonitor", "ce:", ON("{MonitorArn}")),
    ROW(COST_EXPLORER, "UpdateAnomalySubscription", "ce:", ON("{SubscriptionArn}")),
    ROW(COST_EXPLORER, "DeleteAnomalySubscription", "ce:", ON("{SubscriptionArn}")),
    ROW(COST_EXPLORER, "TagResource", "ce:", ON("{ResourceArn}")),
    ROW(COST_EXPLORER, "UntagResource", "ce:", ON("{ResourceArn}")),
    ROW(COST_EXPLORER, "ListTagsForResource", "ce:", ON("{ResourceArn}")),
    ROW(COST_EXPLORER, "GetAnomalies", "ce:", ON("{MonitorArn}|" MONITORS)),
    ROW(COST_EXPLORER, "GetAnomalyMonitors", "ce:", ON("{MonitorArnList}|" MONITORS)),
    ROW(COST_EXPLORER, "GetAnomalySubscriptions",
        "ce:", ON("{SubscriptionArnList}|" SUBSCRIPTIONS)),
    /* So its refusals name what is no resource. */
    ROW(COST_EXPLORER, NULL, "ce:", ON("arn:{partition}:ce:{region}:" EMU_ACCOUNT ":/{operation}")),

    ROW(CLOUDWATCH, "PutMetricAlarm", "cloudwatch:", ON(ALARMS "{AlarmName}"),
        .tagging = "cloudwatch:TagResource"),
    ROW(CLOUDWATCH, "DescribeAlarms", "cloudwatch:", ON(ALARMS "*")),
    ROW(CLOUDWATCH, "DeleteAlarms", "cloudwatch:", ON(ALARMS "{AlarmNames}")),
    ROW(CLOUDWATCH, NULL, "cloudwatch:", ON("{ResourceARN}|*")),

    ROW(SNS, "CreateTopic", "SNS:", ON(TOPICS "{Name}")),
    ROW(SNS, NULL, "SNS:", ON("{TopicArn}|{TargetArn}|*")),
};

const struct emu_action *emu_action_of(const struct emu_service *service,
                                       const struct emu_operation *operation)
{
    const struct emu_action *row = TABLE;

    while (row->service != service ||
           (row->operation != NULL && strcmp(row->operation, operation->name) != 0))
        row++;
    return row;
}
