"""tally counts what the emulator bills, whatever becomes of the calls.

usage: test_tally.py EMULATOR SIGN TALLY

SPDX-License-Identifier: MIT
"""
import json
import os
import random
import re
import signal
import subprocess
import sys

from programs import (
    ENVIRONMENT,
    PATIENCE_S,
    REGION,
    Emulator,
    contains,
    equal,
    open_terminal,
    read_terminal,
    run,
    tap,
)

emulator_program, sign, tally = sys.argv[1:]
emulator = Emulator(emulator_program, sign)

KINDS = ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"]
OUTCOMES = ["calls", "failed", "reported", "unreported", "notBilled"]
HEADINGS = ["calls", "failed", "reported", "unreported", "not billed"]
HEADINGS += ["input", "output", "cache read", "cache write", "profile"]


def profiles(name, count):
    return [emulator.create_profile(f"{name}-{n}", team=f"team-{n}") for n in range(count)]


def run_tally(*arguments, **how):
    return run([tally, *arguments], AWS_ENDPOINT_URL=emulator.url, **how)


def counted(ended):
    """{ARN: {member: count}} of tally --json."""
    rows = map(json.loads, ended.stdout.splitlines())
    return {row.pop("profileArn"): row for row in rows}


def billed(arn):
    return emulator.bill()["profiles"].get(arn, dict.fromkeys(["calls", *KINDS], 0))


def counts_all():
    """Without faults everything is reported, round the profiles."""
    arns = profiles("all", 3)
    ended = run_tally("--prompt", "Hi", "--count", "200", "--in-flight", "50", "--json", *arns)
    equal((ended.returncode, ended.stderr), (0, ""))
    rows = counted(ended)
    equal([rows[arn]["calls"] for arn in arns], [67, 67, 66])
    for arn in arns:
        row, bill = rows[arn], billed(arn)
        equal([row["reported"], row["failed"]], [row["calls"], 0])
        equal([row["calls"]] + [row[kind] for kind in KINDS],
              [bill["calls"]] + [bill[kind] for kind in KINDS])


THROTTLED = [{"type": "ThrottlingException"}, {"status": 503}]  # which is tried again
REFUSED = [{"type": "ValidationException"}]
UNREPORTED = [
    {"cut": -1}, {"cut": 0}, {"cut": 30}, {"garbage": True}, {"body": ""},
    {"type": "ModelErrorException"}, {"type": "ModelTimeoutException"},
]
LATE = [{"delayMs": 20}, {"delayMs": 60}]
UNREPORTED_STREAMS = UNREPORTED + [
    {"cut": 1000}, {"noMetadata": True}, {"error": "Gone", "after": 2},
    *({"exception": "throttlingException", "after": n} for n in [0, 1, 5]),
    {"exception": "modelStreamErrorException", "after": 3},
]
LATE_STREAMS = LATE + [{"eventDelayMs": 1}, {"dribble": True}]


def counts_faults(seed, *options):
    """The same question costs the same each time, so the bill divides evenly among the calls."""
    choose = random.Random(seed)
    arns = profiles(f"faults-{seed}", 3)
    harmless = THROTTLED + REFUSED + (LATE_STREAMS if options else LATE)
    spoiling = UNREPORTED_STREAMS if options else UNREPORTED
    faults = {arn: choose.choices(harmless + spoiling, k=15) for arn in arns[1:]}
    faults[arns[0]] = choose.choices(harmless, k=15)
    for arn in arns:
        for fault in faults[arn]:
            emulator.fail_next(profile=arn, **fault)
    ended = run_tally("--prompt", f"Hi {seed}", "--count", "200", "--in-flight", "50", "--json",
                      *options, *arns)
    equal(ended.returncode, 1)
    contains(ended.stderr, " of 200 calls failed\n")
    for arn, row in counted(ended).items():
        bill = billed(arn)
        throttled = sum(fault in THROTTLED for fault in faults[arn])
        refused = sum(fault in REFUSED for fault in faults[arn])
        equal(row["notBilled"], throttled + refused)
        equal(row["unreported"], sum(fault in spoiling for fault in faults[arn]))
        equal(row["failed"], row["calls"] - row["reported"])
        given_up = row["failed"] - refused - row["unreported"]
        assert 0 <= given_up <= throttled / 3, row  # each after three attempts
        equal(bill["calls"], row["reported"] + row["unreported"])
        for kind in KINDS:
            equal(row[kind] * bill["calls"], bill[kind] * row["reported"])
            if row["unreported"] == 0:
                equal(row[kind], bill[kind])


