// Starts sender.c and writes its records.
// SPDX-License-Identifier: MIT
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

function field(name, value) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(`${name} ${bytes.length}\n`), bytes, Buffer.from("\n")]);
}

function identityFields({ accessKeyId, secretAccessKey, sessionToken }) {
  return [
    field("access-key", accessKeyId),
    field("secret-key", secretAccessKey),
    ...(sessionToken ? [field("token", sessionToken)] : []),
  ];
}

export function sendRecord(request) {
  return Buffer.concat([
    ...["method", "url", "region", "service", "time", "body"].map((name) =>
      field(name, typeof request[name] === "number" ? String(request[name]) : request[name]),
    ),
    ...identityFields(request.identity),
    ...request.headers.map(({ name, value, unsigned }) =>
      field(unsigned ? "unsigned" : "header", `${name}:${value}`),
    ),
    field("send", ""),
  ]);
}

export function converseRecord({ identity, profile, text }) {
  return Buffer.concat([
    ...identityFields(identity),
    field("profile", profile),
    field("text", text),
    field("converse", ""),
  ]);
}

// Resolves with what the program printed.
export async function runSender(build, port, records) {
  const program = path.join(build, "tests/interop/interop_sender");
  const child = spawn(program, [String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stdin.on("error", () => child.stdin.destroy()); // it ended early: its exit code tells
  child.stdin.end(Buffer.concat(records));
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`interop_sender ended with ${code ?? signal}`);
  return Buffer.concat(output).toString();
}
