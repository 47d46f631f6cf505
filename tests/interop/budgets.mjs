// AWS's client of Budgets: budgets in both forms, what was spent, notifications and subscribers,
// actions, tags, every error, every page.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as module from "@aws-sdk/client-budgets";
import * as iamModule from "@aws-sdk/client-iam";
import { Client } from "./client.mjs";
import { Emulator } from "./emulator.mjs";
import { failEveryWay } from "./every_error.mjs";

const AccountId = "123456789012";
const MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0";
const TOPIC = `arn:aws:sns:us-east-1:${AccountId}:budgets`;

const budget = (BudgetName, more) => ({
  BudgetName,
  BudgetType: "COST",
  TimeUnit: "MONTHLY",
  BudgetLimit: { Amount: "10", Unit: "USD" },
  ...more,
});
const NEWER = {
  FilterExpression: { Tags: { Key: "team", Values: ["search"], MatchOptions: ["EQUALS"] } },
  Metrics: ["UnblendedCost"],
};
const OLDER = { CostFilters: { TagKeyValue: ["user:team$search"] } };
const notification = (Threshold, more) => ({
  NotificationType: "ACTUAL",
  ComparisonOperator: "GREATER_THAN",
  Threshold,
  ThresholdType: "PERCENTAGE",
  ...more,
});
const email = (Address) => ({ SubscriptionType: "EMAIL", Address });
const SNS = { SubscriptionType: "SNS", Address: TOPIC };
const LEAD = email("lead@example.com");
const named = (BudgetName, more) => ({ AccountId, BudgetName, ...more });

const create = (client, Budget, more) =>
  client.succeed("CreateBudget", { AccountId, Budget, ...more });
const describe = async (client, name, ShowFilterExpression = true) =>
  (await client.succeed("DescribeBudget", named(name, { ShowFilterExpression }))).Budget;
const spent = async (client, name) =>
  Number((await describe(client, name)).CalculatedSpend.ActualSpend.Amount);

// ---- budgets ----

async function testForms(client) {
  await create(client, budget("newer", NEWER));
  const newer = await describe(client, "newer");
  assert.deepEqual(newer.FilterExpression, NEWER.FilterExpression);
  assert.deepEqual(newer.Metrics, NEWER.Metrics);
  assert.equal(newer.CostTypes, undefined);
  assert.equal(newer.BudgetLimit.Amount, "10.0");
  assert.equal(newer.TimePeriod.Start.getUTCDate(), 1);
  assert.equal(newer.TimePeriod.End.toISOString(), "2087-06-15T00:00:00.000Z");
  assert.equal(newer.HealthStatus.Status, "HEALTHY");
  assert.equal((await describe(client, "newer", false)).FilterExpression, undefined);

  await create(client, budget("older", { ...OLDER, CostTypes: { IncludeCredit: false } }));
  const older = await describe(client, "older");
  assert.deepEqual(older.CostFilters, OLDER.CostFilters);
  assert.equal(older.CostTypes.IncludeCredit, false);
  assert.equal(older.CostTypes.IncludeTax, true);
  assert.equal(older.CostTypes.UseBlended, false);
}

const badBudgets = [
  ["both forms", { ...NEWER, ...OLDER }],
  ["a filter without a metric", { FilterExpression: NEWER.FilterExpression }],
  ["two metrics", { ...NEWER, Metrics: ["UnblendedCost", "BlendedCost"] }],
  ["no limit", { BudgetLimit: undefined }],
  ["another currency", { BudgetLimit: { Amount: "10", Unit: "EUR" } }],
  ["no number", { BudgetLimit: { Amount: "ten", Unit: "USD" } }],
  ["two limits", { PlannedBudgetLimits: { 1764547200: { Amount: "1", Unit: "USD" } } }],
  ["a colon in the name", { BudgetName: "a:b" }],
  ["a backslash in the name", { BudgetName: "a\\b" }],
  ["an action in the name", { BudgetName: "a/action/b" }],
  ["too long a name", { BudgetName: "n".repeat(101) }],
  ["a unit of time", { TimeUnit: "WEEKLY" }],
  ["a custom period without an end", { TimeUnit: "CUSTOM", TimePeriod: { Start: new Date() } }],
  ["an end before the start", { TimePeriod: { Start: new Date(2e12), End: new Date(1e12) } }],
];