def counts_streams():
    """They use what the same answers in one piece do, and their first events have a median."""
    arns = profiles("streams", 2)
    emulator.fail_next(profile=arns[0], delayMs=300, count=20)
    command = ["--prompt", "Hi", "--count", "30", arns[0]]
    ended = run_tally("--stream", *command)
    equal((ended.returncode, ended.stderr), (0, ""))
    _, row, median = ended.stdout.decode().splitlines()
    equal(row, run_tally(*command).stdout.decode().splitlines()[1])
    assert 300 <= int(re.fullmatch(r"first event: after (\d+) ms in the median", median)[1]) < 60_000
    ended = run_tally("--stream", "--json", "--prompt", "Hi", *arns)
    equal([row["reported"] for row in counted(ended).values()], [1, 0])


def tries_again():
    """A call that is throttled has several outcomes, and is answered."""
    arn, = profiles("again", 1)
    for options in [], ["--stream"]:
        emulator.fail_next(profile=arn, type="ThrottlingException", count=2)
        ended = run_tally("--prompt", "Hi", "--json", *options, arn)
        row = counted(ended)[arn]
        equal((ended.returncode, ended.stderr), (0, ""))
        equal([row[kind] for kind in OUTCOMES], [1, 0, 1, 0, 2])


def prints_table():
    arns = profiles("table", 2)
    for fault in [{"cut": -1}, {"type": "ValidationException", "count": 2}]:
        emulator.fail_next(profile=arns[1], **fault)
    ended = run_tally("--prompt", "Hi", "--count", "10", "--in-flight", "3", *arns)
    equal(ended.returncode, 1)
    heading, *rows, everything, unreported = ended.stdout.decode().splitlines()
    equal(re.split(r"  +", heading.strip()), HEADINGS)
    bills = [billed(arn) for arn in arns]
    tokens = [[str(bill[kind] // bill["calls"] * n) for kind in KINDS]
              for bill, n in zip(bills, [5, 2])]
    equal([row.split() for row in rows], [
        ["5", "0", "5", "0", "0", *tokens[0], arns[0]],
        ["5", "3", "2", "1", "2", *tokens[1], arns[1]],
    ])
    sums = [str(sum(map(int, column))) for column in zip(*tokens)]
    equal(everything.split(), ["10", "3", "7", "1", "2", *sums, "all"])
    contains(unreported, "unreported: 1 may be billed")
    equal(len(re.findall("ValidationException", ended.stderr)), 1)  # once for each code
    contains(ended.stderr, "tally: 3 of 10 calls failed\n")


def asks_lines():
    arns = profiles("lines", 2)
    lines = b"\n\nWhy?\nGr\xc3\xb6\xc3\x9fe?\n\nWho?\n\nLast"
    ended = run_tally("--prompt", "-", "--json", *arns, stdin=lines)
    equal((ended.returncode, ended.stderr), (0, ""))
    equal([row["calls"] for row in counted(ended).values()], [2, 2])
    for arn, row in counted(ended).items():
        equal([row[kind] for kind in KINDS], [billed(arn)[kind] for kind in KINDS])
    ended = run_tally("--prompt", "-", "--json", arns[0], stdin=b"Good\n\xff\nb\0d\nGood")
    equal((ended.returncode, counted(ended)[arns[0]]["failed"]), (1, 2))
    ended = run_tally("--prompt", "-", arns[0], stdin=b"\n")
    equal((ended.returncode, ended.stderr), (0, ""))


def limits_tokens():
    arn, = profiles("limit", 1)
    lines = "".join(f"{n}\n" for n in range(50)).encode()
    ended = run_tally("--prompt", "-", "--max-tokens", "3", "--json", arn, stdin=lines)
    equal(ended.returncode, 0)
    assert 0 < counted(ended)[arn]["outputTokens"] <= 150, ended.stdout


def interrupt(number):
    """A signal while calls of one profile wait for their answers: the table comes all the same."""
    late, swift = profiles(f"interrupt-{number}", 2)
    emulator.fail_next(profile=late, delayMs=60_000, count=10)
    command = [tally, "--prompt", "Hi", "--count", "1000", "--in-flight", "10", "--progress", "--json"]
    with subprocess.Popen(
        [*command, late, swift],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url},
    ) as program:
        while not re.match(rb"(9|10) done, 10 in flight", program.stderr.readline()):
            equal(program.poll(), None)
        program.send_signal(number)
        stdout, stderr = program.communicate(timeout=PATIENCE_S)
    equal(program.returncode, 1)
    contains(stderr.decode(), "tally: interrupted\n")
    rows = {row["profileArn"]: row for row in map(json.loads, stdout.splitlines())}
    equal([rows[late][kind] for kind in ["calls", "failed", "unreported"]], [10, 10, 10])
    equal(rows[swift]["failed"], 0)
    equal([rows[swift][kind] for kind in KINDS], [billed(swift)[kind] for kind in KINDS])
    assert billed(late)["calls"] <= 10


def shows_progress():
    """On a terminal, or when asked to."""
    arn, = profiles("progress", 1)
    terminal, stderr = open_terminal()
    command = [tally, "--prompt", "Hi", "--count", "5", arn]
    environment = {**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, env=environment)
    os.close(stderr)
    shown = read_terminal(terminal)
    equal(ended.returncode, 0)
    assert shown.endswith(b"\r5 done, 0 in flight, 0 failed\r\n"), shown
    equal(run_tally(*command[1:], "--progress").stderr.splitlines()[-1], "5 done, 0 in flight, 0 failed")
    equal(run_tally(*command[1:]).stderr, "")


def minds_descriptors():
    """The soft limit is raised; the hard one lowers what is in flight."""
    arn, = profiles("descriptors", 1)
    for limit, said in {"ulimit -Sn 32": "", "ulimit -n 100": "tally: 36 at once: "}.items():
        ended = run(
            ["bash", "-c", limit + ' && exec "$@"', "-", tally, "--json"]
            + ["--prompt", "Hi", "--count", "300", "--in-flight", "200", arn],
            AWS_ENDPOINT_URL=emulator.url,
        )
        equal((ended.returncode, counted(ended)[arn]["reported"]), (0, 300))
        equal(ended.stderr[: len(said)], said)


def refuses():
    arn, = profiles("refuses", 1)
    seen = emulator.requests_seen()
    for raw_id in ["amazon.nova-micro-v1:0", "", f"arn:aws:bedrock:{REGION}::foundation-model/a.b"]:
        ended = run_tally("--prompt", "Hi", arn, raw_id)
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "application inference profile")
    ended = run_tally("--prompt", "Hi", arn, AWS_ACCESS_KEY_ID=None)
    equal(ended.returncode, 1)
    contains(ended.stderr, "tally: no credentials: environment: AWS_ACCESS_KEY_ID is not set")
    folder = os.open("/", os.O_RDONLY)
    ended = subprocess.run([tally, "--prompt", "-", arn], stdin=folder, capture_output=True)
    os.close(folder)
    equal((ended.returncode, ended.stderr), (1, b"tally: stdin cannot be read\n"))
    equal(emulator.requests_seen(), seen)


