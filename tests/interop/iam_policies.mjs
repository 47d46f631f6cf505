// The policies that `profiles iam` prints, judged by an evaluator of others over a table of requests;
// and the table is judged too: a policy with one thing changed must not pass it.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { Emulator, KEYS } from "./emulator.mjs";

const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/team`;
const SPARED = `arn:aws:iam::${ACCOUNT}:role/break-glass`;
const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const NOVA = "amazon.nova-lite-v1:0";
const CALLS = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const model = (id, region) => `arn:aws:bedrock:${region}::foundation-model/${id}`;
const system = (id) => `arn:aws:bedrock:us-east-1:${ACCOUNT}:inference-profile/${id}`;

const FILE = {
  region: "us-east-1",
  workloads: {
    bot: {
      tags: { "owner-team": "support" },
      environments: {
        prod: { copyFrom: HAIKU },
        geo: { copyFrom: `us.${NOVA}` },
        world: { copyFrom: `global.${HAIKU}` },
      },
    },
    search: { tags: { "owner-team": "search" }, environments: { prod: { copyFrom: HAIKU } } },
  },
};

/* ---- the programs ---- */

class Programs {
  constructor(build, endpoint) {
    this.program = path.join(build, "examples/profiles/profiles");
    this.folder = mkdtempSync(path.join(tmpdir(), "policies-"));
    this.file = path.join(this.folder, "profiles.json");
    writeFileSync(this.file, JSON.stringify(FILE));
    this.env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_EC2_METADATA_DISABLED: "true",
    };
  }

  run(...words) {
    const options = { env: this.env, encoding: "utf8" };
    const ended = spawnSync(this.program, ["--file", this.file, ...words], options);
    assert.equal(ended.status, 0, ended.stderr);
    return ended.stdout;
  }

  policy(...words) {
    return JSON.parse(this.run("iam", ...words));
  }

  // { name: { arn, models } }
  profiles() {
    const rows = this.run("--json", "list").trim().split("\n").map((line) => JSON.parse(line));
    return Object.fromEntries(rows.map((row) => [row.name, row.arn]));
  }

  close() {
    rmSync(this.folder, { recursive: true });
  }
}

/* ---- the judge ---- */

// It knows no models without a Region, which global profiles have: here they get a Region of their own.
const placed = (value) =>
  JSON.parse(JSON.stringify(value).replaceAll(model("", ""), model("", "nowhere-1")));

async function isAllowed(policies, request) {
  const { identity, scps = [] } = placed(policies);
  const { action, resource, through, principal = PRINCIPAL } = placed(request);
  const context = { "aws:PrincipalArn": principal };
  if (through !== undefined) context["bedrock:InferenceProfileArn"] = through;
  const control = scps.map((policy, n) => ({ name: `scp${n}`, policy }));
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: [{ name: "printed", policy: identity }],
      serviceControlPolicies: control.length > 0 ? [{ orgIdentifier: "o-1", policies: control }] : [],
      resourceControlPolicies: [],
    },
    {},
  );
  assert.notEqual(result.resultType, "error", JSON.stringify([request, result.errors]));
  return result.overallResult === "Allowed";
}

// The first request that is not answered as the table has it.
async function wrong(policies, rows) {
  for (const row of rows) if ((await isAllowed(policies, row)) !== row.allowed) return row;
  return undefined;
}

/* ---- tables ---- */

// A call through a profile: AWS asks about the profile, then about its model where it runs.
const through = (arn, models, more) =>
  CALLS.flatMap((action) => [
    { action, resource: arn, through: arn, ...more },
    ...models.map((resource) => ({ action, resource, through: arn, ...more })),
  ]);
// One that names a model, or a system-defined profile.
const raw = (models, more) =>
  CALLS.flatMap((action) => models.map((resource) => ({ action, resource, ...more })));

const PLACES = {
  "bot-prod": [model(HAIKU, "us-east-1")],
  "bot-geo": ["us-east-1", "us-east-2", "us-west-2"].map((region) => model(NOVA, region)),
  "bot-world": [model(HAIKU, ""), model(HAIKU, "us-east-1")],
  "search-prod": [model(HAIKU, "us-east-1")],
};
const ALL_MODELS = [...new Set(Object.values(PLACES).flat())];
// What they are copies of, where that is a profile.
const SYSTEMS = { "bot-geo": [system(`us.${NOVA}`)], "bot-world": [system(`global.${HAIKU}`)] };

function tableOf(arns, own) {
  const mine = { allowed: true };
  const not = { allowed: false };
  const others = Object.keys(arns).filter((name) => !own.includes(name));
  return [
    ...own.flatMap((name) => through(arns[name], [...PLACES[name], ...(SYSTEMS[name] ?? [])], mine)),
    ...others.flatMap((name) => through(arns[name], PLACES[name], not)),
    ...raw(ALL_MODELS, not),
    ...raw(Object.values(SYSTEMS).flat(), not),
    ...Object.values(SYSTEMS).flatMap(([arn]) => through(arn, ALL_MODELS, not)),
    ...own.flatMap((name) => [
      { action: CALLS[0], resource: model(NOVA, "eu-west-1"), through: arns[name], ...not },
      { action: CALLS[0], resource: model("amazon.nova-pro-v1:0", "us-east-1"), through: arns[name], ...not },
      { action: "bedrock:GetInferenceProfile", resource: arns[name], ...mine },
      { action: "bedrock:ListTagsForResource", resource: arns[name], ...mine },
      { action: "bedrock:TagResource", resource: arns[name], ...not },
      { action: "bedrock:UntagResource", resource: arns[name], ...not },
      { action: "bedrock:DeleteInferenceProfile", resource: arns[name], ...not },
    ]),
    ...others.map((name) => ({ action: "bedrock:GetInferenceProfile", resource: arns[name], ...not })),
    { action: "bedrock:CreateInferenceProfile", resource: model(HAIKU, "us-east-1"), ...not },
    { action: "s3:GetObject", resource: "arn:aws:s3:::bucket/key", ...not },
  ];
}

const denyTable = (arns) => [
  ...Object.entries(arns).flatMap(([name, arn]) => through(arn, PLACES[name], { allowed: true })),
  ...through(arns["bot-geo"], [system(`us.${NOVA}`)], { allowed: true }),
  ...raw(ALL_MODELS, { allowed: false }),
  ...raw([system(`us.${NOVA}`)], { allowed: false }),
  ...through(system(`us.${NOVA}`), PLACES["bot-geo"], { allowed: false }),
  ...raw(ALL_MODELS, { allowed: true, principal: SPARED }),
  ...["bedrock:ListInferenceProfiles", "bedrock-mantle:ListProjects", "iam:ListRoles"].map((action) => ({
    action, resource: "*", allowed: true,
  })),
  ...[false, true].map((allowed) => ({
    action: "bedrock-mantle:CreateInference",
    resource: `arn:aws:bedrock-mantle:us-east-1:${ACCOUNT}:project/default`,
    principal: allowed ? SPARED : PRINCIPAL,
    allowed,
  })),
];

// What the programs do, each on what they do it to; and what they never do.
function operatorTable(arns) {
  const own = arns["bot-prod"];
  const here = (service, rest) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
  const anywhere = (service, rest) => `arn:aws:${service}::${ACCOUNT}:${rest}`;
  const agent = here("bedrock", "agent/AGENT00001");
  const alias = here("bedrock", "agent-alias/AGENT00001/ALIAS00001");
  const alarm = here("cloudwatch", "alarm:bedrockcost-search");
  const does = {
    "bedrock:ListInferenceProfiles": ["*"],
    "bedrock:ListFoundationModels": ["*"],
    "bedrock:CreateInferenceProfile": [own, system(`us.${NOVA}`), model(NOVA, "us-east-1")],
    "bedrock:GetInferenceProfile": [own, system(`us.${NOVA}`)],
    "bedrock:DeleteInferenceProfile": [own],
    "bedrock:TagResource": [own, agent],
    "bedrock:UntagResource": [own, agent],
    "bedrock:ListTagsForResource": [own, agent],
    "bedrock:PutModelInvocationLoggingConfiguration": ["*"],
    "bedrock:ListAgents": ["*"],
    "bedrock:GetAgent": [agent],
    "bedrock:UpdateAgent": [agent],
    "bedrock:PrepareAgent": [agent],
    "bedrock:ListAgentAliases": [agent],
    "bedrock:CreateAgentAlias": [agent],
    "bedrock:ListAgentVersions": [agent],
    "bedrock:GetAgentVersion": [agent],
    "bedrock:GetAgentAlias": [alias],
    "bedrock:UpdateAgentAlias": [alias],
    "ce:UpdateCostAllocationTagsStatus": ["*"],
    "ce:CreateAnomalyMonitor": ["*"],
    "ce:UpdateAnomalySubscription": [anywhere("ce", "anomalysubscription/1")],
    "budgets:ModifyBudget": [anywhere("budgets", "budget/bedrockcost-search")],
    "budgets:CreateBudgetAction": [anywhere("budgets", "budget/bedrockcost-search/action/1")],
    "cloudwatch:GetMetricData": ["*"],
    "cloudwatch:PutMetricAlarm": [alarm],
    "cloudwatch:DeleteAlarms": [alarm],
    "sns:Publish": [here("sns", "spend")],
    "iam:PutRolePolicy": [anywhere("iam", "role/service-role/AgentRole")],
    "iam:SimulatePrincipalPolicy": [anywhere("iam", "role/team")],
    "iam:GetPolicy": [anywhere("iam", "policy/deny-search")],
  };
  const never = {
    "bedrock:InvokeModel": [model(NOVA, "us-east-1"), system(`us.${NOVA}`)],
    "bedrock:DeleteAgent": [agent],
    "bedrock:DeleteAgentAlias": [alias],
    "iam:CreateRole": [anywhere("iam", "role/team")],
    "iam:AttachRolePolicy": [anywhere("iam", "role/team")],
    "iam:PassRole": [anywhere("iam", "role/team")], // but to Bedrock and to AWS Budgets
    "sns:CreateTopic": [here("sns", "spend")],
  };
  const rows = (table, allowed) =>
    Object.entries(table).flatMap(([action, resources]) =>
      resources.map((resource) => ({ action, resource, allowed })),
    );
  const calls = Object.entries(arns).flatMap(([name, arn]) => through(arn, PLACES[name], { allowed: true }));
  return [...rows(does, true), ...rows(never, false), ...calls.filter((row) => row.action === CALLS[0])];
}

/* ---- what is changed ---- */

// Copies of a policy, each with one thing changed.
function* mutants(policy) {
  const change = (edit) => {
    const copy = structuredClone(policy);
    edit(copy);
    return copy;
  };
  for (const [n, statement] of policy.Statement.entries()) {
    if (statement.Condition !== undefined) {
      yield [`${statement.Sid} without its condition`, change((p) => delete p.Statement[n].Condition)];
      for (const [operator, keys] of Object.entries(statement.Condition))
        for (const key of Object.keys(keys)) {
          yield [`${statement.Sid} without ${key}`, change((p) => delete p.Statement[n].Condition[operator][key])];
          yield [`${statement.Sid}: ${key} is anything`, change((p) => (p.Statement[n].Condition[operator][key] = "*"))];
        }
    }
    const resources = [statement.Resource].flat();
    for (const resource of resources.length > 1 ? resources : [])
      yield [
        `${statement.Sid} without ${resource}`,
        change((p) => (p.Statement[n].Resource = resources.filter((one) => one !== resource))),
      ];
    if (statement.Effect === "Allow") {
      const wide = (one) => one.replace(/[^/]*$/, "*");
      yield [`${statement.Sid} on any`, change((p) => (p.Statement[n].Resource = resources.map(wide)))];
      if (statement.Condition === undefined) // only calls of models have its key
        yield [`${statement.Sid} may do all`, change((p) => (p.Statement[n].Action = "bedrock:*"))];
    }
    yield [`without ${statement.Sid}`, change((p) => p.Statement.splice(n, 1))];
  }
}

// The policy passes its table, and no mutant does.
async function judge(tap, policy, rows, asPolicies) {
  let count = 0;
  assert.equal(await wrong(asPolicies(policy), rows), undefined);
  for (const [what, mutant] of mutants(policy)) {
    count += 1;
    assert.notEqual(await wrong(asPolicies(mutant), rows), undefined, `nobody minds: ${what}`);
  }
  tap.comment(`${rows.length} requests; ${count} changed policies were all found out`);
}

/* ---- cases ---- */

const alone = (identity) => ({ identity });

const CASES = {
  "a team": [["team", "owner-team=support"], ["bot-prod", "bot-geo", "bot-world"]],
  "a workload": [["workload", "search"], ["search-prod"]],
  "one profile": [["profile", "bot-geo"], ["bot-geo"]],
  "an agent": [["agent", "bot-world"], ["bot-world"]],
};

export async function testIamPolicies(tap, { build }) {
  await Emulator.use(build, ["--identity"], async (emulator) => {
    const programs = new Programs(build, emulator.endpoint);
    try {
      programs.run("apply", "--yes");
      const arns = programs.profiles();
      for (const [who, [words, own]] of Object.entries(CASES))
        await tap.run(`iam: ${who} may call its profiles, and no model past them`, async () => {
          const identity = programs.policy(...words);
          assert.equal(await wrong({ identity }, tableOf(arns, own)), undefined);
        });
      await tap.run("iam: the table finds out a policy that was changed", () =>
        judge(tap, programs.policy("profile", "bot-geo"), tableOf(arns, ["bot-geo"]), alone),
      );
      await tap.run("iam: a control policy stops who may do everything", () =>
        judge(tap, programs.policy("deny", "--except", SPARED), denyTable(arns), (policy) => ({
          identity: EVERYTHING,
          scps: [EVERYTHING, policy],
        })),
      );
      await tap.run("iam: the operator may do what the programs do, also under the control policy", async () => {
        const policies = { identity: programs.policy("operator"), scps: [EVERYTHING, programs.policy("deny")] };
        assert.equal(await wrong(policies, operatorTable(arns)), undefined);
      });
    } finally {
      programs.close();
    }
  });
}
