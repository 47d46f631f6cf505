// AWS's own retry strategy, readers of hints and dates, and clock correction against ours: seeded
// cases, decided by both.
// SPDX-License-Identifier: MIT
import { AwsSdkSigV4Signer } from "@aws-sdk/core/httpAuthSchemes";
import { HttpResponse } from "@smithy/core/protocols";
import {
  getRetryAfterHint,
  isThrottlingError,
  isTransientError,
  StandardRetryStrategy,
} from "@smithy/core/retry";
import { parseRfc7231DateTime } from "@smithy/core/serde";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { Random } from "./random.mjs";

const NOW = Date.UTC(2026, 7, 1, 12, 0, 0, 250);
const DAY = 86_400_000;
const [UNSENT, COMPLETE] = [0, 3]; // enum brc__reach
const code = { none: 0, connect: -21, tls: -22, timeout: -23 };

const THROTTLING = [
  ..."BandwidthLimitExceeded EC2ThrottledException LimitExceededException".split(" "),
  ..."PriorRequestNotComplete ProvisionedThroughputExceededException SlowDown".split(" "),
  ..."RequestLimitExceeded RequestThrottled RequestThrottledException Throttling".split(" "),
  ..."ThrottledException ThrottlingException TooManyRequestsException".split(" "),
  "TransactionInProgressException",
];

const answer = (status, type = "-", corrected = false) => ({
  js: { name: type, $metadata: { httpStatusCode: status, clockSkewCorrected: corrected } },
  ours: `${COMPLETE} ${code.none} ${status} ${type} ${Number(corrected)}`,
});
const unsent = (ourCode, jsCode, name = "Error") => ({
  js: { name, code: jsCode },
  ours: `${UNSENT} ${ourCode} 0 - 0`,
});

const FAILURES = [
  ...[429, 500, 501, 502, 503, 504, 505, 529, 307, 400, 404].map((status) => answer(status)),
  ...THROTTLING.map((type) => answer(400, type)),
  answer(429, "ThrottlingException"),
  answer(503, "SlowDown"),
  answer(503, "ServiceUnavailableException"),
  answer(500, "InternalServerException"),
  answer(400, "RequestTimeout"),
  answer(400, "RequestTimeoutException"),
  answer(400, "ValidationException"),
  answer(403, "AccessDeniedException"),
  answer(403, "SignatureDoesNotMatch"),
  answer(403, "SignatureDoesNotMatch", true),
  answer(403, "AccessDeniedException", true),
  answer(429, "ThrottlingException", true),
  answer(408, "ModelTimeoutException"),
  answer(424, "ModelErrorException"),
  unsent(code.connect, "ECONNREFUSED"),
  unsent(code.connect, "ENOTFOUND"),
  unsent(code.timeout, "ETIMEDOUT", "TimeoutError"),
];

// Where we differ, and why: a model that ran was paid; one that is being loaded is not throttled.
const DIFFERENT = [
  { ...answer(408, "RequestTimeout"), aws: "TRANSIENT", delay: -1 },
  { ...answer(424, "ModelErrorException", true), aws: "TRANSIENT", delay: -1 },
  { ...answer(408, "ThrottlingException"), aws: "THROTTLING", delay: -1 },
  { ...answer(529, "SlowDown"), aws: "THROTTLING", delay: -1 },
  { ...answer(429, "ModelNotReadyException"), aws: "THROTTLING", delay: 25 },
];

const errorType = (error) =>
  isThrottlingError(error) ? "THROTTLING" : isTransientError(error) ? "TRANSIENT" : "OTHER";

function response(line) {
  const [, name, value] = line.match(/^([^:]*): ?(.*)$/) ?? [];
  return new HttpResponse({ statusCode: 503, headers: name ? { [name]: value } : {} });
}

const pad = (n, width = 2) => String(n).padStart(width, "0");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function dateText(random, date, form = random.below(3)) {
  const [day, month] = [date.getUTCDate(), MONTHS[date.getUTCMonth()]];
  const [weekday, year] = [DAYS[date.getUTCDay()], date.getUTCFullYear()];
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const time = clock.map((n) => pad(n)).join(":");
  const short = weekday.slice(0, 3);
  if (form === 0) return `${short}, ${pad(day)} ${month} ${pad(year, 4)} ${time} GMT`;
  if (form === 1) return `${weekday}, ${pad(day)}-${month}-${pad(year % 100)} ${time} GMT`;
  return `${short} ${month} ${String(day).padStart(2)} ${time} ${pad(year, 4)}`;
}

