// AWS's own reader of shared files against ours: files put together from a seed, files picked by
// hand, and those which we read differently on purpose.
// SPDX-License-Identifier: MIT
import { loadSharedConfigFiles } from "@smithy/core/config";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Random } from "./random.mjs";

const GENERATED = 600;

// ---- both readers, in AWS's shape: { section: { key or "block.key": value } }

async function readByAws(file, folder) {
  const name = path.join(folder, "file");
  const nothing = path.join(folder, "nothing");
  writeFileSync(name, file.text);
  const loaded = await loadSharedConfigFiles({
    filepath: file.dialect === "credentials" ? name : nothing,
    configFilepath: file.dialect === "config" ? name : nothing,
    ignoreCache: true,
  });
  const sections = file.dialect === "config" ? loaded.configFile : loaded.credentialsFile;
  return JSON.parse(JSON.stringify(sections));
}

// The last value of a key counts; a section without any is not there.
function inAwsShape(entries) {
  if (typeof entries === "string") return entries;
  const sections = new Map();
  for (const [kind, name, key, subKey, value] of entries) {
    if (kind === "" || key === null || value === "") continue;
    const section = kind === "profile" ? name : `${kind}.${name}`;
    if (!sections.has(section)) sections.set(section, {});
    sections.get(section)[subKey === null ? key : `${key}.${subKey}`] = value;
  }
  return Object.fromEntries(sections); // whatever they are called
}

