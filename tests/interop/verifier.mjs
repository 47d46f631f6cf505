// The emulator's check of signatures, tried by AWS's own signer.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import net from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { makeRequests } from "./drafts.mjs";
import { Emulator, fetchText, KEYS } from "./emulator.mjs";
import { signByAws } from "./judge.mjs";
import { Random } from "./random.mjs";
import { WireRequest } from "./wire.mjs";

const MINUTE = 60_000;
const WRONG = "InvalidSignatureException";
const BODY = JSON.stringify({ resourceARN: "arn:aws:bedrock:us-east-1:123456789012:none/none" });

// A signed ListTagsForResource about nothing: 404 once its signature is accepted.
async function sign({ keys = KEYS, skew = 0, service = "bedrock", checksum = true }, endpoint) {
  const signer = new SignatureV4({
    credentials: keys,
    region: "us-east-1",
    service,
    sha256: Sha256,
    applyChecksum: checksum,
  });
  const { host, hostname, port } = new URL(endpoint);
  return signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname,
      port,
      path: "/listTagsForResource",
      query: {},
      headers: { host, "content-type": "application/json", "x-amz-extra": "one" },
      body: BODY,
    },
    { signingDate: new Date(Date.now() + skew) },
  );
}

// A second more, or less at the end of a minute.
function later({ "x-amz-date": date }) {
  const second = Number(date.slice(13, 15));
  return `${date.slice(0, 13)}${String(second < 59 ? second + 1 : 58).padStart(2, "0")}Z`;
}

// What is signed, how it is changed before it is sent, and the error that has to follow.
const cases = [
  ["the right signature", {}, null, null],
  ["without x-amz-content-sha256", { checksum: false }, null, null],
  ["with a session token", { keys: { ...KEYS, sessionToken: "token//==" } }, null, null],
  ["a clock 4 minutes fast", { skew: 4 * MINUTE }, null, null],
  ["a clock 4 minutes slow", { skew: -4 * MINUTE }, null, null],
  ["a clock 6 minutes fast", { skew: 6 * MINUTE }, null, WRONG],
  ["a clock 6 minutes slow", { skew: -6 * MINUTE }, null, WRONG],
  ["a wrong secret", { keys: { ...KEYS, secretAccessKey: "wrong" } }, null, WRONG],
  [
    "an unknown access key id",
    { keys: { ...KEYS, accessKeyId: "AKIDUNKNOWN" } },
    null,
    "UnrecognizedClientException",
  ],
  ["another service", { service: "sts" }, null, WRONG],
  ["an altered body", { checksum: false }, (request) => (request.body = `${BODY} `), WRONG],
  ["an altered body beside its old hash", {}, (request) => (request.body = `${BODY} `), WRONG],
  ["an altered query", {}, (request) => (request.path += "?a=b"), WRONG],
  ["an altered path", {}, (request) => (request.path = "/tagResource"), WRONG],
  ["an altered method", {}, (request) => (request.method = "PUT"), WRONG],
  ["an altered header", {}, ({ headers }) => (headers["x-amz-extra"] = "two"), WRONG],
  ["an altered date", {}, ({ headers }) => (headers["x-amz-date"] = later(headers)), WRONG],
  ["one more x-amz- header, unsigned", {}, ({ headers }) => (headers["x-amz-more"] = "1"), WRONG],
  [
    "no signature at all",
    {},
    ({ headers }) => delete headers.authorization,
    "MissingAuthenticationTokenException",
  ],
];

async function tryCase(emulator, signing, alter, errorType) {
  const request = await sign(signing, emulator.endpoint);
  alter?.(request);
  const { method, headers, body } = request;
  const answer = await fetchText(emulator.endpoint + request.path, { method, headers, body });
  const type = answer.headers["x-amzn-errortype"];
  if (errorType === null) assert.equal(`${answer.status} ${type}`, "404 ResourceNotFoundException");
  else assert.equal(`${answer.status} ${type}`, `403 ${errorType}`);
}

async function testClients(emulator) {
  const clients = emulator.clients({ ...KEYS, secretAccessKey: "wrong" });
  const messages = [{ role: "user", content: [{ text: "hi" }] }];
  for (const [name, input] of [
    ["ListInferenceProfiles", {}],
    ["Converse", { modelId: "amazon.nova-lite-v1:0", messages }],
  ]) {
    const error = await clients.send(name, input).catch((reason) => reason);
    assert.equal(`${error.$metadata.httpStatusCode} ${error.name}`, `403 ${WRONG}`);
  }
}

