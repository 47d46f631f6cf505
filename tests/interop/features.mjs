// What the seeded requests have to cover. Each feature can be given to a draft of a request, and
// recognised in a request that came over the wire: the coverage is counted there.
// SPDX-License-Identifier: MIT

const WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
const RESERVED = "!$&'()*+,;=:@";
const FOREIGN = 'äöüßéñ漢字🙂Ж /?#[]%"<>';
const NEVER_SIGNED = [
  "Cache-Control",
  "Connection",
  "Date",
  "Expect",
  "From",
  "Keep-Alive",
  "Max-Forwards",
  "Pragma",
  "Proxy-Authorization",
  "Referer",
  "Sec-Fetch-Mode",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
  "User-Agent",
  "X-Amzn-Trace-Id",
];
const EDGE_TIMES = [
  "1970-01-01T00:00:00Z",
  "1970-01-01T23:59:59Z",
  "2000-02-29T00:00:00Z",
  "2024-02-29T00:00:00Z",
  "2100-02-28T23:59:59Z",
  "9999-12-31T23:59:59Z",
].map((time) => Date.parse(time) / 1000);

const ACCOUNT = "123456789012";
const MODEL = "anthropic.claude-3-haiku-20240307-v1:0";
const IDENTIFIERS = {
  "a model id": MODEL,
  "a system profile id": `us.${MODEL}`,
  "foundation-model": `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}`,
  "inference-profile": `arn:aws:bedrock:eu-west-1:${ACCOUNT}:inference-profile/eu.${MODEL}`,
  "application-inference-profile": `arn:aws-us-gov:bedrock:us-gov-west-1:${ACCOUNT}:application-inference-profile/abc123def456`,
  "provisioned-model": `arn:aws:bedrock:us-east-1:${ACCOUNT}:provisioned-model/abc123def456`,
  "custom-model": `arn:aws:bedrock:us-east-1:${ACCOUNT}:custom-model/amazon.nova-lite-v1:0/abc123def456`,
  "custom-model-deployment": `arn:aws-cn:bedrock:cn-north-1:${ACCOUNT}:custom-model-deployment/abc123def456`,
  "imported-model": `arn:aws:bedrock:us-east-1:${ACCOUNT}:imported-model/abc123def456`,
  prompt: `arn:aws:bedrock:us-east-1:${ACCOUNT}:prompt/ABCDE12345:7`,
  "prompt-router": `arn:aws:bedrock:us-east-1:${ACCOUNT}:prompt-router/abc123def456`,
  "default-prompt-router": `arn:aws:bedrock:us-east-1:${ACCOUNT}:default-prompt-router/meta.llama:1`,
  "sagemaker endpoint": `arn:aws:sagemaker:us-east-1:${ACCOUNT}:endpoint/my-endpoint-1`,
};

const escaped = encodeURIComponent;
export const word = (random) => random.text(WORD, 1, 12);
const values = (request) => request.headers.map(({ value }) => value);
const rawPairs = (request) => (request.target.split("?")[1] ?? "").split("&").filter(Boolean);

function scopeOf({ identity, time, region, service }) {
  return [identity.accessKeyId, Math.floor(time / 86400), region, service].join();
}

function addSegment(draft, random, segment) {
  draft.segments.splice(random.between(1, draft.segments.length), 0, segment);
}

function addHeader(draft, random, name, value) {
  draft.headers.splice(random.between(0, draft.headers.length), 0, { name, value });
}

function repeatHeader(draft, random) {
  const name = `X-Repeated-${word(random).replaceAll(".", "")}`;
  for (let n = random.between(2, 4); n > 0; n -= 1) {
    const sameName = random.chance(50) ? name : name.toLowerCase();
    addHeader(
      draft,
      random,
      sameName,
      random.pick([" ", "  ", ""]) + word(random) + random.pick(["", " ", ", b"]),
    );
  }
}

function foldedText(random, gaps) {
  const words = Array.from({ length: random.between(2, 6) }, () => word(random));
  const text = words.reduce((left, right) => left + random.pick(gaps) + right);
  return random.chance(30) ? `"${text}"` : text;
}

