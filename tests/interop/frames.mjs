// AWS's own event-stream codec writes frames and whole conversations, our reader reads them: seeded
// headers of all types, payloads of all sizes, and damage, which both have to notice.
// SPDX-License-Identifier: MIT
import { EventStreamCodec, Int64 } from "@smithy/core/event-streams";
import assert from "node:assert";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { Random } from "./random.mjs";

const newCodec = (encoding) =>
  new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString(encoding),
    (text) => Buffer.from(text, encoding),
  );
const codec = newCodec("utf8");
const encode = (headers, body) => Buffer.from(codec.encode({ headers, body }));
const LOOKED_AT = [":message-type", ":event-type", ":exception-type", ":error-code", ":error-message"];

// What our reader says about each record: { kind, chunk, bytes }.
function readAll(build, records) {
  const input = records.flatMap(({ kind, chunk, bytes }) => [
    Buffer.from(`${kind} ${chunk} ${bytes.length}\n`),
    bytes,
  ]);
  const { status, stdout, stderr } = spawnSync(path.join(build, "tests/interop/interop_reader"), {
    input: Buffer.concat(input),
    maxBuffer: 1 << 30,
  });
  assert.equal(status, 0, String(stderr));
  return String(stdout).trimEnd().split("\n").map(JSON.parse);
}

// ---- frames

const LETTERS = "abcXYZ019 -:_\"\\\u00e9\u20ac\u{1f600}";
const string = (value) => ({ type: "string", value });
const VALUES = [
  (random) => ({ type: "boolean", value: random.chance(50) }),
  (random) => ({ type: "byte", value: random.between(-128, 127) }),
  (random) => ({ type: "short", value: random.between(-32768, 32767) }),
  (random) => ({ type: "integer", value: random.next() | 0 }),
  (random) => ({ type: "long", value: new Int64(random.bytes(8)) }),
  (random) => ({ type: "binary", value: random.bytes(random.below(300)) }),
  (random) => string(random.text(LETTERS, 0, 100)),
  (random) => ({ type: "timestamp", value: new Date(random.next() * 1000) }),
  (random) => ({
    type: "uuid",
    value: random.bytes(16).toString("hex").replace(/^(.{8})(....)(....)(....)/, "$1-$2-$3-$4-"),
  }),
];

