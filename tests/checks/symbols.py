"""The library exports what the map lists and the headers declare: no more, no less.

usage: symbols.py ROOT LIBRARY

SPDX-License-Identifier: MIT
"""
import re
import subprocess
import sys
from pathlib import Path

from house import files, finish, prototypes

root, library = Path(sys.argv[1]), sys.argv[2]

declared = {
    name for h in files(root / "include", ".h") for name, _, _ in prototypes(h.read_text())
}

map_text = (root / "lib/bedrockcost.map").read_text()
listed = re.findall(r"^\s*(brc_\w+);", map_text, re.M)

nm = subprocess.run(
    ["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True
).stdout
exported = {
    fields[2].split("@")[0] for fields in map(str.split, nm.splitlines()) if fields[1] != "A"
}

problems = []
if not declared:
    problems.append("no function found in the headers")
if listed != sorted(set(listed)):
    problems.append("bedrockcost.map: the names are not sorted, or one stands there twice")
problems += [f"{n}: declared, not in bedrockcost.map" for n in sorted(declared - set(listed))]
problems += [f"{n}: in bedrockcost.map, not declared" for n in sorted(set(listed) - declared)]
problems += [f"{n}: declared, not exported" for n in sorted(declared - exported)]
problems += [f"{n}: exported, not declared" for n in sorted(exported - declared)]
finish(problems)
