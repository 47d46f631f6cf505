// Cases of credentials.mjs that are put together from a seed: each source wins over some that come
// after it, and fails before some, in each way that it can. What AWS's JavaScript makes of them is
// foretold by a model of its chain.
// SPDX-License-Identifier: MIT
import * as f from "./credential_fixtures.mjs";

// ---- a case under construction

class Draft {
  environment = {};
  files = {};
  profile = []; // lines of the profile that counts, in the config file
  credentials = []; // in the credentials file
  config = {}; // further sections
  parts = new Set(); // what is configured, for the model
}

// Adds a source that works. A source's name, but for web identity, of which there are two kinds.
const ADD = {
  environment: (draft) => Object.assign(draft.environment, f.envKeys("env")),
  "assume-role": (draft) => {
    draft.profile.push(...f.role());
    draft.config["[profile base]"] = f.fileKeys("base");
  },
  "web-profile": (draft) => draft.profile.push(...f.webIdentity()),
  "web-environment": (draft) => Object.assign(draft.environment, f.envWebIdentity()),
  sso: (draft, random) => {
    draft.profile.push(...(random.chance(50) ? f.sso() : f.ssoLegacy()));
    Object.assign(draft.config, f.ssoSession());
  },
  "shared-credentials-file": (draft) => draft.credentials.push(...f.fileKeys("file")),
  process: (draft) => draft.profile.push(...f.PROCESS),
  "config-file": (draft) => draft.profile.push(...f.fileKeys("config")),
  container: (draft) => Object.assign(draft.environment, f.container()),
  imds: (draft) => Object.assign(draft.environment, f.IMDS),
};

function add(draft, source, random) {
  const web = draft.profile.length === 0 && random.chance(50) ? "web-profile" : "web-environment";
  const part = source === "web-identity" ? web : source;
  ADD[part](draft, random);
  draft.parts.add(part);
}

// Some of the sources that come later, one at least.
function addLater(draft, source, random, but = []) {
  const later = f.SOURCES.slice(f.SOURCES.indexOf(source) + 1).filter((one) => !but.includes(one));
  if (later.length === 0) return;
  const one = random.pick(later);
  later
    .filter((other) => other === one || random.chance(30))
    .forEach((other) => add(draft, other, random));
}

// ---- how people write files

const blanks = (random, least) => random.text(" \t", least, 2);

function write(random, sections) {
  const lines = [];
  const entries = Object.entries(sections);
  while (entries.length > 0) {
    const [[header, settings]] = entries.splice(random.below(entries.length), 1);
    if (random.chance(30))
      lines.push(random.pick(["", "# [profile x]", "; aws_access_key_id = x"]));
    lines.push(`${header}${random.chance(20) ? " # that" : ""}`);
    for (const [name, value] of [...settings].map((line) => line.split(" = "))) {
      const end = random.chance(20) ? random.pick([" # x", "\t; y", "  "]) : "";
      lines.push(`${name}${blanks(random, 0)}=${blanks(random, 0)}${value}${end}`);
    }
  }
  return lines.join(random.pick(["\n", "\n", "\r\n"])) + random.pick(["", "\n"]);
}

const quoted = (random, name) => random.pick([name, `"${name}"`, `'${name}'`]);

function finish(draft, random, named) {
  const name = named ? "mine" : "default";
  if (named) draft.environment.AWS_PROFILE = name;
  const header = named
    ? `[profile ${quoted(random, name)}]`
    : random.pick(["[default]", "[profile default]"]);
  const sections = { ...draft.config, "[profile other]": f.fileKeys("other") };
  // A profile has to be there if it is named.
  if (draft.profile.length > 0 || named)
    sections[header] = ["region = us-east-1", ...draft.profile];
  const credentials = { "[other]": f.fileKeys("other") };
  if (draft.credentials.length > 0) credentials[`[${name}]`] = draft.credentials;
  return {
    environment: draft.environment,
    files: {
      ".aws/config": write(random, sections),
      ".aws/credentials": write(random, credentials),
      ...draft.files,
    },
  };
}

// ---- AWS's JavaScript, foretold

const INI = [
  "assume-role",
  "shared-credentials-file",
  "config-file",
  "web-profile",
  "process",
  "sso",
];
const AFTER = ["process", "web-environment", "container", "imds"];

// How its chain ends, and whether it passed the broken part on its way. A broken part is `skip`ped
// (the profile is asked for something else), the `next` provider is asked, or the chain `stops`.
function foretell(parts, named, broken, how) {
  let passed = false;
  const end = (source) => ({ source, passed });
  if (parts.has("environment") && !named) {
    if (broken !== "environment") return end("environment");
    passed = true;
  }
  for (const part of INI.filter((known) => parts.has(known))) {
    if (part !== broken) return end(part);
    if (how === "stops") return end(null);
    passed = true;
    if (how === "next") break;
  }
  for (const part of AFTER.filter((known) => parts.has(known))) {
    if (part !== broken) return end(part);
    if (how === "stops" || part === "container" || part === "imds") return end(null);
    passed = true;
  }
  return end(null);
}

