"""The tree speaks of itself alone: no path of somebody's machine, no host of a package registry, no
marker of unfinished work; and the examples use nothing but the public headers, those of their own
room, and those of the rooms that several of them share.

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

examples = root / "examples"


def room_of(file):
    """The program that it belongs to, also in a room within; "" where it is in none."""
    folders = file.relative_to(examples).parts[:-1]
    return folders[0] if folders else ""


by_room = {}  # "budget" -> its headers
for header in files(examples, ".h"):
    by_room.setdefault(room_of(header), set()).add(header.name)
for file in files(examples, ".c", ".h", ".cpp"):
    text = file.read_text()
    room = room_of(file)
    shared = set() if room == "emulator" else by_room["book"] | by_room["cloud"] | by_room["console"]
    for m in re.finditer(r"^#\s*include\s*\"([^\"]+)\"", text, re.M):
        if m[1] not in by_room.get(room, set()) | shared:
            where = f"{file.relative_to(root)}:{line_of(text, m.start())}"
            problems.append(f"{where}: {m[1]} is neither of its room nor shared nor public")
finish(problems)
