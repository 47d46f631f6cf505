"""What the library never calls: what overflows, what ends or speaks for the program, what is not
safe in threads; and goto.

usage: banned.py ROOT

SPDX-License-Identifier: MIT
"""
import re
import sys
from pathlib import Path

from house import code, files, finish, line_of

CALLS = """
    alloca gets sprintf stpcpy strcat strcpy strncat strncpy vsprintf
    abort assert atexit exit _exit _Exit kill longjmp raise setjmp signal system
    fprintf fputc fputs perror printf putc putchar puts vfprintf vprintf
    asctime ctime gmtime localtime rand setenv setlocale srand strtok unsetenv
""".split()
ALLOWED = {("process.c", "kill")}  # the process it started itself, and no other
BANNED = re.compile(rf"(?<![\w.>])({'|'.join(CALLS)})\s*\(|\b(goto|stdout|stderr)\b")

problems = []
for file in files(Path(sys.argv[1], "lib"), ".c", ".h"):
    bare = code(file.read_text())
    for m in BANNED.finditer(bare):
        if (file.name, m[1]) not in ALLOWED:
            problems.append(f"{file.name}:{line_of(bare, m.start())}: {m[1] or m[2]}")
finish(problems)
