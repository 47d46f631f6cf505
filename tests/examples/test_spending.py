"""budget says how limits stand, and what asks keeps to them.

usage: test_spending.py EMULATOR SIGN BUDGET ASK CHAT TALLY

SPDX-License-Identifier: MIT
"""
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from decimal import Decimal

import services
from killing import FORMS, WITHHELD_MS, run_until_fault
from ledgers import MICRO, cells, ledger_with, profile, utc
from programs import (
    ENVIRONMENT,
    PATIENCE_S,
    Emulator,
    contains,
    equal,
    open_terminal,
    read_terminal,
    run,
    tap,
    wait_for,
)

emulator_program, sign, budget, ask, chat, tally = sys.argv[1:]
emulator = Emulator(emulator_program, sign)


def ledger(*profiles):
    return ledger_with(budget, *profiles)


def live(name, **tags):
    """A profile of the emulator, as a catalogue has it. Its model costs 0.035 and 0.14 USD."""
    return {**profile(name, MICRO, tags=tags), "arn": emulator.create_profile(name, **tags)}


def call(it, program, *arguments, **how):
    return run([program, "--ledger", str(it.path), *arguments], AWS_ENDPOINT_URL=emulator.url, **how)


# ----------------------------------------------------------- how they stand


def check_show():
    one = live("show", team="search")
    with ledger(one) as it:
        contains(it("show"), "No budgets yet: `budget set")
        it("set", "search", "--team", "search", "--limit", "1", "--window", "total")
        noon = f"{12 - int(utc()[11:13]):+03d}:00"  # where it is: a pace can be told
        it("set", "everybody", "--all", "--limit", "0.00001", "--window", "day", "--offset", noon, "--shadow",
           "--degrade", "0")
        for _ in range(3):
            equal(call(it, ask, "--profile", "show", "--max-tokens", "40", "Hi").returncode, 0)
        heading, *rows = it("show").splitlines()
        equal(cells(heading), ["budget", "owner", "used", "spent", "held", "unreported", "left", "limit", "pace",
                               "state", "resets"])
        everybody, search = (row for row in it.rows("show"))
        equal([search[key] for key in ["budget", "window", "settled", "held", "unreported", "uses", "refusals"]],
              ["search", "total", search["spent"], "0.00", "0.00", 3, 0])
        equal(Decimal(search["spent"]) + Decimal(search["left"]), 1)
        bill = emulator.bill()["profiles"][one["arn"]]
        cost = bill["inputTokens"] * Decimal("0.000000035") + bill["outputTokens"] * Decimal("0.00000014")
        equal(Decimal(search["spent"]), cost)
        equal((search["pace"], search["resetsAt"]), (None, None))
        assert Decimal(everybody["pace"]) >= cost, everybody
        assert everybody["refusals"] > 0 and everybody["shadow"], everybody
        contains(rows[0], "limit, shadow")
        contains(rows[0], "[####################]")
        assert re.search(r"search +team=search +\[\.{20}\] +0 % ", rows[1]), rows[1]
        contains(rows[1], "never")
        assert re.search(r"20\d\d-\d\d-\d\d \d\d:00 UTC, in 1[0-2] h$", rows[0]), rows[0]
        equal([" over " in row for row in rows], [True, False])
        shown = re.search(r"0 %  +(0\.\d+)  +0\.00  +0\.00  +(0\.\d+)  ", rows[1]).groups()
        equal(shown[0], str(Decimal(search["spent"]).quantize(Decimal("0.000001"), "ROUND_UP")))
        equal(shown[1], str(Decimal(search["left"]).quantize(Decimal("0.000001"), "ROUND_DOWN")))
        equal(it.rows("show", "search"), [search])
        contains(it.fails("show", "nobody"), "there is no budget nobody")
        for name in ["é" * 100, "x" + "ह" * 70, "🚀" * 50]:  # what is too long is cut between characters
            it("set", name, "--all", "--limit", "1")
            contains(it("show"), name[:35])


