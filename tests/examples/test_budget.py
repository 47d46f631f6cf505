"""budget keeps settings, prices, profiles and limits in a ledger, and says what is wrong with them.

usage: test_budget.py EMULATOR SIGN BUDGET ASK

SPDX-License-Identifier: MIT
"""
import datetime
import json
import os
import re
import sys
import time

from ledgers import HAIKU, MICRO, PRICES, arn, cells, empty_ledger, ledger_with, profile, utc
from programs import Emulator, contains, equal, run, says_what_to_type, tap

emulator_program, sign, budget, ask = sys.argv[1:]
emulator = Emulator(emulator_program, sign)

COMMANDS = ["set", "end", "override", "show", "history", "unreported", "resolve", "profiles", "prices",
            "settings", "verify", "notify", "external", "mirror"]
TEAM = {"tags": {"team": "search"}}
SEARCH, SMALL = profile("search-prod", **TEAM), profile("search-small", MICRO, **TEAM)
DAY = {"window": "day", "offsetMinutes": 0, "noticeAt": 50, "degradeAt": 80, "shadow": False}


def ledger(*profiles):
    return ledger_with(budget, *(profiles or [SEARCH, SMALL]))


def case(*profiles):
    """A case with a ledger of its own."""

    def wrap(check):
        def run_it():
            with ledger(*profiles) as it:
                check(it)

        run_it.__doc__ = check.__doc__
        return run_it

    return wrap


def live(name, **tags):
    """A profile of the emulator, as a catalogue has it. Its model costs 0.035 and 0.14 USD."""
    return {**profile(name, MICRO, tags=tags), "arn": emulator.create_profile(name, **tags)}


def call(it, program, *arguments, **how):
    return run([program, "--ledger", str(it.path), *arguments], AWS_ENDPOINT_URL=emulator.url, **how)


# ------------------------------------------------------------------ usage, files


def check_help():
    with empty_ledger(budget) as it:
        said = it("--help")
        for word in COMMANDS + ["--ledger", "--json", "BEDROCKCOST_LEDGER", "Examples:", "Exit code:"]:
            contains(said, word)
        says_what_to_type(budget)
        with open(budget_sources("main.c")) as source:
            known = set(re.findall(r'^\s+"  budget.* (\w+)', source.read()))
        assert known <= set(COMMANDS) | set(said.split()), known
        assert max(map(len, said.splitlines())) <= 100, said
        assert not it.path.exists()


def budget_sources(name):
    return os.path.join(os.path.dirname(__file__), "../../examples/budget", name)


