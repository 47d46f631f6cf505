"""C and C++ are formatted as .clang-format says.

Versions of clang-format disagree on details, so only version 14 is asked.

usage: format.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import shutil
import subprocess
import sys

from house import files, finish, skip

root = sys.argv[1]
tool = shutil.which("clang-format-14") or shutil.which("clang-format")
version = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout if tool else ""
if "version 14." not in version:
    skip("clang-format 14 is not installed")

run = subprocess.run(
    [tool, "--style=file", "--dry-run", *files(root, ".c", ".h", ".cpp")],
    capture_output=True,
    text=True,
)
finish(sorted(set(re.findall(r"^(\S+):\d+:\d+: warning", run.stderr, re.M))))
