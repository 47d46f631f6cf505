// AWS's own providers of credentials fetch theirs from the emulator.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { fromHttp } from "@aws-sdk/credential-provider-http";
import { fromIni } from "@aws-sdk/credential-provider-ini";
import { fromSSO } from "@aws-sdk/credential-provider-sso";
import { fromTokenFile } from "@aws-sdk/credential-provider-web-identity";
import { fromInstanceMetadata } from "@smithy/credential-provider-imds";
import { Emulator, fetchText, KEYS } from "./emulator.mjs";

const ACCOUNT = "123456789012";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/demo`;
const region = "us-east-1";

// Runs `body` with these variables of the environment, and with no others that AWS's chain knows.
async function withEnvironment(variables, body) {
  const saved = { ...process.env };
  const strange = Object.keys(process.env).filter((name) => /^AWS_(?!SDK_JS)/.test(name));
  strange.forEach((name) => delete process.env[name]);
  Object.assign(process.env, variables);
  try {
    return await body();
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, saved);
  }
}

// Runs `body(home)` with a home folder that has this configuration.
async function withHome(config, body) {
  const home = await mkdtemp(path.join(os.tmpdir(), "interop-"));
  const AWS_CONFIG_FILE = path.join(home, ".aws/config");
  try {
    await mkdir(path.join(home, ".aws/sso/cache"), { recursive: true });
    await writeFile(AWS_CONFIG_FILE, config);
    return await withEnvironment({ HOME: home, AWS_CONFIG_FILE }, () => body(home));
  } finally {
    await rm(home, { recursive: true });
  }
}

class Identity {
  constructor(emulator) {
    this.emulator = emulator;
    this.endpoint = emulator.endpoint;
    this.clientConfig = { endpoint: this.endpoint, region, maxAttempts: 1 };
  }

  sts(credentials, options = {}) {
    return new STSClient({ ...this.clientConfig, credentials, ...options });
  }

  async whoIs(credentials) {
    const { Arn } = await this.sts(credentials).send(new GetCallerIdentityCommand({}));
    return Arn;
  }

  // What every provider is to give: fresh credentials that sign, for STS and for Bedrock.
  async check(credentials, arn, seconds) {
    assert.match(credentials.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
    assert.match(credentials.secretAccessKey, /^[A-Za-z0-9+/]{40}$/);
    assert.ok(credentials.sessionToken.length >= 600 && credentials.sessionToken.length <= 4096);
    const left = (credentials.expiration.getTime() - Date.now()) / 1000;
    assert.ok(Math.abs(left - seconds) < 30, `${left} seconds left`);
    assert.equal(await this.whoIs(credentials), arn);
    const clients = this.emulator.clients({ ...credentials, expiration: undefined });
    await clients.succeed("ListFoundationModels", {});
  }

  fault(fault) {
    return this.emulator.identity("faults", { method: "POST", body: JSON.stringify(fault) });
  }

  told(setup) {
    return this.emulator.identity("setup", { method: "POST", body: JSON.stringify(setup) });
  }
}

const session = (name, role = "demo") => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`;
const refusal = (name, status) => (error) =>
  error.name === name && error.$metadata.httpStatusCode === status && error.message !== "";

const toCredentials = ({ AccessKeyId, SecretAccessKey, SessionToken, Expiration }) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: SessionToken,
  expiration: Expiration,
});

async function assumeRole(identity) {
  const sts = identity.sts(KEYS);
  const input = { RoleArn: ROLE, RoleSessionName: "js+=,.@-", DurationSeconds: 900 };
  const lists = { Tags: [{ Key: "team", Value: "a b&c" }], TransitiveTagKeys: ["team"] };
  const answer = await sts.send(new AssumeRoleCommand({ ...input, ...lists }));
  assert.equal(answer.AssumedRoleUser.Arn, session("js+=,.@-"));
  assert.match(answer.AssumedRoleUser.AssumedRoleId, /^AROA[A-Z2-7]{17}:js\+=,\.@-$/);
  assert.match(answer.$metadata.requestId, /^[0-9a-f-]{36}$/);
  await identity.check(toCredentials(answer.Credentials), session("js+=,.@-"), 900);
  const again = await sts.send(new AssumeRoleCommand(input));
  assert.notEqual(again.Credentials.AccessKeyId, answer.Credentials.AccessKeyId);
}