MISUSED = {
    "a COMMAND is needed": [[]],
    "there is no command spend": [["spend"]],
    "the budget's NAME is missing": [["set"], ["set", "--limit", "5"]],
    "is too much": [["set", "a", "b"], ["show", "a", "b"], ["end", "a", "b"], ["unreported", "x"],
                    ["verify", "x"], ["settings", "x"], ["notify", "--exec", "true", "x"]],
    "a word is missing": [["end"], ["override", "--limit", "5"], ["resolve"], ["prices", "import"][:0] or ["end"]],
    "one of --team, --tag, --profile, --series and --all": [
        ["set", "a", "--limit", "5", "--team", "x", "--all"],
        ["set", "a", "--limit", "5", "--tag", "x=y", "--profile", "z"]],
    "--tag takes KEY=VALUE": [["set", "a", "--limit", "5", "--tag", "team"],
                              ["set", "a", "--limit", "5", "--tag", "=x"]],
    "whose is it? --team VALUE": [["set", "a", "--limit", "5"]],
    "--limit USD is missing": [["set", "a", "--all"]],
    "--limit takes US dollars": [["set", "a", "--all", "--limit", limit]
                                 for limit in ["", "-1", "1e3", "five", "0x1", "1.0000000000001", "1 USD"]],
    "is more than 9223372.036854775807 USD": [["set", "a", "--all", "--limit", "9223372.036854775808"]],
    "--notice takes a number from 0 to 100": [["set", "a", "--all", "--limit", "5", "--notice", value]
                                              for value in ["101", "-1", "", "5%", "1.5"]],
    "--degrade takes a number from 0 to 100": [["set", "a", "--all", "--limit", "5", "--degrade", "x"]],
    "--offset takes hours and minutes": [["set", "a", "--all", "--limit", "5", "--offset", offset]
                                         for offset in ["2", "+2:00", "+14:01", "02:00", "+02:60", "+02:000"]],
    "--shadow or --no-shadow": [["set", "a", "--all", "--limit", "5", "--shadow", "--no-shadow"]],
    "come from the profiles": [["set", "a", "--from-tag", "x"], ["set", "--from-tag", "x", "--limit", "5"],
                               ["set", "--from-tag", "x", "--all"]],
    "are all needed": [["override", "a", "--limit", "5", "--until", "+1h", "--by", "me"], ["override", "a"]],
    "--until takes": [["override", "a", "--limit", "5", "--by", "me", "--why", "so", "--until", until]
                      for until in ["tomorrow", "+1y", "+h", "+1hh", "2026-13-01T00:00:00", "-1h"]],
    "resolve takes a number": [["resolve", "x", "--not-billed", "--by", "a", "--why", "b"], ["resolve", "0"]],
    "--billed USD or --not-billed": [["resolve", "1", "--by", "a", "--why", "b"],
                                     ["resolve", "1", "--billed", "1", "--not-billed"]],
    "--by and --why are needed": [["resolve", "1", "--not-billed"], ["resolve", "1", "--billed", "1", "--by", "a"]],
    "--billed takes US dollars": [["resolve", "1", "--billed", "x", "--by", "a", "--why", "b"]],
    "`list`, `import FILE` or `fetch [ARN...]`": [["profiles", "import"], ["profiles", "list", "x"],
                                                  ["profiles", "delete"]],
    "`import FILE` or `check`": [["prices"], ["prices", "import"], ["prices", "check", "x"], ["prices", "list"]],
    "--from and --source are for `import`": [["prices", "check", "--from", "2026-01-01"]],
    "--require-tag or --no-required-tags": [["settings", "--require-tag", "a", "--no-required-tags"]],
    "--windows takes a number": [["history", "--windows", value] for value in ["0", "x", "10001"]],
    "--exec CMD is missing": [["notify"], ["notify", "--follow"]],
    "--sns takes the ARN of a topic": [["notify", "--sns", topic] for topic in [
        "spend", "arn:aws:sns:us-east-1:123456789012", "arn:aws:sns:us-east-1:1:spend", "arn:aws:sqs:us-east-1:123456789012:a",
        "arn:aws:sns:us-east-1:123456789012:a:b", "arn:aws:sns::123456789012:a"]],
    "is a FIFO topic": [["notify", "--sns", "arn:aws:sns:us-east-1:123456789012:a.fifo"]],
    "is no UTF-8": [["set", b"\xff", "--all", "--limit", "5"]],
}


@case()
def check_misuse(it):
    for said, commands in MISUSED.items():
        for command in commands:
            ended = run([budget, *command], BEDROCKCOST_LEDGER=str(it.path))
            equal((command, ended.returncode, ended.stdout), (command, 2, b""))
            contains(ended.stderr, said)
            contains(ended.stderr, "see budget --help")
    for option in ["--what", "--limit"]:
        ended = it.run("set", "a", option)
        equal((ended.returncode, ended.stdout), (2, b""))
        contains(ended.stderr, option)
    equal(it.rows("show"), [])