function readByUs(files, build) {
  const input = files.flatMap(({ dialect, text }) => {
    const bytes = Buffer.from(text);
    return [Buffer.from(`${dialect} ${bytes.length}\n`), bytes];
  });
  const { status, stdout, stderr } = spawnSync(path.join(build, "tests/interop/interop_printer"), {
    input: Buffer.concat(input),
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`interop_printer: ${stderr}`);
  return stdout.trimEnd().split("\n").map((line) => inAwsShape(JSON.parse(line)));
}

// ---- files put together from a seed: what people write, in every way that all readers take

const NAMES = ["default", "dev", "a", "b-c", "x_1", "user@example.com", "a.b", "p%q", "a:b/c+d"];
const KEYS = "region output role_arn source_profile a b_c d-e aws_access_key_id x9".split(" ");
const VALUES = [
  ..."x eu-west-1 a=b a;b a#b =x == \"q\" 'q' a\\b ;x #x é 日本 [x] [ ]".split(" "),
  "two words",
  "arn:aws:iam::123456789012:role/x",
  "\"/a b/c\" --d=e",
  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY==",
];

const blanks = (random) => random.text(" \t", 0, 3);
const comment = (random) =>
  random.chance(20) ? `${random.pick([" ", "\t", "  "])}${random.pick([";", "#"])} [c] = d` : "";

function header(random, dialect) {
  const name = random.pick(NAMES);
  const end = `${blanks(random)}${comment(random)}`;
  if (dialect === "credentials") return `[${name}]${end}`;
  if (name === "default" && random.chance(70)) return `[default]${end}`;
  const kind = random.pick(["profile", "profile", "profile", "sso-session", "services", "other"]);
  const quote = random.pick(["", "", "'", '"']);
  return `${blanks(random)}[${kind}${random.pick([" ", "\t"])}${quote}${name}${quote}]${end}`;
}

function setting(random, indent) {
  const equals = `${blanks(random)}=${blanks(random)}`;
  const value = random.pick(VALUES);
  // A comment needs a blank before it, and a value that begins with its sign must have none.
  const joined = /^[;#]/.test(value) ? "=" : equals;
  return `${indent}${random.pick(KEYS)}${joined}${value}${blanks(random)}${comment(random)}`;
}

function section(random, dialect) {
  // The first key makes it a section for AWS's reader too.
  const lines = [header(random, dialect), setting(random, "")];
  let blocks = false;
  for (let n = random.below(8); n > 0; n -= 1) {
    const kind = random.below(6);
    // Behind a block, a line that is indented belongs to it.
    const indent = blocks ? "" : random.pick(["", "", " ", "\t"]);
    if (kind === 0) lines.push(blanks(random));
    else if (kind === 1) lines.push(`${blanks(random)}${random.pick([";", "#"])}x=y [z]`);
    else if (kind === 2) {
      blocks = true;
      lines.push(`${random.pick(["s3", "sts", "bedrock_runtime"])}${blanks(random)}=${comment(random)}`);
      for (let m = random.below(4); m > 0; m -= 1) {
        if (random.chance(20)) lines.push(blanks(random), `  # comment`);
        lines.push(setting(random, random.pick([" ", "    ", "\t"])));
      }
    } else lines.push(setting(random, indent));
  }
  return lines;
}

function generate(random) {
  const dialect = random.pick(["config", "credentials"]);
  const lines = random.chance(30) ? ["# a comment", ""] : [];
  for (let n = random.below(6); n >= 0; n -= 1) lines.push(...section(random, dialect));
  const mark = random.chance(10) ? "\ufeff" : "";
  const text = mark + lines.join(random.pick(["\n", "\n", "\r\n"]));
  return { dialect, text: random.chance(50) ? `${text}\n` : text };
}

// ---- picked by hand

const config = (text) => ({ dialect: "config", text });
const credentials = (text) => ({ dialect: "credentials", text });

const SAME = [
  config(""),
  config("\n"),
  config("# nothing"),
  config("[default]"),
  config("[default]\nregion=x"),
  config("[default]\r\nregion=x\r\n"),
  config("\ufeff[default]\nregion=x"),
  config("[profile a]\nx=1\n[profile b]\nx=2\n[profile a]\ny=3\nx=4"),
  config("[profile default]\na=1\n[default]\nb=2"),
  config("[default]\nb=2\n[profile default]\na=1"),
  config("[a]\nx=1"),
  config("[profile]\nx=1"),
  config("[profilea]\nx=1"),
  config("[Profile a]\nx=1"),
  config("[other a]\nx=1"),
  config("[profile it's]\nx=1"),
  config("[profile a b]\nx=1"),
  config("[services s]\nbedrock_runtime =\n  endpoint_url = http://x\nsts=\n  endpoint_url=y"),
  config("[sso-session s]\nsso_region = x\nsso_start_url = https://x/#/ ; y"),
  config("[default]\ns3 =\n\n  # c\n  a = b\nregion = x"),
  config("[default]\ns3 =\nregion = x"),
  config("[default]\ns3 = ; c\n  a = b"),
  config("[default]\na = b\n  c = d"),
  config("[default]\na=1\na=\n"),
  credentials("[a]\naws_access_key_id = x\naws_secret_access_key = y/z+==\n"),
  credentials("[a]\nx=1\n[b]\nx=2\n[a]\nx=3"),
  credentials("[default]\n\n\n  x  =  1  \n"),
];

// Read differently, and why: `aws` is what AWS's JavaScript makes of it, `ours` what we do.
const WHY = {
  garbage: "a line that says nothing is an error, as for the command line tool",
  bracket: "a header that is none would give its keys to the profile above; an error",
  first: "a key of no section is an error, as for the command line tool",
  lower: "keys are compared without case, as for the command line tool",
  names: "names may be quoted and hold blanks, as for the command line tool",
  trim: "blanks within the brackets do not count",
  behind: "a comment may follow a header without a blank, as for the command line tool",
  deeper: "a block's lines are those indented deeper than its own, as for the command line tool",
  one: "blocks do not nest, as for the command line tool",
  more: "a value goes on in deeper lines, as for the command line tool",
  dots: "a dot in a header or key stands for itself, as for the command line tool",
  colon: "a colon splits as well, as for the command line tool",
  proto: "no name is special",
  blank: "only ASCII blanks are trimmed",
  empty: "a section without keys counts: it is [profile default] that counts",
};
const DIFFERENT = [
  [config("[default]\nx\na=1"), WHY.garbage, { default: { a: "1" } }, /^file, line 2: is neither/],
  [config("[default]\n=x\na=1"), WHY.garbage, { default: { a: "1" } }, /^file, line 2: is neither/],
  [config("[default]\na=1\n[profile b\na=2"), WHY.bracket, { default: { a: "2" } }, /^file, line 3: the header/],
  [config("[default]\na=1\n[profile b] x\na=2"), WHY.bracket, { default: { a: "2" } }, /^file, line 3: something/],
  [config("[]\na=1"), WHY.bracket, {}, /^file, line 1: the header/],
  [config("a=1\n[default]\nb=2"), WHY.first, { default: { b: "2" } }, /^file, line 1: comes before/],
  [config("[default]\nRegion=x"), WHY.lower, { default: { Region: "x" } }, { default: { region: "x" } }],
  [config("[default]\nS3=\n A=x"), WHY.lower, { default: { "S3.A": "x" } }, { default: { "s3.a": "x" } }],
  [config('[profile "a b"]\nx=1'), WHY.names, {}, { "a b": { x: "1" } }],
  [config("[profile  a]\nx=1"), WHY.names, {}, { a: { x: "1" } }],
  [config("[profile é]\nx=1"), WHY.names, {}, { é: { x: "1" } }],
  [credentials("[a b]\nx=1"), WHY.names, {}, { "a b": { x: "1" } }],
  [credentials("[profile a]\nx=1"), WHY.names, { "profile.a": { x: "1" } }, { "profile a": { x: "1" } }],
  [config("[ default ]\nx=1"), WHY.trim, {}, { default: { x: "1" } }],
  [config("[ profile a ]\nx=1"), WHY.trim, {}, { a: { x: "1" } }],
  [credentials("[ a ]\nx=1"), WHY.trim, { " a ": { x: "1" } }, { a: { x: "1" } }],
  [config("[default];c\nx=1"), WHY.behind, {}, { default: { x: "1" } }],
  [config("[default]\n  s3=\n  a=1"), WHY.deeper, { default: { "s3.a": "1" } }, { default: { a: "1" } }],
  [config("[default]\ns3=\n  a=\n    b=1"), WHY.one, { default: { "a.b": "1" } }, { default: { "s3.b": "1" } }],
  [config("[default]\na=b\n  c"), WHY.more, { default: { a: "b" } }, { default: { a: "b\nc" } }],
  [
    config("[default]\ncredential_process=/a\n  --b=c"),
    WHY.more,
    { default: { credential_process: "/a", "--b": "c" } },
    { default: { credential_process: "/a\n--b=c" } },
  ],
  [config("[default]\na: b"), WHY.colon, {}, { default: { a: "b" } }],
  [config("[default]\na: b=c"), WHY.colon, { default: { "a: b": "c" } }, { default: { a: "b=c" } }],
  [config("[profile.a]\nx=1"), WHY.dots, { a: { x: "1" } }, {}],
  [config("[profile __proto__]\nx=1"), WHY.proto, {}, { ["__proto__"]: { x: "1" } }],
  [config("[default]\na=\u00a0x"), WHY.blank, { default: { a: "x" } }, { default: { a: "\u00a0x" } }],
  [config("[default]\na=1\n[profile default]"), WHY.empty, { default: { a: "1" } }, {}],
];

const agrees = (got, wanted) =>
  wanted instanceof RegExp ? wanted.test(got) : isDeepStrictEqual(got, wanted);

export async function testConfigFiles(tap, { build, seed }) {
  const random = new Random(seed);
  const same = [...SAME, ...Array.from({ length: GENERATED }, () => generate(random))];
  const ours = readByUs([...same, ...DIFFERENT.map(([file]) => file)], build);
  const folder = mkdtempSync(path.join(tmpdir(), "config_files-"));
  let different = 0;
  try {
    for (const [i, file] of same.entries()) {
      const aws = await readByAws(file, folder);
      if (isDeepStrictEqual(aws, ours[i])) continue;
      different += 1;
      if (different > 3) continue;
      tap.comment(`${file.dialect}: ${JSON.stringify(file.text)}`);
      tap.comment(`AWS: ${JSON.stringify(aws)}\nours: ${JSON.stringify(ours[i])}`);
    }
    tap.ok(different === 0, `${same.length} shared files, read as AWS's reader reads them`);
    for (const [i, [file, why, wantedOfAws, wantedOfUs]] of DIFFERENT.entries()) {
      const got = { aws: await readByAws(file, folder), ours: ours[same.length + i] };
      const passed = agrees(got.aws, wantedOfAws) && agrees(got.ours, wantedOfUs);
      tap.ok(passed, `differs: ${why}`, JSON.stringify(file.text), JSON.stringify(got));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
