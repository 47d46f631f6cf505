"""What the tests of the example programs share: TAP, running a program, a running emulator.

SPDX-License-Identifier: MIT
"""
import contextlib
import json
import os
import pty
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

REGION = "us-east-1"
PATIENCE_S = 300  # for what is sure to come; only what hangs is met by it, however slow the machine
MODEL = f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-micro-v1:0"
# Nothing of the machine's own settings reaches a program.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C.UTF-8",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONDONTWRITEBYTECODE": "1",
    **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")},
}


class Skip(Exception):
    """Raised by a case that this machine cannot run; says why."""


def tap(cases):
    """Runs {name: function} and speaks TAP about it; the exit code says whether all passed."""
    failures = 0
    print(f"1..{len(cases)}")
    for number, (name, case) in enumerate(cases.items(), 1):
        try:
            case()
            print(f"ok {number} - {name}", flush=True)
        except Skip as why:
            print(f"ok {number} - {name} # SKIP {why}", flush=True)
        except Exception:
            failures += 1
            print(f"not ok {number} - {name}")
            print("# " + traceback.format_exc().strip().replace("\n", "\n# "), flush=True)
    sys.exit(1 if failures else 0)


def open_terminal():
    """A terminal's two ends, as pty.openpty() gives them."""
    try:
        return pty.openpty()
    except OSError as why:
        raise Skip(f"no terminal is to be had: {why}") from why


def run(command, stdin=b"", stdout=subprocess.PIPE, **environment):
    """Runs to the end; stderr comes as text. A variable given as None is unset."""
    variables = {k: v for k, v in {**ENVIRONMENT, **environment}.items() if v is not None}
    ended = subprocess.run(
        command, input=stdin, stdout=stdout, stderr=subprocess.PIPE, env=variables, timeout=PATIENCE_S
    )
    ended.stderr = ended.stderr.decode()
    return ended


def equal(seen, wanted):
    if seen != wanted:
        raise AssertionError(f"saw {seen!r}, wanted {wanted!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text!r}")


def says_what_to_type(program):
    """Whoever types too little, a slip or `help` is told what there is to type."""
    name = os.path.basename(program)
    said = run([program, "--help"]).stdout
    equal(run([program, "help"]).stdout, said)
    commands = run([program]).stderr.removeprefix(f"{name}: a COMMAND is needed: ")
    commands = commands.removesuffix(f"; see {name} --help\n").split(", ")
    assert len(commands) > 7 and b"a COMMAND is needed" not in said, commands
    for command in commands:
        equal(run([program, command, "--help"]).stdout, said)
        contains(
            run([program, command, "--planted"]).stderr,
            f"{name}: {command}: --planted is no option here; see {name} --help\n  {command}",
        )
    for words, wrong in {("--planted",): "--planted is no option here", ("--json=1",): "takes no value"}.items():
        ended = run([program, *words])
        equal((ended.returncode, ended.stdout), (2, b""))
        contains(ended.stderr, wrong)
        contains(ended.stderr, f"; see {name} --help\nusage: {name} ")


def wait_for(happened):
    """Returns what happened() returns once that is true."""
    end = time.monotonic() + PATIENCE_S
    while not (seen := happened()):
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)
    return seen


def read_terminal(terminal):
    """All that was written to a terminal whose other end is closed; closes it."""
    shown = b""
    with contextlib.suppress(OSError):  # so it says that nothing more will come
        while piece := os.read(terminal, 4096):
            shown += piece
    os.close(terminal)
    return shown


class Emulator:
    """A Bedrock of our own, spoken to with headers from `sign`."""

    def __init__(self, program, sign, *options):
        self.sign = sign
        keys = ["--access-key", ENVIRONMENT["AWS_ACCESS_KEY_ID"]]
        keys += ["--secret-key", ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]]
        self.process = subprocess.Popen(
            [program, *keys, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=ENVIRONMENT,
        )
        line = self.process.stdout.readline()
        contains(line, "listening on http://127.0.0.1:")
        self.url = line.split()[-1]

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, path, document=None, region=REGION):
        """One signed request; returns status and JSON answer."""
        body = b"" if document is None else json.dumps(document).encode()
        headers = {"Content-Type": "application/json"} if body else {}
        status, answer = self.send(method, path, headers, body, region=region)
        return status, json.loads(answer)

    def send(self, method, path, headers, body, service="bedrock", region=REGION):
        """The same of any service, with any body; returns status and answer as it came."""
        given = [f"-H{name}: {value}" for name, value in headers.items()]
        command = [self.sign, "--region", region, "--service", service, *given]
        signed = run([*command, "--body", "-", method, self.url + path], stdin=body)
        equal(signed.returncode, 0)
        headers.update(line.split(": ", 1) for line in signed.stdout.decode().splitlines())
        request = urllib.request.Request(self.url + path, body or None, headers, method=method)
        with contextlib.closing(open_without_proxy(request)) as answer:
            return answer.status, answer.read()

    def iam(self, action, **parameters):
        """An operation of IAM; returns its XML."""
        form = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **parameters})
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        status, answer = self.send("POST", "/", headers, form.encode(), "iam")
        equal((status, answer if status != 200 else b""), (200, b""))
        return answer.decode()

    def tell(self, method, path, document=None):
        """A request without a signature, to what has none; returns the JSON answer, if any."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.url + path, body, method=method)
        with contextlib.closing(open_without_proxy(request)) as answer:
            equal(answer.status // 100, 2)
            return json.loads(answer.read() or b"null")

    def create_profile(self, name, **tags):
        status, answer = self.call(
            "POST",
            "/inference-profiles",
            {
                "inferenceProfileName": name,
                "modelSource": {"copyFrom": MODEL},
                "tags": [{"key": key, "value": value} for key, value in tags.items()],
            },
        )
        equal(status, 201)
        return answer["inferenceProfileArn"]

    def bill(self):
        return self.tell("GET", "/_emulator/bill")

    def fail_next(self, **fault):
        self.tell("POST", "/_emulator/faults", fault)

    def requests_seen(self):
        return self.bill()["requests"]["seen"]


def open_without_proxy(request):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return opener.open(request, timeout=PATIENCE_S)
    except urllib.error.HTTPError as answer:
        return answer
