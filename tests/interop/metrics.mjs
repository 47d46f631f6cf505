// AWS's client of CloudWatch reads what models used minute by minute, and keeps alarms on it.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as module from "@aws-sdk/client-cloudwatch";
import * as snsModule from "@aws-sdk/client-sns";
import { Client } from "./client.mjs";
import { Emulator } from "./emulator.mjs";
import { failEveryWay } from "./every_error.mjs";

const MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
const MINUTE_MS = 60000;
const HOUR = new Date(Math.floor(Date.now() / 3600000) * 3600000 - 2 * 3600000); // its beginning
const minute = (n) => new Date(HOUR.getTime() + n * MINUTE_MS);
const iso = (date) => `${date.toISOString().slice(0, 19)}Z`;
const NAMES = [
  "CacheReadInputTokens",
  "CacheWriteInputTokens",
  "InputTokenCount",
  "InvocationLatency",
  "Invocations",
  "OutputTokenCount",
];

const open = (emulator) =>
  new Client("@aws-sdk/client-cloudwatch", module, "CloudWatchClient", emulator.endpoint);
const post = (emulator, told) =>
  emulator.own("usage", { method: "POST", body: JSON.stringify(told) });

async function newProfile(emulator, inferenceProfileName) {
  const { inferenceProfileArn } = await emulator
    .clients()
    .succeed("CreateInferenceProfile", { inferenceProfileName, modelSource: { copyFrom: MODEL } });
  return inferenceProfileArn;
}

const metric = (MetricName, id) => ({
  Namespace: "AWS/Bedrock",
  MetricName,
  Dimensions: [{ Name: "ModelId", Value: id }],
});
const query = (Id, Metric, more) => ({
  Id,
  MetricStat: { Metric, Period: 60, Stat: "Sum", ...more },
});
const data = (client, MetricDataQueries, more) =>
  client.succeed("GetMetricData", {
    MetricDataQueries,
    StartTime: HOUR,
    EndTime: minute(60),
    ...more,
  });

// ---- reading ----

async function testData(client, id) {
  const queries = NAMES.map((name, i) => query(`m${i}`, metric(name, id)));
  const { MetricDataResults } = await data(client, queries, { ScanBy: "TimestampAscending" });
  const found = MetricDataResults.map(({ Label, StatusCode, Timestamps, Values }) => {
    assert.equal(StatusCode, "Complete");
    return [Label, Timestamps.map((time) => (time - HOUR) / MINUTE_MS), Values];
  });
  assert.deepEqual(found, [
    ["CacheReadInputTokens", [0], [5]],
    ["CacheWriteInputTokens", [0], [7]],
    ["InputTokenCount", [0, 10, 11], [30, 400, 50]],
    ["InvocationLatency", [0, 10, 11], [1500, 1000, 1000]],
    ["Invocations", [0, 10, 11], [3, 4, 1]],
    ["OutputTokenCount", [0, 10, 11], [6, 80, 0]],
  ]);
  const newest = await data(client, [query("a", metric("InputTokenCount", id))]);
  assert.deepEqual(newest.MetricDataResults[0].Values, [50, 400, 30]);
  const five = await data(client, [
    query("a", metric("InputTokenCount", id), { Period: 300 }),
    query("b", metric("InputTokenCount", id), { Period: 3600, Stat: "Average" }),
    query("c", metric("InputTokenCount", id), { Period: 3600, Stat: "Maximum" }),
    query("d", metric("InputTokenCount", id), { Period: 3600, Stat: "SampleCount" }),
  ]);
  assert.deepEqual(
    five.MetricDataResults.map(({ Values }) => Values),
    [[450, 30], [60], [100], [8]],
  );
}

