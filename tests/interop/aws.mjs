// AWS's JavaScript clients, pointed at a server on this machine.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { BedrockClient } from "@aws-sdk/client-bedrock";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { checkShape, operations } from "./shapes.mjs";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

// Keeps the last answer as received: the clients drop what their model does not have.
export class RecordingHandler extends NodeHttpHandler {
  async handle(request, options) {
    const result = await super.handle(request, options);
    const chunks = [];
    for await (const chunk of result.response.body) chunks.push(chunk);
    this.text = Buffer.concat(chunks).toString();
    result.response.body = Readable.from(chunks);
    return result;
  }
}

export class AwsClients {
  constructor(endpoint, credentials) {
    // The runtime client's own handler speaks HTTP/2 only.
    this.handler = new RecordingHandler();
    const options = {
      endpoint,
      credentials,
      region: "us-east-1",
      maxAttempts: 1,
      requestHandler: this.handler,
    };
    this.control = new BedrockClient(options);
    this.runtime = new BedrockRuntimeClient(options);
  }

  send(name, input) {
    const { service, Command } = operations[name];
    return this[service].send(new Command(input));
  }

  // Sends, and fails unless the answer is a success of exactly the shape AWS documents.
  async succeed(name, input) {
    const { $metadata, ...output } = await this.send(name, input);
    assert.equal($metadata.httpStatusCode, operations[name].status);
    assert.match($metadata.requestId, /^[0-9a-f-]{36}$/);
    checkShape(operations[name].output, output, name);
    checkShape(operations[name].output, JSON.parse(this.handler.text), `${name} as received`);
    return output;
  }

  // Sends, and fails unless the answer is that error, one of those AWS documents for the operation.
  async fail(name, input, errorName) {
    const model = operations[name].errors.find((error) => error.name === errorName);
    assert.ok(model, `AWS has no ${errorName} for ${name}`);
    const error = await this.send(name, input).then(
      () => assert.fail("the call succeeded"),
      (reason) => reason,
    );
    assert.equal(error.name, errorName, error.message);
    assert.ok(error instanceof model.Class);
    assert.equal(error.$metadata.httpStatusCode, model.status);
    assert.equal(error.$fault, model.status < 500 ? "client" : "server");
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    assert.notEqual(error.message, "");
    checkShape(model.schema, JSON.parse(this.handler.text), errorName);
    return error;
  }

  destroy() {
    this.control.destroy();
    this.runtime.destroy();
    this.handler.destroy();
  }
}
