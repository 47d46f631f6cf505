// AWS's client lists the emulator's foundation models: all, by each filter, and what is refused.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import {
  FoundationModelLifecycleStatus,
  InferenceType,
  ModelCustomization,
  ModelModality,
} from "@aws-sdk/client-bedrock";
import { Emulator } from "./emulator.mjs";

const ID = /^[a-z0-9-]+\.[a-z0-9.-]+(:[a-z0-9-]+){0,2}$/;

async function list(clients, input) {
  return (await clients.succeed("ListFoundationModels", input)).modelSummaries;
}

const isEnumOf = (Enum, values) => values.every((value) => Object.values(Enum).includes(value));

async function testAll(clients) {
  const models = await list(clients, {});
  assert.ok(models.length >= 12);
  assert.equal(new Set(models.map(({ modelId }) => modelId)).size, models.length);
  for (const model of models) {
    const { modelId, modelName, providerName } = model;
    assert.match(modelId, ID);
    assert.equal(model.modelArn, `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`);
    for (const name of [modelName, providerName]) assert.ok(name.length >= 1 && name.length <= 20);
    assert.ok(isEnumOf(ModelModality, [...model.inputModalities, ...model.outputModalities]));
    assert.ok(isEnumOf(ModelCustomization, model.customizationsSupported), modelId);
    // The API's model lacks a value that it answers all the same.
    const types = { ...InferenceType, INFERENCE_PROFILE: "INFERENCE_PROFILE" };
    assert.ok(isEnumOf(types, model.inferenceTypesSupported), modelId);
    assert.ok(isEnumOf(FoundationModelLifecycleStatus, [model.modelLifecycle.status]), modelId);
  }
}

const filters = [
  ["byProvider", ["Anthropic", "Amazon", "Mistral AI"], "providerName"],
  ["byOutputModality", Object.values(ModelModality), "outputModalities"],
  ["byCustomizationType", Object.values(ModelCustomization), "customizationsSupported"],
  ["byInferenceType", Object.values(InferenceType), "inferenceTypesSupported"],
];

async function testFilter(clients, filter, value, member) {
  const all = await list(clients, {});
  const fits = (model) => [model[member]].flat().includes(value);
  const filtered = await list(clients, { [filter]: value });
  assert.ok(filtered.length > 0);
  assert.deepEqual(filtered, all.filter(fits));
}

const refusals = [
  ["byProvider", "no_such"],
  ["byOutputModality", "SMELL"],
  ["byCustomizationType", "none"],
  ["byInferenceType", "FREE"],
];

export async function testModels(tap, { build }) {
  await Emulator.use(build, [], async (emulator) => {
    const clients = emulator.clients();
    await tap.run("models: all", () => testAll(clients));
    for (const [filter, values, member] of filters)
      for (const value of values)
        await tap.run(`models: ${filter} ${value}`, () =>
          testFilter(clients, filter, value, member),
        );
    for (const [filter, value] of refusals)
      await tap.run(`models: ${filter} ${value}: ValidationException`, () =>
        clients.fail("ListFoundationModels", { [filter]: value }, "ValidationException"),
      );
  });
}
