"""budget mirror, killed at every request: the end is the same as undisturbed, nothing doubled.

usage: test_mirror_killed.py EMULATOR SIGN BUDGET

SPDX-License-Identifier: MIT
"""
import contextlib
import sys

import services
from killing import FORMS, kill_everywhere
from ledgers import ledger_with
from mirrors import ACTION, MAIL, SEARCH, TOPIC, account
from programs import equal, run, tap

programs = sys.argv[1:]
budget = programs[2]
MANY = {**MAIL, "topics": [TOPIC], "anomalies": {"impact": "10"}, "actions": {"search": ACTION},
        "alarms": {"profiles": {"search-prod": {"input": 9}}}}


def everything(emulator):
    return [services.aws_budgets(emulator), services.anomalies(emulator), services.alarms(emulator)]


def kill_with(it, verb, settings, prepare, forms=FORMS):
    path = it.write("mirror.json", settings)
    return kill_everywhere(
        prepare, lambda emulator: [budget, "--ledger", str(it.path), "mirror", verb, "--yes", "--file", str(path)],
        everything, forms=forms)


def check_killed():
    """After every request, carried out or not: the same end as undisturbed, nothing doubled."""
    with ledger_with(budget, SEARCH) as it:
        it("set", "search", "--team", "search", "--limit", "500", "--notice", "0", "--degrade", "0")
        made = kill_with(it, "apply", MANY, lambda: account(programs))
        print(f"# killed at each of {made} requests of apply, twice")


def check_killed_changing():
    """The same of changes, and of the removal of all."""
    other = {**MANY, "emails": ["bob@example.com"], "forecast": 100, "anomalies": {"impact": "20"}}

    with ledger_with(budget, SEARCH) as it:
        it("set", "search", "--team", "search", "--limit", "500", "--notice", "0", "--degrade", "0")
        first = it.write("first.json", MANY)

        @contextlib.contextmanager
        def prepare():
            with account(programs) as emulator:
                made = run([budget, "--ledger", str(it.path), "mirror", "apply", "--yes", "--file", str(first)],
                           AWS_ENDPOINT_URL=emulator.url)
                equal((made.returncode, made.stderr), (0, ""))
                yield emulator

        changed = kill_with(it, "apply", other, prepare, {"withheld": FORMS["withheld"]})
        removed = kill_with(it, "delete", MANY, prepare, {"withheld": FORMS["withheld"]})
        print(f"# killed at each of {changed} requests of a change, and of {removed} of a removal")


tap({"killed": check_killed, "killed changing": check_killed_changing})