def check_colours():
    """For people only."""
    with ledger(profile("a")) as it:
        shows_colours(it)


def shows_colours(it):
    it("set", "a", "--all", "--limit", "5")
    assert "\033" not in it("show")

    def in_terminal(**environment):
        mine, its = open_terminal()
        with os.fdopen(its, "wb") as terminal:
            equal(it.run("show", stdout=terminal, **environment).returncode, 0)
        return read_terminal(mine).decode()

    contains(in_terminal(), "\033[32m[....................]\033[0m")
    assert "\033" not in in_terminal(NO_COLOR="1")


def check_history():
    with ledger(live("history", team="search")) as it:
        it("set", "search", "--team", "search", "--limit", "0.5", "--window", "month")
        it("set", "ever", "--all", "--limit", "1", "--window", "total")
        equal(call(it, ask, "--profile", "history", "--max-tokens", "40", "Hi").returncode, 0)
        rows = it.rows("history", "search", "--windows", "4")
        starts = [row["start"] for row in rows]
        equal((len(starts), starts), (4, sorted(starts, reverse=True)))
        equal([row["uses"] for row in rows], [1, 0, 0, 0])
        equal({row["budget"] for row in it.rows("history")}, {"search", "ever"})
        heading, *lines = it("history", "search").splitlines()
        equal(cells(heading), ["budget", "window from", "spent", "unreported", "limit", "calls", "refused", "state"])
        equal(len(lines), 6)
        contains(lines[0], utc()[:7] + "-01 00:00 UTC")
        contains(it.fails("history", "nobody"), "there is no budget nobody")


# -------------------------------------------------------- what is not known


def check_unreported():
    one = live("unreported", team="search")
    with ledger(one) as it:
        it("set", "search", "--team", "search", "--limit", "1")
        equal(it("unreported"), "Nothing is unreported.\n")
        for fault in [{"cut": -1}, {"cut": 30}, {"body": ""}]:
            emulator.fail_next(profile=one["arn"], **fault)
            ended = call(it, ask, "--profile", "unreported", "--max-tokens", "40", "Hi")
            equal(ended.returncode, 1)
            contains(ended.stderr, " unreported, request ")
        rows = it.rows("unreported")
        equal([(row["outcome"], row["cost"], row["resolution"]) for row in rows], [("unreported", None, None)] * 3)
        holds = [Decimal(row["hold"]) for row in rows]
        heading, *lines, total, hint = it("unreported").splitlines()
        equal(cells(heading), ["id", "at", "age", "profile", "hold", "request", "what happened"])
        equal([cells(line)[0] for line in lines], [str(row["id"]) for row in rows])
        for line, row in zip(lines, rows):
            equal(cells(line)[3:4], ["unreported"])
            assert re.match(r"\d+ s$", cells(line)[2]), line
            contains(line, row["requestId"] or " - ")
        contains(total, "3 in all, ")
        contains(hint, "budget resolve ID --billed USD (or --not-billed) --by WHO --why TEXT")
        show = it.show("search")
        equal((Decimal(show["unreported"]), show["settled"]), (sum(holds), "0.00"))
        equal(show["spent"], show["unreported"])

        ids, why = [row["id"] for row in rows], ["--by", "ada", "--why", "the log"]
        equal(it("resolve", ids[0], "--billed", "0.0021", *why), f"{ids[0]}: 0.0021 USD\n")
        equal(it.rows("resolve", ids[1], "--not-billed", *why),
              [{"record": ids[1], "notBilled": True, "by": "ada", "why": "the log"}])
        equal([row["id"] for row in it.rows("unreported")], ids[2:])
        show = it.show("search")
        equal((show["settled"], Decimal(show["unreported"])), ("0.0021", holds[2]))
        for again in ids[:2]:
            it.fails("resolve", again, "--not-billed", *why)
        it.fails("resolve", 999, "--not-billed", *why)
        untimed = {"pace": None}  # it goes down with each moment
        equal(it.show("search") | untimed, show | untimed)
        contains(it("verify"), "Sound")


