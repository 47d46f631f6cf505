"""Every command of doc/guide.md, and those of README.md's part on it, run in their order, say what
is shown there.

A page has ```json blocks, which are files (the line before one ends with `NAME`:), and ```console
blocks: what is typed, and what comes. An `emulator` that is started there is ours to start. Blanks,
ids and moments may differ; a line of … stands for any number of lines; where nothing is shown, the
command has to succeed.

usage: test_guide.py ROOT EMULATOR PROGRAM...

SPDX-License-Identifier: MIT
"""
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from programs import ENVIRONMENT, PATIENCE_S, tap

ROOT, EMULATOR, *PROGRAMS = map(Path, sys.argv[1:])
SHOWN_URL = "http://127.0.0.1:4747"
BLOCK = re.compile(r"^```(json|console)\n(.*?)^```$", re.M | re.S)
FILE = re.compile(r"`([\w.-]+)`:\s*$")
MARK = "\x1e"
MASKS = {
    r"127\.0\.0\.1:\d+": "127.0.0.1:PORT",
    r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b": "UUID",
    r"(?<=profile/)[a-z0-9]{12}\b": "PROFILEIDXXX",
    r"\b(?=[a-z]*\d)[a-z0-9]{12}\b": "PROFILEIDXXX",
    r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{10}\b": "AGENTIDXXX",
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC)?)?": "DATE",
    r"\b\d+ ms\b": "N ms",
    r"\bin \d+ (d|h|min|s)\b": "in N",
    r"\b\d+ (days old|of the 6144 characters|requests)": r"N \1",
    r"[ \t]+": " ",
    r" $": "",
}


def masked(line):
    for pattern, becomes in MASKS.items():
        line = re.sub(pattern, becomes, line)
    return line


def commands_of(block):
    """[(what is typed, lines shown)] of a block."""
    found, typed = [], None
    for line in block.splitlines():
        if typed is not None and typed.endswith("\\"):
            typed += "\n" + line
            found[-1] = (typed, [])
        elif line.startswith("$ "):
            typed = line[2:]
            found.append((typed, []))
        else:
            found[-1][1].append(line)
            typed = None
    return found


def steps_of(text):
    """What a page has, in order: ("file", name, text) or ("command", typed, shown)."""
    for m in BLOCK.finditer(text):
        name = FILE.search(text[: m.start()])
        if m[1] == "json" and name:
            yield "file", name[1], m[2]
        elif m[1] == "console":
            yield from (("command", *command) for command in commands_of(m[2]))


def start_emulator(typed, folder):
    """Whatever port is shown, the one that is free is taken. Returns the process and its URL."""
    words = re.sub(r"--port \d+|&", "", typed).split()[1:]
    process = subprocess.Popen(
        [EMULATOR.resolve(), *words], stdout=subprocess.PIPE, cwd=folder, env=ENVIRONMENT, text=True
    )
    return process, process.stdout.readline().split()[-1]


def script_of(steps, url):
    """What a shell reads to do it all; between two commands it writes a mark and the exit code."""
    lines = ["exec 2>&1 </dev/null"]
    for kind, first, second in steps:
        if kind == "file":
            lines += [f"cat >{first} <<'{MARK}'", second + MARK]
        else:
            lines += [first.replace(SHOWN_URL, url), f"printf '{MARK}%s{MARK}' $?"]
    return "\n".join(lines) + "\n"


def run_steps(steps, url, folder):
    programs = Path(folder, "bin")
    programs.mkdir()
    for program in PROGRAMS:
        (programs / program.name).symlink_to(program.resolve())
    environment = {**ENVIRONMENT, "PATH": f"{programs}:{os.environ['PATH']}", "HOME": folder}
    del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_REGION"]
    ended = subprocess.run(
        ["bash", "-c", script_of(steps, url)], cwd=folder, env=environment, capture_output=True, timeout=PATIENCE_S
    )
    parts = ended.stdout.decode().split(MARK)
    return list(zip(parts[0::2], map(int, parts[1::2])))


def fits(shown, seen):
    """Whether the lines seen are those shown; a line of … is any number of them."""
    if not shown:
        return not seen
    if shown[0] == "…":
        return any(fits(shown[1:], seen[i:]) for i in range(len(seen) + 1))
    return bool(seen) and shown[0] == seen[0] and fits(shown[1:], seen[1:])


def check_command(typed, shown, said, code):
    seen = [masked(line) for line in said.splitlines()]
    wanted = [masked(line) for line in shown]
    if not shown:
        assert code == 0, f"{typed}\nended with {code}:\n{said}"
        return
    assert fits(wanted, seen), f"{typed}\nsaid\n{said}\nwhere the page has\n" + "\n".join(shown)


@contextlib.contextmanager
def emulator_of(steps, folder):
    """The steps without the emulator's own, and its URL."""
    started = [step for step in steps if step[0] == "command" and step[1].startswith("emulator ")]
    process, url = start_emulator(started[0][1], folder)
    try:
        yield [step for step in steps if step not in started], url
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def run_page(text):
    """[(typed, shown, said, exit code)] of a page's commands."""
    with tempfile.TemporaryDirectory() as folder, emulator_of(list(steps_of(text)), folder) as (steps, url):
        (Path(folder) / "examples").symlink_to(ROOT.resolve() / "examples")
        said = run_steps(steps, url, folder)
    commands = [step[1:] for step in steps if step[0] == "command"]
    assert len(said) == len(commands), f"only {len(said)} of {len(commands)} commands were run"
    return [(*command, *answer) for command, answer in zip(commands, said)]


def check_page(text):
    commands = run_page(text)
    assert len(commands) > 3
    for command in commands:
        check_command(*command)


def part(text, heading):
    """What is under a heading of a page."""
    return re.split(r"^## ", text, flags=re.M)[[*re.findall(r"^## (.*)$", text, re.M)].index(heading) + 1]


GUIDE = (ROOT / "doc/guide.md").read_text()
README = (ROOT / "README.md").read_text()
PREPARED = GUIDE[: GUIDE.index("<!-- prepared -->")]

if __name__ == "__main__":
    tap({
        "guide": lambda: check_page(GUIDE),
        "README": lambda: check_page(PREPARED + part(README, "Profiles from one file")),
    })
