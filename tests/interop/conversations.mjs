// AWS's client converses with the emulator: what a request can hold, and what is refused.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { Emulator } from "./emulator.mjs";

const ACCOUNT = "arn:aws:bedrock:us-east-1:123456789012";
const MODEL =
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0";
const NOWHERE = `${ACCOUNT}:application-inference-profile/000000000000`;

const user = (...content) => ({ role: "user", content });
const assistant = (...content) => ({ role: "assistant", content });
const hello = { messages: [user({ text: "hello" })] };
const weather = {
  toolSpec: {
    name: "weather",
    description: "The weather of a place",
    inputSchema: {
      json: {
        type: "object",
        properties: { place: { type: "string" }, days: { type: "integer" } },
        required: ["place"],
      },
    },
  },
};

async function testHistory(clients, modelId) {
  const first = await clients.succeed("Converse", { modelId, ...hello });
  const again = await clients.succeed("Converse", { modelId, ...hello });
  assert.deepEqual(again, first, "the same prompt has the same answer");
  const messages = [...hello.messages, first.output.message, user({ text: "and then?" })];
  const second = await clients.succeed("Converse", { modelId, messages });
  assert.ok(second.usage.inputTokens > first.usage.inputTokens);
}

async function testTool(clients, modelId) {
  const toolConfig = { tools: [weather], toolChoice: { tool: { name: "weather" } } };
  const asked = await clients.succeed("Converse", { modelId, ...hello, toolConfig });
  assert.equal(asked.stopReason, "tool_use");
  const { toolUse } = asked.output.message.content[0];
  assert.equal(toolUse.name, "weather");
  assert.deepEqual(Object.keys(toolUse.input), ["place", "days"]);
  const toolResult = {
    toolUseId: toolUse.toolUseId,
    content: [{ json: { sun: true } }, { text: "warm" }],
    status: "success",
  };
  const messages = [...hello.messages, asked.output.message, user({ toolResult })];
  await clients.succeed("Converse", { modelId, messages, toolConfig: { tools: [weather] } });
}

async function testStop(clients, modelId) {
  const whole = await clients.succeed("Converse", { modelId, ...hello });
  const [{ text }] = whole.output.message.content;
  const stop = text.slice(20, 30);
  const inferenceConfig = { stopSequences: [stop] };
  const stopped = await clients.succeed("Converse", { modelId, ...hello, inferenceConfig });
  assert.equal(stopped.stopReason, "stop_sequence");
  assert.equal(stopped.output.message.content[0].text, text.slice(0, text.indexOf(stop)));
  const cut = await clients.succeed("Converse", {
    modelId,
    ...hello,
    inferenceConfig: { maxTokens: 7 },
  });
  assert.equal(cut.stopReason, "max_tokens");
  assert.equal(cut.usage.outputTokens, 7);
}

// Every other member a request can have, at once.
async function testMembers(clients, modelId) {
  const answer = await clients.succeed("Converse", {
    modelId,
    messages: [
      user(
        { text: "look" },
        { image: { format: "png", source: { bytes: Buffer.from("not really") } } },
        { document: { format: "txt", name: "notes", source: { bytes: Buffer.from("text") } } },
        { cachePoint: { type: "default", ttl: "1h" } },
      ),
      assistant({ text: "I looked" }),
      user({ text: "again" }),
    ],
    system: [{ text: "be brief" }],
    inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 1 },
    additionalModelRequestFields: { top_k: 5, nested: [null, { a: "b" }] },
    additionalModelResponseFieldPaths: ["/stop_sequence"],
    requestMetadata: { ticket: "A-1 x_y", empty: "" },
    performanceConfig: { latency: "optimized" },
    serviceTier: { type: "priority" },
  });
  assert.deepEqual(answer.performanceConfig, { latency: "optimized" });
  assert.deepEqual(answer.serviceTier, { type: "priority" });
  assert.ok(answer.usage.cacheWriteInputTokens >= 0);
}

const refusals = [
  ["ResourceNotFoundException", "an unknown profile", { modelId: NOWHERE }],
  ["ValidationException", "no model at all", { modelId: "what is this" }],
  ["ValidationException", "an unknown id", { modelId: "000000000000" }],
  [
    "ValidationException",
    "a role of its own",
    { messages: [{ ...user({ text: "a" }), role: "x" }] },
  ],
  ["ValidationException", "the assistant first", { messages: [assistant({ text: "a" })] }],
  ["ValidationException", "a blank text", { messages: [user({ text: " \n" })] }],
  ["ValidationException", "maxTokens 0", { inferenceConfig: { maxTokens: 0 } }],
  ["ValidationException", "temperature 2", { inferenceConfig: { temperature: 2 } }],
  ["ValidationException", "an empty system text", { system: [{ text: "" }] }],
  ["ValidationException", "empty requestMetadata", { requestMetadata: {} }],
  ["ValidationException", "a sign in requestMetadata", { requestMetadata: { a: "b!" } }],
  ["ValidationException", "an unknown tier", { serviceTier: { type: "best" } }],
  ["ValidationException", "no tools", { toolConfig: { tools: [] } }],
];

export async function testConversations(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const clients = emulator.clients();
    const created = await clients.succeed("CreateInferenceProfile", {
      inferenceProfileName: "talk",
      modelSource: { copyFrom: MODEL },
    });
    const modelId = created.inferenceProfileArn;
    await tap.run("converse: a history", () => testHistory(clients, modelId));
    await tap.run("converse: a tool", () => testTool(clients, modelId));
    await tap.run("converse: stop sequences and maxTokens", () => testStop(clients, modelId));
    await tap.run("converse: every other member", () => testMembers(clients, modelId));
    for (const [error, name, input] of refusals)
      await tap.run(`converse: ${name}: ${error}`, () =>
        clients.fail("Converse", { modelId, ...hello, ...input }, error),
      );
  });
}
