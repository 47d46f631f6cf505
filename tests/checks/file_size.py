"""A file has one job and is read in one sitting: 500 lines at most.

The public headers are excepted, being the manual as well; so is data (vectors, fuzz corpora).

usage: file_size.py ROOT

SPDX-License-Identifier: MIT
"""
import sys
from pathlib import Path

from house import files, finish

LINES = 500
SUFFIXES = (".c", ".h", ".cpp", ".py", ".mjs", ".js", ".sh", ".build")
EXCEPTED = {"include", "vectors", "corpus"}

root = Path(sys.argv[1])
problems = []
for file in files(root, *SUFFIXES):
    name = file.relative_to(root)
    lines = len(file.read_text().splitlines())
    if lines > LINES and not EXCEPTED & set(name.parts):
        problems.append(f"{name}: {lines} lines, {LINES} at most")
finish(problems)