async function testOtherIds(client, arn, id) {
  const other = await data(client, [
    query("arn", metric("InputTokenCount", arn)),
    query("model", metric("InputTokenCount", "amazon.nova-lite-v1:0")),
    query("unknown", metric("InputTokenCount", "none")),
    query("none", { Namespace: "AWS/Bedrock", MetricName: "InputTokenCount" }),
  ]);
  assert.deepEqual(
    other.MetricDataResults.map(({ Values }) => Values),
    [[], [], [], []],
  );
  const sums = await data(client, [
    { ...query("in", metric("InputTokenCount", id)), ReturnData: false },
    { ...query("out", metric("OutputTokenCount", id)), ReturnData: false },
    { Id: "cost", Expression: "in + 5 * out", Label: "weighted" },
    { Id: "all", Expression: "SUM([in, out])" },
  ]);
  assert.deepEqual(
    sums.MetricDataResults.map(({ Label, Values }) => [Label, Values]),
    [
      ["weighted", [50, 800, 60]],
      ["all", [50, 480, 36]],
    ],
  );
}

// Five hundred queries, a few values a page.
async function testDataPages(client, emulator) {
  const arn = await newProfile(emulator, "paged");
  const id = arn.split("/")[1];
  await post(
    emulator,
    Array.from({ length: 7 }, (_, i) => ({
      profile: arn,
      at: iso(minute(i)),
      inputTokens: i + 1,
    })),
  );
  const queries = Array.from({ length: 500 }, (_, i) =>
    query(`q${i}`, metric("InputTokenCount", id)),
  );
  const seen = new Map();
  let pages = 0;
  for (let NextToken; pages === 0 || NextToken !== undefined; pages += 1) {
    const page = await data(client, queries, { NextToken, MaxDatapoints: 500 });
    NextToken = page.NextToken;
    for (const { Id, Values, StatusCode } of page.MetricDataResults) {
      seen.set(Id, [...(seen.get(Id) ?? []), ...Values]);
      if (StatusCode === "Complete") assert.equal(seen.get(Id).length, 7);
    }
  }
  assert.equal(pages, 7);
  assert.equal(seen.size, 500);
  for (const values of seen.values()) assert.deepEqual(values, [7, 6, 5, 4, 3, 2, 1]);
}

async function testBadData(client) {
  const good = query("a", metric("Invocations", "x"));
  const bad = [
    [],
    Array.from({ length: 501 }, (_, i) => query(`q${i}`, metric("Invocations", "x"))),
    [good, good],
    [{ ...good, Id: "Large" }],
    [{ Id: "a" }],
    [{ ...good, Expression: "b" }],
    [query("a", metric("Invocations", "x"), { Period: 61 })],
    [query("a", metric("Invocations", "x"), { Stat: "Median" })],
    [{ Id: "a", Expression: "SEARCH('x')" }],
  ];
  for (const queries of bad)
    await client.refused(
      "GetMetricData",
      { MetricDataQueries: queries, StartTime: HOUR, EndTime: minute(60) },
      "ValidationException",
    );
  const times = { StartTime: minute(1), EndTime: minute(1) };
  const input = { MetricDataQueries: [good], ...times };
  await client.refused("GetMetricData", input, "ValidationException", /StartTime/);
  const old = { ...input, StartTime: new Date(HOUR - 20 * 86400000) };
  await client.refused("GetMetricData", old, "ValidationException", /300/);
  await client.fail(
    "GetMetricData",
    { ...input, StartTime: HOUR, NextToken: "?" },
    "InvalidNextToken",
  );
}

async function testStatistics(client, id) {
  const input = {
    ...metric("InvocationLatency", id),
    StartTime: HOUR,
    EndTime: minute(60),
    Period: 600,
    Statistics: ["Average", "Minimum", "Maximum", "Sum", "SampleCount"],
  };
  const { Label, Datapoints } = await client.succeed("GetMetricStatistics", input);
  assert.equal(Label, "InvocationLatency");
  assert.equal(Datapoints.length, 2);
  const first = Datapoints.find(({ Timestamp }) => Timestamp.getTime() === HOUR.getTime());
  const { Timestamp, ...values } = first;
  assert.deepEqual(values, {
    Average: 500,
    Maximum: 500,
    Minimum: 500,
    SampleCount: 3,
    Sum: 1500,
    Unit: "Milliseconds",
  });
  const refused = async (more, error) =>
    client.fail("GetMetricStatistics", { ...input, ...more }, error);
  await refused({ EndTime: HOUR }, "InvalidParameterValueException");
  await refused({ Statistics: undefined }, "MissingRequiredParameterException");
  await refused(
    { StartTime: new Date(HOUR - 3 * 86400000), Period: 60 },
    "InvalidParameterCombinationException",
  );
}

