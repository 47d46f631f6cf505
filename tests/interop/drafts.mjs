// Seeded requests with every feature of features.mjs.
// SPDX-License-Identifier: MIT
import { createHash } from "node:crypto";
import { features, word } from "./features.mjs";

export const ROUNDS = 20; // each round gives every feature to one request
const CHANCE = 8; // per cent, that a request has one more feature
const FIRST_DAY = 17_000; // since 1970
const DAYS_APART = 250;

function newDraft(random, day) {
  return {
    method: random.pick(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
    https: random.chance(80),
    host: random.pick(["bedrock-runtime.us-east-1.amazonaws.com", "dynamodb.eu-central-1.api.aws"]),
    port: null,
    segments: Array.from({ length: random.between(1, 4) }, () => word(random)),
    query: Array.from({ length: random.below(4) }, () => `${word(random)}=${word(random)}`),
    headers: [{ name: "Content-Type", value: " application/json" }],
    body: random.bytes(random.between(1, 2000)),
    region: random.pick(["us-east-1", "eu-west-3", "us-gov-west-1", "cn-north-1"]),
    service: random.pick(["bedrock", "ce", "dynamodb", "monitoring"]),
    time: day * 86400 + random.below(86400),
  };
}

function targetOf({ segments, trailingSlash, query }) {
  const path = segments.map((segment) => `/${segment}`).join("") + (trailingSlash ? "/" : "");
  return path + (query.length > 0 ? `?${query.join("&")}` : "");
}

// `unsigned` headers are sent, but not shown to the signer.
function headersOf(draft, host) {
  const hash = createHash("sha256").update(draft.body).digest("hex");
  return [
    { name: "Host", value: ` ${host}`, unsigned: draft.impliesHost },
    ...draft.headers,
    ...(draft.sendsHash ? [{ name: "X-Amz-Content-Sha256", value: ` ${hash}` }] : []),
    { name: "Content-Length", value: ` ${draft.body.length}`, unsigned: !draft.signsLength },
  ];
}

function finish(draft, random, identities) {
  const scheme = draft.https ? "https" : "http";
  const authority = draft.port === null ? draft.host : `${draft.host}:${draft.port}`;
  const host = draft.port === (draft.https ? 443 : 80) ? draft.host : authority;
  const fitting = identities.filter(({ sessionToken }) => !sessionToken === !draft.wantsToken);
  return {
    ...draft,
    url: `${scheme}://${authority}${targetOf(draft)}`,
    headers: headersOf(draft, host),
    identity: random.pick(fitting),
  };
}

function makeRequest(feature, random, day, identities) {
  const draft = newDraft(random, day);
  for (const other of features)
    if (other !== feature && !other.rare && random.chance(CHANCE)) other.give(draft, random);
  feature.give(draft, random);
  return finish(draft, random, identities);
}

// As sender.c takes them. Each round has a day of its own. `identities` are AWS credentials, some
// with a session token.
export function makeRequests(random, identities) {
  const days = Array.from({ length: ROUNDS }, (_, round) => FIRST_DAY + round * DAYS_APART);
  return days.flatMap((day) =>
    features.map((feature) => makeRequest(feature, random, day, identities)),
  );
}
