"""Kills a program after every request it makes, runs it again, and compares the end with that of a
run that nothing disturbed.

SPDX-License-Identifier: MIT
"""
import contextlib
import itertools
import json
import re
import subprocess
import time

from programs import ENVIRONMENT, PATIENCE_S, Emulator, run

# The (N+1)-th request is carried out and its answer withheld, or it is not even carried out.
FORMS = {"withheld": {}, "lost": {"drop": True}}
WITHHELD_MS = 600000
REQUESTS_MOST = 500
# What differs from run to run: ids that AWS makes up, and moments.
MASKED = {
    r"(application-inference-profile/)[a-z0-9]{12}": r"\1ID",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z": "MOMENT",
}


def masked(document, patterns=None):
    """A JSON document without what differs from run to run. More patterns may be given, with what
    each becomes."""
    text = json.dumps(document, sort_keys=True)
    for pattern, becomes in {**MASKED, **(patterns or {})}.items():
        text = re.sub(pattern, becomes, text)
    return json.loads(text)


def run_until_fault(emulator, command, environment):
    """Starts a program and kills it when it has met the fault. False: it ended without meeting it,
    and so has made no more requests than the fault lets pass."""
    variables = {**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url, **environment}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=variables,
    ) as process:
        end = time.monotonic() + PATIENCE_S
        while process.poll() is None and emulator.tell("GET", "/_emulator/faults")["faults"]:
            assert time.monotonic() < end, f"neither ends nor asks: {command}"
            time.sleep(0.005)
        was_met = not emulator.tell("GET", "/_emulator/faults")["faults"]
        process.kill()
    return was_met


def check_once(emulator, command, observe, wanted, fault, environment):
    """One kill on a fresh state. False: the program makes no more requests."""
    emulator.tell("POST", "/_emulator/faults", {"delayMs": WITHHELD_MS, **fault})
    if not run_until_fault(emulator, command, environment):
        return False
    emulator.tell("DELETE", "/_emulator/faults")
    again = run(command, AWS_ENDPOINT_URL=emulator.url, **environment)
    assert again.returncode == 0, f"killed by {fault}, then: {again.stderr}{again.stdout.decode()}"
    seen = observe(emulator)
    assert seen == wanted, f"killed by {fault}: saw\n{seen}\nwanted\n{wanted}"
    return True


def kill_everywhere(prepare, command, observe, environment=None, forms=FORMS, step=1):
    """For N = 0, 1, 2 ... until the program ends by itself.

    prepare() is a context manager that gives an emulator with a fresh state; command(emulator) the
    program's arguments, and observe(emulator) the state in which all has to end, masked. `step`
    leaves out some N. Returns how many requests an undisturbed run makes, at least.
    """
    environment = environment or {}
    with prepare() as emulator:
        undisturbed = run(command(emulator), AWS_ENDPOINT_URL=emulator.url, **environment)
        assert undisturbed.returncode == 0, undisturbed.stderr
        wanted = observe(emulator)
    for form in forms.values():
        for n in itertools.count(0, step):
            assert n < REQUESTS_MOST, "it does not come to an end"
            with prepare() as emulator:
                if not check_once(emulator, command(emulator), observe, wanted,
                                  {"skip": n, **form}, environment):
                    break
    return n


@contextlib.contextmanager
def fresh_emulator(program, sign, *options):
    """An emulator that nobody has used yet."""
    emulator = Emulator(program, sign, *options)
    try:
        yield emulator
    finally:
        emulator.close()