def check_no_ledger():
    """A slip of the pen makes no new ledger, and says what does."""
    with empty_ledger(budget) as it:
        contains(it.fails("show", code=2, BEDROCKCOST_LEDGER=None), "Give --ledger FILE, or set BEDROCKCOST_LEDGER")
        contains(it.fails("show", code=2, BEDROCKCOST_LEDGER=""), "which ledger?")
        for command in [["show"], ["history"], ["set", "a", "--all", "--limit", "1"], ["unreported"], ["verify"],
                        ["end", "a"], ["prices", "check"], ["profiles"], ["notify", "--exec", "true"]]:
            said = it.fails(*command)
            contains(said, f"{it.path}: No such file")
            contains(said, "make a ledger where there is none")
        assert not it.path.exists()
        it("settings")
        assert it.path.exists()
        it("--ledger", it.path, "show", BEDROCKCOST_LEDGER="/nowhere/ledger")
        it("show", "--ledger", it.path, BEDROCKCOST_LEDGER="/nowhere/ledger")
        for path, said in {"/nowhere/ledger": "/nowhere", str(it.folder): str(it.folder)}.items():
            contains(it.fails("settings", "--ledger", path), said)
        it.write("ledger", "this is no ledger " * 1000)
        contains(it.fails("show"), "ledger")


@case()
def check_full_disk(it):
    it("set", "all", "--all", "--limit", "5")
    for command in [["show"], ["--json", "show"], ["--help"], ["profiles"], ["verify"], ["settings"]]:
        with open("/dev/full", "wb") as full:
            ended = it.run(*command, stdout=full)
        equal((command, ended.returncode, ended.stderr), (command, 1, "budget: stdout cannot be written\n"))


# --------------------------------------------------------------------- settings


@case()
def check_settings(it):
    wanted = {"requiredTags": [], "onError": "refuse", "durability": "process"}
    equal(it.rows("settings"), [wanted])
    equal(it("settings"), "required tags           none\n"
                          "if the ledger fails     refuse calls\n"
                          "a commit survives       the end of any process\n")
    for options, change in [
        (["--require-tag", "team", "--require-tag", "stage"], {"requiredTags": ["team", "stage"]}),
        (["--on-error", "admit"], {"onError": "admit"}),
        (["--durability", "power"], {"durability": "power"}),
        (["--require-tag", "team"], {"requiredTags": ["team"]}),
    ]:
        wanted.update(change)
        equal(it.rows("settings", *options), [wanted])
    equal(it("settings"), "required tags           team\n"
                          "if the ledger fails     admit calls\n"
                          "a commit survives       the loss of power\n")
    equal(it.rows("settings", "--no-required-tags", "--on-error", "refuse", "--durability", "process"),
          [{"requiredTags": [], "onError": "refuse", "durability": "process"}])
    contains(it.fails("settings", "--on-error", "ignore"), "onError")
    contains(it.fails("settings", "--durability", "none"), "durability")


def check_required_tags():
    """A profile without them is refused, and the text names the tag."""
    with ledger(live("untagged", stage="prod")) as it:
        it("settings", "--require-tag", "team")
        ended = call(it, ask, "--profile", "untagged", "Hi")
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "team")


# ----------------------------------------------------------------------- prices


def check_prices():
    with empty_ledger(budget) as it:
        path = it.write("prices.json", PRICES)
        equal(it("prices", "import", path), "2 prices in force from 2026-10-01: the tests\n")
        (row,) = it.rows("prices", "import", path, "--from", "2026-11-01", "--source", "me")
        equal((row["from"], row["source"], row["prices"], len(row["hash"])), ("2026-11-01", "me", 2, 64))
        (row,) = it.rows("prices", "import", "-", stdin=json.dumps({**PRICES, "source": "a pipe"}).encode())
        equal(row["source"], "a pipe")
        sample = os.path.join(os.path.dirname(__file__), "../../examples/prices.json")
        said = it("prices", "import", sample)
        assert re.fullmatch(r"\d\d prices in force from 2026-10-01: SAMPLE, no authority: .{40,60}\.\.\.\n", said), said
        for source in ["x" * 71 + "€" + "x", "x" * 72, "x" * 73]:
            said = it("prices", "import", path, "--source", source)
            contains(said, ": " + source[:71 + (source[71] == "x")] + ("...\n" if len(source) > 72 else "\n"))
        it("prices", "import", sample)
        equal(it.rows("prices", "check")[0]["table"]["source"], "me")  # the newest, not the last put


