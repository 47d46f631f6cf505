// Calls of AWS's services: the library makes the requests that AWS's own clients send, for the same
// endpoints, and what makes AWS run models is closed.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import * as bedrock from "@aws-sdk/client-bedrock";
import * as agent from "@aws-sdk/client-bedrock-agent";
import * as runtime from "@aws-sdk/client-bedrock-runtime";
import * as budgets from "@aws-sdk/client-budgets";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as ce from "@aws-sdk/client-cost-explorer";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as iam from "@aws-sdk/client-iam";
import * as pricing from "@aws-sdk/client-pricing";
import * as sns from "@aws-sdk/client-sns";
import * as sts from "@aws-sdk/client-sts";
import * as sso from "@aws-sdk/nested-clients/sso";
import * as oidc from "@aws-sdk/nested-clients/sso-oidc";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { buildAll } from "./builder.mjs";
import { calls, CLOSED, OPEN } from "./operations.mjs";
import { WireServer } from "./wire.mjs";

const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

const services = {
  bedrock: { module: bedrock, Client: bedrock.BedrockClient },
  "bedrock-agent": { module: agent, Client: agent.BedrockAgentClient },
  budgets: { module: budgets, Client: budgets.BudgetsClient },
  ce: { module: ce, Client: ce.CostExplorerClient },
  dynamodb: { module: dynamodb, Client: dynamodb.DynamoDBClient },
  iam: { module: iam, Client: iam.IAMClient },
  monitoring: { module: cloudwatch, Client: cloudwatch.CloudWatchClient },
  pricing: { module: pricing, Client: pricing.PricingClient },
  sns: { module: sns, Client: sns.SNSClient },
  sso: { module: sso, Client: sso.SSOClient },
  "sso-oidc": { module: oidc, Client: oidc.SSOOIDCClient },
  sts: { module: sts, Client: sts.STSClient },
};

function newClient(service, options) {
  return new services[service].Client({
    region: "us-east-1",
    credentials: CREDENTIALS,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
    ...options,
  });
}

/* ---- endpoints ---- */

const REGIONS = [
  "us-east-1",
  "us-west-2",
  "eu-central-1",
  "ap-southeast-7",
  "ca-west-1",
  "il-central-1",
  "mx-central-1",
  "us-gov-west-1",
  "us-gov-east-1",
  "cn-north-1",
  "cn-northwest-1",
  "eusc-de-east-1",
];
const KINDS = ["", "fips", "dual", "fips dual"];

// The region that a client signs for is the endpoint's own, if its rules name one.
function endpointOf(client, region, kind) {
  const { url, properties } = client.config.endpointProvider({
    Region: region,
    UseFIPS: kind.includes("fips"),
    UseDualStack: kind.includes("dual"),
  });
  const signingRegion = properties?.authSchemes?.[0]?.signingRegion ?? region;
  return { endpoint: url.href.replace(/\/$/, ""), region: signingRegion };
}

async function testEndpoints(build, service) {
  const client = newClient(service, {});
  const asked = REGIONS.flatMap((region) =>
    KINDS.map((kind) => ({ service, region, endpoint: kind })),
  );
  const built = await buildAll(build, asked);
  for (const [i, { region, endpoint: kind }] of asked.entries()) {
    const { endpoint, region: signedFor } = built[i];
    const expected = endpointOf(client, region, kind);
    assert.deepEqual({ endpoint, region: signedFor }, expected, `${service} ${region} ${kind}`);
  }
  client.destroy();
}

/* ---- requests ---- */

function replyTo(request) {
  const form = new URLSearchParams(request.body.toString());
  const name = form.get("Action");
  const xml = `<${name}Response><${name}Result/></${name}Response>`;
  return { status: 200, headers: {}, body: name === null ? "{}" : xml };
}

