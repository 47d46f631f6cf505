"""credentials says whose they are, for every source of AWS's chain, and prints no secret.

usage: test_credentials.py EMULATOR SIGN CREDENTIALS

SPDX-License-Identifier: MIT
"""
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

from programs import ENVIRONMENT, Emulator, contains, equal, run, tap

emulator_program, sign, program = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/demo"
ASSUMED = f"arn:aws:sts::{ACCOUNT}:assumed-role/demo/"
USER = f"arn:aws:iam::{ACCOUNT}:user/emulator"
ID, SECRET = (ENVIRONMENT[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
FILE_KEYS = f"aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
SSO = f"sso_account_id = {ACCOUNT}\nsso_role_name = demo\n"
SSO_SESSION = "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\n"
# All that must never be printed: what is given, and the marks of what broken sources say.
CANARIES = [ID, SECRET, "canary", "sso-access-token", "web-identity-token"]
SOURCES = ["environment", "assume-role", "web-identity", "sso", "shared-credentials-file"]
SOURCES += ["login", "process", "config-file", "container", "imds"]
FACTS = ["source", "account", "identity", "access key", "valid until"]


class Home:
    """A home folder with AWS's files, and an environment without any source."""

    def __init__(self, folder):
        self.folder = Path(folder)
        (self.folder / ".aws/sso/cache").mkdir(parents=True)
        self.variables = {
            "HOME": folder,
            "AWS_ENDPOINT_URL": emulator.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": None,
            "AWS_SECRET_ACCESS_KEY": None,
        }

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def config(self, text):
        self.write(".aws/config", text)

    def set(self, **variables):
        self.variables.update(variables)

    def sso_token(self, **members):
        token = {"accessToken": "sso-access-token", "expiresAt": "2099-01-01T00:00:00Z", **members}
        name = hashlib.sha1(b"corp").hexdigest()
        self.write(f".aws/sso/cache/{name}.json", json.dumps(token))

    def process(self, body):
        """The profile's credential_process is a shell script."""
        script = self.write("process.sh", body)
        self.config(f"[default]\ncredential_process = sh {script}\n")

    def run(self, *arguments, stdout=subprocess.PIPE):
        """Whatever comes of it, nothing secret is printed."""
        ended = run([program, *arguments], stdout=stdout, **self.variables)
        printed = (ended.stdout or b"").decode() + ended.stderr
        for canary in CANARIES:
            assert canary not in printed, (canary, printed)
        # Those that the emulator issues: ids, secrets of 40 characters, longer tokens.
        rest = re.sub(r"[0-9a-f]{40}\.json", "", printed)  # a file that SSO has
        assert not re.search(r"A[KS]IA[A-Z0-9]{5}|[A-Za-z0-9+/=]{40}", rest), printed
        return ended


def at_home(case):
    def wrapped():
        emulator.tell("DELETE", "/_identity/setup")
        emulator.tell("DELETE", "/_identity/faults")
        with tempfile.TemporaryDirectory() as folder:
            case(Home(folder))

    return wrapped


def facts_of(stdout):
    lines = stdout.decode().splitlines()
    return {name: line[13:] for line in lines for name in FACTS if line.startswith(f"{name:13}")}


# ---- each source: how it is set up, and who one is then


def environment(home):
    home.set(AWS_ACCESS_KEY_ID=ID, AWS_SECRET_ACCESS_KEY=SECRET)
    return USER


def shared_credentials_file(home):
    home.write(".aws/credentials", f"[default]\n{FILE_KEYS}")
    return USER


def config_file(home):
    home.config(f"[profile prod]\n{FILE_KEYS}")
    home.set(AWS_PROFILE="prod")
    return USER


def process(home):
    keys = {"Version": 1, "AccessKeyId": ID, "SecretAccessKey": SECRET}
    home.process(f"echo '{json.dumps(keys)}'\n")
    return USER


def assume_role(home):
    """By the keys of another profile."""
    home.config(f"[default]\nrole_arn = {ROLE}\nsource_profile = keys\nrole_session_name = me\n")
    home.write(".aws/credentials", f"[keys]\n{FILE_KEYS}")
    return ASSUMED + "me"


def assume_role_from_environment(home):
    home.config(f"[profile ops]\nrole_arn = {ROLE}\ncredential_source = Environment\n")
    home.set(AWS_ACCESS_KEY_ID=ID, AWS_SECRET_ACCESS_KEY=SECRET, AWS_PROFILE="ops")
    return ASSUMED + "bedrockcost-"


def assume_role_from_machine(home):
    home.config(f"[default]\nrole_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata\n")
    imds(home)
    return ASSUMED + "bedrockcost-"


def web_identity(home):
    token_file = home.write("token", "web-identity-token\n")
    home.set(AWS_WEB_IDENTITY_TOKEN_FILE=token_file, AWS_ROLE_ARN=ROLE)
    home.set(AWS_ROLE_SESSION_NAME="ci")
    return ASSUMED + "ci"


def sso(home):
    home.config(f"[default]\nsso_session = corp\n{SSO}{SSO_SESSION}")
    home.sso_token()
    return ASSUMED.replace("demo", "AWSReservedSSO_demo_")[:-1]


def container(home):
    emulator.tell("POST", "/_identity/setup", {"containerToken": "canary-token"})
    home.set(AWS_CONTAINER_CREDENTIALS_FULL_URI=emulator.url + "/v1/credentials")
    home.set(AWS_CONTAINER_AUTHORIZATION_TOKEN="canary-token")
    return ASSUMED


def imds(home):
    home.set(AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT=emulator.url)
    return ASSUMED


SERVED = {
    environment: "environment",
    shared_credentials_file: "shared-credentials-file",
    config_file: "config-file",
    process: "process",
    assume_role: "assume-role",
    assume_role_from_machine: "assume-role",
    web_identity: "web-identity",
    sso: "sso",
    container: "container",
    imds: "imds",
}
ISSUED = {"assume-role", "web-identity", "sso", "container", "imds"}  # new keys, with an end


def check_facts(facts, source, identity):
    equal(list(facts), FACTS)
    equal((facts["source"], facts["account"]), (source, ACCOUNT))
    assert facts["identity"].startswith(identity), facts
    assert re.fullmatch(r"\.\.\.[A-Z0-9]{4}", facts["access key"]), facts
    if source in ISSUED:
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, in \d+ (min|h)", facts["valid until"])
    else:
        equal(facts["access key"], "..." + ID[-4:])
        contains(facts["valid until"], "no end is known")


def serves(set_up, source):
    def case(home):
        identity = set_up(home)
        ended = home.run()
        equal((ended.stderr, ended.returncode), ("", 0))
        check_facts(facts_of(ended.stdout), source, identity)

        explained = home.run("--explain")
        equal((explained.stderr, explained.returncode), ("", 0))
        check_facts(facts_of(explained.stdout), source, identity)
        check_chain(explained.stdout, source, "ready")

    return case


def check_chain(stdout, source, state):
    """All sources in order, one of them marked, those before it absent and for a reason."""
    walk, facts = stdout.decode().split("\n\n", 1)
    lines = [line for line in walk.splitlines() if not line.startswith("   That one")]
    equal([line[3:].split()[0] for line in lines], SOURCES)
    (marked,) = [line for line in lines if line.startswith("->")]
    contains(marked, f"-> {source:24} {state}")
    for line in lines[: lines.index(marked)]:
        contains(line, " absent: ")
    equal("those below are not asked" in walk, source != SOURCES[-1])
    return marked, facts


# ---- and what may go wrong: how it is set up, the source that counts, what is said



def half_in_environment(home):
    home.set(AWS_ACCESS_KEY_ID=ID)
    imds(home)  # which is not asked


def wrong_secret(home):
    home.set(AWS_ACCESS_KEY_ID=ID, AWS_SECRET_ACCESS_KEY="canary-secret")


def no_such_profile(home):
    home.config("[profile other]\nregion = us-east-1\n")
    home.set(AWS_PROFILE="prod")


def process_fails(home):
    home.process("echo canary-secret; echo 'the vault is sealed' >&2; exit 3\n")


def process_prints_garbage(home):
    home.process("echo '{\"SecretAccessKey\": \"canary-secret\", '\n")


def no_such_process(home):
    home.config("[default]\ncredential_process = /nowhere/vault\n")


def mfa(home):
    assume_role(home)
    with open(home.folder / ".aws/config", "a") as config:
        config.write("mfa_serial = arn:aws:iam::123456789012:mfa/me\n")


def role_refused(home):
    assume_role(home)
    emulator.tell("POST", "/_identity/setup", {"roles": [{"arn": ROLE, "principals": []}]})


def no_token_file(home):
    home.set(AWS_WEB_IDENTITY_TOKEN_FILE="/nowhere/token", AWS_ROLE_ARN=ROLE)


def web_identity_refused(home):
    web_identity(home)
    home.write("token", "canary-identity")


def sso_never_signed_in(home):
    sso(home)
    next((home.folder / ".aws/sso/cache").iterdir()).unlink()


def sso_ended(home):
    sso(home)
    home.sso_token(expiresAt="2020-01-01T00:00:00Z")


def login(home):
    home.config("[default]\nlogin_session = arn:aws:iam::123456789012:user/me\n")


def container_refuses(home):
    container(home)
    home.set(AWS_CONTAINER_AUTHORIZATION_TOKEN="canary-wrong")


def container_in_clear(home):
    home.set(AWS_CONTAINER_CREDENTIALS_FULL_URI="http://192.0.2.1/role")


def imds_without_role(home):
    imds(home)
    emulator.tell("POST", "/_identity/setup", {"imdsRole": ""})


def imds_answers_garbage(home):
    imds(home)
    fault = {"which": "imds", "operation": "credentials", "body": '{"Token": "canary-'}
    emulator.tell("POST", "/_identity/faults", {**fault, "count": 9})


def imds_is_silent(home):
    home.set(AWS_EC2_METADATA_DISABLED=None)
    home.set(AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:1")


BROKEN = {
    half_in_environment: ("environment", "broken", "AWS_SECRET_ACCESS_KEY is not"),
    wrong_secret: ("environment", "ready", "SignatureDoesNotMatch"),
    no_such_profile: ("assume-role", "broken", "there is no profile prod, which AWS_PROFILE names"),
    process_fails: ("process", "ready", "exited with 3: the vault is sealed"),
    process_prints_garbage: ("process", "ready", 'no JSON object with "Version": 1'),
    no_such_process: ("process", "ready", "/nowhere/vault cannot be started"),
    mfa: ("assume-role", "broken", "mfa_serial"),
    role_refused: ("assume-role", "ready", "AccessDenied"),
    no_token_file: ("web-identity", "ready", "/nowhere/token"),
    web_identity_refused: ("web-identity", "ready", "InvalidIdentityToken"),
    sso_never_signed_in: ("sso", "ready", "aws sso login"),
    sso_ended: ("sso", "ready", "has ended: log in with `aws sso login`"),
    login: ("login", "broken", "login_session, which is not served"),
    container_refuses: ("container", "ready", "HTTP 401"),
    container_in_clear: ("container", "broken", "would send credentials in clear"),
    imds_without_role: ("imds", "ready", "HTTP 404"),
    imds_answers_garbage: ("imds", "ready", "imds: "),
    imds_is_silent: ("imds", "ready", "server not reached"),
}


def fails(set_up, source, state, said):
    def case(home):
        set_up(home)
        explained = home.run("--explain")
        marked, facts = check_chain(explained.stdout, source, state)
        equal((explained.returncode, explained.stderr.count("\n")), (1, 1))
        assert explained.stderr.startswith("credentials: "), explained.stderr
        contains(explained.stderr, said)
        if state == "broken":
            contains(marked, said)
        assert "identity" not in facts, facts
        shorter = home.run()
        equal((shorter.returncode, shorter.stdout.decode()), (1, facts))

    return case


def check_none(home):
    """Why not is said of each."""
    ended = home.run()
    equal((ended.returncode, ended.stdout), (1, b""))
    for source in SOURCES:
        contains(ended.stderr, source)
    contains(ended.stderr, "credentials: no credentials: environment: AWS_ACCESS_KEY_ID is not set")
    explained = home.run("--explain").stdout.decode()
    equal(explained.count(" absent: "), len(SOURCES))
    contains(explained, "None of them counts.")
    assert "->" not in explained, explained


def check_bearer(home):
    """It is enough, and what other services get is said besides."""
    home.set(AWS_BEARER_TOKEN_BEDROCK="canary-bearer")
    alone = home.run()
    equal((alone.returncode, facts_of(alone.stdout)), (0, {}))
    contains(alone.stdout.decode(), "bearer token AWS_BEARER_TOKEN_BEDROCK")
    contains(alone.stderr, "no credentials: ")
    environment(home)
    beside = home.run()
    equal((beside.returncode, beside.stderr), (0, ""))
    contains(beside.stdout.decode(), "bearer token AWS_BEARER_TOKEN_BEDROCK")
    check_facts(facts_of(beside.stdout), "environment", USER)
    home.set(AWS_AUTH_SCHEME_PREFERENCE="sigv4")
    assert b"bearer" not in home.run().stdout


def check_role_over_environment(home):
    """Keys of the environment come first, whatever the profile says; asked for, the role does."""
    role = assume_role_from_environment(home)
    equal(facts_of(home.run().stdout)["identity"], USER)
    check_facts(facts_of(home.run("--sources", "assume-role").stdout), "assume-role", role)


def check_sources(home):
    """Only these are asked, in this order."""
    environment(home)
    imds(home)
    ended = home.run("--explain", "--sources", "container,imds,environment")
    walk = ended.stdout.decode().split("\n\n")[0].splitlines()
    equal([line[:2] for line in walk], ["  ", "->", "  ", "  "])
    equal(facts_of(ended.stdout)["source"], "imds")
    for wrong in ["vault", "", "imds,imds", "imds,,sso"]:
        ended = home.run("--sources", wrong)
        equal((wrong, ended.returncode, ended.stdout), (wrong, 2, b""))
        contains(ended.stderr, "--sources")


def check_region(home):
    environment(home)
    home.set(AWS_REGION=None)
    ended = home.run()
    equal(ended.returncode, 1)
    contains(ended.stderr, "credentials: region: ")
    equal(home.run("--region", "eu-central-1").returncode, 0)
    equal(home.run("--region", "evil.example/").returncode, 1)
    home.config("[default]\nregion = eu-west-1\n")
    equal(home.run().returncode, 0)


def check_end(home):
    """In the unit that says most."""
    for seconds, said in {
        3 * 86400 + 60: "3 d",
        10 * 3600 + 60: "10 h",
        3510: "58 min",
        7190: "119 min",
        100: r"(100|[1-9]\d) s",
    }.items():
        end = datetime.fromtimestamp(int(time.time()) + seconds, timezone.utc)
        iso = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = {"AccessKeyId": ID, "SecretAccessKey": SECRET, "Expiration": iso}
        home.process(f"echo '{json.dumps({'Version': 1, **keys})}'\n")
        until = facts_of(home.run().stdout)["valid until"]
        assert re.fullmatch(f"{iso}, in {said}", until), (seconds, until)


def check_issued_ends(home):
    emulator.tell("POST", "/_identity/setup", {"lifetimeSeconds": 3510})
    for set_up in [imds, web_identity]:
        set_up(home)
        contains(facts_of(home.run().stdout)["valid until"], "in 58 min")


def check_full_disk(home):
    environment(home)
    for arguments in [[], ["--explain"], ["--help"]]:
        with open("/dev/full", "wb") as full:
            ended = home.run(*arguments, stdout=full)
        equal((ended.returncode, ended.stderr), (1, "credentials: stdout cannot be written\n"))
    home.set(AWS_ACCESS_KEY_ID=None, AWS_BEARER_TOKEN_BEDROCK="canary-bearer")
    with open("/dev/full", "wb") as full:  # where another line of stderr comes between
        ended = home.run(stdout=full)
    equal(ended.returncode, 1)
    contains(ended.stderr, "\ncredentials: stdout cannot be written\n")


def check_closed_stdout(home):
    """An error like any other, not the end by a signal."""
    environment(home)
    for arguments in [[], ["--explain"], ["--help"]]:
        closed = subprocess.Popen(["true"], stdin=subprocess.PIPE)
        closed.wait()
        ended = home.run(*arguments, stdout=closed.stdin)
        equal((ended.returncode, ended.stderr), (1, "credentials: stdout cannot be written\n"))
        closed.stdin.close()


def check_usage(home):
    for arguments in [["prod"], ["--what"], ["--region"], ["--explain=1"], ["--", "x"]]:
        ended = home.run(*arguments)
        equal((arguments, ended.returncode, ended.stdout), (arguments, 2, b""))
        assert ended.stderr != "", arguments
    ended = home.run("--help")
    equal((ended.returncode, ended.stderr), (0, ""))
    for word in ["--explain", "--sources", "--region", *SOURCES]:
        contains(ended.stdout.decode(), word)


CHECKS = {
    "none": check_none,
    "bearer token": check_bearer,
    "role over environment": check_role_over_environment,
    "sources": check_sources,
    "region": check_region,
    "end": check_end,
    "end of what is issued": check_issued_ends,
    "full disk": check_full_disk,
    "closed stdout": check_closed_stdout,
    "usage": check_usage,
}


def cases():
    for set_up, source in SERVED.items():
        yield f"served: {set_up.__name__.replace('_', ' ')}", at_home(serves(set_up, source))
    for set_up, how in BROKEN.items():
        yield f"broken: {set_up.__name__.replace('_', ' ')}", at_home(fails(set_up, *how))
    for name, check in CHECKS.items():
        yield name, at_home(check)


try:
    tap(dict(cases()))
finally:
    emulator.close()