async function testBadBudgets(client) {
  for (const [, more] of badBudgets)
    await client.fail(
      "CreateBudget",
      { AccountId, Budget: budget("bad", more) },
      "InvalidParameterException",
    );
  await client.fail(
    "CreateBudget",
    { AccountId, Budget: budget("newer") },
    "DuplicateRecordException",
    /newer/,
  );
  const other = { AccountId: "111111111111", Budget: budget("x") };
  await client.fail("CreateBudget", other, "AccessDeniedException", /111111111111/);
  await client.fail("CreateBudget", { ...other, AccountId: "1" }, "InvalidParameterException");
  for (const [name, input] of [
    ["DescribeBudget", named("none")],
    ["DeleteBudget", named("none")],
    ["UpdateBudget", { AccountId, NewBudget: budget("none") }],
  ])
    await client.fail(name, input, "NotFoundException", /none/);
}

// The tag counts for what is used after it was activated.
async function testSpend(client, emulator) {
  const { inferenceProfileArn: profile } = await emulator.clients().succeed(
    "CreateInferenceProfile",
    {
      inferenceProfileName: "spends",
      modelSource: { copyFrom: MODEL },
      tags: [{ key: "team", value: "search" }],
    },
  );
  const use = (told) =>
    emulator.own("usage", { method: "POST", body: JSON.stringify({ profile, ...told }) });
  await create(client, budget("all"));
  await create(client, budget("daily", { ...NEWER, TimeUnit: "DAILY" }));
  await create(client, budget("annual", { ...NEWER, TimeUnit: "ANNUALLY" }));
  await create(
    client,
    budget("service", { CostFilters: { Service: ["Amazon Bedrock"], Region: ["eu-west-1"] } }),
  );
  await use({ inputTokens: 1000000 });
  assert.equal(await spent(client, "all"), 0.8);
  assert.equal(await spent(client, "newer"), 0);
  const activeSince = new Date(Date.now() - 400 * 86400000).toISOString().slice(0, 10);
  await emulator.own("tags", {
    method: "POST",
    body: JSON.stringify({ key: "team", activeSince }),
  });
  for (const name of ["newer", "older", "daily", "annual"])
    assert.equal(await spent(client, name), 0.8, name);
  assert.equal(await spent(client, "service"), 0);
  await use({ at: `${new Date().getUTCFullYear() - 1}-06-01T00:00:00Z`, outputTokens: 1000000 });
  assert.equal(await spent(client, "annual"), 0.8);
  await use({ outputTokens: 2000000 });
  assert.equal(await spent(client, "newer"), 7.2);
}

async function testUpdate(client) {
  await client.succeed("CreateNotification", {
    ...named("older"),
    Notification: notification(50),
    Subscribers: [LEAD],
  });
  const NewBudget = budget("older", { ...NEWER, BudgetLimit: { Amount: "7.5", Unit: "USD" } });
  await client.succeed("UpdateBudget", { AccountId, NewBudget });
  const changed = await describe(client, "older");
  assert.equal(changed.BudgetLimit.Amount, "7.5");
  assert.equal(changed.CostFilters, undefined);
  const { Notifications } = await client.succeed("DescribeNotificationsForBudget", named("older"));
  assert.equal(Notifications.length, 1);
  await client.fail(
    "UpdateBudget",
    { AccountId, NewBudget: { ...NewBudget, ...OLDER } },
    "InvalidParameterException",
  );
}

async function testPages(client) {
  const names = Array.from({ length: 23 }, (_, i) => `page ${i}`);
  for (const name of names) await create(client, budget(name));
  const seen = [];
  for (let NextToken, more = true; more; more = NextToken !== undefined) {
    const page = await client.succeed("DescribeBudgets", { AccountId, MaxResults: 10, NextToken });
    NextToken = page.NextToken;
    assert.ok(page.Budgets.length <= 10);
    seen.push(...page.Budgets.map(({ BudgetName }) => BudgetName));
    // What goes between two pages makes none be left out.
    if (names.includes(seen.at(-1))) await client.succeed("DeleteBudget", named(seen.at(-1)));
  }
  for (const name of names) assert.equal(seen.filter((one) => one === name).length, 1, name);
  await client.fail(
    "DescribeBudgets",
    { AccountId, NextToken: "?" },
    "InvalidNextTokenException",
    /NextToken/,
  );
}

// ---- notifications ----

