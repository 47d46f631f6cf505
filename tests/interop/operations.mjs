// What services.mjs calls, and which operations are closed. An operation that AWS adds stands in
// neither list, and somebody has to say whether it runs models.
// SPDX-License-Identifier: MIT

const ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";
const LABEL = encodeURIComponent(ARN);
const ODD = "a b+c&d=e%f~g_h.i-j/k:l@m,n;o'p(q)r*s!t$u#v?w\"x\\y\u00e4\u6f22\ud83d\ude42\n\tz";
const ROLE = "arn:aws:iam::123456789012:role/r";
const START = new Date("2026-01-02T03:04:05Z");
const SECONDS = START.getTime() / 1000;

// The same input for both, unless the wire has another form of it (dates).
function posted(service, name, input, json = input) {
  return { service, name, input, operation: name, json };
}

// What is in the path or the query is not in the JSON.
function rest(service, name, operation, input, json) {
  return { service, name, input, operation, json };
}

const whole = (service, name, operation, input) => rest(service, name, operation, input, input);

const tags = [{ key: "team", value: "a b/c" }];
const notification = {
  NotificationType: "ACTUAL",
  ComparisonOperator: "GREATER_THAN",
  Threshold: 80.5,
};
const newBudget = (Start) => ({
  AccountId: "123456789012",
  Budget: {
    BudgetName: "b",
    BudgetType: "COST",
    TimeUnit: "MONTHLY",
    BudgetLimit: { Amount: "10", Unit: "USD" },
    TimePeriod: { Start },
  },
  NotificationsWithSubscribers: [
    { Notification: notification, Subscribers: [{ SubscriptionType: "EMAIL", Address: "a@b" }] },
  ],
});
const metric = {
  Namespace: "AWS/Bedrock",
  MetricName: "InputTokenCount",
  Dimensions: [{ Name: "ModelId", Value: "abc123def456" }],
};
const queries = [{ Id: "m1", MetricStat: { Metric: metric, Period: 60, Stat: "Sum" } }];
const filter = {
  And: [{ Tags: { Key: "team", Values: ["a", ODD] } }, { Not: { Tags: { Key: "x" } } }],
};
const item = {
  pk: { S: ODD },
  n: { N: "1.50" },
  m: { M: { l: { L: [{ BOOL: true }, { NULL: true }] } } },
};

