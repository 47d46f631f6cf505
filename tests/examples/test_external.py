"""budget external books what CloudWatch counted: exactly, once, late, and nothing that the ledger has.

usage: test_external.py EMULATOR SIGN BUDGET ASK

SPDX-License-Identifier: MIT
"""
import contextlib
import datetime
import itertools
import json
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from fractions import Fraction

import services
from agents import TRUST, Agents
from killing import FORMS, WITHHELD_MS, run_until_fault
from ledgers import MICRO, Ledger, empty_ledger
from programs import ENVIRONMENT, PATIENCE_S, Emulator, contains, equal, run, tap, wait_for

emulator_program, sign, budget, ask = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")

PERIOD = 300
NOW = int(time.time())
RATES = {"input": "0.035", "output": "0.14", "cacheRead": "0.00875", "cacheWrite5m": "0.04", "cacheWrite1h": "0.07"}
PRICES = {
    "from": "2026-10-01",
    "source": "the tests",
    "prices": [{"model": "amazon.nova-micro", "scope": "in-region", **RATES}],
}
# CloudWatch's cache writes are not split: the dearer rate.
RATE_OF = {"inputTokens": "input", "outputTokens": "output", "cacheReadInputTokens": "cacheRead",
           "cacheWriteInputTokens": "cacheWrite1h"}


def periods_ago(count):
    """The beginning of a period of five minutes, that many before the one in which the tests began: it stays
    the same one, however long they take."""
    return NOW - NOW % PERIOD - count * PERIOD


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def cost_of(tokens, multiplier="1"):
    """In picodollars, up to a whole one."""
    exact = sum(Fraction(RATES[RATE_OF[kind]]) * count * 10**6 for kind, count in tokens.items())
    return -(-exact * Fraction(multiplier) // 1)


def live(name, **members):
    """A profile of the emulator, as the catalogue has it."""
    tags = members.pop("tags", {"team": "agents"})
    return {"arn": emulator.create_profile(name, **tags), "name": name, "model": MICRO, "scope": "in-region",
            "tags": tags, **members}


@contextlib.contextmanager
def ledger(*profiles, prices=PRICES):
    with empty_ledger(budget) as it:
        if prices:
            it.put("prices", prices)
        it.put("profiles", {"profiles": list(profiles)})
        yield it


def use(profile, at, **tokens):
    """Tokens that nobody called through the ledger."""
    emulator.tell("POST", "/_emulator/usage", {"profile": profile["arn"], "at": moment(at), **tokens})


def external(it, *words, **how):
    return it("--json", "external", *words, AWS_ENDPOINT_URL=emulator.url, **how)


def fails(it, *words, **how):
    how.setdefault("AWS_ENDPOINT_URL", emulator.url)
    return it.fails("external", *words, **how)


def booked(it):
    """{id: picodollars}, read past the program."""
    with contextlib.closing(sqlite3.connect(it.path)) as store:
        return dict(store.execute("SELECT id, amount FROM external ORDER BY rowid"))


def entry(profile, at, number=1):
    return f"cloudwatch/us-east-1/{profile['arn'].rsplit('/', 1)[1]}/{moment(at)}/{number}"


def check_exact():
    """To the picodollar what Python's integers say of the tokens that the emulator billed."""
    dice = random.Random(7)
    profile = live("exact", multiplier="0.913")
    wanted, billed = {}, 0
    for ago in range(4, 10):
        parts = [{kind: dice.randrange(10**dice.randrange(8)) for kind in RATE_OF} for _ in range(3)]
        for part in parts:
            use(profile, periods_ago(ago) + dice.randrange(PERIOD), **part)
        whole = {kind: sum(part[kind] for part in parts) for kind in RATE_OF}
        wanted[entry(profile, periods_ago(ago))] = cost_of(whole, "0.913")
        billed += sum(whole.values())
    account = emulator.bill()["profiles"][profile["arn"]]
    equal(sum(account[kind] for kind in RATE_OF), billed)
    with ledger(profile) as it:
        row = json.loads(external(it, "exact", "--since", "-2h"))
        equal(booked(it), wanted)
        equal(round(Fraction(row["booked"]) * 10**12), sum(wanted.values()))
        equal((row["periods"], row["fewer"], row["profile"]), (6, 0, profile["arn"]))
        it("verify")
        again = json.loads(external(it, "exact", "--since", "-2h"))
        equal((again["booked"], again["periods"]), ("0.00", 0))
        equal(booked(it), wanted)


def check_bill_of_calls():
    """What calls past any ledger cost is what the emulator's bill says of them."""
    profile = live("calls")
    arn = profile["arn"]
    for k in range(3):
        told = run([ask, "--max-tokens", "40", arn, "x" * 100 * k + "?"], AWS_ENDPOINT_URL=emulator.url)
        equal(told.returncode, 0)
    account = emulator.bill()["profiles"][arn]
    # Calls of now are not old enough: the same sums, as CloudWatch would have them a while ago.
    counted = {kind: account[kind] for kind in RATE_OF}
    with ledger(profile) as it:
        equal(json.loads(external(it, "calls", "--since", "-1h"))["periods"], 0)
        use(profile, periods_ago(5), **counted)
        external(it, "calls", "--since", "-1h")
        equal(booked(it), {entry(profile, periods_ago(5)): cost_of(counted)})


def check_agent():
    """The same of what an agent spends inside AWS: CloudWatch has it under the profile's id."""
    profile = live("agent")
    arn, role = profile["arn"], "arn:aws:iam::123456789012:role/AgentRole"
    services.iam(emulator, "CreateRole", RoleName="AgentRole", AssumeRolePolicyDocument=json.dumps(TRUST))
    allowed = {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}
    services.iam(emulator, "PutRolePolicy", RoleName="AgentRole", PolicyName="all",
                 PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
    owner = Agents(emulator)
    agent = owner.call("PUT", "/agents/", {
        "agentName": "news", "agentResourceRoleArn": role, "foundationModel": arn,
        "instruction": "Search the news of today for what was asked."})["agent"]["agentId"]
    owner.wait(agent, "NOT_PREPARED")
    owner.prepare(agent)
    path = f"/agents/{agent}/agentAliases/{owner.alias(agent, 'prod')}/sessions/one/text"
    for _ in range(2):
        equal(emulator.send("POST", path, {"Content-Type": "application/json"}, b'{"inputText": "Hi"}')[0], 200)
    account = emulator.bill()["profiles"][arn]
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "OutputTokenCount",
              "Dimensions": [{"Name": "ModelId", "Value": arn.rsplit("/", 1)[1]}]}
    answer = services.ask(emulator, "cloudwatch", "GetMetricData", StartTime=periods_ago(1), EndTime=periods_ago(-3),
                          MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}}])
    assert account["outputTokens"] > 0
    equal(sum(answer["MetricDataResults"][0]["Values"]), account["outputTokens"])
    counted = {kind: account[kind] for kind in RATE_OF}
    use(profile, periods_ago(4), **counted)
    with ledger(profile) as it:
        external(it, "agent", "--since", "-1h")
        equal(booked(it), {entry(profile, periods_ago(4)): cost_of(counted)})


