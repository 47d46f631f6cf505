"""profiles list, show, tag, untag, models, delete, import, export.

usage: test_profile_commands.py EMULATOR SIGN PROFILES BUDGET

SPDX-License-Identifier: MIT
"""
import json
import os
import subprocess
import sys

from declared import HAIKU, LITE, MANAGED, MICRO, declared, model_arn
from ledgers import empty_ledger
from programs import (ENVIRONMENT, PATIENCE_S, Emulator, contains, equal, open_terminal, read_terminal, run,
                      says_what_to_type, tap)

emulator_program, sign, program, budget = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")

COMMANDS = ["plan", "apply", "drift", "list", "show", "tag", "untag", "models", "delete", "export",
            "import"]


def case(check):
    """A case with a file, and a Region, of its own, in which that file has been applied."""

    def run_it():
        with declared(program, emulator) as it:
            it.apply()
            check(it)

    return run_it


# ------------------------------------------------------------------ usage


def check_help():
    said = run([program, "--help"]).stdout.decode()
    for word in ["--file", "--region", "--ledger", "--json", "--help", "Exit code:",
                 *COMMANDS]:
        contains(said, word)
    says_what_to_type(program)
    contains(run([program, "iam"]).stderr, "iam: a word is missing; see profiles --help\n  iam team KEY=VALUE | ")
    assert max(map(len, said.splitlines())) <= 100, said


MISUSED = {
    "a COMMAND is needed": [[]],
    "there is no command spend": [["spend"]],
    "is too much": [["list", "x"], ["models", "x"], ["show", "a", "b"], ["export", "x"]],
    "a word is missing": [["show"], ["delete"]],
    "which profiles, and which tags?": [["tag"], ["tag", "a"], ["tag", "a=b"], ["untag", "a"]],
    "profiles come first, then tags": [["tag", "a", "b=c", "d"]],
    "a tag is KEY=VALUE": [["tag", "a", "=c"]],
    "the NAME or ARN of profiles, or --all": [["import"], ["import", "--all", "a"]],
    "one of --env, --budgets and --ledger": [["export", "--env", "--budgets"],
                                             ["export", "--env", "--ledger", "x"]],
}


def check_misuse():
    for text, commands in MISUSED.items():
        for command in commands:
            ended = run([program, *command], AWS_ENDPOINT_URL=emulator.url)
            equal((command, ended.returncode), (command, 2))
            contains(ended.stderr, text)


# ------------------------------------------------------------------ list, show


@case
def check_list(it):
    rows = {row["name"]: row for row in it.rows("list")}
    equal(sorted(rows), ["bot-dev", "bot-prod", "small-prod"])
    row = rows["bot-prod"]
    equal({key: row[key] for key in ["alias", "standing", "model", "scope", "status", "description"]},
          {"alias": "bot-prod", "standing": "current", "model": HAIKU, "scope": "in-region",
           "status": "ACTIVE", "description": "The bot"})
    for tags, names in [(["environment=prod"], ["bot-prod", "small-prod"]), (["environment"], list(rows)),
                        (["environment=prod", "owner-team=x"], []), (["nobody"], []),
                        (["environment=dev", "application=bot"], ["bot-dev"])]:
        options = [word for tag in tags for word in ("--tag", tag)]
        equal(sorted(row["name"] for row in it.rows("list", *options)), sorted(names))
    contains(it("list", "--tag", "nobody"), "No application inference profile with these tags here.")
    contains(it("list"), "name        alias       standing  tags")
    other = run([program, "--region", it.region, "list"], AWS_ENDPOINT_URL=emulator.url)
    contains(other.stdout.decode(), "bot-prod    -      -         ")


@case
def check_show(it):
    it.environment("bot", "prod")["copyFrom"] = MICRO
    it.write()
    it.apply()
    with empty_ledger(budget) as ledger:
        it("export", "--ledger", str(ledger.path))
        ledger("set", "support", "--tag", "owner-team=support", "--limit", "9")
        said = it("show", "bot-prod_2", "--ledger", str(ledger.path))
        for part in ["alias        bot-prod\n", "standing     current\n", "owner-team=support",
                     "in the file  500 USD a month; shadow: it blocks nothing",
                     "ledger       bot-prod: 500.00 USD a month; shadow", "support: 9.00 USD a month\n",
                     "degrades to  small-prod", model_arn(it.region, MICRO),
                     "bedrock:InvokeModelWithResponseStream"]:
            contains(said, part)
        row = it.rows("show", "bot-prod", "--ledger", str(ledger.path))[0]
    equal((row["standing"], [one["name"] for one in row["budgets"]]), ("replaced", ["bot-prod", "support"]))
    dev = it.rows("show", "bot-dev")[0]
    equal(dev["resources"][0], dev["arn"])
    equal(len(dev["resources"]), 4)  # the profile, and the model in three Regions
    for word in [dev["arn"], dev["arn"].split("/")[1]]:
        equal(it.rows("show", word)[0], dev)
    contains(it("show", "nobody", code=1), "nobody: there is no profile of this name, id, ARN or alias")
    it.create("bot-dev")
    contains(it("show", "bot-dev", code=1), "bot-dev: 2 profiles have this name: say the ARN of one")


