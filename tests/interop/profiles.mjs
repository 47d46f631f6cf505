// AWS's client keeps inference profiles in the emulator: every operation, and what it refuses.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { paginateListInferenceProfiles } from "@aws-sdk/client-bedrock";
import { Emulator } from "./emulator.mjs";

const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const MODEL = `arn:aws:bedrock:us-east-1::foundation-model/${HAIKU}`;
const SYSTEM_PROFILE = `us.${HAIKU}`;
const NOWHERE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/000000000000";
const TAGS = [
  { key: "team", value: "search" },
  { key: "cost-center", value: "" },
];

const creation = (name, more) => ({
  inferenceProfileName: name,
  modelSource: { copyFrom: MODEL },
  ...more,
});

const byKey = (tags) => [...tags].sort((a, b) => (a.key < b.key ? -1 : 1));

async function create(clients, name, more) {
  const created = await clients.succeed("CreateInferenceProfile", creation(name, more));
  return created.inferenceProfileArn;
}

async function testCreateAndGet(clients) {
  const before = Date.now();
  const description = "Search and rank: team 7";
  const arn = await create(clients, "search one", { description, tags: TAGS });
  const id = arn.split("/")[1];
  for (const inferenceProfileIdentifier of [arn, id]) {
    const detail = await clients.succeed("GetInferenceProfile", { inferenceProfileIdentifier });
    const { createdAt, updatedAt, ...rest } = detail;
    assert.deepEqual(rest, {
      inferenceProfileName: "search one",
      description,
      inferenceProfileArn: arn,
      inferenceProfileId: id,
      models: [{ modelArn: MODEL }],
      status: "ACTIVE",
      type: "APPLICATION",
    });
    assert.ok(Math.abs(createdAt - before) < 60_000 && updatedAt >= createdAt);
  }
  await clients.succeed("DeleteInferenceProfile", { inferenceProfileIdentifier: id });
}

async function testSystemProfile(clients) {
  const identifier = { inferenceProfileIdentifier: SYSTEM_PROFILE };
  const system = await clients.succeed("GetInferenceProfile", identifier);
  assert.equal(system.type, "SYSTEM_DEFINED");
  const modelSource = { copyFrom: system.inferenceProfileArn };
  const arn = await create(clients, "from a system profile", { modelSource });
  const copy = await clients.succeed("GetInferenceProfile", { inferenceProfileIdentifier: arn });
  assert.deepEqual(copy.models, system.models);
  await clients.fail("DeleteInferenceProfile", identifier, "ValidationException");
  await clients.succeed("DeleteInferenceProfile", { inferenceProfileIdentifier: arn });
}

async function testRepeatedCreation(clients) {
  const clientRequestToken = "token-1";
  const arn = await create(clients, "once", { clientRequestToken });
  assert.equal(await create(clients, "once", { clientRequestToken }), arn);
  const other = creation("twice", { clientRequestToken });
  await clients.fail("CreateInferenceProfile", other, "ConflictException");
  await clients.succeed("DeleteInferenceProfile", { inferenceProfileIdentifier: arn });
}

async function list(clients, input, pageSize) {
  const paginator = paginateListInferenceProfiles({ client: clients.control, pageSize }, input);
  const pages = [];
  for await (const page of paginator) pages.push(page.inferenceProfileSummaries);
  return pages;
}

async function testListing(clients) {
  const arns = [];
  for (let i = 0; i < 7; i += 1) arns.push(await create(clients, `listed ${i}`));

  const pages = await list(clients, { typeEquals: "APPLICATION" }, 3);
  assert.deepEqual(
    pages.map((page) => page.length),
    [3, 3, 1],
  );
  assert.deepEqual(
    pages
      .flat()
      .map((profile) => profile.inferenceProfileArn)
      .sort(),
    [...arns].sort(),
  );
  const system = (await list(clients, { typeEquals: "SYSTEM_DEFINED" }, 2)).flat();
  assert.ok(system.length > 0 && system.every(({ type }) => type === "SYSTEM_DEFINED"));
  assert.deepEqual((await list(clients, {}, 2)).flat(), system); // AWS's own, unless asked

  await clients.succeed("ListInferenceProfiles", {});
  await clients.succeed("ListInferenceProfiles", { maxResults: 1, typeEquals: "APPLICATION" });
  for (const inferenceProfileIdentifier of arns)
    await clients.succeed("DeleteInferenceProfile", { inferenceProfileIdentifier });
  assert.deepEqual((await list(clients, { typeEquals: "APPLICATION" }, 3)).flat(), []);
}

