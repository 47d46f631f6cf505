// AWS's client reads the emulator's streams: the message and the usage that Converse answers with,
// frame by frame as AWS's codec writes them, and every way in which a stream fails.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import * as runtime from "@aws-sdk/client-bedrock-runtime";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { NormalizedSchema } from "@smithy/core/schema";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Emulator, KEYS } from "./emulator.mjs";
import { checkShape } from "./shapes.mjs";

const MODEL =
  "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0";
const EVENTS = NormalizedSchema.of(runtime.ConverseStreamOutput$).getMemberSchemas();

const ask = (...content) => ({ messages: [{ role: "user", content }] });
const hello = ask({ text: "hello" });
const short = { ...hello, inferenceConfig: { maxTokens: 20 } };
const thinking = {
  additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } },
};
const tool = (properties) => ({
  toolConfig: {
    tools: [{ toolSpec: { name: "t", inputSchema: { json: { type: "object", properties } } } }],
    toolChoice: { any: {} },
  },
});
const properties = {
  place: { type: "string" },
  days: { type: "integer" },
  share: { type: "number" },
  kind: { enum: ['東京 "🚀"\\'] },
};
const citations = { enabled: true };
const searchResult = { source: "https://a.test/", title: "t", content: [{ text: "found €" }] };
const sources = [
  { document: { name: "text", source: { text: "äöü 漢字 🙂 ".repeat(9) }, citations } },
  { document: { name: "not cited", source: { content: [{ text: "x" }] } } },
  { document: { name: "bytes", format: "pdf", source: { bytes: Buffer.from("%PDF") }, citations } },
  { searchResult },
  { searchResult: { ...searchResult, citations } },
];

const INPUTS = {
  text: hello,
  "a word": { ...hello, inferenceConfig: { maxTokens: 1 } },
  "many bytes a character": ask({ text: "漢字 🙂" }),
  "a tool": { ...hello, ...tool(properties) },
  "a tool without input": { ...hello, ...tool({}) },
  "a tool that is too long": { ...short, ...tool(properties), inferenceConfig: { maxTokens: 1 } },
  reasoning: { ...hello, ...thinking },
  "reasoning and a tool": { ...hello, ...thinking, ...tool(properties) },
  "nothing but reasoning": { ...hello, ...thinking, inferenceConfig: { maxTokens: 1 } },
  citations: ask({ text: "what is it?" }, ...sources),
  "reasoning and citations": { ...ask(...sources, { text: "and this?" }), ...thinking },
  "a cache point": ask({ text: "again".repeat(99) }, { cachePoint: { type: "default" } }),
  "a tier": {
    ...short,
    serviceTier: { type: "flex" },
    performanceConfig: { latency: "optimized" },
    guardrailConfig: {
      guardrailIdentifier: "abc",
      guardrailVersion: "1",
      streamProcessingMode: "async",
    },
  },
};

// Keeps what passes.
class TappingHandler extends NodeHttpHandler {
  async handle(request, options) {
    const result = await super.handle(request, options);
    this.headers = result.response.headers;
    this.chunks = [];
    result.response.body = Readable.from(this.keep(result.response.body));
    return result;
  }

  async *keep(body) {
    for await (const chunk of body) {
      this.chunks.push(chunk);
      yield chunk;
    }
  }
}

class StreamClient {
  constructor(endpoint) {
    this.handler = new TappingHandler();
    this.client = new runtime.BedrockRuntimeClient({
      endpoint,
      credentials: KEYS,
      region: "us-east-1",
      maxAttempts: 1,
      requestHandler: this.handler,
    });
  }

  start(input, options) {
    const command = new runtime.ConverseStreamCommand({ modelId: MODEL, ...input });
    return this.client.send(command, options);
  }

  // Resolves with { events, error }: those that came, and what ended the stream if it failed. The
  // client waits for the first event before it hands out the stream.
  async read(input) {
    const events = [];
    try {
      const { stream } = await this.start(input);
      for await (const event of stream) events.push(event);
    } catch (error) {
      return { events, error };
    }
    return { events };
  }

