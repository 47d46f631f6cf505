// Cases of credentials.mjs that are picked by hand: the grammar of the files and of commands, and
// what containers and machines answer.
// SPDX-License-Identifier: MIT
import * as f from "./credential_fixtures.mjs";
import { FAILURE, fails, given, NOTHING, wins } from "./credential_fixtures.mjs";

const DEFAULT = "[default]";
const keys = f.fileKeys;
const profile = (lines, more = {}) => ({ [DEFAULT]: lines, ...more });
const joined = (lines) => `${lines.join("\n")}\n`;
const FILE = "shared-credentials-file";

export const FILES = [
  given("keys in the credentials file", { credentials: profile(keys("file")) }, wins(FILE)),
  given("keys in the config file", { config: profile(keys("config")) }, wins("config-file")),
  given(
    "keys in both",
    { config: profile(keys("config")), credentials: profile(keys("file")) },
    wins(FILE),
  ),
  given(
    "a token in the credentials file",
    { credentials: profile(f.tokenKeys("file")) },
    wins(FILE, "user/file-token"),
  ),
  given(
    "a token in the config file",
    { config: profile(f.tokenKeys("config")) },
    wins("config-file", "user/config-token"),
  ),
  given(
    "an older name of the token",
    { credentials: profile(f.tokenKeys("file", "aws_security_token")) },
    wins(FILE, "user/file-token"),
    ["security-token", wins(FILE, "refused AKIDFILET")],
  ),
  given(
    "keys in one file, a token in the other",
    { config: profile(["aws_session_token = token-of-file"]), credentials: profile(keys("file")) },
    wins(FILE),
    ["file-alone", wins(FILE, "refused AKIDFILE")],
  ),
  given(
    "an id in one file, its secret in the other",
    { config: profile(keys("file").slice(1)), credentials: profile(keys("file").slice(0, 1)) },
    fails(FILE),
    ["file-alone", wins(FILE)],
  ),
  given(
    "a secret in the credentials file, both in the config file",
    { config: profile(keys("config")), credentials: profile(keys("file").slice(1)) },
    wins("config-file"),
    ["file-alone", wins("config-file", "refused AKIDCONFIG")],
  ),
  given(
    "[profile default] before [default]",
    { config: joined([DEFAULT, ...keys("other"), "[profile default]", ...keys("config")]) },
    wins("config-file"),
  ),
  given(
    "sections that come twice",
    {
      config: joined([
        DEFAULT,
        keys("config")[0],
        "[profile x]",
        "a = b",
        DEFAULT,
        keys("config")[1],
      ]),
    },
    wins("config-file"),
  ),
  given(
    "keys that come twice",
    { credentials: joined([DEFAULT, ...keys("other"), ...keys("file")]) },
    wins(FILE),
  ),
  given(
    "Windows' line ends and a byte order mark",
    { credentials: `\ufeff${joined([DEFAULT, ...keys("file")]).replaceAll("\n", "\r\n")}` },
    wins(FILE),
  ),
  given(
    "no blanks",
    { config: joined([DEFAULT, ...keys("config").map((line) => line.replaceAll(" ", ""))]) },
    wins("config-file"),
  ),
  given(
    "comments",
    {
      config: joined([
        "# a",
        "; b",
        `${DEFAULT} # c`,
        ...keys("config").map((line) => `${line} ; d`),
      ]),
    },
    wins("config-file"),
  ),
  given(
    "a block of settings between keys",
    {
      config: joined([
        DEFAULT,
        keys("config")[0],
        "s3 =",
        "  aws_secret_access_key = x",
        keys("config")[1],
      ]),
    },
    wins("config-file"),
  ),
  given(
    "upper case",
    {
      config: joined([
        DEFAULT,
        ...keys("config").map((line) => line.replace(/^\w+/, (name) => name.toUpperCase())),
      ]),
    },
    wins("config-file"),
    ["case", FAILURE],
  ),
  given(
    "colons",
    { credentials: joined([DEFAULT, ...keys("file").map((line) => line.replace(" =", ":"))]) },
    wins(FILE),
    ["colon", FAILURE],
  ),
  given(
    "a line of garbage",
    { config: joined([DEFAULT, "garbage", ...keys("config")]) },
    fails("assume-role"),
    ["garbage", wins("config-file")],
  ),
  given(
    "a line of garbage in the other file",
    { config: "garbage\n", credentials: profile(keys("file")) },
    fails("assume-role"),
    ["garbage", wins(FILE)],
  ),
  given(
    "a bracket that is missing",
    { credentials: joined([DEFAULT, ...keys("file"), "[mine", ...keys("other")]) },
    fails("assume-role"),
    ["garbage", wins(FILE, "user/other")],
  ),
  given(
    "a secret with an umlaut",
    { credentials: joined([DEFAULT, keys("file")[0], "aws_secret_access_key = ü"]) },
    fails(FILE),
    ["characters", wins(FILE, "refused AKIDFILE")],
  ),
];

