// AWS's client builds agents in the emulator: every operation, its errors, its pages.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as agents from "@aws-sdk/client-bedrock-agent";
import { ACCOUNT, creation, FIELDS, INSTRUCTION, inWorld, MODEL, ROLE } from "./agent_world.mjs";

async function testDraft(world) {
  const { agents: bedrock } = world;
  const { agent } = await bedrock.succeed("CreateAgent", creation("draft", FIELDS));
  assert.equal(agent.agentStatus, "CREATING");
  const { agentId } = agent;
  const got = await world.agent(agentId);
  assert.equal(got.agentStatus, "NOT_PREPARED");
  for (const [name, value] of Object.entries(FIELDS))
    if (name !== "promptOverrideConfiguration") assert.deepEqual(got[name], value, name);
  const prompts = got.promptOverrideConfiguration.promptConfigurations;
  assert.deepEqual(
    prompts.find(({ promptType }) => promptType === "ORCHESTRATION"),
    FIELDS.promptOverrideConfiguration.promptConfigurations[0],
  );
  // AWS's own prompts are shown, and must not be sent back as they are.
  const own = prompts.filter(({ promptCreationMode }) => promptCreationMode === "DEFAULT");
  assert.ok(own.length === 3 && own.every(({ basePromptTemplate }) => basePromptTemplate));
  const { promptOverrideConfiguration } = got;
  const update = { agentId, ...creation("draft"), instruction: INSTRUCTION };
  await bedrock.fail(
    "UpdateAgent",
    { ...update, promptOverrideConfiguration },
    "ValidationException",
    /DEFAULT/,
  );

  // What is not sent is gone.
  await bedrock.succeed("UpdateAgent", update);
  const bare = await world.agent(agentId);
  for (const name of ["description", "guardrailConfiguration", "memoryConfiguration"])
    assert.equal(bare[name], undefined, name);
  assert.equal(bare.agentCollaboration, "DISABLED");
  assert.equal(bare.idleSessionTTLInSeconds, 600);
  const prepared = await bedrock.succeed("PrepareAgent", { agentId });
  assert.equal(prepared.agentStatus, "PREPARING");
  assert.equal((await world.agent(agentId)).agentStatus, "PREPARED");
  await bedrock.succeed("DeleteAgent", { agentId });
  await bedrock.fail("GetAgent", { agentId }, "ResourceNotFoundException");
}

async function testRepeatedCreation({ agents: bedrock }) {
  const clientToken = "a".repeat(33);
  const first = await bedrock.succeed("CreateAgent", creation("token", { clientToken }));
  const again = await bedrock.succeed("CreateAgent", creation("token", { clientToken }));
  assert.equal(again.agent.agentId, first.agent.agentId);
  await bedrock.fail("CreateAgent", creation("token"), "ConflictException");
  await bedrock.succeed("DeleteAgent", { agentId: first.agent.agentId });
}

// AWS looks at the role when an agent is put onto a profile; of a bare model it does not ask.
async function testRole(world) {
  const { agents: bedrock, profile } = world;
  await world.allow(MODEL);
  const agentId = await world.makeAgent("role", FIELDS);
  const update = { agentId, ...creation("role", FIELDS), foundationModel: profile };
  const refused = () =>
    bedrock.fail("UpdateAgent", update, "AccessDeniedException", /Ensure Agent role has valid/);
  await refused();
  await world.allow(profile); // the profile alone is not enough
  await refused();
  await world.allow(profile, MODEL);
  await bedrock.succeed("UpdateAgent", update);
  assert.equal((await world.agent(agentId)).foundationModel, profile);
  const nobody = { ...update, agentResourceRoleArn: ROLE.replace("agents", "nobody") };
  await bedrock.fail("UpdateAgent", nobody, "ValidationException", /nobody/);
  const nothing = { ...update, foundationModel: profile.replace(/.{6}$/, "zzzzzz") };
  await bedrock.fail("UpdateAgent", nothing, "ValidationException", /identifier/);
  await bedrock.succeed("DeleteAgent", { agentId });
}

