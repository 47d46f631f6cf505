// Truth from outside: AWS's own JavaScript packages check the library and the emulator.
//
// usage: node run.mjs --build DIR [--seed N]
//
// DIR is the Meson build folder; the packages of package.json are installed beside this file.
// SPDX-License-Identifier: MIT
import { parseArgs } from "node:util";
import { testAgentRuns } from "./agent_runs.mjs";
import { testAgents } from "./agents.mjs";
import { testBill } from "./bill.mjs";
import { testBudgets } from "./budgets.mjs";
import { testConfigFiles } from "./config_files.mjs";
import { testControl } from "./control.mjs";
import { testConversations } from "./conversations.mjs";
import { testConverse } from "./converse.mjs";
import { testCosts } from "./costs.mjs";
import { testCounts } from "./counts.mjs";
import { testCredentials } from "./credentials.mjs";
import { testErrors } from "./errors.mjs";
import { testFrames } from "./frames.mjs";
import { testIam } from "./iam.mjs";
import { testIamPolicies } from "./iam_policies.mjs";
import { testIdentity } from "./identity.mjs";
import { testMadeLogging } from "./made_logging.mjs";
import { testMadeProfiles } from "./made_profiles.mjs";
import { testMadeAgents } from "./made_agents.mjs";
import { testMadeBudgets } from "./made_budgets.mjs";
import { testMetrics } from "./metrics.mjs";
import { testModels } from "./models.mjs";
import { testPolicies } from "./policies.mjs";
import { testProfiles } from "./profiles.mjs";
import { testRetries } from "./retries.mjs";
import { testServices } from "./services.mjs";
import { testSignatures } from "./signatures.mjs";
import { testStreams } from "./streams.mjs";
import { Tap } from "./tap.mjs";
import { testTopics } from "./topics.mjs";
import { testVerifier } from "./verifier.mjs";

const { values } = parseArgs({
  options: { build: { type: "string" }, seed: { type: "string", default: "1" } },
});
if (values.build === undefined) {
  console.error("usage: node run.mjs --build DIR [--seed N]");
  process.exit(2);
}

const TESTS = [
  testSignatures,
  testConverse,
  testVerifier,
  testProfiles,
  testConversations,
  testStreams,
  testCounts,
  testModels,
  testControl,
  testMadeLogging,
  testMadeProfiles,
  testErrors,
  testIam,
  testPolicies,
  testAgents,
  testAgentRuns,
  testIamPolicies,
  testIdentity,
  testCredentials,
  testRetries,
  testFrames,
  testServices,
  testBill,
  testMadeAgents,
  testCosts,
  testBudgets,
  testMetrics,
  testTopics,
  testMadeBudgets,
  testConfigFiles,
];
const LIMIT_SECONDS = 900;

setTimeout(() => {
  console.log(`Bail out! not done after ${LIMIT_SECONDS} s`);
  process.exit(1);
}, LIMIT_SECONDS * 1000).unref();

const tap = new Tap();
const options = { build: values.build, seed: Number(values.seed) };
tap.comment(`seed ${options.seed}`);
for (const test of TESTS) await tap.run(`${test.name} came to its end`, () => test(tap, options));
process.exit(tap.end() ? 0 : 1);
