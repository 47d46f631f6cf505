// Cases of credentials.mjs that are picked by hand, by the source they are about.
// SPDX-License-Identifier: MIT
import { FILES, MACHINES, PROCESSES } from "./credential_quirks.mjs";
import * as f from "./credential_fixtures.mjs";
import { FAILURE, fails, given, NOTHING, wins } from "./credential_fixtures.mjs";

const DEFAULT = "[default]";
const keys = f.fileKeys;
const profile = (lines, more = {}) => ({ [DEFAULT]: lines, ...more });
const base = { "[profile base]": keys("base") };
const credentialSource = (name) => [
  `role_arn = ${f.ROLE}`,
  `credential_source = ${name}`,
  "role_session_name = role",
];
const FILE = "shared-credentials-file";

const ENVIRONMENT = [
  given("nothing at all", {}, NOTHING),
  given("keys in the environment", { environment: f.envKeys("env") }, wins("environment")),
  given(
    "a session token",
    {
      environment: {
        ...f.envKeys("env"),
        AWS_ACCESS_KEY_ID: "AKIDENVT",
        AWS_SESSION_TOKEN: "token-of-env",
      },
    },
    wins("environment", "user/env-token"),
  ),
  given(
    "an older name of the session token",
    {
      environment: {
        ...f.envKeys("env"),
        AWS_ACCESS_KEY_ID: "AKIDENVT",
        AWS_SECURITY_TOKEN: "token-of-env",
      },
    },
    wins("environment", "user/env-token"),
    ["security-token", wins("environment", "refused AKIDENVT")],
  ),
  given(
    "both names of the session token",
    {
      environment: {
        ...f.envKeys("env"),
        AWS_ACCESS_KEY_ID: "AKIDENVT",
        AWS_SECURITY_TOKEN: "token-of-env",
        AWS_SESSION_TOKEN: "another",
      },
    },
    wins("environment", "user/env-token"),
    ["security-token", wins("environment", "refused AKIDENVT")],
  ),
  given(
    "an empty session token",
    { environment: { ...f.envKeys("env"), AWS_SESSION_TOKEN: "" } },
    wins("environment"),
  ),
  given(
    "a secret without an id",
    { environment: { AWS_SECRET_ACCESS_KEY: "x" }, credentials: profile(keys("file")) },
    wins(FILE),
  ),
  given(
    "empty variables",
    {
      environment: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_PROFILE: "" },
      credentials: profile(keys("file")),
    },
    wins(FILE),
  ),
  given(
    "keys that nobody knows",
    {
      environment: { AWS_ACCESS_KEY_ID: "AKIDNOBODY", AWS_SECRET_ACCESS_KEY: "x" },
      credentials: profile(keys("file")),
    },
    wins("environment", "refused AKIDNOBODY"),
  ),
  given(
    "keys and a profile that is not there",
    { environment: { ...f.envKeys("env"), AWS_PROFILE: "nobody" } },
    wins("environment"),
    ["env-first", FAILURE],
  ),
  given(
    "keys and a file of garbage",
    { environment: f.envKeys("env"), config: "garbage\n" },
    wins("environment"),
  ),
  given(
    "an id with a blank in it",
    { environment: { ...f.envKeys("env"), AWS_ACCESS_KEY_ID: "AK ID" } },
    fails("environment"),
    ["characters", wins("environment", "refused AK ID")],
  ),
];

const named = (variable, name) => ({ [variable]: name });
const two = { "[default]": keys("file"), "[mine]": keys("other") };

const NAMED = [
  given(
    "AWS_PROFILE",
    { environment: named("AWS_PROFILE", "mine"), credentials: two },
    wins(FILE, "user/other"),
  ),
  given(
    "AWS_DEFAULT_PROFILE",
    { environment: named("AWS_DEFAULT_PROFILE", "mine"), credentials: two },
    wins(FILE, "user/other"),
    ["default-profile", wins(FILE)],
  ),
  given(
    "AWS_PROFILE before AWS_DEFAULT_PROFILE",
    { environment: { AWS_PROFILE: "default", AWS_DEFAULT_PROFILE: "mine" }, credentials: two },
    wins(FILE),
  ),
  given(
    "a profile that is not there",
    { environment: named("AWS_PROFILE", "nobody"), credentials: two },
    fails("assume-role"),
  ),
  given(
    "a profile that is not there, and a container",
    { environment: { AWS_PROFILE: "nobody", ...f.container() }, credentials: two },
    fails("assume-role"),
    ["stops", wins("container")],
  ),
  given(
    "a profile in the credentials file as in the config file",
    { environment: named("AWS_PROFILE", "mine"), credentials: { "[profile mine]": keys("other") } },
    fails("assume-role"),
  ),
  given(
    "a profile with a blank in its name",
    { environment: named("AWS_PROFILE", "my own"), credentials: { "[my own]": keys("file") } },
    wins(FILE),
    ["names", FAILURE],
  ),
  given(
    "a profile in the config file without the word",
    { environment: named("AWS_PROFILE", "mine"), config: { "[mine]": keys("config") } },
    fails("assume-role"),
  ),
  given(
    "files elsewhere",
    {
      environment: {
        AWS_CONFIG_FILE: "~/c",
        AWS_SHARED_CREDENTIALS_FILE: "$HOME/s",
        AWS_PROFILE: "a",
      },
      credentials: { "[a]": keys("other") },
      files: { c: f.text({ "[profile a]": ["region = x"] }), s: f.text({ "[a]": keys("file") }) },
    },
    wins(FILE),
  ),
  given(
    "files that are not there",
    {
      environment: { AWS_CONFIG_FILE: "$HOME/c", AWS_SHARED_CREDENTIALS_FILE: "$HOME/s" },
      credentials: two,
    },
    NOTHING,
  ),
];