def check_late():
    """What CloudWatch adds later is booked as a difference; what is young, not yet."""
    profile = live("late", alias="late-alias")
    old, young = periods_ago(6), periods_ago(0)
    use(profile, old, inputTokens=1000, outputTokens=10)
    use(profile, young, inputTokens=5)
    with ledger(profile) as it:
        external(it, "late-alias", "--since", "-1h")
        first = {entry(profile, old): cost_of({"inputTokens": 1000, "outputTokens": 10})}
        equal(booked(it), first)
        use(profile, old + 299, inputTokens=1, cacheReadInputTokens=7)
        row = json.loads(external(it, "late-alias"))  # from a day before what was booked last
        more = cost_of({"inputTokens": 1, "cacheReadInputTokens": 7})
        equal(booked(it), {**first, entry(profile, old, 2): more})
        equal((row["periods"], row["since"]), (1, moment(old - 86400)))
        # The price of then and that of now differ; the tokens are the same, and so nothing is new.
        it.put("prices", {**PRICES, "prices": [{**PRICES["prices"][0], "input": "9.99"}]})
        equal(json.loads(external(it, "late-alias"))["periods"], 0)
        it("verify")


def series(ids, values, status="Complete", **more):
    """An answer of GetMetricData."""
    results = [{"Id": name, "Label": name, "Timestamps": [at for at, _ in values.get(name, [])],
                "Values": [value for _, value in values.get(name, [])], "StatusCode": status} for name in ids]
    return json.dumps({"MetricDataResults": results, "Messages": [], **more})


KINDS = ["input", "output", "cacheRead", "cacheWrite"]


def check_fewer():
    """What CloudWatch takes back stays booked, and that is said."""
    profile = live("fewer")
    at = periods_ago(5)
    use(profile, at, inputTokens=100, outputTokens=3)
    with ledger(profile) as it:
        external(it, "fewer", "--since", "-1h")
        before = booked(it)
        body = series(KINDS, {"input": [(at, 90)], "output": [(at, 5)]})
        emulator.fail_next(operation="GetMetricData", body=body)
        said = it("external", "fewer", "--since", "-1h", AWS_ENDPOINT_URL=emulator.url)
        contains(said, "in 1 of the periods CloudWatch now counts fewer tokens than were booked; what is booked stays")
        equal(booked(it), {**before, entry(profile, at, 2): cost_of({"outputTokens": 2})})