def check_faulty_prices():
    with empty_ledger(budget) as it:
        row = PRICES["prices"][0]
        for document, said in [
            ("no JSON", "expected near"),
            ("[]", "it is no JSON object"),
            ({**PRICES, "more": 1}, "more"),
            ({**PRICES, "prices": [{**row, "inputs": "1"}]}, "inputs"),
            ({**PRICES, "prices": [{**row, "input": 1.5}]}, "input"),
            ({**PRICES, "from": "yesterday"}, "from"),
        ]:
            said_by_it = it.fails("prices", "import", it.write("prices.json", document))
            contains(said_by_it, said)
        contains(it.fails("prices", "import", "/nowhere/prices.json"), "/nowhere/prices.json: No such file")
        it("settings")
        equal(it.rows("prices", "check"), [{"table": None}])


COMMUNITY = """{
  "sample_spec": {"litellm_provider": "one of the providers", "mode": "chat"},
  "amazon.nova-micro-v1:0": {"input_cost_per_token": 3.5e-08, "output_cost_per_token": 1.4e-07,
    "litellm_provider": "bedrock_converse", "mode": "chat", "max_output_tokens": 10000},
  "us.anthropic.claude-haiku-4-5-20251001-v1:0": {"input_cost_per_token": 1.1e-06,
    "output_cost_per_token": 5.5e-06, "cache_read_input_token_cost": 1.1e-07,
    "litellm_provider": "bedrock_converse", "mode": "chat"},
  "gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
    "litellm_provider": "openai", "mode": "chat"}
}"""


def check_community_prices():
    """As it is, without rounding its numbers on the way."""
    haiku = profile("geo", "anthropic.claude-haiku-4-5-20251001-v1:0", scope="geo")
    with empty_ledger(budget) as it:
        path = it.write("model_prices_and_context_window.json", COMMUNITY)
        (row,) = it.rows("prices", "import", path)
        equal((row["from"], row["source"]), (utc()[:10], "model_prices_and_context_window.json"))
        contains(it("prices", "import", path, "--from", "2026-11-02", "--source", "it's"), "2026-11-02: it's\n")
        it.put("profiles", {"profiles": [SMALL, haiku]})
        prices = {row["name"]: row["price"] for row in it.rows("profiles")}
        equal([prices["search-small"][kind] for kind in ["input", "output"]], ["0.035", "0.14"])
        equal([prices["geo"][kind] for kind in ["input", "output", "cacheRead"]], ["1.10", "5.50", "0.11"])
        contains(it("prices", "check"), "Every profile has a price: 2.\n")


@case(SEARCH, profile("old", "amazon.titan-text-express-v1"), {"arn": arn("bare"), "name": "bare"})
def check_prices_check(it):
    ended = it.run("prices", "check")
    equal(ended.returncode, 1)
    days = (datetime.date.fromisoformat(utc()[:10]) - datetime.date(2026, 10, 1)).days
    equal(ended.stdout.decode().splitlines(), [
        f"2 prices of 2026-10-01, {days} days old: the tests",
        "no price: bare: its model is not known, in-region",
        "no price: old: amazon.titan-text-express-v1, in-region",
    ])
    contains(ended.stderr, "2 of 3 profiles have no price")
    ended = it.run("--json", "prices", "check")
    equal(ended.returncode, 1)
    table, *unpriced = map(json.loads, ended.stdout.splitlines())
    equal((table["ageDays"], table["table"]["source"]), (days, "the tests"))
    equal(unpriced, [{"unpriced": "bare"}, {"unpriced": "old", "model": "amazon.titan-text-express-v1"}])


# --------------------------------------------------------------------- profiles