const ROLES = [
  given(
    "a role, its source in the other file",
    { config: profile(f.role()), credentials: { "[base]": keys("base") } },
    wins("assume-role"),
  ),
  given(
    "a role in the credentials file",
    { credentials: profile(f.role("mine"), { "[mine]": keys("base") }) },
    wins("assume-role"),
  ),
  given(
    "a role of a role",
    { config: profile(f.role("next"), { "[profile next]": f.role("base", "first"), ...base }) },
    wins("assume-role"),
  ),
  given(
    "a role by a profile's own keys",
    { config: profile([...f.role("default"), ...keys("base")]) },
    wins("assume-role"),
  ),
  given(
    "a role without a session name",
    { config: profile(f.role().slice(0, 2), base) },
    wins("assume-role", "assumed-role/demo/MADE-UP"),
  ),
  given(
    "a role with a duration",
    { config: profile([...f.role(), "duration_seconds = 1800"], base) },
    wins("assume-role"),
  ),
  given(
    "a duration with a unit",
    { config: profile([...f.role(), "duration_seconds = 1800s"], base) },
    fails("assume-role"),
    ["duration", wins("assume-role")],
  ),
  given(
    "a role by SSO",
    { config: profile(f.role("it"), { "[profile it]": f.sso(), ...f.ssoSession() }) },
    wins("assume-role"),
  ),
  given(
    "a role by a process",
    { config: profile(f.role("it"), { "[profile it]": f.PROCESS }) },
    wins("assume-role"),
  ),
  given(
    "a role by a web identity",
    { config: profile(f.role("it"), { "[profile it]": f.webIdentity() }) },
    wins("assume-role"),
  ),
  given(
    "a role by the environment",
    {
      config: profile(credentialSource("Environment")),
      environment: { AWS_PROFILE: "default", ...f.envKeys("env") },
    },
    wins("environment"),
    ["env-first", wins("assume-role")],
  ),
  given(
    "a role by the container",
    { config: profile(credentialSource("EcsContainer")), environment: f.container() },
    wins("assume-role"),
  ),
  given(
    "a role by the machine",
    { config: profile(credentialSource("Ec2InstanceMetadata")), environment: f.IMDS },
    wins("assume-role"),
  ),
  given(
    "source_profiles in a circle",
    { config: profile(f.role("next"), { "[profile next]": f.role("default") }) },
    fails("assume-role"),
  ),
  given(
    "source_profiles in a circle with keys in it",
    {
      config: profile(f.role("next"), {
        "[profile next]": [...f.role("default"), ...keys("base")],
      }),
    },
    wins("assume-role"),
  ),
  given(
    "a role that is its own source, without keys",
    { config: profile(f.role("default")) },
    fails("assume-role"),
  ),
  given(
    "a role before keys of the same profile",
    { config: profile([...f.role(), ...keys("config")], base), credentials: profile(keys("file")) },
    wins("assume-role"),
  ),
  given(
    "a role and a token file",
    { config: profile([...f.role(), "web_identity_token_file = $HOME/token"], base) },
    wins("web-identity", "assumed-role/demo/role"),
    ["role-or-web", wins("assume-role")],
  ),
  given(
    "keys of the source in both files",
    { config: profile(f.role(), base), credentials: { "[base]": keys("other") } },
    wins("assume-role"),
  ),
];