def check_lost():
    """A process that was killed leaves its hold, which counts as spent until somebody says more."""
    one = live("lost", team="search")
    with ledger(one) as it:
        it("set", "search", "--team", "search", "--limit", "1")
        emulator.fail_next(profile=one["arn"], delayMs=600_000)
        command = [ask, "--ledger", it.path, "--max-tokens", "40", one["arn"], "Hi"]
        with subprocess.Popen(command, env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}) as killed:
            held = wait_for(lambda: Decimal(it.show("search")["held"]))
            equal(it("unreported"), "Nothing is unreported.\n")
            killed.kill()
        row = it.show("search")
        equal((row["held"], Decimal(row["unreported"]), row["spent"]), ("0.00", held, row["unreported"]))
        contains(it("unreported"), "its process ended")
        contains(it("verify"), "Sound")


def check_moved():
    """Who has it open notices, and goes on when it is back."""
    one = live("moved", team="search")
    with ledger(one) as it, subprocess.Popen(
            [chat, "--max-tokens", "20", "--ledger", it.path, one["arn"]], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}) as chatting:
        away = it.folder / "away"
        away.mkdir()
        for there, said in [(it.folder, "turn: "), (away, "moved"), (it.folder, "turn: ")]:
            for part in [*it.folder.glob("ledger*"), *away.glob("ledger*")]:
                part.rename(there / part.name)
            chatting.stdin.write(b"Hi\n")
            chatting.stdin.flush()
            line = chatting.stderr.readline().decode()
            contains(line, said)
            if there == away:
                contains(chatting.stderr.readline().decode(), "turn: input 0, output 0")
        chatting.stdin.close()
        equal(len(it.rows("profiles")), 1)


# -------------------------------------------------------------------- verify


def check_verify():
    with ledger(live("verify", team="search")) as it:
        it("set", "search", "--team", "search", "--limit", "1")
        equal(call(it, ask, "--profile", "verify", "--max-tokens", "40", "Hi").returncode, 0)
        contains(it("verify"), "Sound: ")
        equal(it.rows("verify"), [])
        with sqlite3.connect(it.path) as file:
            file.execute("UPDATE total SET settled = settled + 1")
        file.close()
        ended = it.run("verify")
        equal(ended.returncode, 1)
        assert re.match(r"total: budget search, start .*, column settled, is 0\.\d+, ", ended.stdout.decode())
        contains(ended.stderr, "doc/money.md")
        ended = it.run("--json", "verify")
        equal(ended.returncode, 1)
        row = json.loads(ended.stdout.splitlines()[0])
        equal((row["finding"], row["budget"], row["column"]), ("total", "search", "settled"))


# -------------------------------------------------------------------- notify


def crossed(it, name):
    """A budget of which one call passes every step."""
    it("set", "search", "--team", "search", "--limit", "0.000025")
    equal(call(it, ask, "--profile", name, "--max-tokens", "40", "Hi").returncode, 0)
    for _ in range(20):
        if call(it, ask, "--profile", name, "--max-tokens", "40", "Hi").returncode != 0:
            return
    raise AssertionError("it is never refused")


