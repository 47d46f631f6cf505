// AWS's clients see exactly what `budget mirror` has made, every member of it, and receive what
// `budget notify --sns` publishes.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as budgetsModule from "@aws-sdk/client-budgets";
import * as cloudwatchModule from "@aws-sdk/client-cloudwatch";
import * as costsModule from "@aws-sdk/client-cost-explorer";
import * as iamModule from "@aws-sdk/client-iam";
import * as snsModule from "@aws-sdk/client-sns";
import { Client } from "./client.mjs";
import { Emulator, KEYS } from "./emulator.mjs";

const ACCOUNT = "123456789012";
const BUDGET = "bedrockcost-search";
const PROFILE = `arn:aws:bedrock:us-east-1:${ACCOUNT}:application-inference-profile/abcdefghijkl`;
const TAGS = [{ Key: "managed-by", Value: "libbedrockcost" }];
const EMAIL = { SubscriptionType: "EMAIL", Address: "ada@example.com" };
const HAIKU = "anthropic.claude-3-haiku-20240307-v1:0";

const policy = (...statements) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trust = policy({
  Effect: "Allow",
  Principal: { Service: "budgets.amazonaws.com" },
  Action: "sts:AssumeRole",
});

// `budget` at work on a ledger of its own.
class Budget {
  constructor(build, folder, endpoint) {
    Object.assign(this, { folder, program: path.join(build, "examples/budget/budget") });
    this.env = {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_REGION: "us-east-1",
      BEDROCKCOST_LEDGER: path.join(folder, "ledger"),
      LD_LIBRARY_PATH: path.join(build, "lib"),
    };
  }

  async run(...words) {
    const { stdout } = await promisify(execFile)(this.program, words, { env: this.env });
    return stdout;
  }

  async write(name, document) {
    await writeFile(path.join(this.folder, name), JSON.stringify(document));
    return path.join(this.folder, name);
  }

  async fill() {
    const row = { model: "anthropic.claude-3-haiku", scope: "in-region" };
    const prices = [{ ...row, input: "0.25", output: "1.25" }];
    const table = { from: "2026-10-01", source: "a test", prices };
    const tags = { team: "search" };
    const profile = { arn: PROFILE, name: "search-prod", model: HAIKU, scope: "in-region", tags };
    await this.run("prices", "import", await this.write("prices.json", table));
    await this.run("profiles", "import", await this.write("profiles.json", profile));
    await this.run("set", "search", "--team", "search", "--limit", "512.25");
  }
}

async function prepare(iam, sns) {
  const { TopicArn } = await sns.succeed("CreateTopic", { Name: "spend" });
  const names = { PolicyName: "deny", PolicyDocument: policy({ Effect: "Deny", Action: "*", Resource: "*" }) };
  const { Policy } = await iam.succeed("CreatePolicy", names);
  const role = { AssumeRolePolicyDocument: trust };
  const { Role } = await iam.succeed("CreateRole", { ...role, RoleName: "actions" });
  await iam.succeed("CreateRole", { ...role, RoleName: "app" });
  return { topic: TopicArn, policy: Policy.Arn, executionRole: Role.Arn };
}

const settings = (made) => ({
  emails: [EMAIL.Address],
  topics: [made.topic],
  forecast: 120,
  anomalies: { impact: "10" },
  alarms: { share: 2, profiles: { "search-prod": { invocations: 5000 } } },
  actions: {
    search: {
      policy: made.policy,
      executionRole: made.executionRole,
      roles: ["app"],
      approval: "AUTOMATIC",
    },
  },
});

