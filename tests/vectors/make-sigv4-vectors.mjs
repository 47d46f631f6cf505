// Writes the SigV4 vectors of this folder: every expected text comes from AWS's own JavaScript
// signer, none from the library.
//
// usage: node make-sigv4-vectors.mjs FOLDER
//        FOLDER is one where `npm install @smithy/signature-v4 @aws-crypto/sha256-js` was run.
//
// sigv4/CASE/request.txt holds "key: value" lines: method, url, region, service, time (seconds since
// 1970), access-key-id, secret-access-key, session-token, header (may repeat; \r \n \t \\ stand for
// themselves), and body (text) or body-filler (so many bytes a, b, … z, a …). The other three files
// hold what the signer made of it, each with a line feed at the end.
//
// SPDX-License-Identifier: MIT
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(join(resolve(process.argv[2] ?? "."), "package.json"));
const { SignatureV4 } = require("@smithy/signature-v4");
const { Sha256 } = require("@aws-crypto/sha256-js");
const target = join(dirname(fileURLToPath(import.meta.url)), "sigv4");

// ---------------------------------------------------------------- the cases

const HI = '{"messages":[{"role":"user","content":[{"text":"hi"}]}]}';
const JSON_TYPE = "Content-Type: application/json";
const TOKEN = "FQoGZXIvYXdzEXAMPLE//token==";
const PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456";
const RUNTIME = "https://bedrock-runtime.us-east-1.amazonaws.com";
const CONTROL = "https://bedrock.us-east-1.amazonaws.com";
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
const converse = (id, more = {}) =>
  ({ method: "POST", url: `${RUNTIME}/model/${id}/converse`, headers: [JSON_TYPE], body: HI, ...more });
const get = (pathAndQuery, more = {}) => ({ method: "GET", url: CONTROL + pathAndQuery, ...more });
const headers = (...list) => get("/inference-profiles", { headers: list });

const ids = {
  "foundation-model-id": "anthropic.claude-3-haiku-20240307-v1:0",
  "system-profile-id": "us.anthropic.claude-3-haiku-20240307-v1:0",
  "global-profile-id": "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "bare-application-profile": "abc123def456",
  "foundation-model-arn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
  "system-profile-arn": "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
  "application-profile-china": PROFILE.replace("arn:aws:bedrock:us-east-1", "arn:aws-cn:bedrock:cn-north-1"),
  "application-profile-gov": PROFILE.replace("arn:aws:bedrock:us-east-1", "arn:aws-us-gov:bedrock:us-gov-west-1"),
  "provisioned-model-arn": "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/0123456789ab",
  "custom-model-arn": "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0.own/0123456789ab",
  "custom-deployment-arn": "arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/0123456789ab",
  "imported-model-arn": "arn:aws:bedrock:us-east-1:123456789012:imported-model/0123456789ab",
  "prompt-arn": "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234",
  "prompt-version-arn": "arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT1234:3",
  "prompt-router-arn": "arn:aws:bedrock:us-east-1:123456789012:prompt-router/0123456789ab",
  "default-router-arn": "arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/meta.llama:1",
  "endpoint-arn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/own-endpoint",
};

