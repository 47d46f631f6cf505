// Starts the emulator, and speaks to what it has beside AWS's API.
// SPDX-License-Identifier: MIT
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { AwsClients } from "./aws.mjs";

export const KEYS = { accessKeyId: "AKIDINTEROP", secretAccessKey: "secret/of+the/interop/tests" };

// Resolves with { status, headers, body }.
export function fetchText(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export class Emulator {
  // Runs `body(emulator)` beside an emulator of its own.
  static async use(build, options, body) {
    const emulator = await Emulator.start(build, options);
    try {
      await body(emulator);
    } finally {
      emulator.opened.forEach((clients) => clients.destroy());
      await emulator.stop();
    }
  }

  opened = [];

  // AWS's clients, which live as long as the emulator.
  clients(credentials = KEYS) {
    this.opened.push(new AwsClients(this.endpoint, credentials));
    return this.opened.at(-1);
  }

  static async start(build, options) {
    const program = path.join(build, "examples/emulator/emulator");
    const keys = ["--access-key", KEYS.accessKeyId, "--secret-key", KEYS.secretAccessKey];
    const emulator = new Emulator();
    // It tells every refused signature on stderr; here they are refused on purpose.
    emulator.child = spawn(program, ["--port", "0", ...keys, ...options], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    emulator.ended = once(emulator.child, "close");
    process.on("exit", emulator.kill);
    const [line] = await Promise.race([
      once(createInterface({ input: emulator.child.stdout }), "line"),
      emulator.ended.then(([code]) => Promise.reject(new Error(`emulator ended with ${code}`))),
    ]);
    emulator.endpoint = line.replace("listening on ", "");
    return emulator;
  }

  kill = () => this.child.kill();

  async stop() {
    process.off("exit", this.kill);
    this.kill();
    const [code] = await this.ended;
    if (code !== 0) throw new Error(`emulator ended with ${code}`);
  }

  own(resource, options) {
    return this.ask(`_emulator/${resource}`, options);
  }

  // With --identity.
  identity(resource, options) {
    return this.ask(`_identity/${resource}`, options);
  }

  async ask(resource, options) {
    const { status, body } = await fetchText(`${this.endpoint}/${resource}`, options);
    if (status !== 200) throw new Error(`${resource}: ${status} ${body}`);
    return JSON.parse(body);
  }

  bill() {
    return this.own("bill");
  }

  addFault(fault) {
    return this.own("faults", { method: "POST", body: JSON.stringify(fault) });
  }
}
