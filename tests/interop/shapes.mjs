// What AWS's packages say about their operations: shapes, statuses, errors.
// SPDX-License-Identifier: MIT
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as control from "@aws-sdk/client-bedrock";
import * as runtime from "@aws-sdk/client-bedrock-runtime";
import { NormalizedSchema } from "@smithy/core/schema";

const require = createRequire(import.meta.url);
const REQUIRED = 6; // where a structure's schema says how many of its first members are required

// What the emulator answers of each service.
const SERVICES = {
  runtime: {
    module: runtime,
    packageName: "@aws-sdk/client-bedrock-runtime",
    names: ["Converse", "CountTokens"],
  },
  control: {
    module: control,
    packageName: "@aws-sdk/client-bedrock",
    names: [
      "ListFoundationModels",
      "GetFoundationModel",
      "CreateInferenceProfile",
      "GetInferenceProfile",
      "ListInferenceProfiles",
      "DeleteInferenceProfile",
      "TagResource",
      "UntagResource",
      "ListTagsForResource",
      "PutModelInvocationLoggingConfiguration",
      "GetModelInvocationLoggingConfiguration",
      "DeleteModelInvocationLoggingConfiguration",
    ],
  },
};

// The errors are named in the comments of the type declarations only.
export function errorNames(packageName, operation) {
  const root = path.dirname(path.dirname(require.resolve(packageName)));
  const file = path.join(root, "dist-types/commands", `${operation}Command.d.ts`);
  const names = [...readFileSync(file, "utf8").matchAll(/@throws \{@link (\w+)\} \(/g)];
  return names.map(([, name]) => name);
}

function describe(service, name) {
  const { module, packageName } = SERVICES[service];
  const [, , , traits, , output] = module[`${name}$`];
  return {
    name,
    service,
    Command: module[`${name}Command`],
    status: traits.http[2],
    output,
    errors: errorNames(packageName, name).map((error) => ({
      name: error,
      Class: module[error],
      schema: module[`${error}$`],
      status: module[`${error}$`][3].httpError,
    })),
  };
}

export const operations = Object.fromEntries(
  Object.entries(SERVICES).flatMap(([service, { names }]) =>
    names.map((name) => [name, describe(service, name)]),
  ),
);

function checkStructure(schema, value, where) {
  const members = schema.getMemberSchemas();
  const names = Object.keys(members);
  assert.ok(
    value !== null && typeof value === "object" && !Array.isArray(value),
    `${where}: not an object`,
  );
  const unknown = Object.keys(value).filter((name) => !names.includes(name));
  assert.deepEqual(unknown, [], `${where}: members AWS does not have`);
  const required = names.slice(0, schema.getSchema()[REQUIRED] ?? 0);
  const missing = required.filter((name) => value[name] === undefined);
  assert.deepEqual(missing, [], `${where}: members AWS always has`);
  const present = names.filter((name) => value[name] !== undefined);
  if (schema.isUnionSchema()) assert.equal(present.length, 1, `${where}: one member of a union`);
  for (const name of present) checkShape(members[name], value[name], `${where}.${name}`);
}

// Fails unless `value`, JSON as received or what the client made of it, has the schema's shape.
export function checkShape(of, value, where) {
  const schema = NormalizedSchema.of(of);
  if (schema.isUnitSchema()) return assert.deepEqual(value, {}, where);
  if (schema.isStructSchema()) return checkStructure(schema, value, where);
  if (schema.isListSchema()) {
    assert.ok(Array.isArray(value), `${where}: not a list`);
    return value.forEach((item, i) => checkShape(schema.getValueSchema(), item, `${where}[${i}]`));
  }
  if (schema.isMapSchema())
    return Object.values(value).forEach((item) => checkShape(schema.getValueSchema(), item, where));
  if (schema.isTimestampSchema())
    return assert.ok(!Number.isNaN(new Date(value).valueOf()), `${where}: not a time`);
  if (schema.isStringSchema()) return assert.equal(typeof value, "string", where);
  if (schema.isNumericSchema()) return assert.equal(typeof value, "number", where);
  if (schema.isBooleanSchema()) return assert.equal(typeof value, "boolean", where);
  if (schema.isDocumentSchema()) return assert.notEqual(value, undefined, where);
  return assert.fail(`${where}: a shape this test does not know`);
}
