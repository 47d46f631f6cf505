"""ask does the same in each of its languages, whatever Bedrock does.

usage: test_ask.py EMULATOR SIGN LIBRARY ASK...

SPDX-License-Identifier: MIT
"""
import json
import re
import subprocess
import sys
from pathlib import Path

from programs import ENVIRONMENT, PATIENCE_S, REGION, Emulator, contains, equal, run, tap

emulator_program, sign, library, *programs = sys.argv[1:]
emulator = Emulator(emulator_program, sign)
LANGUAGES = {"ask": "C", "ask-cpp": "C++", "ask.py": "Python"}
variables = {"AWS_ENDPOINT_URL": emulator.url, "BEDROCKCOST_LIBRARY": library}
languages = {LANGUAGES[Path(program).name]: program for program in programs}

ACCOUNT = f"arn:aws:bedrock:{REGION}:123456789012"
COUNTS = [
    "inputTokens",
    "outputTokens",
    "cacheReadInputTokens",
    "cacheWriteInputTokens",
    "cacheWrite5mInputTokens",
    "cacheWrite1hInputTokens",
]
TEXTS = [
    "profileArn",
    "askedProfileArn",
    "profileName",
    "tags",
    "model",
    "callId",
    "requestId",
    "serviceTier",
    "requestMetadata",
    "awsType",
    "outcome",
]
NUMBERS = ["attempt", "httpStatus", "latencyMs", "firstEventMs", "costPicodollars", "startedAtMs"]
NUMBERS += ["code", "maxTokens"]

RAW_IDS = [
    "anthropic.claude-3-haiku-20240307-v1:0",
    "us.anthropic.claude-3-haiku-20240307-v1:0",
    "global.anthropic.claude-opus-5",
    "abc123def456",
    f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-micro-v1:0",
    f"{ACCOUNT}:inference-profile/us.amazon.nova-micro-v1:0",
    f"{ACCOUNT}:provisioned-model/abc123def456",
    f"{ACCOUNT}:custom-model/amazon.nova-micro-v1:0/abc123def456",
    f"{ACCOUNT}:custom-model-deployment/abc123def456",
    f"{ACCOUNT}:imported-model/abc123def456",
    f"{ACCOUNT}:prompt/ABCDEFGHIJ:1",
    f"{ACCOUNT}:prompt-router/abc123def456",
    f"{ACCOUNT}:default-prompt-router/anthropic.claude:1",
    f"arn:aws:sagemaker:{REGION}:123456789012:endpoint/mine",
    f"arn:aws:bedrock:{REGION}:123:application-inference-profile/abc123def456",
    f"arn:aws:bedrock:evil.example/:123456789012:application-inference-profile/abc123def456",
    f"{ACCOUNT}:application-inference-profile/" + "a" * 2049,
    f"{ACCOUNT}:application-inference-profile/abc\r\nX-Evil: 1",
    "",
]


def command(program):
    return [sys.executable, program] if program.endswith(".py") else [program]


def ask(program, *arguments, **how):
    return run([*command(program), *arguments], **{**variables, **how})


def same_everywhere(*arguments, stdin=b"", code=0):
    """Asks in every language; the answers, and the usage but for its id and time, are the same."""
    answers = []
    for program in programs:
        ended = ask(program, *arguments, stdin=stdin)
        equal(ended.returncode, code)
        line = re.sub(r"request [-0-9a-f]{36}, \d+ ms", "request ID, N ms", ended.stderr)
        answers.append((ended.stdout, line))
    for answer in answers:
        equal(answer, answers[0])
    return answers[0]


def answers():
    arn = emulator.create_profile("answers", team="search")
    stdout, stderr = same_everywhere(arn, "Why is the sky blue?")
    contains(stderr, "reported, request ID, N ms")
    equal(stderr.count("\n"), 1)
    for prompt in ["Größe? 東京 🚀", "--", "a\nb\tc", '"\\'] + ["x" * n for n in (1, 10, 1000)]:
        one_line_each = same_everywhere(arn, "--", prompt)
        assert one_line_each != (stdout, stderr), prompt


def prompt_from_stdin():
    arn = emulator.create_profile("stdin", team="search")
    equal(same_everywhere(arn, "-", stdin=b"Why?"), same_everywhere(arn, "Why?"))


def system_prompt():
    """It counts as input."""
    arn = emulator.create_profile("system", team="search")
    tokens = [
        int(re.search(r"input (\d+)", same_everywhere(arn, "Why?", *system)[1])[1])
        for system in ([], ["--system", "You answer in rhymes."])
    ]
    assert tokens[1] > tokens[0], tokens