  destroy() {
    this.client.destroy();
    this.handler.destroy();
  }
}

// ---- messages ----

function newBlock(start) {
  return { start, text: "", reasoning: "", signature: undefined, input: "", citations: [] };
}

function addDelta(block, delta) {
  assert.equal(Object.keys(delta).length, 1);
  block.text += delta.text ?? "";
  block.reasoning += delta.reasoningContent?.text ?? "";
  block.signature ??= delta.reasoningContent?.signature;
  block.input += delta.toolUse?.input ?? "";
  if (delta.citation) block.citations.push(delta.citation);
}

function finishBlock({ start, text, reasoning, signature, input, citations: cited }) {
  if (start) return { toolUse: { ...start.toolUse, input: JSON.parse(input || "{}") } };
  if (signature) return { reasoningContent: { reasoningText: { text: reasoning, signature } } };
  if (cited.length > 0) return { citationsContent: { content: [{ text }], citations: cited } };
  return { text };
}

// The message that the events make up, with what is said about it, as Converse answers.
function assemble(events) {
  const { role } = events[0].messageStart;
  const blocks = [];
  const content = [];
  for (const { contentBlockStart, contentBlockDelta, contentBlockStop } of events.slice(1, -2)) {
    const { contentBlockIndex: i } = contentBlockStart ?? contentBlockDelta ?? contentBlockStop;
    assert.equal(i, content.length, "one block after the other");
    blocks[i] ??= newBlock(contentBlockStart?.start);
    if (contentBlockDelta) addDelta(blocks[i], contentBlockDelta.delta);
    if (contentBlockStop) content.push(finishBlock(blocks[i]));
  }
  assert.equal(blocks.length, content.length, "every block was ended");
  const { stopReason } = events.at(-2).messageStop;
  return { output: { message: { role, content } }, stopReason, ...events.at(-1).metadata };
}

// ---- frames ----

// The bytes cut where the frames say that they end.
function cutFrames(bytes) {
  const frames = [];
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at))
    frames.push(bytes.subarray(at, at + bytes.readUInt32BE(at)));
  return frames;
}

// AWS's codec reads each frame and would write the same; the payloads have AWS's members only.
function checkFrames(bytes, nEvents) {
  const codec = new EventStreamCodec(
    (data) => Buffer.from(data).toString(),
    (text) => Buffer.from(text),
  );
  const frames = cutFrames(bytes);
  assert.equal(frames.length, nEvents);
  for (const frame of frames) {
    const message = codec.decode(frame);
    assert.ok(Buffer.from(codec.encode(message)).equals(frame));
    const names = Object.keys(message.headers);
    assert.deepEqual(names, [":event-type", ":content-type", ":message-type"]);
    const type = message.headers[":event-type"].value;
    const { p, ...payload } = JSON.parse(Buffer.from(message.body).toString());
    assert.match(p, /^abc|^ab?$/);
    checkShape(EVENTS[type], payload, type);
  }
}

async function testSameAnswer({ emulator, clients, streams }, input) {
  const before = (await emulator.bill()).totals;
  const { events, error } = await streams.read(input);
  assert.equal(error, undefined);
  const streamed = (await emulator.bill()).totals;
  const answer = await clients.succeed("Converse", { modelId: MODEL, ...input });
  const { usage, metrics, ...message } = assemble(events);
  const { usage: usageThere, metrics: metricsThere, ...messageThere } = answer;
  assert.deepEqual(message, messageThere);
  assert.deepEqual(metrics, metricsThere);
  if (usage.cacheWriteInputTokens === undefined) assert.deepEqual(usage, usageThere);
  assert.equal(usage.outputTokens, usageThere.outputTokens);
  assert.equal(streamed.calls - before.calls, 1);
  for (const [kind, tokens] of Object.entries(usage))
    if (kind !== "cacheDetails") assert.equal(streamed[kind] - before[kind], tokens, kind);
  assert.equal(streams.handler.headers["content-type"], "application/vnd.amazon.eventstream");
  assert.equal(streams.handler.headers["transfer-encoding"], "chunked");
  checkFrames(Buffer.concat(streams.handler.chunks), events.length);
}