async function checkBudget(budgets, made) {
  const named = { AccountId: ACCOUNT, BudgetName: BUDGET };
  const everybody = [EMAIL, { SubscriptionType: "SNS", Address: made.topic }];
  const listed = await budgets.succeed("DescribeBudgets", {
    AccountId: ACCOUNT,
    ShowFilterExpression: true,
  });
  assert.equal(listed.Budgets.length, 1);
  const { BudgetLimit, FilterExpression, Metrics, TimeUnit, BudgetType, CostFilters } =
    listed.Budgets[0];
  assert.deepEqual([Number(BudgetLimit.Amount), BudgetLimit.Unit], [512.25, "USD"]);
  assert.deepEqual([TimeUnit, BudgetType, Metrics], ["MONTHLY", "COST", ["UnblendedCost"]]);
  const tag = { Key: "team", Values: ["search"], MatchOptions: ["EQUALS"] };
  assert.deepEqual(FilterExpression, { Tags: tag });
  assert.deepEqual(CostFilters ?? {}, {});

  const { Notifications } = await budgets.succeed("DescribeNotificationsForBudget", named);
  assert.deepEqual(
    Notifications.map((one) => `${one.NotificationType} ${one.Threshold}`).sort(),
    ["ACTUAL 100", "ACTUAL 50", "ACTUAL 80", "FORECASTED 120"],
  );
  for (const { NotificationState, ...Notification } of Notifications) {
    assert.equal(Notification.ComparisonOperator, "GREATER_THAN");
    assert.equal(Notification.ThresholdType, "PERCENTAGE");
    const told = { ...named, Notification };
    const { Subscribers } = await budgets.succeed("DescribeSubscribersForNotification", told);
    assert.deepEqual(Subscribers, everybody);
  }

  const { Actions } = await budgets.succeed("DescribeBudgetActionsForBudget", named);
  assert.equal(Actions.length, 1);
  const { ActionId, ...action } = Actions[0];
  assert.deepEqual(action, {
    BudgetName: BUDGET,
    NotificationType: "ACTUAL",
    ActionType: "APPLY_IAM_POLICY",
    ActionThreshold: { ActionThresholdValue: 100, ActionThresholdType: "PERCENTAGE" },
    Definition: { IamActionDefinition: { PolicyArn: made.policy, Roles: ["app"] } },
    ExecutionRoleArn: made.executionRole,
    ApprovalModel: "AUTOMATIC",
    Status: "STANDBY",
    Subscribers: everybody,
  });
  const ResourceARN = `arn:aws:budgets::${ACCOUNT}:budget/${BUDGET}`;
  const tagged = await budgets.succeed("ListTagsForResource", { ResourceARN });
  assert.deepEqual(tagged.ResourceTags, TAGS);
}

async function checkAnomalies(costs, made) {
  const { AnomalyMonitors } = await costs.succeed("GetAnomalyMonitors");
  assert.equal(AnomalyMonitors.length, 1);
  const [monitor] = AnomalyMonitors;
  assert.deepEqual([monitor.MonitorName, monitor.MonitorType], ["bedrockcost-team=search", "CUSTOM"]);
  const { Key, Values } = monitor.MonitorSpecification.Tags;
  assert.deepEqual([Key, Values, monitor.MonitorDimension], ["team", ["search"], undefined]);

  const { AnomalySubscriptions } = await costs.succeed("GetAnomalySubscriptions");
  const seen = AnomalySubscriptions.map((one) => [
    one.SubscriptionName,
    one.Frequency,
    one.MonitorArnList,
    one.Subscribers.map(({ Type, Address }) => [Type, Address]),
    one.ThresholdExpression.Dimensions,
  ]).sort();
  const dimensions = {
    Key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
    MatchOptions: ["GREATER_THAN_OR_EQUAL"],
    Values: ["10"],
  };
  assert.deepEqual(seen, [
    ["bedrockcost-mail", "DAILY", [monitor.MonitorArn], [["EMAIL", EMAIL.Address]], dimensions],
    ["bedrockcost-topic", "IMMEDIATE", [monitor.MonitorArn], [["SNS", made.topic]], dimensions],
  ]);
  for (const ResourceArn of [monitor.MonitorArn, AnomalySubscriptions[0].SubscriptionArn]) {
    const tagged = await costs.succeed("ListTagsForResource", { ResourceArn });
    assert.deepEqual(tagged.ResourceTags, TAGS);
  }
}

