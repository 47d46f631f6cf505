"""Counts the cases of a test run: `N passed, N failed, N skipped`.

usage: tally.py RESULTS

RESULTS has a folder for each stage with what the stage left there: meson's logs (*.json), TAP (*.tap),
and its exit code (rc). A stage or a program that failed without naming a case counts as one.

SPDX-License-Identifier: MIT
"""
import json
import re
import sys
from collections import Counter
from pathlib import Path

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


def program(entry):
    """Counts one test program of meson's log."""
    output = entry.get("stdout") or ""
    count = tap(output) if re.search(r"^1\.\.\d+", output, re.M) else Counter()
    if entry["result"] in BAD and not count["failed"]:
        count["failed"] += 1
    if not count:
        count["skipped" if entry["result"] == "SKIP" else "passed"] += 1
    return count


def stage(folder):
    count = Counter()
    for log in folder.glob("*.json"):
        for line in log.read_text().splitlines():
            count += program(json.loads(line))
    for document in folder.glob("*.tap"):
        count += tap(document.read_text())
    if (folder / "rc").read_text().strip() != "0" and not count["failed"]:
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