async function testList(client, id) {
  const { Metrics } = await client.succeed("ListMetrics", {
    Namespace: "AWS/Bedrock",
    Dimensions: [{ Name: "ModelId", Value: id }],
  });
  assert.deepEqual(
    Metrics,
    NAMES.map((name) => metric(name, id)),
  );
  const other = await client.succeed("ListMetrics", { Namespace: "AWS/Other" });
  assert.deepEqual(other.Metrics, []);
}

// ---- metrics of one's own, enough for two pages ----

async function testPut(client) {
  const put = (MetricData, Namespace = "Own") =>
    client.succeed("PutMetricData", { Namespace, MetricData });
  // The client compresses what is longer than 10,240 bytes.
  for (let i = 0; i < 600; i += 300)
    await put(
      Array.from({ length: 300 }, (_, j) => ({
        MetricName: "Many",
        Dimensions: [{ Name: "n", Value: `${i + j}` }],
        Value: j,
      })),
    );
  await put([
    { MetricName: "Spend", Timestamp: minute(0), Value: 1.5, Unit: "None" },
    { MetricName: "Spend", Timestamp: minute(0), Values: [2, 4], Counts: [1, 2] },
    {
      MetricName: "Spend",
      Timestamp: minute(1),
      StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 1, Maximum: 9 },
    },
  ]);
  const own = { Namespace: "Own", MetricName: "Spend" };
  const sums = await data(client, [query("a", own), query("b", own, { Stat: "Maximum" })]);
  assert.deepEqual(
    sums.MetricDataResults.map(({ Values }) => Values),
    [
      [10, 11.5],
      [9, 4],
    ],
  );
  const seen = new Set();
  let pages = 0;
  for (let NextToken; pages === 0 || NextToken !== undefined; pages += 1) {
    const page = await client.succeed("ListMetrics", { MetricName: "Many", NextToken });
    NextToken = page.NextToken;
    for (const { Dimensions } of page.Metrics) seen.add(Dimensions[0].Value);
  }
  assert.deepEqual([pages, seen.size], [2, 600]);
  const bad = [
    ["InvalidParameterValueException", { Namespace: "AWS/Bedrock" }],
    ["InvalidParameterCombinationException", { MetricData: [{ MetricName: "x" }] }],
    [
      "InvalidParameterCombinationException",
      { MetricData: [{ MetricName: "x", Value: 1, Timestamp: new Date(1e12) }] },
    ],
    [
      "InvalidParameterValueException",
      { MetricData: Array(1001).fill({ MetricName: "x", Value: 1 }) },
    ],
  ];
  for (const [error, more] of bad)
    await client.fail(
      "PutMetricData",
      { Namespace: "Own", MetricData: [{ MetricName: "x", Value: 1 }], ...more },
      error,
    );
}

// ---- alarms ----

const alarm = (AlarmName, id, more) => ({
  AlarmName,
  ...metric("InputTokenCount", id),
  Statistic: "Sum",
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1000,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
  TreatMissingData: "notBreaching",
  AlarmActions: ["arn:aws:sns:us-east-1:123456789012:alarms"],
  ...more,
});

const describe = async (client, input) =>
  (await client.succeed("DescribeAlarms", input)).MetricAlarms;

