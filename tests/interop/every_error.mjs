// Each error that AWS's model has for a service's operations comes back as that error.
// SPDX-License-Identifier: MIT
import { errorNames } from "./shapes.mjs";

// What the service calls it on the wire.
function wireName(client, name) {
  const { awsQueryError } = client.module[`${name}$`][3];
  return client.json || awsQueryError === undefined ? name : awsQueryError[0];
}

// `inputs`: for each operation one that is well-formed.
export async function failEveryWay(emulator, client, inputs) {
  const told = new Set();
  for (const [operation, input] of Object.entries(inputs)) {
    for (const name of errorNames(client.packageName, operation)) {
      if (told.has(name)) continue;
      told.add(name);
      await emulator.addFault({ operation, type: wireName(client, name), message: "as wanted" });
      await client.fail(operation, input, name, /as wanted/);
    }
  }
  return told.size;
}
