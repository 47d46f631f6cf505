// AWS's client keeps roles and policies in the emulator: every operation, its errors, its pages.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as module from "@aws-sdk/client-iam";
import { Client } from "./client.mjs";
import { Emulator } from "./emulator.mjs";

const ACCOUNT = "123456789012";
const PROFILE = `arn:aws:bedrock:us-east-1:${ACCOUNT}:application-inference-profile/abcdefghijkl`;
const NO_POLICY = `arn:aws:iam::${ACCOUNT}:policy/none`;

const document = (...statements) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 1);
const ALLOW = { Effect: "Allow", Action: "bedrock:InvokeModel", Resource: PROFILE };
const TRUST = document({
  Effect: "Allow",
  Principal: { Service: "bedrock.amazonaws.com" },
  Action: "sts:AssumeRole",
});
const POLICY = document(ALLOW);
const role = (RoleName, more) => ({ RoleName, AssumeRolePolicyDocument: TRUST, ...more });
const inline = (RoleName, PolicyName, PolicyDocument = POLICY) => ({
  RoleName,
  PolicyName,
  PolicyDocument,
});

async function testRoles(iam) {
  const made = await iam.succeed("CreateRole", {
    ...role("agent"),
    Path: "/service-role/",
    Description: "what the agent is",
    MaxSessionDuration: 7200,
    Tags: [{ Key: "team", Value: "search" }],
  });
  assert.equal(made.Role.Arn, `arn:aws:iam::${ACCOUNT}:role/service-role/agent`);
  assert.match(made.Role.RoleId, /^AROA[A-Z2-7]{17}$/);

  const { Role } = await iam.succeed("GetRole", { RoleName: "agent" });
  const { RoleLastUsed, ...rest } = Role;
  assert.deepEqual(rest, made.Role);
  assert.equal(decodeURIComponent(Role.AssumeRolePolicyDocument), TRUST);
  assert.ok(!Role.AssumeRolePolicyDocument.includes("{"));
  await iam.succeed("CreateRole", role("plain"));
  const listed = await iam.succeed("ListRoles", { PathPrefix: "/service-role/" });
  assert.deepEqual(
    listed.Roles.map(({ RoleName, Tags }) => [RoleName, Tags]),
    [["agent", undefined]],
  );
  await iam.fail("CreateRole", role("AGENT"), "EntityAlreadyExistsException");
  await iam.succeed("DeleteRole", { RoleName: "plain" });
  await iam.fail("GetRole", { RoleName: "plain" }, "NoSuchEntityException", /plain/);
}

async function testInlinePolicies(iam) {
  await iam.succeed("PutRolePolicy", inline("agent", "profile"));
  const got = await iam.succeed("GetRolePolicy", { RoleName: "agent", PolicyName: "profile" });
  assert.equal(decodeURIComponent(got.PolicyDocument), POLICY);
  const other = document({ ...ALLOW, Resource: "*" });
  await iam.succeed("PutRolePolicy", inline("agent", "profile", other));
  const again = await iam.succeed("GetRolePolicy", { RoleName: "agent", PolicyName: "profile" });
  assert.equal(decodeURIComponent(again.PolicyDocument), other);
  const names = await iam.succeed("ListRolePolicies", { RoleName: "agent" });
  assert.deepEqual(names.PolicyNames, ["profile"]);
  assert.equal(names.IsTruncated, false);
  await iam.fail("DeleteRole", { RoleName: "agent" }, "DeleteConflictException");
  const name = { RoleName: "agent", PolicyName: "profile" };
  await iam.succeed("DeleteRolePolicy", name);
  await iam.fail("DeleteRolePolicy", name, "NoSuchEntityException");
}

