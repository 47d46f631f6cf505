#!/usr/bin/env python3
"""ask in Python: one question to a model, through an application inference profile. See ask.c.

Needs nothing but the standard library and libbedrockcost.so.1, which is looked for where the
system keeps its libraries; BEDROCKCOST_LIBRARY=/path/to/libbedrockcost.so.1 names another one.

SPDX-License-Identifier: MIT
"""
import ctypes
import getopt
import os
import signal
import sys
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_void_p

HELP = """\
usage: ask [OPTIONS] PROFILE_ARN PROMPT

Asks the model behind an application inference profile. The answer goes to stdout, what it
used to stderr. A PROMPT of - is read from stdin.

  --system TEXT    system prompt
  --max-tokens N   most tokens the answer may have
  --endpoint URL   where to send, instead of the endpoint in the ARN's region
  --ca-file FILE   trust these certificate authorities (PEM)
  --stream         print the answer while it comes
  --json           print the whole usage record as JSON instead of one readable line
  --help           print this

Credentials come from where the AWS SDKs look for them; `credentials` says where that is.
Exit code: 0 answered, 1 failed, 2 wrong usage.
"""

# From <bedrockcost/base.h> and the headers beside it; a number never changes its meaning.
BRC_E_NOT_A_PROFILE = -10
BRC_USAGE_OUTCOME = 1
BRC_USAGE_INPUT_TOKENS = 4
BRC_USAGE_OUTPUT_TOKENS = 5
BRC_USAGE_CACHE_READ_TOKENS = 6
BRC_USAGE_CACHE_WRITE_TOKENS = 7
BRC_USAGE_LATENCY_MS = 10
BRC_USAGE_REQUEST_ID = 6
BRC_EVENT_TYPE = 1
BRC_EVENT_TEXT_DELTA = 2
BRC_EVENT_TEXT = 1
BRC_EVENT_GO_ON = 0
BRC_EVENT_STOP = 1
OUTCOMES = {1: "not billed", 2: "reported", 3: "unreported"}

USAGE_FN = CFUNCTYPE(None, c_void_p, c_void_p)  # (usage, user_data)
EVENT_FN = CFUNCTYPE(c_int, c_void_p, c_int64, c_void_p, c_void_p)
# (client, id, event, user_data)

# name: (result, parameters). Without this ctypes takes every value for an int and cuts pointers.
PROTOTYPES = {
    "brc_strerror": (c_char_p, [c_int]),
    "brc_profile_explain": (c_char_p, [c_char_p]),
    "brc_credentials_new_chain": (c_int, [c_char_p, POINTER(c_void_p)]),
    "brc_credentials_free": (c_void_p, [c_void_p]),
    "brc_client_new": (c_int, [c_void_p, POINTER(c_void_p)]),
    "brc_client_free": (c_void_p, [c_void_p]),
    "brc_client_error": (c_char_p, [c_void_p]),
    "brc_client_set_endpoint": (c_int, [c_void_p, c_char_p]),
    "brc_client_set_ca_file": (c_int, [c_void_p, c_char_p]),
    "brc_client_set_usage": (c_int, [c_void_p, USAGE_FN, c_void_p, c_void_p]),
    "brc_request_new": (c_int, [c_char_p, POINTER(c_void_p)]),
    "brc_request_free": (c_void_p, [c_void_p]),
    "brc_request_error": (c_char_p, [c_void_p]),
    "brc_request_add_text": (c_int, [c_void_p, c_char_p, c_char_p, c_size_t]),
    "brc_request_set_max_tokens": (c_int, [c_void_p, c_int64, c_int64]),
    "brc_converse": (c_int, [c_void_p, c_void_p, POINTER(c_void_p)]),
    "brc_converse_stream": (c_int, [c_void_p, c_void_p, EVENT_FN, c_void_p, POINTER(c_void_p)]),
    "brc_event_int": (c_int64, [c_void_p, c_int]),
    "brc_event_text": (c_void_p, [c_void_p, c_int, POINTER(c_size_t)]),
    "brc_result_free": (c_void_p, [c_void_p]),
    "brc_result_text": (c_void_p, [c_void_p, POINTER(c_size_t)]),
    "brc_result_json": (c_void_p, [c_void_p, POINTER(c_size_t)]),
    "brc_usage_int": (c_int64, [c_void_p, c_int]),
    "brc_usage_text": (c_char_p, [c_void_p, c_int]),
    "brc_usage_json": (c_char_p, [c_void_p]),
}


