// Says what AWS's own signer makes of a request that came over the wire.
// SPDX-License-Identifier: MIT
import { createHash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

// Values of the same name are one list, in the order they came (RFC 9110, 5.3).
function headerMap(request) {
  const map = {};
  for (const { name } of request.headers) map[name] = request.all(name).join(",");
  return map;
}

function queryMap(request) {
  const map = {};
  for (const [name, value] of request.query) (map[name] ??= []).push(value);
  return map;
}

// Content-Length is the one header each side may sign or not.
function unsignable(request) {
  const names = /SignedHeaders=([^,]*)/.exec(request.header("authorization"))?.[1] ?? "";
  return new Set(names.split(";").includes("content-length") ? [] : ["content-length"]);
}

// The headers AWS's signer would send with this request. `scope` is what the server knows by
// itself: { identity, region, service, time (in seconds) }.
export async function signByAws(request, { identity, region, service, time }) {
  const signer = new SignatureV4({
    credentials: identity,
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { headers } = await signer.sign(
    {
      method: request.method,
      protocol: "https:",
      hostname: request.header("host"),
      path: request.path,
      query: queryMap(request),
      headers: headerMap(request),
      body: request.body,
    },
    { signingDate: new Date(time * 1000), unsignableHeaders: unsignable(request) },
  );
  return headers;
}

// An empty string if the request is signed as AWS would sign it, else what differs.
export async function judge(request, scope) {
  const digest = createHash("sha256").update(request.body).digest("hex");
  if ((request.header("x-amz-content-sha256") ?? digest) !== digest) return "x-amz-content-sha256";
  const theirs = await signByAws(request, scope);
  for (const name of ["x-amz-date", "x-amz-security-token", "authorization"]) {
    const ours = request.all(name).join();
    if (ours !== (theirs[name] ?? "")) return `${name}\n  sent ${ours}\n  AWS  ${theirs[name]}`;
  }
  return "";
}