const ofPart = (part) => (part.startsWith("web-") ? "web-identity" : part);

function expect(name, draft, random, named, source, broken, how) {
  const { source: part, passed } = foretell(draft.parts, named, broken, how);
  const ours = broken === undefined ? f.wins(source) : f.fails(source);
  const javascript = part === null ? f.FAILURE : f.wins(ofPart(part));
  const same = part === null ? broken !== undefined : ours === javascript;
  const byName = named && draft.parts.has("environment") ? "env-first" : "order";
  const differs = same ? undefined : [passed ? "stops" : byName, javascript];
  return { name, ...finish(draft, random, named), ours, differs };
}

// ---- ways to fail

// [source, what is wrong, what it does to a draft, what AWS's JavaScript does about it]
const variables = (more) => (draft) => Object.assign(draft.environment, more);
const lines =
  (...more) =>
  (draft) =>
    draft.profile.push(...more);
const secretly =
  (...more) =>
  (draft) =>
    draft.credentials.push(...more);
const withFile = (inner, files) => (draft) => {
  inner(draft);
  Object.assign(draft.files, files);
};
const withSso = (more, settings = f.sso()) =>
  withFile((draft) => {
    draft.profile.push(...settings);
    Object.assign(draft.config, f.ssoSession());
  }, more);
const withEmpty = (draft) => {
  draft.profile.push(...f.role("empty"));
  draft.config["[profile empty]"] = ["region = us-east-1"];
};
const [ID] = f.fileKeys("other");
const ARN = `role_arn = ${f.ROLE}`;
const FORBIDDEN = "role_arn = arn:aws:iam::123456789012:role/forbidden";

