"""`profiles activate` activates what billing knows, says what it does not know yet, and when it will.

usage: test_activate.py EMULATOR SIGN PROFILES ASK

SPDX-License-Identifier: MIT
"""
import contextlib
import datetime
import json
import sys
import tempfile
from pathlib import Path

from killing import fresh_emulator, kill_everywhere
from programs import Emulator, contains, equal, run, tap

emulator_path, sign, program, ask = sys.argv[1:]
emulator = Emulator(emulator_path, sign)
folder = tempfile.TemporaryDirectory()
FILE = Path(folder.name, "profiles.json")
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
POLICY = {"requiredTags": ["application", "environment"]}
LATER = "AWS lists a key up to 24 hours after its first use on a tagged profile"


def declare(**members):
    workloads = {"search": {"tags": {"team": "find"}, "environments": {"prod": {"copyFrom": "amazon.nova-micro-v1:0"}}}}
    FILE.write_text(json.dumps({"region": "us-east-1", "workloads": workloads, **members}))


def activate(*words, code=0):
    ended = run([program, "--file", str(FILE), "activate", *words], AWS_ENDPOINT_URL=emulator.url, HOME="/nonexistent")
    equal((ended.returncode, ended.stderr if code == 0 else ""), (code, ""))
    return ended.stdout.decode(), ended.stderr


def known(*tags):
    """What AWS is to say of them next: (key, status, days since)."""
    rows = [
        {"TagKey": key, "Type": "UserDefined", "Status": status, "LastUpdatedDate": f"{TODAY - datetime.timedelta(days)}T00:00:00Z"}
        for key, status, days in tags
    ]
    emulator.fail_next(operation="ListCostAllocationTags", body=json.dumps({"CostAllocationTags": rows}))


def check_unseen():
    """Nothing was spent yet, so billing knows no tag."""
    declare(tagPolicy=POLICY)
    said, why = activate(code=1)
    equal([line.split(None, 1)[0] for line in said.splitlines()], ["tag", "application", "environment"])
    contains(said, f"not visible yet  {LATER}")
    contains(why, "2 of 2 tags cannot be activated yet: ")
    contains(why, "then run it again tomorrow: `profiles activate`. Do not put it off: what was spent before is not split")


def check_activation():
    arn = emulator.create_profile("search-prod", application="search", environment="prod", team="find")
    equal(run([ask, arn, "Hello"], AWS_ENDPOINT_URL=emulator.url).returncode, 0)
    contains(activate(code=2)[1], "nothing was done: there is no terminal to ask on, so it takes --yes")
    said, _ = activate("--yes")
    contains(said, "To be activated, for every account that is billed with this one: application environment\n")
    contains(said, "application  activated now  splits costs up to 24 hours after activation\n")
    said, _ = activate()
    contains(said, f"application  active  since {TODAY}; splits costs up to 24 hours after activation\n")


def check_keys():
    """Keys may be named; a file without a policy stands for all of its keys."""
    said, _ = activate("--yes", "--json", "team", "nowhere", code=1)
    equal([json.loads(line) for line in said.splitlines()], [
        {"tag": "team", "state": "activated now", "text": "splits costs up to 24 hours after activation"},
        {"tag": "nowhere", "state": "not visible yet", "text": LATER},
    ])
    declare()
    said, _ = activate()
    equal([line.split()[0] for line in said.splitlines()][1:], ["application", "environment", "team"])


def check_long_active():
    known(("a", "Active", 2), ("b", "Active", 1))
    said, _ = activate("a", "b")
    contains(said, f"a    active  since {TODAY - datetime.timedelta(2)}\n")
    contains(said, f"b    active  since {TODAY - datetime.timedelta(1)}; splits costs ")


def check_refused():
    """AWS may refuse single keys, of a call that it answers with 200."""
    errors = [{"TagKey": "a", "Code": "TagKeysNotFoundException", "Message": "No such key."}]
    known(("a", "Inactive", 9), ("b", "Inactive", 9))
    emulator.fail_next(operation="UpdateCostAllocationTagsStatus", body=json.dumps({"Errors": errors}))
    said, why = activate("--yes", "a", "b", code=1)
    contains(said, "a    refused        TagKeysNotFoundException: No such key.\n")
    contains(said, "b    activated now  ")
    contains(why, "AWS refused 1 of the tags: correct what it names, then run it again")


def check_batches():
    """20 keys a call, 100 a listing."""
    keys = [f"k{i}" for i in range(105)]
    known(*((key, "Inactive", 9) for key in keys[:100]))
    known(*((key, "Inactive", 9) for key in keys[100:]))
    seen = emulator.requests_seen()
    said, _ = activate("--yes", "--json", *keys, code=1)
    equal(emulator.requests_seen() - seen, 2 + 6)
    equal(len(said.splitlines()), 105)
    contains(said, "TagKeysNotFoundException")


def check_killed():
    """Killed after any request, or before it is carried out, and run again: all are active."""
    keys = [f"k{i}" for i in range(41)]

    @contextlib.contextmanager
    def prepared():
        with fresh_emulator(emulator_path, sign) as fresh:
            arn = fresh.create_profile("search-prod", **dict.fromkeys(keys, "v"))
            equal(run([ask, arn, "Hello"], AWS_ENDPOINT_URL=fresh.url).returncode, 0)
            yield fresh

    def observe(fresh):
        ended = run([program, "--json", "activate", *keys], AWS_ENDPOINT_URL=fresh.url)
        return [(row["tag"], row["state"]) for row in map(json.loads, ended.stdout.splitlines())]

    command = [program, "activate", "--yes", *keys]
    equal(kill_everywhere(prepared, lambda _: command, observe), 1 + 3)


try:
    tap({
        "unseen": check_unseen,
        "activation": check_activation,
        "keys": check_keys,
        "long active": check_long_active,
        "refused": check_refused,
        "batches": check_batches,
        "killed": check_killed,
    })
finally:
    emulator.close()
    folder.cleanup()