def max_tokens():
    arn = emulator.create_profile("limit", team="search")
    prompt, line = next(
        (prompt, line)
        for prompt in map(str, range(100))
        if " output 0," not in (line := same_everywhere(arn, prompt)[1])
    )
    limited, line = same_everywhere(arn, prompt, "--max-tokens", "1")
    contains(line, " output 1,")
    assert len(limited) <= 5, limited  # four bytes a token, and the line feed


def endpoint_option():
    """The option wins over the environment."""
    arn = emulator.create_profile("endpoint", team="search")
    for program in programs:
        ended = ask(
            program, "--endpoint", emulator.url, arn, "Hi", AWS_ENDPOINT_URL="http://127.0.0.1:1"
        )
        equal(ended.returncode, 0)


def record(program, *arguments):
    """The usage record, and the exit code."""
    ended = ask(program, "--json", *arguments)
    return json.loads(ended.stderr.splitlines()[0]), ended.returncode


def check_json(program):
    arn = emulator.create_profile("json", team="search")
    usage, code = record(program, arn, "Hi")
    equal(code, 0)
    equal(sorted(usage), sorted(TEXTS + COUNTS + NUMBERS))
    equal((usage["profileArn"], usage["outcome"], usage["code"]), (arn, "reported", 0))
    equal((usage["attempt"], usage["httpStatus"]), (1, 200))
    for unset in ["profileName", "tags", "model", "costPicodollars", "awsType", "firstEventMs"]:
        equal(usage[unset], None)
    assert usage["requestId"] and usage["callId"] and usage["startedAtMs"] > 1700000000000, usage
    usage, code = record(program, "--stream", arn, "Hi")
    equal((code, usage["outcome"]), (0, "reported"))
    assert 0 <= usage["firstEventMs"] <= usage["latencyMs"], usage


def check_bill(program):
    """Every token the emulator bills is in a usage record, and no other."""
    arn = emulator.create_profile("bill", team="search", stage="test")
    records = [record(program, arn, f"Question {n}")[0] for n in range(5)]
    billed = emulator.bill()["profiles"][arn]
    equal((billed["calls"], billed["tags"]), (5, {"team": "search", "stage": "test"}))
    for kind in COUNTS:
        equal(sum(usage[kind] or 0 for usage in records), billed[kind])


def check_raw_ids(program):
    """Refused with the explanation, before anything is sent and without any credentials."""
    seen = emulator.requests_seen()
    for raw_id in RAW_IDS:
        ended = ask(program, raw_id, "Hi", AWS_ACCESS_KEY_ID=None)
        equal((ended.returncode, ended.stdout), (1, b""))
        equal(ended.stderr, ask(programs[0], raw_id, "Hi").stderr)
        assert re.fullmatch(r"ask: (This|No model id).*\n", ended.stderr), ended.stderr
    equal(emulator.requests_seen(), seen)


def fault(said, outcome, printed="", **how):
    """A fault and what comes of it: a word of the error, the outcome, what goes to stdout. One that
    is repeated befalls each of the attempts."""

    def case(program):
        arn = emulator.create_profile("fault", team="search")
        emulator.fail_next(profile=arn, **how)
        ended = ask(program, arn, "Hi")
        equal((ended.returncode, ended.stdout.decode()), (1, printed))
        *attempts, error = ended.stderr.splitlines()
        equal(len(attempts), how.get("count", 1))
        for usage in attempts:
            contains(usage, f" {outcome}, request ")
        contains(error, f"ask: {said}")
        equal(ask(program, arn, "Hi").returncode, 0)  # the fault is over

    return case


ANSWER = '{"output":{"message":{"role":"assistant","content":[{"text":"Paid for."}]}}}'
FAULTS = {
    "access denied": fault("AccessDeniedException:", "not billed", type="AccessDeniedException"),
    "throttled": fault("ThrottlingException:", "not billed", type="ThrottlingException", count=3),
    "server error": fault("InternalServerException:", "not billed", status=500, count=3),
    "model error": fault("ModelErrorException:", "unreported", type="ModelErrorException"),
    "model too slow": fault("ModelTimeoutException:", "unreported", type="ModelTimeoutException"),
    "cut before the answer": fault("server not reached", "unreported", cut=-1),
    "no usage": fault("the answer has no usage", "unreported", printed="Paid for.\n", body=ANSWER),
    "not JSON": fault("the answer is not", "unreported", printed="<p>Hi</p>\n", body="<p>Hi</p>"),
    "empty answer": fault("the answer is not", "unreported", body=""),
}


def check_retry(program):
    """What is throttled once is asked again; each attempt has its record, one is billed."""
    arn = emulator.create_profile("retry", team="search")
    wanted = ask(program, arn, "Hi").stdout
    for options in [["--stream"], []]:
        emulator.fail_next(profile=arn, type="ThrottlingException")
        ended = ask(program, *options, arn, "Hi")
        equal((ended.returncode, ended.stdout), (0, wanted))
        throttled, answered = ended.stderr.splitlines()
        contains(throttled, " not billed, request ")
        contains(answered, " reported, request ")
    equal(emulator.bill()["profiles"][arn]["calls"], 3)


