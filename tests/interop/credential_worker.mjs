// AWS's own default chain of credentials, as a client of STS uses it. A child of credentials.mjs:
// each message is an environment, each answer what the chain made of it.
// SPDX-License-Identifier: MIT
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

// What AWS's providers note down of themselves, and what we call that source. The first that fits:
// who assumes a role notes the source of the keys for it as well.
const NOTED = [
  ["CREDENTIALS_STS_ASSUME_ROLE", "assume-role"],
  ["CREDENTIALS_STS_ASSUME_ROLE_WEB_ID", "web-identity"],
  ["CREDENTIALS_SSO", "sso"],
  ["CREDENTIALS_SSO_LEGACY", "sso"],
  ["CREDENTIALS_PROCESS", "process"],
  ["CREDENTIALS_HTTP", "container"],
  ["CREDENTIALS_PROFILE", "files"], // one of them, or both
  ["CREDENTIALS_ENV_VARS", "environment"],
];

// The provider for the metadata service notes nothing.
function sourceOf({ $source = {} }) {
  const noted = NOTED.find(([name]) => name in $source);
  return noted === undefined ? "imds" : noted[1];
}

async function ask() {
  const client = new STSClient({ region: "us-east-1" });
  try {
    const credentials = await client.config.credentials();
    const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
    const keys = { accessKeyId, secretAccessKey, sessionToken };
    const caller = await client.send(new GetCallerIdentityCommand({})).catch(() => ({}));
    return { source: sourceOf(credentials), keys, arn: caller.Arn };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  } finally {
    client.destroy();
  }
}

process.on("message", async (environment) => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.send(await ask());
});
