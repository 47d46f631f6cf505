"""`agent`, killed after every request it makes and run again, ends where an undisturbed run ends.

usage: test_agent_kills.py EMULATOR SIGN AGENT

SPDX-License-Identifier: MIT
"""
import contextlib
import itertools
import json
import os
import re
import sys
import time

from agents import Agents
from killing import FORMS, kill_everywhere, masked
from programs import run, tap
from sigv4 import QuickEmulator

EMULATOR, SIGN, PROGRAM = sys.argv[1:]
emulator = QuickEmulator(EMULATOR, SIGN, "--identity")
slow = QuickEmulator(EMULATOR, SIGN, "--identity", "--settle", "60")
numbers = itertools.count(1)
# What a sanitizer can find does not hang on which request it was; and it takes its time.
STEP = 4 if any(name.endswith("SAN_OPTIONS") for name in os.environ) else 1


class Fresh:
    """One agent after another, each for one kill."""

    def __init__(self, *before, emulator=emulator):
        self.before = before  # what is done to it undisturbed
        self.emulator, self.agents = emulator, Agents(emulator)

    def settled(self):
        """What was written before is seen by all."""
        if self.emulator is slow:
            time.sleep(0.07)

    @contextlib.contextmanager
    def prepare(self):
        n = next(numbers)
        self.emulator.tell("DELETE", "/_emulator/faults")  # the one that was not met any more
        self.profile = self.emulator.create_profile(f"news-{n}", team="news")
        role = self.agents.role(f"Role-{n}")
        self.settled()
        self.name = self.agents.create(f"News-{n}", role, aliases=("prod", "beta"))
        if self.before:
            url = self.emulator.url
            ended = run(self.command(*self.before)(self.emulator), AWS_ENDPOINT_URL=url)
            assert ended.returncode == 0, ended.stderr
        yield self.emulator

    def command(self, *words):
        def command(_):
            known = {"AGENT": self.name, "PROFILE": self.profile}
            return [PROGRAM, "--yes", *(known.get(word, word) for word in words)]

        return command

    def observe(self, _):
        self.settled()
        text = json.dumps(self.agents.all(self.name)).replace(self.name, "AGENT")
        text = text.replace(self.profile.split("/")[-1], "PROFILE")
        for name, row in self.agents.aliases(self.name).items():
            text = text.replace(row["agentAliasId"], f"ALIAS-{name}")
        return masked(json.loads(re.sub(r"(News|Role)-\d+", r"\1", text)))


def kill(fresh, *words):
    """A request that was lost leaves what the one before it has left: that form is tried in part."""
    command = fresh.command(*words)
    for form, step in {"withheld": STEP, "lost": 6 * STEP}.items():
        kill_everywhere(
            fresh.prepare, command, fresh.observe, forms={form: FORMS[form]}, step=step
        )


APPLY = ["apply", "AGENT", "--profile", "PROFILE", "--alias", "prod", "--prompts"]


def test_apply():
    fresh = Fresh()
    kill(fresh, *APPLY, "--new-alias", "tracked")


def test_apply_when_aws_takes_its_time():
    fresh = Fresh(emulator=slow)
    command = fresh.command(*APPLY, "--new-alias", "tracked")
    forms = {"withheld": FORMS["withheld"]}
    kill_everywhere(fresh.prepare, command, fresh.observe, forms=forms, step=14)


def test_undo():
    fresh = Fresh(*APPLY)
    kill(fresh, "undo", "AGENT")


def test_switch_off():
    fresh = Fresh()
    kill(fresh, "switch-off", "AGENT", "--all-aliases")


def test_switch_on():
    fresh = Fresh("switch-off", "AGENT", "--alias", "prod")
    kill(fresh, "switch-on", "AGENT", "--alias", "prod")


def run_with(fault, fresh, command):
    """Runs it, again if it failed. False: it made no such request any more."""
    emulator.tell("POST", "/_emulator/faults", fault)
    ended = run(command, AWS_ENDPOINT_URL=emulator.url)
    if emulator.tell("GET", "/_emulator/faults")["faults"]:
        return False
    if ended.returncode != 0:
        ended = run(command, AWS_ENDPOINT_URL=emulator.url)
    assert ended.returncode == 0, f"{fault}: {ended.stderr}"
    return True


def fail_everywhere(fault, step):
    """One failure at each request, of which the program gets to know."""
    fresh = Fresh()
    command = fresh.command(*APPLY, "--new-alias", "tracked")
    with fresh.prepare():
        assert run(command(emulator), AWS_ENDPOINT_URL=emulator.url).returncode == 0
        wanted = fresh.observe(emulator)
    for n in itertools.count(0, step):
        with fresh.prepare():
            if not run_with({"skip": n, **fault}, fresh, command(emulator)):
                break
            seen = fresh.observe(emulator)
        assert seen == wanted, f"{fault} at {n}: saw\n{seen}\nwanted\n{wanted}"
    assert n > 20, n


def test_answers_lost_on_the_way():
    fail_everywhere({"cut": -1}, STEP)


def test_aws_fails():
    fail_everywhere({"status": 500}, 4)


def test_aws_throttles():
    fail_everywhere({"type": "ThrottlingException"}, 12)


try:
    tap({name: case for name, case in globals().items() if name.startswith("test_")})
finally:
    emulator.close()
    slow.close()