async function testTags(clients) {
  const resourceARN = await create(clients, "tagged", { tags: TAGS });
  const tags = async () => (await clients.succeed("ListTagsForResource", { resourceARN })).tags;
  assert.deepEqual(byKey(await tags()), byKey(TAGS));

  const more = [
    { key: "team", value: "ranking" },
    { key: "aws.like/key:=+@_ -", value: "a value with every sign ._:/=+@-" },
  ];
  await clients.succeed("TagResource", { resourceARN, tags: more });
  assert.deepEqual(byKey(await tags()), byKey([TAGS[1], ...more]));
  await clients.succeed("UntagResource", { resourceARN, tagKeys: ["team", "never there"] });
  assert.deepEqual(byKey(await tags()), byKey([TAGS[1], more[1]]));
  await clients.succeed("DeleteInferenceProfile", { inferenceProfileIdentifier: resourceARN });
  await clients.fail("ListTagsForResource", { resourceARN }, "ResourceNotFoundException");
}

const manyTags = (n) => Array.from({ length: n }, (_, i) => ({ key: `key-${i}`, value: "v" }));

async function testTagLimits(clients) {
  const resourceARN = await create(clients, "full", { tags: manyTags(50) });
  const tags = [{ key: "one-more", value: "" }];
  const error = await clients.fail("TagResource", { resourceARN, tags }, "TooManyTagsException");
  assert.equal(error.resourceName, resourceARN);
  const crowded = creation("crowded", { tags: manyTags(51) });
  await clients.fail("CreateInferenceProfile", crowded, "TooManyTagsException");
  await clients.succeed("DeleteInferenceProfile", { inferenceProfileIdentifier: resourceARN });
}

const twice = [TAGS[0], TAGS[0]];
const identifier = (value) => ({ inferenceProfileIdentifier: value });
const refusals = {
  ValidationException: [
    ["CreateInferenceProfile", creation("two  blanks")],
    ["CreateInferenceProfile", creation("x".repeat(65))],
    ["CreateInferenceProfile", creation("a", { description: "not /allowed" })],
    ["CreateInferenceProfile", creation("a", { modelSource: { copyFrom: HAIKU } })],
    ["CreateInferenceProfile", creation("a", { tags: [{ key: "", value: "" }] })],
    ["CreateInferenceProfile", creation("a", { tags: [{ key: "bad!", value: "" }] })],
    ["CreateInferenceProfile", creation("a", { tags: [{ key: "aws:own", value: "" }] })],
    ["CreateInferenceProfile", creation("a", { tags: twice })],
    ["CreateInferenceProfile", creation("a", { clientRequestToken: "-bad" })],
    ["GetInferenceProfile", identifier("not an id")],
    ["DeleteInferenceProfile", identifier("a/b")],
    ["ListInferenceProfiles", { maxResults: 0 }],
    ["ListInferenceProfiles", { maxResults: 1001 }],
    ["ListInferenceProfiles", { typeEquals: "OTHER" }],
    ["ListInferenceProfiles", { nextToken: "not one of ours" }],
    ["TagResource", { resourceARN: NOWHERE, tags: [{ key: "k".repeat(129), value: "" }] }],
    ["TagResource", { resourceARN: NOWHERE, tags: [{ key: "k", value: "v".repeat(257) }] }],
    ["TagResource", { resourceARN: "too short", tags: TAGS }],
    ["UntagResource", { resourceARN: NOWHERE, tagKeys: [""] }],
    ["ListTagsForResource", { resourceARN: "arn:aws:s3:::a-bucket-of-mine" }],
  ],
  ResourceNotFoundException: [
    [
      "CreateInferenceProfile",
      creation("a", { modelSource: { copyFrom: MODEL.replace("us-east-1", "eu-west-1") } }),
    ],
    ["GetInferenceProfile", identifier(NOWHERE)],
    ["GetInferenceProfile", identifier("000000000000")],
    ["DeleteInferenceProfile", identifier(NOWHERE)],
    ["TagResource", { resourceARN: NOWHERE, tags: TAGS }],
    ["UntagResource", { resourceARN: NOWHERE, tagKeys: ["team"] }],
    ["ListTagsForResource", { resourceARN: NOWHERE }],
  ],
};

export async function testProfiles(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const clients = emulator.clients();
    await tap.run("create, then get by ARN and by id", () => testCreateAndGet(clients));
    await tap.run("a copy of a system-defined profile", () => testSystemProfile(clients));
    await tap.run("creating again with the same token", () => testRepeatedCreation(clients));
    await tap.run("list: pages and types", () => testListing(clients));
    await tap.run("tag, untag, list tags", () => testTags(clients));
    await tap.run("at most 50 tags", () => testTagLimits(clients));
    for (const [error, cases] of Object.entries(refusals))
      for (const [name, input] of cases)
        await tap.run(`${error}: ${name} ${JSON.stringify(input).slice(0, 90)}`, () =>
          clients.fail(name, input, error),
        );
  });
}
