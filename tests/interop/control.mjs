// AWS's client of the control plane: one model, the logging of invocations, pages of every size,
// calls that are too many, and what is seen later than it is written.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {
  BedrockClient,
  CreateInferenceProfileCommand,
  ListTagsForResourceCommand,
  paginateListInferenceProfiles,
} from "@aws-sdk/client-bedrock";
import { Emulator, KEYS } from "./emulator.mjs";

const MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
const LONGEST_MS = "600000"; // nothing settles within a test
const roleArn = "arn:aws:iam::123456789012:role/logs";

const creation = (inferenceProfileName, more) => ({
  inferenceProfileName,
  modelSource: { copyFrom: MODEL },
  ...more,
});

// ---- models ----

async function testModels(clients) {
  const { modelSummaries } = await clients.succeed("ListFoundationModels", {});
  for (const summary of modelSummaries) {
    const { modelId, modelArn } = summary;
    for (const modelIdentifier of [modelId, modelArn]) {
      const { modelDetails } = await clients.succeed("GetFoundationModel", { modelIdentifier });
      assert.deepEqual(modelDetails, summary);
    }
  }
  const types = new Set(modelSummaries.map((model) => model.inferenceTypesSupported.join()));
  for (const type of ["ON_DEMAND", "INFERENCE_PROFILE"]) assert.ok(types.has(type), type);
}

// ---- logging ----

const flags = (on) =>
  Object.fromEntries(
    ["text", "image", "embedding", "video", "audio"].map((of) => [`${of}DataDeliveryEnabled`, on]),
  );

// As a careful program does it: what is there is read, changed, and put as a whole.
async function testLogging(clients) {
  const get = async () =>
    (await clients.succeed("GetModelInvocationLoggingConfiguration", {})).loggingConfig;
  assert.equal(await get(), undefined);
  const first = { s3Config: { bucketName: "logs", keyPrefix: "a/" }, ...flags(true) };
  await clients.succeed("PutModelInvocationLoggingConfiguration", { loggingConfig: first });
  assert.deepEqual(await get(), first);
  const second = {
    ...(await get()),
    cloudWatchConfig: {
      logGroupName: "/bedrock",
      roleArn,
      largeDataDeliveryS3Config: { bucketName: "big" },
    },
    imageDataDeliveryEnabled: false,
  };
  await clients.succeed("PutModelInvocationLoggingConfiguration", { loggingConfig: second });
  assert.deepEqual(await get(), second);
  for (let i = 0; i < 2; i += 1)
    await clients.succeed("DeleteModelInvocationLoggingConfiguration", {});
  assert.equal(await get(), undefined);
}

// ---- refusals ----

const logging = (loggingConfig) => ["PutModelInvocationLoggingConfiguration", { loggingConfig }];
const cloudWatch = (cloudWatchConfig) => logging({ cloudWatchConfig });
const refusals = {
  ValidationException: [
    ["GetFoundationModel", { modelIdentifier: "no model" }],
    ["GetFoundationModel", { modelIdentifier: MODEL.replace("::", ":123456789012:") }],
    logging({ s3Config: { bucketName: "ab" } }),
    logging({ s3Config: { bucketName: "b".repeat(64) } }),
    logging({ s3Config: { bucketName: "logs", keyPrefix: "k".repeat(1025) } }),
    cloudWatch({ logGroupName: "g", roleArn: "logs" }),
    cloudWatch({ logGroupName: "g".repeat(513), roleArn }),
    ["ListInferenceProfiles", { maxResults: 0 }],
    ["ListInferenceProfiles", { maxResults: 1001 }],
    ["ListInferenceProfiles", { nextToken: "made up" }],
    ["ListInferenceProfiles", { nextToken: "0123" }],
    ["CreateInferenceProfile", creation("a", { tags: [{ key: "aws:team", value: "a" }] })],
  ],
  ResourceNotFoundException: [
    ["GetFoundationModel", { modelIdentifier: "amazon.nova-nothing-v1:0" }],
    ["GetFoundationModel", { modelIdentifier: MODEL.replace("us-east-1", "eu-west-1") }],
  ],
};

// ---- pages ----

async function testPages(clients) {
  const N = 5;
  const names = Array.from({ length: N }, (_, i) => `paged ${i}`);
  for (const name of names) await clients.succeed("CreateInferenceProfile", creation(name));
  for (let pageSize = 1; pageSize <= N + 1; pageSize += 1) {
    const pages = [];
    const config = { client: clients.control, pageSize };
    const input = { typeEquals: "APPLICATION" };
    for await (const page of paginateListInferenceProfiles(config, input))
      pages.push(page.inferenceProfileSummaries.map((profile) => profile.inferenceProfileName));
    assert.equal(pages.length, Math.ceil(N / pageSize));
    assert.ok(pages.every((page) => page.length <= pageSize));
    assert.deepEqual(pages.flat(), names);
  }
}

