// The emulator bills what AWS's client saw in the answers, and what a lost answer cost besides.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { Emulator } from "./emulator.mjs";
import { Random } from "./random.mjs";

const MODEL =
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0";
const CALLS = 60;
const KINDS = [
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cacheReadInputTokens",
  "cacheWriteInputTokens",
];
const PROFILES = [
  { team: "search", stage: "test" },
  { team: "search", stage: "production" },
  { team: "ranking" },
];

class Account {
  constructor() {
    this.calls = 0;
    KINDS.forEach((kind) => (this[kind] = 0));
  }

  add(usage) {
    this.calls += 1;
    KINDS.forEach((kind) => (this[kind] += usage[kind] ?? 0));
  }

  equals(billed, where) {
    for (const name of Object.keys(this))
      assert.equal(billed[name], this[name], `${where}: ${name}`);
  }
}

async function createProfiles(clients) {
  const profiles = [];
  for (const [i, tags] of PROFILES.entries()) {
    const { inferenceProfileArn } = await clients.succeed("CreateInferenceProfile", {
      inferenceProfileName: `billed ${i}`,
      modelSource: { copyFrom: MODEL },
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    });
    profiles.push({ arn: inferenceProfileArn, tags, account: new Account() });
  }
  return profiles;
}

// A prompt in three: long, with cache points, and often the same again.
function newInput(random, modelId) {
  const text = random.text("abcdefghij ÄÖ漢🙂", 1, 400) + "?";
  if (!random.chance(33)) return { modelId, messages: [{ role: "user", content: [{ text }] }] };
  const cachePoint = { type: "default", ttl: random.pick(["5m", "1h"]) };
  return {
    modelId,
    system: [{ text: `prefix ${random.below(3)} `.repeat(2000) }, { cachePoint }],
    messages: [{ role: "user", content: [{ text }] }],
    inferenceConfig: { maxTokens: random.between(1, 4000) },
  };
}

function checkAnswer({ usage, output, stopReason }, { inferenceConfig }) {
  const cached = (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0);
  assert.equal(usage.totalTokens, usage.inputTokens + usage.outputTokens + cached);
  const written = (usage.cacheDetails ?? []).reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  assert.equal(written, usage.cacheWriteInputTokens ?? 0);
  assert.ok(usage.outputTokens <= (inferenceConfig?.maxTokens ?? 4000));
  assert.equal(output.message.role, "assistant");
  assert.ok(["end_turn", "max_tokens"].includes(stopReason));
}

async function converse(clients, random, profiles) {
  const profile = random.pick(profiles);
  const input = newInput(random, profile.arn);
  const answer = await clients.succeed("Converse", input);
  checkAnswer(answer, input);
  profile.account.add(answer.usage);
  return answer.usage;
}

function checkBill(bill, profiles, total) {
  total.equals(bill.totals, "totals");
  for (const { arn, account } of profiles) account.equals(bill.profiles[arn], arn);
  const search = new Account();
  for (const { tags, account } of profiles)
    if (tags.team === "search")
      for (const kind of Object.keys(search)) search[kind] += account[kind];
  search.equals(bill.tags.team.search, "team search");
  profiles[2].account.equals(bill.tags.team.ranking, "team ranking");
  profiles[0].account.equals(bill.tags.stage.test, "stage test");
}

async function testLostAnswers(emulator, clients, profile) {
  const input = {
    modelId: profile.arn,
    messages: [{ role: "user", content: [{ text: "once more" }] }],
  };
  const before = (await emulator.bill()).totals;
  const { usage } = await clients.succeed("Converse", input);
  for (const fault of [
    { cut: 5 },
    { cut: -1 },
    { garbage: true },
    { type: "ModelErrorException" },
  ]) {
    await emulator.addFault(fault);
    await assert.rejects(clients.send("Converse", input), `${JSON.stringify(fault)}`);
  }
  await emulator.addFault({ type: "ThrottlingException" });
  await clients.fail("Converse", input, "ThrottlingException");
  const after = (await emulator.bill()).totals;
  assert.equal(after.calls - before.calls, 5);
  assert.equal(after.outputTokens - before.outputTokens, 5 * usage.outputTokens);
}

export async function testBill(tap, { build, seed }) {
  await Emulator.use(build, ["--seed", String(seed)], async (emulator) => {
    const random = new Random(seed);
    const clients = emulator.clients();
    const profiles = await createProfiles(clients);
    const total = new Account();
    await tap.run(
      `${CALLS} calls through ${profiles.length} profiles: billed as seen`,
      async () => {
        for (let i = 0; i < CALLS; i += 1) total.add(await converse(clients, random, profiles));
        checkBill(await emulator.bill(), profiles, total);
      },
    );
    tap.comment(`billed: ${JSON.stringify(total)}`);
    tap.ok(
      KINDS.every((kind) => total[kind] > 0),
      "tokens of every kind were billed",
    );
    await tap.run("an answer that is lost is billed, one that is refused is not", () =>
      testLostAnswers(emulator, clients, profiles[0]),
    );
  });
}
