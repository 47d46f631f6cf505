"""The floors of lib/: who may include whom, and which outside library lives where; and each room has
its row in doc/architecture.md.

usage: floors.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from house import files, finish, line_of

lib = Path(sys.argv[1], "lib")

# An outside library has one home; libcurl's and SQLite's are rooms that share a header of their own.
# jansson has none: it aborts where an allocation fails (2.14), and is the judge in the tests.
HOMES = {
    r"openssl/": {"crypto.c"},
    r"curl/": {"exchange.h", "exchange.c", "transport.c"},
    r"jansson\.h": set(),
    r"expat\.h": {"xml.c"},
    r"sqlite3\.h": {"store_state.h"},
}

order = {}  # room -> its place: every room may include those with a smaller one
for line in (lib / "floors.txt").read_text().splitlines():
    if not line.startswith("#"):
        for room in line.split()[1:]:
            order[room] = len(order)

problems = [
    f"{room}: on a floor, but there is no such file"
    for room in order
    if not (lib / f"{room}.c").exists() and not (lib / f"{room}.h").exists()
]
rows = re.findall(r"^\| \d? ?\| (.*?) \|", (lib / "../doc/architecture.md").read_text(), re.M)
described = {room for row in rows for room in re.findall(r"`(\w+)`", row)}
problems += [f"{room}: has no row in architecture.md" for room in order if room not in described]
problems += [f"{room}: has a row in architecture.md, but no floor" for room in described if room not in order]
for file in files(lib, ".c", ".h"):
    text = file.read_text()
    if file.stem not in order:
        problems.append(f"{file.name}: stands on no floor of floors.txt")
        continue
    for m in re.finditer(r'^#\s*include\s*([<"])([^>"]+)[>"]', text, re.M):
        where = f"{file.name}:{line_of(text, m.start())}"
        name = m[2]
        if m[1] == '"':
            room = name.removesuffix(".h")
            if room not in order:
                problems.append(f"{where}: {name} stands on no floor")
            elif order[room] > order[file.stem]:
                problems.append(f"{where}: {name} is above, or to the right")
        for pattern, home in HOMES.items():
            if m[1] == "<" and re.match(pattern, name) and file.name not in home:
                problems.append(f"{where}: <{name}> lives in {' and '.join(sorted(home)) or 'no room'}")
finish(problems)