// What a request says, without regard to the order of parameters and members.
function essence({ method, path, query, type, target, mode, body, scope }) {
  const kind = type?.split(";")[0];
  const form = kind === "application/x-www-form-urlencoded";
  const content = form
    ? [...new URLSearchParams(body)].sort()
    : body === ""
      ? ""
      : JSON.parse(body);
  return { method, path, query: query.sort(), kind, target, mode, content, scope };
}

function sentEssence(request) {
  const scope = /Credential=[^/]*\/\d+\/([^/]*)\/([^/]*)\//.exec(request.header("authorization"));
  return essence({
    method: request.method,
    path: request.path,
    query: request.query,
    type: request.header("content-type"),
    target: request.header("x-amz-target"),
    mode: request.header("x-amzn-query-mode"),
    body: request.body.toString(),
    scope: scope === null ? null : [scope[1], scope[2]],
  });
}

function builtEssence(built) {
  assert.equal(built.error, undefined);
  const headers = new Map(built.headers.map((line) => line.split(": ")));
  const url = new URL(built.url);
  return essence({
    method: built.method,
    path: url.pathname,
    query: [...url.searchParams],
    type: headers.get("Content-Type"),
    target: headers.get("X-Amz-Target"),
    mode: headers.get("x-amzn-query-mode"),
    body: built.body ?? "",
    scope: built.signed ? [built.region, built.signingName] : null,
  });
}

async function testRequest(build, server, { service, name, input, operation, json }) {
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = newClient(service, { endpoint });
  server.requests.length = 0;
  await client.send(new services[service].module[`${name}Command`](input)).catch(() => {}); // it was sent
  client.destroy();
  assert.equal(server.requests.length, 1);
  const text = json === undefined ? "" : JSON.stringify(json);
  const [built] = await buildAll(build, [{ service, endpoint, operation, json: text }]);
  assert.deepEqual(builtEssence(built), sentEssence(server.requests[0]));
}

/* ---- what is closed ---- */

// Every operation of a client that is more than reading or deleting, with labels filled in.
function operationsOf(module) {
  return Object.entries(module)
    .filter(([, schema]) => Array.isArray(schema) && schema[3]?.http !== undefined)
    .map(([, [, , name, { http }]]) => ({ name, method: http[0], path: http[1].split("?")[0] }))
    .filter(({ method }) => !["GET", "DELETE"].includes(method))
    .map(({ name, method, path }) => ({
      name,
      operation: `${method} ${path.replace(/\{\w+\+?\}/g, "ABCDEFGHIJ")}`,
    }));
}

async function testClosed(build, service, module, closed, open) {
  const operations = operationsOf(module);
  const asked = operations.map(({ operation }) => ({ service, operation }));
  const built = await buildAll(build, asked);
  const names = { closed: [], open: [] };
  for (const [i, { error }] of built.entries()) {
    if (error !== undefined) assert.match(error, /brc_converse\(\)/, operations[i].operation);
    names[error === undefined ? "open" : "closed"].push(operations[i].name);
  }
  assert.deepEqual(names.closed.sort(), [...closed].sort());
  if (open) assert.deepEqual(names.open.sort(), [...open].sort());
}

export async function testServices(tap, { build }) {
  for (const service of Object.keys(services))
    await tap.run(`services: ${service}: ${REGIONS.length * KINDS.length} endpoints`, () =>
      testEndpoints(build, service),
    );

  const server = await new WireServer(replyTo).listen();
  for (const call of calls)
    await tap.run(`services: ${call.service} ${call.name}: as AWS's client sends it`, () =>
      testRequest(build, server, call),
    );
  await server.close();

  for (const service of ["bedrock", "bedrock-agent"]) {
    await tap.run(`services: ${service}: each operation is known to be closed or open`, () =>
      testClosed(build, service, services[service].module, CLOSED[service], OPEN[service]),
    );
    await tap.run(`services: ${service}: leads to no operation of bedrock-runtime`, () =>
      testClosed(
        build,
        service,
        runtime,
        operationsOf(runtime).map(({ name }) => name),
      ),
    );
  }
}
