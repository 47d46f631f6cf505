// Every error AWS's packages document for an operation, asked of the emulator as a fault.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { Emulator } from "./emulator.mjs";
import { operations } from "./shapes.mjs";

const MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";

const PROMPT = { messages: [{ role: "user", content: [{ text: "hi" }] }] };

function inputsFor(arn) {
  return {
    Converse: { modelId: arn, ...PROMPT },
    CountTokens: { modelId: MODEL, input: { converse: PROMPT } },
    ListFoundationModels: {},
    GetFoundationModel: { modelIdentifier: MODEL },
    CreateInferenceProfile: { inferenceProfileName: "other", modelSource: { copyFrom: MODEL } },
    GetInferenceProfile: { inferenceProfileIdentifier: arn },
    ListInferenceProfiles: {},
    TagResource: { resourceARN: arn, tags: [{ key: "team", value: "search" }] },
    UntagResource: { resourceARN: arn, tagKeys: ["team"] },
    ListTagsForResource: { resourceARN: arn },
    PutModelInvocationLoggingConfiguration: { loggingConfig: {} },
    GetModelInvocationLoggingConfiguration: {},
    DeleteModelInvocationLoggingConfiguration: {},
    DeleteInferenceProfile: { inferenceProfileIdentifier: arn }, // last: it succeeds, once
  };
}

async function testError(emulator, clients, operation, input, { name, status }) {
  const message = `${operation}: “${name}” was asked for`;
  await emulator.addFault({ type: name, message });
  const byType = await clients.fail(operation, input, name);
  assert.equal(byType.message, message);
  if (name === "ModelErrorException") assert.equal(typeof byType.originalStatusCode, "number");
  await emulator.addFault({ type: name, status });
  await clients.fail(operation, input, name);
}

async function createProfile(clients) {
  const created = await clients.succeed("CreateInferenceProfile", {
    inferenceProfileName: "faulty",
    modelSource: { copyFrom: MODEL },
  });
  return created.inferenceProfileArn;
}

export async function testErrors(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const clients = emulator.clients();
    const inputs = inputsFor(await createProfile(clients));
    assert.deepEqual(Object.keys(inputs).sort(), Object.keys(operations).sort());
    for (const [name, input] of Object.entries(inputs)) {
      const { errors } = operations[name];
      tap.ok(errors.length >= 3, `AWS documents ${errors.length} errors of ${name}`);
      for (const error of errors)
        await tap.run(`${name}: ${error.name} ${error.status}`, () =>
          testError(emulator, clients, name, input, error),
        );
      await tap.run(`${name}: none left, it succeeds`, () => clients.succeed(name, input));
    }
  });
}