def check_profiles():
    with empty_ledger(budget) as it:
        it("settings")
        contains(it("profiles"), "No profiles yet")
        one = profile("search-prod", alias="search", degradeTo="search-small", **TEAM)
        equal(it("profiles", "import", it.write("one.json", one)), "1 profile imported\n")
        it.put("prices", PRICES)
        equal(it.rows("profiles", "import", "-", stdin=json.dumps({"profiles": [SMALL]}).encode()), [{"profiles": 1}])
        heading, *rows, note = it("profiles", "list").splitlines()
        equal(cells(heading), ["profile", "alias", "tags", "model", "scope", "input", "output", "degrades to", "ARN"])
        equal([cells(row) for row in rows], [
            ["search-prod", "search", "team=search", HAIKU, "in-region", "0.25", "1.25", "search-small", arn("search-prod")],
            ["search-small", "-", "team=search", MICRO, "in-region", "0.035", "0.14", "-", arn("search-small")],
        ])
        contains(note, "USD per million tokens")
        rows = it.rows("profiles")
        equal({key: rows[0][key] for key in one}, one)
        equal(rows[0]["price"]["input"], "0.25")
        for document, said in [("{", "JSON"), ({"name": "x"}, "arn"), ({**one, "tag": {}}, "tag"),
                               ({**one, "arn": MICRO}, "arn")]:
            contains(it.fails("profiles", "import", it.write("bad.json", document)), said)
        equal(len(it.rows("profiles")), 2)


def check_fetch():
    """What is AWS's comes from there; what is ours stays."""
    aws = {"AWS_ENDPOINT_URL": emulator.url}
    known = live("fetched", team="search")
    with ledger({**known, "alias": "mine", "tags": {}, "model": "other.model", "scope": "geo",
                 "accepts": ["system"]}) as it:
        equal(it("profiles", "fetch", known["arn"], **aws),
              f"fetched: {MICRO}, in-region; 1 tags\n".replace("1 tags", "1 tag"))
        (row,) = it.rows("profiles")
        wanted = {**known, "alias": "mine", "accepts": ["system"]}
        equal({key: row[key] for key in wanted}, wanted)
        new = emulator.create_profile("new", team="search", stage="prod")
        (row,) = it.rows("profiles", "fetch", new, **aws)
        equal(row, {"arn": new, "name": "new", "model": MICRO, "scope": "in-region",
                    "tags": {"team": "search", "stage": "prod"}})
        emulator.call("POST", "/tagResource", {"resourceARN": new, "tags": [{"key": "team", "value": "ads"}]})
        equal(len(it.rows("profiles", "fetch", **aws)), 2)
        tags = {row["name"]: row["tags"] for row in it.rows("profiles")}
        equal(tags, {"fetched": {"team": "search"}, "new": {"team": "ads", "stage": "prod"}})
        seen = emulator.requests_seen()
        contains(it.fails("profiles", "fetch", known["arn"], MICRO, **aws), MICRO)
        equal(emulator.requests_seen(), seen)
        contains(it.fails("profiles", "fetch", arn("nobody12345"), **aws), "nobody12345: ResourceNotFoundException")
        contains(it.fails("profiles", "fetch", new, AWS_ENDPOINT_URL="http://127.0.0.1:1"), "127.0.0.1")
    with empty_ledger(budget) as it:
        contains(it.fails("profiles", "fetch", code=2, **aws), "give their ARNs")


def check_fetch_scopes():
    aws = {"AWS_ENDPOINT_URL": emulator.url}
    scopes = {}
    for row in emulator.call("GET", "/inference-profiles?type=SYSTEM_DEFINED")[1]["inferenceProfileSummaries"]:
        status, answer = emulator.call("POST", "/inference-profiles", {
            "inferenceProfileName": row["inferenceProfileId"].replace(":", "-").replace(".", "-"),
            "modelSource": {"copyFrom": row["inferenceProfileArn"]},
            "tags": [{"key": "team", "value": "search"}]})
        equal(status, 201)
        kind = "global" if row["inferenceProfileId"].startswith("global.") else "geo"
        scopes[answer["inferenceProfileArn"]] = (kind, row["inferenceProfileId"].split(".", 1)[1])
    with empty_ledger(budget) as it:
        rows = it.rows("profiles", "fetch", *scopes, **aws)
        equal({row["arn"]: (row["scope"], row["model"]) for row in rows}, scopes)


