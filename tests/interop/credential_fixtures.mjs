// What the cases of credentials.mjs are put together from: keys, profiles, files, variables. In
// them `$HOME` is the case's own home folder, `$EMULATOR` and `$STUB` are servers.
// SPDX-License-Identifier: MIT
import { createHash } from "node:crypto";

export const ACCOUNT = "123456789012";
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/demo`;
export const PORTAL = "https://example.com/start";

export const SOURCES = [
  "environment",
  "assume-role",
  "web-identity",
  "sso",
  "shared-credentials-file",
  "process",
  "config-file",
  "container",
  "imds",
];

// ---- keys

const NAMES = ["env", "base", "file", "process", "config", "other"];

export const key = (name) => ({
  id: `AKID${name.toUpperCase()}`,
  secret: `secret/of+${name}`,
  token: `token-of-${name}`,
});

// What the emulator is told: each key without a session token, and one with it.
export const SETUP = {
  keys: NAMES.flatMap((name) => {
    const { id, secret, token } = key(name);
    const arn = `arn:aws:iam::${ACCOUNT}:user/${name}`;
    return [
      { accessKeyId: id, secretAccessKey: secret, arn },
      { accessKeyId: `${id}T`, secretAccessKey: secret, sessionToken: token, arn: `${arn}-token` },
    ];
  }),
  refreshTokens: [
    {
      refreshToken: "refresh",
      clientId: "client",
      clientSecret: "client-secret",
      roles: [{ accountId: ACCOUNT, roleName: "demo" }],
      rotates: false,
    },
  ],
};

// ---- variables

export const envKeys = (name) => ({
  AWS_ACCESS_KEY_ID: key(name).id,
  AWS_SECRET_ACCESS_KEY: key(name).secret,
});
export const envWebIdentity = (session = "web") => ({
  AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token",
  AWS_ROLE_ARN: ROLE,
  AWS_ROLE_SESSION_NAME: session,
});
export const IMDS = {
  AWS_EC2_METADATA_SERVICE_ENDPOINT: "$EMULATOR",
  AWS_EC2_METADATA_DISABLED: "false",
};
export const container = (path = "$EMULATOR/role/task") => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: path,
});

// ---- lines of profiles

export const fileKeys = (name) => [
  `aws_access_key_id = ${key(name).id}`,
  `aws_secret_access_key = ${key(name).secret}`,
];
export const tokenKeys = (name, tokenKey = "aws_session_token") => [
  `aws_access_key_id = ${key(name).id}T`,
  `aws_secret_access_key = ${key(name).secret}`,
  `${tokenKey} = ${key(name).token}`,
];
export const role = (source = "base", session = "role") => [
  `role_arn = ${ROLE}`,
  `source_profile = ${source}`,
  `role_session_name = ${session}`,
];
export const webIdentity = (session = "web") => [
  "web_identity_token_file = $HOME/token",
  `role_arn = ${ROLE}`,
  `role_session_name = ${session}`,
];
export const PROCESS = ["credential_process = cat $HOME/process.json"];
export const ssoLegacy = () => [
  `sso_start_url = ${PORTAL}`,
  "sso_region = us-east-1",
  `sso_account_id = ${ACCOUNT}`,
  "sso_role_name = demo",
];
export const sso = (session = "here") => [
  `sso_session = ${session}`,
  `sso_account_id = ${ACCOUNT}`,
  "sso_role_name = demo",
];
export const ssoSession = (name = "here") => ({
  [`[sso-session ${name}]`]: ["sso_region = us-east-1", `sso_start_url = ${PORTAL}`],
});

// ---- files

// { header: lines } as the text of a file.
export const text = (sections) =>
  Object.entries(sections)
    .map(([header, lines]) => `${[header, ...lines].join("\n")}\n`)
    .join("\n");

export const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

export function ssoCache(name, more = {}) {
  const hash = createHash("sha1").update(name).digest("hex");
  const token = { accessToken: "sso-access-token", expiresAt: inSeconds(3600) };
  return { [`.aws/sso/cache/${hash}.json`]: JSON.stringify({ ...token, ...more }) };
}

export const processJson = (name, more = {}) => {
  const { id, secret } = key(name);
  return JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: secret, ...more });
};

// Files that are there in each case, unless it has others.
export const FILES = {
  token: "web-identity-token",
  "process.json": processJson("process"),
  ...ssoCache("here"),
  ...ssoCache(PORTAL),
};

// ---- who the keys are

export const WHO = {
  environment: "user/env",
  "assume-role": "assumed-role/demo/role",
  "web-identity": "assumed-role/demo/web",
  sso: "assumed-role/AWSReservedSSO_demo_0123456789abcdef/someone",
  "shared-credentials-file": "user/file",
  process: "user/process",
  "config-file": "user/config",
  container: "assumed-role/demo/task",
  imds: "assumed-role/demo/i-0123456789abcdef0",
};

// An outcome is written as one text, the same for both sides.
export const wins = (source, who = WHO[source]) => `${source} gives ${who}`;
export const fails = (source) => `${source} fails`; // it counts, and has no keys
export const NOTHING = "nothing is configured";
export const FAILURE = "failure"; // AWS's providers do not say whose

// A case: config and credentials file (text, or sections), environment, other files; what ours
// does; and, where AWS's JavaScript does something else, which difference it is, and what it does.
export function given(
  name,
  { config = "", credentials = "", environment = {}, files = {} },
  ours,
  differs,
) {
  const written = (file) => (typeof file === "string" ? file : text(file));
  const shared = { ".aws/config": written(config), ".aws/credentials": written(credentials) };
  return { name, environment, files: { ...shared, ...files }, ours, differs };
}
