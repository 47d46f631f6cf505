"""chat keeps a conversation going, through a pipe and in a terminal, and knows what it used.

usage: test_chat.py EMULATOR SIGN CHAT

SPDX-License-Identifier: MIT
"""
import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

from programs import ENVIRONMENT, PATIENCE_S, Emulator, Skip, contains, equal, run, tap, wait_for
from recorder import held_back, recorder

emulator_program, sign, chat = sys.argv[1:]
emulator = Emulator(emulator_program, sign)
CHAT = [chat, "--max-tokens", "60"]

KINDS = {"input": "inputTokens", "output": "outputTokens",
         "cache read": "cacheReadInputTokens", "cache write": "cacheWriteInputTokens"}
TURN = re.compile(r"^turn: (.*); session: (.*)$", re.M)
TOTAL = re.compile(r"^total: (.*)$", re.M)


# ---------------------------------------------------------------------- tools


def say(arn, *lines, endpoint=emulator.url, options=(), **how):
    stdin = b"".join(os.fsencode(line) + b"\n" for line in lines)
    return run([*CHAT, *options, arn], stdin=stdin, AWS_ENDPOINT_URL=endpoint, **how)


class Session:
    """chat at the other end of a pipe, asked step by step."""

    def __init__(self, arn, endpoint=emulator.url):
        self.out = tempfile.TemporaryFile()
        self.chat = subprocess.Popen(
            [*CHAT, arn],
            stdin=subprocess.PIPE,
            stdout=self.out,
            stderr=subprocess.PIPE,
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.chat.kill()
        self.leave()
        self.chat.stderr.close()
        self.out.close()

    def start(self, question):
        self.answer_start = self.out.seek(0, os.SEEK_END)
        self.chat.stdin.write(question.encode() + b"\n")
        self.chat.stdin.flush()

    def shown(self):
        return os.pread(self.out.fileno(), 1 << 20, self.answer_start).decode()

    def ask(self, question):
        """The answer, and what was said about it on stderr."""
        self.start(question)
        lines = []
        while not lines or not lines[-1].startswith("turn: "):
            line = self.chat.stderr.readline().decode()
            assert line != "", lines
            lines.append(line)
        return self.shown(), "".join(lines)

    def leave(self):
        """The exit code, and what is left of stderr."""
        self.chat.stdin.close()
        left = self.chat.stderr.read().decode()
        return self.chat.wait(timeout=PATIENCE_S), left


class Terminal:
    """chat as somebody at a terminal has it: in tmux."""

    def __init__(self, arn, endpoint):
        if shutil.which("tmux") is None:
            raise Skip("there is no tmux")
        self.folder = tempfile.TemporaryDirectory()
        environment = {"TMUX_TMPDIR": self.folder.name, "AWS_ENDPOINT_URL": endpoint}
        self.environment = {**ENVIRONMENT, **environment}
        self.tmux = ["tmux", "-u", "-L", "chat", "-f", "/dev/null"]
        command = f"trap : INT; {shlex.join([*CHAT, arn])}; echo left with $?; read wait"
        try:
            self.do("new-session", "-d", "-x", "150", "-y", "50", "sh", "-c", command)
        except subprocess.CalledProcessError as why:
            raise Skip(f"no terminal is to be had: {why.stderr.decode()}") from why

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.do("kill-server")
        self.folder.cleanup()

    def do(self, *command):
        command = [*self.tmux, *command]
        ended = subprocess.run(command, env=self.environment, capture_output=True, check=True)
        return ended.stdout.decode()

    def press(self, *keys):
        self.do("send-keys", *keys)

    def type(self, line):
        self.do("send-keys", "-l", line)
        self.press("Enter")

    def screen(self):
        return self.do("capture-pane", "-p", "-J", "-S", "-")

    def wait_for(self, text, times=1):
        return wait_for(lambda: (screen := self.screen()).count(text) >= times and screen)

    def wait_for_answer(self, question, word):
        """The question may take its time to be shown, too."""
        self.wait_for(question)
        wait_for(lambda: word in self.screen().rpartition(question)[2])


def tokens(text):
    """{kind: count} of "input 12, output 3"; of a kind that is not there, none."""
    counts = {kind: int(n) for kind, n in re.findall(r"([a-z][a-z ]*) (\d+)", text)}
    return {kind: counts.get(kind, 0) for kind in KINDS}


def sums(seen):
    return {kind: sum(tokens[kind] for tokens in seen) for kind in KINDS}


def turns(stderr):
    """The tokens of each turn; the session's are their sums, and so is the total."""
    seen = []
    for turn, session in TURN.findall(stderr):
        seen.append(tokens(turn))
        equal(tokens(session), sums(seen))
    equal(tokens(TOTAL.search(stderr)[1]), sums(seen))
    return seen


def said(body):
    """[(role, text)] of a request's messages."""
    return [
        (message["role"], "".join(block["text"] for block in message["content"]))
        for message in body["messages"]
    ]


class Profile:
    """A profile, and three questions with answers of some length, each after those before it."""

    def __init__(self, name):
        self.arn = emulator.create_profile(name, team="search")
        self.answers = [""]
        for n in range(1000):
            if min(map(len, self.answers)) > 100:
                break
            self.questions = [f"{n}, {k}" for k in range(3)]
            with Session(self.arn) as session:
                self.answers = [session.ask(question)[0] for question in self.questions]
        self.before = self.account()

    def account(self):
        return emulator.bill()["profiles"][self.arn]

    def billed(self):
        """Since then."""
        now = self.account()
        return {kind: now[member] - self.before[member] for kind, member in KINDS.items()}

    def calls(self):
        return self.account()["calls"] - self.before["calls"]

    def fail_next(self, **fault):
        emulator.fail_next(profile=self.arn, **fault)


# --------------------------------------------------------------------- a pipe


def keeps_history(profile):
    """A request is the one before it, its answer, and the next question."""
    questions = [*profile.questions, "Größe? 東京 🚀", '"\\\t', "x" * 100_000]
    with recorder(emulator.url) as (endpoint, bodies):
        ended = say(profile.arn, *questions, endpoint=endpoint)
    equal(ended.returncode, 0)
    assert ended.stdout.decode().startswith("".join(profile.answers)), ended.stdout
    equal(len(turns(ended.stderr)), 6)
    conversation = []
    for question, answer in zip(profile.questions, profile.answers):
        conversation += [("user", question), ("assistant", answer.removesuffix("\n"))]
    for n, (question, body) in enumerate(zip(questions, bodies, strict=True)):
        equal(body["inferenceConfig"], {"maxTokens": 60})
        equal(said(body)[: 2 * min(n, 3)], conversation[: 2 * n])
        equal(said(body)[-1], ("user", question))
        roles = [role for role, _ in said(body)]
        equal(roles, ["user", "assistant"] * (len(roles) // 2) + ["user"])


def bill_grows(profile):
    """By what was said before; all of it is counted."""
    plain = turns(say(profile.arn, *profile.questions).stderr)
    for one, next in zip(plain, plain[1:]):
        assert next["input"] > one["input"] + one["output"] / 2, plain
    ended = say(profile.arn, *profile.questions, options=["--system", "You answer in rhymes."])
    equal(ended.returncode, 0)
    rhymes = turns(ended.stderr)
    assert rhymes[0]["input"] > plain[0]["input"], (plain, rhymes)
    equal(sums(plain + rhymes), profile.billed())


def pipes(profile):
    """Neither prompts nor decorations; blank lines are no questions, the last needs no end."""
    stdin = f"\n \t\n{profile.questions[0]}".encode()
    ended = run([*CHAT, profile.arn], stdin=stdin, AWS_ENDPOINT_URL=emulator.url)
    equal((ended.returncode, ended.stdout.decode()), (0, profile.answers[0]))
    used = "input [0-9]+, output [0-9]+"
    assert re.fullmatch(f"turn: {used}; session: {used}\ntotal: {used}\n", ended.stderr), ended.stderr
    for stdin in [b"", b"\n\n"]:
        ended = run([*CHAT, profile.arn], stdin=stdin, AWS_ENDPOINT_URL=emulator.url)
        equal((ended.returncode, ended.stdout, ended.stderr), (0, b"", "total: input 0, output 0\n"))


# What befalls a turn, and a word of what is said then.
REFUSED = [
    ({"type": "ValidationException"}, "ValidationException"),
    ({"type": "ThrottlingException", "count": 3}, "ThrottlingException"),
]
NOTHING_SHOWN = [
    ({"type": "ModelErrorException"}, "ModelErrorException"),
    ({"cut": -1}, "server not reached"),
    ({"cut": 0}, "cut"),
    ({"garbage": True}, ""),
    ({"exception": "throttlingException"}, "hrottlingException"),
]
SOME_SHOWN = [
    ({"exception": "internalServerException", "after": 6}, "nternalServerException"),
    ({"error": "Gone", "after": 6}, "Gone"),
    ({"cut": 1500}, "cut"),
    ({"noMetadata": True}, "usage"),
]


def survives(profile):
    """Turns that fail leave the conversation as it was, or as it was shown."""
    first, second, _ = profile.questions
    with recorder(emulator.url) as (endpoint, bodies), Session(profile.arn, endpoint) as session:
        equal(session.ask(first)[0], profile.answers[0])
        for fault, word in REFUSED + NOTHING_SHOWN:
            profile.fail_next(**fault)
            shown, stderr = session.ask("Spoilt?")
            equal((fault, shown), (fault, ""))
            assert re.search(f"^chat: .*{word}", stderr, re.M), (fault, stderr)
        equal(session.ask(second)[0], profile.answers[1])
        for fault, word in SOME_SHOWN:
            profile.fail_next(**fault)
            shown, stderr = session.ask(second)
            assert re.search(f"^chat: .*{word}", stderr, re.M), (fault, stderr)
            *before, question = said(bodies[-1])
            session.ask("And then?")
            wanted = [*before, question, ("assistant", shown.removesuffix("\n"))]
            equal(said(bodies[-1]), [*wanted, ("user", "And then?")])
        code, stderr = session.leave()
    equal(code, 1)
    contains(stderr, f", unreported {len(NOTHING_SHOWN + SOME_SHOWN)} (may be billed)\n")


def tries_again(profile):
    """Throttled once: two attempts, one answer."""
    profile.fail_next(type="ThrottlingException")
    ended = say(profile.arn, profile.questions[0])
    equal((ended.returncode, ended.stdout.decode()), (0, profile.answers[0]))
    equal(sums(turns(ended.stderr)), profile.billed())


def bad_lines(profile):
    """What no request may have, or is too long, is refused before it is sent."""
    ended = say(profile.arn, b"\xff", b"a\0b", "x" * 20_000_001, profile.questions[0])
    equal((ended.returncode, ended.stdout.decode()), (1, profile.answers[0]))
    equal(len(re.findall("^chat: ", ended.stderr, re.M)), 3)
    equal(sums(turns(ended.stderr)), profile.billed())


def interrupt(profile, session):
    """Sends a signal in mid answer; it has been noticed when the line is ended."""
    session.start(profile.questions[0])
    wait_for(session.shown)
    session.chat.send_signal(signal.SIGINT)
    wait_for(lambda: session.shown().endswith("\n"))


def ends_by_signal(profile):
    """Without a terminal a signal ends it all, but what the answer used is waited for."""
    with recorder(emulator.url) as (endpoint, _), Session(profile.arn, endpoint) as session:
        with held_back():
            interrupt(profile, session)
        equal(session.chat.wait(timeout=PATIENCE_S), 1)
        stderr = session.chat.stderr.read().decode()
        shown = session.shown()
    assert profile.answers[0].startswith(shown.removesuffix("\n")), shown
    assert len(shown) < len(profile.answers[0]) - 1, shown
    contains(stderr, "chat: interrupted\n")
    equal(sums(turns(stderr)), profile.billed())
    with Session(profile.arn) as session:  # at the beginning of a line
        session.ask(profile.questions[0])
        session.chat.send_signal(signal.SIGINT)
        equal(session.chat.wait(timeout=PATIENCE_S), 1)


def second_signal(profile):
    """It does not wait for anything."""
    with Session(profile.arn) as session:
        profile.fail_next(stall=True, after=6)
        interrupt(profile, session)
        try:
            session.chat.wait(timeout=0.5)
            raise AssertionError("it does not wait for what it used")
        except subprocess.TimeoutExpired:
            pass
        session.chat.send_signal(signal.SIGINT)
        equal(session.chat.wait(timeout=PATIENCE_S), 1)
        contains(session.chat.stderr.read().decode(), ", unreported 1 (may be billed)\n")


def stdout_fails(profile):
    for arguments in [["--help"], [profile.arn]]:
        with open("/dev/full", "wb") as full:
            ended = run([*CHAT, *arguments], stdin=b"1\n2\n", stdout=full, AWS_ENDPOINT_URL=emulator.url)
        equal(ended.returncode, 1)
        contains(ended.stderr, "chat: stdout cannot be written\n")
    profile.fail_next(eventDelayMs=20)
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as closed:
        ended = say(profile.arn, *profile.questions, stdout=closed)
    equal(ended.returncode, 1)
    contains(ended.stderr, ", unreported 1 (may be billed)\nchat: stdout cannot be written\n")


def refuses(profile):
    seen = emulator.requests_seen()
    for raw_id in ["amazon.nova-micro-v1:0", ""]:
        ended = say(raw_id, "Hi")
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "application inference profile")
    ended = say(profile.arn, "Hi", options=["--system", b"\xff"])
    equal((ended.returncode, ended.stderr.count("\n")), (1, 1))
    ended = say(profile.arn, "Hi", "Ho", AWS_ACCESS_KEY_ID=None)
    equal(ended.returncode, 1)
    equal(ended.stderr.count("chat: no credentials: environment: AWS_ACCESS_KEY_ID is not set"), 2)
    folder = os.open("/", os.O_RDONLY)
    ended = subprocess.run([chat, profile.arn], stdin=folder, capture_output=True)
    os.close(folder)
    equal(ended.returncode, 1)
    contains(ended.stderr, b"chat: stdin cannot be read\n")
    equal(emulator.requests_seen(), seen)


def usage_errors(profile):
    arn = profile.arn
    for arguments in [[], [arn, "Hi"], ["--what", arn], ["--max-tokens", "0", arn]]:
        ended = run([chat, *arguments])
        equal((arguments, ended.returncode, ended.stdout), (arguments, 2, b""))
        assert ended.stderr != "", arguments
    ended = run([chat, "--help"])
    equal((ended.returncode, ended.stderr), (0, ""))
    for option in ["system", "max-tokens", "endpoint", "ca-file"]:
        contains(ended.stdout.decode(), f"--{option} ")


# ----------------------------------------------------------------- a terminal


def converses(profile):
    """Ctrl-C in mid answer keeps the session and what was shown; the total is the bill."""
    first, second, third = profile.questions
    with recorder(emulator.url) as (endpoint, bodies), Terminal(profile.arn, endpoint) as terminal:
        terminal.wait_for("> ")
        terminal.type(first)
        terminal.wait_for("turn: ")
        with held_back():
            terminal.type(second)
            terminal.wait_for_answer(second, profile.answers[1].split()[0])
            terminal.press("C-c")
            terminal.wait_for("chat: cancelled")
        terminal.wait_for("turn: ", 2)
        terminal.type(third)
        terminal.wait_for("turn: ", 3)
        terminal.wait_for_answer("turn: ", "> ")
        terminal.press("C-c")
        terminal.wait_for("chat: Ctrl-D leaves")
        terminal.press("C-d")
        screen = terminal.wait_for("left with 0")
    *before, (role, shown), last = said(bodies[2])
    equal(before, [("user", first), ("assistant", profile.answers[0][:-1]), ("user", second)])
    equal(role, "assistant")
    assert profile.answers[1].startswith(shown) and len(shown) < len(profile.answers[1]) - 1, shown
    equal(last, ("user", third))
    equal((len(turns(screen)), profile.calls()), (3, 3))
    equal(sums(turns(screen)), profile.billed())


def breaks_off(profile):
    """A second Ctrl-C waits for nothing; what nobody saw is not in the conversation."""
    with recorder(emulator.url) as (endpoint, bodies), Terminal(profile.arn, endpoint) as terminal:
        terminal.wait_for("> ")
        profile.fail_next(stall=True, after=1)
        terminal.type("Are you there?")
        wait_for(lambda: bodies)
        terminal.press("C-c")
        terminal.wait_for("chat: cancelled")
        terminal.press("C-c")
        terminal.wait_for("unreported 1 (may be billed)")
        terminal.type(profile.questions[0])
        terminal.wait_for("turn: ", 2)
        terminal.press("C-d")
        terminal.wait_for("left with 0")
    equal(said(bodies[-1]), [("user", profile.questions[0])])


CASES = [
    keeps_history, bill_grows, pipes, survives, tries_again, bad_lines, ends_by_signal, second_signal,
    stdout_fails, refuses, usage_errors, converses, breaks_off,
]
names = [case.__name__.replace("_", " ") for case in CASES]
try:
    tap({
        name: lambda name=name, case=case: case(Profile(name.replace(" ", "-")))
        for name, case in zip(names, CASES)
    })
finally:
    emulator.close()