# ---------------------------------------------------------------------- budgets


@case()
def check_set(it):
    equal(it("set", "a", "--team", "search", "--limit", "500"), "a: 500 USD a month for team=search\n")
    owners = {
        "a": ["--team", "search"], "b": ["--tag", "team=search"], "c": ["--profile", "search-prod"],
        "d": ["--all"], "e": ["--profile", arn("search-prod")],
    }
    for name, owner in owners.items():
        it("set", name, "--limit", "0.000000000001", *owner)
    rows = {row["budget"]: row for row in it.rows("show")}
    equal([rows[name]["owner"] for name in "abd"],
          [{"tag": "team", "value": "search"}, {"tag": "team", "value": "search"}, {"all": True}])
    assert all(rows[name]["owner"].keys() == {"profile"} for name in "ce"), rows
    equal({row["limit"] for row in rows.values()}, {"0.000000000001"})
    (row,) = it.rows("set", "f", "--all", "--limit", "9223372", "--window", "day", "--offset", "-03:30",
                     "--notice", "0", "--degrade", "100", "--shadow")
    equal(row, {"name": "f", "owner": {"all": True}, "limit": "9223372", "window": "day",
                "offsetMinutes": -210, "noticeAt": 0, "degradeAt": 100, "shadow": True})
    for window in ["hour", "day", "week", "month", "quarter", "year", "total"]:
        said = it("set", window, "--all", "--limit", "1", "--window", window)
        equal(said, f"{window}: 1 USD {'in' if window == 'total' else 'a'} {window} for all\n")
        equal(it.show(window)["window"], window)
    equal(it.show("total")["resetsAt"], None)


@case()
def check_set_again(it):
    """What is not given stays."""
    it("set", "a", "--team", "search", "--limit", "5", "--window", "day", "--notice", "10", "--shadow")
    equal(it("set", "a", "--limit", "6"), "a: 6 USD a day for team=search; shadow: it blocks nothing\n")
    equal(it("set", "a", "--no-shadow"), "a: 6.00 USD a day for team=search\n")
    (row,) = it.rows("set", "a", "--degrade", "0")
    equal(row, {**DAY, "name": "a", "owner": {"tag": "team", "value": "search"}, "limit": "6.00", "noticeAt": 10,
                "degradeAt": 0})
    for change in ["--all"], ["--team", "ads"], ["--window", "week"], ["--offset", "+01:00"]:
        contains(it.fails("set", "a", *change), "a")  # these make another budget
    (row,) = it.rows("show")
    equal((row["owner"], row["window"]), ({"tag": "team", "value": "search"}, "day"))


@case()
def check_set_nobody(it):
    """An owner that matches no profile is most often a slip of the pen."""
    for owner in [["--team", "serach"], ["--tag", "stage=prod"], ["--profile", "nobody"], ["--profile", arn("x")],
                  ["--series", "nobody"]]:
        contains(it.fails("set", "a", "--limit", "5", *owner), owner[1].split("=")[0])
    contains(it.fails("set", "a", "--limit", "5", "--all", "--window", "fortnight"), "window")
    equal(it.rows("show"), [])


MONTHLY = {"monthly-budget": "500"}


@case(profile("a", tags=MONTHLY), profile("b", tags={"monthly-budget": "0.25"}), profile("c", **TEAM),
      profile("d", tags={"monthly-budget": "500 USD"}), profile("e", tags={"monthly-budget": "99999999"}),
      profile("f", tags=MONTHLY))
