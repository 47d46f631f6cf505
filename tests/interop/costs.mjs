// AWS's client of Cost Explorer reads what models cost: tags, their activation, groups and filters,
// monitors and subscriptions of anomalies, every error, every page.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as module from "@aws-sdk/client-cost-explorer";
import { Client } from "./client.mjs";
import { Emulator } from "./emulator.mjs";
import { failEveryWay } from "./every_error.mjs";

const ACCOUNT = "123456789012";
const CLAUDE = "anthropic.claude-haiku-4-5-20251001-v1:0";
const NOVA = "amazon.nova-lite-v1:0";
const SERVICE = "Claude Haiku 4.5 (Amazon Bedrock Edition)";
const DAY_MS = 86400000;
const MODELS = "arn:aws:bedrock:us-east-1::foundation-model/";
const NO_MONITOR = `arn:aws:ce::${ACCOUNT}:anomalymonitor/none`;

const open = (emulator) =>
  new Client("@aws-sdk/client-cost-explorer", module, "CostExplorerClient", emulator.endpoint, {
    badRequest: true,
  });
const day = (offset) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
const period = (from, to) => ({ Start: day(from), End: day(to) });
const at = (offset) => `${day(offset)}T12:00:00Z`;

async function newProfile(emulator, inferenceProfileName, model, tags) {
  const { inferenceProfileArn } = await emulator.clients().succeed("CreateInferenceProfile", {
    inferenceProfileName,
    modelSource: { copyFrom: MODELS + model },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  return inferenceProfileArn;
}

const post = (emulator, resource, told) =>
  emulator.own(resource, { method: "POST", body: JSON.stringify(told) });

// ---- tags ----

const list = async (ce, input) =>
  (await ce.succeed("ListCostAllocationTags", input)).CostAllocationTags;

async function testTags(ce) {
  const tags = await list(ce, {});
  assert.deepEqual(
    tags.map(({ TagKey, Type, Status }) => [TagKey, Type, Status]),
    [
      ["env", "UserDefined", "Inactive"],
      ["team", "UserDefined", "Inactive"],
    ],
  );
  for (const { LastUsedDate, LastUpdatedDate } of tags) {
    assert.match(LastUsedDate, /^\d{4}-\d\d-01T00:00:00Z$/);
    assert.equal(LastUpdatedDate, undefined);
  }
  const { Errors } = await ce.succeed("UpdateCostAllocationTagsStatus", {
    CostAllocationTagsStatus: [
      { TagKey: "team", Status: "Active" },
      { TagKey: "nobody", Status: "Active" },
    ],
  });
  assert.deepEqual(
    Errors.map(({ TagKey, Code }) => [TagKey, Code]),
    [["nobody", "TagKeysNotFoundException"]],
  );
  const active = await list(ce, { Status: "Active", TagKeys: ["team", "env"] });
  assert.deepEqual(
    active.map(({ TagKey }) => TagKey),
    ["team"],
  );
  assert.equal(active[0].LastUpdatedDate.slice(0, 10), day(0));
  assert.deepEqual(await list(ce, { Type: "AWSGenerated" }), []);
  const first = await ce.succeed("ListCostAllocationTags", { MaxResults: 1 });
  const second = await ce.succeed("ListCostAllocationTags", { NextToken: first.NextToken });
  assert.deepEqual([...first.CostAllocationTags, ...second.CostAllocationTags], await list(ce, {}));
  assert.equal(second.NextToken, undefined);
  await ce.fail(
    "ListCostAllocationTags",
    { NextToken: "nonsense" },
    "InvalidNextTokenException",
    /NextToken/,
  );
  for (const CostAllocationTagsStatus of [
    [],
    Array.from({ length: 21 }, (_, i) => ({ TagKey: `k${i}`, Status: "Active" })),
    [{ TagKey: "team", Status: "On" }],
    [1, 2].map(() => ({ TagKey: "team", Status: "Active" })),
  ])
    await ce.refused(
      "UpdateCostAllocationTagsStatus",
      { CostAllocationTagsStatus },
      "ValidationException",
    );
}

// ---- costs ----

const usage = (ce, input) =>
  ce.succeed("GetCostAndUsage", {
    TimePeriod: period(-3, 1),
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    ...input,
  });

const team = (value) => ({ Tags: { Key: "team", Values: [value], MatchOptions: ["EQUALS"] } });
const total = ({ ResultsByTime }, metric = "UnblendedCost") =>
  ResultsByTime.map(({ Total }) => Total[metric].Amount);

// A million tokens of each kind the day before yesterday, before the tag was active.
async function testTotals(ce) {
  const answer = await usage(ce, { Metrics: ["UnblendedCost", "UsageQuantity", "BlendedCost"] });
  assert.deepEqual(total(answer), ["0", "10.285", "0", "0"]);
  assert.deepEqual(total(answer, "BlendedCost"), total(answer));
  assert.deepEqual(total(answer, "UsageQuantity"), ["0", "5", "0", "0"]);
  assert.equal(answer.ResultsByTime[1].Total.UnblendedCost.Unit, "USD");
  assert.equal(answer.ResultsByTime[1].TimePeriod.Start, day(-2));
  assert.equal(answer.GroupDefinitions, undefined);
  const monthly = await usage(ce, { Granularity: "MONTHLY" });
  const sum = total(monthly).reduce((all, amount) => all + Number(amount), 0);
  assert.equal(sum, 10.285);
}

async function testNotRetroactive(ce, emulator, profile) {
  assert.deepEqual(total(await usage(ce, { Filter: team("search") })), ["0", "0", "0", "0"]);
  await post(emulator, "usage", { profile, inputTokens: 1000000 });
  const after = total(await usage(ce, { Filter: team("search") }));
  assert.equal(after.reduce((all, amount) => all + +amount, 0), 1.1);
  assert.deepEqual(total(await usage(ce, { Filter: { Not: team("search") } })), [
    "0",
    "10.285",
    "0",
    "0",
  ]);
  const { Tags, TotalSize } = await ce.succeed("GetTags", {
    TimePeriod: period(-3, 1),
    TagKey: "team",
  });
  assert.deepEqual([Tags, TotalSize], [["", "search"], 2]);
}

// What the setup says about a tag that was activated long ago.
async function testGroups(ce, emulator, nova) {
  await post(emulator, "tags", { key: "env", activeSince: day(-30) });
  await post(emulator, "usage", { profile: nova, at: at(-1), outputTokens: 1000000 });
  const answer = await usage(ce, {
    GroupBy: [
      { Type: "TAG", Key: "env" },
      { Type: "DIMENSION", Key: "SERVICE" },
    ],
  });
  assert.deepEqual(answer.GroupDefinitions.length, 2);
  assert.deepEqual(
    answer.ResultsByTime.slice(0, 3).map(({ Total, Groups }) => [
      Object.keys(Total).length,
      Groups.map(({ Keys, Metrics }) => [...Keys, Metrics.UnblendedCost.Amount]),
    ]),
    [
      [0, []],
      [0, [["env$", SERVICE, "10.285"]]],
      [0, [["env$live", "Amazon Bedrock", "0.24"]]],
    ],
  );
  const types = await usage(ce, {
    TimePeriod: period(-2, -1),
    GroupBy: [{ Type: "DIMENSION", Key: "USAGE_TYPE" }],
    Filter: { Dimensions: { Key: "SERVICE", Values: [SERVICE] } },
  });
  assert.deepEqual(
    types.ResultsByTime[0].Groups.map(({ Keys }) => Keys[0]),
    ["CacheRead", "CacheWrite1h", "CacheWrite", ""]
      .map((kind) => `USE1-MP:USE1_${kind}InputTokenCount-Units`)
      .concat("USE1-MP:USE1_OutputTokenCount-Units")
      .sort(),
  );
  const both = { And: [team("search"), { Dimensions: { Key: "REGION", Values: ["us-east-1"] } }] };
  const amounts = total(await usage(ce, { Filter: both }));
  assert.equal(amounts.filter((amount) => amount === "1.1").length, 1);
  const absent = { Tags: { Key: "env", MatchOptions: ["ABSENT"] } };
  assert.equal(total(await usage(ce, { Filter: absent }))[2], "0");
}

async function testGroupPages(ce, emulator) {
  const tags = Array.from({ length: 25 }, (_, i) => i);
  for (const i of tags) {
    const profile = await newProfile(emulator, `p${i}`, NOVA, { number: `n${i}` });
    await post(
      emulator,
      "usage",
      Array.from({ length: 60 }, (_, d) => ({ profile, at: at(-10 - d), outputTokens: 1000 })),
    );
  }
  await post(emulator, "tags", { key: "number", activeSince: day(-100) });
  const input = {
    TimePeriod: period(-75, -9),
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    GroupBy: [{ Type: "TAG", Key: "number" }],
  };
  const found = new Map();
  let pages = 0;
  for (let NextPageToken; pages === 0 || NextPageToken !== undefined; pages += 1) {
    const answer = await ce.succeed("GetCostAndUsage", { ...input, NextPageToken });
    NextPageToken = answer.NextPageToken;
    for (const { TimePeriod, Groups } of answer.ResultsByTime)
      for (const { Keys, Metrics } of Groups) {
        const key = `${TimePeriod.Start} ${Keys}`;
        if (Keys[0] === "number$") continue;
        assert.ok(!found.has(key), `${key} is there twice`);
        found.set(key, Metrics.UnblendedCost.Amount);
      }
  }
  assert.equal(pages, 2);
  assert.equal(found.size, 25 * 60);
  assert.deepEqual([...new Set(found.values())], ["0.00024"]);
  const keys = await ce.succeed("GetTags", { TimePeriod: period(-75, 1), MaxResults: 2 });
  assert.deepEqual([keys.ReturnSize, keys.TotalSize], [2, 3]);
  const { NextPageToken } = keys;
  const rest = await ce.succeed("GetTags", { TimePeriod: period(-75, 1), NextPageToken });
  assert.deepEqual([...keys.Tags, ...rest.Tags], ["env", "number", "team"]);
}

const badUsage = [
  ["end before start", { TimePeriod: period(1, -3) }],
  ["start equals end", { TimePeriod: period(0, 0) }],
  ["no date", { TimePeriod: { Start: "2026-13-45", End: day(0) } }],
  ["too old", { TimePeriod: period(-800, 0) }],
  ["an unknown metric", { Metrics: ["Cost"] }],
  ["no metric", { Metrics: [] }],
  ["three groups", { GroupBy: ["a", "b", "c"].map((Key) => ({ Type: "TAG", Key })) }],
  ["two roots", { Filter: { ...team("a"), Not: team("b") } }],
  ["an unknown granularity", { Granularity: "WEEKLY" }],
];

async function testBadUsage(ce) {
  for (const [what, input] of badUsage)
    await ce.refused(
      "GetCostAndUsage",
      { TimePeriod: period(-1, 0), Granularity: "DAILY", Metrics: ["UnblendedCost"], ...input },
      "ValidationException",
    ).catch((error) => assert.fail(`${what}: ${error.message}`));
  const hourly = {
    TimePeriod: period(-1, 0),
    Granularity: "HOURLY",
    Metrics: ["UnblendedCost"],
  };
  await ce.fail("GetCostAndUsage", hourly, "DataUnavailableException", /[Hh]ourly/);
}

// ---- anomalies ----

const monitor = (MonitorName, values = ["search"]) => ({
  AnomalyMonitor: {
    MonitorName,
    MonitorType: "CUSTOM",
    MonitorSpecification: { Tags: { Key: "team", Values: values } },
  },
});

async function testMonitors(ce) {
  const arns = [];
  for (const name of ["a", "b", "c"])
    arns.push(
      (
        await ce.succeed("CreateAnomalyMonitor", {
          ...monitor(name),
          ResourceTags: [{ Key: "made-by", Value: "tests" }],
        })
      ).MonitorArn,
    );
  const { AnomalyMonitors } = await ce.succeed("GetAnomalyMonitors", {});
  assert.equal(AnomalyMonitors.length, 3);
  const seen = [];
  for (let NextPageToken, more = true; more; more = NextPageToken !== undefined) {
    const page = await ce.succeed("GetAnomalyMonitors", { MaxResults: 2, NextPageToken });
    NextPageToken = page.NextPageToken;
    seen.push(...page.AnomalyMonitors.map(({ MonitorArn }) => MonitorArn));
  }
  assert.deepEqual(seen.sort(), [...arns].sort());
  await ce.succeed("UpdateAnomalyMonitor", { MonitorArn: arns[0], MonitorName: "new" });
  const one = await ce.succeed("GetAnomalyMonitors", { MonitorArnList: [arns[0]] });
  assert.equal(one.AnomalyMonitors[0].MonitorName, "new");
  assert.deepEqual(one.AnomalyMonitors[0].MonitorSpecification.Tags.Values, ["search"]);
  await ce.succeed("DeleteAnomalyMonitor", { MonitorArn: arns[2] });
  await ce.fail("DeleteAnomalyMonitor", { MonitorArn: arns[2] }, "UnknownMonitorException");
  await ce.succeed("TagResource", {
    ResourceArn: arns[0],
    ResourceTags: [{ Key: "b", Value: "2" }],
  });
  await ce.succeed("UntagResource", { ResourceArn: arns[0], ResourceTagKeys: ["made-by"] });
  const { ResourceTags } = await ce.succeed("ListTagsForResource", { ResourceArn: arns[0] });
  assert.deepEqual(ResourceTags, [{ Key: "b", Value: "2" }]);
  await ce.fail("ListTagsForResource", { ResourceArn: NO_MONITOR }, "ResourceNotFoundException");
  for (const wrong of [
    { MonitorName: "x", MonitorType: "CUSTOM" },
    { MonitorName: "x", MonitorType: "CUSTOM", MonitorDimension: "SERVICE" },
    { MonitorName: "x", MonitorType: "DIMENSIONAL" },
    { ...monitor("x", Array(11).fill("v")).AnomalyMonitor },
    { MonitorName: "x", MonitorType: "OTHER" },
  ])
    await ce.refused("CreateAnomalyMonitor", { AnomalyMonitor: wrong }, "ValidationException");
  return arns[0];
}

const threshold = (Key, value) => ({
  Dimensions: { Key, MatchOptions: ["GREATER_THAN_OR_EQUAL"], Values: [value] },
});
const subscription = (MonitorArn, more) => ({
  AnomalySubscription: {
    SubscriptionName: "s",
    MonitorArnList: [MonitorArn],
    Subscribers: [{ Type: "EMAIL", Address: "cost@example.com" }],
    Frequency: "DAILY",
    ThresholdExpression: threshold("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "100"),
    ...more,
  },
});
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:costs`;

async function testSubscriptions(ce, MonitorArn) {
  const { SubscriptionArn } = await ce.succeed(
    "CreateAnomalySubscription",
    subscription(MonitorArn),
  );
  const immediate = await ce.succeed(
    "CreateAnomalySubscription",
    subscription(MonitorArn, {
      Frequency: "IMMEDIATE",
      Subscribers: [{ Type: "SNS", Address: TOPIC }],
    }),
  );
  const { AnomalySubscriptions } = await ce.succeed("GetAnomalySubscriptions", { MonitorArn });
  assert.equal(AnomalySubscriptions.length, 2);
  assert.equal(AnomalySubscriptions[0].Subscribers[0].Status, "CONFIRMED");
  const both = {
    And: [
      threshold("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "50"),
      threshold("ANOMALY_TOTAL_IMPACT_PERCENTAGE", "20.5"),
    ],
  };
  await ce.succeed("UpdateAnomalySubscription", {
    SubscriptionArn,
    Frequency: "WEEKLY",
    ThresholdExpression: both,
  });
  const [changed] = (
    await ce.succeed("GetAnomalySubscriptions", { SubscriptionArnList: [SubscriptionArn] })
  ).AnomalySubscriptions;
  assert.deepEqual([changed.Frequency, changed.ThresholdExpression], ["WEEKLY", both]);
  assert.deepEqual(changed.MonitorArnList, [MonitorArn]);
  for (const wrong of [
    { Frequency: "IMMEDIATE" },
    { Subscribers: [{ Type: "SNS", Address: TOPIC }] },
    { Subscribers: [{ Type: "EMAIL", Address: "nobody" }] },
    { ThresholdExpression: undefined },
    { ThresholdExpression: team("a") },
    { Threshold: 3 },
    { MonitorArnList: [] },
  ])
    await ce.refused(
      "CreateAnomalySubscription",
      subscription(MonitorArn, wrong),
      "ValidationException",
    );
  await ce.fail(
    "CreateAnomalySubscription",
    subscription(NO_MONITOR),
    "UnknownMonitorException",
    /none/,
  );
  await ce.succeed("DeleteAnomalySubscription", immediate);
  await ce.fail("DeleteAnomalySubscription", immediate, "UnknownSubscriptionException");
}

async function testAnomalies(ce, emulator, MonitorArn) {
  for (const [offset, TotalImpact] of [
    [-5, 10],
    [-2, 200],
  ])
    await post(emulator, "anomalies", {
      MonitorArn,
      AnomalyStartDate: day(offset),
      Impact: { MaxImpact: TotalImpact, TotalImpact },
    });
  const found = async (input) => {
    const all = { DateInterval: { StartDate: day(-9) } };
    return (await ce.succeed("GetAnomalies", { ...all, ...input })).Anomalies;
  };
  assert.equal((await found({})).length, 2);
  assert.equal((await found({ DateInterval: { StartDate: day(-3) } })).length, 1);
  const large = { NumericOperator: "GREATER_THAN_OR_EQUAL", StartValue: 200 };
  assert.deepEqual(
    (await found({ TotalImpact: large, MonitorArn })).map(({ Impact }) => Impact.TotalImpact),
    [200],
  );
  assert.equal((await found({ Feedback: "YES" })).length, 0);
}

// ---- everything ----

async function testEveryError(ce, emulator, arn) {
  const ThePeriod = { TimePeriod: period(-1, 0) };
  const count = await failEveryWay(emulator, ce, {
    GetCostAndUsage: { ...ThePeriod, Granularity: "DAILY", Metrics: ["UnblendedCost"] },
    GetAnomalyMonitors: {},
    GetAnomalySubscriptions: {},
    ListTagsForResource: { ResourceArn: arn },
    TagResource: { ResourceArn: arn, ResourceTags: [{ Key: "k", Value: "v" }] },
  });
  assert.equal(count, 10);
}

async function testSettling(build) {
  await Emulator.use(build, ["--settle", "600000"], async (emulator) => {
    const ce = open(emulator);
    const profile = await newProfile(emulator, "late", NOVA, { team: "late" });
    await post(emulator, "usage", { profile, outputTokens: 1000000 });
    assert.deepEqual(await list(ce, {}), []);
    assert.deepEqual(total(await usage(ce, {})), ["0", "0", "0", "0"]);
    const { Errors } = await ce.succeed("UpdateCostAllocationTagsStatus", {
      CostAllocationTagsStatus: [{ TagKey: "team", Status: "Active" }],
    });
    assert.equal(Errors.length, 1);
    ce.destroy();
  });
}

// Too many calls are told by the error that a quota has as well.
async function testThrottled(build) {
  await Emulator.use(build, ["--rate", "1"], async (emulator) => {
    const ce = open(emulator);
    const calls = Array.from({ length: 30 }, () => ce.send("ListCostAllocationTags", {}));
    const refused = (await Promise.allSettled(calls)).filter(({ reason }) => reason !== undefined);
    assert.ok(refused.length > 0);
    for (const { reason } of refused) assert.equal(reason.name, "LimitExceededException");
    ce.destroy();
  });
}

export async function testCosts(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const ce = open(emulator);
    const profile = await newProfile(emulator, "claude", CLAUDE, { team: "search" });
    const nova = await newProfile(emulator, "nova", NOVA, { env: "live" });
    await post(emulator, "usage", [
      {
        profile,
        at: at(-2),
        inputTokens: 1000000,
        outputTokens: 1000000,
        cacheReadInputTokens: 1000000,
        cacheWriteInputTokens: 1000000,
        cacheWrite1hInputTokens: 1000000,
      },
      { profile: nova, at: at(-40), inputTokens: 1 },
    ]);
    await tap.run("costs: tags are listed and activated", () => testTags(ce));
    await tap.run("costs: totals", () => testTotals(ce));
    await tap.run("costs: a tag is not retroactive", () =>
      testNotRetroactive(ce, emulator, profile),
    );
    await tap.run("costs: groups and filters", () => testGroups(ce, emulator, nova));
    await tap.run("costs: groups over pages", () => testGroupPages(ce, emulator));
    await tap.run("costs: refused", () => testBadUsage(ce));
    let arn;
    await tap.run("costs: anomaly monitors", async () => (arn = await testMonitors(ce)));
    await tap.run("costs: anomaly subscriptions", () => testSubscriptions(ce, arn));
    await tap.run("costs: anomalies", () => testAnomalies(ce, emulator, arn));
    await tap.run("costs: every error", () => testEveryError(ce, emulator, arn));
    tap.ok(ce.seen.size === 16, `costs: ${ce.seen.size} operations succeeded`);
    ce.destroy();
  });
  await tap.run("costs: seen later than used", () => testSettling(build));
  await tap.run("costs: too many calls", () => testThrottled(build));
}