// ---- names and tokens ----

async function testTokens(clients) {
  const create = async (input) =>
    (await clients.succeed("CreateInferenceProfile", input)).inferenceProfileArn;
  const tags = [{ key: "team", value: "a" }];
  const once = creation("once", { clientRequestToken: "t-1", description: "d", tags });
  const arn = await create(once);
  assert.equal(await create(once), arn);
  for (const changed of [
    { ...once, tags: [] },
    { ...once, description: "e" },
    { ...once, inferenceProfileName: "twice" },
  ])
    await clients.fail("CreateInferenceProfile", changed, "ConflictException");
  assert.notEqual(await create({ ...once, clientRequestToken: "t-2" }), arn); // names may repeat
}

// ---- a rate ----

// Twice as many calls as a second takes, all at once: some are refused, none in the end.
async function testThrottling(build) {
  await Emulator.use(build, ["--rate", "8"], async (emulator) => {
    const client = new BedrockClient({
      endpoint: emulator.endpoint,
      credentials: KEYS,
      region: "us-east-1",
      maxAttempts: 10,
    });
    const calls = Array.from({ length: 12 }, (_, i) =>
      client.send(new CreateInferenceProfileCommand(creation(`many ${i}`))),
    );
    const arns = (await Promise.all(calls)).map((answer) => answer.inferenceProfileArn);
    client.destroy();
    assert.equal(new Set(arns).size, calls.length);
    const { operations, requests } = await emulator.bill();
    assert.ok(requests.reasons.ThrottlingException >= 1);
    const refused = requests.reasons.ThrottlingException;
    assert.equal(operations.CreateInferenceProfile, calls.length + refused);
  });
}

// ---- settling ----

async function testUnsettled(clients) {
  const tags = [{ key: "team", value: "a" }];
  const input = creation("new", { tags, clientRequestToken: "t" });
  const { inferenceProfileArn: arn } = await clients.succeed("CreateInferenceProfile", input);
  const listed = await clients.succeed("ListInferenceProfiles", { typeEquals: "APPLICATION" });
  assert.deepEqual(listed.inferenceProfileSummaries, []);
  const missing = "ResourceNotFoundException";
  await clients.fail("GetInferenceProfile", { inferenceProfileIdentifier: arn }, missing);
  await clients.fail("ListTagsForResource", { resourceARN: arn }, missing);
  await clients.succeed("TagResource", { resourceARN: arn, tags });
  const again = await clients.succeed("CreateInferenceProfile", input);
  assert.equal(again.inferenceProfileArn, arn);
}

// Sooner or later the tags are there, and never others.
async function testSettles(clients) {
  const { inferenceProfileArn: resourceARN } = await clients.succeed(
    "CreateInferenceProfile",
    creation("new", { tags: [{ key: "team", value: "a" }] }),
  );
  const read = async () => {
    const answer = await clients.control
      .send(new ListTagsForResourceCommand({ resourceARN }))
      .catch(({ name }) => ({ tags: name }));
    return answer.tags;
  };
  const seen = [await read()];
  while (!Array.isArray(seen.at(-1))) seen.push(await read());
  assert.ok(seen.slice(0, -1).every((name) => name === "ResourceNotFoundException"));
  assert.deepEqual(seen.at(-1), [{ key: "team", value: "a" }]);
}

export async function testControl(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const clients = emulator.clients();
    await tap.run("control: each model by id and ARN", () => testModels(clients));
    await tap.run("control: logging is read, changed, put", () => testLogging(clients));
    await tap.run("control: pages of every size", () => testPages(clients));
    await tap.run("control: tokens and names", () => testTokens(clients));
    for (const [error, cases] of Object.entries(refusals))
      for (const [name, input] of cases)
        await tap.run(`control: ${error}: ${name} ${JSON.stringify(input).slice(0, 90)}`, () =>
          clients.fail(name, input, error),
        );
  });
  await tap.run("control: what is throttled succeeds later", () => testThrottling(build));
  await Emulator.use(build, ["--settle", LONGEST_MS], (emulator) =>
    tap.run("control: not settled yet", () => testUnsettled(emulator.clients())),
  );
  await Emulator.use(build, ["--settle", "50"], (emulator) =>
    tap.run("control: settled in the end", () => testSettles(emulator.clients())),
  );
}