async function testManagedPolicies(iam) {
  const { Policy } = await iam.succeed("CreatePolicy", {
    PolicyName: "use",
    Path: "/teams/",
    PolicyDocument: POLICY,
    Description: "how the team calls models",
  });
  const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/teams/use`;
  assert.equal(Policy.Arn, PolicyArn);
  const attachment = { RoleName: "agent", PolicyArn };
  await iam.succeed("AttachRolePolicy", attachment);
  await iam.succeed("AttachRolePolicy", attachment); // nothing happens
  const got = await iam.succeed("GetPolicy", { PolicyArn });
  assert.equal(got.Policy.AttachmentCount, 1);
  const version = await iam.succeed("GetPolicyVersion", { PolicyArn, VersionId: "v1" });
  assert.equal(decodeURIComponent(version.PolicyVersion.Document), POLICY);
  const attached = await iam.succeed("ListAttachedRolePolicies", { RoleName: "agent" });
  assert.deepEqual(attached.AttachedPolicies, [{ PolicyName: "use", PolicyArn }]);
  const listed = await iam.succeed("ListPolicies", { Scope: "Local", OnlyAttached: true });
  assert.deepEqual(
    listed.Policies.map(({ Arn }) => Arn),
    [PolicyArn],
  );
  await iam.fail("DeletePolicy", { PolicyArn }, "DeleteConflictException");
  await iam.succeed("DetachRolePolicy", attachment);
  await iam.fail("DetachRolePolicy", attachment, "NoSuchEntityException");
  await iam.succeed("DeletePolicy", { PolicyArn });
  await iam.fail("GetPolicy", { PolicyArn }, "NoSuchEntityException");
}

async function testPages(iam) {
  const names = Array.from({ length: 7 }, (_, i) => `page-${i}`);
  for (const name of names) {
    await iam.succeed("CreateRole", role(name, { Path: "/pages/" }));
    await iam.succeed("PutRolePolicy", inline("page-0", name));
  }
  const paginate = async (paginator, member) => {
    const pages = [];
    for await (const page of paginator) pages.push(page[member]);
    return pages;
  };
  const config = { client: iam.aws, pageSize: 3 };
  const roles = await paginate(
    module.paginateListRoles(config, { PathPrefix: "/pages/" }),
    "Roles",
  );
  assert.deepEqual(
    roles.map((page) => page.map(({ RoleName }) => RoleName)),
    [names.slice(0, 3), names.slice(3, 6), names.slice(6)],
  );
  const policies = await paginate(
    module.paginateListRolePolicies(config, { RoleName: "page-0" }),
    "PolicyNames",
  );
  assert.deepEqual(policies.flat(), names);
  await iam.refused("ListRoles", { Marker: "x" }, "ValidationError", /Marker/);
}

async function testLimits(iam) {
  await iam.succeed("CreateRole", role("full"));
  const wide = (n) =>
    document({ ...ALLOW, Resource: Array.from({ length: n }, (_, i) => `${PROFILE}${i}`) });
  await iam.succeed("PutRolePolicy", inline("full", "one", wide(60)));
  const second = inline("full", "two", wide(60));
  await iam.fail("PutRolePolicy", second, "LimitExceededException", /10240/);
  const large = { PolicyName: "large", PolicyDocument: wide(80) };
  await iam.fail("CreatePolicy", large, "LimitExceededException", /6144/);
  for (let i = 0; i < 11; i += 1) {
    const { Policy } = await iam.succeed("CreatePolicy", {
      PolicyName: `attached-${i}`,
      PolicyDocument: POLICY,
    });
    const attachment = { RoleName: "full", PolicyArn: Policy.Arn };
    if (i < 10) await iam.succeed("AttachRolePolicy", attachment);
    else await iam.fail("AttachRolePolicy", attachment, "LimitExceededException", /10/);
  }
}

const decisions = ({ EvaluationResults }) =>
  EvaluationResults.map((one) => [one.EvalActionName, one.EvalResourceName, one.EvalDecision]);

async function testSimulations(iam) {
  const condition = { StringLike: { "bedrock:InferenceProfileArn": PROFILE } };
  const model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
  const viaProfile = document(ALLOW, { ...ALLOW, Resource: model, Condition: condition });
  await iam.succeed("CreateRole", role("simulated"));
  await iam.succeed("PutRolePolicy", inline("simulated", "use", viaProfile));
  const asked = {
    PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/simulated`,
    ActionNames: ["bedrock:InvokeModel", "bedrock:GetInferenceProfile"],
    ResourceArns: [PROFILE, model],
  };
  const raw = await iam.succeed("SimulatePrincipalPolicy", asked);
  assert.deepEqual(decisions(raw), [
    ["bedrock:InvokeModel", PROFILE, "allowed"],
    ["bedrock:InvokeModel", model, "implicitDeny"],
    ["bedrock:GetInferenceProfile", PROFILE, "implicitDeny"],
    ["bedrock:GetInferenceProfile", model, "implicitDeny"],
  ]);
  const [own] = raw.EvaluationResults;
  assert.deepEqual(own.MissingContextValues, ["bedrock:InferenceProfileArn"]);
  assert.equal(own.MatchedStatements[0].SourcePolicyId, "use");
  const ContextEntries = [
    {
      ContextKeyName: "bedrock:InferenceProfileArn",
      ContextKeyValues: [PROFILE],
      ContextKeyType: "string",
    },
  ];
  const through = await iam.succeed("SimulatePrincipalPolicy", { ...asked, ContextEntries });
  assert.equal(through.EvaluationResults[1].EvalDecision, "allowed");
  const page = await iam.succeed("SimulatePrincipalPolicy", { ...asked, MaxItems: 3 });
  assert.equal(page.IsTruncated, true);
  const rest = await iam.succeed("SimulatePrincipalPolicy", { ...asked, Marker: page.Marker });
  assert.equal(rest.EvaluationResults.length, 1);

  const custom = await iam.succeed("SimulateCustomPolicy", {
    PolicyInputList: [viaProfile, document({ Effect: "Deny", Action: "*", Resource: model })],
    ActionNames: ["bedrock:InvokeModel"],
    ResourceArns: [PROFILE, model],
    ContextEntries,
  });
  assert.deepEqual(
    custom.EvaluationResults.map((one) => one.EvalDecision),
    ["allowed", "explicitDeny"],
  );
  assert.equal(custom.EvaluationResults[1].MatchedStatements[0].SourcePolicyId, "PolicyInputList.2");
}

