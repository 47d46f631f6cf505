// The library's default chain of credentials against that of AWS's JavaScript: in the same
// environment, with the same files and servers, the same source has to give the same keys, unless
// they differ on purpose.
// SPDX-License-Identifier: MIT
import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, promisify } from "node:util";
import { PICKED } from "./credential_cases.mjs";
import { DIFFERENCES } from "./credential_differences.mjs";
import {
  ACCOUNT,
  fails,
  FAILURE,
  FILES,
  NOTHING,
  SETUP,
  SOURCES,
  wins,
} from "./credential_fixtures.mjs";
import { losers, winners } from "./credential_random.mjs";
import { Emulator } from "./emulator.mjs";
import { Random } from "./random.mjs";

const LEAST = { cases: 120, wins: 8, failures: 4 };
const AT_ONCE = 8; // AWS's provider for containers sleeps for seconds before it gives up
const FROM_FILES = ["shared-credentials-file", "config-file"];
const STATIC = [...FROM_FILES, "environment", "process"];

// ---- what the emulator does not play

const KEYS = { AccessKeyId: "AKIDSTUB", SecretAccessKey: "x" };
const Expiration = new Date(Date.now() + 3600_000).toISOString();

function answer(request, response) {
  const reply = (status, body) => response.writeHead(status).end(body);
  const { method, url, headers } = request;
  if (method === "PUT")
    reply(200, "token"); // of a machine which then has no role
  else if (url === "/garbage") reply(200, "x");
  else if (url === "/status/401") reply(401, "{}");
  else if (url === "/endless") reply(200, JSON.stringify(KEYS));
  else if (url === "/authorized" && headers.authorization === "Basic x")
    reply(200, JSON.stringify({ ...KEYS, Token: "t", Expiration }));
  else reply(404, "");
}

async function withStub(body) {
  const server = http.createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await body(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// ---- a case's surroundings

const fill = (text, values) =>
  Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`$${name}`, value), text);

async function writeFiles(home, files, values) {
  for (const [name, text] of Object.entries(files)) {
    if (text === null) continue;
    const file = path.join(home, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, fill(text, values), { mode: 0o600 });
  }
}

function surroundings(home, environment, values) {
  const filled = Object.entries(environment).map(([name, text]) => [name, fill(text, values)]);
  return {
    HOME: home,
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: values.EMULATOR,
    AWS_EC2_METADATA_DISABLED: "true",
    ...Object.fromEntries(filled),
  };
}

// ---- outcomes

// Names that each side makes up, or the emulator, are the same name.
function whoIs(arn, keys) {
  if (arn === undefined) return `refused ${keys.accessKeyId}`;
  return arn
    .replace(new RegExp(`^arn:aws:(iam|sts)::${ACCOUNT}:`), "")
    .replace(/\/(bedrockcost|aws-sdk-js(-session)?)-\d+$/, "/MADE-UP");
}

const hasFailed = ({ keys, error }) => keys === null || error.startsWith("no credentials: ");

function outcomeOfOurs(ours) {
  const counts = ours.chain.sources.find(({ state }) => state !== "absent");
  if (counts === undefined) return NOTHING;
  return hasFailed(ours)
    ? fails(counts.name)
    : wins(counts.name, whoIs(ours.caller?.Arn, ours.keys));
}

function outcomeOfTheirs({ source, keys, arn, error }) {
  return error !== undefined ? FAILURE : wins(source, whoIs(arn, keys));
}

// Theirs does not tell one file from the other, nor whose fault a failure was.
function asTheirs(outcome) {
  if ([NOTHING, FAILURE].includes(outcome) || outcome.endsWith(" fails")) return FAILURE;
  const [source, who] = outcome.split(" gives ");
  return wins(FROM_FILES.includes(source) ? "files" : source, who);
}

// ---- both sides

const execute = promisify(execFile);

async function askOurs(build, env) {
  const program = path.join(build, "tests/interop/interop_chain");
  const { stdout } = await execute(program, [], { env });
  return JSON.parse(stdout);
}

// A child that is asked one thing at a time.
class Worker {
  child = fork(fileURLToPath(new URL("credential_worker.mjs", import.meta.url)), {
    stdio: ["ignore", "ignore", "ignore", "ipc"], // AWS's providers warn a lot
    env: { PATH: process.env.PATH },
  });

  constructor() {
    this.child.on("message", (answer) => this.heard(answer));
    this.child.on("exit", () => this.heard({ error: "credential_worker.mjs ended" }));
  }

  ask(env) {
    return new Promise((resolve) => {
      this.heard = resolve;
      this.child.send(env);
    });
  }

  end = () => this.child.kill();
}

async function compare(one, worker, build, servers) {
  const home = await mkdtemp(path.join(os.tmpdir(), "credentials-"));
  try {
    const values = { ...servers, HOME: home };
    await writeFiles(home, { ...FILES, ...one.files }, values);
    const env = surroundings(home, one.environment, values);
    const ours = await askOurs(build, env);
    return { one, ours, theirs: await worker.ask(env) };
  } finally {
    await rm(home, { recursive: true });
  }
}