async function chain(identity) {
  const next = `arn:aws:iam::210987654321:role/deep/er/next`;
  await identity.told({
    roles: [
      { arn: ROLE, principals: [ACCOUNT] },
      { arn: next, principals: [ROLE], externalId: "with/this" },
    ],
  });
  const first = await identity
    .sts(KEYS)
    .send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "first" }));
  const sts = identity.sts(toCredentials(first.Credentials));
  const input = { RoleArn: next, RoleSessionName: "second" };
  await assert.rejects(sts.send(new AssumeRoleCommand(input)), refusal("AccessDenied", 403));
  const second = await sts.send(new AssumeRoleCommand({ ...input, ExternalId: "with/this" }));
  const arn = "arn:aws:sts::210987654321:assumed-role/next/second";
  await identity.check(toCredentials(second.Credentials), arn, 3600);
}

async function stsErrors(identity) {
  const sts = identity.sts(KEYS);
  const input = { RoleArn: ROLE, RoleSessionName: "errors" };
  const wrong = identity.sts({ ...KEYS, secretAccessKey: "wrong" });
  const strange = identity.sts({ ...KEYS, accessKeyId: "AKIASTRANGE" });
  const send = (client, more = {}) => client.send(new AssumeRoleCommand({ ...input, ...more }));
  await assert.rejects(send(wrong), refusal("SignatureDoesNotMatch", 403));
  await assert.rejects(send(strange), refusal("InvalidClientTokenId", 403));
  await assert.rejects(send(sts, { DurationSeconds: 899 }), refusal("ValidationError", 400));
  await assert.rejects(send(sts, { DurationSeconds: 7200 }), refusal("ValidationError", 400));
  await assert.rejects(send(sts, { RoleArn: `${ROLE}s` }), refusal("AccessDenied", 403));
  for (const [type, name, status] of [
    ["ExpiredTokenException", "ExpiredTokenException", 400],
    ["RegionDisabledException", "RegionDisabledException", 403],
    ["Throttling", "Throttling", 400],
    ["ServiceUnavailable", "ServiceUnavailable", 503],
  ]) {
    await identity.fault({ which: "sts", type, message: "<&> asked for" });
    await assert.rejects(send(sts), (error) => {
      assert.equal(error.message, "<&> asked for");
      return refusal(name, status)(error);
    });
  }
  // AWS's client knows which are worth another attempt.
  await identity.fault({ which: "sts", type: "Throttling" });
  await send(identity.sts(KEYS, { maxAttempts: 2 }));
}

async function expired(identity) {
  await identity.fault({ which: "sts", operation: "AssumeRole", expiresIn: -1 });
  const answer = await identity
    .sts(KEYS)
    .send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "late" }));
  const { expiration, ...credentials } = toCredentials(answer.Credentials);
  assert.ok(expiration < new Date());
  await assert.rejects(identity.whoIs(credentials), refusal("ExpiredToken", 403));
  const clients = identity.emulator.clients(credentials);
  await assert.rejects(
    clients.send("ListFoundationModels", {}),
    refusal("ExpiredTokenException", 403),
  );
}

async function webIdentity(identity) {
  const send = (token) =>
    identity.sts(undefined).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: ROLE,
        RoleSessionName: "web",
        WebIdentityToken: token,
      }),
    );
  const answer = await send("web-identity-token");
  assert.equal(answer.SubjectFromWebIdentityToken, "system:serviceaccount:default:demo");
  assert.equal(answer.Audience, "sts.amazonaws.com");
  await assert.rejects(send("another"), refusal("InvalidIdentityTokenException", 400));
  await identity.fault({ which: "sts", type: "IDPCommunicationError" });
  await assert.rejects(
    send("web-identity-token"),
    refusal("IDPCommunicationErrorException", 400),
  );
  await withHome("", async (home) => {
    const webIdentityTokenFile = path.join(home, "token");
    await writeFile(webIdentityTokenFile, "web-identity-token");
    const { clientConfig } = identity;
    const init = { webIdentityTokenFile, roleArn: ROLE, roleSessionName: "file", clientConfig };
    await identity.check(await fromTokenFile(init)(), session("file"), 3600);
  });
}