async function testOneToken(build) {
  await Emulator.use(build, ["--session-token", "the one"], async (emulator) => {
    for (const sessionToken of ["the one", "another", undefined]) {
      const clients = emulator.clients({ ...KEYS, sessionToken });
      const answer = await clients.send("ListInferenceProfiles", {}).catch((error) => error);
      const status = sessionToken === "the one" ? 200 : 403;
      assert.equal(answer.$metadata.httpStatusCode, status, `token ${sessionToken}`);
    }
  });
}

/* ---- the seeded requests, as far as an HTTP server takes them ---- */

const HOP_BY_HOP = /^(connection|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;

// The emulator cannot verify folded headers: libmicrohttpd garbles them, appending the continuation
// to the header's name.
function isForServers({ headers, method }) {
  const isFine = ({ name, value }) => !HOP_BY_HOP.test(name) && !value.includes("\n");
  return method !== "HEAD" && headers.every(isFine);
}

async function toBytes(draft, identity) {
  const target = draft.url.replace(/^\w+:\/\/[^/?]*/, "").replace(/^(?!\/)/, "/");
  const lines = draft.headers.map(({ name, value }) => `${name}:${value}`);
  const head = [`${draft.method} ${target} HTTP/1.1`, ...lines].join("\r\n");
  const request = Object.assign(new WireRequest(head), { body: draft.body });
  const time = Math.floor(Date.now() / 1000);
  const signed = await signByAws(request, { ...draft, identity, service: "bedrock", time });
  const added = ["x-amz-date", "x-amz-security-token", "authorization"]
    .filter((name) => signed[name] !== undefined)
    .map((name) => `${name}: ${signed[name]}`);
  const text = [head, ...added, "Connection: close"].join("\r\n");
  return Buffer.concat([Buffer.from(`${text}\r\n\r\n`), draft.body]);
}

// The type of the error in the answer.
function exchange(endpoint, bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(new URL(endpoint).port, "127.0.0.1", () => socket.write(bytes));
    const chunks = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("end", () => {
      const head = Buffer.concat(chunks).toString("latin1").split("\r\n\r\n")[0];
      resolve(/^x-amzn-errortype: (.*)$/im.exec(head)?.[1]);
    });
  });
}

// None of them means anything to Bedrock, which is what the emulator says once it accepted them.
async function testSeeded(tap, { endpoint }, seed) {
  const identities = [KEYS, { ...KEYS, sessionToken: "token//==" }];
  const drafts = makeRequests(new Random(seed), identities).filter(isForServers);
  const wrong = { accepted: 0, refused: 0 };
  for (const draft of drafts) {
    const type = await exchange(endpoint, await toBytes(draft, draft.identity));
    if (/^(UnknownOperation|Validation|Serialization)Exception$/.test(type)) continue;
    if (wrong.refused++ < 3) tap.comment(`${type}: ${draft.method} ${draft.url}`);
  }
  for (const draft of drafts) {
    const identity = { ...draft.identity, secretAccessKey: "wrong" };
    if ((await exchange(endpoint, await toBytes(draft, identity))) !== WRONG) wrong.accepted += 1;
  }
  const title = `${drafts.length} seeded requests`;
  tap.ok(drafts.length >= 300, `${title} for the emulator`);
  tap.ok(wrong.refused === 0, `${title}: accepted`, `${wrong.refused} refused`);
  tap.ok(wrong.accepted === 0, `${title}, wrong secret: refused`, `${wrong.accepted} accepted`);
}

export async function testVerifier(tap, { build, seed }) {
  await Emulator.use(build, [], async (emulator) => {
    for (const [name, signing, alter, errorType] of cases)
      await tap.run(`${name}: ${errorType ?? "accepted"}`, () =>
        tryCase(emulator, signing, alter, errorType),
      );
    await tap.run("AWS's clients with a wrong secret", () => testClients(emulator));
    await testSeeded(tap, emulator, seed);
  });
  await tap.run("one session token only", () => testOneToken(build));
}