function randomHeaders(random) {
  const headers = {};
  for (let i = random.below(8); i > 0; i -= 1)
    headers[random.text(LETTERS, 1, 60)] = random.pick(VALUES)(random);
  for (const name of LOOKED_AT)
    if (random.chance(40)) headers[name] = string(random.text(LETTERS, 0, 40));
  if (random.chance(5)) headers.long = { type: "binary", value: random.bytes(32767) };
  // In any order.
  const names = Object.keys(headers).sort(() => random.below(3) - 1);
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

function randomFrame(random) {
  const headers = randomHeaders(random);
  const body = random.bytes(random.pick([0, 1, 15, random.below(300), random.below(20_000)]));
  return { headers, body, bytes: encode(headers, body) };
}

const describe = ({ headers, body }, encoding = "utf8") => ({
  ...Object.fromEntries(
    LOOKED_AT.map((name) => [
      name,
      headers[name] === undefined ? null : Buffer.from(headers[name].value, encoding).toString("hex"),
    ]),
  ),
  payload: Buffer.from(body).toString("hex"),
});

function checkFrames(tap, { build, seed }) {
  const random = new Random(seed);
  const runs = Array.from({ length: 150 }, () =>
    Array.from({ length: random.between(1, 8) }, () => randomFrame(random)),
  );
  const records = runs.map((frames) => ({
    kind: "frames",
    chunk: random.pick([1, 13, 500, 1 << 20]),
    bytes: Buffer.concat(frames.map(({ bytes }) => bytes)),
  }));
  const answers = readAll(build, records);
  tap.ok(answers.length === runs.length, "every run of frames is answered");
  const wrong = answers.findIndex((answer, i) => {
    const expected = { frames: runs[i].map(describe), left: 0, error: "" };
    return JSON.stringify(answer) !== JSON.stringify(expected);
  });
  tap.ok(wrong < 0, "frames of AWS's codec are read as written", JSON.stringify(answers[wrong]));
}

// ---- damage

function seal(bytes) {
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
}

// zlib.crc32() came with Node 22; a gzip trailer has the same sum.
const crc32 = (bytes) => zlib.gzipSync(bytes).readUInt32LE(zlib.gzipSync(bytes).length - 8);

const DAMAGE = [
  (random, bytes) => (bytes[random.below(bytes.length)] ^= 1 << random.below(8)),
  (random, bytes) => bytes.writeUInt32BE(random.next(), random.below(bytes.length - 3)),
  (random, bytes) => random.bytes(4).copy(bytes, random.below(12)),
];

const byteCodec = newCodec("latin1"); // damaged bytes are no UTF-8 any more

// What their decoder says, and whether it makes the same bytes of that again: it looks for a value
// behind the headers' end, and takes headers twice and names of no length.
function theirs(bytes) {
  try {
    const message = byteCodec.decode(bytes);
    const strings = LOOKED_AT.every((name) => (message.headers[name]?.type ?? "string") === "string");
    const exact = Buffer.compare(byteCodec.encode(message), bytes) === 0;
    return { found: strings ? describe(message, "latin1") : null, exact };
  } catch {
    return { found: null, exact: true };
  }
}

// A frame that is damaged anywhere; with `sealed` only in its headers, and the sums are made right.
function damaged(random, sealed) {
  const { bytes } = randomFrame(random);
  const headersEnd = 12 + bytes.readUInt32BE(4);
  if (!sealed) {
    random.pick(DAMAGE)(random, bytes);
  } else if (headersEnd > 12) {
    bytes[random.between(12, headersEnd - 1)] = random.pick([0, 1, 7, 9, 10, 255, random.below(256)]);
    seal(bytes);
  }
  return { kind: "frames", chunk: 1 << 20, bytes };
}

function checkDamage(tap, { build, seed }, sealed) {
  const random = new Random(seed + 1);
  const records = Array.from({ length: 600 }, () => damaged(random, sealed));
  const answers = readAll(build, records);
  const what = sealed ? "headers that were damaged" : "frames that were damaged";
  let taken = 0;
  const wrong = answers.findIndex((answer, i) => {
    const { found, exact } = theirs(records[i].bytes);
    const ours = answer.left === 0 ? answer.frames[0] : null;
    taken += ours === null ? 0 : 1;
    return JSON.stringify(ours) !== JSON.stringify(found) && (exact || ours !== null);
  });
  tap.ok(wrong < 0, `${what} are judged alike`, JSON.stringify(answers[wrong]));
  tap.ok(taken < answers.length && taken > 0 === sealed, `of ${what} ${taken} are sound all the same`);
}

// ---- conversations

const payloadBytes = (payload) =>
  typeof payload === "string" ? Buffer.from(payload, "latin1") : Buffer.from(JSON.stringify(payload));

const event = ([type, payload]) =>
  encode(
    {
      ":event-type": string(type),
      ":content-type": string("application/json"),
      ":message-type": string("event"),
    },
    payloadBytes(payload),
  );

const textOf = (content) =>
  content.map((block) => block.text ?? textOf(block.citationsContent?.content ?? [])).join("");

function checkTranscripts(tap, { build, seed }) {
  const random = new Random(seed + 2);
  const program = path.join(build, "tests/interop/interop_reader");
  const folder = String(spawnSync(program, ["transcripts"]).stdout).trim();
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
  const files = names.map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")));
  const records = files.map(({ events }) => ({
    kind: "stream",
    chunk: random.between(1, 500),
    bytes: Buffer.concat(events.map(event)),
  }));
  readAll(build, records).forEach((read, i) => {
    const { answer } = files[i];
    tap.ok(
      read.code === 0 &&
        read.text === textOf(answer.output.message.content) &&
        isSame(JSON.parse(read.answer), answer) &&
        read.input === answer.usage.inputTokens &&
        read.output === answer.usage.outputTokens,
      `${names[i]} written by AWS's codec is read as Converse would answer`,
      JSON.stringify(read),
    );
  });
}

function isSame(a, b) {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

export function testFrames(tap, options) {
  checkFrames(tap, options);
  checkDamage(tap, options, false);
  checkDamage(tap, options, true);
  checkTranscripts(tap, options);
}