// What the organisation forbids is forbidden, whatever the role's policies say.
async function testOrganisation(iam, emulator) {
  const tell = (policies) =>
    emulator.own("organisation", { method: "PUT", body: JSON.stringify({ policies }) });
  await tell([JSON.parse(document({ Effect: "Deny", Action: "bedrock:*", Resource: "*" }))]);
  const answer = await iam.succeed("SimulatePrincipalPolicy", {
    PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/simulated`,
    ActionNames: ["bedrock:InvokeModel"],
    ResourceArns: [PROFILE],
  });
  const [{ EvalDecision, OrganizationsDecisionDetail }] = answer.EvaluationResults;
  assert.equal(EvalDecision, "explicitDeny");
  assert.equal(OrganizationsDecisionDetail.AllowedByOrganizations, false);
  assert.equal((await emulator.own("organisation")).policies.length, 1);
  await tell([]);
}

const OPERATIONS = [
  ...["CreateRole", "GetRole", "ListRoles", "DeleteRole"],
  ...["PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy"],
  ...["CreatePolicy", "GetPolicy", "GetPolicyVersion", "ListPolicies", "DeletePolicy"],
  ...["AttachRolePolicy", "DetachRolePolicy", "ListAttachedRolePolicies"],
  ...["SimulatePrincipalPolicy", "SimulateCustomPolicy"],
];

const NOBODY = { RoleName: "nobody" };
const refusals = [
  ["CreateRole", role("x", { AssumeRolePolicyDocument: "{" }), "MalformedPolicyDocumentException"],
  ["CreateRole", role("x", { AssumeRolePolicyDocument: POLICY }), "MalformedPolicyDocumentException"],
  ["CreateRole", role("x", { PermissionsBoundary: NO_POLICY }), "InvalidInputException"],
  ["DeleteRole", NOBODY, "NoSuchEntityException"],
  ["PutRolePolicy", inline("nobody", "p"), "NoSuchEntityException"],
  ["PutRolePolicy", inline("agent", "p", TRUST), "MalformedPolicyDocumentException"],
  ["GetRolePolicy", { ...NOBODY, PolicyName: "p" }, "NoSuchEntityException"],
  ["GetRolePolicy", { RoleName: "agent", PolicyName: "p" }, "NoSuchEntityException"],
  ["ListRolePolicies", NOBODY, "NoSuchEntityException"],
  ["ListAttachedRolePolicies", NOBODY, "NoSuchEntityException"],
  ["CreatePolicy", { PolicyName: "p", PolicyDocument: "[]" }, "MalformedPolicyDocumentException"],
  ["GetPolicy", { PolicyArn: NO_POLICY }, "NoSuchEntityException"],
  ["GetPolicy", { PolicyArn: "not an ARN, but long enough" }, "InvalidInputException"],
  ["GetPolicyVersion", { PolicyArn: NO_POLICY, VersionId: "v1" }, "NoSuchEntityException"],
  ["AttachRolePolicy", { RoleName: "agent", PolicyArn: NO_POLICY }, "NoSuchEntityException"],
  [
    "SimulatePrincipalPolicy",
    { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/nobody`, ActionNames: ["iam:GetRole"] },
    "NoSuchEntityException",
  ],
  ["SimulateCustomPolicy", { PolicyInputList: ["{"], ActionNames: ["iam:GetRole"] }, "InvalidInputException"],
];

// Errors of every API of this protocol; no model lists them.
const invalid = [
  ["CreateRole", role("no spaces")],
  ["CreateRole", role("x".repeat(65))],
  ["CreateRole", role("x", { Path: "no-slash" })],
  ["CreateRole", role("x", { MaxSessionDuration: 60 })],
  ["PutRolePolicy", inline("agent", "")],
  ["ListRoles", { MaxItems: 0 }],
];

export async function testIam(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const iam = new Client("@aws-sdk/client-iam", module, "IAMClient", emulator.endpoint, {
      json: false,
    });
    try {
      await tap.run("iam: roles", () => testRoles(iam));
      await tap.run("iam: inline policies", () => testInlinePolicies(iam));
      await tap.run("iam: managed policies", () => testManagedPolicies(iam));
      await tap.run("iam: pages", () => testPages(iam));
      await tap.run("iam: limits", () => testLimits(iam));
      await tap.run("iam: simulations", () => testSimulations(iam));
      await tap.run("iam: the organisation", () => testOrganisation(iam, emulator));
      await tap.run("iam: every operation", () => iam.sawAll(...OPERATIONS));
      for (const [name, input, error] of refusals)
        await tap.run(`iam: ${error}: ${name}`, () => iam.fail(name, input, error));
      for (const [name, input] of invalid)
        await tap.run(`iam: ValidationError: ${name}`, () =>
          iam.refused(name, input, "ValidationError"),
        );
    } finally {
      iam.destroy();
    }
  });
}