// ---- faults ----

const EXCEPTIONS = [
  "InternalServerException",
  "ModelStreamErrorException",
  "ValidationException",
  "ThrottlingException",
  "ServiceUnavailableException",
];

async function testException({ emulator, streams }, name, after) {
  const exception = name[0].toLowerCase() + name.slice(1);
  const before = (await emulator.bill()).totals;
  await emulator.addFault({ exception, after, message: "as asked" });
  const { events, error } = await streams.read(short);
  assert.equal(events.length, after);
  assert.ok(error instanceof runtime[name], `${error}`);
  assert.equal(error.name, name);
  assert.equal(error.message, "as asked");
  if (name === "ModelStreamErrorException") {
    assert.equal(error.originalStatusCode, 500);
    assert.equal(error.originalMessage, "as asked");
  }
  const { calls, outputTokens } = (await emulator.bill()).totals;
  assert.deepEqual([calls - before.calls, outputTokens - before.outputTokens], [1, 20]);
}

async function testError({ emulator, streams }) {
  await emulator.addFault({ error: "InternalFailure", after: 2, message: "no längèr" });
  const { events, error } = await streams.read(short);
  assert.equal(events.length, 2);
  assert.equal(error.name, "InternalFailure");
  assert.equal(error.message, "no längèr");
}

async function testRefused({ emulator, streams }) {
  await emulator.addFault({ type: "ThrottlingException" });
  const error = await streams.start(short).catch((reason) => reason);
  assert.ok(error instanceof runtime.ThrottlingException, `${error}`);
  assert.equal(error.$metadata.httpStatusCode, 429);
  await assert.rejects(streams.start({ messages: [] }), runtime.ValidationException);
}

async function testSlow({ emulator, streams }) {
  const whole = await streams.read(short);
  for (const fault of [{ dribble: true }, { eventDelayMs: 5 }]) {
    await emulator.addFault(fault);
    assert.deepEqual((await streams.read(short)).events, whole.events, JSON.stringify(fault));
  }
  await emulator.addFault({ noMetadata: true });
  assert.deepEqual((await streams.read(short)).events, whole.events.slice(0, -1));
}

async function testCut({ emulator, streams }) {
  await emulator.addFault({ cut: 500 });
  const { events, error } = await streams.read(short);
  assert.ok(events.length > 0 && error !== undefined, `${events.length} events, ${error}`);
}

// The client gives up in the middle; the whole answer is billed.
async function testStall({ emulator, streams }) {
  const before = (await emulator.bill()).totals;
  await emulator.addFault({ stall: true, after: 2 });
  const abort = new AbortController();
  const { stream } = await streams.start(short, { abortSignal: abort.signal });
  let n = 0;
  await assert.rejects(async () => {
    for await (const event of stream) if (event && (n += 1) === 2) abort.abort();
  });
  assert.equal(n, 2);
  const after = (await emulator.bill()).totals;
  assert.equal(after.outputTokens - before.outputTokens, 20);
}

export async function testStreams(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const streams = new StreamClient(emulator.endpoint);
    const all = { emulator, clients: emulator.clients(), streams };
    for (const [name, input] of Object.entries(INPUTS))
      await tap.run(`stream: ${name}: Converse's message, usage and bill, in AWS's frames`, () =>
        testSameAnswer(all, input),
      );
    for (const [after, name] of EXCEPTIONS.entries())
      await tap.run(`stream: ${name} after ${after} events`, () =>
        testException(all, name, after),
      );
    await tap.run("stream: an error no model knows", () => testError(all));
    await tap.run("stream: refused before it begins", () => testRefused(all));
    await tap.run("stream: slow, and without metadata", () => testSlow(all));
    await tap.run("stream: cut", () => testCut(all));
    await tap.run("stream: stalled and given up", () => testStall(all));
    streams.destroy();
  });
}