async function testNotifications(client) {
  const three = [50, 80, 100].map((percent) => ({
    Notification: notification(percent),
    Subscribers: [LEAD, SNS],
  }));
  await create(client, budget("notified", NEWER), { NotificationsWithSubscribers: three });
  const list = async () =>
    (await client.succeed("DescribeNotificationsForBudget", named("notified"))).Notifications;
  assert.deepEqual(
    (await list()).map(({ Threshold, NotificationState }) => [Threshold, NotificationState]),
    [
      [50, "ALARM"],
      [80, "OK"],
      [100, "OK"],
    ],
  );
  const forecast = notification(5, {
    NotificationType: "FORECASTED",
    ThresholdType: "ABSOLUTE_VALUE",
  });
  const NewNotification = notification(7, { ThresholdType: "ABSOLUTE_VALUE" });
  await client.succeed("CreateNotification", {
    ...named("notified"),
    Notification: forecast,
    Subscribers: [LEAD],
  });
  await client.succeed("UpdateNotification", {
    ...named("notified"),
    OldNotification: notification(80),
    NewNotification,
  });
  assert.deepEqual(
    (await list()).map(({ Threshold, NotificationState }) => [Threshold, NotificationState]),
    [
      [50, "ALARM"],
      [7, "ALARM"],
      [100, "OK"],
      [5, "ALARM"],
    ],
  );
  await client.fail(
    "UpdateNotification",
    {
      ...named("notified"),
      OldNotification: notification(50),
      NewNotification: notification(100),
    },
    "DuplicateRecordException",
  );
  await client.succeed("DeleteNotification", {
    ...named("notified"),
    Notification: forecast,
  });
  assert.equal((await list()).length, 3);
  await client.fail(
    "DeleteNotification",
    { ...named("notified"), Notification: forecast },
    "NotFoundException",
    /threshold/,
  );
}

