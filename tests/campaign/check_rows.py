"""Replays a ledger's rows in the order in which they were written, with Python's integers: no attempt
was admitted whose worst case did not fit, none refused whose worst case did.

usage: check_rows.py LEDGER

SPDX-License-Identifier: MIT
"""
import json
import sqlite3
import sys
from collections import defaultdict
from decimal import Decimal

ledger = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
charges = defaultdict(list)
for use, budget, window in ledger.execute("SELECT use, budget, window_ms FROM charge"):
    charges[use].append((budget, window))
budgets = {name: json.loads(text) for name, text in ledger.execute("SELECT name, json FROM budget ORDER BY id")}
limits = {name: int(Decimal(b["limit"]) * 10**12) for name, b in budgets.items()}
rows = [(*row, "use") for row in ledger.execute("SELECT turn, id, hold, NULL FROM use")]
rows += [(*row, "settle") for row in ledger.execute("SELECT turn, use, cost, outcome FROM settle")]
rows += [(*row, "resolution") for row in ledger.execute("SELECT turn, use, amount, NULL FROM resolution")]
rows += [(turn, (budget, window), worst, shadow, "refusal") for turn, budget, window, worst, shadow in
         ledger.execute("SELECT turn, budget, window_ms, worst, shadow FROM refusal")]
order = ["settle", "resolution", "refusal", "use"]  # within one transaction
holds, taken = {}, defaultdict(int)
for turn, subject, amount, extra, kind in sorted(rows, key=lambda row: (row[0], order.index(row[4]), str(row[1]))):
    if kind == "use":
        for budget, window in charges[subject]:
            taken[budget, window] += amount
            fits = taken[budget, window] <= limits[budget] or amount == 0 or budgets[budget]["shadow"]
            assert fits, f"use {subject} was admitted: {budget} {taken[budget, window]} of {limits[budget]}"
        holds[subject] = amount
    elif kind == "refusal":
        assert taken[subject] + amount > limits[subject[0]], f"turn {turn}: {amount} would have fitted {subject}"
    elif amount is not None and holds[subject] is not None:  # a cost or an amount takes the hold's place
        for charge in charges[subject]:
            taken[charge] += amount - holds[subject]
        holds[subject] = None
print(json.dumps({"uses": len(charges), "rows": len(rows)}))
