// Where our chain of credentials and that of AWS's JavaScript differ on purpose, and why. The same
// list, for people, is in doc/credentials.md.
// SPDX-License-Identifier: MIT

export const DIFFERENCES = {
  order:
    "the command line tool's order: web identity, SSO, credentials file, process, config file; " +
    "JavaScript asks a profile for keys in either file, web identity, process, SSO, and for the " +
    "environment's web identity after all of them",
  "env-first":
    "keys in the environment serve before a profile that AWS_PROFILE names, as for the command " +
    "line tool; JavaScript takes the profile, and warns that this may change",
  stops:
    "what is configured but broken ends the chain: other keys than those meant could pay, or do, " +
    "what nobody wanted; so the command line tool, while JavaScript goes on to whatever is there",
  "default-profile":
    "AWS_DEFAULT_PROFILE names a profile, as for the command line tool; JavaScript does not know it",
  "security-token":
    "AWS_SECURITY_TOKEN and aws_security_token count, before the newer names, as for the command " +
    "line tool; JavaScript does not know them",
  "file-alone":
    "the keys of each file stand alone, as for the command line tool; JavaScript lays the files " +
    "over one another, so that the id of one may meet the secret or the token of the other",
  "role-or-web":
    "with a web_identity_token_file the role_arn is for the web identity, as for the command line " +
    "tool; for JavaScript the source_profile comes first",
  piecewise:
    "token file, role and session name of a web identity are looked up each by itself, the " +
    "environment first, as for the command line tool; JavaScript takes all from one place",
  shell:
    "a credential_process is no line for a shell, as for the command line tool; JavaScript hands " +
    "it to one",
  newline:
    "a line break at the end of a file with a token is not meant; JavaScript sends it along, or " +
    "refuses it",
  lenient: "keys need no session token and no end to be keys; JavaScript wants both of a container",
  empty: "a variable that is empty is as good as none; JavaScript asks for a session of no name",
  "sso-needed":
    "SSO begins with sso_account_id or sso_role_name, as for the command line tool; for " +
    "JavaScript any sso_ key does, and the chain ends there",
  "sso-conflict":
    "a profile and its sso-session that disagree are an error, as for the command line tool; " +
    "JavaScript takes the session",
  duration: "a duration that is no number is an error; JavaScript reads as far as it is one",
  "imds-path":
    "a path in the endpoint of the metadata service counts, as for the command line tool; " +
    "JavaScript drops it",
  flag: "AWS_EC2_METADATA_DISABLED is true or false, in any case; all but `false` disables JavaScript's",
  characters:
    "keys with characters that no key has are refused before they are sent; JavaScript signs with " +
    "them",
  garbage:
    "a line that says nothing is an error that names file and line, as for the command line tool; " +
    "JavaScript skips it",
  names: "names of profiles may hold blanks, as for the command line tool; not in JavaScript",
  case: "keys are compared without case, as for the command line tool; in JavaScript with it",
  colon:
    "`key: value` is as good as `key = value`, as for the command line tool; not in JavaScript",
};