function hintLine(random) {
  const near = new Date(NOW + random.between(-3_000, 30_000));
  const seconds = `${random.below(40)}.${random.text("0123456789", 1, 5)}`;
  return random.pick([
    `x-amz-retry-after: ${random.below(30_000)}`,
    `X-Amz-Retry-After: ${random.pick([0, 1, 49, 50, 5_000, 5_001, DAY, 7 * DAY])}`,
    `x-amz-retry-after: ${random.pick(["soon", "5 s", "1,5", "0.5.5"])}`,
    `Retry-After: ${random.below(40)}`,
    `retry-after: ${seconds}`,
    `retry-after: ${random.pick(["soon", "later GMT", "5 s", "-5", "5 GMT"])}`,
    `Retry-After: ${dateText(random, near, random.below(2))}`,
  ]);
}

// Each case is a line for decider.c and the line that it has to print.
class Cases {
  lines = [];
  add(line, ...expected) {
    this.lines.push({ line, expected: expected.join(" ") });
  }
}

// Calls one after another on one strategy, until its store has run low more than once.
async function addCalls(cases, random) {
  const max = random.pick([1, 2, 3, 4, 7, 100]);
  const strategy = new StandardRetryStrategy(max);
  const luck = random.pick([5, 20, 60]);
  let token = await strategy.acquireInitialRetryToken("");
  cases.add(`new ${max}`, strategy.getCapacity());
  for (let attempt = 1, i = 0; i < 90; i += 1) {
    if (random.chance(luck)) {
      strategy.recordSuccess(token);
      cases.add(`ok ${token.getRetryCost() ?? 0}`, strategy.getCapacity());
      [attempt, token] = [1, await strategy.acquireInitialRetryToken("")];
      continue;
    }
    const failure = random.pick(FAILURES);
    const chance = random.pick([0, 2 ** 32 - 1, random.next(), random.next()]);
    const line = random.chance(40) ? hintLine(random) : "";
    Math.random = () => chance / 2 ** 32;
    const info = { errorType: errorType(failure.js), error: failure.js };
    info.retryAfterHint = getRetryAfterHint(response(line));
    const next = await strategy.refreshRetryTokenForRetry(token, info).catch(() => null);
    const delay = Math.floor(next?.$retryLog.acquisitionDelay ?? -1);
    cases.add(
      `fail ${failure.ours} ${attempt} ${chance} ${NOW} |${line}`,
      delay,
      strategy.getCapacity(),
    );
    attempt = next ? attempt + 1 : 1;
    token = next ?? (await strategy.acquireInitialRetryToken(""));
  }
}

function addHint(cases, random) {
  const line = hintLine(random);
  const until = getRetryAfterHint(response(line))?.getTime();
  const known = Number.isFinite(until);
  cases.add(`hint ${NOW} |${line}`, known ? Math.min(Math.max(until - NOW, 0), DAY) : -1);
}

// What AWS's reader takes and ours does not: hours of one digit, parts of a second, a leap second
// anywhere, the years 0 to 99. And 29 February 2000 ends in 00, which it takes for 2100.
const isLax = (text) =>
  /\D\d:\d\d:|:\d\d\.|00\d\d GMT$|\b00\d\d\b/.test(text) ||
  (/:60/.test(text) && !/23:59:60/.test(text)) ||
  /29-Feb-00/.test(text);

function addDate(cases, random, now) {
  const moment = random.between(0, 180 * 366) * DAY + random.below(DAY);
  let text = dateText(random, new Date(moment));
  if (random.chance(60)) {
    const at = random.below(text.length);
    const letter = random.pick([...`0123456789069:-, .GMTAugFeb${text}`]);
    text = text.slice(0, at) + letter + text.slice(at + random.below(2));
  }
  if (isLax(text)) return;
  let seconds = "none";
  try {
    seconds = parseRfc7231DateTime(text).getTime() / 1000;
  } catch {}
  cases.add(`date ${now} ${text}`, seconds);
}