class Failure(Exception):
    pass


class Misuse(Exception):
    pass


def load():
    try:
        library = ctypes.CDLL(os.environ.get("BEDROCKCOST_LIBRARY", "libbedrockcost.so.1"))
    except OSError as error:
        raise Failure(f"{error}; BEDROCKCOST_LIBRARY may name the library's file") from None
    for name, (result, parameters) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, parameters
    return library


def parse(arguments):
    """The options as a dictionary, then PROFILE_ARN and PROMPT, all as the bytes given."""
    known = ["system=", "max-tokens=", "endpoint=", "ca-file=", "stream", "json", "help"]
    try:
        pairs, operands = getopt.gnu_getopt(arguments, "", known)
    except getopt.GetoptError as error:
        raise Misuse(error) from None
    options = {name: os.fsencode(value) for name, value in pairs}
    if "--help" in options:
        return options, None, None
    tokens = options.get("--max-tokens", b"1")
    if not tokens.isdigit() or not 1 <= int(tokens) <= 2147483647:
        raise Misuse("--max-tokens takes a number from 1 to 2147483647")
    if len(operands) != 2:
        raise Misuse("PROFILE_ARN and PROMPT are needed")
    return options, *map(os.fsencode, operands)


def make_request(brc, request, options, profile_arn, prompt):
    rc = brc.brc_request_new(profile_arn, byref(request))
    if rc == BRC_E_NOT_A_PROFILE:
        raise Failure(brc.brc_profile_explain(profile_arn).decode())
    if rc < 0:
        raise Failure(brc.brc_strerror(rc).decode())
    if prompt == b"-":  # one more byte than a request may have is enough to be refused
        prompt = sys.stdin.buffer.read(20_000_001)
    rc = brc.brc_request_add_text(request, b"user", prompt, len(prompt))
    if rc == 0 and "--system" in options:
        system = options["--system"]
        rc = brc.brc_request_add_text(request, b"system", system, len(system))
    if rc == 0 and "--max-tokens" in options:
        tokens = int(options["--max-tokens"])
        rc = brc.brc_request_set_max_tokens(request, tokens, tokens)
    if rc < 0:
        raise Failure(brc.brc_request_error(request).decode())


def usage_line(brc, usage):
    kinds = {
        "input": BRC_USAGE_INPUT_TOKENS,
        "output": BRC_USAGE_OUTPUT_TOKENS,
        "cache read": BRC_USAGE_CACHE_READ_TOKENS,
        "cache write": BRC_USAGE_CACHE_WRITE_TOKENS,
    }
    counts = {name: brc.brc_usage_int(usage, field) for name, field in kinds.items()}
    tokens = "".join(f" {name} {count}," for name, count in counts.items() if count >= 0)
    outcome = OUTCOMES[brc.brc_usage_int(usage, BRC_USAGE_OUTCOME)]
    request_id = (brc.brc_usage_text(usage, BRC_USAGE_REQUEST_ID) or b"unknown").decode()
    latency = brc.brc_usage_int(usage, BRC_USAGE_LATENCY_MS)
    return f"tokens:{tokens} {outcome}, request {request_id}, {latency} ms"