const cases = {
  // The five whose signatures are known from two signers.
  "known-1-converse": converse(encode(PROFILE)),
  "known-2-session-token": converse(encode(PROFILE), { token: TOKEN }),
  "known-3-stream": {
    ...converse("us.anthropic.claude-3-haiku-20240307-v1%3A0"),
    url: "https://bedrock-runtime.us-west-2.amazonaws.com/model/us.anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream",
    region: "us-west-2",
  },
  "known-4-query": get("/inference-profiles?maxResults=10&nextToken=a%2Fb%3D%3D&type=APPLICATION"),
  "known-5-arn-in-path": get(`/inference-profiles/${encode(PROFILE)}`),

  ...Object.fromEntries(Object.entries(ids).map(([name, id]) => [`id-${name}`, converse(encode(id))])),

  // The same ARN as different clients put it on the wire: each form has its own signature.
  "wire-raw": converse(PROFILE),
  "wire-raw-colon": converse(PROFILE.replace("/", "%2F")),
  "wire-raw-slash": converse(PROFILE.replaceAll(":", "%3A")),
  "wire-lower-case-hex": converse(encode(PROFILE).replaceAll("%3A", "%3a").replaceAll("%2F", "%2f")),
  "wire-encoded-twice": converse(encode(encode(PROFILE))),
  "wire-encoded-letters": converse(encode(PROFILE).replace("arn", "%61rn")),

  "path-missing": get(""),
  "path-missing-query": get("?type=APPLICATION"),
  "path-root": get("/"),
  "path-trailing-slash": get("/knowledgebases/KB12345678/"),
  "path-only-slashes": get("///"),
  "path-empty-segments": get("/a//b///c"),
  "path-dots": get("/a/./b/../c/."),
  "path-dots-above-root": get("/../../a/.."),
  "path-dots-trailing-slash": get("/a/b/../"),
  "path-three-dots": get("/.../.a/..b/c."),
  "path-percent": get("/a%25b/%2525/100%25"),
  "path-stray-percent": get("/100%/%zz"),
  "path-encoded-dots": get("/a/%2E%2E/b"),
  "path-reserved": get("/a!b$c&d'e(f)g*h+i,j;k=l@m:n~o-p_q.r"),
  "path-unwise": get("/{a}|b^c`d\"e<f>[g]\\h"),
  "path-many-segments": get("/s".repeat(60) + "/.."),

  "query-empty": get("/tags?"),
  "query-no-value": get("/tags?a&b=&c=1"),
  "query-equal-names": get("/tags?k=b&k=a&k=&k=C&k=a"),
  "query-name-before-value": get("/tags?Param-3=x&Param=y&Param%203=z&Param=-"),
  "query-case-order": get("/tags?b=1&B=2&a=3&A=4&_=5&~=6&.=7&-=8&0=9"),
  "query-encoded-order": get("/tags?a%2Fb=1&a.b=2&a-b=3&a%7Eb=4&ab=5&a=6"),
  "query-plus": get("/tags?a+b=c+d&a%20b=c%20d&a%2Bb=c%2Bd"),
  "query-needless-escapes": get("/tags?%61bc=%41%2D%2e%5f%7e"),
  "query-lower-case-hex": get("/tags?a=%2f%3a%e2%82%ac"),
  "query-equals-in-value": get("/tags?a=b=c&d==&=e"),
  "query-empty-parameters": get("/tags?&&a=1&&b=2&"),
  "query-reserved": get("/tags?a=/?:@!$'()*,;[]\"<>|"),
  "query-percent": get("/tags?a=%25&b=%2525&%25=c"),
  "query-nul": get("/tags?a=%00b&a=%00"),
  "query-arn": get(`/tags?resourceARN=${encode(PROFILE)}&tagKeys=team&tagKeys=app`),
  "query-many": get("/tags?" + Array.from({ length: 60 }, (_, i) => `p${(i * 37) % 60}=${i % 7}`).join("&")),

  "header-repeated": headers("X-Amz-Meta: b", "x-other: 1", "x-amz-meta: a", "X-AMZ-META:", "X-Amz-Meta:c"),
  "header-blanks": headers("X-Text:   a  b \t\t c   \"d   e\"  "),
  "header-blank-value": headers("X-Empty:", "X-Blank:  \t "),
  "header-order": headers("b-b: 1", "b: 2", "a_a: 3", "a-a: 4", "A.A: 5", "a: 6", "Z: 7", "a~: 8", "a1: 9"),
  "header-token-characters": headers("x!#$%&'*+-.^_`|~9: 1"),
  "header-colons": headers("X-Time: 12:34:56", "X-Colon:::"),
  "header-utf-8": headers("X-Name: Zoë 東京"),
  // The signer has no line folds; fold() below takes them out before it sees them.
  "header-folded": headers("X-Folded: a\r\n b\r\n\t c\n  d", "X-Begin:\r\n e", "X-End: f \r\n "),
  "header-never-signed": headers(
    "User-Agent: x", "Connection: close", "Expect: 100-continue", "TE: trailers", "Trailer: x", "Upgrade: h2c",
    "Transfer-Encoding: chunked", "Proxy-Authorization: x", "Proxy-Own: x", "Sec-Fetch-Mode: cors", "Pragma: x",
    "Cache-Control: no-cache", "From: x", "Max-Forwards: 1", "Referer: x", "Keep-Alive: 1", "X-Amzn-Trace-Id: x",
    "Date: Fri, 02 Jan 2026 03:04:05 GMT", "X-Signed: yes"),
  "header-almost-never-signed": headers("proxy: 1", "sec: 2", "te-x: 3", "x-user-agent: 4", "datex: 5"),
  "header-content-length": converse(encode(PROFILE), { headers: [JSON_TYPE, "Content-Length: 57"] }),
  "header-content-sha256": headers(`X-Amz-Content-Sha256: ${EMPTY_HASH}`),
  "header-host-given": headers("Host: another.example:8443"),
  "header-many": headers(...Array.from({ length: 60 }, (_, i) => `X-H${(i * 37) % 60}: ${i}`)),
  "header-many-repeated": headers(...Array.from({ length: 60 }, (_, i) => `X-H${i % 3}: ${i}`)),

  "port-default-https": get("/", { url: "https://bedrock.us-east-1.amazonaws.com:443/" }),
  "port-default-http": get("/", { url: "http://127.0.0.1:80/" }),
  "port-other": get("/", { url: "http://127.0.0.1:8080/" }),
  "port-443-on-http": get("/", { url: "http://127.0.0.1:443/" }),
  "host-upper-case": get("/", { url: "HTTPS://Bedrock.US-East-1.AmazonAWS.com/A" }),
  "host-ipv6": get("/", { url: "http://[::1]:9000/a" }),

  "body-empty-post": converse(encode(PROFILE), { body: "" }),
  "body-utf-8": converse(encode(PROFILE), { body: '{"text":"grüße 東京 🚀"}' }),
  "body-one-block": converse(encode(PROFILE), { body: undefined, filler: 64 }),
  "body-megabyte": converse(encode(PROFILE), { body: undefined, filler: 1 << 20 }),
  "token-long": converse(encode(PROFILE), { token: "IQoJb3JpZ2luX2Vj" + "Ab3/+".repeat(900) + "==" }),
  "token-arn-query": get(`/tags?resourceARN=${encode(PROFILE)}`, { token: TOKEN }),
  "method-delete": get(`/inference-profiles/${encode(PROFILE)}`, { method: "DELETE" }),
  "method-lower-case": get("/", { method: "get" }),
  "secret-longer-than-a-block": get("/", { secret: "0123456789abcdef".repeat(6) }),
  "scope-other": get("/", { region: "eu-central-1", service: "execute-api" }),
  "time-epoch": get("/", { time: 0 }),
  "time-leap-day": get("/", { time: 951825599 }),
  "time-march-first-2100": get("/", { time: 4107542400 }),
  "time-end-of-year": get("/", { time: 1798761599 }),
  "time-end-of-9999": get("/", { time: 253402300799 }),
};

