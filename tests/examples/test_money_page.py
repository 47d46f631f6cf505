"""The reference of doc/money.md is what a ledger takes and tells: every JSON of it is put, or compared
with a row member by member; every member, filter, flag and kind of edge and finding is there.

usage: test_money_page.py EMULATOR SIGN BUDGET ASK LEDGER_ROWS ROOT

SPDX-License-Identifier: MIT
"""
import datetime
import json
import re
import sqlite3
import sys
import tempfile
from pathlib import Path

from ledgers import Ledger
from programs import REGION, Emulator, contains, equal, run, tap

emulator_program, sign, budget, ask, ledger_rows, root = sys.argv[1:]
emulator = Emulator(emulator_program, sign)
lib = Path(root, "lib")
page = Path(root, "doc/money.md").read_text()

what_is_put, what_is_queried = page.split("\n## What is put\n")[1].split("\n## What is queried\n")
# kind -> its part of the page
puts = dict(re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", what_is_put, re.M | re.S))
queries = dict(re.findall(r"^\*\*(\w+)\*\*:(.*?)(?=^\*\*|\Z)", what_is_queried, re.M | re.S))


def blocks(text):
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", text, re.M | re.S)]


def mentioned(text):
    """What stands in it as code, and the members of its JSON, those within others too."""
    return {a or b for a, b in re.findall(r'`(\w+)`|"(\w+)":', text)}


def first_cells(text):
    """The names in the first column of its tables."""
    rows = re.findall(r"^\| (`.*?) \|", text, re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def tell(path, *lines):
    """[(why it failed or "", rows)] of each line."""
    text = "".join(f"{kind} {json.dumps(document)}\n" for kind, document in lines)
    ended = run([ledger_rows, str(path)], stdin=text.encode())
    equal((ended.returncode, ended.stderr), (0, ""))
    answers, rows = [], []
    for line in ended.stdout.decode().splitlines():
        if line.startswith("= "):
            answers.append((line[2:], rows))
            rows = []
        else:
            rows.append(json.loads(line))
    equal(len(answers), len(lines))
    return answers


def put(path, kind, document):
    equal((kind, document, tell(path, (kind, document))[0][0]), (kind, document, ""))


def rows_of(path, kind, **filters):
    ((why, rows),) = tell(path, ("query", {"kind": kind, **filters}))
    equal((kind, why), (kind, ""))
    return rows


def known(path, kind, document):
    """The members that there are, as the error of one that there is not names them."""
    ((why, _),) = tell(path, (kind, document))
    contains(why, '"planted" is not known; there are ')
    return set(why.split("; there are ")[1].split(", "))


def kind_of(value):
    return "number" if isinstance(value, int) and not isinstance(value, bool) else type(value).__name__


def same_shape(where, row, shown):
    """Exactly the members that are shown, of the same kinds; null may stand for any."""
    equal((where, sorted(row)), (where, sorted(shown)))
    for name, value in shown.items():
        if None in (value, row[name]):
            continue
        equal((where, name, kind_of(row[name])), (where, name, kind_of(value)))
        if isinstance(value, dict) and name not in ("owner", "tags", "requestMetadata"):
            same_shape(f"{where}.{name}", row[name], value)


# ----------------------------------------------------------------- a ledger with a row of every kind


def ask_live(it, **fault):
    if fault:
        emulator.fail_next(**fault)
    return run([ask, "--ledger", str(it.path), "--profile", "live", "--max-tokens", "40", "Hi"],
               AWS_ENDPOINT_URL=emulator.url)


def put_examples(path, kind):
    for document in blocks(puts[kind]):
        put(path, kind, document)


def fill(it):
    """Everything that the page puts, in an order in which it can be put."""
    path = it.path
    for kind in ["setting", "price", "profile"]:
        put_examples(path, kind)
    live = emulator.create_profile("live", team="search")
    put(path, "profile", {"arn": live, "name": "live", "model": "amazon.nova-micro-v1:0", "scope": "in-region",
                          "tags": {"team": "search"}})
    search, ended = blocks(puts["budget"])
    put(path, "budget", search)
    put(path, "budget", {"name": "tiny", "owner": {"all": True}, "window": "month", "limit": "0.000001",
                         "shadow": True})
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    (override,) = blocks(puts["override"])
    put(path, "override", {**override, "until": tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ")})
    for fault in [{}, {"profile": live, "cut": -1}, {"profile": live, "cut": -1}]:
        ask_live(it, **fault)
    one, other = rows_of(path, "record", unreported=True)
    by_record, by_call = blocks(puts["resolution"])
    put(path, "resolution", {**by_record, "record": one["id"]})
    put(path, "resolution", {**by_call, "call": other["callId"], "attempt": other["attempt"]})
    put_examples(path, "external")
    put_examples(path, "external")  # twice is safe
    (delivery,) = blocks(puts["delivery"])
    put(path, "delivery", {**delivery, "edge": rows_of(path, "edge")[0]["id"]})
    return ended


def check_examples():
    with tempfile.TemporaryDirectory(prefix="ledger of ") as folder:
        it = Ledger(folder, budget)
        ended = fill(it)
        shown = {kind: blocks(text) for kind, text in queries.items()}
        for kind in shown:
            if kind != "verify":
                equal((kind, len(shown[kind])), (kind, 1))
                compare(it, kind, shown[kind][0])
        rows_within(it)
        contains(it("verify"), "Sound")
        put(it.path, "budget", ended)
        equal([row["name"] for row in rows_of(it.path, "budget")], ["tiny"])
        with sqlite3.connect(it.path) as damaged:
            damaged.execute("UPDATE total SET settled = settled + 1")
        for row in rows_of(it.path, "verify"):
            same_shape("verify", row, shown["verify"][0])
            equal(row["finding"], shown["verify"][0]["finding"])


def compare(it, kind, shown):
    """The last row that is like the one shown."""
    like = [row for row in rows_of(it.path, kind)
            if all(row.get(name) == shown.get(name) for name in ["kind", "name"])]
    assert like, f"no {kind} like the one on the page"
    same_shape(kind, like[-1], shown)


def rows_within(it):
    """What the page shows within a line."""
    (resolution,) = re.findall(r"`resolution`\s+is\s+`(\{.*?\})`", page, re.S)
    resolved = [row["resolution"] for row in rows_of(it.path, "record") if row["resolution"]]
    equal([sorted(row) for row in resolved], [sorted(re.findall(r'"(\w+)":', resolution))] * 2)
    priced = next(row for row in rows_of(it.path, "profile") if row["name"] == "live")
    equal(sorted(priced["price"]), ["input", "output", "table"])
    prices = rows_of(it.path, "price", rows=True)
    rows = blocks(puts["price"])[0]["prices"]
    equal(sorted(map(sorted, prices)), sorted(sorted([*row, "table"]) for row in rows))


# ------------------------------------------------------------------------------- nothing is missing


def check_members():
    row = {"from": "2026-10-01", "source": "a test", "prices": [{"planted": 1}]}
    owner = {"name": "a", "owner": {"planted": 1}, "window": "day", "limit": "1"}
    with tempfile.TemporaryDirectory(prefix="ledger of ") as folder:
        path = Path(folder, "ledger")
        for kind, text in puts.items():
            members = known(path, kind, {"planted": 1})
            if kind == "price":
                members |= known(path, kind, row)
            if kind == "budget":
                equal(known(path, kind, owner) - mentioned(text), set())
            equal((kind, members - mentioned(text)), (kind, set()))
            equal((kind, first_cells(text) - members), (kind, set()))
        ((why, _),) = tell(path, ("planted", {}))
        contains(why, "nothing of kind")
        kinds = re.findall(r'\{"(\w+)", (?:change|put)_\w+\}', (lib / "ledger_put.c").read_text())
        equal(sorted(puts), sorted(kinds))


def check_filters():
    with tempfile.TemporaryDirectory(prefix="ledger of ") as folder:
        path = Path(folder, "ledger")
        ((why, _),) = tell(path, ("query", {"kind": "planted"}))
        equal(set(re.findall(r'"(\w+)"', why.split(" must be ")[1])), set(queries))
        for kind, text in queries.items():
            filters = known(path, "query", {"kind": kind, "planted": 1}) - {"kind"}
            said = re.search(r"Filters?:\s(.*?)\n\n", text, re.S)
            equal((kind, filters - mentioned(said[1] if said else "")), (kind, set()))
            equal((kind, said is not None), (kind, bool(filters)))


def check_words():
    """Flags, kinds of edges, findings: as the sources have them."""
    records = (lib / "query_records.c").read_text()
    flags = re.findall(r"\{BRC__\w+, RECORD_\w*FLAGS, \"(\w+)\"\}", records)
    edges = re.findall(r"#define BRC__EDGE_\w+\s+\"(\w+)\"", (lib / "edge.h").read_text())
    verify = "".join((lib / name).read_text() for name in ["verify.c", "verify_costs.c"])
    findings = re.findall(r"\{\"(\w+)\",\s*\"SELECT|\"finding\", \"(\w+)\"|"
                          r"(?:finding|unreadable)\(query, \"(\w+)\"", verify)
    assert len(flags) > 10 and len(edges) > 6 and len(findings) > 10
    equal(set(flags), first_cells(queries["record"]))
    equal(set(edges), first_cells(queries["edge"]))
    equal({word for found in findings for word in found if word}, first_cells(queries["verify"]))


try:
    tap(
        {
            "what the page puts is taken, and rows have the members that it shows": check_examples,
            "every member of what is put is on the page, and no other": check_members,
            "every filter is on the page": check_filters,
            "flags, kinds of edges and findings are those there are": check_words,
        }
    )
finally:
    emulator.close()
