// An emulator with a profile and a role for agents, and AWS's clients of all that agents need.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as agents from "@aws-sdk/client-bedrock-agent";
import * as runtime from "@aws-sdk/client-bedrock-agent-runtime";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as iamModule from "@aws-sdk/client-iam";
import { Client } from "./client.mjs";
import { Emulator, KEYS } from "./emulator.mjs";

export const ACCOUNT = "123456789012";
const MODEL_ID = "amazon.nova-lite-v1:0";
export const MODEL = `arn:aws:bedrock:us-east-1::foundation-model/${MODEL_ID}`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/service-role/agents`;
export const INSTRUCTION = "You answer questions about invoices, and about nothing else at all.";
export const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "bedrock.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});
const allowing = (...Resource) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["bedrock:InvokeModel", "bedrock:GetInferenceProfile"],
        Resource,
      },
    ],
  });

// One of each field that an update replaces.
export const FIELDS = {
  instruction: INSTRUCTION,
  description: "Invoices",
  idleSessionTTLInSeconds: 900,
  customerEncryptionKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
  guardrailConfiguration: { guardrailIdentifier: "abc", guardrailVersion: "1" },
  memoryConfiguration: { enabledMemoryTypes: ["SESSION_SUMMARY"], storageDays: 7 },
  orchestrationType: "DEFAULT",
  agentCollaboration: "SUPERVISOR",
  promptOverrideConfiguration: {
    promptConfigurations: [
      {
        promptType: "ORCHESTRATION",
        promptCreationMode: "OVERRIDDEN",
        promptState: "ENABLED",
        parserMode: "DEFAULT",
        basePromptTemplate: "Only $question$",
        inferenceConfiguration: { temperature: 0.5, maximumLength: 100, stopSequences: ["x"] },
      },
    ],
  },
};
export const creation = (agentName, more) => ({
  agentName,
  foundationModel: MODEL,
  agentResourceRoleArn: ROLE,
  ...more,
});

export class World {
  constructor(emulator, credentials = KEYS) {
    const client = (name, module, className, options) =>
      new Client(`@aws-sdk/client-${name}`, module, className, emulator.endpoint, {
        credentials,
        ...options,
      });
    this.emulator = emulator;
    this.control = emulator.clients(credentials);
    this.agents = client("bedrock-agent", agents, "BedrockAgentClient");
    this.runtime = client("bedrock-agent-runtime", runtime, "BedrockAgentRuntimeClient");
    this.iam = client("iam", iamModule, "IAMClient", { json: false });
    this.metrics = client("cloudwatch", cloudwatch, "CloudWatchClient", { json: false });
  }

  async begin() {
    const made = await this.control.succeed("CreateInferenceProfile", {
      inferenceProfileName: "agents",
      modelSource: { copyFrom: MODEL },
      tags: [{ key: "team", value: "invoices" }],
    });
    this.profile = made.inferenceProfileArn;
    await this.iam.succeed("CreateRole", {
      RoleName: "agents",
      Path: "/service-role/",
      AssumeRolePolicyDocument: TRUST,
    });
    await this.allow(MODEL);
  }

  allow(...resources) {
    return this.iam.succeed("PutRolePolicy", {
      RoleName: "agents",
      PolicyName: "models",
      PolicyDocument: allowing(...resources),
    });
  }

  async makeAgent(name, more) {
    const { agent } = await this.agents.succeed("CreateAgent", creation(name, more));
    return agent.agentId;
  }

  async makePrepared(name, more) {
    const agentId = await this.makeAgent(name, { ...FIELDS, ...more });
    await this.agents.succeed("PrepareAgent", { agentId });
    return agentId;
  }

  async agent(agentId) {
    return (await this.agents.succeed("GetAgent", { agentId })).agent;
  }

  async alias(agentId, agentAliasId) {
    return (await this.agents.succeed("GetAgentAlias", { agentId, agentAliasId })).agentAlias;
  }

  // What the agent says, all of it.
  async ask(agentId, agentAliasId, inputText = "How much is the invoice?") {
    const answer = await this.runtime.send("InvokeAgent", {
      agentId,
      agentAliasId,
      sessionId: "session-1",
      inputText,
    });
    assert.equal(answer.sessionId, "session-1");
    assert.equal(answer.contentType, "application/json");
    let text = "";
    for await (const event of answer.completion)
      text += Buffer.from(event.chunk.bytes).toString("utf8");
    return text;
  }

  // What CloudWatch has of a profile, summed up over the last hours.
  async metric(MetricName, profile) {
    const { Datapoints } = await this.metrics.succeed("GetMetricStatistics", {
      Namespace: "AWS/Bedrock",
      MetricName,
      Dimensions: [{ Name: "ModelId", Value: profile.split("/")[1] }],
      StartTime: new Date(Date.now() - 7200_000),
      EndTime: new Date(Date.now() + 3600_000),
      Period: 3600,
      Statistics: ["Sum"],
    });
    return Datapoints.reduce((sum, point) => sum + point.Sum, 0);
  }

  destroy() {
    for (const client of [this.agents, this.runtime, this.iam, this.metrics]) client.destroy();
  }
}

export async function inWorld(build, options, body) {
  await Emulator.use(build, options, async (emulator) => {
    const world = new World(emulator);
    try {
      await world.begin();
      await body(world);
    } finally {
      world.destroy();
    }
  });
}