def check_pages():
    """A series comes in pages; one that stays incomplete is not booked."""
    profile = live("pages")
    first, second = periods_ago(6), periods_ago(5)
    with ledger(profile) as it:
        emulator.fail_next(operation="GetMetricData", body=series(
            KINDS, {"input": [(first, 4.0), (second, 1.0)]}, "PartialData", NextToken="page 2"))
        emulator.fail_next(operation="GetMetricData", status=200, body=series(KINDS, {"input": [(second, 2.0)]}))
        external(it, "pages", "--since", "-1h")
        equal(booked(it), {entry(profile, first): cost_of({"inputTokens": 4}),
                           entry(profile, second): cost_of({"inputTokens": 3})})
        for body, text in [
            (series(KINDS, {}, "InternalError"), "has not all of InputTokenCount (InternalError)"),
            (series(KINDS[:3], {}), "has not all of CacheWriteInputTokens (no answer for it)"),
            (series(KINDS, {"output": [(first, 1.5)]}), "has 1.5 as a number of tokens"),
            (series(KINDS, {"output": [(first, -1)]}), "has -1 as a number of tokens"),
        ]:
            emulator.fail_next(operation="GetMetricData", body=body)
            contains(fails(it, "pages", "--since", "-1h"), text)
        equal(len(booked(it)), 2)


def check_long():
    """Where requests may have been long, the dearer rates count."""
    row = {"scope": "in-region", "input": "1", "output": "2", "above": 1000,
           "long": {"input": "2", "output": "1"}}
    profile = live("long", prices=[row])
    small, large = periods_ago(6), periods_ago(5)
    use(profile, small, inputTokens=990, cacheReadInputTokens=10, outputTokens=1)
    use(profile, large, inputTokens=1001, outputTokens=1)
    with ledger(profile) as it:
        external(it, "long", "--since", "-1h")
        equal(booked(it), {entry(profile, small): (1000 * 1 + 2) * 10**6,
                           entry(profile, large): (1001 * 2 + 2) * 10**6})


def check_budgets():
    """It counts for budgets in its window, and edges fire; notices reach whoever asks."""
    profile = live("counts")
    use(profile, periods_ago(5), inputTokens=10**6)
    with ledger(profile) as it:
        it("set", "agents", "--team", "agents", "--limit", "0.03", "--window", "total")
        external(it, "counts", "--since", "-1h")
        use_row = it.show("agents")
        equal((use_row["spent"], use_row["state"]), ("0.035", "limit"))
        edges = it("notify", "--exec", "true")
        equal([line.split()[2] for line in edges.splitlines()], ["notice:", "degrade:", "limit:"])


def check_shared():
    """A profile that the ledger has calls of is refused: they would count twice."""
    profile = live("shared")
    with ledger(profile) as it:
        called = run([ask, "--ledger", str(it.path), "--profile", "shared", "--max-tokens", "9", "Hi"],
                     AWS_ENDPOINT_URL=emulator.url)
        equal(called.returncode, 0)
        with contextlib.closing(sqlite3.connect(it.path)) as store, store:
            store.execute("UPDATE use SET at_ms = at_ms - 1800000")  # half an hour ago
        said = fails(it, "shared", "--since", "-1h")
        contains(said, "shared is called through this ledger too, the last time at ")
        contains(said, "CloudWatch cannot tell these tokens apart, and they would count twice: give agents a profile "
                       "of their own, or, if that was the end of it, --since ")
        equal(booked(it), {})
        after = said.rsplit("--since ", 1)[1]
        use(profile, periods_ago(3), inputTokens=8)
        external(it, "shared", "--since", after)
        equal(list(booked(it).values()), [cost_of({"inputTokens": 8})])