const known = {
  "known-1-converse": "f1ba2a7af893e1dd65d857d82482a3d4d655d04d85ce566a0bb546b602dc073c",
  "known-2-session-token": "9a107e2155b609414ff32da7b1b8e6edced8818195e0b681fe0d7639be822d9e",
  "known-3-stream": "bc54a8149b77a23ab9d59ed5d498c3a9e6a9e45cffa3c301866f4d467f04a66d",
  "known-4-query": "da658c1455f08dbb640d3b217b4938b49ec3376de606cbac1cfa29e21a282def",
  "known-5-arn-in-path": "3d423a77f09c903abea378aa41e9dade646269f35073864297b2dcb64421a4b3",
};

// ---------------------------------------------------------------- the signer

// A value as HTTP sees it: folds and runs of blanks are one space, none at the ends.
const fold = (value) => value.replace(/\r?\n(?=[ \t])/g, " ").replace(/[ \t]+/g, " ").trim();

// The signer takes one value a name; repeated headers are joined as HTTP allows.
function headerObject(list, host) {
  const object = { host };
  let given = false;
  for (const header of list) {
    const colon = header.indexOf(":");
    const name = header.slice(0, colon).toLowerCase();
    const value = fold(header.slice(colon + 1));
    object[name] = name in object && (name !== "host" || given) ? `${object[name]},${value}` : value;
    given ||= name === "host";
  }
  return object;
}