def check_notify():
    """What fails is tried again, what was delivered is not."""
    with ledger(live("notify", team="search")) as it:
        equal(it("notify", "--exec", "echo never"), "")
        crossed(it, "notify")
        out = it.folder / "out"
        ended = it.run("notify", "--exec", f"cat >>'{out}'; exit 3")
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "the command exited with 3; it will be run again")
        equal(len(out.read_text().splitlines()), 1)  # the first that fails ends it
        ended = it.run("notify", "--exec", "kill -9 $$")
        contains(ended.stderr, "ended by signal 9")
        ended = it.run("notify", "--exec", "exec /nowhere/command")
        contains(ended.stderr, "exited with 127")

        names = "KIND NAME OWNER WINDOW LIMIT SPENT HELD START RESETS_AT AT ID SUBJECT SHADOW TEXT".split()
        script = "".join(f'echo "{name}=$BUDGET_{name}" >>\'{out}\';' for name in names)
        out.unlink()
        said = it("notify", "--exec", f"cat >>'{out}'; {script}")
        equal(re.findall(r": search (\w+): delivered", said), ["notice", "degrade", "limit"])
        lines = out.read_text().splitlines()
        size = len(names) + 1
        equal(len(lines), 3 * size)
        for start in range(0, len(lines), size):
            edge = json.loads(lines[start])
            values = dict(line.split("=", 1) for line in lines[start + 1 : start + size])
            for variable, member in [("KIND", "kind"), ("NAME", "budget"), ("WINDOW", "window"), ("LIMIT", "limit"),
                                     ("SPENT", "spent"), ("HELD", "held"), ("START", "start"), ("AT", "at"),
                                     ("RESETS_AT", "resetsAt"), ("SUBJECT", "subject"), ("TEXT", "text")]:
                equal(values[variable], edge[member])
            equal((values["OWNER"], values["SHADOW"], values["ID"]), ("team=search", "0", str(edge["id"])))
        equal(it("notify", "--exec", "echo never; false"), "")


TOPIC = "arn:aws:sns:us-east-1:123456789012:spend"


def check_notify_killed(it):
    """Whether SNS took it or not: what the ledger does not know to be delivered is published again."""
    other = TOPIC + "-killed"
    services.sns(emulator, "CreateTopic", Name="spend-killed")
    command = [budget, "--ledger", str(it.path), "notify", "--sns", other]
    for form, skip in [("withheld", 0), ("lost", 1), ("withheld", 1)]:
        emulator.tell("POST", "/_emulator/faults", {"delayMs": WITHHELD_MS, "skip": skip, **FORMS[form]})
        assert run_until_fault(emulator, command, {})
        emulator.tell("DELETE", "/_emulator/faults")
    it("notify", "--sns", other, AWS_ENDPOINT_URL=emulator.url)
    times = Counter(message["Subject"].split()[-1] for message in emulator.tell("GET", "/_emulator/messages")
                    if message["TopicArn"] == other)
    equal(times, {"notice": 2, "degrade": 1, "limit": 2})


def check_notify_sns():
    """Published until the topic takes it, beside a command and on an account of its own."""
    aws = {"AWS_ENDPOINT_URL": emulator.url}
    with ledger(live("topic", team="search")) as it:
        crossed(it, "topic")
        ended = it.run("notify", "--sns", TOPIC, "--exec", "true", **aws)
        equal((ended.returncode, ended.stdout.count(b"delivered")), (1, 3))  # to the command
        contains(ended.stderr, f"edge 1: {TOPIC} did not take it; it will be published again: NotFound")
        contains(ended.stderr, "Create the topic (`aws sns create-topic`), or correct its ARN and region")
        services.sns(emulator, "CreateTopic", Name="spend")
        emulator.fail_next(operation="Publish", type="AuthorizationError", status=403, skip=1)
        ended = it.run("notify", "--sns", TOPIC, **aws)
        equal((ended.returncode, ended.stdout.count(b"delivered")), (1, 1))
        contains(ended.stderr, "edge 2: ")
        rows = [json.loads(line) for line in it("--json", "notify", "--sns", TOPIC, "--exec", "false", **aws).splitlines()]
        equal([(row["edge"], row["to"]) for row in rows], [(2, "sns:" + TOPIC), (3, "sns:" + TOPIC)])
        equal(it("notify", "--sns", TOPIC, **aws), "")
        check_notify_killed(it)
    messages = [message for message in emulator.tell("GET", "/_emulator/messages") if message["TopicArn"] == TOPIC]
    equal([message["Subject"] for message in messages],
          ["budget search: notice", "budget search: degrade", "budget search: limit"])
    for message in messages:
        forms = json.loads(message["Message"])
        edge = json.loads(forms["default"])
        equal(forms["sms"], edge["text"])
        equal(forms["email"].split("\n\n"), [edge["text"], forms["default"] + "\n"])
        equal({name: value["StringValue"] for name, value in message["MessageAttributes"].items()},
              {"kind": edge["kind"], "budget": "search"})


