"""demo.sh shows what it says, with the programs of this build.

usage: test_demo.py EMULATOR SIGN CREDENTIALS ASK BUDGET PROFILES

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from programs import contains, equal, run, tap

emulator, *programs = map(Path, sys.argv[1:])
DEMO = Path(__file__).parent / "../../examples/demo.sh"
FOLDER = emulator.parent.parent

COST = r"0\.\d+ USD"
IN_ORDER = [
    r"^A local Bedrock is listening on http://127\.0\.0\.1:\d+\.$",
    r"^source       environment$",
    r"^  search-prod: team=search: arn:aws:bedrock:us-east-1:\d{12}:application-inference-profile/\w+$",
    r"^  helpdesk-prod: team=helpdesk: arn:",
    r"^\$ ask \.\.\./\w+ 'Why is the sky blue\?'$",
    r"^tokens: input \d+, output \d+, reported, request [-0-9a-f]{36}, \d+ ms$",
    r"^\$ ask --stream \.\.\./\w+ ",
    r"^  helpdesk-prod: counted (input \d+, output \d+); billed \1$",
    r"^  search-prod: counted (input \d+, output \d+); billed \1$",
    r"^A model id has no tags",
    r"^ask: This is a foundation model: ",
    r"^\d+ prices in force from ",
    r"^In shadow mode a budget blocks nothing",
    rf"^tokens: .*, {COST}$",
    r"^trial .* 10\d %  .*     1  limit, shadow$",
    r"^One that holds; ",
    r"^budget search \(team=search\): 50 % of 0\.0003 USD are reached: ",
    r"^From 80 % on another profile",
    r"^ask: degraded by a budget: sent through search-small \(amazon\.nova-micro-v1:0\)$",
    r"^search .*\[#{17}\.\.\.\]  8\d %  .*  degrade  ",
    r"^ask: budget search \(team=search, month since .* lower maxTokens$",
    r"^search: 0\.05 USD until ",
    rf"^tokens: input \d+, output \d+, reported, .*, {COST}$",
    r"^search .*  ok, limit overridden until ",
    r"^Sound: ",
    r"^\$ profiles --file declared\.json lint --offline$",
    r"^docs-prod +namingRule +owner-team=Docs_Team is not lowercase-with-hyphens +write docs-team$",
    r"^create +docs-prod +docs-prod +from anthropic\.claude-3-haiku",
    r"^2 created, 0 tagged, 0 deleted; \d+ requests\.$",
    r"^pass +profile +docs-staging: \w+ is active, with its model and its 4 tags$",
    r"^not yet +bill +application: billing does not know the tag yet: ",
    r"^\d passed, 0 failed, 2 not yet \(AWS takes its time: no failure\), \d to check by hand\.$",
    r"^Real AWS: build-demo/examples/credentials; build-demo/examples/ask PROFILE_ARN PROMPT$",
]


def check_screen():
    ended = run(["bash", DEMO, FOLDER], HOME="/nonexistent", TMPDIR="/tmp")
    equal((ended.returncode, ended.stderr), (0, ""))
    said, place = ended.stdout.decode(), 0
    for pattern in IN_ORDER:
        found = re.compile(pattern, re.M).search(said, place)
        assert found, f"{pattern!r} is not in what comes after {said[place - 200:place]!r}"
        place = found.end()
    equal(said[place:], "\n")


def check_other_ledger():
    """What is set where it is started leads to no ledger and no AWS."""
    away = {"BEDROCKCOST_LEDGER": "/nowhere/ledger", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_PROFILE": "prod"}
    ended = run(["bash", DEMO, FOLDER], **away)
    equal((ended.returncode, ended.stderr), (0, ""))


def check_failure():
    """Where something goes wrong it ends, and says so."""
    ended = run(["bash", DEMO, "/nowhere"])
    assert ended.returncode != 0
    contains(ended.stderr, "does not start")


tap({"screen": check_screen, "other ledger": check_other_ledger, "failure": check_failure})