// The signer takes the query decoded; a '+' is a plus.
function queryObject(raw) {
  const query = {};
  for (const pair of raw.split("&").filter((pair) => pair !== "")) {
    const equals = pair.indexOf("=");
    const name = decodeURIComponent(equals < 0 ? pair : pair.slice(0, equals));
    (query[name] ??= []).push(equals < 0 ? "" : decodeURIComponent(pair.slice(equals + 1)));
  }
  return query;
}

class Recorder extends SignatureV4 {
  async createStringToSign(longDate, scope, canonicalRequest, algorithm) {
    this.canonicalRequest = canonicalRequest;
    this.stringToSign = await super.createStringToSign(longDate, scope, canonicalRequest, algorithm);
    return this.stringToSign;
  }
}

const filler = (n) => Uint8Array.from({ length: n }, (_, i) => 97 + (i % 26));

async function sign(c) {
  const [, path, , query] = /^https?:\/\/[^/?]*([^?]*)(\?(.*))?$/i.exec(c.url);
  const signer = new Recorder({
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: c.secret, sessionToken: c.token },
    region: c.region, service: c.service, sha256: Sha256, applyChecksum: false,
  });
  const signed = await signer.sign({
    method: c.method, protocol: "https:", hostname: "unused", path: path || "/", query: queryObject(query ?? ""),
    headers: headerObject(c.headers, new URL(c.url).host), body: c.filler ? filler(c.filler) : c.body,
    clone() { return { ...this, headers: { ...this.headers }, query: { ...this.query } }; },
  }, { signingDate: new Date(c.time * 1000) });
  return { ...signer, authorization: signed.headers.authorization };
}

// ---------------------------------------------------------------- the files

const escape = (text) =>
  text.replace(/[\\\r\n\t]/g, (c) => ({ "\\": "\\\\", "\r": "\\r", "\n": "\\n", "\t": "\\t" })[c]);

function requestText(c) {
  const lines = [
    `method: ${c.method}`, `url: ${c.url}`, `region: ${c.region}`, `service: ${c.service}`, `time: ${c.time}`,
    "access-key-id: AKIDEXAMPLE", `secret-access-key: ${c.secret}`,
    ...(c.token ? [`session-token: ${c.token}`] : []),
    ...c.headers.map((header) => `header: ${escape(header)}`),
    ...(c.filler ? [`body-filler: ${c.filler}`] : c.body ? [`body: ${c.body}`] : []),
  ];
  return lines.join("\n");
}

rmSync(target, { recursive: true, force: true });
for (const [name, given] of Object.entries(cases)) {
  const c = {
    region: "us-east-1", service: "bedrock", time: 1767323045, headers: [], body: "",
    secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ...given,
  };
  const { canonicalRequest, stringToSign, authorization } = await sign(c);
  if (name in known && !authorization.endsWith(`Signature=${known[name]}`))
    throw new Error(`${name}: the signer gives ${authorization}`);
  const files = {
    "request.txt": requestText(c), "canonical-request.txt": canonicalRequest,
    "string-to-sign.txt": stringToSign, "authorization.txt": authorization,
  };
  mkdirSync(join(target, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(target, name, file), text + "\n");
}
console.log(`${Object.keys(cases).length} cases in ${target}`);