async function testNotificationLimits(client) {
  await create(client, budget("limits"));
  const add = (Threshold) => ({
    ...named("limits"),
    Notification: notification(Threshold),
    Subscribers: [LEAD],
  });
  for (let i = 1; i <= 10; i += 1) await client.succeed("CreateNotification", add(i));
  await client.fail("CreateNotification", add(11), "CreationLimitExceededException", /10/);
  await client.fail("CreateNotification", add(3), "DuplicateRecordException");
  const page = await client.succeed("DescribeNotificationsForBudget", {
    ...named("limits"),
    MaxResults: 4,
  });
  const rest = await client.succeed("DescribeNotificationsForBudget", {
    ...named("limits"),
    NextToken: page.NextToken,
  });
  assert.deepEqual(
    [...page.Notifications, ...rest.Notifications].map(({ Threshold }) => Threshold),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  for (const wrong of [notification(-1), notification(1, { ComparisonOperator: "ABOUT" })])
    await client.fail(
      "CreateNotification",
      { ...add(1), Notification: wrong },
      "InvalidParameterException",
    );
}

async function testSubscribers(client) {
  const of = { ...named("notified"), Notification: notification(50) };
  const list = async () =>
    (await client.succeed("DescribeSubscribersForNotification", of)).Subscribers;
  const Subscriber = email("second@example.com");
  await client.succeed("CreateSubscriber", { ...of, Subscriber });
  assert.equal((await list()).length, 3);
  await client.fail("CreateSubscriber", { ...of, Subscriber }, "DuplicateRecordException");
  await client.fail(
    "CreateSubscriber",
    { ...of, Subscriber: { ...SNS, Address: `${TOPIC}2` } },
    "CreationLimitExceededException",
  );
  await client.succeed("UpdateSubscriber", {
    ...of,
    OldSubscriber: Subscriber,
    NewSubscriber: email("third@example.com"),
  });
  assert.ok((await list()).some(({ Address }) => Address === "third@example.com"));
  await client.fail("DeleteSubscriber", { ...of, Subscriber }, "NotFoundException");
  for (let i = 0; i < 8; i += 1)
    await client.succeed("CreateSubscriber", { ...of, Subscriber: email(`n${i}@example.com`) });
  await client.fail(
    "CreateSubscriber",
    { ...of, Subscriber: email("eleventh@example.com") },
    "CreationLimitExceededException",
  );
  for (const wrong of [email("nobody"), { ...SNS, Address: "nowhere" }])
    await client.fail(
      "CreateSubscriber",
      { ...of, Subscriber: wrong },
      "InvalidParameterException",
    );
  for (const one of await list())
    await client.succeed("DeleteSubscriber", { ...of, Subscriber: one });
  await client.fail("DescribeSubscribersForNotification", of, "NotFoundException");
}

// ---- actions ----

const action = (more) => ({
  ...named("notified"),
  NotificationType: "ACTUAL",
  ActionType: "APPLY_IAM_POLICY",
  ActionThreshold: { ActionThresholdValue: 100, ActionThresholdType: "PERCENTAGE" },
  Definition: {
    IamActionDefinition: {
      PolicyArn: `arn:aws:iam::${AccountId}:policy/deny-bedrock`,
      Roles: ["team-search"],
    },
  },
  ExecutionRoleArn: `arn:aws:iam::${AccountId}:role/budgets`,
  ApprovalModel: "AUTOMATIC",
  Subscribers: [LEAD],
  ...more,
});

async function testActions(client) {
  const { ActionId } = await client.succeed("CreateBudgetAction", {
    ...action(),
    ResourceTags: [{ Key: "made-by", Value: "tests" }],
  });
  const list = async () =>
    (await client.succeed("DescribeBudgetActionsForBudget", named("notified"))).Actions;
  const [made] = await list();
  assert.deepEqual([made.ActionId, made.Status], [ActionId, "STANDBY"]);
  assert.deepEqual(made.Definition, action().Definition);
  await client.fail("CreateBudgetAction", action(), "DuplicateRecordException");
  const updated = await client.succeed("UpdateBudgetAction", {
    ...named("notified", { ActionId }),
    ApprovalModel: "MANUAL",
  });
  assert.deepEqual(updated.OldAction, made);
  assert.deepEqual(updated.NewAction, { ...made, ApprovalModel: "MANUAL" });
  const ResourceARN = `arn:aws:budgets::${AccountId}:budget/notified/action/${ActionId}`;
  const { ResourceTags } = await client.succeed("ListTagsForResource", { ResourceARN });
  assert.deepEqual(ResourceTags, [{ Key: "made-by", Value: "tests" }]);
  for (const wrong of [
    { ActionType: "APPLY_SCP_POLICY" },
    { Definition: { IamActionDefinition: { PolicyArn: "arn:aws:iam::aws:policy/X" } } },
    { Definition: { IamActionDefinition: { PolicyArn: "deny", Roles: ["r"] } } },
    { ExecutionRoleArn: "budgets" },
    { Subscribers: [] },
  ])
    await client.fail("CreateBudgetAction", action(wrong), "InvalidParameterException");
  await client.succeed("CreateBudgetAction", {
    ...action({
      ActionType: "APPLY_SCP_POLICY",
      Definition: { ScpActionDefinition: { PolicyId: "p-12345678", TargetIds: [AccountId] } },
    }),
  });
  const gone = await client.succeed("DeleteBudgetAction", named("notified", { ActionId }));
  assert.equal(gone.Action.ActionId, ActionId);
  await client.fail("DeleteBudgetAction", named("notified", { ActionId }), "NotFoundException");
  assert.equal((await list()).length, 1);
}

const document = (Effect, Action) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect, Action, Resource: "*" }] });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "budgets.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

