// Test results in the Test Anything Protocol.
// SPDX-License-Identifier: MIT

export class Tap {
  count = 0;
  failures = 0;

  ok(passed, name, ...details) {
    this.count += 1;
    this.failures += passed ? 0 : 1;
    console.log(`${passed ? "ok" : "not ok"} ${this.count} - ${name.replaceAll("#", "\\#")}`);
    if (!passed) details.forEach((detail) => this.comment(detail));
  }

  // A case that passes by coming to its end.
  async run(name, body) {
    try {
      await body();
      this.ok(true, name);
    } catch (error) {
      this.ok(false, name, error.code === "ERR_ASSERTION" ? error.message : error.stack);
    }
  }

  comment(text) {
    for (const line of String(text).split("\n")) console.log(`# ${line}`);
  }

  end() {
    console.log(`1..${this.count}`);
    return this.failures === 0;
  }
}
