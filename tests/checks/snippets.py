"""Code shown in README.md and doc/ is code that is built and run.

A block marked ```c, ```cpp, ```python or ```sh stands word for word, as consecutive lines, in a
file under examples/. What a reader types is marked ```console, with the prompt `$ `: a program
given there as a path of this tree has to exist.

usage: snippets.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from house import files, finish, line_of

BLOCK = re.compile(r"^```(c|cpp|python|sh|console)\n(.*?)^```$", re.M | re.S)
BUILT = re.compile(r"(\./)?build[^/]*/")

root = Path(sys.argv[1])
examples = {}
for suffix, language in {".c": "c", ".cpp": "cpp", ".py": "python", ".sh": "sh"}.items():
    examples[language] = ["\n" + f.read_text() for f in files(root / "examples", suffix)]


def missing_programs(block):
    for command in re.findall(r"^\$ (\S+)", block, re.M):
        if "/" in command and not BUILT.match(command) and not (root / command).exists():
            yield command


problems = []
for page in [root / "README.md", *files(root / "doc", ".md")]:
    text = page.read_text()
    for m in BLOCK.finditer(text):
        where = f"{page.name}:{line_of(text, m.start())}"
        if m[1] == "console":
            problems += [f"{where}: there is no {command}" for command in missing_programs(m[2])]
        elif not any("\n" + m[2] in example for example in examples[m[1]]):
            problems.append(f"{where}: this {m[1]} code is in no file under examples/")
finish(problems)