const BROKEN = [
  ["environment", "an id alone", variables({ AWS_ACCESS_KEY_ID: "AKIDENV" }), "next"],
  [
    "environment",
    "an empty secret",
    variables({ AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "" }),
    "next",
  ],
  [
    "environment",
    "an id and a token",
    variables({ AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SESSION_TOKEN: "t" }),
    "next",
  ],
  [
    "environment",
    "an id and the secret of another name",
    variables({ AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_KEY: "x" }),
    "next",
  ],

  ["assume-role", "nothing to assume it with", lines(ARN), "skip"],
  [
    "assume-role",
    "two ways to assume it",
    lines(ARN, "source_profile = other", "credential_source = Environment"),
    "skip",
  ],
  ["assume-role", "a source that is not there", lines(...f.role("nobody")), "next"],
  ["assume-role", "a source without credentials", withEmpty, "next"],
  ["assume-role", "a device to be asked", lines(...f.role("other"), "mfa_serial = x"), "stops"],
  ["assume-role", "an unknown credential_source", lines(ARN, "credential_source = Moon"), "next"],
  ["assume-role", "a source in upper case", lines(ARN, "credential_source = ENVIRONMENT"), "next"],
  ["assume-role", "a role that refuses", lines(FORBIDDEN, "source_profile = other"), "stops"],
  [
    "assume-role",
    "too short a duration",
    lines(...f.role("other"), "duration_seconds = 1"),
    "stops",
  ],
  [
    "assume-role",
    "a duration that is none",
    lines(...f.role("other"), "duration_seconds = long"),
    "stops",
  ],
  [
    "assume-role",
    "an empty environment as its source",
    lines(ARN, "credential_source = Environment"),
    "next",
  ],

  [
    "web-identity",
    "no token file",
    withFile(variables(f.envWebIdentity()), { token: null }),
    "stops",
  ],
  [
    "web-identity",
    "another token",
    withFile(variables(f.envWebIdentity()), { token: "another" }),
    "stops",
  ],
  [
    "web-identity",
    "an empty token",
    withFile(variables(f.envWebIdentity()), { token: "" }),
    "stops",
  ],
  [
    "web-identity",
    "a role that refuses",
    variables({ ...f.envWebIdentity(), AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/forbidden" }),
    "stops",
  ],
  [
    "web-identity",
    "a token file without a role",
    variables({ AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token" }),
    "next",
  ],

  [
    "sso",
    "nobody signed in",
    withSso({ ...f.ssoCache("x"), [Object.keys(f.ssoCache("here"))[0]]: null }),
    "stops",
  ],
  [
    "sso",
    "a sign-in that has ended",
    withSso(f.ssoCache("here", { expiresAt: f.inSeconds(-60) })),
    "stops",
  ],
  [
    "sso",
    "an older sign-in that has ended",
    withSso(f.ssoCache(f.PORTAL, { expiresAt: f.inSeconds(-60) }), f.ssoLegacy()),
    "stops",
  ],
  [
    "sso",
    "a sign-in that is no JSON",
    withSso({ [Object.keys(f.ssoCache("here"))[0]]: "x" }),
    "stops",
  ],
  [
    "sso",
    "a token that the portal does not know",
    withSso(f.ssoCache("here", { accessToken: "strange" })),
    "stops",
  ],
  ["sso", "no role", withSso({}, f.sso().slice(0, 2)), "stops"],
  ["sso", "no account", withSso({}, [f.sso()[0], f.sso()[2]]), "stops"],
  [
    "sso",
    "no region",
    withSso(
      {},
      f.ssoLegacy().filter((line) => !line.startsWith("sso_region")),
    ),
    "stops",
  ],

  ["shared-credentials-file", "an id alone", secretly(ID), "skip"],
  ["shared-credentials-file", "an empty secret", secretly(ID, "aws_secret_access_key = "), "skip"],
  ["shared-credentials-file", "an id and a token", secretly(ID, "aws_session_token = x"), "skip"],
  [
    "shared-credentials-file",
    "a secret of another name",
    secretly(ID, "aws_secret_key = x"),
    "skip",
  ],

  ["process", "no such program", lines("credential_process = /nowhere/at-all"), "next"],
  ["process", "a program that fails", lines("credential_process = false"), "next"],
  ["process", "no JSON", lines("credential_process = echo x"), "next"],
  ["process", "no output", lines("credential_process = true"), "next"],
  [
    "process",
    "another version",
    withFile(lines(...f.PROCESS), { "process.json": f.processJson("process", { Version: 2 }) }),
    "next",
  ],
  [
    "process",
    "no secret",
    withFile(lines(...f.PROCESS), { "process.json": '{"Version":1,"AccessKeyId":"x"}' }),
    "next",
  ],
  [
    "process",
    "keys that have ended",
    withFile(lines(...f.PROCESS), {
      "process.json": f.processJson("process", { Expiration: f.inSeconds(-60) }),
    }),
    "next",
  ],
  [
    "process",
    "a quote that is not closed",
    lines("credential_process = cat '$HOME/process.json"),
    "next",
  ],

  ["config-file", "an id alone", lines(ID), "skip"],
  ["config-file", "an empty secret", lines(ID, "aws_secret_access_key = "), "skip"],
  ["config-file", "an id and a token", lines(ID, "aws_session_token = x"), "skip"],
  ["config-file", "a secret of another name", lines(ID, "aws_secret_key = x"), "skip"],

  ["container", "plain http to elsewhere", variables(f.container("http://example.com/x")), "stops"],
  ["container", "no URL", variables(f.container("somewhere")), "stops"],
  ["container", "a server that refuses", variables(f.container("$STUB/status/401")), "stops"],
  ["container", "an answer that is no JSON", variables(f.container("$STUB/garbage")), "stops"],
  [
    "container",
    "no token file",
    variables({ ...f.container(), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "$HOME/none" }),
    "stops",
  ],
  [
    "container",
    "a token with a line break",
    variables({ ...f.container(), AWS_CONTAINER_AUTHORIZATION_TOKEN: "a\r\nb" }),
    "stops",
  ],

  [
    "imds",
    "nobody there",
    variables({ ...f.IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:1" }),
    "stops",
  ],
  [
    "imds",
    "no role",
    variables({ ...f.IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: "$STUB" }),
    "stops",
  ],
  [
    "imds",
    "a mode that is none",
    variables({
      AWS_EC2_METADATA_DISABLED: "false",
      AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv5",
    }),
    "stops",
  ],
  [
    "imds",
    "neither on nor off",
    variables({ ...f.IMDS, AWS_EC2_METADATA_DISABLED: "perhaps" }),
    "stops",
  ],
];

// JavaScript would let an id in one file meet the secret in the other.
const NOT_WITH = { "shared-credentials-file": ["config-file"] };
const TIMES_EACH = 9;

export function winners(random) {
  return f.SOURCES.flatMap((source) =>
    Array.from({ length: TIMES_EACH }, (_, i) => {
      const draft = new Draft();
      const named = random.chance(40);
      add(draft, source, random);
      addLater(draft, source, random);
      return expect(`${source} before others ${i + 1}`, draft, random, named, source);
    }),
  );
}

export function losers(random) {
  return BROKEN.map(([source, what, spoil, how]) => {
    const draft = new Draft();
    const named = source !== "environment" && random.chance(40);
    spoil(draft);
    const part = source === "web-identity" ? "web-environment" : source;
    draft.parts.add(part);
    addLater(draft, source, random, NOT_WITH[source]);
    return expect(`${source}: ${what}`, draft, random, named, source, part, how);
  });
}
