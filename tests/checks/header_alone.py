"""Each public header compiles alone, as strict C99 and as C++.

usage: header_alone.py ROOT c|cpp COMPILER...

SPDX-License-Identifier: MIT
"""
import subprocess
import sys
from pathlib import Path

from house import files, finish

root, language, compiler = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
dialect, standard = {"c": ("c", "-std=c99"), "cpp": ("c++", "-std=c++11")}[language]
flags = [standard, "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]

problems = []
for header in files(root / "include", ".h"):
    name = header.relative_to(root / "include")
    run = subprocess.run(
        compiler + flags + ["-I", root / "include", "-x", dialect, "-"],
        input=f"#include <{name}>\n#include <{name}>\n",
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        problems.append(f"{name} as {standard}:\n{run.stderr}")
finish(problems)
