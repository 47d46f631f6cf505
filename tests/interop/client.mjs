// AWS's client of one service, any of them, pointed at the emulator: what comes back has the shape, the
// status and the errors that the service's model has.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { RecordingHandler } from "./aws.mjs";
import { KEYS } from "./emulator.mjs";
import { checkShape, errorNames } from "./shapes.mjs";

export class Client {
  // `json`: the answers are JSON, and are checked as received besides. `badRequest`: whatever is
  // the caller's fault is a 400, as services do that speak JSON-RPC, whose models say otherwise.
  constructor(
    packageName,
    module,
    className,
    endpoint,
    { json = true, badRequest = false, credentials = KEYS } = {},
  ) {
    Object.assign(this, { packageName, module, json, badRequest, handler: new RecordingHandler() });
    this.aws = new module[className]({
      endpoint,
      credentials,
      region: "us-east-1",
      maxAttempts: 1,
      requestHandler: this.handler,
    });
    this.seen = new Set(); // operations that succeeded
  }

  send(name, input) {
    return this.aws.send(new this.module[`${name}Command`](input));
  }

  async succeed(name, input = {}) {
    const [, , , traits, , shape] = this.module[`${name}$`];
    const { $metadata, ...output } = await this.send(name, input);
    assert.equal($metadata.httpStatusCode, traits.http?.[2] ?? 200, name);
    assert.match($metadata.requestId, /^[0-9a-f-]{36}$/);
    checkShape(shape, output, name);
    if (this.json && this.handler.text !== "")
      checkShape(shape, JSON.parse(this.handler.text), `${name} as received`);
    this.seen.add(name);
    return output;
  }

  async fail(name, input, errorName, pattern = /./) {
    assert.ok(
      errorNames(this.packageName, name).includes(errorName),
      `AWS has no ${errorName} for ${name}`,
    );
    const error = await this.refused(name, input, errorName, pattern);
    assert.ok(error instanceof this.module[errorName]);
    const status = this.module[`${errorName}$`][3].httpError ?? 400;
    assert.equal(error.$metadata.httpStatusCode, this.badRequest && status < 500 ? 400 : status);
    return error;
  }

  // Of an error that no model has, such as those common to all services.
  async refused(name, input, errorName, pattern = /./) {
    const error = await this.send(name, input).then(
      () => assert.fail(`${name} succeeded`),
      (reason) => reason,
    );
    assert.equal(error.name, errorName, error.message);
    assert.match(error.message, pattern);
    return error;
  }

  // Fails if one of the operations has never succeeded.
  sawAll(...names) {
    assert.deepEqual(
      names.filter((name) => !this.seen.has(name)),
      [],
    );
  }

  destroy() {
    this.aws.destroy();
    this.handler.destroy();
  }
}
