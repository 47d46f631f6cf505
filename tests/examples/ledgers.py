"""What the tests of programs with a ledger share: a ledger of its own, with prices and profiles.

SPDX-License-Identifier: MIT
"""
import contextlib
import datetime
import json
import re
import tempfile
from pathlib import Path

from programs import equal, run

PRICES = {
    "from": "2026-10-01",
    "source": "the tests",
    "prices": [
        {"model": "amazon.nova-micro", "scope": "in-region", "input": "0.035", "output": "0.14"},
        {"model": "anthropic.claude-3-haiku", "scope": "in-region", "input": "0.25", "output": "1.25"},
    ],
}
MICRO = "amazon.nova-micro-v1:0"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"


def arn(name):
    return f"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/{name}"


def profile(name, model=HAIKU, **members):
    return {"arn": arn(name), "name": name, "model": model, "scope": "in-region", **members}


def cells(line):
    return re.split(r" {2,}", line.strip())


def utc(**ago):
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """A ledger in a folder of its own, and `budget` at work on it."""

    def __init__(self, folder, budget):
        self.folder = Path(folder)
        self.path = self.folder / "ledger"
        self.budget = budget

    def run(self, *arguments, stdin=b"", stdout=None, **environment):
        how = {} if stdout is None else {"stdout": stdout}
        environment.setdefault("BEDROCKCOST_LEDGER", str(self.path))
        return run([self.budget, *map(str, arguments)], stdin=stdin, **how, **environment)

    def __call__(self, *arguments, **how):
        """What it prints, when all goes well."""
        ended = self.run(*arguments, **how)
        equal((arguments, ended.returncode, ended.stderr), (arguments, 0, ""))
        return ended.stdout.decode()

    def rows(self, *arguments, **how):
        return list(map(json.loads, self("--json", *arguments, **how).splitlines()))

    def fails(self, *arguments, code=1, **how):
        """What it says of a failure: one line and nothing on stdout."""
        ended = self.run(*arguments, **how)
        equal((arguments, ended.returncode, ended.stdout), (arguments, code, b""))
        *_, last = ended.stderr.splitlines()
        assert last.startswith("budget: "), ended.stderr
        return last

    def write(self, name, document):
        path = self.folder / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    def put(self, kind, document):
        """Profiles or prices, from a file."""
        self(kind, "import", self.write(kind, document))

    def show(self, name):
        (row,) = self.rows("show", name)
        return row


@contextlib.contextmanager
def empty_ledger(budget):
    with tempfile.TemporaryDirectory(prefix="ledger of ") as folder:
        yield Ledger(folder, budget)


@contextlib.contextmanager
def ledger_with(budget, *profiles):
    with empty_ledger(budget) as ledger:
        ledger.put("prices", PRICES)
        ledger.put("profiles", {"profiles": list(profiles)})
        yield ledger