# ------------------------------------------------------------------ tag, untag


@case
def check_tag(it):
    row = it.rows("tag", "bot-dev", "small-prod", "seen-by=ada", "empty=", "odd=a=b")[0]
    equal((row["changed"], row["tags"]["seen-by"], row["tags"]["empty"], row["tags"]["odd"]),
          (True, "ada", "", "a=b"))
    equal(it.there()["small-prod"]["tags"]["odd"], "a=b")
    equal(it.rows("tag", "bot-dev", "seen-by=ada")[0]["changed"], False)
    contains(it("tag", "bot-dev", "owner-team=search"),
             "the file says owner-team=support, and the next `profiles apply` sets it")
    it("untag", "bot-dev", "small-prod", "seen-by=grace", "empty=", "odd=")
    equal(it.there()["bot-dev"]["tags"], {"application": "bot", "environment": "dev",
                                          "owner-team": "search", "seen-by": "ada", **MANAGED})
    contains(it("untag", "bot-dev", "odd="), "as it was")
    contains(it("tag", "bot-dev", "nobody", "a=b", code=1), "nobody: there is no profile")
    contains(it("tag", "bot-dev", "a;b=c", code=1), "nothing was done")


@case
def check_tag_policy(it):
    """What the policy objects to is not done; what it objected to before is no hindrance."""
    it.file["tagPolicy"] = {"requiredTags": ["owner-team", "cost-center"],
                            "allowedValues": {"owner-team": ["support", "search"]}}
    it.write()
    before = it.there()
    for wrong in [["tag", "bot-dev", "owner-team=x"], ["untag", "bot-dev", "owner-team="]]:
        said = it(*wrong, code=1)
        contains(said, "owner-team")
        contains(said, "bot-dev: nothing was done; --force does it all the same")
    equal(it.there(), before)
    it("tag", "bot-dev", "owner-team=search")  # still without a cost center
    it("tag", "--force", "bot-dev", "owner-team=x")
    equal(it.there()["bot-dev"]["tags"]["owner-team"], "x")


# ------------------------------------------------------------------ models


def check_models():
    def rows(*arguments, region="us-east-1"):
        ended = run([program, "--region", region, "--json", "models", *arguments],
                    AWS_ENDPOINT_URL=emulator.url)
        equal((ended.returncode, ended.stderr), (0, ""))
        return [json.loads(line) for line in ended.stdout.decode().splitlines()]

    by_source = {row["copyFrom"]: row for row in rows()}
    equal(by_source[LITE]["regions"], ["us-east-1", "us-east-2", "us-west-2"])
    equal((by_source[LITE]["scope"], by_source[LITE]["model"], by_source[LITE]["streaming"]),
          ("geo", "amazon.nova-lite-v1:0", True))
    equal((by_source[HAIKU]["scope"], by_source[HAIKU]["lifecycle"]), ("in-region", "LEGACY"))
    listed = rows("--for-agent")
    equal(sorted(row["copyFrom"] for row in listed), sorted(by_source))
    scopes = [row["scope"] for row in listed]
    equal(scopes, sorted(scopes, key=lambda scope: scope != "in-region"))
    equal(list(by_source.values())[0]["scope"], "geo")
    assert "amazon.nova-canvas-v1:0" not in by_source
    assert "amazon.nova-canvas-v1:0" in [row["copyFrom"] for row in rows("--all")]
    assert all(row["copyFrom"].split(".")[0] != "us" for row in rows(region="eu-west-1"))
    said = run([program, "--region", "us-east-1", "models", "--for-agent"],
               AWS_ENDPOINT_URL=emulator.url).stdout.decode()
    contains(said, f'"copyFrom": "{LITE}"')
    contains(said, f"{HAIKU} is LEGACY")
    contains(said, "For agents, take an in-region one")


# ------------------------------------------------------------------ delete


