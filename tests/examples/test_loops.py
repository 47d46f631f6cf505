"""The library in other loops, epoll and asyncio: many calls at once, answers and usage as from ask.

usage: test_loops.py EMULATOR SIGN LIBRARY ASK LOOP...

SPDX-License-Identifier: MIT
"""
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from programs import ENVIRONMENT, PATIENCE_S, Emulator, contains, equal, run, tap, wait_for

emulator_program, sign, library, ask, *loops = sys.argv[1:]
emulator = Emulator(emulator_program, sign)
variables = {"AWS_ENDPOINT_URL": emulator.url, "BEDROCKCOST_LIBRARY": library}

# What a usage record on stderr looks like, of epoll and of ask_async.
OUTPUT_TOKENS = re.compile(r'"outputTokens":(\d+)| output (\d+),')
LATENCY = re.compile(r'"latencyMs":(\d+)|, (\d+) ms')
OUTCOME = re.compile(r'"outcome":"(\w+)"|(reported|unreported|not billed), request')


def command(program):
    return [sys.executable, program] if program.endswith(".py") else [program]


def name(program):
    return Path(program).name.removesuffix(".py")


def run_loop(program, *arguments, **how):
    return run([*command(program), *arguments], **{**variables, **how})


def matches(pattern, text):
    return [first or second for first, second in pattern.findall(text)]


def answer(arn, prompt):
    return run([ask, "--", arn, prompt], **variables).stdout


def answers_as_ask(program):
    arn = emulator.create_profile(f"as-ask-{name(program)}", team="search")
    prompts = ["Why is the sky blue?", "Größe? 東京 🚀", "--", *map(str, range(17))]
    ended = run_loop(program, arn, *prompts)
    equal(ended.returncode, 0)
    wanted = [b"> " + prompt.encode() + b"\n" + answer(arn, prompt) for prompt in prompts]
    for text in wanted:
        assert text in ended.stdout, text
    equal(len(ended.stdout), sum(map(len, wanted)))


def more_than_in_flight(program):
    """The calls beyond the limit wait, and each is billed once and recorded once."""
    arn = emulator.create_profile(f"many-{name(program)}", team="search")
    ended = run_loop(program, arn, *map(str, range(600)))
    equal((ended.returncode, ended.stdout.count(b"> ")), (0, 600))
    billed = emulator.bill()["profiles"][arn]
    tokens = matches(OUTPUT_TOKENS, ended.stderr)
    equal((len(tokens), sum(map(int, tokens))), (600, billed["outputTokens"]))
    equal(billed["calls"], 600)


def answers_out_of_order(program):
    """A late answer holds up no other."""
    arn = emulator.create_profile(f"late-{name(program)}", team="search")
    emulator.fail_next(profile=arn, delayMs=300)
    ended = run_loop(program, arn, *"abcdefgh")
    equal(ended.returncode, 0)
    order = re.findall(rb"^> ([a-h])$", ended.stdout, re.M)
    equal(sorted(order), [letter.encode() for letter in "abcdefgh"])
    wanted = answer(arn, order[-1].decode())
    assert ended.stdout.endswith(wanted), order
    latencies = list(map(int, matches(LATENCY, ended.stderr)))
    assert max(latencies) >= 300 and latencies.index(max(latencies)) > 0, latencies


def faults(program):
    """Each has its end and its record; what is throttled is asked again."""
    arn = emulator.create_profile(f"faults-{name(program)}", team="search")
    kinds = [{"cut": 20}, {"cut": -1}, {"type": "ValidationException"}, {"type": "ThrottlingException"}]
    for fault in kinds:
        emulator.fail_next(profile=arn, **fault)
    ended = run_loop(program, arn, *"abcdef")
    equal(ended.returncode, 1)
    equal(ended.stdout.count(b"> "), 4)  # what arrived of the answer that was cut is one
    outcomes = [outcome.replace("_", " ") for outcome in matches(OUTCOME, ended.stderr)]
    equal(sorted(outcomes), 2 * ["not billed"] + 3 * ["reported"] + 2 * ["unreported"])
    for said in ["the answer was cut after 20 bytes", "server not reached", "ValidationException"]:
        equal(len(re.findall(rf"{name(program)}: [a-f]: {said}", ended.stderr)), 1)


