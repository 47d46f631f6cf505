// The emulator's judge of policies against an independent one, over generated policies and requests.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as module from "@aws-sdk/client-iam";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { Client } from "./client.mjs";
import { Emulator } from "./emulator.mjs";
import { Random } from "./random.mjs";

const N_PAIRS = 240;
const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/service-role/team-a`;
const profile = (id, region = "us-east-1") =>
  `arn:aws:bedrock:${region}:${ACCOUNT}:application-inference-profile/${id}`;
const model = (region, id = "amazon.nova-lite-v1:0") =>
  `arn:aws:bedrock:${region}::foundation-model/${id}`;

/* ---- requests ---- */

// Each with the condition keys that AWS has for it.
const requests = (random) => {
  const through = random.pick([undefined, profile("aaa"), profile("bbb")]);
  const tags = { team: random.pick(["a", "A", "b", "team-a"]), env: random.pick(["prod", "dev"]) };
  const keys = random.pick([["team"], ["team", "env"], ["owner", "team"], []]);
  const given = (entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  return random.pick([
    {
      action: random.pick(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]),
      resource: random.pick([
        model("us-east-1"),
        model("us-west-2"),
        model("eu-west-1", "anthropic.claude-opus-5"),
      ]),
      context: given([["bedrock:InferenceProfileArn", through]]),
    },
    {
      action: random.pick([
        "bedrock:InvokeModel",
        "bedrock:GetInferenceProfile",
        "bedrock:DeleteInferenceProfile",
      ]),
      resource: random.pick([profile("aaa"), profile("bbb"), profile("aaa", "eu-west-1")]),
      context: given([
        ["aws:ResourceTag/team", random.pick([undefined, tags.team])],
        ["aws:ResourceTag/env", tags.env],
      ]),
    },
    {
      action: "bedrock:TagResource",
      resource: profile("aaa"),
      context: given([
        ["aws:TagKeys", keys.length > 0 ? keys : undefined],
        ["aws:RequestTag/team", keys.includes("team") ? tags.team : undefined],
        ["aws:ResourceTag/team", tags.team],
      ]),
    },
  ]);
};

/* ---- policies ---- */

const ACTIONS = [
  "*",
  "bedrock:*",
  "bedrock:InvokeModel",
  "bedrock:invokemodel*",
  "bedrock:Get*",
  "bedrock:?agResource",
  "bedrock:DeleteInferenceProfile",
  "iam:*",
];
const RESOURCES = [
  "*",
  profile("aaa"),
  profile("*"),
  profile("aa?", "*"),
  model("*", "*"),
  model("us-*"),
  model("us-east-1", "anthropic.*"),
  "arn:aws:bedrock:*:*:*/aaa",
  "arn:*:bedrock:us-east-1:*:application-*",
  "arn:aws:s3:::bucket",
];
const CONDITIONS = [
  ["StringEquals", "bedrock:InferenceProfileArn", [profile("aaa")]],
  ["StringLike", "bedrock:InferenceProfileArn", [profile("a*"), profile("c*")]],
  ["StringNotLike", "bedrock:InferenceProfileArn", [profile("*")]],
  ["StringNotEquals", "bedrock:InferenceProfileArn", [profile("aaa"), profile("ccc")]],
  ["ArnLike", "bedrock:InferenceProfileArn", [profile("*", "us-*")]],
  ["ArnNotLike", "bedrock:InferenceProfileArn", [profile("bbb")]],
  ["ArnLikeIfExists", "bedrock:InferenceProfileArn", [profile("aaa")]],
  ["Null", "bedrock:InferenceProfileArn", ["true"]],
  ["Null", "bedrock:InferenceProfileArn", ["false"]],
  ["StringEquals", "aws:ResourceTag/team", ["a", "b"]],
  ["StringEqualsIfExists", "aws:ResourceTag/team", ["a"]],
  ["StringEqualsIgnoreCase", "aws:ResourceTag/team", ["A"]],
  ["StringNotEqualsIgnoreCase", "aws:ResourceTag/team", ["TEAM-A"]],
  ["StringNotEqualsIfExists", "aws:ResourceTag/env", ["prod"]],
  ["StringLike", "aws:RequestTag/team", ["team-*", "?"]],
  ["Null", "aws:RequestTag/team", ["false"]],
  ["ForAllValues:StringEquals", "aws:TagKeys", ["team", "env"]],
  ["ForAnyValue:StringEquals", "aws:TagKeys", ["owner"]],
  ["ForAnyValue:StringLike", "aws:TagKeys", ["t*m"]],
  ["ForAllValues:StringNotEquals", "aws:TagKeys", ["owner"]],
  ["ForAnyValue:StringNotEquals", "aws:TagKeys", ["team"]],
  ["ArnLike", "aws:PrincipalArn", [`arn:aws:iam::${ACCOUNT}:role/*/team-a`]],
  ["ArnNotEquals", "aws:PrincipalArn", [PRINCIPAL]],
  ["StringLike", "aws:PrincipalArn", ["*team-b*"]],
  ["BoolIfExists", "aws:SecureTransport", ["true"]],
  ["Bool", "aws:SecureTransport", ["false"]],
];

function some(random, list) {
  const picked = Array.from({ length: random.below(2) + 1 }, () => random.pick(list));
  return picked.length === 1 && random.below(2) === 0 ? picked[0] : [...new Set(picked)];
}

function condition(random) {
  const made = {};
  for (let n = random.pick([0, 0, 1, 2]); n > 0; n -= 1) {
    const [operator, key, values] = random.pick(CONDITIONS);
    made[operator] = { ...made[operator], [key]: values.length === 1 ? values[0] : values };
  }
  return made;
}

function statement(random) {
  const made = { Effect: random.pick(["Allow", "Allow", "Deny"]) };
  made[random.below(6) === 0 ? "NotAction" : "Action"] = some(random, ACTIONS);
  made[random.below(6) === 0 ? "NotResource" : "Resource"] = some(random, RESOURCES);
  const conditions = condition(random);
  if (Object.keys(conditions).length > 0) made.Condition = conditions;
  return made;
}

const policy = (random) => ({
  Version: "2012-10-17",
  Statement: Array.from({ length: random.below(3) + 1 }, () => statement(random)),
});

/* ---- the two judges ---- */