const ONE_MIB = 1024 * 1024;

const path = [
  {
    name: "%25 in the path",
    give: (draft, random) =>
      addSegment(
        draft,
        random,
        `${word(random)}%25${random.pick(["", "2F", "3a", "25"])}${word(random)}`,
      ),
    shows: (request) => request.path.includes("%25"),
  },
  {
    name: "trailing slash",
    give: (draft) => (draft.trailingSlash = true),
    shows: (request) => /[^/]\/$/.test(request.path),
  },
  {
    name: "dot segments",
    give: (draft, random) => addSegment(draft, random, random.pick([".", "..", "../..", "./.."])),
    shows: (request) => /\/\.\.?(\/|$)/.test(request.path),
  },
  {
    name: "empty segments",
    give: (draft, random) => draft.segments.push("", word(random)),
    shows: (request) => request.path.includes("//"),
  },
  {
    name: "path is only /",
    give: (draft, random) => (draft.segments = random.pick([[], [""]])),
    shows: (request) => request.path === "/",
  },
  {
    name: "reserved characters, bare",
    give: (draft, random) =>
      addSegment(draft, random, random.text(RESERVED + WORD, 3, 9) + random.pick([...RESERVED])),
    shows: (request) => /[!$&'()*+,;=:@]/.test(request.path),
  },
  {
    name: "other characters, escaped",
    give: (draft, random) =>
      addSegment(draft, random, escaped(random.text(FOREIGN + WORD, 3, 9) + "é")),
    shows: (request) => /%[C-F]/.test(request.path),
  },
];

const identifiers = Object.entries(IDENTIFIERS).map(([form, id]) => ({
  name: `path names ${form}`,
  give: (draft) => (draft.segments = ["model", escaped(id), "converse"]),
  shows: (request) => request.path.includes(`/${escaped(id)}/`),
}));

const query = [
  {
    name: "equal query names",
    give: (draft, random) => {
      const name = word(random);
      for (let n = random.between(2, 4); n > 0; n -= 1) draft.query.push(`${name}=${word(random)}`);
    },
    shows: (request) => new Set(request.query.map(([name]) => name)).size < request.query.length,
  },
  {
    name: "names that begin alike",
    give: (draft, random) => {
      const name = word(random);
      draft.query.push(`${name}-3=a`, `${name}=b`, `${name}.=c`, `${name.toUpperCase()}=d`);
    },
    shows: (request) => {
      const names = request.query.map(([name]) => name);
      return names.some((name) => names.includes(`${name}-3`));
    },
  },
  {
    name: "query name without a value",
    give: (draft, random) => draft.query.push(word(random) + random.pick(["", "="])),
    shows: (request) => request.query.some(([, value]) => value === ""),
  },
  {
    name: "query: other characters, escaped",
    give: (draft, random) =>
      draft.query.push(`${escaped(`${word(random)}ä`)}=${escaped(random.text(FOREIGN, 1, 9))}`),
    shows: (request) => rawPairs(request).some((pair) => /%[C-F]/.test(pair)),
  },
  {
    name: "query: escapes in lower case",
    give: (draft, random) => draft.query.push(`${word(random)}=%c3%bc%2f%3d${word(random)}`),
    shows: (request) => rawPairs(request).some((pair) => /%[c-f]/.test(pair)),
  },
  {
    name: "query: needless escapes",
    give: (draft, random) => draft.query.push(`%61${word(random)}=%7E${word(random)}%2D`),
    shows: (request) => rawPairs(request).some((pair) => /%(61|7E|2D)/.test(pair)),
  },
  {
    name: "query: + and other reserved, bare",
    give: (draft, random) =>
      draft.query.push(`${word(random)}=${random.text("+!$'()*,;:@/?=", 1, 6)}+`),
    shows: (request) => rawPairs(request).some((pair) => pair.includes("+")),
  },
];

const headers = [
  {
    name: "session token",
    give: (draft) => (draft.wantsToken = true),
    shows: (request) => request.header("x-amz-security-token") !== undefined,
  },
  {
    name: "repeated header",
    give: repeatHeader,
    shows: (request) =>
      new Set(request.headers.map(({ name }) => name)).size < request.headers.length,
  },
  {
    name: "folding: runs of blanks",
    give: (draft, random) =>
      addHeader(
        draft,
        random,
        `X-Runs-${random.below(99)}`,
        foldedText(random, ["  ", "\t", " \t ", "     "]),
      ),
    shows: (request) => values(request).some((value) => /\S([ \t]{2,}|\t)\S/.test(value)),
  },
  {
    name: "folding: folded lines",
    give: (draft, random) =>
      addHeader(
        draft,
        random,
        `X-Folds-${random.below(99)}`,
        foldedText(random, ["\r\n ", "\r\n\t", " \r\n   ", "\n "]),
      ),
    shows: (request) => values(request).some((value) => /\S\s*\n\s+\S/.test(value)),
  },
  {
    name: "empty header value",
    give: (draft, random) =>
      addHeader(draft, random, `X-Empty-${random.below(99)}`, random.pick(["", " ", " \t "])),
    shows: (request) => values(request).some((value) => value.trim() === ""),
  },
  {
    name: "header value beyond ASCII",
    give: (draft, random) =>
      addHeader(draft, random, `X-Foreign-${random.below(99)}`, ` ü${random.text(FOREIGN, 1, 9)}ß`),
    shows: (request) => values(request).some((value) => /[^\x00-\x7f]/.test(value)),
  },
  {
    name: "header that is never signed",
    give: (draft, random) =>
      addHeader(draft, random, random.pick(NEVER_SIGNED), ` ${word(random)}`),
    shows: (request) =>
      request.headers.some(({ name }) =>
        NEVER_SIGNED.some((never) => never.toLowerCase() === name),
      ),
  },
  {
    name: "x-amz-content-sha256 sent",
    give: (draft) => (draft.sendsHash = true),
    shows: (request) => request.header("x-amz-content-sha256") !== undefined,
  },
  {
    name: "content-length signed",
    give: (draft) => (draft.signsLength = true),
    shows: (request) => /[=;]content-length[;,]/.test(request.header("authorization")),
  },
];

const rest = [
  {
    name: "empty body",
    give: (draft) => (draft.body = Buffer.alloc(0)),
    shows: (request) => request.body.length === 0,
  },
  {
    name: "1 MiB body",
    rare: true,
    give: (draft, random) => (draft.body = random.bytes(ONE_MIB)),
    shows: (request) => request.body.length === ONE_MIB,
  },
  {
    name: "other port",
    give: (draft, random) => {
      draft.host = random.pick([draft.host, "127.0.0.1", "[::1]", "localhost"]);
      draft.port = random.pick([1, 8080, 8443, 65535, draft.https ? 80 : 443]);
    },
    shows: (request) => /:\d+$/.test(request.header("host")),
  },
  {
    name: "the scheme's own port, spelled out",
    give: (draft) => {
      draft.host = "own-port.example.com";
      draft.port = draft.https ? 443 : 80;
    },
    shows: (request) => request.header("host") === "own-port.example.com",
  },
  {
    name: "Host left to the library",
    give: (draft) => (draft.impliesHost = true),
    shows: (request, sent) =>
      sent.headers.every(({ name, unsigned }) => name !== "Host" || unsigned),
  },
  {
    name: "signing key of an earlier request",
    give: (draft) => Object.assign(draft, { region: "us-east-1", service: "bedrock" }),
    shows: (request, sent, earlier) => earlier.some((other) => scopeOf(other) === scopeOf(sent)),
  },
  {
    name: "time at an edge",
    give: (draft, random) => (draft.time = random.pick(EDGE_TIMES)),
    shows: (request, sent) => EDGE_TIMES.includes(sent.time),
  },
];

export const features = [...headers, ...query, ...path, ...identifiers, ...rest];
