// What `agent` has made, as AWS's own clients see it: every field of the agent, its version, the
// routes of its aliases, the policy of its role, and whose bill an invocation is on.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import * as agentModule from "@aws-sdk/client-bedrock-agent";
import * as runtimeModule from "@aws-sdk/client-bedrock-agent-runtime";
import * as iamModule from "@aws-sdk/client-iam";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { Client } from "./client.mjs";
import { Emulator, KEYS } from "./emulator.mjs";

const ACCOUNT = "123456789012";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/service-role/NewsRole`;
const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const TRUST = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "bedrock.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
};

// All that AWS's client can say of an agent.
const FIELDS = {
  instruction: "Search the news of today for what was asked, and say where each piece is from.",
  description: "searches the news",
  idleSessionTTLInSeconds: 1234,
  orchestrationType: "DEFAULT",
  customerEncryptionKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
  guardrailConfiguration: { guardrailIdentifier: "abc123", guardrailVersion: "2" },
  memoryConfiguration: {
    enabledMemoryTypes: ["SESSION_SUMMARY"],
    storageDays: 30,
    sessionSummaryConfiguration: { maxRecentSessions: 5 },
  },
  agentCollaboration: "DISABLED",
  promptOverrideConfiguration: {
    overrideLambda: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:parse`,
    promptConfigurations: [
      {
        promptType: "ORCHESTRATION",
        promptCreationMode: "OVERRIDDEN",
        promptState: "ENABLED",
        parserMode: "OVERRIDDEN",
        basePromptTemplate: "$instruction$ $question$ äöü 漢 🙂",
        foundationModel: MODEL,
        inferenceConfiguration: {
          temperature: 0.1,
          topP: 0.7,
          topK: 10,
          maximumLength: 512,
          stopSequences: ["</answer>", "\n\nHuman:"],
        },
        additionalModelRequestFields: { thinking: { type: "disabled" }, deep: [1, { x: null }] },
      },
    ],
  },
};
const FIELD_OF_A_MODEL = new Set(["foundationModel", "updatedAt", "preparedAt", "agentStatus"]);

const execute = promisify(execFile);

class World {
  constructor(emulator, build) {
    this.emulator = emulator;
    this.program = path.join(build, "examples/agent/agent");
    const client = (name, module, className, options) =>
      new Client(`@aws-sdk/client-${name}`, module, className, emulator.endpoint, options);
    this.agents = client("bedrock-agent", agentModule, "BedrockAgentClient");
    this.runtime = client("bedrock-agent-runtime", runtimeModule, "BedrockAgentRuntimeClient", {
      json: false,
    });
    this.iam = client("iam", iamModule, "IAMClient", { json: false });
  }

  destroy() {
    [this.agents, this.runtime, this.iam].forEach((client) => client.destroy());
  }

  async run(...words) {
    const { stdout } = await execute(this.program, ["--yes", "--json", ...words], {
      env: {
        PATH: process.env.PATH,
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_REGION: "us-east-1",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_ENDPOINT_URL: this.emulator.endpoint,
      },
    });
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  async until(look) {
    for (let i = 0; !(await look()); i += 1) {
      assert.ok(i < 30000, "it does not happen");
      await sleep(10);
    }
  }

  async draft() {
    return (await this.agents.succeed("GetAgent", { agentId: this.agentId })).agent;
  }

  async alias(agentAliasId = this.agentAliasId) {
    const input = { agentId: this.agentId, agentAliasId };
    return (await this.agents.succeed("GetAgentAlias", input)).agentAlias;
  }

  async version(agentVersion) {
    const input = { agentId: this.agentId, agentVersion };
    return (await this.agents.succeed("GetAgentVersion", input)).agentVersion;
  }

  // An agent with an alias, on a model; and a profile.
  async begin() {
    const made = await this.emulator.clients().succeed("CreateInferenceProfile", {
      inferenceProfileName: "news",
      modelSource: { copyFrom: `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}` },
      tags: [{ key: "team", value: "news" }],
    });
    this.profile = made.inferenceProfileArn;
    await this.iam.succeed("CreateRole", {
      RoleName: "NewsRole",
      Path: "/service-role/",
      AssumeRolePolicyDocument: JSON.stringify(TRUST),
    });
    const { agent } = await this.agents.succeed("CreateAgent", {
      agentName: "News",
      agentResourceRoleArn: ROLE,
      foundationModel: MODEL,
      ...FIELDS,
    });
    this.agentId = agent.agentId;
    await this.until(async () => (await this.draft()).agentStatus === "NOT_PREPARED");
    await this.agents.succeed("PrepareAgent", { agentId: this.agentId });
    await this.until(async () => (await this.draft()).agentStatus === "PREPARED");
    const { agentAlias } = await this.agents.succeed("CreateAgentAlias", {
      agentId: this.agentId,
      agentAliasName: "prod",
      description: "for all",
    });
    this.agentAliasId = agentAlias.agentAliasId;
    await this.until(async () => (await this.alias()).agentAliasStatus === "PREPARED");
  }

  async invoke() {
    const answer = await this.runtime.send("InvokeAgent", {
      agentId: this.agentId,
      agentAliasId: this.agentAliasId,
      sessionId: "session-1",
      inputText: "What is new?",
    });
    let text = "";
    for await (const { chunk } of answer.completion)
      if (chunk !== undefined) text += Buffer.from(chunk.bytes).toString();
    return text;
  }
}

const without = (object, names) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name)));

