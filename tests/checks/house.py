"""What the house checks share: which files are ours, C without its comments, how a check ends.

SPDX-License-Identifier: MIT
"""
import os
import re
import sys
from pathlib import Path

NOT_OURS = re.compile(r"build(-.*)?|node_modules|__pycache__|\.git")


def files(root, *suffixes):
    """Every file below root that is ours, in order; with these suffixes if any are given."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not NOT_OURS.fullmatch(f)]
        ours = [n for n in names if not NOT_OURS.fullmatch(n)]  # .git may be a file
        found += [Path(folder, n) for n in ours if not suffixes or n.endswith(suffixes)]
    return sorted(found)


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def code(text):
    """C without comments, strings and character constants; lines keep their numbers."""
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def prototypes(header_text):
    """(name, result type, [parameters]) of every exported function of a header."""
    found = []
    for m in re.finditer(r"^BRC_API\s+([^;()]*?)(\w+)\s*\(([^;]*)\);", code(header_text), re.M):
        parameters = [" ".join(p.split()) for p in m[3].split(",")]
        found.append((m[2], " ".join(m[1].split()), parameters))
    return found


def finish(problems):
    """Ends the check: one line for each problem, exit code 1 if there is one."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


def skip(reason):
    """Ends the check as skipped."""
    print(reason)
    sys.exit(77)
