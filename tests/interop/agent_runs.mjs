// Agents run in the emulator: what they spend, when they are refused, who may change them, and states
// that take their time.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { ACCOUNT, creation, FIELDS, inWorld, MODEL, TRUST, World } from "./agent_world.mjs";

async function testSpend(world) {
  const { agents: bedrock, profile, emulator } = world;
  await world.allow(profile, MODEL);
  const agentId = await world.makePrepared("running", { foundationModel: profile });
  const { agentAlias } = await bedrock.succeed("CreateAgentAlias", {
    agentId,
    agentAliasName: "live",
  });
  const { agentAliasId } = agentAlias;
  assert.ok((await world.ask(agentId, agentAliasId)).length > 0);
  await world.ask(agentId, "TSTALIASID");
  const bill = await emulator.bill();
  assert.equal(bill.profiles[profile].calls, 2); // the tags of the profile are charged
  assert.equal(bill.tags.team.invoices.calls, 2);

  // Back on the bare model, the alias still runs its version, on the profile.
  await bedrock.succeed("UpdateAgent", { agentId, ...creation("running", FIELDS) });
  await bedrock.succeed("PrepareAgent", { agentId });
  await world.ask(agentId, agentAliasId);
  await world.ask(agentId, "TSTALIASID");
  const later = await emulator.bill();
  assert.equal(later.profiles[profile].calls, 3);
  assert.equal(later.profiles[MODEL].calls, 1);
  // Where a ledger has to look, since no client of ours has made these calls.
  assert.equal(await world.metric("Invocations", profile), 3);
  const { inputTokens, outputTokens } = later.profiles[profile];
  assert.equal(await world.metric("InputTokenCount", profile), inputTokens);
  assert.equal(await world.metric("OutputTokenCount", profile), outputTokens);
  return { agentId, agentAliasId };
}

async function testPause(world, { agentId, agentAliasId }) {
  const { agents: bedrock } = world;
  const { agentAliasName, routingConfiguration } = await world.alias(agentId, agentAliasId);
  const set = (aliasInvocationState) =>
    bedrock.succeed("UpdateAgentAlias", {
      agentId,
      agentAliasId,
      agentAliasName,
      routingConfiguration,
      aliasInvocationState,
    });
  const asked = { agentId, agentAliasId, sessionId: "session-2", inputText: "Anybody?" };
  const before = (await world.emulator.bill()).totals.calls;
  await set("REJECT_INVOCATIONS");
  await world.runtime.fail("InvokeAgent", asked, "ValidationException", /paused/);
  assert.equal((await world.emulator.bill()).totals.calls, before);
  await set("ACCEPT_INVOCATIONS");
  await world.ask(agentId, agentAliasId);
}

async function testRefusedRun(world, { agentId, agentAliasId }) {
  await world.allow(MODEL);
  await assert.rejects(world.ask(agentId, agentAliasId), { name: "AccessDeniedException" });
  await world.allow(world.profile, MODEL);
  const ended = await world.runtime.send("InvokeAgent", {
    agentId,
    agentAliasId,
    sessionId: "session-3",
    endSession: true,
  });
  for await (const event of ended.completion) assert.fail(JSON.stringify(event));
  const nothing = { agentId, agentAliasId, sessionId: "session-3" };
  await world.runtime.fail("InvokeAgent", nothing, "ValidationException", /inputText/);
  const nobody = { ...nothing, agentId: "0123456789", inputText: "Hm?" };
  await world.runtime.fail("InvokeAgent", nobody, "ResourceNotFoundException");
}

/* ---- who may do it ---- */

const OPERATOR = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "secret" };
const statement = (Action, Resource, Condition) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});