async function checkAlarms(cloudwatch, made) {
  const { MetricAlarms } = await cloudwatch.succeed("DescribeAlarms", {});
  const hourly = (kind, MetricName, Threshold) => [
    `bedrockcost-search-prod-${kind}`,
    {
      MetricName,
      Threshold,
      AlarmActions: [made.topic],
      Namespace: "AWS/Bedrock",
      Dimensions: [{ Name: "ModelId", Value: "abcdefghijkl" }],
      Statistic: "Sum",
      Period: 3600,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      ActionsEnabled: true,
    },
  ];
  // 2 % of 512.25 USD, at 0.25 and 1.25 USD per million tokens.
  const wanted = new Map([
    hourly("input", "InputTokenCount", 40_980_000),
    hourly("output", "OutputTokenCount", 8_196_000),
    hourly("invocations", "Invocations", 5000),
  ]);
  assert.equal(MetricAlarms.length, wanted.size);
  for (const alarm of MetricAlarms) {
    const members = wanted.get(alarm.AlarmName);
    for (const [name, value] of Object.entries(members)) assert.deepEqual(alarm[name], value, name);
    const tagged = await cloudwatch.succeed("ListTagsForResource", { ResourceARN: alarm.AlarmArn });
    assert.deepEqual(tagged.Tags, TAGS);
  }
}

async function checkMessages(emulator, budget, made) {
  await budget.run("set", "spent", "--team", "search", "--limit", "0");
  await budget.run("notify", "--sns", made.topic);
  const messages = await emulator.own("messages");
  const published = messages.filter((one) => one.TopicArn === made.topic && one.Subject?.startsWith("budget"));
  assert.deepEqual(
    published.map((one) => one.Subject),
    ["budget spent: notice", "budget spent: degrade", "budget spent: limit"],
  );
  for (const { Message, MessageAttributes } of published) {
    const forms = JSON.parse(Message);
    const edge = JSON.parse(forms.default);
    assert.equal(forms.sms, edge.text);
    assert.ok(forms.email.startsWith(`${edge.text}\n\n{`));
    assert.equal(MessageAttributes.kind.StringValue, edge.kind);
    assert.equal(MessageAttributes.budget.StringValue, "spent");
  }
}

export async function testMadeBudgets(tap, { build }) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "mirror-"));
  await Emulator.use(build, ["--identity"], async (emulator) => {
    const client = (name, module, className, options) =>
      new Client(name, module, className, emulator.endpoint, options);
    const budgets = client("client-budgets", budgetsModule, "BudgetsClient");
    const costs = client("client-cost-explorer", costsModule, "CostExplorerClient");
    const cloudwatch = client("client-cloudwatch", cloudwatchModule, "CloudWatchClient");
    const iam = client("client-iam", iamModule, "IAMClient", { json: false });
    const sns = client("client-sns", snsModule, "SNSClient", { json: false });
    emulator.opened.push(budgets, costs, cloudwatch, iam, sns);
    const budget = new Budget(build, folder, emulator.endpoint);
    const made = await prepare(iam, sns);
    await budget.fill();
    const file = await budget.write("mirror.json", settings(made));
    await budget.run("mirror", "apply", "--yes", "--file", file);

    const check = async () => {
      await checkBudget(budgets, made);
      await checkAnomalies(costs, made);
      await checkAlarms(cloudwatch, made);
    };
    await tap.run("what budget mirror made, as AWS's clients see it", check);
    await budget.run("mirror", "apply", "--yes", "--file", file);
    await tap.run("the same after a second run", check);
    await tap.run("edges, as published", () => checkMessages(emulator, budget, made));
    await budget.run("mirror", "delete", "--yes", "--file", file);
    await tap.run("nothing after budget mirror delete", async () => {
      const { Budgets } = await budgets.succeed("DescribeBudgets", { AccountId: ACCOUNT });
      const { AnomalyMonitors } = await costs.succeed("GetAnomalyMonitors");
      const { AnomalySubscriptions } = await costs.succeed("GetAnomalySubscriptions");
      const { MetricAlarms } = await cloudwatch.succeed("DescribeAlarms", {});
      const rest = [Budgets ?? [], AnomalyMonitors, AnomalySubscriptions, MetricAlarms ?? []];
      assert.deepEqual(rest, [[], [], [], []]);
    });
  });
  await rm(folder, { recursive: true });
}