const running = (command) => profile([`credential_process = ${command}`]);
export const PROCESSES = [
  given("a process", { config: profile(f.PROCESS) }, wins("process")),
  given("a process in the credentials file", { credentials: profile(f.PROCESS) }, wins("process")),
  given(
    "a process with a quoted word",
    { config: running('cat "$HOME/two words"'), files: { "two words": f.processJson("process") } },
    wins("process"),
  ),
  given(
    "a process with a word in single quotes",
    { config: running("cat '$HOME/a\"b'"), files: { 'a"b': f.processJson("process") } },
    wins("process"),
  ),
  given(
    "a process with a blank that is escaped",
    { config: running("cat $HOME/two\\ words"), files: { "two words": f.processJson("process") } },
    wins("process"),
  ),
  given(
    "a process for a shell",
    { config: running("true && cat $HOME/process.json") },
    fails("process"),
    ["shell", wins("process")],
  ),
  given("a process with a tilde", { config: running("cat ~/process.json") }, fails("process"), [
    "shell",
    wins("process"),
  ]),
  given(
    "a process that gives a token and an end",
    {
      config: profile(f.PROCESS),
      files: {
        "process.json": f.processJson("process", {
          AccessKeyId: "AKIDPROCESST",
          SessionToken: "token-of-process",
          Expiration: f.inSeconds(3600),
        }),
      },
    },
    wins("process", "user/process-token"),
  ),
  given(
    "a version that is no number",
    {
      config: profile(f.PROCESS),
      files: { "process.json": f.processJson("process", { Version: "1" }) },
    },
    fails("process"),
  ),
  given(
    "a process before keys in the config file",
    { config: profile([...f.PROCESS, ...keys("config")]) },
    wins("process"),
    ["order", wins("config-file")],
  ),
];

const auth = (more) => ({ ...f.container("$STUB/authorized"), ...more });
export const MACHINES = [
  given("a container", { environment: f.container() }, wins("container")),
  given(
    "a container of EKS",
    { environment: f.container("$EMULATOR/v1/credentials") },
    wins("container", "assumed-role/demo/credentials"),
  ),
  given(
    "a container's token",
    { environment: auth({ AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic x" }) },
    wins("container", "refused AKIDSTUB"),
  ),
  given(
    "a container's token in a file, which wins",
    {
      environment: auth({
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "no",
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "$HOME/auth",
      }),
      files: { auth: "Basic x" },
    },
    wins("container", "refused AKIDSTUB"),
  ),
  given(
    "a container's token with a line feed behind it",
    {
      environment: auth({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "$HOME/auth" }),
      files: { auth: "Basic x\n" },
    },
    wins("container", "refused AKIDSTUB"),
    ["newline", FAILURE],
  ),
  given(
    "keys without an end",
    { environment: f.container("$STUB/endless") },
    wins("container", "refused AKIDSTUB"),
    ["lenient", FAILURE],
  ),
  given(
    "a container before a machine",
    { environment: { ...f.IMDS, ...f.container() } },
    wins("container"),
  ),
  given("a machine", { environment: f.IMDS }, wins("imds")),
  given(
    "a machine that is named in the profile",
    {
      config: profile(["ec2_metadata_service_endpoint = $EMULATOR"]),
      environment: { AWS_EC2_METADATA_DISABLED: "false" },
    },
    wins("imds"),
  ),
  given(
    "a machine with a slash",
    { environment: { ...f.IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: "$EMULATOR/" } },
    wins("imds"),
  ),
  given(
    "a machine with a path",
    { environment: { ...f.IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: "$EMULATOR/there" } },
    fails("imds"),
    ["imds-path", wins("imds")],
  ),
  given(
    "a machine that is switched off",
    { environment: { ...f.IMDS, AWS_EC2_METADATA_DISABLED: "true" } },
    NOTHING,
  ),
  given(
    "a machine that is not switched off",
    { environment: { ...f.IMDS, AWS_EC2_METADATA_DISABLED: "False" } },
    wins("imds"),
    ["flag", FAILURE],
  ),
  given(
    "a machine, and a profile without credentials",
    { config: profile(["region = us-east-1"]), environment: f.IMDS },
    wins("imds"),
  ),
  given(
    "a machine, and a secret alone",
    { credentials: profile(keys("file").slice(1)), environment: f.IMDS },
    wins("imds"),
  ),
];