// An operator's role needs leave for the agent, the alias, IAM, and for handing the agent its role.
async function testOperator(world) {
  const { emulator, iam } = world;
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/operator/somebody`;
  await emulator.identity("setup", {
    method: "POST",
    body: JSON.stringify({ keys: [{ ...OPERATOR, arn }] }),
  });
  await iam.succeed("CreateRole", { RoleName: "operator", AssumeRolePolicyDocument: TRUST });
  const agentId = await world.makePrepared("operated");
  const operator = new World(emulator, OPERATOR);
  const grant = (name, ...Statement) =>
    iam.succeed("PutRolePolicy", {
      RoleName: "operator",
      PolicyName: name,
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
  try {
    const { agents: bedrock } = operator;
    await bedrock.fail("GetAgent", { agentId }, "AccessDeniedException", /bedrock:GetAgent on/);
    await bedrock.fail("ListAgents", {}, "AccessDeniedException", /ListAgents on resource: \*/);
    await grant("agents", statement("bedrock:*Agent", "arn:aws:bedrock:*:*:agent/*"));
    await operator.agent(agentId);
    const update = { agentId, ...creation("operated", FIELDS) };
    await bedrock.fail("UpdateAgent", update, "AccessDeniedException", /iam:PassRole/);
    const toBedrock = { StringEquals: { "iam:PassedToService": "bedrock.amazonaws.com" } };
    await grant("pass", statement("iam:PassRole", "arn:aws:iam::*:role/service-role/*", toBedrock));
    await bedrock.succeed("UpdateAgent", update);
    await bedrock.succeed("PrepareAgent", { agentId });
    const alias = { agentId, agentAliasId: "TSTALIASID" };
    await bedrock.fail("GetAgentAlias", alias, "AccessDeniedException", /agent-alias\//);
    const asked = { ...alias, sessionId: "session-4", inputText: "Hm?" };
    await operator.runtime.fail("InvokeAgent", asked, "AccessDeniedException", /InvokeAgent/);
    await grant("run", statement("bedrock:InvokeAgent", "arn:aws:bedrock:*:*:agent-alias/*"));
    await operator.ask(agentId, "TSTALIASID");

    const role = { RoleName: "agents" };
    await operator.iam.refused("ListRolePolicies", role, "AccessDenied", /service-role\/agents/);
    await grant("roles", statement("iam:ListRolePolicies", "arn:aws:iam::*:role/service-role/*"));
    await operator.iam.succeed("ListRolePolicies", role);
  } finally {
    operator.destroy();
  }
}

/* ---- states that take their time ---- */

async function testSettling(world) {
  const { agents: bedrock } = world;
  const agentId = await world.makeAgent("slow", FIELDS);
  await bedrock.fail("PrepareAgent", { agentId }, "ConflictException", /CREATING/);
  assert.equal((await world.agent(agentId)).agentStatus, "CREATING");
  const later = async (read, busy) => {
    let status = await read();
    assert.equal(status, busy);
    while (status === busy) status = await read();
    return status;
  };
  const status = async () => (await world.agent(agentId)).agentStatus;
  assert.equal(await later(status, "CREATING"), "NOT_PREPARED");
  await bedrock.succeed("PrepareAgent", { agentId });
  assert.equal(await later(status, "PREPARING"), "PREPARED");
  const { agentAlias } = await bedrock.succeed("CreateAgentAlias", {
    agentId,
    agentAliasName: "live",
  });
  assert.deepEqual(agentAlias.routingConfiguration, [{}]);
  const { agentAliasId } = agentAlias;
  const aliasStatus = async () => (await world.alias(agentId, agentAliasId)).agentAliasStatus;
  assert.equal(await later(aliasStatus, "CREATING"), "PREPARED");
  assert.deepEqual((await world.alias(agentId, agentAliasId)).routingConfiguration, [
    { agentVersion: "1" },
  ]);
}

export async function testAgentRuns(tap, { build }) {
  await inWorld(build, [], async (world) => {
    let running;
    await tap.run("agents: what one spends", async () => (running = await testSpend(world)));
    await tap.run("agents: paused", () => testPause(world, running));
    await tap.run("agents: refused while running", () => testRefusedRun(world, running));
  });
  await inWorld(build, ["--identity"], (world) =>
    tap.run("agents: what an operator may do", () => testOperator(world)),
  );
  await inWorld(build, ["--settle", "300"], (world) =>
    tap.run("agents: states that take their time", () => testSettling(world)),
  );
}