def streams():
    """They print and use what the same answers in one piece do."""
    arn = emulator.create_profile("streams", team="search")
    for prompt in ["Why is the sky blue?", *map(str, range(9))]:
        equal(same_everywhere("--stream", arn, prompt), same_everywhere(arn, prompt))


def stream(program, arn, prompt):
    return ask(program, "--stream", "--max-tokens", "100", arn, prompt)


def wordy(arn):
    """A question with an answer that is some events long, and that answer."""
    for prompt in map(str, range(1000)):
        answer = stream(programs[0], arn, prompt).stdout
        if len(answer) > 200:
            return prompt, answer
    raise AssertionError("the emulator says little")


SPOILT = {"garbage": True}, {"body": ""}, {"cut": 0}, {"cut": 7}
SPOILT += tuple({"cut": n} for n in (150, 500, 3000))
SPOILT += tuple({"exception": "throttlingException", "after": n} for n in range(5))
SPOILT += {"exception": "modelStreamErrorException", "after": 9}, {"error": "Gone", "after": 3}


def check_spoilt_streams(program):
    """What came is printed, then why there is no more; and every attempt is on record."""
    arn = emulator.create_profile("spoilt", team="search")
    prompt, whole = wordy(arn)
    calls = emulator.bill()["profiles"][arn]["calls"]
    printed = []
    for how in SPOILT:
        emulator.fail_next(profile=arn, **how)
        ended = stream(program, arn, prompt)
        usage, error = ended.stderr.splitlines()
        equal((how, ended.returncode), (how, 1))
        contains(usage, " unreported, request ")
        assert error.startswith("ask: "), error
        assert whole.startswith(ended.stdout[:-1]), (how, ended.stdout)
        printed.append(len(ended.stdout))
    assert max(printed) > 50, printed
    equal(emulator.bill()["profiles"][arn]["calls"] - calls, len(SPOILT))


def check_no_usage(program):
    """All of the answer, but an error: nobody knows what it used."""
    arn = emulator.create_profile("no-usage", team="search")
    prompt, whole = wordy(arn)
    emulator.fail_next(profile=arn, noMetadata=True)
    ended = stream(program, arn, prompt)
    equal((ended.returncode, ended.stdout), (1, whole))
    usage, error = ended.stderr.splitlines()
    contains(usage, " unreported, request ")
    contains(error, "usage")


def start_stream(program, arn, prompt):
    """ask --stream, of which the first words have come, and the others have not."""
    emulator.fail_next(profile=arn, eventDelayMs=30)
    running = subprocess.Popen(
        [*command(program), "--stream", "--max-tokens", "100", arn, prompt],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**ENVIRONMENT, **variables},
    )
    words = running.stdout.read1(4096)
    return running, words


def check_stream_comes(program):
    arn = emulator.create_profile("comes", team="search")
    prompt, whole = wordy(arn)
    running, words = start_stream(program, arn, prompt)
    assert whole.startswith(words) and 0 < len(words) < len(whole), words
    rest, stderr = running.communicate(timeout=PATIENCE_S)
    equal((running.returncode, words + rest), (0, whole))
    contains(stderr.decode(), " reported, request ")


def check_closed_stdout(program):
    """The call is broken off, which may be billed."""
    arn = emulator.create_profile("closed", team="search")
    running, _ = start_stream(program, arn, wordy(arn)[0])
    running.stdout.close()
    usage, error = running.stderr.read().decode().splitlines()
    running.stderr.close()
    equal(running.wait(timeout=PATIENCE_S), 1)
    contains(usage, " unreported, request ")
    equal(error, "ask: stdout cannot be written")


def check_cut(program):
    """What arrived is printed as it is: the beginning of the answer's JSON."""
    arn = emulator.create_profile("cut", team="search")
    emulator.fail_next(profile=arn, cut=20)
    ended = ask(program, arn, "Hi")
    equal((ended.returncode, len(ended.stdout)), (1, 21))
    assert ended.stdout.startswith(b'{"'), ended.stdout
    contains(ended.stderr, " unreported, request ")
    contains(ended.stderr, "ask: the answer was cut after 20 bytes")


def check_garbage(program):
    arn = emulator.create_profile("garbage", team="search")
    emulator.fail_next(profile=arn, garbage=True)
    ended = ask(program, arn, "Hi")
    equal(ended.returncode, 1)
    contains(ended.stderr, " unreported, request ")
    contains(ended.stderr, "ask: the answer is not")