// What the agent calls, put for the model's place so that the rest can be compared.
const withoutModels = (agent) => {
  const copy = structuredClone(without(agent, FIELD_OF_A_MODEL));
  copy.promptOverrideConfiguration.promptConfigurations.forEach((one) => delete one.foundationModel);
  return copy;
};

async function testFields(world) {
  const before = await world.draft();
  await world.run("apply", world.agentId, "--profile", world.profile, "--all-aliases", "--prompts");
  const after = await world.draft();
  assert.deepEqual(withoutModels(after), withoutModels(before));
  assert.equal(after.foundationModel, world.profile);
  assert.equal(after.agentStatus, "PREPARED");
  const [orchestration] = after.promptOverrideConfiguration.promptConfigurations.filter(
    ({ promptType }) => promptType === "ORCHESTRATION",
  );
  assert.deepEqual(orchestration, {
    ...FIELDS.promptOverrideConfiguration.promptConfigurations[0],
    foundationModel: world.profile,
  });
}

async function testRoute(world) {
  const alias = await world.alias();
  assert.equal(alias.agentAliasName, "prod");
  assert.equal(alias.description, "for all");
  assert.equal(alias.aliasInvocationState, "ACCEPT_INVOCATIONS");
  assert.deepEqual(alias.routingConfiguration, [{ agentVersion: "2" }]);
  const version = await world.version("2");
  assert.equal(version.foundationModel, world.profile);
  assert.equal(version.instruction, FIELDS.instruction);
  assert.deepEqual(version.memoryConfiguration, FIELDS.memoryConfiguration);
  assert.equal((await world.version("1")).foundationModel, MODEL);
  const { agentVersionSummaries } = await world.agents.succeed("ListAgentVersions", {
    agentId: world.agentId,
  });
  assert.deepEqual(agentVersionSummaries.map(({ agentVersion }) => agentVersion).sort(), [
    "1",
    "2",
    "DRAFT",
  ]);
}

async function testPolicy(world) {
  const { PolicyNames } = await world.iam.succeed("ListRolePolicies", { RoleName: "NewsRole" });
  const name = `BedrockCostAgent-${world.agentId}-${world.profile.split("/").pop()}`;
  assert.deepEqual(PolicyNames, [name]);
  const { PolicyDocument } = await world.iam.succeed("GetRolePolicy", {
    RoleName: "NewsRole",
    PolicyName: name,
  });
  const policy = JSON.parse(decodeURIComponent(PolicyDocument));
  const may = async (action, resource, contextVariables = {}) => {
    const result = await runSimulation(
      {
        request: {
          principal: ROLE,
          action,
          resource: { resource, accountId: ACCOUNT },
          contextVariables,
        },
        identityPolicies: [{ name, policy }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    assert.notEqual(result.resultType, "error", JSON.stringify(result.errors));
    return result.overallResult === "Allowed";
  };
  const raw = `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}`;
  const through = { "bedrock:InferenceProfileArn": world.profile };
  const other = { "bedrock:InferenceProfileArn": world.profile.replace(/.$/, "_") };
  for (const action of ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]) {
    assert.ok(await may(action, world.profile));
    assert.ok(await may(action, raw, through));
    assert.ok(!(await may(action, raw)), "the raw model");
    assert.ok(!(await may(action, raw, other)), "through another profile");
    assert.ok(!(await may(action, other["bedrock:InferenceProfileArn"])), "another profile");
  }
  assert.ok(await may("bedrock:GetInferenceProfile", world.profile));
}

async function testInvocation(world) {
  assert.notEqual(await world.invoke(), "");
  const bill = await world.emulator.bill();
  assert.ok(bill.totals.calls > 0);
  assert.equal(bill.profiles[world.profile].calls, bill.totals.calls); // nothing went past it
  assert.equal(bill.tags.team.news.calls, bill.totals.calls);
  await world.run("switch-off", world.agentId, "--all-aliases");
  assert.equal((await world.alias()).aliasInvocationState, "REJECT_INVOCATIONS");
  assert.deepEqual((await world.alias()).routingConfiguration, [{ agentVersion: "2" }]);
  await assert.rejects(world.invoke());
  assert.equal((await world.emulator.bill()).totals.calls, bill.totals.calls);
  await world.run("switch-on", world.agentId);
  assert.notEqual(await world.invoke(), "");
}

async function testUndone(world, before) {
  await world.run("undo", world.agentId);
  const after = await world.draft();
  assert.deepEqual(
    without(after, new Set(["updatedAt", "preparedAt"])),
    without(before, new Set(["updatedAt", "preparedAt"])),
  );
  assert.deepEqual((await world.alias()).routingConfiguration, [{ agentVersion: "1" }]);
  const { PolicyNames } = await world.iam.succeed("ListRolePolicies", { RoleName: "NewsRole" });
  assert.deepEqual(PolicyNames, []);
  const { tags } = await world.agents.succeed("ListTagsForResource", {
    resourceArn: after.agentArn,
  });
  assert.deepEqual(tags, {});
}

export async function testMadeAgents(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const world = new World(emulator, build);
    try {
      await world.begin();
      const before = await world.draft();
      await tap.run("AWS's client sees every field of the agent kept", () => testFields(world));
      await tap.run("and a version on the profile, which the alias runs", () => testRoute(world));
      await tap.run("an independent judge finds the role's policy narrow", () => testPolicy(world));
      await tap.run("an invocation is on the profile's bill, until switched off", () =>
        testInvocation(world),
      );
      await tap.run("undo leaves what was there before", () => testUndone(world, before));
    } finally {
      world.destroy();
    }
  });
}