def check_from_tag(it):
    """What was made is said, and what could not be read."""
    it("set", "f", "--all", "--limit", "1")
    ended = it.run("set", "--from-tag", "monthly-budget", "--notice", "90", "--offset", "+01:00")
    equal((ended.returncode, ended.stdout.decode()), (1, "a: 500 USD a month\nb: 0.25 USD a month\n"))
    equal(ended.stderr.splitlines(), [
        "budget: d: 500 USD: no amount of US dollars, as 500 or 0.25",
        "budget: e: 99999999: more than 9223372 USD",
        "budget: f: 500: there is a budget of this name that is another's",
    ])
    rows = {row["budget"]: row for row in it.rows("show")}
    equal(sorted(rows), ["a", "b", "f"])
    equal((rows["a"]["limit"], rows["b"]["limit"], rows["f"]["limit"]), ("500.00", "0.25", "1.00"))
    equal(rows["a"]["window"], "month")
    contains(rows["a"]["start"], "T23:00:00Z")
    equal(rows["a"]["owner"].keys(), {"profile"})

    it.put("profiles", {"profiles": [profile("d"), profile("e"), profile("a", tags={"monthly-budget": "7"}),
                                         profile("f")]})
    said = {row["name"]: row for row in it.rows("set", "--from-tag", "monthly-budget", "--shadow")}
    equal({name: row["limit"] for name, row in said.items()}, {"a": "7", "b": "0.25"})
    equal([said["a"][key] for key in ["noticeAt", "offsetMinutes", "shadow"]], [90, 60, True])
    contains(it.fails("set", "--from-tag", "yearly"), "none of the 6 profiles has the tag yearly")


@case()
def check_end(it):
    it("set", "a", "--all", "--limit", "5")
    equal(it("end", "a"), "a: ended; its records stay\n")
    contains(it("show"), "No budgets yet")
    contains(it.fails("show", "a"), "there is no budget a")
    contains(it.fails("end", "b"), "b")
    it("set", "a", "--all", "--limit", "5")
    equal(it.rows("end", "a"), [{"name": "a", "ended": True}])


@case()
def check_override(it):
    it("set", "a", "--all", "--limit", "5")
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    why = ["--by", "ada", "--why", "launch"]
    equal(it("override", "a", "--limit", "8", "--until", "2999-12-01", *why), "a: 8 USD until 2999-12-01 00:00 UTC\n")
    (row,) = it.rows("override", "a", "--limit", "9.5", "--until", soon.strftime("%Y-%m-%dT%H:%M:%SZ"), *why)
    equal(row, {"budget": "a", "limit": "9.5", "until": soon.strftime("%Y-%m-%dT%H:%M:%SZ"), "by": "ada", "why": "launch"})
    row = it.show("a")
    equal((row["limit"], row["left"]), ("9.50", "9.50"))
    equal(row["overrideUntil"], soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    contains(it("show"), f"limit overridden until {soon.strftime('%Y-%m-%d %H:%M')} UTC")
    for until, seconds in [("+90m", 5400), ("+4h", 4 * 3600), ("+3d", 3 * 86400)]:
        (row,) = it.rows("override", "a", "--limit", "8", "--until", until, *why)
        at = datetime.datetime.fromisoformat(row["until"].replace("Z", "+00:00")).timestamp()
        assert abs(at - time.time() - seconds) < 300, row
    contains(it.fails("override", "b", "--limit", "8", "--until", "+1h", *why), "b")


CHECKS = {
    "help": check_help,
    "wrong usage": check_misuse,
    "no ledger": check_no_ledger,
    "full disk": check_full_disk,
    "settings": check_settings,
    "required tags": check_required_tags,
    "prices": check_prices,
    "faulty prices": check_faulty_prices,
    "community's prices": check_community_prices,
    "prices check": check_prices_check,
    "profiles": check_profiles,
    "profiles fetch": check_fetch,
    "profiles fetch: scopes": check_fetch_scopes,
    "set": check_set,
    "set again": check_set_again,
    "set for nobody": check_set_nobody,
    "set from a tag": check_from_tag,
    "end": check_end,
    "override": check_override,
}

try:
    tap(CHECKS)
finally:
    emulator.close()