async function testVersionsAndAliases(world) {
  const { agents: bedrock } = world;
  const agentId = await world.makePrepared("versions");
  const made = await bedrock.succeed("CreateAgentAlias", {
    agentId,
    agentAliasName: "live",
    description: "what customers use",
    tags: { team: "invoices" },
  });
  assert.equal(made.agentAlias.agentAliasStatus, "CREATING");
  const { agentAliasId, agentAliasArn } = made.agentAlias;
  const name = { agentId, agentAliasId, agentAliasName: "live" };
  assert.deepEqual((await world.alias(agentId, agentAliasId)).routingConfiguration, [
    { agentVersion: "1" },
  ]);
  const { agentVersion } = await bedrock.succeed("GetAgentVersion", { agentId, agentVersion: "1" });
  assert.equal(agentVersion.instruction, INSTRUCTION);
  assert.deepEqual((await bedrock.succeed("ListTagsForResource", { resourceArn: agentAliasArn })).tags, {
    team: "invoices",
  });

  // An update without a routing makes a version, and keeps the alias's state.
  await bedrock.succeed("UpdateAgentAlias", { ...name, aliasInvocationState: "REJECT_INVOCATIONS" });
  const moved = await world.alias(agentId, agentAliasId);
  assert.deepEqual(moved.routingConfiguration, [{ agentVersion: "2" }]);
  assert.equal(moved.description, undefined);
  assert.equal(moved.agentAliasHistoryEvents.length, 2);
  assert.equal(moved.aliasInvocationState, "REJECT_INVOCATIONS");
  const back = [{ agentVersion: "1" }];
  await bedrock.succeed("UpdateAgentAlias", { ...name, routingConfiguration: back });
  const returned = await world.alias(agentId, agentAliasId);
  assert.deepEqual(returned.routingConfiguration, back);
  assert.equal(returned.aliasInvocationState, "REJECT_INVOCATIONS");

  const draft = { ...name, routingConfiguration: [{ agentVersion: "DRAFT" }] };
  await bedrock.fail("UpdateAgentAlias", draft, "ValidationException", /DRAFT/);
  const none = { ...name, routingConfiguration: [{ agentVersion: "9" }] };
  await bedrock.fail("UpdateAgentAlias", none, "ResourceNotFoundException");
  await bedrock.fail("DeleteAgentVersion", { agentId, agentVersion: "1" }, "ConflictException");
  await bedrock.succeed("DeleteAgentVersion", { agentId, agentVersion: "2" });
  await bedrock.fail("DeleteAgent", { agentId }, "ConflictException", /aliases/);
  await bedrock.succeed("DeleteAgentAlias", { agentId, agentAliasId });
  await bedrock.succeed("DeleteAgentVersion", {
    agentId,
    agentVersion: "1",
    skipResourceInUseCheck: true,
  });
  await bedrock.succeed("DeleteAgent", { agentId, skipResourceInUseCheck: true });
}

// A change of the draft reaches an alias with a new version only, and that needs a preparation.
async function testNotPrepared(world) {
  const { agents: bedrock } = world;
  const agentId = await world.makePrepared("unprepared");
  await bedrock.succeed("UpdateAgent", { agentId, ...creation("unprepared", FIELDS) });
  const alias = { agentId, agentAliasName: "early" };
  await bedrock.fail("CreateAgentAlias", alias, "ValidationException", /Prepare it first/);
  const empty = await world.makeAgent("empty");
  await bedrock.fail("PrepareAgent", { agentId: empty }, "ValidationException", /instruction/);
  for (const id of [agentId, empty]) await bedrock.succeed("DeleteAgent", { agentId: id });
}

