/* Which permission an operation takes: what AWS calls it in a policy. SPDX-License-Identifier: MIT
 */
#include "cloud.h"

#include <stdio.h>
#include <string.h>

/* Of services whose operations are methods and paths. A * stands for what is named. */
static const struct {
    const char *service, *operation, *action;
} known[] = {
    {"bedrock", "GET /foundation-models", "bedrock:ListFoundationModels"},
    {"bedrock", "GET /foundation-models/*", "bedrock:GetFoundationModel"},
    {"bedrock", "GET /inference-profiles", "bedrock:ListInferenceProfiles"},
    {"bedrock", "POST /inference-profiles", "bedrock:CreateInferenceProfile"},
    {"bedrock", "GET /inference-profiles/*", "bedrock:GetInferenceProfile"},
    {"bedrock", "DELETE /inference-profiles/*", "bedrock:DeleteInferenceProfile"},
    {"bedrock", "POST /tagResource", "bedrock:TagResource"},
    {"bedrock", "POST /untagResource", "bedrock:UntagResource"},
    {"bedrock", "POST /listTagsForResource", "bedrock:ListTagsForResource"},
    {"bedrock", "GET /logging/*", "bedrock:GetModelInvocationLoggingConfiguration"},
    {"bedrock", "PUT /logging/*", "bedrock:PutModelInvocationLoggingConfiguration"},
    {"bedrock", "DELETE /logging/*", "bedrock:DeleteModelInvocationLoggingConfiguration"},
    {"bedrock-agent", "POST /agents/", "bedrock:ListAgents"},
    {"bedrock-agent", "GET /agents/*/", "bedrock:GetAgent"},
    {"bedrock-agent", "PUT /agents/*/", "bedrock:UpdateAgent"},
    {"bedrock-agent", "POST /agents/*/", "bedrock:PrepareAgent"},
    {"bedrock-agent", "POST /agents/*/agentaliases/", "bedrock:ListAgentAliases"},
    {"bedrock-agent", "PUT /agents/*/agentaliases/", "bedrock:CreateAgentAlias"},
    {"bedrock-agent", "GET /agents/*/agentaliases/*/", "bedrock:GetAgentAlias"},
    {"bedrock-agent", "PUT /agents/*/agentaliases/*/", "bedrock:UpdateAgentAlias"},
    {"bedrock-agent", "DELETE /agents/*/agentaliases/*/", "bedrock:DeleteAgentAlias"},
    {"bedrock-agent", "POST /agents/*/agentversions/", "bedrock:ListAgentVersions"},
    {"bedrock-agent", "GET /agents/*/agentversions/*/", "bedrock:GetAgentVersion"},
    {"bedrock-agent", "GET /tags/*", "bedrock:ListTagsForResource"},
    {"bedrock-agent", "POST /tags/*", "bedrock:TagResource"},
    {"bedrock-agent", "DELETE /tags/*", "bedrock:UntagResource"},
    {"bedrock-runtime", "Converse", "bedrock:InvokeModel"},
    {"budgets", "CreateBudget", "budgets:ModifyBudget"},
    {"budgets", "UpdateBudget", "budgets:ModifyBudget"},
    {"budgets", "DeleteBudget", "budgets:ModifyBudget"},
    {"budgets", "CreateNotification", "budgets:ModifyBudget"},
    {"budgets", "UpdateNotification", "budgets:ModifyBudget"},
    {"budgets", "DeleteNotification", "budgets:ModifyBudget"},
    {"budgets", "CreateSubscriber", "budgets:ModifyBudget"},
    {"budgets", "UpdateSubscriber", "budgets:ModifyBudget"},
    {"budgets", "DeleteSubscriber", "budgets:ModifyBudget"},
    {"budgets", "DescribeBudget", "budgets:ViewBudget"},
    {"budgets", "DescribeBudgets", "budgets:ViewBudget"},
    {"budgets", "DescribeNotificationsForBudget", "budgets:ViewBudget"},
    {"budgets", "DescribeSubscribersForNotification", "budgets:ViewBudget"},
};

const char *cloud_permission(const struct cloud *cloud, char ret_action[CELL])
{
    const char *service = cloud->service;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].service, service) == 0 &&
            strcmp(known[i].operation, cloud->operation) == 0) {
            snprintf(ret_action, CELL, "%s", known[i].action);
            return ret_action;
        }
    }
    if (strchr(cloud->operation, '/') != NULL)
        snprintf(ret_action, CELL, "what AWS names");
    else
        snprintf(ret_action, CELL, "%s:%s",
                 strcmp(service, "monitoring") == 0 ? "cloudwatch" : service, cloud->operation);
    return ret_action;
}
