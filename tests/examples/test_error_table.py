"""Whatever goes wrong, the programs say what, why, and what to do next: a table of situations, each
with the whole text that is to come.

usage: test_error_table.py EMULATOR SIGN PROFILES

SPDX-License-Identifier: MIT
"""
import json
import re
import sys
import tempfile
from pathlib import Path

from programs import Emulator, run, tap

emulator_path, sign, program = sys.argv[1:]
emulator = Emulator(emulator_path, sign, "--identity")
folder = tempfile.TemporaryDirectory()
NOTHING_TWICE = "what is done already is not done twice"
# What tells a reader to do something, in the last sentence or behind its last colon.
REMEDY = re.compile(
    r"\b(add|allow|ask|assume|check|choose|copy|correct|create|delete|detach|enable|finish|free|get|have|import"
    r"|let|look|make|names?|open|put|remove|run|say|see|set|sign|takes?|use|wait|write)\b",
    re.I,
)
DECLARATION = {
    "region": "us-east-1",
    "tagPolicy": {"requiredTags": ["application", "environment"]},
    "workloads": {"search": {"environments": {"prod": {"copyFrom": "amazon.nova-micro-v1:0"}}}},
}


def file(name, document):
    path = Path(folder.name, name)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


GOOD = file("profiles.json", DECLARATION)
OTHERS = file("others.json", {"account": "999999999999", **DECLARATION})
BAD = file("bad.json", "{\n")
APPLY = ["apply", "--yes"]
CREATE = "search-prod: cannot be created from arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0: "
INCOMPLETE = "\nprofiles: it is not complete; run it again when that is mended: what is done stays done"
WHOSE = "whose credentials these are cannot be found out: "
SHOW = ["logging", "show"]
SET = ["logging", "set", "--s3", "my-logs", "--no-text", "--yes"]
READ = "the invocation logging cannot be read: "
WRITE = "the invocation logging cannot be written: "
TAGS = "the cost allocation tags cannot be listed: "
LIST = "the inference profiles cannot be listed: "
WHO = "User: arn:aws:sts::123456789012:assumed-role/ops/me is not authorized to perform: "
CLOCK = "Set this machine's clock (`timedatectl set-ntp true`), then run it again"
ALLOW = "Allow {} to these credentials: `profiles iam operator` prints a policy that does"
SECRET = (
    "Copy the secret key again: it is not that of the access key; `credentials` says where both come from"
)
CONTAINER = {
    "AWS_ACCESS_KEY_ID": None,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": emulator.url + "/v1/credentials",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
}
FIXED = "; nothing fetches others in the place of these keys: set new ones. "


def fault(type, message="AWS's own words.", **more):
    return {"type": type, "message": message, **more}


def says(type, message="AWS's own words.", status=400):
    return f"{type}: {message} (HTTP {status}). "


