"""A budget of the declaration is of its alias's series: what a profile has spent, the one that replaces it
cannot. Also where the ledger has budgets from before there were series.

usage: test_series.py EMULATOR SIGN PROFILES BUDGET ASK

SPDX-License-Identifier: MIT
"""
import contextlib
import json
import sqlite3
import sys
from collections import Counter
from decimal import Decimal

from declared import HAIKU, MICRO, declared
from ledgers import PRICES, empty_ledger, ledger_with, profile
from programs import Emulator, contains, equal, run, tap

emulator_program, sign, program, budget, ask = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")


def case(check):
    """One with a file, and a Region, of its own, in which that file has been applied."""
    def run_it():
        with declared(program, emulator) as it:
            it.apply()
            check(it)

    return run_it


def ask_through(ledger, name, code=0):
    """Of a profile that the ledger may not know yet: by its ARN."""
    which = [name] if name.startswith("arn:") else ["--profile", name]
    ended = run([ask, "--ledger", str(ledger.path), "--max-tokens", "40", *which, "Hi"],
                AWS_ENDPOINT_URL=emulator.url)
    equal((ended.returncode, name), (code, name))
    return ended.stderr


def cost_of_all(ledger):
    """What the models' tokens come to, and how many calls there were of each model."""
    rates = {row["model"]: (Decimal(row["input"]), Decimal(row["output"])) for row in PRICES["prices"]}
    with contextlib.closing(sqlite3.connect(ledger.path)) as file:
        rows = list(file.execute(
            "SELECT json_extract(json, '$.model'), input, output FROM settle JOIN use ON use.id = settle.use"
            " JOIN profile ON profile.id = use.profile"))
    costs = [sum(tokens * rate for tokens, rate in zip(counts, next(
        rates[known] for known in rates if model.startswith(known)))) / 1000000 for model, *counts in rows]
    return sum(costs), Counter(model for model, *_ in rows)


@case
def check_replaced_in_mid_window(it):
    """The limit is one, whichever of the profiles spends, and whenever the ledger hears of the new one."""
    def export(limit):
        it.environment("bot", "prod")["budget"] = {"limit": f"{limit:f}", "window": "total"}
        it.write()
        it("export", "--ledger", str(ledger.path))
        return ledger.show("bot-prod")

    with empty_ledger(budget) as ledger:
        ledger.put("prices", PRICES)
        export(500)
        ask_through(ledger, "bot-prod")
        old = it.there()["bot-prod"]["arn"]
        it.environment("bot", "prod")["copyFrom"] = MICRO
        it.write()
        it.apply()
        ask_through(ledger, it.there()["bot-prod_2"]["arn"])  # the ledger learns of it from AWS
        export(500)
        ask_through(ledger, "bot-prod")
        ask_through(ledger, old)
        spent, calls = cost_of_all(ledger)
        equal(calls, {HAIKU: 2, MICRO: 2})
        row = ledger.show("bot-prod")
        equal((Decimal(row["spent"]), row["held"], row["uses"]), (spent, "0.00", 4))
        export(spent)
        for name in ["bot-prod", old]:
            contains(ask_through(ledger, name, code=1), "ask: budget bot-prod (series bot-prod, total since ")
        contains(ledger("verify"), "Sound")


@case
def check_budgets_from_before_series(it):
    """They end, and one of the series goes on with all that the window has had."""
    def budgets():
        it("export", "--ledger", str(ledger.path))
        return {row["budget"]: (row["owner"], row["window"], Decimal(row["spent"])) for row in ledger.rows("show")}

    first = it.there()["bot-prod"]
    it.environment("bot", "prod")["copyFrom"] = MICRO
    it.write()
    it.apply()
    with empty_ledger(budget) as ledger:
        ledger.put("prices", PRICES)
        rows = json.loads(it("export"))["profiles"]
        ledger.put("profiles", {"profiles": [{key: value for key, value in row.items() if key != "series"}
                                             for row in rows]})
        for name in ["bot-prod", "bot-prod_2"]:
            ledger("set", name, "--profile", it.there()[name]["arn"], "--limit", "500", "--window", "total")
            ask_through(ledger, it.there()[name]["arn"])
        ledger("set", "bot-prod of all", "--all", "--limit", "500", "--window", "total")
        it("delete", "--yes", first["arn"])
        spent, _ = cost_of_all(ledger)
        others = {"bot-prod of all": ({"all": True}, "total", spent)}
        for window, name in [("total", "(series)"), ("total", "(series)"), ("year", "(series) (year+0)"),
                             ("total", "(series)")]:
            it.environment("bot", "prod")["budget"]["window"] = window
            it.write()
            equal(budgets(), {f"bot-prod {name}": ({"series": "bot-prod"}, window, spent), **others})
        ask_through(ledger, "bot-prod")
        (more, _) = cost_of_all(ledger)
        equal(Decimal(ledger.show("bot-prod (series)")["spent"]), more)
        contains(ledger("verify"), "Sound")


def check_set():
    """By hand; and by tags, where the profile counts that stands behind the alias."""
    with ledger_with(budget, profile("old", tags={"monthly": "5"}, series="bot"),
                     profile("new", tags={"monthly": "7"}, series="bot", alias="bot"),
                     profile("one", tags={"monthly": "1"}, series="lone")) as ledger:
        said = ledger("set", "day", "--series", "bot", "--limit", "2", "--window", "day")
        equal(said, "day: 2 USD a day for series bot\n")
        for _ in range(2):
            equal(ledger("set", "--from-tag", "monthly"), "bot: 7 USD a month\nlone: 1 USD a month\n")
        equal({row["budget"]: row["owner"] for row in ledger.rows("show")},
              {"day": {"series": "bot"}, "bot": {"series": "bot"}, "lone": {"series": "lone"}})
        contains(ledger.fails("set", "day", "--series", "lone"), "give another kind of budget another name")


try:
    tap({name.removeprefix("check_").replace("_", " "): check for name, check in list(globals().items())
         if name.startswith("check_")})
finally:
    emulator.close()