@case
def check_delete(it):
    before = it.there()
    contains(it("delete", "--yes", "bot-dev", code=1), "bot-dev stands behind an alias that the file has")
    arn = it.create("other-prod")
    contains(it("delete", "--yes", "other-prod", code=1), "was not made by this program")
    equal(it("delete", "--yes", "bot-dev", arn, code=1).count("Nothing was done"), 1)
    equal(sorted(it.there()), sorted([*before, "other-prod"]))
    it.environment("bot", "prod")["copyFrom"] = MICRO
    it.write()
    it.apply()
    said = it("delete", "bot-prod", code=2)
    contains(said, before["bot-prod"]["arn"])
    contains(said, "takes --yes")
    said = it("delete", "--yes", "bot-prod")
    contains(said, "bot-prod: deleted")
    contains(said, "stays on AWS's bill")
    equal(it.rows("delete", "--yes", "--force", "other-prod", "bot-dev")[1]["deleted"], "bot-dev")
    equal(sorted(it.there()), ["bot-prod_2", "small-prod"])
    # Now that no profile has the name, it is the alias.
    equal(it.rows("show", "bot-prod")[0]["name"], "bot-prod_2")


@case
def check_asked_on_a_terminal(it):
    for answer, deleted in [(b"n\n", 0), (b"\n", 0), (b"y\n", 1)]:
        ours, theirs = open_terminal()
        process = subprocess.Popen(
            [program, "--file", str(it.path), "delete", "--force", "bot-dev"], stdin=theirs,
            stdout=subprocess.PIPE, stderr=theirs,
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url})
        os.close(theirs)
        os.write(ours, answer)
        process.communicate(timeout=PATIENCE_S)
        contains(read_terminal(ours), b"[y/N]")
        equal(process.returncode, 0 if deleted else 1)
        equal(len(it.there()), 3 - deleted)


# ------------------------------------------------------------------ import


def check_import():
    with declared(program, emulator, {}) as it:
        it.path.unlink()
        it.path = it.folder / "made.json"
        geo = f"arn:aws:bedrock:{it.region}:123456789012:inference-profile/{LITE}"
        it.create("search-prod", team="search", environment="prod")
        it.create("news-agent-eu-west", environment="eu-west", application="other")
        it.create("chat-dev", geo, **{"managed-by": "terraform"})
        it.create("lonely")
        base = [program, "--region", it.region, "import"]

        def adopt(*arguments, code):
            ended = run([*base, *arguments], AWS_ENDPOINT_URL=emulator.url)
            equal((ended.returncode, ended.stderr), (code, ended.stderr))
            return ended

        adopt("--all", code=2)
        said = adopt("--all", "--yes", code=1).stderr
        contains(said, "lonely: its name is no WORKLOAD-ENVIRONMENT")
        contains(said, "chat-dev: it is managed by terraform")
        contains(said, "search-prod: is to get the tags managed-by=libbedrockcost, application=search")
        equal("managed-by" in it.there()["lonely"]["tags"], False)
        # Whoever is interrupted begins again: what is adopted is described all the same.
        adopted = adopt("search-prod", "news-agent-eu-west", "chat-dev", "--force", "--yes", code=0)
        it.path.write_bytes(adopted.stdout)
        equal(json.loads(adopted.stdout)["workloads"], {
            "search": {"environments": {"prod": {"copyFrom": MICRO, "tags": {"team": "search"}}}},
            "news-agent": {"environments": {"eu-west": {"copyFrom": MICRO, "tags": {"application": "other"}}}},
            "chat": {"environments": {"dev": {"copyFrom": LITE}}}})
        equal(it.plan(), {})
        contains(it("drift"), "All 3 profiles")
        contains(it("import", "--all", code=1), "lonely")
        it("delete", "--yes", "--force", "lonely")
        contains(it("import", "--all"), "Nothing to adopt")


# ------------------------------------------------------------------ export


@case
def check_export(it):
    arns = {name: row["arn"] for name, row in it.there().items()}
    equal(it("export", "--env").splitlines(),
          [f"BOT_PROD={arns['bot-prod']}", f"BOT_DEV={arns['bot-dev']}", f"SMALL_PROD={arns['small-prod']}"])
    equal(it("export", "--budgets").splitlines(),
          ["budget set 'bot-prod' --limit 500 --window month --series 'bot-prod' --shadow"])
    catalogue = {row["name"]: row for row in json.loads(it("export"))["profiles"]}
    equal({key: catalogue["bot-prod"][key] for key in ["alias", "arn", "degradeTo", "model", "scope", "series"]},
          {"alias": "bot-prod", "arn": arns["bot-prod"], "degradeTo": "small-prod", "model": HAIKU,
           "scope": "in-region", "series": "bot-prod"})
    equal({key: catalogue["small-prod"][key] for key in ["accepts", "maxOutput"]},
          {"accepts": ["toolConfig"], "maxOutput": 4096})
    with empty_ledger(budget) as ledger:
        ledger("profiles", "import", "-", stdin=json.dumps({"profiles": list(catalogue.values())}).encode())
        names = [json.loads(line)["alias"] for line in ledger("--json", "profiles").splitlines()]
        equal(sorted(names), sorted(catalogue))
    it.file["workloads"]["new"] = {"environments": {"prod": {"copyFrom": MICRO}}}
    it.write()
    contains(it("export", code=1), "new-prod: there is no such profile yet, so it is left out")
    it.file["workloads"]["new prod"] = {"environments": {"x": {"copyFrom": MICRO}}}
    it.file["workloads"]["new"]["environments"]["prod x"] = {"copyFrom": MICRO}
    it.write()
    it.apply()
    said = it("export", "--env", code=1)
    contains(said, "new-prod x and new prod-x would both be NEW_PROD_X: rename one of them in the file")