function addClock(cases, random) {
  const before = random.pick([0, 0, 240_000, -3_600_000, random.between(-DAY, DAY)]);
  const [took, isError] = [random.pick([80, 900_000, 900_001]), random.chance(70)];
  const away = random.pick([-240, -239, 0, 239, 240, 241, random.between(-DAY, DAY) / 1000]);
  const utc = NOW + random.pick([0, 1, 500, -250]);
  const date = random.chance(90)
    ? dateText(random, new Date(NOW - 250 + Math.trunc(away) * 1000), 0)
    : "soon";
  const headers = { date, ...(random.chance(15) && { age: "1" }) };
  Date.now = () => utc;
  const config = { systemClockOffset: before };
  const properties = {
    config,
    _preRequestSystemClockOffset: 0, // signed before any sample
    _requestSentAt: utc - took,
  };
  const error = { $metadata: {}, $response: new HttpResponse({ statusCode: 403, headers }) };
  const signer = new AwsSdkSigV4Signer();
  try {
    if (isError) signer.errorHandler(properties)(error);
    else signer.successHandler(error.$response, properties);
  } catch (thrown) {
    if (thrown !== error) throw thrown;
  }
  Date.now = () => NOW;
  const head = Object.entries(headers).map(([name, value]) => `|${name}: ${value}`);
  cases.add(
    `skew ${utc} ${took} ${before} 0 ${Number(isError)} ${head.join("")}`,
    config.systemClockOffset,
    Number(error.$metadata.clockSkewCorrected ?? false),
  );
}

function decide(build, lines) {
  const program = path.join(build, "tests/interop/interop_decider");
  const input = lines.map((line) => `${line}\n`).join("");
  const run = spawnSync(program, { input, encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });
  if (run.status !== 0) throw new Error(`interop_decider ended with ${run.status ?? run.signal}`);
  return run.stdout.trimEnd().split("\n");
}

function compare(tap, build, name, cases) {
  const ours = decide(
    build,
    cases.lines.map(({ line }) => line),
  );
  const wrong = cases.lines
    .map(({ line, expected }, i) => ({ line, expected, ours: ours[i] }))
    .filter((one) => one.ours !== one.expected);
  tap.ok(
    wrong.length === 0 && ours.length === cases.lines.length,
    `AWS's code decides the same of ${cases.lines.length} ${name}`,
    ...wrong.slice(0, 5).map((one) => `${one.line}: ${one.ours}, AWS: ${one.expected}`),
  );
}

// Runs with time standing still, waits that are over at once, and then puts all back.
async function withoutTime(body) {
  const kept = { now: Date.now, random: Math.random, setTimeout: globalThis.setTimeout };
  Date.now = () => NOW;
  globalThis.setTimeout = (fn) => queueMicrotask(fn);
  try {
    await body(kept.now());
  } finally {
    [Date.now, Math.random, globalThis.setTimeout] = [kept.now, kept.random, kept.setTimeout];
  }
}

export async function testRetries(tap, { build, seed }) {
  const random = new Random(seed);
  const [calls, hints, dates, clocks] = Array.from({ length: 4 }, () => new Cases());

  await withoutTime(async (today) => {
    for (let i = 0; i < 30; i += 1) await addCalls(calls, random);
    for (let i = 0; i < 600; i += 1) addHint(hints, random);
    for (let i = 0; i < 3_000; i += 1) addDate(dates, random, today);
    for (let i = 0; i < 400; i += 1) addClock(clocks, random);
  });
  compare(tap, build, "ends of attempts", calls);
  compare(tap, build, "hints", hints);
  compare(tap, build, "dates", dates);
  compare(tap, build, "samples of a clock", clocks);

  const lines = DIFFERENT.map(({ ours }) => `fail ${ours} 1 ${2 ** 31} ${NOW} `);
  const delays = decide(build, ["new 3", ...lines]).slice(1);
  DIFFERENT.forEach(({ js, ours, aws, delay }, i) =>
    tap.ok(
      errorType(js) === aws && delays[i].startsWith(`${delay} `),
      `${js.$metadata.httpStatusCode} ${js.name}: ${aws} to AWS, not to us`,
      `${errorType(js)}, ${ours}: ${delays[i]}`,
    ),
  );
}