async function testAlarms(client, emulator) {
  const profile = await newProfile(emulator, "watched");
  const id = profile.split("/")[1];
  await client.succeed(
    "PutMetricAlarm",
    alarm("tokens", id, { Tags: [{ Key: "team", Value: "search" }] }),
  );
  const [made] = await describe(client, { AlarmNames: ["tokens"] });
  assert.deepEqual([made.StateValue, made.ActionsEnabled, made.Threshold], ["OK", true, 1000]);
  const { AlarmArn: ResourceARN } = made;
  await client.succeed("PutMetricAlarm", alarm("tokens", id, { Threshold: 2000, Tags: [] }));
  assert.equal((await describe(client, { AlarmNames: ["tokens"] }))[0].Threshold, 2000);
  assert.deepEqual((await client.succeed("ListTagsForResource", { ResourceARN })).Tags, [
    { Key: "team", Value: "search" },
  ]);
  await client.succeed("TagResource", { ResourceARN, Tags: [{ Key: "a", Value: "b" }] });
  await client.succeed("UntagResource", { ResourceARN, TagKeys: ["team"] });
  assert.deepEqual((await client.succeed("ListTagsForResource", { ResourceARN })).Tags, [
    { Key: "a", Value: "b" },
  ]);
  await client.fail(
    "ListTagsForResource",
    { ResourceARN: `${ResourceARN}2` },
    "ResourceNotFoundException",
  );
  await client.succeed("PutMetricAlarm", alarm("missing", "none", { TreatMissingData: "missing" }));
  const [missing] = await describe(client, { AlarmNames: ["missing"] });
  assert.equal(missing.StateValue, "INSUFFICIENT_DATA");
  const day = { Period: 86400, Statistic: "Sum" };
  await client.succeed("PutMetricAlarm", alarm("day", id, day));
  await post(emulator, { profile, inputTokens: 1000 });
  assert.deepEqual(
    (await describe(client, { StateValue: "ALARM" })).map(({ AlarmName }) => AlarmName),
    ["day"],
  );
}

// An alarm that goes off is published, to a topic that is there.
async function testAlarmPublished(client, emulator) {
  const sns = new Client("@aws-sdk/client-sns", snsModule, "SNSClient", emulator.endpoint, {
    json: false,
  });
  emulator.opened.push(sns);
  const { TopicArn } = await sns.succeed("CreateTopic", { Name: "alarms-told" });
  const profile = await newProfile(emulator, "told");
  const more = { Period: 86400, AlarmActions: [TopicArn] };
  await client.succeed("PutMetricAlarm", alarm("told", profile.split("/")[1], more));
  await post(emulator, { profile, inputTokens: 1000 });
  const [message] = (await emulator.own("messages")).filter((one) => one.TopicArn === TopicArn);
  assert.equal(message.Subject, 'ALARM: "told" in us-east-1');
  const [told] = await describe(client, { AlarmNames: ["told"] });
  const { NewStateValue, NewStateReason, OldStateValue, Trigger } = JSON.parse(message.Message);
  assert.deepEqual([OldStateValue, NewStateValue], ["INSUFFICIENT_DATA", told.StateValue]);
  assert.equal(NewStateReason, told.StateReason);
  assert.deepEqual([Trigger.Statistic, Trigger.Threshold], ["SUM", 1000]);
}

async function testAlarmPages(client) {
  for (let i = 0; i < 12; i += 1)
    await client.succeed("PutMetricAlarm", alarm(`page ${i}`, "x", { Statistic: "Maximum" }));
  const seen = [];
  for (let NextToken, more = true; more; more = NextToken !== undefined) {
    const page = await client.succeed("DescribeAlarms", {
      AlarmNamePrefix: "page",
      MaxRecords: 5,
      NextToken,
    });
    NextToken = page.NextToken;
    seen.push(...page.MetricAlarms.map(({ AlarmName }) => AlarmName));
  }
  assert.equal(new Set(seen).size, 12);
  await client.fail("DeleteAlarms", { AlarmNames: [seen[0], "none"] }, "ResourceNotFound", /none/);
  assert.equal((await describe(client, { AlarmNamePrefix: "page" })).length, 12);
  await client.succeed("DeleteAlarms", { AlarmNames: seen });
  assert.equal((await describe(client, { AlarmNamePrefix: "page" })).length, 0);
}