# Each: what happens, the words typed, the fault of AWS or the environment, and what is said.
TABLE = [
    # ---- who asks
    ("no credentials", SHOW, {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
     READ + "no credentials: environment: AWS_ACCESS_KEY_ID is not set; assume-role: profile default has no "
     "role_arn; web-identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set, and profile default has no "
     "web_identity_token_file; sso, shared-credentials-file, login, process, config-file: there is no profile "
     "default in /nonexistent/.aws/credentials (there is no such file) and /nonexistent/.aws/config (there is no "
     "such file); container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
     "AWS_CONTAINER_CREDENTIALS_FULL_URI is set; imds: AWS_EC2_METADATA_DISABLED is set. `credentials --explain` "
     "says where keys were looked for: sign in there, or set AWS_PROFILE"),
    ("expired session", SHOW, fault("ExpiredTokenException"),
     READ + says("ExpiredTokenException", status=403)[:-2] + FIXED + "Sign in again (`aws sso login`, or a new session of the "
     "role) and run it again; `credentials` says whose keys these are"),
    ("a session that had just begun", SHOW, {**fault("ExpiredTokenException"), **CONTAINER},
     READ + says("ExpiredTokenException", status=403)[:-2] + "; their source gave these keys less than a minute ago. "
     "Sign in again (`aws sso login`, or a new session of the role) and run it again; `credentials` says whose keys "
     "these are"),
    ("unknown key, or a region not opted in to", SHOW, {"AWS_ACCESS_KEY_ID": "AKIDOTHER"},
     READ + says("UnrecognizedClientException", "The security token included in the request is invalid.", 403)
     + "Check with `credentials` whose keys these are. If they work elsewhere, the account has not opted in to "
     "this region: have it enabled, or name another with --region"),
    ("wrong secret", SHOW, {"AWS_SECRET_ACCESS_KEY": "other"},
     READ + says("InvalidSignatureException", "The request signature we calculated does not match the signature "
     "you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for "
     "details.", 403) + SECRET),
    ("clock behind", SHOW, fault("InvalidSignatureException", "Signature expired: 1 is now earlier than 2"),
     READ + says("InvalidSignatureException", "Signature expired: 1 is now earlier than 2", 403) + CLOCK),
    ("clock ahead", SHOW, fault("InvalidSignatureException", "Signature not yet current: 2 is still later than 1"),
     READ + says("InvalidSignatureException", "Signature not yet current: 2 is still later than 1", 403) + CLOCK),
    ("half a set of keys", SHOW, fault("MissingAuthenticationTokenException", status=403),
     READ + says("MissingAuthenticationTokenException", status=403) + "Get a whole set of keys: with a session "
     "token all three parts belong together; `credentials --explain` says where each comes from"),
    ("region switched off", SHOW, fault("OptInRequired", status=403),
     READ + says("OptInRequired", status=403) + "Have the region enabled for the account (`aws account "
     "enable-region`), or name another with --region"),
    ("no region", ["--file", "none", *SHOW], {"AWS_REGION": None},
     READ + "region: none is given or set, and no metadata service of EC2 tells one: set AWS_REGION, or the region "
     "of the profile. Correct that; a region is named by --region, or by the file"),
    ("the file's region is none", ["--region", "no where", *SHOW], {},
     READ + 'region: not of the form us-east-1. Correct that; a region is named by --region, or by the file'),
    # ---- the way there
    ("connection refused", SHOW, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
     READ + "server not reached, or connection lost before an answer: libcurl says. "
     "Check the network and HTTPS_PROXY; that --region or AWS_REGION names a "
     f"region that has this service; and AWS_ENDPOINT_URL, if that is set. Then run it again: {NOTHING_TWICE}"),
    ("no such host", SHOW, {"AWS_ENDPOINT_URL": "https://bedrock.nowhere.invalid"},
     READ + "server not reached, or connection lost before an answer: "
     "libcurl says. Check the network and HTTPS_PROXY; that --region or AWS_REGION names a "
     f"region that has this service; and AWS_ENDPOINT_URL, if that is set. Then run it again: {NOTHING_TWICE}"),
    ("hung up", SHOW, {"cut": -1},
     READ + "server not reached, or connection lost before an answer: libcurl says. Check the network "
     "and HTTPS_PROXY; that --region or AWS_REGION names a region that has this service; and AWS_ENDPOINT_URL, if "
     f"that is set. Then run it again: {NOTHING_TWICE}"),
    ("no TLS there", SHOW, {"AWS_ENDPOINT_URL": emulator.url.replace("http:", "https:")},
     READ + "TLS failed: libcurl says. Set AWS_CA_BUNDLE to the certificates of your proxy, if there is one that opens "
     "connections; or set this machine's clock"),
    ("a page of some proxy", SHOW, {"body": "<html>Sign in to the Wi-Fi</html>"},
     READ + "the answer is not one whole JSON object. What answered is not AWS: check AWS_ENDPOINT_URL and "
     "HTTPS_PROXY, then run it again"),
    # ---- what the caller may
    ("permission missing", SHOW,
     fault("AccessDeniedException", WHO + "bedrock:GetModelInvocationLoggingConfiguration"),
     READ + says("AccessDeniedException", WHO + "bedrock:GetModelInvocationLoggingConfiguration", 403)
     + ALLOW.format("bedrock:GetModelInvocationLoggingConfiguration")),
    ("permission to list missing", ["list"], fault("AccessDeniedException"),
     LIST + says("AccessDeniedException", status=403) + ALLOW.format("bedrock:ListInferenceProfiles")),
    ("service control policy", SHOW, fault("AccessDeniedException", "with an explicit deny in a service control policy"),
     READ + says("AccessDeniedException", "with an explicit deny in a service control policy", 403)
     + "The organization forbids it, so that no policy of this account helps: ask those who keep its policies to "
     "let bedrock:GetModelInvocationLoggingConfiguration through, or name a region that they leave open"),
    ("permissions boundary", SHOW,
     fault("AccessDeniedException", "because no permissions boundary allows the action"),
     READ + says("AccessDeniedException", "because no permissions boundary allows the action", 403)
     + "Add bedrock:GetModelInvocationLoggingConfiguration to the permissions boundary of this role or user: its "
     "policies alone do not help"),
    ("deny of the account's own", SHOW,
     fault("AccessDeniedException", "with an explicit deny in an identity-based policy"),
     READ + says("AccessDeniedException", "with an explicit deny in an identity-based policy", 403)
     + "Take bedrock:GetModelInvocationLoggingConfiguration out of the Deny that AWS names: no Allow outweighs it"),
    ("session policy", SHOW, fault("AccessDeniedException", "because no session policy allows the action"),
     READ + says("AccessDeniedException", "because no session policy allows the action", 403)
     + "Assume the role without the session policy, or with one that allows "
     "bedrock:GetModelInvocationLoggingConfiguration"),
    ("role not to be passed", SET, fault("AccessDeniedException", WHO + "iam:PassRole", operation="PutModelInvocationLoggingConfiguration"),
     WRITE + says("AccessDeniedException", WHO + "iam:PassRole", 403) + "Allow iam:PassRole on the role that AWS "
     "names; `profiles iam operator` prints the whole policy"),
    # ---- how much, and who else
    ("throttled, and no patience", SHOW, fault("ThrottlingException"),
     READ + says("ThrottlingException", status=429) + f"Run it again later: others use up the account's rate, and {NOTHING_TWICE}"),
    ("AWS fails", SHOW, fault("InternalServerException"),
     READ + says("InternalServerException", status=500) + f"Run it again in a minute: {NOTHING_TWICE}; "
     "https://health.aws.amazon.com tells of larger failures"),
    ("AWS is overloaded", SHOW, {"status": 503},
     READ + "ServiceUnavailableException: AWS. Run it again in a minute: " + NOTHING_TWICE
     + "; https://health.aws.amazon.com tells of larger failures"),
    ("somebody else is at it", SET, fault("ConflictException", operation="PutModelInvocationLoggingConfiguration"),
     WRITE + says("ConflictException") + f"Wait until whoever changes it too is done, then run it again: {NOTHING_TWICE}"),
    ("the rate of a region is used up", ["activate", "team"], fault("LimitExceededException"),
     TAGS + says("LimitExceededException") + f"Run it again later: others use up the account's rate, and {NOTHING_TWICE}"),
    # ---- the bill
    ("an account of an organization", ["activate", "team"],
     fault("AccessDeniedException", "Failed to list Cost Allocation Tags: Linked account doesn't have access to cost allocation tags."),
     TAGS + says("AccessDeniedException", "Failed to list Cost Allocation Tags: Linked account doesn't have access "
     "to cost allocation tags.") + "Use credentials of the organization's management account: it alone sees and "
     "activates cost allocation tags"),
    ("permission for billing missing", ["activate", "team"], fault("AccessDeniedException"),
     TAGS + says("AccessDeniedException") + ALLOW.format("ce:ListCostAllocationTags")),
    ("Cost Explorer was never opened", ["activate", "team"], fault("DataUnavailableException"),
     TAGS + says("DataUnavailableException") + "Open Cost Explorer once in the billing console: its first data "
     "takes up to 24 hours"),
    ("billing knows no such tag", ["activate", "team"], {},
     "1 of 1 tags cannot be activated yet: AWS lists a key up to 24 hours after its first use on a tagged profile, "
     "and only in the management account of an organization. Ask once through each profile (`profiles verify` "
     "does), then run it again tomorrow: `profiles activate team`. Do not put it off: what was spent before is not split"),
    # ---- what a file says
    ("no file", ["--file", "none", "plan"], {},
     "none: there is no such file; --file names another, and doc/profiles.md says what is in one"),
    ("no JSON in it", ["--file", BAD, *SHOW], {},
     f"{BAD}: line 2: string or '}}' expected near end of file; correct it, or say --region"),
    ("another account's file", ["--file", OTHERS, "plan"], {},
     f"{OTHERS} is for the account 999999999999, and these are credentials of 123456789012: nothing was done. Take "
     "the other credentials (AWS_PROFILE), or the file of this account"),
    ("no ARN of a role", ["verify", "--role", "search"], {},
     "--role takes WHO=ARN, as support=arn:aws:iam::123456789012:role/support, and not search; WHO is an alias, "
     "KEY=VALUE of a tag of its profiles, or the VALUE alone; see profiles --help"),
    ("too many profiles", APPLY, fault("ServiceQuotaExceededException", operation="CreateInferenceProfile"),
     CREATE + says("ServiceQuotaExceededException") + "Remove profiles that nobody needs (`profiles delete`), or "
     "have the quota raised (Service Quotas, Amazon Bedrock)" + INCOMPLETE),
    ("a model that cannot be wrapped", APPLY, fault("ValidationException", operation="CreateInferenceProfile"),
     CREATE + says("ValidationException") + "Correct the file: `profiles models` lists what can be copied from in "
     "this region" + INCOMPLETE),
    ("too many tags", APPLY, fault("TooManyTagsException", operation="CreateInferenceProfile"),
     CREATE + says("TooManyTagsException") + "Remove tags (`profiles untag`, or from the file): a resource can "
     "have 50" + INCOMPLETE),
    ("a profile that is gone meanwhile", ["list"], fault("ResourceNotFoundException"),
     LIST + says("ResourceNotFoundException", status=404) + "Check its name and the region: `profiles list` shows what is there"),
    # ---- STS
    ("STS says nothing to this caller", ["plan"], fault("AccessDenied", which="sts"),
     WHOSE + says("AccessDenied", status=403) + ALLOW.format("sts:GetCallerIdentity")),
    ("STS is off in the region", ["plan"], fault("RegionDisabledException", which="sts"),
     WHOSE + says("RegionDisabledException", status=403) + "Have the region enabled for the account (`aws account "
     "enable-region`), or name another with --region"),
    ("STS knows that the session is over", ["plan"], fault("ExpiredTokenException", which="sts"),
     WHOSE + says("ExpiredTokenException")[:-2] + FIXED + "Sign in again (`aws sso login`, or a new session of the role) and run "
     "it again; `credentials` says whose keys these are"),
    # ---- what AWS does not accept
    ("the bucket lets nobody write", SET,
     fault("ValidationException", "Failed to validate permissions", operation="PutModelInvocationLoggingConfiguration"),
     WRITE + says("ValidationException", "Failed to validate permissions") + "Let bedrock.amazonaws.com write "
     "there: the bucket's policy needs s3:PutObject for it, the role logs:CreateLogStream and logs:PutLogEvents; "
     "bucket and group have to be in this region"),
    ("anything else that is refused", SHOW, fault("ValidationException"),
     READ + says("ValidationException") + f"Correct what AWS names, then run it again: {NOTHING_TWICE}"),
]


def split(cause):
    """The environment of it, and the fault."""
    environment = {name: cause[name] for name in cause if name.isupper()}
    return environment, {name: cause[name] for name in cause if name not in environment}


def masked(text):
    text = re.sub(r"(before an answer|TLS failed): .*?\. (Check|Set) ", r"\1: libcurl says. \2 ", text)
    return re.sub(r"ServiceUnavailableException: .*?\(HTTP 503\)", "ServiceUnavailableException: AWS", text)


def check(words, cause, wanted):
    environment = {"AWS_ENDPOINT_URL": emulator.url, "AWS_MAX_ATTEMPTS": "1", "HOME": "/nonexistent"}
    emulator.tell("DELETE", "/_emulator/faults")
    emulator.call("DELETE", "/logging/modelinvocations")
    around, refusal = split(cause)
    environment.update(around)
    if "which" in refusal:
        emulator.tell("POST", "/_identity/faults", refusal)
    elif refusal:
        emulator.fail_next(**refusal)
    words = words if "--file" in words else ["--file", GOOD, *words]
    ended = run([program, *words], **environment)
    said = masked(ended.stderr)
    assert said == f"profiles: {wanted}\n", f"saw\n{said}\nwanted\nprofiles: {wanted}\n"
    assert ended.returncode == (2 if "--help" in said else 1), ended.returncode
    remedy = wanted.rsplit("). ", 1)[-1]
    assert REMEDY.search(remedy.split("\n")[0]), f"nothing to do: {remedy}"


try:
    tap({name: lambda row=row: check(*row) for name, *row in TABLE})
finally:
    emulator.close()
    folder.cleanup()
