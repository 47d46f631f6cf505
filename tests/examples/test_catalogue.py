"""ask and chat find a profile by its name: in a file, or in a ledger.

usage: test_catalogue.py EMULATOR SIGN BUDGET ASK CHAT

SPDX-License-Identifier: MIT
"""
import contextlib
import sys

from ledgers import empty_ledger, ledger_with, profile
from programs import Emulator, contains, equal, run, tap

emulator_program, sign, budget, ask, chat = sys.argv[1:]
emulator = Emulator(emulator_program, sign)
ARN = emulator.create_profile("search-prod", team="search")
OTHER = emulator.create_profile("helpdesk-prod", team="helpdesk")
SEARCH = {**profile("search-prod", alias="search", tags={"team": "search"}), "arn": ARN}
HELPDESK = {**profile("helpdesk-prod", alias="twin"), "arn": OTHER}
TWIN = profile("twin")
CATALOGUE = {"profiles": [SEARCH, HELPDESK, TWIN]}


def start(program, *options, **environment):
    """Asks a question; chat gets it through its stdin."""
    question = {"stdin": b"Hi\n"} if program == chat else {}
    words = [] if program == chat else ["Hi"]
    return run([program, *options, *words], AWS_ENDPOINT_URL=emulator.url, **question, **environment)


def calls(arn):
    return emulator.bill()["profiles"].get(arn, {"calls": 0})["calls"]


def answers(program, arn, *options, **environment):
    before = calls(arn)
    ended = start(program, *options, **environment)
    equal((ended.returncode, calls(arn)), (0, before + 1))
    return ended


def refuses(program, said, *options, code=1, **environment):
    """One line, with two on how it is typed if that is what was wrong; and nothing is sent."""
    seen = emulator.requests_seen()
    ended = start(program, *options, **environment)
    equal((ended.returncode, ended.stdout), (code, b""))
    contains(ended.stderr, said)
    equal(ended.stderr.count("\n"), {1: 1, 2: 3}[code])
    equal(emulator.requests_seen(), seen)


@contextlib.contextmanager
def catalogue(document):
    with empty_ledger(budget) as folder:
        yield str(folder.write("catalogue.json", document))


def check_names(program):
    """Name, alias and ARN; without a ledger."""
    with catalogue(CATALOGUE) as file:
        for name, arn in [("search-prod", ARN), ("search", ARN), (ARN, ARN), ("helpdesk-prod", OTHER)]:
            ended = answers(program, arn, "--profile", name, "--catalogue", file)
            assert "USD" not in ended.stderr, ended.stderr


def check_single(program):
    """A file of one profile, as `budget profiles import` takes it too."""
    with catalogue(SEARCH) as file:
        answers(program, ARN, "--catalogue", file, "--profile", "search")


def check_unknown(program):
    with catalogue(CATALOGUE) as file:
        for name in ["serach-prod", "", "SEARCH"]:
            refuses(program, f"{file} knows no profile {name}; it has search-prod, helpdesk-prod, twin",
                    "--profile", name, "--catalogue", file)
        refuses(program, f"{file} has several profiles twin: give the ARN",
                "--profile", "twin", "--catalogue", file)
    with catalogue({"profiles": []}) as file:
        refuses(program, f"{file} knows no profiles yet", "--profile", "search", "--catalogue", file)


def check_files(program):
    for document, said in {
        "no JSON": "line 1: ",
        '{"profiles": {}}': 'there is no "profiles": [...] in it',
        "[]": 'there is no "profiles": [...] in it',
        '{"profiles": [{"name": "search"}]}': 'profile search has no "arn"',
        '{"profiles": [{"name": "search", "arn": "amazon.nova-micro-v1:0"}]}': "This is a",
        '{"profiles": [], "profiles": []}': "duplicate",
    }.items():
        with catalogue(document) as file:
            refuses(program, said, "--profile", "search", "--catalogue", file)
    refuses(program, "/nowhere/catalogue.json: ", "--profile", "x", "--catalogue", "/nowhere/catalogue.json")


def check_ledger(program):
    """Without a file the ledger knows names, and the call is kept there."""
    with ledger_with(budget, SEARCH, HELPDESK) as ledger:
        options = ["--ledger", str(ledger.path)]
        for name in ["search-prod", "search"]:
            contains(answers(program, ARN, *options, "--profile", name).stderr, " USD")
        answers(program, ARN, "--profile", "search", BEDROCKCOST_LEDGER=str(ledger.path))
        refuses(program, "the ledger knows no profile x; it has ", *options, "--profile", "x")
        with catalogue({**HELPDESK, "alias": "search"}) as file:  # a file goes before it
            answers(program, OTHER, *options, "--profile", "search", "--catalogue", file)


def check_no_ledger(program):
    refuses(program, "a name needs --catalogue FILE, or --ledger FILE", "--profile", "search")
    refuses(program, "ledger /nowhere/ledger: No such file", "--ledger", "/nowhere/ledger",
            "--profile", "search")
    with empty_ledger(budget) as ledger:
        refuses(program, "`budget settings` makes one", "--ledger", str(ledger.path), "--profile", "x")
        assert not ledger.path.exists()
        ledger.path.write_text("this is no ledger " * 1000)
        refuses(program, "ledger", "--ledger", str(ledger.path), "--profile", "x")


def check_usage(program):
    refuses(program, "--catalogue is for --profile", "--catalogue", "x", ARN, code=2)
    refuses(program, "--profile", "--profile", "search", ARN, code=2)
    said = run([program, "--help"]).stdout.decode()
    for word in ["--ledger FILE", "--profile NAME", "--catalogue FILE", "BEDROCKCOST_LEDGER"]:
        contains(said, word)


CHECKS = {
    "names": check_names,
    "file of one": check_single,
    "unknown names": check_unknown,
    "faulty files": check_files,
    "names in a ledger": check_ledger,
    "no ledger": check_no_ledger,
    "usage": check_usage,
}


def cases():
    for name, check in CHECKS.items():
        for program in [ask, chat]:
            yield f"{'ask' if program == ask else 'chat'}: {name}", lambda c=check, p=program: c(p)


try:
    tap(dict(cases()))
finally:
    emulator.close()
