"""pool answers in the order of the questions, with keys that can change, and lets go when it is told to.

usage: test_pool.py EMULATOR SIGN POOL

SPDX-License-Identifier: MIT
"""
import http.server
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from programs import ENVIRONMENT, PATIENCE_S, Emulator, contains, equal, run, tap, wait_for

emulator_program, sign, pool = sys.argv[1:]
emulator = Emulator(emulator_program, sign)
arn = emulator.create_profile("pool", team="search")
KEYS = [ENVIRONMENT["AWS_ACCESS_KEY_ID"], ENVIRONMENT["AWS_SECRET_ACCESS_KEY"]]
CUT = r"pool: question \d+: the answer was cut: its most tokens\n"
WRONG = [KEYS[0], "a secret that nobody knows"]


def ask(*arguments, lines=3, **environment):
    stdin = "".join(f"Question {n}?\n\n" for n in range(lines)).encode()
    environment.setdefault("AWS_ENDPOINT_URL", emulator.url)
    return run([pool, "--max-tokens", "40", *map(str, arguments), arn], stdin=stdin, **environment)


def answers_of(ended):
    equal((ended.returncode, re.sub(CUT, "", ended.stderr)), (0, ""))
    return ended.stdout.decode()


def check_order():
    """The first question is the slowest to be answered, and the others come after it all the same."""
    alone = answers_of(ask("--threads", "1", lines=12))
    calls = emulator.bill()["profiles"][arn]["calls"]
    emulator.fail_next(profile=arn, delayMs=400)
    equal(answers_of(ask("--threads", "6", lines=12)), alone)
    equal(emulator.bill()["profiles"][arn]["calls"], calls + 12)
    equal(answers_of(ask(lines=0)), "")


def check_events():
    ended = ask("--events", lines=2)
    events = [json.loads(line) for line in answers_of(ended).splitlines()]
    equal(sum("role" in event for event in events), 2)
    equal(sum("stopReason" in event for event in events), 2)


def check_cut():
    ended = ask("--max-tokens", "1", lines=2)
    equal(ended.returncode, 0)
    equal(sorted(ended.stderr.splitlines()),
          [f"pool: question {n}: the answer was cut: its most tokens" for n in (1, 2)])
    assert len(ask("--stop", "e", lines=1).stdout) < len(ask(lines=1).stdout)


def check_failures():
    """One that fails keeps nobody else from being answered."""
    emulator.fail_next(profile=arn, type="ValidationException")
    ended = ask("--threads", "2", "--attempts", "1", "--log", lines=5)
    equal((ended.returncode, len(ended.stdout.splitlines()) >= 4), (1, True))
    assert re.search(r"^pool: question [12]: .*ValidationException.* \(request [-0-9a-f]{36}\)$", ended.stderr,
                     re.M), ended.stderr
    contains(ended.stderr, "pool: thread 1: ")
    emulator.fail_next(profile=arn, delayMs=10000)
    contains(ask("--timeout", "1", "--attempts", "1", lines=1).stderr, "pool: question 1: ")


def write(path, keys):
    path.write_text("".join(key + "\n" for key in keys))


def check_keys():
    with tempfile.TemporaryDirectory() as folder:
        keys, nothing = Path(folder, "keys"), {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
        write(keys, KEYS)
        for options in [[], ["--fresh", "3600"]]:
            answers_of(ask("--keys", keys, *options, **nothing))
        equal(ask("--keys", keys.parent / "none").returncode, 1)
        contains(ask("--keys", keys.parent / "none", "--fresh", "60").stderr, "no keys")
        write(keys, WRONG)
        for options in [[], ["--fresh", "3600"]]:
            equal(ask("--keys", keys, *options, lines=1).returncode, 1)
        ended = ask("--keys", keys, "--fallback", "--threads", "2")
        equal((ended.returncode, ended.stdout), (0, ask().stdout))


def start(*arguments, questions):
    process = subprocess.Popen([pool, "--max-tokens", "40", *map(str, arguments), arn], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url})
    process.stdin.write(questions)
    process.stdin.close()
    return process


def check_signals():
    """SIGHUP brings new keys to all threads; SIGTERM ends what is under way at once."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder, "keys")
        write(keys, KEYS)
        emulator.fail_next(profile=arn, delayMs=1500)
        seen = emulator.requests_seen()
        with start("--threads", "1", "--keys", keys, questions=b"One?\nTwo?\n") as process:
            wait_for(lambda: emulator.requests_seen() > seen)
            write(keys, WRONG)
            process.send_signal(signal.SIGHUP)
            equal(process.wait(PATIENCE_S), 1)
            said = process.stderr.read().decode()
            equal(re.findall(r"question (\d)", re.sub(CUT, "", said)), ["2"])
    emulator.fail_next(profile=arn, delayMs=600_000)
    seen = emulator.requests_seen()
    with start("--threads", "2", questions=b"One?\nTwo?\nThree?\n" * 9) as process:
        wait_for(lambda: emulator.requests_seen() > seen)
        process.send_signal(signal.SIGTERM)
        equal(process.wait(PATIENCE_S), 1)


class Bearer(http.server.BaseHTTPRequestHandler):
    seen = []

    def do_POST(self):
        self.seen.append(self.headers["Authorization"])
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def check_bearer():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bearer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        where = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
        equal(ask("--bearer", lines=1, AWS_BEARER_TOKEN_BEDROCK="planted", **where).returncode, 1)
        server.shutdown()
    equal(Bearer.seen, ["Bearer planted"])
    equal(ask("--bearer", AWS_BEARER_TOKEN_BEDROCK=None).returncode, 1)


def check_usage():
    assert re.fullmatch(rb"\d+\.\d+\.\d+\n", run([pool, "--version"]).stdout)
    contains(run([pool, "--help"]).stdout.decode(), "usage: pool")
    for wrong in [[], ["--threads", "0", arn], ["--threads", "65", arn], ["--fresh", "1", arn], ["--planted", arn]]:
        equal((wrong, run([pool, *wrong]).returncode), (wrong, 2))
    contains(run([pool, "planted"], stdin=b"Hi\n").stderr, "pool: ")


try:
    tap(
        {
            "answers come in the order of the questions": check_order,
            "--events": check_events,
            "most tokens and --stop": check_cut,
            "failures": check_failures,
            "keys": check_keys,
            "signals": check_signals,
            "--bearer": check_bearer,
            "usage": check_usage,
        }
    )
finally:
    emulator.close()