def make_client(brc, client, options, on_usage):
    credentials = c_void_p()
    rc = brc.brc_credentials_new_chain(None, byref(credentials))
    if rc == 0:
        rc = brc.brc_client_new(credentials, byref(client))
    brc.brc_credentials_free(credentials)  # the client has a reference of its own
    if rc < 0:
        raise Failure(brc.brc_strerror(rc).decode())
    rc = brc.brc_client_set_usage(client, on_usage, None, None)
    if rc == 0 and "--endpoint" in options:
        rc = brc.brc_client_set_endpoint(client, options["--endpoint"])
    if rc == 0 and "--ca-file" in options:
        rc = brc.brc_client_set_ca_file(client, options["--ca-file"])
    if rc < 0:
        raise Failure(brc.brc_client_error(client).decode())


def converse(brc, client, request):
    """The answer and None, or what arrived (or None) and why it failed."""
    result, length = c_void_p(), c_size_t()
    rc = brc.brc_converse(client, request, byref(result))
    text = brc.brc_result_text(result, byref(length)) or brc.brc_result_json(result, byref(length))
    answer = ctypes.string_at(text, length.value) if text else None  # a copy
    brc.brc_result_free(result)
    return answer, brc.brc_client_error(client).decode() if rc < 0 else None


def write(text):
    try:
        with open(sys.stdout.fileno(), "wb", closefd=False) as out:
            out.write(text)
    except OSError:
        raise Failure("stdout cannot be written") from None


def event_text(brc, event):
    """A copy of the event's text, empty if it is no part of the answer's."""
    if brc.brc_event_int(event, BRC_EVENT_TYPE) != BRC_EVENT_TEXT_DELTA:
        return b""
    length = c_size_t()
    text = brc.brc_event_text(event, BRC_EVENT_TEXT, byref(length))
    return ctypes.string_at(text, length.value)


class Stream:
    """Writes an answer while it comes. What goes wrong is kept: nothing may leave a callback."""

    def __init__(self):
        self.line_open, self.failure = False, None

    def write(self, text):
        try:
            write(text)
        except Failure as failure:
            self.failure = failure
        self.line_open = self.failure is None

    def end_line(self):
        if self.line_open:
            self.write(b"\n")
        self.line_open = False

    def converse(self, brc, client, request):
        """None, or why it failed."""
        result = c_void_p()

        @EVENT_FN
        def on_event(_client, _id, event, _):
            self.write(event_text(brc, event))
            return BRC_EVENT_STOP if self.failure else BRC_EVENT_GO_ON

        rc = brc.brc_converse_stream(client, request, on_event, None, byref(result))
        brc.brc_result_free(result)  # its text is written already
        if self.failure:
            raise self.failure
        return brc.brc_client_error(client).decode() if rc < 0 else None


def ask(options, profile_arn, prompt):
    brc, stream = load(), Stream()
    request, client = c_void_p(), c_void_p()

    @USAGE_FN  # on_usage has to live as long as the library may call it
    def on_usage(usage, _):
        stream.end_line()  # the record comes after the last event
        json = brc.brc_usage_json(usage) if "--json" in options else None
        print(json.decode() if json else usage_line(brc, usage), file=sys.stderr)

    answer = None
    try:
        make_request(brc, request, options, profile_arn, prompt)
        make_client(brc, client, options, on_usage)
        if "--stream" in options:
            failure = stream.converse(brc, client, request)
        else:
            answer, failure = converse(brc, client, request)
    finally:
        brc.brc_request_free(request)
        brc.brc_client_free(client)
    if answer is not None:  # one that is cut or faulty is printed as received: it is paid for
        write(answer + b"\n")
    if failure is not None:
        raise Failure(failure)


def main():
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once, in a callback as well
    try:
        options, profile_arn, prompt = parse(sys.argv[1:])
        if "--help" in options:
            write(HELP.encode())
        else:
            ask(options, profile_arn, prompt)
    except Misuse as misuse:
        print(f"ask: {misuse}; see ask --help", file=sys.stderr)
        return 2
    except Failure as failure:
        print(f"ask: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