def check_refused():
    """Each says what to do next."""
    good, bare = live("good"), live("bare", model="nobody.knows-it-v1:0")
    other = {**good, "arn": good["arn"].replace("123456789012", "999999999999"), "name": "elsewhere"}
    twin = {**good, "arn": good["arn"].replace("us-east-1", "eu-west-1")}
    denied = {"type": "AccessDeniedException", "message": "User: me is not authorized", "status": 403}
    early = moment(int(time.time()) - 70 * 86400)
    with ledger(good, bare, other) as it:
        for words, text, code in [
            ([], "external: which PROFILE? Name those that agents call, and nobody through this ledger", 2),
            (["good", "--since", "yesterday"], "--since takes 2026-12-01, 2026-12-01T00:00:00Z or -4h, and not yesterday", 2),
            (["good", "--since", "+4h"], "and not +4h", 2),
            (["nobody"], "the ledger knows no profile nobody: `budget profiles` lists them, `budget profiles fetch ARN` adds one", 1),
            (["bare"], "bare has no price, so that nobody can say what its tokens cost: `budget prices import FILE`", 1),
            (["elsewhere"], "elsewhere is a profile of account 999999999999, and these are credentials of account "
             "123456789012, whose CloudWatch knows nothing of it: use credentials of that account", 1),
            (["good", "--since", early], f"--since {early}: CloudWatch keeps sums of five minutes for 63 days: the earliest is ", 1),
        ]:
            contains(fails(it, *words, code=code), text)
        emulator.fail_next(operation="GetMetricData", **denied)
        contains(fails(it, "good", "--since", "-1h"), "Allow cloudwatch:GetMetricData to these credentials")
        use(good, periods_ago(4), inputTokens=3)
        ended = it.run("external", "nobody", "good", "--since", "-1h", AWS_ENDPOINT_URL=emulator.url)
        equal(ended.returncode, 1)  # and yet:
        equal(booked(it), {entry(good, periods_ago(4)): cost_of({"inputTokens": 3})})
        it.put("profiles", {"profiles": [twin]})
        contains(fails(it, "good"), "2 profiles are called good: name the one by its ARN")


def check_killed():
    """Killed at each request and between bookings, it books the rest the next time, and nothing twice."""
    profile = live("killed")
    wanted = {}
    for ago in range(4, 24):
        use(profile, periods_ago(ago), inputTokens=ago * 1000 + 1, outputTokens=ago)
        wanted[entry(profile, periods_ago(ago))] = cost_of({"inputTokens": ago * 1000 + 1, "outputTokens": ago})

    def command(it):
        return [budget, "--ledger", str(it.path), "external", "killed", "--since", "-3h"]

    for form in FORMS.values():
        for skip in itertools.count():
            with ledger(profile) as it:
                emulator.tell("POST", "/_emulator/faults", {"delayMs": WITHHELD_MS, "skip": skip, **form})
                was_met = run_until_fault(emulator, command(it), {})
                emulator.tell("DELETE", "/_emulator/faults")
                external(it, "killed", "--since", "-3h")
                equal(booked(it), wanted)
            if not was_met:
                break
        assert skip > 0
    partly = set()
    for room in range(60000, 600000, 60000):
        with ledger(profile) as it:
            # The kernel ends it at the write that makes a file larger than that.
            subprocess.run(command(it), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE_S,
                           env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url},
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
            partly.add(len(booked(it)))
            external(it, "killed", "--since", "-3h")
            equal(booked(it), wanted)
            it("verify")
    print(f"# killed after {sorted(partly)} bookings of {len(wanted)}")
    assert len(partly - {0, len(wanted)}) > 1, partly


def check_twice_at_once():
    """Two at the same time book nothing twice."""
    profile = live("twice")
    wanted = {}
    for ago in range(4, 24):
        use(profile, periods_ago(ago), inputTokens=ago)
        wanted[entry(profile, periods_ago(ago))] = cost_of({"inputTokens": ago})
    with ledger(profile) as it:
        command = [budget, "--ledger", str(it.path), "external", "twice", "--since", "-3h"]
        environment = {**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}
        at_once = [subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) for _ in range(4)]
        equal([process.wait(PATIENCE_S) for process in at_once], [0] * 4)
        equal(booked(it), wanted)
        it("verify")


def check_follow():
    """Goes on until it is told to end."""
    profile = live("follow")
    use(profile, periods_ago(4), inputTokens=3)
    with ledger(profile) as it:
        with subprocess.Popen(
                [budget, "--ledger", str(it.path), "external", "--follow", "--since", "-1h", "follow"],
                stdout=subprocess.DEVNULL, env={**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}) as follower:
            wait_for(lambda: booked(it))
            assert follower.poll() is None
            follower.send_signal(signal.SIGTERM)
            equal(follower.wait(PATIENCE_S), 0)


CASES = {
    "exact": check_exact,
    "the bill of calls": check_bill_of_calls,
    "an agent": check_agent,
    "late, and not yet": check_late,
    "fewer": check_fewer,
    "pages": check_pages,
    "long contexts": check_long,
    "budgets and edges": check_budgets,
    "called through the ledger too": check_shared,
    "refused": check_refused,
    "killed": check_killed,
    "twice at once": check_twice_at_once,
    "--follow": check_follow,
}
try:
    tap(CASES)
finally:
    emulator.close()