def check_large_prompt(program):
    """One that goes, and one that is larger than a request may be."""
    arn = emulator.create_profile("large", team="search")
    equal(ask(program, arn, "-", stdin=b"x" * 1_000_000).returncode, 0)
    seen = emulator.requests_seen()
    ended = ask(program, arn, "-", stdin=b"x" * 20_000_001)
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "20000000")
    equal(emulator.requests_seen(), seen)


def check_bad_prompts(program):
    arn = emulator.create_profile("bad", team="search")
    seen = emulator.requests_seen()
    for prompt in [b"", b"\xff", b"a\0b"]:
        ended = ask(program, arn, "-", stdin=prompt)
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, "ask: text: ")
    equal(emulator.requests_seen(), seen)


def check_credentials(program):
    arn = emulator.create_profile("credentials", team="search")
    ended = ask(program, arn, "Hi", AWS_ACCESS_KEY_ID=None)
    equal(ended.returncode, 1)
    contains(ended.stderr, "ask: no credentials: environment: AWS_ACCESS_KEY_ID is not set")
    ended = ask(program, arn, "Hi", AWS_SECRET_ACCESS_KEY="wrong")
    equal(ended.returncode, 1)
    contains(ended.stderr, "HTTP 403")
    assert "wrong" not in ended.stderr


def check_endpoint(program):
    arn = emulator.create_profile("address", team="search")
    for endpoint, said in {
        "http://192.0.2.1": "http is allowed only to",
        "nowhere": "not a URL",
        "http://127.0.0.1:1": "server not reached",
        "https://" + emulator.url.split("//")[1]: "TLS failed",
    }.items():
        ended = ask(program, "--endpoint", endpoint, arn, "Hi")
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, said)
    ended = ask(program, "--ca-file", "", arn, "Hi")
    equal(ended.returncode, 1)
    contains(ended.stderr, "CA file: ")


def check_full_disk(program):
    arn = emulator.create_profile("disk", team="search")
    for arguments in [[arn, "Hi"], ["--stream", arn, "Hi"], ["--help"]]:
        with open("/dev/full", "wb") as full:
            ended = ask(program, *arguments, stdout=full)
        equal(ended.returncode, 1)
        contains(ended.stderr, "ask: stdout cannot be written\n")


def check_usage_errors(program):
    arn = f"{ACCOUNT}:application-inference-profile/abc123def456"
    for arguments in [
        [],
        [arn],
        [arn, "Hi", "you"],
        [arn, "Hi", "--max-tokens"],
        *([arn, "Hi", "--max-tokens", n] for n in ["0", "-1", "1x", "", "2147483648", "9" * 30]),
        [arn, "Hi", "--what"],
        ["--json=1", arn, "Hi"],
    ]:
        ended = ask(program, *arguments)
        equal((arguments, ended.returncode, ended.stdout), (arguments, 2, b""))
        assert ended.stderr != "", arguments


def check_help(program):
    ended = ask(program, "--help")
    equal((ended.returncode, ended.stderr), (0, ""))
    in_c = ask(programs[0], "--help").stdout.splitlines()  # which knows ledgers and names as well
    equal([line for line in ended.stdout.splitlines() if line not in in_c], [])
    for option in ["--system", "--max-tokens", "--endpoint", "--ca-file", "--stream", "--json"]:
        contains(ended.stdout.decode(), option)


def check_no_library(program):
    ended = ask(program, "arn", "Hi", BEDROCKCOST_LIBRARY="/nowhere/libbedrockcost.so.1")
    equal(ended.returncode, 1)
    contains(ended.stderr, "BEDROCKCOST_LIBRARY")


EACH = {
    "JSON": check_json,
    "bill": check_bill,
    "raw ids": check_raw_ids,
    **FAULTS,
    "cut": check_cut,
    "garbage": check_garbage,
    "retry": check_retry,
    "stream comes": check_stream_comes,
    "spoilt streams": check_spoilt_streams,
    "stream without usage": check_no_usage,
    "closed stdout": check_closed_stdout,
    "large prompt": check_large_prompt,
    "bad prompts": check_bad_prompts,
    "credentials": check_credentials,
    "endpoint": check_endpoint,
    "full disk": check_full_disk,
    "usage errors": check_usage_errors,
    "help": check_help,
}


def cases():
    everywhere = [answers, streams, prompt_from_stdin, system_prompt, max_tokens, endpoint_option]
    for together in everywhere:
        yield together.__name__.replace("_", " "), together
    for language, program in languages.items():
        for name, check in EACH.items():
            yield f"{language}: {name}", lambda check=check, program=program: check(program)
    if "Python" in languages:
        yield "Python: no library", lambda: check_no_library(languages["Python"])


try:
    tap(dict(cases()))
finally:
    emulator.close()
