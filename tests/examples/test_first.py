"""The program of README.md asks, and says what it used.

usage: test_first.py EMULATOR SIGN FIRST

SPDX-License-Identifier: MIT
"""
import sys

from programs import Emulator, contains, equal, run, tap

emulator_program, sign, first = sys.argv[1:]
emulator = Emulator(emulator_program, sign)


def asks():
    arn = emulator.create_profile("first", team="search")
    ended = run([first, arn], AWS_ENDPOINT_URL=emulator.url)
    billed = emulator.bill()["profiles"][arn]
    tokens = f"{billed['inputTokens']} tokens in, {billed['outputTokens']} out"
    equal(ended.stderr, f"{arn}: {tokens}\n")
    equal((ended.returncode, ended.stdout[-1:]), (0, b"\n"))
    equal(billed["calls"], 1)


def refuses():
    seen = emulator.requests_seen()
    for arguments in [[], ["amazon.nova-micro-v1:0"]]:
        ended = run([first, *arguments], AWS_ENDPOINT_URL=emulator.url)
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "application inference profile")
    equal(emulator.requests_seen(), seen)


def fails():
    arn = emulator.create_profile("fails", team="search")
    emulator.fail_next(profile=arn, type="AccessDeniedException")
    ended = run([first, arn], AWS_ENDPOINT_URL=emulator.url)
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "AccessDeniedException")


def lacks_credentials():
    arn = emulator.create_profile("lacks", team="search")
    ended = run([first, arn], AWS_ENDPOINT_URL=emulator.url, AWS_ACCESS_KEY_ID=None)
    equal(ended.returncode, 1)
    contains(ended.stderr, "no credentials")


try:
    tap({c.__name__.replace("_", " "): c for c in [asks, refuses, fails, lacks_credentials]})
finally:
    emulator.close()