@case
def check_export_into_ledger(it):
    """Again and again, through a replacement and a deletion: whoever has the alias gets the current one."""
    with empty_ledger(budget) as ledger:
        def put():
            it("export", "--ledger", str(ledger.path))
            rows = [json.loads(line) for line in ledger("--json", "profiles").splitlines()]
            return {row["name"]: row.get("alias") for row in rows}

        equal(put(), {name: name for name in ["bot-dev", "bot-prod", "small-prod"]})
        first = ledger("--json", "profiles"), ledger("--json", "show")
        put()
        equal((ledger("--json", "profiles"), ledger("--json", "show")), first)
        ledger("set", "bot-prod", "--notice", "70")
        ledger("profiles", "fetch", AWS_ENDPOINT_URL=emulator.url)
        old = it.there()["bot-prod"]["arn"].split("/")[1]
        it.environment("bot", "prod")["copyFrom"] = MICRO
        it.write()
        it.apply()
        replaced = {"bot-dev": "bot-dev", "small-prod": "small-prod", f"bot-prod ({old})": None,
                    "bot-prod_2": "bot-prod"}
        equal(put(), replaced)
        ledger("profiles", "fetch", AWS_ENDPOINT_URL=emulator.url)
        equal(put(), replaced)
        (shown,) = ledger.rows("show")
        equal((shown["budget"], shown["owner"]), ("bot-prod", {"series": "bot-prod"}))
        it("delete", "--yes", "bot-prod")
        equal(put(), replaced)
        equal({row["name"]: row["series"] for row in ledger.rows("profiles")},
              {name: name.split("_")[0].split(" ")[0] for name in replaced})
    with empty_ledger(budget) as ledger:
        it.environment("bot", "prod")["budget"] = {"limit": "5", "window": "day", "shadow": False}
        it.write()
        it("export", "--ledger", str(ledger.path))
        row = json.loads(ledger("--json", "show"))
        equal((row["budget"], row["limit"], row["window"], row["shadow"]),
              ("bot-prod", "5.00", "day", False))


@case
def check_changed_budget(it):
    """A budget's name stands for its window for ever: with another window it has another name."""
    with empty_ledger(budget) as ledger:
        def put(window, limit="500"):
            it.environment("bot", "prod")["budget"] = {"limit": limit, "window": window}
            it.write()
            it("export", "--ledger", str(ledger.path))
            rows = [json.loads(line) for line in ledger("--json", "show").splitlines()]
            return [(row["budget"], row["window"], row["limit"]) for row in rows]

        equal(put("month"), [("bot-prod", "month", "500.00")])
        for _ in range(2):
            equal(put("day", "20"), [("bot-prod (day+0)", "day", "20.00")])
        for window in ["quarter", "day"]:  # what it was called first has ended, and is not free
            equal(put(window), [(f"bot-prod ({window}+0)", window, "500.00")])
        equal(put("month", "400"), [("bot-prod", "month", "400.00")])
        others = [("bot-prod (a day)", "day", "9.00"), ("bot-prod_2", "hour", "9.00")]
        for name, window, _ in others:
            ledger("set", name, "--series", "bot-prod", "--limit", "9", "--window", window)
        equal(put("month", "400"), [("bot-prod", "month", "400.00"), *others])
        for name, *_ in others:
            ledger("end", name)
        # Another Region's profiles are others, whatever they are called: an alias is one's alone.
        before = ledger("--json", "profiles")
        with declared(program, emulator) as other:
            other.apply()
            said = other("export", "--ledger", str(ledger.path), code=1)
            contains(said, 'is the alias of')
        equal(ledger("--json", "profiles"), before)


try:
    tap({name.removeprefix("check_").replace("_", " "): check for name, check in list(globals().items())
         if name.startswith("check_")})
finally:
    emulator.close()
