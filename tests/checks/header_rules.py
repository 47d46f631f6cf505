"""The public headers stay callable from any language, and say of each function what it does.

Parameters and results are numbers of fixed width (int, int64_t, size_t), pointers and callbacks:
no bool, long, double, enum, struct by value, variable arguments. There are no inline functions, no
function-like macros, no unions, no bit-fields. A header includes stddef.h, stdint.h and its
sisters. Every function's comment has a brief, its returns, its threads and its version.

usage: header_rules.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from house import code, files, finish, line_of, prototypes

NUMBER = r"(int|int64_t|size_t)"
POINTER = r"(const )?\w+ (\*|\*const |\*\*)"
PARAMETER = re.compile(rf"void|{NUMBER} \w+|{POINTER}\w+|brc_\w+_fn \w+")
RESULT = re.compile(rf"{NUMBER}|(const )?\w+ \*")
BANNED = r"\b(bool|_Bool|enum|union|long|short|float|double|inline|ssize_t|off_t|time_t|va_list)\b"
INCLUDES = re.compile(r"<(stddef|stdint|bedrockcost/\w+)\.h>")
COMMENT_PARTS = ["@brief ", "@return ", "@par Threads", "@since "]


def problems_of(text):
    """(offset, sentence) of everything that breaks a rule."""
    bare = code(text)
    for m in re.finditer(BANNED, bare):
        yield m.start(), f"`{m[1]}` has no place in a public header"
    for m in re.finditer(r"\.\.\.", bare):
        yield m.start(), "variable arguments"
    for m in re.finditer(r"^#\s*define\s+(\w+)\(", bare, re.M):
        yield m.start(), f"function-like macro {m[1]}"
    for m in re.finditer(r"\w\s*:\s*\d", bare):
        yield m.start(), "bit-field"
    for m in re.finditer(r"^#\s*include\s*(\S+)", text, re.M):
        if not INCLUDES.fullmatch(m[1]):
            yield m.start(), f"includes {m[1]}"
    for name, result, parameters in prototypes(text):
        where = re.search(rf"\b{name}\s*\(", bare).start()
        if not RESULT.fullmatch(result):
            yield where, f"{name}: returns `{result}`"
        for parameter in parameters:
            if not PARAMETER.fullmatch(parameter):
                yield where, f"{name}: parameter `{parameter}`"
        before = text[: text.rindex("BRC_API", 0, where)].rstrip()
        comment = before[before.rfind("/**") :] if before.endswith("*/") else ""
        for part in COMMENT_PARTS:
            if part not in comment:
                yield where, f"{name}: its comment has no `{part.strip()}`"


problems = []
for header in files(Path(sys.argv[1], "include"), ".h"):
    text = header.read_text()
    problems += [f"{header.name}:{line_of(text, at)}: {what}" for at, what in problems_of(text)]
finish(problems)