def check_notify_ignores_stdin():
    """A command that does not read, and prints much, is as good."""
    with ledger(live("ignores", team="search")) as it:
        crossed(it, "ignores")
        rows = [json.loads(line) for line in
                it("--json", "notify", "--exec", "exec <&-; sleep 0.1").splitlines()]
        equal([row["to"] for row in rows], ["notify"] * 3)


def check_follow():
    """Goes on until it is told to end, and gets what comes later."""
    with ledger(live("follow", team="search")) as it:
        out, broken = it.folder / "out", it.folder / "broken"
        broken.touch()
        command = f"test ! -e '{broken}' && echo $BUDGET_KIND >>'{out}'"
        said = it.folder / "said"
        with open(said, "wb") as stderr, subprocess.Popen(
                [budget, "--ledger", it.path, "notify", "--follow", "--exec", command],
                stdout=subprocess.DEVNULL, stderr=stderr, env=ENVIRONMENT) as follower:
            try:
                crossed(it, "follow")
                wait_for(lambda: "it will be run again" in said.read_text())
                assert not out.exists()
                broken.unlink()
                wait_for(lambda: out.exists() and out.read_text().split() == ["notice", "degrade", "limit"])
                follower.send_signal(signal.SIGTERM)
                equal(follower.wait(PATIENCE_S), 0)
            finally:
                follower.kill()


# ------------------------------------------------------------ those who ask


def check_refusal():
    """Says all that an operator needs, and sends nothing."""
    one = live("refused", team="search")
    with ledger(one) as it:
        it("set", "search", "--team", "search", "--limit", "0.000001", "--window", "day")
        seen = emulator.requests_seen()
        ended = call(it, ask, "--profile", "refused", "--max-tokens", "400", "Hi")
        equal((ended.returncode, ended.stdout), (1, b""))
        for part in ["search", "team=search", "0.000001", "spent", "held", "override", "maxTokens"]:
            contains(ended.stderr, part)
        equal(emulator.requests_seen(), seen)
        ended = call(it, chat, "--profile", "refused", "--max-tokens", "400", stdin=b"Hi\n")
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "team=search")
        ended = call(it, tally, "--prompt", "Hi", "--count", "5", "--max-tokens", "400", "--json", one["arn"])
        equal(ended.returncode, 1)
        equal(ended.stderr.count("team=search"), 1)
        row = json.loads(ended.stdout)
        equal([row[key] for key in ["calls", "failed", "reported", "cost"]], [5, 5, 0, "0.00"])
        equal(it.show("search")["refusals"], 7)
        equal(it.show("search")["spent"], "0.00")


def check_notices():
    """Whoever asks says what its budgets have to say, once."""
    for program, how in [(ask, {}), (chat, {"stdin": b"Hi\n"}), (tally, {})]:
        one = live("told", team="search")
        with ledger(one) as it:
            it("set", "search", "--team", "search", "--limit", "0.000001", "--shadow")
            words = ["--prompt", "Hi", one["arn"]] if program is tally else [one["arn"]] + ["Hi"] * (program is ask)
            told = [re.findall(r"^notice: budget search \(team=search\): (.*)$", ended.stderr, re.M)
                    for ended in (call(it, program, "--max-tokens", "40", *words, **how) for _ in range(2))]
            equal((program, [text.split(" of ")[0] for text in told[0]], told[1]),
                  (program, ["the limit", "50 %", "80 %"], []))


