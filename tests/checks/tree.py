"""The tree speaks of itself alone: no path of somebody's machine, no host of a package registry, no
marker of unfinished work; and the examples use nothing but the public headers and those of the rooms
that several of them share.

usage: tree.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from house import files, finish, line_of

# Written so that this file does not break its own rules.
BANNED = {
    "path of a machine": r"(?<![\w.])/(home|root|work|Users)/\w",
    "path outside the tree": r"\.\./shared\b",
    "host of a package registry": r"registry[.-]\w+[.]|\"resolved\": *\"http|pypi[.]org|pythonhosted[.]",
    "marker of unfinished work": r"\b(TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b",
    "merge conflict": r"^(<{7}|>{7}) ",
}

root = Path(sys.argv[1])
problems = []
for file in files(root):
    name = file.relative_to(root)
    text = file.read_bytes().decode("utf-8", "replace")
    for what, pattern in BANNED.items():
        for m in re.finditer(pattern, text, re.M):
            problems.append(f"{name}:{line_of(text, m.start())}: {what}: {m[0]}")

shared = [root / "examples" / room for room in ("console", "cloud")]
emulator = [f for f in (root / "examples/emulator").rglob("*") if f.is_dir()] + [root / "examples/emulator"]
for file in files(root / "examples", ".c", ".h", ".cpp"):
    text = file.read_text()
    for m in re.finditer(r"^#\s*include\s*\"([^\"]+)\"", text, re.M):
        near = emulator if file.parent in emulator else [file.parent, *shared]
        if ".." in m[1] or not any((room / m[1]).exists() for room in near):
            where = f"{file.relative_to(root)}:{line_of(text, m.start())}"
            problems.append(f"{where}: {m[1]} is neither beside it nor shared nor public")
finish(problems)