async function testQuotas(world) {
  const { agents: bedrock } = world;
  const agentId = await world.makePrepared("quota");
  for (let i = 0; i < 10; i += 1)
    await bedrock.succeed("CreateAgentAlias", { agentId, agentAliasName: `alias-${i}` });
  const more = { agentId, agentAliasName: "one-more" };
  await bedrock.fail("CreateAgentAlias", more, "ServiceQuotaExceededException");
  const pages = [];
  for await (const page of agents.paginateListAgentAliases({ client: bedrock.aws }, { agentId }))
    pages.push(page.agentAliasSummaries.length);
  assert.deepEqual(pages, [10, 1]); // with the test alias
  const versions = await bedrock.succeed("ListAgentVersions", { agentId, maxResults: 4 });
  assert.deepEqual(
    versions.agentVersionSummaries.map(({ agentVersion }) => agentVersion),
    ["1", "2", "3", "4"],
  );
  const { agentAliasSummaries } = await bedrock.succeed("ListAgentAliases", { agentId });
  const { agentAliasId, agentAliasName } = agentAliasSummaries[0];
  const update = { agentId, agentAliasId, agentAliasName };
  await bedrock.fail("UpdateAgentAlias", update, "ServiceQuotaExceededException", /10 versions/);
  await bedrock.succeed("DeleteAgent", { agentId, skipResourceInUseCheck: true });
}

async function testList(world) {
  const { agents: bedrock } = world;
  const ids = [];
  for (let i = 0; i < 5; i += 1) ids.push(await world.makeAgent(`listed-${i}`));
  const listed = [];
  const config = { client: bedrock.aws, pageSize: 2 };
  for await (const page of agents.paginateListAgents(config, {}))
    listed.push(...page.agentSummaries.map(({ agentId }) => agentId));
  assert.deepEqual(listed, [...ids].sort());
  await bedrock.succeed("ListAgents");
  for (const agentId of ids) await bedrock.succeed("DeleteAgent", { agentId });
}

async function testTags(world) {
  const { agents: bedrock } = world;
  const agentId = await world.makeAgent("tagged", { tags: { team: "a" } });
  const resourceArn = (await world.agent(agentId)).agentArn;
  await bedrock.succeed("TagResource", { resourceArn, tags: { team: "b", env: "prod" } });
  await bedrock.succeed("UntagResource", { resourceArn, tagKeys: ["env", "never"] });
  const { tags } = await bedrock.succeed("ListTagsForResource", { resourceArn });
  assert.deepEqual(tags, { team: "b" });
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "v"]));
  await bedrock.fail("TagResource", { resourceArn, tags: many }, "ServiceQuotaExceededException");
  await bedrock.succeed("DeleteAgent", { agentId });
  await bedrock.fail("ListTagsForResource", { resourceArn }, "ResourceNotFoundException");
}

async function testActionGroups(world) {
  const { agents: bedrock } = world;
  const agentId = await world.makePrepared("groups");
  const draft = { agentId, agentVersion: "DRAFT" };
  const group = {
    ...draft,
    actionGroupName: "search",
    actionGroupExecutor: { customControl: "RETURN_CONTROL" },
    functionSchema: { functions: [{ name: "find", parameters: {} }] },
  };
  const { agentActionGroup } = await bedrock.succeed("CreateAgentActionGroup", group);
  const { actionGroupId } = agentActionGroup;
  await bedrock.fail("CreateAgentActionGroup", group, "ConflictException");
  assert.equal((await world.agent(agentId)).agentStatus, "NOT_PREPARED");
  // No update of the agent touches them, and a version has its own.
  await bedrock.succeed("UpdateAgent", { agentId, ...creation("groups", FIELDS) });
  await bedrock.succeed("PrepareAgent", { agentId });
  await bedrock.succeed("CreateAgentAlias", { agentId, agentAliasName: "live" });
  await bedrock.succeed("UpdateAgentActionGroup", {
    ...group,
    actionGroupId,
    actionGroupState: "DISABLED",
  });
  const listed = async (agentVersion) => {
    const answer = await bedrock.succeed("ListAgentActionGroups", { agentId, agentVersion });
    return answer.actionGroupSummaries.map(({ actionGroupState }) => actionGroupState);
  };
  assert.deepEqual([await listed("1"), await listed("DRAFT")], [["ENABLED"], ["DISABLED"]]);
  await bedrock.succeed("GetAgentActionGroup", { ...draft, actionGroupId });
  await bedrock.succeed("DeleteAgentActionGroup", { ...draft, actionGroupId });
  await bedrock.fail(
    "GetAgentActionGroup",
    { ...draft, actionGroupId },
    "ResourceNotFoundException",
  );
  await bedrock.succeed("DeleteAgent", { agentId, skipResourceInUseCheck: true });
}

