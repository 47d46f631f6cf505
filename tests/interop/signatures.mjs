// The library signs seeded requests, sender.c sends them, AWS's own signer recomputes each.
// SPDX-License-Identifier: MIT
import { makeRequests, ROUNDS } from "./drafts.mjs";
import { features } from "./features.mjs";
import { judge } from "./judge.mjs";
import { Random } from "./random.mjs";
import { runSender, sendRecord } from "./sender.mjs";
import { WireRequest, WireServer } from "./wire.mjs";

const identities = [
  { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  { accessKeyId: "AKIDOTHER", secretAccessKey: "x".repeat(128) },
  {
    accessKeyId: "ASIASHORT",
    secretAccessKey: "+/=",
    sessionToken: "FQoGZXIvYXdzEXAMPLE//token==",
  },
  { accessKeyId: "ASIALONG", secretAccessKey: "secret", sessionToken: "IQoJb3JpZ2lu".repeat(340) },
];

async function sendAll(build, requests) {
  const server = await new WireServer().listen();
  await runSender(build, server.port, requests.map(sendRecord));
  await server.close();
  return server.requests;
}

function reportCoverage(tap, received, sent) {
  const rows = features.map(({ name, shows }) => ({
    name,
    count: received.filter((request, i) => shows(request, sent[i], sent.slice(0, i))).length,
  }));
  tap.comment(`coverage, counted on the wire, of ${received.length} requests:`);
  rows.forEach(({ name, count }) => tap.comment(`  ${String(count).padStart(5)}  ${name}`));
  for (const { name, count } of rows)
    tap.ok(count >= ROUNDS, `at least ${ROUNDS}: ${name}`, `${count}`);
}

async function judgeAll(tap, received, sent) {
  let wrong = 0;
  for (const [i, request] of received.entries()) {
    const difference = await judge(request, sent[i]);
    if (difference === "") continue;
    wrong += 1;
    if (wrong <= 5) tap.comment(`request ${i}: ${sent[i].method} ${sent[i].url}\n${difference}`);
  }
  tap.ok(
    wrong === 0,
    `AWS's signer makes the same signature of ${received.length} requests`,
    `${wrong} differ`,
  );
}

/* ---- the judge itself has to notice one bit ---- */

function copyOf(request, changes) {
  return Object.assign(Object.create(WireRequest.prototype), request, changes);
}

function flipBit(text, i) {
  return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1);
}

const flips = {
  secret: (request, scope, random) => {
    const secret = scope.identity.secretAccessKey;
    const secretAccessKey = flipBit(secret, random.below(secret.length));
    return [request, { ...scope, identity: { ...scope.identity, secretAccessKey } }];
  },
  body: (request, scope, random) => {
    if (request.body.length === 0) return null;
    const body = Buffer.from(request.body);
    body[random.below(body.length)] ^= 1 << random.below(8);
    return [copyOf(request, { body }), scope];
  },
  "signed header": (request, scope) => {
    const headers = request.headers.map(({ name, value }) => ({
      name,
      value: name === "content-type" ? flipBit(value, value.length - 1) : value,
    }));
    return [copyOf(request, { headers }), scope];
  },
  path: (request, scope) => {
    if (/^.[^A-Za-z]|\/\.\.?(\/|$)/.test(request.path)) return null; // the bit may not count
    return [copyOf(request, { target: flipBit(request.target, 1) }), scope];
  },
};

async function judgeFlipped(tap, received, sent, random) {
  for (const [name, flip] of Object.entries(flips)) {
    let tried = 0;
    let missed = 0;
    for (const [i, request] of received.entries()) {
      const flipped = flip(request, sent[i], random);
      if (flipped === null) continue;
      tried += 1;
      missed += (await judge(...flipped)) === "" ? 1 : 0;
    }
    tap.ok(
      tried > 0 && missed === 0,
      `a flipped bit of the ${name} is noticed (${tried} requests)`,
      `${missed} missed`,
    );
  }
}

export async function testSignatures(tap, { build, seed }) {
  const random = new Random(seed);
  const sent = makeRequests(random, identities);
  const received = await sendAll(build, sent);
  tap.ok(
    received.length === sent.length && sent.length >= 300,
    `${sent.length} requests arrived`,
    `${received.length}`,
  );
  reportCoverage(tap, received, sent);
  await judgeAll(tap, received, sent);
  await judgeFlipped(tap, received, sent, random);
}
