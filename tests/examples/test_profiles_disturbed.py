"""profiles apply, disturbed: killed after every request, throttled, answered with errors or not at
all, late to be seen, twice at a time. The end is always the same, and nothing is doubled.

usage: test_profiles_disturbed.py EMULATOR SIGN PROFILES

SPDX-License-Identifier: MIT
"""
import contextlib
import subprocess
import sys

from declared import HAIKU, LITE, MICRO, declared, many
from killing import FORMS, fresh_emulator, kill_everywhere, masked
from programs import ENVIRONMENT, PATIENCE_S, Emulator, contains, equal, tap

emulator_program, sign, program = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")
REGION = "us-east-1"
PROFILES = ["bot-dev", "bot-prod", "small-prod"]


def change(it):
    """Whatever `apply` can have to do: a creation, two replacements, tags, deletions."""
    it.environment("bot", "prod")["copyFrom"] = MICRO
    it.environment("bot", "dev")["copyFrom"] = HAIKU
    it.environment("small", "prod")["tags"] = {"cost-center": "cc-410"}
    it.file["workloads"]["bot"]["environments"]["test"] = {"copyFrom": LITE}
    it.write()


def observe(it):
    return lambda where: masked(seen_in(it, where))


def seen_in(it, where):
    it.emulator = where
    return it.there()


@contextlib.contextmanager
def prepared(it, *options, changed=False):
    """A fresh emulator; `changed`: with what the file said before change()."""
    with fresh_emulator(emulator_program, sign, "--identity", *options) as where:
        if changed:
            it.emulator = where
            with declared(program, where, region=REGION) as before:
                before.apply()
        yield where


def killed(it, *arguments, options=(), changed=False, **how):
    command = [program, "--file", str(it.path), "apply", "--yes", *arguments]
    return kill_everywhere(lambda: prepared(it, *options, changed=changed), lambda _: command,
                           observe(it), **how)


def check_killed_from_nothing():
    with declared(program, emulator, region=REGION) as it:
        equal(killed(it), 6)


def check_killed_while_changing():
    with declared(program, emulator, region=REGION) as it:
        change(it)
        # Both lists, the tags of three, three creations, a list, tags, two deletions.
        how = {"forms": {"withheld": FORMS["withheld"]}, "changed": True}
        equal(killed(it, "--prune", "--prune-tags", **how), 12)
        killed(it, "--prune", forms={"lost": FORMS["lost"]}, changed=True, step=3)


def check_killed_before_it_is_seen():
    """What the first run made is not listed when the second one looks."""
    with declared(program, emulator, region=REGION) as it:
        withheld = {"withheld": FORMS["withheld"]}
        killed(it, options=("--settle", "150"), forms=withheld, step=3)


FAULTS = {
    "error 500": {"status": 500, "type": "InternalServerException"},
    "error 503": {"status": 503},
    "cut before the head": {"cut": -1},
    "cut within the body": {"cut": 5},
    "not carried out": {"drop": True},
    "throttled": {"type": "ThrottlingException"},
}


def check_faults_at_every_request():
    """One of them is waited out; and without repeating anything, the next run does the rest."""
    faults = list(FAULTS.values())
    for n in range(6):
        with declared(program, emulator) as it:
            emulator.fail_next(skip=n, **faults[n])
            it.apply()
            equal(sorted(it.there()), PROFILES)
        for fault in faults[n % 3::3]:
            with declared(program, emulator) as it:
                emulator.fail_next(skip=n, **fault)
                said = it("apply", "--yes", code=1, AWS_MAX_ATTEMPTS="1")
                contains(said, "profiles: ")
                equal(emulator.tell("GET", "/_emulator/faults")["faults"], [])
                it.apply()
                equal(sorted(it.there()), PROFILES)
                equal(it.plan(), {})


def check_outage():
    """What ends it is said, and so is what was done before."""
    with declared(program, emulator) as it:
        emulator.fail_next(operation="CreateInferenceProfile", skip=2, status=500)
        said = it("apply", "--yes", code=1, AWS_MAX_ATTEMPTS="1")
        contains(said, "small-prod: cannot be created")
        contains(said, "2 created, 0 tagged, 0 deleted")
        equal(it.apply()[-1]["summary"]["created"], 1)


def start(it, *arguments):
    variables = {**ENVIRONMENT, "AWS_ENDPOINT_URL": it.emulator.url}
    return subprocess.Popen([program, "--file", str(it.path), "apply", "--yes", *arguments],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env=variables)


def all_end(processes):
    for process in processes:
        said = process.communicate(timeout=PATIENCE_S)[1].decode()
        equal((process.returncode, said), (0, said))


def check_two_at_a_time():
    """Also of different minds about tags: there is one profile of each name, and the tags of one."""
    with prepared(None, "--settle", "200") as where:
        with declared(program, where, many(12), region=REGION) as it:
            with declared(program, where, many(12), region=REGION) as other:
                other.file["tags"] = {"cost-center": "cc-410"}
                other.write()
                all_end([start(it), start(it), start(other)])
            equal(len(it.there()), 12)
            it("apply", "--yes")
            equal(it.plan(), {})


def check_slow_account():
    """60 profiles where AWS takes 60 calls a second."""
    with prepared(None, "--rate", "60") as where:
        with declared(program, where, many(60), region=REGION) as it:
            rows = it.apply()
            equal(rows[-1]["summary"], {"created": 60, "tagged": 0, "deleted": 0})
            equal(len(set(row["arn"] for row in rows[:-1])), 60)
            drift = it.rows("drift")
            equal((len(drift), drift[-1]["changes"], drift[-1]["differing"]), (61, 0, 0))


try:
    tap({name.removeprefix("check_").replace("_", " "): check for name, check in list(globals().items())
         if name.startswith("check_")})
finally:
    emulator.close()