const WEB = [
  given(
    "a web identity in the environment",
    { environment: f.envWebIdentity() },
    wins("web-identity"),
  ),
  given(
    "a web identity in the profile",
    { config: profile(f.webIdentity()) },
    wins("web-identity"),
  ),
  given(
    "a web identity in both",
    { config: profile(f.webIdentity("profile")), environment: f.envWebIdentity("environment") },
    wins("web-identity", "assumed-role/demo/environment"),
    ["piecewise", wins("web-identity", "assumed-role/demo/profile")],
  ),
  given(
    "its session name in the environment",
    {
      config: profile(f.webIdentity("profile")),
      environment: { AWS_ROLE_SESSION_NAME: "environment" },
    },
    wins("web-identity", "assumed-role/demo/environment"),
    ["piecewise", wins("web-identity", "assumed-role/demo/profile")],
  ),
  given(
    "its token file in the environment, its role in the profile",
    {
      config: profile([`role_arn = ${f.ROLE}`, "role_session_name = web"]),
      environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token" },
    },
    fails("assume-role"),
  ),
  given(
    "its token file in the profile, its role in the environment",
    {
      config: profile(["web_identity_token_file = $HOME/token"]),
      environment: { AWS_ROLE_ARN: f.ROLE, AWS_ROLE_SESSION_NAME: "web" },
    },
    wins("web-identity"),
    ["piecewise", FAILURE],
  ),
  given(
    "a token with a line feed behind it",
    { environment: f.envWebIdentity(), files: { token: "web-identity-token\n" } },
    wins("web-identity"),
    ["newline", FAILURE],
  ),
  given(
    "no session name",
    { environment: { ...f.envWebIdentity(), AWS_ROLE_SESSION_NAME: "" } },
    wins("web-identity", "assumed-role/demo/MADE-UP"),
    ["empty", FAILURE],
  ),
  given(
    "no session name at all",
    { environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token", AWS_ROLE_ARN: f.ROLE } },
    wins("web-identity", "assumed-role/demo/MADE-UP"),
  ),
  given(
    "a web identity before keys in a file",
    { environment: f.envWebIdentity(), credentials: profile(keys("file")) },
    wins("web-identity"),
    ["order", wins(FILE)],
  ),
  given(
    "a role without a token file",
    { environment: { AWS_ROLE_ARN: f.ROLE }, credentials: profile(keys("file")) },
    wins(FILE),
  ),
];

const renewable = { refreshToken: "refresh", clientId: "client", clientSecret: "client-secret" };

const SSO = [
  given("SSO with a session", { config: profile(f.sso(), f.ssoSession()) }, wins("sso")),
  given("SSO without one", { config: profile(f.ssoLegacy()) }, wins("sso")),
  given(
    "a sign-in that is renewed",
    {
      config: profile(f.sso("soon"), f.ssoSession("soon")),
      files: f.ssoCache("soon", { expiresAt: f.inSeconds(60), ...renewable }),
    },
    wins("sso"),
  ),
  given(
    "a sign-in that has ended and is renewed",
    {
      config: profile(f.sso("late"), f.ssoSession("late")),
      files: f.ssoCache("late", { expiresAt: f.inSeconds(-60), ...renewable }),
    },
    wins("sso"),
  ),
  given(
    "a session that is not there",
    { config: profile(f.sso("gone"), f.ssoSession()) },
    fails("sso"),
  ),
  given(
    "a profile and a session that disagree",
    { config: profile([...f.sso(), "sso_region = eu-west-1"], f.ssoSession()) },
    fails("sso"),
    ["sso-conflict", wins("sso")],
  ),
  given(
    "a session alone",
    { config: profile(["sso_session = here", ...f.PROCESS], f.ssoSession()) },
    wins("process"),
  ),
  given(
    "a session alone, and a container",
    { config: profile(["sso_session = here"], f.ssoSession()), environment: f.container() },
    wins("container"),
    ["sso-needed", FAILURE],
  ),
  given(
    "SSO before keys",
    { config: profile([...f.ssoLegacy(), ...keys("config")]) },
    wins("sso"),
    ["order", wins("config-file")],
  ),
  given(
    "a session in quotes",
    {
      config: { ...profile(f.sso()), '[sso-session "here"]': f.ssoSession()["[sso-session here]"] },
    },
    wins("sso"),
  ),
];

const login = ["login_session = arn:aws:iam::123456789012:user/me"];
const LOGIN = [
  given("a login_session", { config: profile(login) }, fails("login")),
  given(
    "a login_session before a container",
    { config: profile(login), environment: f.container() },
    fails("login"),
  ),
  given(
    "a login_session before a process",
    { config: profile([...login, ...f.PROCESS]) },
    fails("login"),
    ["order", wins("process")],
  ),
  given(
    "a login_session before keys in the config file",
    { config: profile([...login, ...keys("config")]) },
    fails("login"),
    ["order", wins("config-file")],
  ),
  given(
    "keys in the credentials file before a login_session",
    { config: profile(login), credentials: profile(keys("file")) },
    wins(FILE),
  ),
  given(
    "a login_session of a source_profile",
    { config: profile(f.role("it"), { "[profile it]": login }) },
    fails("assume-role"),
  ),
];

export const PICKED = Object.entries({
  ENVIRONMENT,
  NAMED,
  ROLES,
  WEB,
  SSO,
  LOGIN,
  FILES,
  PROCESSES,
  MACHINES,
}).flatMap(([group, cases]) =>
  cases.map((one) => ({ ...one, name: `${group.toLowerCase()}: ${one.name}` })),
);