async function imds(identity) {
  const environment = {
    AWS_EC2_METADATA_SERVICE_ENDPOINT: identity.endpoint,
    AWS_EC2_METADATA_V1_DISABLED: "true",
    AWS_CONFIG_FILE: os.devNull,
  };
  const fetch = () => fromInstanceMetadata({ maxRetries: 0 })();
  await withEnvironment(environment, async () => {
    await identity.check(await fetch(), session("i-0123456789abcdef0"), 6 * 3600);
    await identity.fault({ which: "imds", operation: "credentials", status: 401 });
    await assert.rejects(fetch(), { statusCode: 401 });
    for (const fault of [{ type: "AssumeRoleUnauthorizedAccess" }, { omit: ["Token"] }]) {
      await identity.fault({ which: "imds", operation: "credentials", ...fault });
      await assert.rejects(fetch(), /Invalid response/);
    }
    await identity.told({ imdsRole: "" });
    await assert.rejects(fetch(), { statusCode: 404 });
  });
  await identity.told({ imdsRole: "demo" });
  const roles = `${identity.endpoint}/latest/meta-data/iam/security-credentials/`;
  assert.equal((await fetchText(roles)).status, 401);
}

async function container(identity) {
  await identity.told({ containerToken: "Basic let me in" });
  const awsContainerCredentialsFullUri = `${identity.endpoint}/role/task-1`;
  const init = { awsContainerCredentialsFullUri, maxRetries: 0 };
  const fetch = (token) => fromHttp({ ...init, awsContainerAuthorizationToken: token })();
  await withEnvironment({}, async () => {
    await identity.check(await fetch("Basic let me in"), session("task-1"), 6 * 3600);
    await assert.rejects(fetch("Basic other"), /status: 401/);
    await identity.fault({ which: "container", omit: ["Expiration"] });
    await assert.rejects(fetch("Basic let me in"), /required format/);
    await identity.fault({ which: "container", garbage: true });
    await assert.rejects(fetch("Basic let me in"), /JSON/);
  });
}

const SSO_CONFIG = `[profile demo]
sso_session = here
sso_account_id = ${ACCOUNT}
sso_role_name = demo
[sso-session here]
sso_region = ${region}
sso_start_url = https://example.com/start
`;

async function sso(identity) {
  const { clientConfig } = identity;
  const cached = {
    accessToken: "sso-access-token",
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
    refreshToken: "sso-refresh-token",
    clientId: "sso-client",
    clientSecret: "sso-client-secret",
  };
  const arn = session("someone", "AWSReservedSSO_demo_0123456789abcdef");
  await withHome(SSO_CONFIG, async (home) => {
    const name = `${createHash("sha1").update("here").digest("hex")}.json`;
    const file = path.join(home, ".aws/sso/cache", name);
    await writeFile(file, JSON.stringify(cached));
    const fetch = fromSSO({ profile: "demo", clientConfig });
    await identity.check(await fetch(), arn, 3600);
    const refreshed = JSON.parse(await readFile(file));
    assert.notEqual(refreshed.accessToken, cached.accessToken);
    assert.notEqual(refreshed.refreshToken, cached.refreshToken);
    await fetch();
    const log = await identity.emulator.identity("log");
    assert.equal(log.oidc.operations.CreateToken, 1);
    assert.deepEqual(log.oidc.sessions, [refreshed.accessToken]);
    assert.deepEqual(log.sso, {
      seen: 2,
      refused: 0,
      issued: 2,
      operations: { GetRoleCredentials: 2 },
      sessions: ["someone", "someone"],
    });
    await identity.told({ ssoTokens: [] });
    await assert.rejects(fetch(), /Session token not found or invalid/);
  });
}

const INI_CONFIG = `[profile keys]
aws_access_key_id = ${KEYS.accessKeyId}
aws_secret_access_key = ${KEYS.secretAccessKey}
[profile role]
role_arn = ${ROLE}
source_profile = keys
role_session_name = from-ini
duration_seconds = 1800
region = ${region}
`;

async function ini(identity) {
  const { clientConfig } = identity;
  await withHome(INI_CONFIG, async () => {
    const credentials = await fromIni({ profile: "role", clientConfig })();
    await identity.check(credentials, session("from-ini"), 1800);
  });
}

export async function testIdentity(tap, { build }) {
  const cases = { assumeRole, chain, stsErrors, expired, webIdentity, imds, container, sso, ini };
  for (const [name, body] of Object.entries(cases))
    await Emulator.use(build, ["--identity"], (emulator) =>
      tap.run(`credentials: ${name}`, () => body(new Identity(emulator))),
    );
}