const ID = "0123456789";
const ALIAS = { agentId: ID, agentAliasId: ID };
const refusals = {
  ValidationException: [
    ["CreateAgent", creation("two--dashes")],
    ["CreateAgent", creation("a", { instruction: "too short" })],
    ["CreateAgent", creation("a", { instruction: "x".repeat(4001) })],
    ["CreateAgent", creation("a", { idleSessionTTLInSeconds: 59 })],
    ["CreateAgent", creation("a", { agentResourceRoleArn: "arn:aws:iam::1:user/a" })],
    ["CreateAgent", creation("a", { clientToken: "short" })],
    ["GetAgent", { agentId: "short" }],
    ["ListAgents", { nextToken: "none-of-ours" }],
    ["GetAgentVersion", { agentId: ID, agentVersion: "DRAFT" }],
    ["UpdateAgentAlias", { ...ALIAS, agentAliasName: "a", aliasInvocationState: "OTHER" }],
  ],
  ResourceNotFoundException: [
    ["GetAgent", { agentId: ID }],
    ["UpdateAgent", { agentId: ID, ...creation("a") }],
    ["PrepareAgent", { agentId: ID }],
    ["DeleteAgent", { agentId: ID }],
    ["ListAgentVersions", { agentId: ID }],
    ["GetAgentVersion", { agentId: ID, agentVersion: "1" }],
    ["DeleteAgentVersion", { agentId: ID, agentVersion: "1" }],
    ["CreateAgentAlias", { agentId: ID, agentAliasName: "a" }],
    ["GetAgentAlias", ALIAS],
    ["ListAgentAliases", { agentId: ID }],
    ["UpdateAgentAlias", { ...ALIAS, agentAliasName: "a" }],
    ["DeleteAgentAlias", ALIAS],
    ["ListAgentActionGroups", { agentId: ID, agentVersion: "DRAFT" }],
    [
      "TagResource",
      { resourceArn: `arn:aws:bedrock:us-east-1:${ACCOUNT}:agent/${ID}`, tags: { a: "b" } },
    ],
  ],
};

const OPERATIONS = [
  ...["CreateAgent", "GetAgent", "ListAgents", "UpdateAgent", "PrepareAgent", "DeleteAgent"],
  ...["CreateAgentAlias", "GetAgentAlias", "ListAgentAliases", "UpdateAgentAlias"],
  ...["DeleteAgentAlias", "ListAgentVersions", "GetAgentVersion", "DeleteAgentVersion"],
  ...["TagResource", "UntagResource", "ListTagsForResource"],
  ...["CreateAgentActionGroup", "GetAgentActionGroup", "ListAgentActionGroups"],
  ...["UpdateAgentActionGroup", "DeleteAgentActionGroup"],
];

export async function testAgents(tap, { build }) {
  await inWorld(build, [], async (world) => {
    const run = (name, test) => tap.run(`agents: ${name}`, () => test(world));
    await run("a draft, updated and prepared", testDraft);
    await run("creating again with the same token", testRepeatedCreation);
    await run("the role's permissions", testRole);
    await run("versions and aliases", testVersionsAndAliases);
    await run("not prepared", testNotPrepared);
    await run("quotas and pages", testQuotas);
    await run("list", testList);
    await run("tags", testTags);
    await run("action groups", testActionGroups);
    await run("every operation", ({ agents: bedrock }) => bedrock.sawAll(...OPERATIONS));
    for (const [error, cases] of Object.entries(refusals))
      for (const [name, input] of cases)
        await tap.run(`agents: ${error}: ${name}`, () => world.agents.fail(name, input, error));
  });
}