def usage_errors():
    arn, = profiles("usage", 1)
    numbers = ["0", "-1", "1x", "", "9" * 30]
    for arguments in [
        [], [arn], ["--prompt", "Hi"], ["--prompt", "Hi", arn, arn], ["--what", arn],
        ["--prompt", "-", "--count", "2", arn],
        *(["--prompt", "Hi", option, n, arn] for n in numbers
          for option in ["--count", "--in-flight", "--max-tokens"]),
        ["--prompt", "Hi", "--in-flight", "65537", arn],
    ]:
        ended = run_tally(*arguments)
        equal((arguments, ended.returncode, ended.stdout), (arguments, 2, b""))
        assert ended.stderr != "", arguments


def prints_help():
    ended = run_tally("--help")
    equal((ended.returncode, ended.stderr), (0, ""))
    for option in ["prompt", "count", "in-flight", "max-tokens", "stream", "progress", "json"]:
        contains(ended.stdout.decode(), f"--{option} ")
    with open("/dev/full", "wb") as full:
        ended = run_tally("--help", stdout=full)
    equal((ended.returncode, ended.stderr), (1, "tally: stdout cannot be written\n"))


try:
    tap({
        "counts all": counts_all,
        "counts streams": counts_streams,
        **{f"counts faults, seed {n}": lambda n=n: counts_faults(n) for n in range(2)},
        **{f"counts faults of streams, seed {n}": lambda n=n: counts_faults(n, "--stream")
           for n in range(3, 5)},
        "tries again": tries_again,
        "prints a table": prints_table,
        "asks lines": asks_lines,
        "limits tokens": limits_tokens,
        "Ctrl-C": lambda: interrupt(signal.SIGINT),
        "SIGTERM": lambda: interrupt(signal.SIGTERM),
        "shows progress": shows_progress,
        "minds descriptors": minds_descriptors,
        "refuses": refuses,
        "usage errors": usage_errors,
        "help": prints_help,
    })
finally:
    emulator.close()