const badAlarms = [
  ["a period", { Period: 45 }, /10, 30 or a multiple of 60/],
  ["no statistic", { Statistic: undefined }],
  ["two statistics", { ExtendedStatistic: "p99" }],
  ["no metric", { MetricName: undefined }],
  ["no threshold", { Threshold: undefined }],
  ["no comparison", { ComparisonOperator: undefined }],
  ["too long a time", { Period: 3600, EvaluationPeriods: 200 }],
  ["more data than periods", { DatapointsToAlarm: 2 }],
  ["a way with missing data", { TreatMissingData: "shrug" }],
  ["six actions", { AlarmActions: Array(6).fill("arn:aws:sns:us-east-1:123456789012:a") }],
  ["too long a name", { AlarmName: "n".repeat(256) }],
];

async function testBadAlarms(client) {
  for (const [, more, text] of badAlarms)
    await client.refused("PutMetricAlarm", alarm("bad", "x", more), "ValidationException", text);
  await client.fail("DescribeAlarms", { NextToken: "?" }, "InvalidNextToken");
}

// ---- everything ----

async function testEveryError(client, emulator) {
  const count = await failEveryWay(emulator, client, {
    GetMetricData: { MetricDataQueries: [], StartTime: HOUR, EndTime: minute(1) },
    PutMetricData: { Namespace: "Own", MetricData: [] },
    PutMetricAlarm: alarm("x", "x"),
    DeleteAlarms: { AlarmNames: ["x"] },
    TagResource: { ResourceARN: "x", Tags: [] },
  });
  assert.equal(count, 11);
}

async function testSettling(build) {
  await Emulator.use(build, ["--settle", "600000"], async (emulator) => {
    const client = open(emulator);
    const profile = await newProfile(emulator, "late");
    const id = profile.split("/")[1];
    await post(emulator, { profile, at: iso(minute(0)), inputTokens: 5 });
    const { MetricDataResults } = await data(client, [query("a", metric("InputTokenCount", id))]);
    assert.deepEqual(MetricDataResults[0].Values, []);
    assert.deepEqual((await client.succeed("ListMetrics", {})).Metrics, []);
    client.destroy();
  });
}

export async function testMetrics(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const client = open(emulator);
    const profile = await newProfile(emulator, "metered");
    const id = profile.split("/")[1];
    await post(emulator, [
      {
        profile,
        at: iso(minute(0)),
        calls: 3,
        inputTokens: 30,
        outputTokens: 6,
        cacheReadInputTokens: 5,
        cacheWriteInputTokens: 4,
        cacheWrite1hInputTokens: 3,
        latencyMs: 500,
      },
      {
        profile,
        at: iso(minute(10)),
        calls: 4,
        inputTokens: 400,
        outputTokens: 80,
        latencyMs: 250,
      },
      { profile, at: iso(minute(11)), inputTokens: 50 },
    ]);
    await tap.run("metrics: queries", () => testData(client, id));
    await tap.run("metrics: other ids, expressions", () => testOtherIds(client, profile, id));
    await tap.run("metrics: listed", () => testList(client, id));
    await tap.run("metrics: pages", () => testDataPages(client, emulator));
    await tap.run("metrics: refused", () => testBadData(client));
    await tap.run("metrics: statistics", () => testStatistics(client, id));
    await tap.run("metrics: put", () => testPut(client));
    await tap.run("metrics: alarms", () => testAlarms(client, emulator));
    await tap.run("metrics: alarms published", () => testAlarmPublished(client, emulator));
    await tap.run("metrics: pages of alarms", () => testAlarmPages(client));
    await tap.run("metrics: alarms refused", () => testBadAlarms(client));
    await tap.run("metrics: every error", () => testEveryError(client, emulator));
    tap.ok(client.seen.size === 10, `metrics: ${client.seen.size} operations succeeded`);
    client.destroy();
  });
  await tap.run("metrics: seen later than used", () => testSettling(build));
}
