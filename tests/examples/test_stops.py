"""A stream is stopped after each of its events, in three ways, and the record held against the bill:
what was drained is recorded as it is billed; what was not is recorded so, or as unreported, never as
less; and a client that is killed leaves no record that says less, for it leaves none.

usage: test_stops.py EMULATOR SIGN STOP_AFTER

SPDX-License-Identifier: MIT
"""
import json
import signal
import sys

from programs import Emulator, equal, run, tap

emulator_program, sign, stop_after = sys.argv[1:]
emulator = Emulator(emulator_program, sign)

KINDS = ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"]
PROMPT = "Why is the sky blue?"
CANCELED = -6


def billed(arn):
    account = emulator.bill()["profiles"].get(arn, {})
    return [account.get(kind, 0) for kind in KINDS]


def ask(arn, way, k):
    """(events told, record or None, what was billed) of one stream that is stopped at event k."""
    before = billed(arn)
    ended = run([stop_after, way, str(k), arn, PROMPT], AWS_ENDPOINT_URL=emulator.url)
    bill = [after - n for n, after in zip(before, billed(arn))]
    if ended.returncode == -signal.SIGKILL:
        equal(ended.stdout, b"")
        return k, None, bill
    told, code = map(int, ended.stderr.split())
    record = json.loads(ended.stdout)
    equal((ended.returncode, code, record["code"]), (0, CANCELED if told == k else 0, code))
    return told, record, bill


def check(way):
    """The same prompt to the same profile is answered, and billed, the same each time."""
    arn = emulator.create_profile(way, team=way)
    events, record, full = ask(arn, way, 0)
    equal([record[kind] or 0 for kind in KINDS], full)
    for k in range(1, events + 1):
        if way == "stop" and k < events:  # what follows has not come yet
            emulator.fail_next(profile=arn, stall=True, after=k)
        told, record, bill = ask(arn, way, k)
        equal((told, bill), (k, full))
        outcome = None if record is None else record["outcome"]
        wanted = {"drain": "reported", "stop": "unreported", "kill": None}[way]
        if way == "stop" and k == events:
            wanted = "reported"  # the usage was there already
        equal(outcome, wanted)
        if record is not None:
            counts = [record[kind] or 0 for kind in KINDS]
            equal(counts, full if outcome == "reported" else [0, 0, 0, 0])
        print(f"# {way} after event {k} of {events}: {outcome}, output tokens"
              f" {record and record['outputTokens']}, billed {bill[1]}")


try:
    tap({
        "drained after each event": lambda: check("drain"),
        "stopped after each event": lambda: check("stop"),
        "killed after each event": lambda: check("kill"),
    })
finally:
    emulator.close()