def check_bound():
    """What nobody can bound is refused until somebody does, and nothing is sent."""
    one = live("bounded", team="search")
    with ledger(one) as it:
        it("set", "search", "--team", "search", "--limit", "1")
        words = ["--profile", "bounded", "--max-tokens", "40", "--set", 'additionalModelRequestFields={"planted":1}']
        seen = emulator.requests_seen()
        ended = call(it, ask, *words, "Hi")
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "additionalModelRequestFields.planted; say it with brc_request_set_bound()")
        equal(emulator.requests_seen(), seen)
        bounds = []
        for bound in ["0", "1000"]:
            equal(call(it, ask, *words, "--bound", bound, "Hi").returncode, 0)
            with sqlite3.connect(it.path) as file:
                bounds += file.execute("SELECT input_bound FROM use ORDER BY id DESC LIMIT 1").fetchone()
        equal(bounds[1] - bounds[0], 1000)
    for wrong in [["--bound", "-1"], ["--bound", "x"], ["--set", "planted"]]:
        equal(run([ask, *wrong, one["arn"], "Hi"]).returncode, 2)
    ended = run([ask, "--set", "serviceTier={", one["arn"], "Hi"])
    equal(ended.returncode, 1)
    contains(ended.stderr, "serviceTier")


def check_degrade():
    """Another profile of the same tags answers, and it is said."""
    small, one = live("degrade-small", team="search"), live("degrade-prod", team="search")
    with ledger({**one, "degradeTo": "degrade-small"}, small) as it:
        it("set", "search", "--team", "search", "--limit", "0.00003", "--degrade", "1")
        first = call(it, ask, "--profile", "degrade-prod", "--max-tokens", "40", "Hi")
        assert "degraded" not in first.stderr, first.stderr
        second = call(it, ask, "--profile", "degrade-prod", "--max-tokens", "40", "Hi")
        usage, said = second.stderr.splitlines()
        assert re.search(r" ms, 0\.0000\d+ USD$", usage), usage
        contains(said, f"ask: degraded by a budget: sent through degrade-small ({MICRO})")
        ended = call(it, chat, "--profile", "degrade-prod", "--max-tokens", "40", stdin=b"Hi\n")
        contains(ended.stderr, "chat: degraded by a budget: sent through degrade-small")
        assert re.search(r"turn: input \d+, output \d+, 0\.0000\d+ USD; session", ended.stderr), ended.stderr
        table = call(it, tally, "--prompt", "Hi", "--max-tokens", "40", one["arn"]).stdout.decode()
        contains(table, "degraded: 1 went through another profile")
        equal(emulator.bill()["profiles"][one["arn"]]["calls"], 1)
        equal(emulator.bill()["profiles"][small["arn"]]["calls"], 3)


def check_tally():
    """What it adds up is what the ledger has, to the last digit."""
    ones = [live(f"tally-{n}", team="search") for n in range(3)]
    with ledger(*ones) as it:
        it("set", "search", "--team", "search", "--limit", "1")
        arns = [one["arn"] for one in ones]
        ended = call(it, tally, "--prompt", "Hi", "--count", "60", "--max-tokens", "40", "--json", *arns)
        equal((ended.returncode, ended.stderr), (0, ""))
        rows = list(map(json.loads, ended.stdout.splitlines()))
        show = it.show("search")
        equal(sum(Decimal(row["cost"]) for row in rows), Decimal(show["spent"]))
        equal((show["uses"], show["held"], show["unreported"]), (60, "0.00", "0.00"))
        table = call(it, tally, "--prompt", "Hi", "--count", "6", "--max-tokens", "40", *arns).stdout.decode()
        heading, *lines = table.splitlines()
        equal(cells(heading)[-2:], ["USD", "profile"])
        costs = [Decimal(cells(line)[-2]) for line in lines]
        equal(sum(costs[:3]), costs[3])
        contains(it("verify"), "Sound")


CHECKS = {
    "show": check_show,
    "colours": check_colours,
    "history": check_history,
    "unreported and resolve": check_unreported,
    "lost": check_lost,
    "moved": check_moved,
    "verify": check_verify,
    "notify": check_notify,
    "notify --sns": check_notify_sns,
    "notify: stdin that is not read": check_notify_ignores_stdin,
    "notify --follow": check_follow,
    "refusal": check_refusal,
    "notices": check_notices,
    "--set and --bound": check_bound,
    "degrade": check_degrade,
    "tally": check_tally,
}

try:
    tap(CHECKS)
finally:
    emulator.close()
