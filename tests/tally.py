"""Counts the cases of a test run: `N passed, N failed, N skipped`.

usage: tally.py RESULTS

RESULTS has a folder for each stage with what the stage left there: meson's logs (*.json), TAP (*.tap),
and its exit code (rc). A stage or a program that failed without naming a case counts as one. What failed is
told in the last lines, so that the end of a long log says why.

SPDX-License-Identifier: MIT
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

MOST, LONGEST = 12, 1000  # lines, characters a line
BAD = {"FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS"}


def tap(text):
    """Counts the cases of a TAP document."""
    count = Counter()
    for bad, rest in re.findall(r"^(not )?ok\b(.*)", text, re.M):
        skip = re.search(r"#\s*skip", rest, re.I)
        count["skipped" if skip else "failed" if bad else "passed"] += 1
    if re.search(r"^1\.\.0\b", text, re.M):
        count["skipped"] += 1
    return count


def tell(where, text):
    """The cases that failed in a TAP document or, if it names none, its last lines."""
    lines = re.findall(r"^not ok\b.*(?:\n#.*)*", text, re.M) or text.strip().splitlines()[-MOST:]
    print(f"{where}:")
    for line in lines[:MOST]:
        print("    " + line[:LONGEST].replace("\n", "\n    "))


def program(where, entry):
    """Counts one test program of meson's log."""
    output = entry.get("stdout") or ""
    count = tap(output) if re.search(r"^1\.\.\d+", output, re.M) else Counter()
    if entry["result"] in BAD and not count["failed"]:
        count["failed"] += 1
    if not count:
        count["skipped" if entry["result"] == "SKIP" else "passed"] += 1
    if count["failed"]:
        tell(f"{where}: {entry['name']}: {entry['result']}", f"{output}\n{entry.get('stderr') or ''}")
    return count


def stage(folder):
    count = Counter()
    for log in folder.glob("*.json"):
        for line in log.read_text().splitlines():
            count += program(folder.name, json.loads(line))
    for document in folder.glob("*.tap"):
        cases = tap(document.read_text())
        if cases["failed"]:
            tell(f"{folder.name}: {document.name}", document.read_text())
        count += cases
    if (folder / "rc").read_text().strip() != "0" and not count["failed"]:
        print(f"{folder.name}: failed, and no case says why: see above")
        count["failed"] += 1
    return count


total = Counter()
for folder in sorted(Path(sys.argv[1]).iterdir()):
    count = stage(folder)
    if count["failed"]:
        print(f"failed in {folder.name}: {count['failed']}")
    total += count
print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
sys.exit(1 if total["failed"] or not total["passed"] else 0)
