// Starts builder.c and writes its calls.
// SPDX-License-Identifier: MIT
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

// Resolves with what the program said of each call { service, region, endpoint, operation, json }.
export async function buildAll(build, calls) {
  const program = path.join(build, "tests/interop/interop_builder");
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stdin.on("error", () => child.stdin.destroy()); // it ended early: its exit code tells
  const lines = calls.map(({ service, region, endpoint, operation, json }) =>
    [service, region ?? "us-east-1", endpoint ?? "", operation ?? "", json ?? ""].join("\t"),
  );
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`interop_builder ended with ${code ?? signal}`);
  return Buffer.concat(output)
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