// A budget that is passed attaches the policy, until somebody has it detached.
async function testActionsAtWork(client, emulator) {
  const iam = new Client("@aws-sdk/client-iam", iamModule, "IAMClient", emulator.endpoint, {
    json: false,
  });
  emulator.opened.push(iam);
  for (const [RoleName, Action] of [
    ["team", "bedrock:*"],
    ["actor", ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]],
  ]) {
    await iam.succeed("CreateRole", { RoleName, AssumeRolePolicyDocument: trust });
    const PolicyDocument = document("Allow", Action);
    await iam.succeed("PutRolePolicy", { RoleName, PolicyName: "use", PolicyDocument });
  }
  const { Policy } = await iam.succeed("CreatePolicy", {
    PolicyName: "deny",
    PolicyDocument: document("Deny", "bedrock:*"),
  });
  const attached = async () =>
    (await iam.succeed("ListAttachedRolePolicies", { RoleName: "team" })).AttachedPolicies ?? [];
  await create(client, budget("acting"));
  const { ActionId } = await client.succeed("CreateBudgetAction", {
    ...action({ ApprovalModel: "MANUAL", ExecutionRoleArn: `arn:aws:iam::${AccountId}:role/actor` }),
    ...named("acting"),
    Definition: { IamActionDefinition: { PolicyArn: Policy.Arn, Roles: ["team"] } },
  });
  const one = named("acting", { ActionId });
  const status = async () => (await client.succeed("DescribeBudgetAction", one)).Action.Status;
  const execute = (way) => ({ ...one, ExecutionType: `${way}_BUDGET_ACTION` });
  const { length } = await emulator.own("mails");
  await emulator.own("usage", {
    method: "POST",
    body: JSON.stringify({ profile: "amazon.nova-pro-v1:0", outputTokens: 4000000 }),
  });
  assert.equal(await status(), "PENDING");
  await client.fail("ExecuteBudgetAction", execute("REVERSE"), "ResourceLockedException", /PENDING/);
  assert.deepEqual(await attached(), []);
  const answer = await client.succeed("ExecuteBudgetAction", execute("APPROVE"));
  assert.deepEqual(answer, execute("APPROVE"));
  assert.deepEqual(await attached(), [{ PolicyName: "deny", PolicyArn: Policy.Arn }]);
  await client.succeed("ExecuteBudgetAction", execute("REVERSE"));
  assert.deepEqual(await attached(), []);
  assert.equal(await status(), "REVERSE_SUCCESS");

  const { ActionHistories } = await client.succeed("DescribeBudgetActionHistories", one);
  assert.deepEqual(
    ActionHistories.map(({ EventType, Status }) => `${EventType} ${Status}`),
    [
      "CREATE_ACTION STANDBY",
      "SYSTEM PENDING",
      "EXECUTE_ACTION EXECUTION_SUCCESS",
      "EXECUTE_ACTION REVERSE_SUCCESS",
    ],
  );
  const past = { Start: new Date(0), End: new Date(1e12) };
  const none = await client.succeed("DescribeBudgetActionHistories", { ...one, TimePeriod: past });
  assert.deepEqual(none.ActionHistories, []);
  const mails = (await emulator.own("mails")).slice(length);
  assert.ok(mails.some(({ Address, Subject }) => Address === LEAD.Address && /acting/.test(Subject)));
}

async function testTags(client) {
  await create(client, budget("tagged"), { ResourceTags: [{ Key: "a", Value: "1" }] });
  const ResourceARN = `arn:aws:budgets::${AccountId}:budget/tagged`;
  await client.succeed("TagResource", { ResourceARN, ResourceTags: [{ Key: "b", Value: "" }] });
  await client.succeed("UntagResource", { ResourceARN, ResourceTagKeys: ["a"] });
  const { ResourceTags } = await client.succeed("ListTagsForResource", { ResourceARN });
  assert.deepEqual(ResourceTags, [{ Key: "b", Value: "" }]);
  await client.fail(
    "ListTagsForResource",
    { ResourceARN: `${ResourceARN}2` },
    "NotFoundException",
  );
}

export async function testBudgets(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const client = new Client(
      "@aws-sdk/client-budgets",
      module,
      "BudgetsClient",
      emulator.endpoint,
      { badRequest: true },
    );
    await tap.run("budgets: both forms", () => testForms(client));
    await tap.run("budgets: refused", () => testBadBudgets(client));
    await tap.run("budgets: what was spent", () => testSpend(client, emulator));
    await tap.run("budgets: changed", () => testUpdate(client));
    await tap.run("budgets: pages", () => testPages(client));
    await tap.run("budgets: notifications", () => testNotifications(client));
    await tap.run("budgets: limits", () => testNotificationLimits(client));
    await tap.run("budgets: subscribers", () => testSubscribers(client));
    await tap.run("budgets: actions", () => testActions(client));
    await tap.run("budgets: actions at work", () => testActionsAtWork(client, emulator));
    await tap.run("budgets: tags", () => testTags(client));
    await tap.run("budgets: every error", async () => {
      const inputs = {
        CreateBudget: { AccountId, Budget: budget("x") },
        DescribeBudgets: { AccountId },
        UpdateBudgetAction: named("x", { ActionId: "01234567-0123-0123-0123-0123456789ab" }),
      };
      assert.equal(await failEveryWay(emulator, client, inputs), 12);
    });
    tap.ok(client.seen.size === 23, `budgets: ${client.seen.size} operations succeeded`);
    client.destroy();
  });
}
