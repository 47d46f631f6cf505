/* `profiles iam operator`: what these programs call, and nothing else. SPDX-License-Identifier: MIT
 */
#include "iam.h"

#include <string.h>

#define ALL_PROFILES "arn:*:bedrock:*:*:application-inference-profile/*"

/* Statements, each of which one or several programs need. */
static const struct grant {
    const char *sid;
    const char *programs; /* with a blank around each */
    const char *actions[24];
    const char *resources[4];
    const char *key, *value; /* of a StringLike condition, or NULL */
} grants[] = {
    {"SeeWhatThereIs",
     " profiles ",
     {"bedrock:ListInferenceProfiles", "bedrock:ListFoundationModels"},
     {"*"},
     NULL,
     NULL},
    {"ReadProfiles",
     " profiles agent budget ",
     {"bedrock:GetInferenceProfile", "bedrock:ListTagsForResource"},
     {ALL_PROFILES, "arn:*:bedrock:*:*:inference-profile/*"},
     NULL,
     NULL},
    {"MakeProfiles",
     " profiles ",
     {"bedrock:CreateInferenceProfile", "bedrock:TagResource"},
     {ALL_PROFILES, "arn:*:bedrock:*:*:inference-profile/*", "arn:*:bedrock:*::foundation-model/*"},
     NULL,
     NULL},
    {"ChangeProfiles",
     " profiles ",
     {"bedrock:DeleteInferenceProfile", "bedrock:UntagResource"},
     {ALL_PROFILES},
     NULL,
     NULL},
    {"TestCalls", " profiles ", {"bedrock:InvokeModel"}, {ALL_PROFILES}, NULL, NULL},
    {"TestCallsThroughProfilesOnly",
     " profiles ",
     {"bedrock:InvokeModel"},
     {"arn:*:bedrock:*::foundation-model/*", "arn:*:bedrock:*:*:inference-profile/*"},
     "bedrock:InferenceProfileArn",
     ALL_PROFILES},
    {"InvocationLogging",
     " profiles ",
     {"bedrock:GetModelInvocationLoggingConfiguration",
      "bedrock:PutModelInvocationLoggingConfiguration",
      "bedrock:DeleteModelInvocationLoggingConfiguration"},
     {"*"},
     NULL,
     NULL},
    {"CostAllocationTags",
     " profiles ",
     {"ce:ListCostAllocationTags", "ce:UpdateCostAllocationTagsStatus"},
     {"*"},
     NULL,
     NULL},
    {"ListAgents", " profiles agent ", {"bedrock:ListAgents"}, {"*"}, NULL, NULL},
    {"ReadAgents",
     " profiles agent ",
     {"bedrock:GetAgent", "bedrock:ListAgentAliases", "bedrock:GetAgentVersion"},
     {"arn:*:bedrock:*:*:agent/*"},
     NULL,
     NULL},
    {"JudgeRoles",
     " profiles agent ",
     {"iam:SimulatePrincipalPolicy"},
     {"arn:*:iam::*:role/*", "arn:*:iam::*:user/*"},
     NULL,
     NULL},
    {"ChangeAgents",
     " agent ",
     {"bedrock:UpdateAgent", "bedrock:PrepareAgent", "bedrock:CreateAgentAlias",
      "bedrock:UpdateAgentAlias", "bedrock:GetAgentAlias", "bedrock:ListAgentVersions",
      "bedrock:ListTagsForResource", "bedrock:TagResource", "bedrock:UntagResource"},
     {"arn:*:bedrock:*:*:agent/*", "arn:*:bedrock:*:*:agent-alias/*"},
     NULL,
     NULL},
    {"PoliciesOfAgents",
     " agent ",
     {"iam:ListRolePolicies", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"},
     {"arn:*:iam::*:role/*"},
     NULL,
     NULL},
    {"RolesOfBedrock",
     " profiles agent ",
     {"iam:PassRole"},
     {"arn:*:iam::*:role/*"},
     "iam:PassedToService",
     "bedrock.amazonaws.com"},
    {"MirrorBudgets",
     " budget ",
     {"budgets:ViewBudget", "budgets:ModifyBudget", "budgets:CreateBudgetAction",
      "budgets:UpdateBudgetAction", "budgets:DeleteBudgetAction", "budgets:ExecuteBudgetAction",
      "budgets:DescribeBudgetActionsForBudget", "budgets:ListTagsForResource",
      "budgets:TagResource"},
     {"arn:*:budgets::*:budget/*"},
     NULL,
     NULL},
    {"MirrorAnomalies",
     " budget ",
     {"ce:ListCostAllocationTags", "ce:GetAnomalyMonitors", "ce:CreateAnomalyMonitor",
      "ce:DeleteAnomalyMonitor", "ce:GetAnomalySubscriptions", "ce:CreateAnomalySubscription",
      "ce:UpdateAnomalySubscription", "ce:DeleteAnomalySubscription", "ce:ListTagsForResource",
      "ce:TagResource"},
     {"*"},
     NULL,
     NULL},
    {"ReadMetrics", " budget ", {"cloudwatch:GetMetricData"}, {"*"}, NULL, NULL},
    {"MirrorAlarms",
     " budget ",
     {"cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms",
      "cloudwatch:ListTagsForResource", "cloudwatch:TagResource"},
     {"arn:*:cloudwatch:*:*:alarm:*"},
     NULL,
     NULL},
    {"TellTopics",
     " budget ",
     {"sns:GetTopicAttributes", "sns:Publish"},
     {"arn:*:sns:*:*:*"},
     NULL,
     NULL},
    {"SeeWhatBudgetsAttach",
     " budget ",
     {"iam:GetPolicy", "iam:GetRole"},
     {"arn:*:iam::*:policy/*", "arn:*:iam::*:role/*"},
     NULL,
     NULL},
    {"RolesOfBudgets",
     " budget ",
     {"iam:PassRole"},
     {"arn:*:iam::*:role/*"},
     "iam:PassedToService",
     "budgets.amazonaws.com"},
};

static json_t *list_of(const struct profiles *profiles, const char *const *texts, size_t most)
{
    json_t *list = json_array();

    for (size_t i = 0; i < most && texts[i] != NULL; i++)
        json_array_append_new(list, iam_text(profiles, texts[i]));
    return list;
}

static bool is_for(const struct grant *grant, char **programs, int count)
{
    for (int i = 0; i < count; i++) {
        const char *found = strstr(grant->programs, programs[i]);
        if (found != NULL && found[-1] == ' ' && found[strlen(programs[i])] == ' ')
            return true;
    }
    return count == 0;
}

static json_t *statement(const struct profiles *profiles, const struct grant *grant)
{
    json_t *made = json_pack(
        "{ss ss so so}", "Sid", grant->sid, "Effect", "Allow", "Action",
        list_of(profiles, grant->actions, sizeof grant->actions / sizeof(char *)), "Resource",
        list_of(profiles, grant->resources, sizeof grant->resources / sizeof(char *)));

    if (grant->key != NULL)
        json_object_set_new(
            made, "Condition",
            json_pack("{s{so}}", "StringLike", grant->key, iam_text(profiles, grant->value)));
    return made;
}

static int check_programs(char **programs, int count)
{
    static const char *const known[] = {"profiles", "agent", "budget"};

    for (int i = 0; i < count; i++) {
        size_t k = 0;
        while (k < 3 && strcmp(known[k], programs[i]) != 0)
            k++;
        if (k == 3)
            return misused("iam operator takes profiles, agent and budget, and not %s",
                           programs[i]);
    }
    return DONE;
}

int iam_operator(struct profiles *profiles, const struct iam *iam, char **programs, int count)
{
    json_t *statements = json_array();

    int rc = check_programs(programs, count);
    for (size_t i = 0; i < sizeof grants / sizeof *grants; i++) {
        if (is_for(&grants[i], programs, count))
            json_array_append_new(statements, statement(profiles, &grants[i]));
    }
    if (rc != DONE) {
        json_decref(statements);
        return rc;
    }
    return iam_print(profiles, iam,
                     json_pack("{ss so}", "Version", "2012-10-17", "Statement", statements), "");
}