def refuses(program):
    arn = emulator.create_profile(f"refuses-{name(program)}", team="search")
    seen = emulator.requests_seen()
    ended = run_loop(program, "amazon.nova-micro-v1:0", "Hi", "You")
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "application inference profile")
    ended = run_loop(program, arn, "Hi", "")
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, f"{name(program)}: text: ")
    ended = run_loop(program, arn, "Hi", "You", AWS_ACCESS_KEY_ID=None)
    equal((ended.returncode, ended.stdout), (1, b""))
    equal(ended.stderr.count("no credentials: environment: AWS_ACCESS_KEY_ID is not set"), 2)
    equal(emulator.requests_seen(), seen)
    ended = run_loop(program, arn, "Hi", AWS_ENDPOINT_URL="http://127.0.0.1:1")
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "server not reached")


def usage_errors(program):
    arn = emulator.create_profile(f"usage-{name(program)}", team="search")
    for arguments in [[], [arn], ["--what"]]:
        ended = run_loop(program, *arguments)
        equal((arguments, ended.returncode, ended.stdout), (arguments, 2, b""))
        contains(ended.stderr, "--help")


def prints_help(program):
    ended = run_loop(program, "--help")
    equal((ended.returncode, ended.stderr), (0, ""))
    contains(ended.stdout.decode(), "PROFILE_ARN PROMPT...")


def full_disk(program):
    arn = emulator.create_profile(f"disk-{name(program)}", team="search")
    for arguments in [["--help"], [arn, "Hi"]]:
        with open("/dev/full", "wb") as full:
            ended = run_loop(program, *arguments, stdout=full)
        equal(ended.returncode, 1)
        contains(ended.stderr, f"{name(program)}: stdout cannot be written\n")


def cancels(program):
    """Ctrl-C cancels the tasks, and these their calls; what had left is on the record."""
    arn = emulator.create_profile(f"cancels-{name(program)}", team="search")
    emulator.fail_next(profile=arn, delayMs=60_000, count=2)
    with subprocess.Popen(
        [*command(program), arn, *"abc"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **variables},
    ) as running:
        contains(running.stdout.readline(), b"> ")
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=PATIENCE_S)
    stderr = stderr.decode()
    equal((running.returncode, stdout.count(b"\n> ")), (1, 0))
    equal(sorted(matches(OUTCOME, stderr)), ["reported", "unreported", "unreported"])
    contains(stderr, "ask_async: interrupted\n")


def streams(program):
    """Each answer while it comes, in the order of the questions; those that come early wait."""
    arn = emulator.create_profile(f"streams-{name(program)}", team="search")
    emulator.fail_next(profile=arn, eventDelayMs=5)
    prompts = ["Why is the sky blue?", *map(str, range(19))]
    ended = run_loop(program, "--stream", arn, *prompts)
    equal(ended.returncode, 0)
    equal(ended.stdout, b"".join(b"> " + p.encode() + b"\n" + answer(arn, p) for p in prompts))
    equal(matches(OUTCOME, ended.stderr), 20 * ["reported"])


def spoilt_streams(program):
    arn = emulator.create_profile(f"spoilt-{name(program)}", team="search")
    for fault in [{"cut": 0}, {"noMetadata": True}, {"exception": "throttlingException", "after": 2}]:
        emulator.fail_next(profile=arn, **fault)
    ended = run_loop(program, "--stream", arn, *"abcdef")
    equal((ended.returncode, ended.stdout.count(b"> ")), (1, 6))
    equal(sorted(matches(OUTCOME, ended.stderr)), 3 * ["reported"] + 3 * ["unreported"])
    equal(len(re.findall(r"ask_async: [a-f]: ", ended.stderr)), 3)


def cancels_streams(program):
    arn = emulator.create_profile(f"cancels-streams-{name(program)}", team="search")
    emulator.fail_next(profile=arn, stall=True, after=1, count=3)
    with subprocess.Popen(
        [*command(program), "--stream", arn, *"abc"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **variables},
    ) as running:
        contains(running.stdout.readline(), b"> ")
        wait_for(lambda: emulator.bill()["profiles"].get(arn, {}).get("calls") == 3)
        running.send_signal(signal.SIGINT)
        _, stderr = running.communicate(timeout=PATIENCE_S)
    stderr = stderr.decode()
    equal((running.returncode, matches(OUTCOME, stderr)), (1, 3 * ["unreported"]))
    equal(stderr.splitlines()[-1], "ask_async: interrupted")
    equal(len(stderr.splitlines()), 4)


EACH = [
    answers_as_ask, more_than_in_flight, answers_out_of_order, faults, refuses, usage_errors,
    prints_help, full_disk,
]
cases = {
    f"{name(program)}: {case.__name__.replace('_', ' ')}": partial(case, program)
    for program in loops
    for case in EACH + program.endswith(".py") * [cancels, streams, spoilt_streams, cancels_streams]
}
try:
    tap(cases)
finally:
    emulator.close()