const DECISIONS = { Allowed: "allowed", ExplicitlyDenied: "explicitDeny" };

async function theirs(document, { action, resource, context }) {
  const result = await runSimulation(
    {
      request: {
        principal: PRINCIPAL,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: [{ name: "generated", policy: document }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  assert.notEqual(result.resultType, "error", JSON.stringify(result.errors));
  return DECISIONS[result.overallResult] ?? "implicitDeny";
}

async function ours(iam, document, { action, resource, context }) {
  const answer = await iam.succeed("SimulateCustomPolicy", {
    PolicyInputList: [JSON.stringify(document)],
    ActionNames: [action],
    ResourceArns: [resource],
    ContextEntries: Object.entries(context).map(([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyValues: [value].flat(),
      ContextKeyType: Array.isArray(value) ? "stringList" : "string",
    })),
  });
  return answer.EvaluationResults[0].EvalDecision;
}

async function testPairs(iam, random, tap) {
  const counts = {};
  for (let i = 0; i < N_PAIRS; i += 1) {
    const document = policy(random);
    const request = requests(random);
    request.context["aws:PrincipalArn"] = PRINCIPAL;
    const expected = await theirs(document, request);
    const got = await ours(iam, document, request);
    assert.equal(got, expected, JSON.stringify({ document, request }));
    counts[got] = (counts[got] ?? 0) + 1;
  }
  tap.comment(`${N_PAIRS} policies and requests: ${JSON.stringify(counts)}`);
  for (const decision of ["allowed", "implicitDeny", "explicitDeny"])
    assert.ok(counts[decision] > N_PAIRS / 30, `hardly ever ${decision}`);
}

export async function testPolicies(tap, { build, seed }) {
  await Emulator.use(build, [], async (emulator) => {
    const options = { json: false };
    const iam = new Client("@aws-sdk/client-iam", module, "IAMClient", emulator.endpoint, options);
    try {
      await tap.run("policies: both judges agree", () => testPairs(iam, new Random(seed), tap));
    } finally {
      iam.destroy();
    }
  });
}
