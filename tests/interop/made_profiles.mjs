// What `profiles` makes of a file, as AWS's client sees it: every profile, every member, every tag,
// and nothing else; and what AWS's client changes, as `profiles` sees it.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { paginateListInferenceProfiles } from "@aws-sdk/client-bedrock";
import { Emulator, KEYS } from "./emulator.mjs";

const run = promisify(execFile);
const REGION = "us-east-1";
const GEO = ["us-east-1", "us-east-2", "us-west-2"];
const WORKLOADS = ["support-bot", "news", "search 2"];
const SOURCES = ["anthropic.claude-3-haiku-20240307-v1:0", "us.amazon.nova-lite-v1:0"];

// Ten profiles: workloads, environments, both kinds of sources, tags on each level.
function declaration() {
  const workloads = {};
  for (const [n, name] of WORKLOADS.entries()) {
    const environments = {};
    for (const [k, environment] of ["dev", "staging", "prod"].entries())
      environments[environment] = {
        copyFrom: SOURCES[(n + k) % 2],
        ...(k === 0 ? { description: `${name}: to try. No ${n}` } : { tags: { tier: `t${k}` } }),
      };
    workloads[name] = { tags: { "owner-team": `team ${n}/a+b=c@d` }, environments };
  }
  workloads.small = {
    environments: { prod: { copyFrom: "amazon.nova-micro-v1:0", tags: { application: "news" } } },
  };
  return { region: REGION, tags: { "cost-center": "cc-410", empty: "" }, workloads };
}

const modelArns = (source) =>
  (source.startsWith("us.") ? GEO : [REGION]).map(
    (region) => `arn:aws:bedrock:${region}::foundation-model/${source.replace(/^us\./, "")}`,
  );

// What there has to be, worked out from the file without our program.
function expected(file) {
  const wanted = {};
  for (const [workload, { tags, environments }] of Object.entries(file.workloads))
    for (const [environment, declared] of Object.entries(environments))
      wanted[`${workload}-${environment}`] = {
        description: declared.description,
        models: modelArns(declared.copyFrom),
        tags: {
          application: workload,
          environment,
          ...file.tags,
          ...tags,
          ...declared.tags,
          "managed-by": "libbedrockcost",
        },
      };
  return wanted;
}

// What there is: the list, page by page, each profile again by itself, its tags.
async function seen(clients) {
  const there = {};
  const pages = paginateListInferenceProfiles(
    { client: clients.control, pageSize: 4 },
    { typeEquals: "APPLICATION" },
  );
  for await (const page of pages)
    for (const profile of page.inferenceProfileSummaries) {
      const arn = profile.inferenceProfileArn;
      const detail = await clients.succeed("GetInferenceProfile", { inferenceProfileIdentifier: arn });
      const { tags } = await clients.succeed("ListTagsForResource", { resourceARN: arn });
      assert.equal(detail.status, "ACTIVE");
      assert.equal(detail.type, "APPLICATION");
      assert.deepEqual(detail.models, profile.models);
      assert.equal(there[profile.inferenceProfileName], undefined, "a name comes twice");
      there[profile.inferenceProfileName] = {
        description: detail.description,
        models: detail.models.map(({ modelArn }) => modelArn),
        tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
      };
    }
  return there;
}

class World {
  constructor(build, emulator, folder) {
    Object.assign(this, { build, emulator, file: declaration(), clients: emulator.clients() });
    this.path = path.join(folder, "profiles.json");
  }

  async profiles(...words) {
    await writeFile(this.path, JSON.stringify(this.file));
    const env = {
      AWS_ENDPOINT_URL: this.emulator.endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      HOME: "/nonexistent",
    };
    const program = path.join(this.build, "examples/profiles/profiles");
    const ended = await run(program, ["--file", this.path, "--json", ...words], { env });
    return ended.stdout.trim().split("\n").map(JSON.parse);
  }

  async arn(name) {
    return (await this.profiles("show", name))[0].arn;
  }
}

async function testMade(world) {
  await world.profiles("apply", "--yes");
  assert.deepEqual(await seen(world.clients), expected(world.file));
}

async function testChangedTags(world) {
  world.file.tags = { "cost-center": "cc-411", Empty: "no more" };
  world.file.workloads.news.environments.dev.tags = { "owner-team": "other" };
  await world.profiles("apply", "--yes", "--prune-tags");
  assert.deepEqual(await seen(world.clients), expected(world.file));
}

async function testNewModel(world) {
  const before = await seen(world.clients);
  const declared = world.file.workloads["support-bot"].environments.prod;
  declared.copyFrom = SOURCES.find((source) => source !== declared.copyFrom);
  await world.profiles("apply", "--yes");
  const wanted = expected(world.file);
  const made = wanted["support-bot-prod"];
  assert.deepEqual(await seen(world.clients), { ...before, "support-bot-prod_2": made });
  await world.profiles("apply", "--yes", "--prune");
  const { "support-bot-prod": replaced, ...kept } = before;
  assert.notDeepEqual(replaced.models, made.models);
  assert.deepEqual(await seen(world.clients), { ...kept, "support-bot-prod_2": made });
}

// What AWS's client does behind our back is found, and put right.
async function testDrift(world) {
  const before = await seen(world.clients);
  const resourceARN = await world.arn("news-dev");
  await world.clients.succeed("TagResource", {
    resourceARN,
    tags: [
      { key: "owner-team", value: "nobody" },
      { key: "seen-by", value: "ada" },
    ],
  });
  await world.clients.succeed("UntagResource", { resourceARN, tagKeys: ["environment"] });
  await world.clients.succeed("DeleteInferenceProfile", {
    inferenceProfileIdentifier: await world.arn("small-prod"),
  });
  const { code, stdout } = await world.profiles("drift").then(assert.fail, (error) => error);
  const rows = stdout.trim().split("\n").map(JSON.parse);
  assert.equal(code, 1);
  assert.deepEqual(
    rows.filter(({ action }) => !["keep", undefined].includes(action)).map((row) => row.name),
    ["news-dev", "small-prod"],
  );
  await world.profiles("apply", "--yes", "--prune-tags");
  assert.deepEqual(await seen(world.clients), before);
}

async function testAdopted(world) {
  const before = await seen(world.clients);
  const { inferenceProfileArn } = await world.clients.succeed("CreateInferenceProfile", {
    inferenceProfileName: "by-hand-prod",
    modelSource: { copyFrom: modelArns("amazon.nova-micro-v1:0")[0] },
    tags: [{ key: "team", value: "x" }],
  });
  const rows = await world.profiles("import", "--yes", inferenceProfileArn);
  Object.assign(world.file.workloads, rows.at(-1).declaration.workloads);
  const adopted = { description: undefined, models: modelArns("amazon.nova-micro-v1:0") };
  adopted.tags = {
    team: "x",
    application: "by-hand",
    environment: "prod",
    "managed-by": "libbedrockcost",
  };
  assert.deepEqual(await seen(world.clients), { ...before, "by-hand-prod": adopted });
}

export async function testMadeProfiles(tap, { build }) {
  const tests = [testMade, testChangedTags, testNewModel, testDrift, testAdopted];
  const folder = await mkdtemp(path.join(tmpdir(), "profiles-"));
  try {
    await Emulator.use(build, ["--identity"], async (emulator) => {
      const world = new World(build, emulator, folder);
      for (const test of tests) await tap.run(`profiles: ${test.name}`, () => test(world));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