export const calls = [
  whole("bedrock", "CreateInferenceProfile", "POST /inference-profiles", {
    inferenceProfileName: "n",
    description: ODD,
    modelSource: { copyFrom: ARN },
    clientRequestToken: "token-1",
    tags,
  }),
  rest("bedrock", "GetInferenceProfile", `GET /inference-profiles/${LABEL}`, {
    inferenceProfileIdentifier: ARN,
  }),
  rest(
    "bedrock",
    "ListInferenceProfiles",
    "GET /inference-profiles?maxResults=10&nextToken=a%2Fb%2B%3D%3D%20c&type=APPLICATION",
    { maxResults: 10, nextToken: "a/b+== c", typeEquals: "APPLICATION" },
  ),
  rest("bedrock", "ListInferenceProfiles", "GET /inference-profiles", {}),
  rest("bedrock", "DeleteInferenceProfile", `DELETE /inference-profiles/${LABEL}`, {
    inferenceProfileIdentifier: ARN,
  }),
  whole("bedrock", "TagResource", "POST /tagResource", { resourceARN: ARN, tags }),
  whole("bedrock", "ListTagsForResource", "POST /listTagsForResource", { resourceARN: ARN }),
  rest("bedrock", "GetFoundationModel", "GET /foundation-models/a.b-c%3A0", {
    modelIdentifier: "a.b-c:0",
  }),
  rest(
    "bedrock",
    "DeleteModelInvocationLoggingConfiguration",
    "DELETE /logging/modelinvocations",
    {},
  ),
  rest("bedrock", "StopModelInvocationJob", "POST /model-invocation-job/abcdefghijkl/stop", {
    jobIdentifier: "abcdefghijkl",
  }),
  rest("bedrock-agent", "GetAgent", "GET /agents/ABCDEFGHIJ/", { agentId: "ABCDEFGHIJ" }),
  rest("bedrock-agent", "PrepareAgent", "POST /agents/ABCDEFGHIJ/", { agentId: "ABCDEFGHIJ" }),
  whole("bedrock-agent", "ListAgents", "POST /agents/", { maxResults: 5 }),
  rest(
    "bedrock-agent",
    "UpdateAgentAlias",
    "PUT /agents/ABCDEFGHIJ/agentaliases/ALIAS12345/",
    {
      agentId: "ABCDEFGHIJ",
      agentAliasId: "ALIAS12345",
      agentAliasName: "n",
      aliasInvocationState: "REJECT_INVOCATIONS",
    },
    { agentAliasName: "n", aliasInvocationState: "REJECT_INVOCATIONS" },
  ),
  posted("ce", "GetCostAndUsage", {
    TimePeriod: { Start: "2026-01-01", End: "2026-02-01" },
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    Filter: filter,
    GroupBy: [{ Type: "TAG", Key: "team" }],
  }),
  posted("budgets", "CreateBudget", newBudget(START), newBudget(SECONDS)),
  posted("budgets", "DescribeBudgets", { AccountId: "123456789012", ShowFilterExpression: true }),
  posted(
    "monitoring",
    "GetMetricData",
    { MetricDataQueries: queries, StartTime: START, EndTime: START },
    { MetricDataQueries: queries, StartTime: SECONDS, EndTime: SECONDS },
  ),
  posted("monitoring", "ListMetrics", { Namespace: "AWS/Bedrock" }),
  posted("pricing", "GetProducts", {
    ServiceCode: "AmazonBedrock",
    Filters: [{ Type: "TERM_MATCH", Field: "regionCode", Value: "us-east-1" }],
    MaxResults: 100,
  }),
  posted("dynamodb", "PutItem", { TableName: "t", Item: item }),
  posted("dynamodb", "TransactWriteItems", {
    TransactItems: [{ Put: { TableName: "t", Item: item } }],
    ClientRequestToken: "token-1",
  }),
  posted("sts", "GetCallerIdentity", {}),
  posted("sts", "AssumeRole", {
    RoleArn: ROLE,
    RoleSessionName: "s",
    DurationSeconds: 900,
    Policy: ODD,
    PolicyArns: [{ arn: "arn:aws:iam::aws:policy/a" }, { arn: "b" }],
    Tags: [
      { Key: "team", Value: ODD },
      { Key: "x", Value: "" },
    ],
    TransitiveTagKeys: ["team", "x"],
  }),
  posted("sts", "AssumeRole", { RoleArn: ROLE, RoleSessionName: "s", PolicyArns: [], Tags: [] }),
  posted("sts", "AssumeRoleWithWebIdentity", {
    RoleArn: ROLE,
    RoleSessionName: "s",
    WebIdentityToken: `ey.${ODD}`,
  }),
  posted("iam", "CreateRole", {
    RoleName: "r",
    AssumeRolePolicyDocument: ODD,
    MaxSessionDuration: 3600,
    Tags: [{ Key: "team", Value: "a" }],
  }),
  posted("iam", "UpdateAccountPasswordPolicy", { RequireNumbers: true, RequireSymbols: false }),
  posted("iam", "SimulatePrincipalPolicy", {
    PolicySourceArn: ROLE,
    ActionNames: ["bedrock:InvokeModel"],
    ContextEntries: [
      { ContextKeyName: "k", ContextKeyValues: ["v", "w"], ContextKeyType: "string" },
    ],
  }),
  posted("sns", "CreateTopic", {
    Name: "t",
    Attributes: { DisplayName: ODD, "odd name.x": "y" },
    Tags: [{ Key: "team", Value: "a" }],
  }),
  posted("sns", "Subscribe", {
    TopicArn: "t",
    Protocol: "sqs",
    Attributes: { RawMessageDelivery: "true" },
  }),
  posted("sns", "Publish", {
    TopicArn: "t",
    Message: ODD,
    MessageAttributes: {
      a: { DataType: "String", StringValue: ODD },
      b: { DataType: "Number", StringValue: "1" },
    },
  }),
  posted("sns", "PublishBatch", {
    TopicArn: "t",
    PublishBatchRequestEntries: [
      { Id: "1", Message: "m", MessageAttributes: { a: { DataType: "String", StringValue: "v" } } },
    ],
  }),
  posted("sns", "SetSMSAttributes", { attributes: { DefaultSMSType: "Promotional" } }),
  posted("sns", "SetTopicAttributes", {
    TopicArn: "t",
    AttributeName: "Policy",
    AttributeValue: ODD,
  }),
  posted("sns", "CreatePlatformEndpoint", {
    PlatformApplicationArn: "p",
    Token: "t",
    Attributes: {},
  }),
  rest("sso", "GetRoleCredentials", "GET /federation/credentials?role_name=r%20r&account_id=1", {
    roleName: "r r",
    accountId: "1",
    accessToken: "token",
  }),
  whole("sso-oidc", "CreateToken", "POST /token", {
    clientId: "c",
    clientSecret: "s",
    grantType: "refresh_token",
    refreshToken: ODD,
  }),
];

