"""Every function of lib/bedrockcost.map is used in a program under examples/.

usage: shown.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from house import code, files, finish

root = Path(sys.argv[1])
listed = re.findall(r"^\s*(brc_\w+);", (root / "lib/bedrockcost.map").read_text(), re.M)
used = set()
for file in files(root / "examples", ".c", ".cpp"):
    used |= set(re.findall(r"\bbrc_\w+", code(file.read_text())))

problems = [] if listed else ["no function found in bedrockcost.map"]
problems += [f"{name}: in no C or C++ program under examples/" for name in listed if name not in used]
finish(problems)