async function compareAll(cases, build, servers) {
  const waiting = [...cases];
  const results = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      const worker = new Worker();
      try {
        while (waiting.length > 0)
          results.push(await compare(waiting.pop(), worker, build, servers));
      } finally {
        worker.end();
      }
    }),
  );
  return results.sort((a, b) => cases.indexOf(a.one) - cases.indexOf(b.one));
}

// Both sides give a machine's metadata service one second, which a slow machine may not keep with
// several cases at once: what went wrong is asked again, alone.
async function compareAgain(results, build, servers) {
  for (const [i, result] of results.entries()) {
    if (faultsOf(result).length === 0) continue;
    const worker = new Worker();
    try {
      results[i] = await compare(result.one, worker, build, servers);
    } finally {
      worker.end();
    }
  }
}

// ---- judgement

// The failure has to name whose it is, and to keep what nobody else may read.
function faultsOfText({ keys, chain, error }) {
  const faults = [];
  const counts = chain.sources.find(({ state }) => state !== "absent");
  if (keys === null && counts !== undefined && !error.includes(`${counts.name}: `))
    faults.push(`the failure is not that of ${counts.name}`);
  if (/secret\/of|token-of|web-identity-token|sso-access-token|client-secret/.test(error))
    faults.push("a secret is in the failure");
  return faults;
}

// What is wrong; nothing if all is well.
function faultsOf({ one, ours, theirs }) {
  const faults = faultsOfText(ours);
  const ourOutcome = outcomeOfOurs(ours);
  const theirOutcome = outcomeOfTheirs(theirs);
  const [why, differently] = one.differs ?? [undefined, one.ours];
  if (ourOutcome !== one.ours) faults.push(`ours: ${ourOutcome}, not ${one.ours}: ${ours.error}`);
  if (why !== undefined && !(why in DIFFERENCES)) faults.push(`no difference is called ${why}`);
  if (why !== undefined && theirOutcome === asTheirs(ourOutcome))
    faults.push(`"${why}" does not occur: both say ${theirOutcome}`);
  else if (theirOutcome !== asTheirs(differently))
    faults.push(`AWS's: ${theirOutcome}, not ${asTheirs(differently)}: ${theirs.error ?? ""}`);
  if (why === undefined && STATIC.some((source) => ourOutcome.startsWith(`${source} gives`)))
    if (!isDeepStrictEqual(ours.keys, theirs.keys)) faults.push("the keys differ");
  return faults;
}

// A predecessor that fails: it counts, and has no keys, although a later source is configured. The
// last one can only fail.
function countSources(results) {
  const count = Object.fromEntries(SOURCES.map((source) => [source, { wins: 0, failures: 0 }]));
  count.login = { wins: 0, failures: 0 };
  for (const { ours } of results) {
    const configured = ours.chain.sources.filter(({ state }) => state !== "absent");
    if (configured.length === 0) continue;
    const [{ name }, ...later] = configured;
    if (!hasFailed(ours)) count[name].wins += 1;
    else if (name === "imds" || later.some(({ state }) => state === "ready"))
      count[name].failures += 1;
  }
  return count;
}

function report(tap, results) {
  const count = countSources(results);
  tap.comment("source: times it wins, times it fails before another that is configured");
  for (const [source, { wins, failures }] of Object.entries(count))
    tap.comment(`${source}: ${wins}, ${failures}`);
  const differing = results.flatMap(({ one }) =>
    one.differs === undefined ? [] : [one.differs[0]],
  );
  tap.comment(`${results.length} environments, ${differing.length} of them differ on purpose`);
  for (const why of Object.keys(DIFFERENCES)) {
    const times = differing.filter((name) => name === why).length;
    tap.comment(`${why}: ${times}`);
    tap.ok(times > 0, `a case shows the difference ${why}`);
  }
  tap.ok(results.length >= LEAST.cases, `at least ${LEAST.cases} environments`);
  for (const source of SOURCES)
    tap.ok(
      count[source].wins >= LEAST.wins && count[source].failures >= LEAST.failures,
      `${source} wins in at least ${LEAST.wins} and fails in at least ${LEAST.failures}`,
    );
}

export async function testCredentials(tap, { build, seed }) {
  const random = new Random(seed);
  const cases = [...PICKED, ...winners(random), ...losers(random)];
  const results = [];
  await withStub((STUB) =>
    Emulator.use(build, ["--identity"], async (emulator) => {
      await emulator.identity("setup", { method: "POST", body: JSON.stringify(SETUP) });
      const servers = { STUB, EMULATOR: emulator.endpoint };
      results.push(...(await compareAll(cases, build, servers)));
      await compareAgain(results, build, servers);
    }),
  );
  for (const result of results) {
    const { name, environment, files, differs } = result.one;
    const faults = faultsOf(result);
    const surroundings = JSON.stringify({ environment, files });
    const note = differs === undefined ? "" : ` (${differs[0]})`;
    tap.ok(faults.length === 0, `${name}${note}`, ...faults, surroundings);
  }
  report(tap, results);
}