export const CLOSED = {
  bedrock: [
    "CreateAdvancedPromptOptimizationJob",
    "CreateEvaluationJob",
    "CreateModelCustomizationJob",
    "CreateModelInvocationJob",
    "StartAutomatedReasoningPolicyBuildWorkflow",
    "StartAutomatedReasoningPolicyTestWorkflow",
  ],
  "bedrock-agent": ["IngestKnowledgeBaseDocuments", "StartIngestionJob"],
};

export const OPEN = {
  bedrock: [
    "BatchDeleteAdvancedPromptOptimizationJob",
    "BatchDeleteEvaluationJob",
    "CancelAutomatedReasoningPolicyBuildWorkflow",
    "CreateAutomatedReasoningPolicy",
    "CreateAutomatedReasoningPolicyTestCase",
    "CreateAutomatedReasoningPolicyVersion",
    "CreateCustomModel",
    "CreateCustomModelDeployment",
    "CreateFoundationModelAgreement",
    "CreateGuardrail",
    "CreateGuardrailVersion",
    "CreateInferenceProfile",
    "CreateMarketplaceModelEndpoint",
    "CreateModelCopyJob",
    "CreateModelImportJob",
    "CreatePromptRouter",
    "CreateProvisionedModelThroughput",
    "DeleteFoundationModelAgreement",
    "ListTagsForResource",
    "PutAccountDataRetention",
    "PutEnforcedGuardrailConfiguration",
    "PutModelInvocationLoggingConfiguration",
    "PutResourcePolicy",
    "PutUseCaseForModelAccess",
    "RegisterMarketplaceModelEndpoint",
    "StopAdvancedPromptOptimizationJob",
    "StopEvaluationJob",
    "StopModelCustomizationJob",
    "StopModelInvocationJob",
    "TagResource",
    "UntagResource",
    "UpdateAutomatedReasoningPolicy",
    "UpdateAutomatedReasoningPolicyAnnotations",
    "UpdateAutomatedReasoningPolicyTestCase",
    "UpdateCustomModelDeployment",
    "UpdateGuardrail",
    "UpdateMarketplaceModelEndpoint",
    "UpdateProvisionedModelThroughput",
  ],
  "bedrock-agent": [
    "AssociateAgentCollaborator",
    "AssociateAgentKnowledgeBase",
    "CreateAgent",
    "CreateAgentActionGroup",
    "CreateAgentAlias",
    "CreateDataSource",
    "CreateFlow",
    "CreateFlowAlias",
    "CreateFlowVersion",
    "CreateKnowledgeBase",
    "CreatePrompt",
    "CreatePromptVersion",
    "DeleteKnowledgeBaseDocuments",
    "GetKnowledgeBaseDocuments",
    "ListAgentActionGroups",
    "ListAgentAliases",
    "ListAgentCollaborators",
    "ListAgentKnowledgeBases",
    "ListAgentVersions",
    "ListAgents",
    "ListDataSources",
    "ListIngestionJobs",
    "ListKnowledgeBaseDocuments",
    "ListKnowledgeBases",
    "PrepareAgent",
    "PrepareFlow",
    "PutResourcePolicy",
    "StopIngestionJob",
    "TagResource",
    "UpdateAgent",
    "UpdateAgentActionGroup",
    "UpdateAgentAlias",
    "UpdateAgentCollaborator",
    "UpdateAgentKnowledgeBase",
    "UpdateDataSource",
    "UpdateFlow",
    "UpdateFlowAlias",
    "UpdateKnowledgeBase",
    "UpdatePrompt",
    "ValidateFlowDefinition",
  ],
};
