// AWS's client counts tokens: as many as the emulator bills for Converse, and what is refused.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { Emulator } from "./emulator.mjs";
import { Random } from "./random.mjs";

const ACCOUNT = "arn:aws:bedrock:us-east-1:123456789012";
const MODELS = ["anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.nova-lite-v1:0"];
const ARN = `arn:aws:bedrock:us-east-1::foundation-model/${MODELS[0]}`;
const PROMPTS = 30;

const user = (...content) => ({ role: "user", content });
const hello = { messages: [user({ text: "hello" })] };

// With and without system text, a cache point, a tool and its result.
function newPrompt(random) {
  const text = () => random.text("abcdefghij ÄÖ漢🙂", 1, 400) + "?";
  const cachePoint = { type: "default", ttl: random.pick(["5m", "1h"]) };
  const toolUse = { toolUseId: "t1", name: "weather", input: { place: text() } };
  const toolResult = { toolUseId: "t1", content: [{ text: text() }, { json: { text: text() } }] };
  const content = [{ text: text() }, ...(random.chance(50) ? [{ cachePoint }] : [])];
  const prompt = { messages: [user(...content)] };
  if (random.chance(50)) prompt.system = [{ text: text() }, { cachePoint }];
  if (random.chance(30)) {
    prompt.toolConfig = { tools: [{ toolSpec: { name: "weather", inputSchema: { json: {} } } }] };
    prompt.messages.push({ role: "assistant", content: [{ toolUse }] }, user({ toolResult }));
  }
  return prompt;
}

async function count(clients, modelId, input) {
  const { inputTokens } = await clients.succeed("CountTokens", { modelId, input });
  return inputTokens;
}

async function testAgainstConverse(clients, seed) {
  const random = new Random(seed);
  for (let i = 0; i < PROMPTS; i += 1) {
    const prompt = newPrompt(random);
    const modelId = random.pick([...MODELS, ARN]);
    const counted = await count(clients, modelId, { converse: prompt });
    for (const time of ["first", "second"]) {
      const { usage } = await clients.succeed("Converse", { modelId, ...prompt });
      const cached = (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0);
      assert.equal(usage.inputTokens + cached, counted, `prompt ${i}, the ${time} time`);
    }
    assert.equal(await count(clients, modelId, { converse: prompt }), counted);
  }
}

async function testInvokeModel(clients) {
  const texts = ["be brief", "what is it? ÄÖ漢🙂", "that is", "what?"];
  const [system, ...turns] = texts;
  const roles = ["user", "assistant", "user"];
  const claude = {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 100,
    system,
    messages: turns.map((content, i) => ({ role: roles[i], content })),
  };
  const nova = {
    schemaVersion: "messages-v1",
    system: [{ text: system }],
    messages: turns.map((text, i) => ({ role: roles[i], content: [{ text }] })),
  };
  const { system: blocks, messages } = nova;
  const wanted = await count(clients, MODELS[1], { converse: { system: blocks, messages } });
  for (const [i, native] of [claude, nova].entries()) {
    const body = Buffer.from(JSON.stringify(native));
    assert.equal(await count(clients, MODELS[i], { invokeModel: { body } }), wanted);
  }
}

async function testFree(emulator, clients) {
  const before = await emulator.bill();
  await count(clients, ARN, { converse: hello });
  const after = await emulator.bill();
  assert.deepEqual([after.totals, after.profiles], [before.totals, before.profiles]);
  assert.equal(after.requests.seen, before.requests.seen + 1);
}

const CANNOT = /provided model doesn't support counting tokens/;

const refusals = [
  ["ValidationException", "a geo profile", { modelId: `us.${MODELS[0]}` }, CANNOT],
  ["ValidationException", "a global profile", { modelId: `global.${MODELS[0]}` }, CANNOT],
  [
    "ValidationException",
    "a system-defined profile's ARN",
    { modelId: `${ACCOUNT}:inference-profile/us.${MODELS[0]}` },
    CANNOT,
  ],
  ["ValidationException", "a model that cannot", { modelId: "openai.gpt-oss-20b-1:0" }, CANNOT],
  ["ValidationException", "a long id", { modelId: `anthropic.${"a".repeat(247)}` }, /256/],
  [
    "ResourceNotFoundException",
    "another Region's model",
    { modelId: ARN.replace("us-east-1", "us-west-2") },
    /us-west-2/,
  ],
  [
    "ValidationException",
    "the assistant first",
    { input: { converse: { messages: [{ role: "assistant", content: [{ text: "a" }] }] } } },
    /start with a user message/,
  ],
  [
    "ValidationException",
    "a body that is not JSON",
    { input: { invokeModel: { body: Buffer.from("hello") } } },
    /Malformed input request/,
  ],
];

async function testApplicationProfile(clients) {
  const { inferenceProfileArn: modelId } = await clients.succeed("CreateInferenceProfile", {
    inferenceProfileName: "counted",
    modelSource: { copyFrom: ARN },
  });
  for (const id of [modelId, modelId.split("/")[1]]) {
    const input = { modelId: id, input: { converse: hello } };
    assert.match((await clients.fail("CountTokens", input, "ValidationException")).message, CANNOT);
  }
}

export async function testCounts(tap, { build, seed }) {
  await Emulator.use(build, [], async (emulator) => {
    const clients = emulator.clients();
    await tap.run(`count: ${PROMPTS} prompts as Converse bills them`, () =>
      testAgainstConverse(clients, seed),
    );
    await tap.run("count: bodies of InvokeModel", () => testInvokeModel(clients));
    await tap.run("count: costs nothing", () => testFree(emulator, clients));
    for (const [error, name, input, message] of refusals)
      await tap.run(`count: ${name}: ${error}`, async () => {
        const whole = { modelId: ARN, input: { converse: hello }, ...input };
        assert.match((await clients.fail("CountTokens", whole, error)).message, message);
      });
    await tap.run("count: an application profile: ValidationException", () =>
      testApplicationProfile(clients),
    );
  });
}
