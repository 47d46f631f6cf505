// The library's own calls, as they come over the wire: signed as AWS signs them, sent once each, and
// addressed as AWS's own client addresses them.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { AwsClients } from "./aws.mjs";
import { judge } from "./judge.mjs";
import { converseRecord, runSender } from "./sender.mjs";
import { WireServer } from "./wire.mjs";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfi" };
const SESSION = {
  ...KEYS,
  accessKeyId: "ASIAEXAMPLE",
  sessionToken: "IQoJb3JpZ2lu//==".repeat(60),
};

const calls = [
  ["aws", "us-east-1", "abc123def456", KEYS, "hi"],
  ["aws", "us-east-1", "abc123def456", KEYS, "hi"],
  ["aws", "us-east-1", "abc123def456", SESSION, "hi"],
  ["aws", "eu-central-1", "a", KEYS, 'ümläut 漢字 🙂 "quoted" \\ \t\n'],
  ["aws", "ap-southeast-2", "with.dots:and-more.A9", SESSION, "x".repeat(1024 * 1024)],
  ["aws-us-gov", "us-gov-west-1", "abc123def456", KEYS, "hi"],
  ["aws-cn", "cn-north-1", "abc123def456", KEYS, "hi"],
  ["aws-iso-b", "us-isob-east-1", "abc123def456", SESSION, "hi"],
].map(([partition, region, id, identity, text]) => ({
  region,
  identity,
  text,
  profile: `arn:${partition}:bedrock:${region}:123456789012:application-inference-profile/${id}`,
}));

// Every answer has other counts.
function newServer() {
  let n = 0;
  return new WireServer(() => {
    n += 1;
    return {
      status: 200,
      headers: { "content-type": "application/json", "x-amzn-requestid": `request-${n}` },
      body: JSON.stringify({
        output: { message: { role: "assistant", content: [{ text: "hello" }] } },
        stopReason: "end_turn",
        usage: { inputTokens: n, outputTokens: 10 * n, totalTokens: 11 * n },
        metrics: { latencyMs: 1 },
      }),
    };
  }).listen();
}

async function sendByLibrary(build) {
  const server = await newServer();
  const output = await runSender(build, server.port, calls.map(converseRecord));
  await server.close();
  return {
    requests: server.requests,
    records: output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

async function sendByAws() {
  const server = await newServer();
  for (const { identity, profile, text } of calls) {
    const clients = new AwsClients(`http://127.0.0.1:${server.port}`, identity);
    const messages = [{ role: "user", content: [{ text }] }];
    await clients.send("Converse", { modelId: profile, messages });
    clients.destroy();
  }
  await server.close();
  return server.requests;
}

// Seconds, from "20260102T030405Z".
function secondsOf(amzDate) {
  const iso = amzDate.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return Date.parse(iso) / 1000;
}

async function checkSignature(request, { identity, region }) {
  const time = secondsOf(request.header("x-amz-date"));
  assert.ok(Math.abs(time - Date.now() / 1000) < 60, "signed now");
  assert.equal(await judge(request, { identity, region, service: "bedrock", time }), "");
  const names = /SignedHeaders=([^,]*)/.exec(request.header("authorization"))[1].split(";");
  for (const name of ["amz-sdk-invocation-id", "content-type", "host", "x-amz-date"])
    assert.ok(names.includes(name), `${name} is signed`);
}

function checkUsage(record, request, n) {
  assert.equal(record.callId, request.header("amz-sdk-invocation-id"));
  assert.equal(record.requestId, `request-${n}`);
  assert.equal(record.inputTokens, n);
  assert.equal(record.outputTokens, 10 * n);
}

export async function testConverse(tap, { build }) {
  const { requests, records } = await sendByLibrary(build);
  const reference = await sendByAws();

  tap.ok(
    requests.length === calls.length,
    `one POST for each of ${calls.length} calls`,
    `${requests.length}`,
  );
  tap.ok(records.length === calls.length, "one usage record for each", `${records.length}`);
  for (const [i, call] of calls.entries()) {
    const [request, theirs] = [requests[i], reference[i]];
    const title = `call ${i + 1}, ${call.profile.slice(0, 40)}…`;
    await tap.run(`${title}: signed as AWS signs it`, () => checkSignature(request, call));
    await tap.run(`${title}: method, path and body of AWS's client`, () => {
      assert.equal(`${request.method} ${request.target}`, `${theirs.method} ${theirs.target}`);
      assert.equal(request.header("content-type"), theirs.header("content-type"));
      assert.deepEqual(JSON.parse(request.body), JSON.parse(theirs.body));
    });
    await tap.run(`${title}: usage as answered`, () => checkUsage(records[i], request, i + 1));
  }
}
