// What `profiles` sets for a whole account, as AWS's clients see it: the logging of invocations, and
// which tags split the bill.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import * as bedrock from "@aws-sdk/client-bedrock";
import * as runtime from "@aws-sdk/client-bedrock-runtime";
import * as explorer from "@aws-sdk/client-cost-explorer";
import { Client } from "./client.mjs";
import { Emulator, KEYS } from "./emulator.mjs";

const run = promisify(execFile);
const MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
const roleArn = "arn:aws:iam::123456789012:role/logs";

const profiles = (build, emulator) => async (...words) => {
  const env = {
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_REGION: "us-east-1",
    HOME: "/nonexistent",
  };
  const program = path.join(build, "examples/profiles/profiles");
  return (await run(program, ["--json", ...words], { env })).stdout.trim().split("\n").map(JSON.parse);
};

// ---- logging: each sets a part, and the other's part stays ----

async function testLogging(client, program) {
  const get = async () =>
    (await client.succeed("GetModelInvocationLoggingConfiguration")).loggingConfig;
  await program("logging", "set", "--s3", "my-logs/bedrock", "--no-text", "--yes");
  const s3Config = { bucketName: "my-logs", keyPrefix: "bedrock" };
  const first = await get();
  assert.deepEqual(first.s3Config, s3Config);
  assert.equal(first.textDataDeliveryEnabled, false);
  const cloudWatchConfig = {
    logGroupName: "/bedrock",
    roleArn,
    largeDataDeliveryS3Config: { bucketName: "large", keyPrefix: "data" },
  };
  const loggingConfig = { ...first, cloudWatchConfig, videoDataDeliveryEnabled: true };
  await client.succeed("PutModelInvocationLoggingConfiguration", { loggingConfig });
  await program("logging", "set", "--no-s3", "--text", "--yes");
  const { s3Config: gone, ...rest } = loggingConfig;
  assert.deepEqual(gone, s3Config);
  assert.deepEqual(await get(), { ...rest, textDataDeliveryEnabled: true });
  assert.deepEqual(await program("logging", "show"), [await get()]);
  await program("logging", "off", "--yes");
  assert.equal(await get(), undefined);
}

// ---- tags: what AWS's clients have used and activated, and what we have ----

async function useTags(control, model) {
  const tags = [...Array(23).keys()].map((n) => ({ key: `key-${n}`, value: "v" }));
  const { inferenceProfileArn } = await control.succeed("CreateInferenceProfile", {
    inferenceProfileName: "tagged",
    modelSource: { copyFrom: MODEL },
    tags,
  });
  await model.succeed("Converse", {
    modelId: inferenceProfileArn,
    messages: [{ role: "user", content: [{ text: "Hello" }] }],
  });
  return tags.map(({ key }) => key);
}

async function testTags(control, model, costs, program) {
  const keys = await useTags(control, model);
  const status = async () =>
    Object.fromEntries(
      (await costs.succeed("ListCostAllocationTags", { TagKeys: keys })).CostAllocationTags.map(
        ({ TagKey, Status }) => [TagKey, Status],
      ),
    );
  await costs.succeed("UpdateCostAllocationTagsStatus", {
    CostAllocationTagsStatus: [{ TagKey: "key-0", Status: "Active" }],
  });
  const rows = await program("activate", "--yes", ...keys);
  assert.deepEqual(await status(), Object.fromEntries(keys.map((key) => [key, "Active"])));
  assert.deepEqual(
    rows.map(({ tag, state }) => [tag, state]),
    keys.map((key) => [key, key === "key-0" ? "active" : "activated now"]),
  );
}

export async function testMadeLogging(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const client = (name, module, className) =>
      new Client(`@aws-sdk/client-${name}`, module, className, emulator.endpoint);
    const control = client("bedrock", bedrock, "BedrockClient");
    const model = client("bedrock-runtime", runtime, "BedrockRuntimeClient");
    const costs = client("cost-explorer", explorer, "CostExplorerClient");
    const program = profiles(build, emulator);
    await tap.run("AWS's client and `profiles logging` change one setting", () =>
      testLogging(control, program));
    await tap.run("AWS's client sees the tags that `profiles activate` has activated", () =>
      testTags(control, model, costs, program));
    [control, model, costs].forEach((one) => one.aws.destroy());
  });
}
