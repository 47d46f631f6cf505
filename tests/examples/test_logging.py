"""`profiles logging` changes what it is told to and nothing else, and notices who else does.

usage: test_logging.py EMULATOR SIGN PROFILES

SPDX-License-Identifier: MIT
"""
import contextlib
import json
import os
import subprocess
import sys

from killing import kill_everywhere
from programs import ENVIRONMENT, PATIENCE_S, Emulator, contains, equal, open_terminal, run, tap

emulator_path, sign, program = sys.argv[1:]
PATH = "/logging/modelinvocations"
ROLE = "arn:aws:iam::123456789012:role/logs"
GET = "GetModelInvocationLoggingConfiguration"
OFF = {
    "imageDataDeliveryEnabled": False,
    "embeddingDataDeliveryEnabled": False,
    "videoDataDeliveryEnabled": False,
    "audioDataDeliveryEnabled": False,
}
BUCKET = {"s3Config": {"bucketName": "my-logs", "keyPrefix": "bedrock"}, "textDataDeliveryEnabled": True}
emulator = Emulator(emulator_path, sign)


def logging(*words, code=0, **more):
    ended = run([program, "logging", *words], AWS_ENDPOINT_URL=emulator.url, **more)
    equal((ended.returncode, ended.stderr if code == 0 else ""), (code, ""))
    return ended.stderr if code else ended.stdout.decode()


def put(config):
    equal(emulator.call("PUT", PATH, {"loggingConfig": config}), (200, {}))


def configuration():
    return emulator.call("GET", PATH)[1].get("loggingConfig")


def answers(config, **fault):
    body = {"loggingConfig": config} if config else {}
    emulator.fail_next(operation=GET, body=json.dumps(body), **fault)


def check_show():
    equal(logging("show"), "Invocation logging is off.\n")
    equal(json.loads(logging("show", "--json")), {})
    put({**BUCKET, "cloudWatchConfig": {"logGroupName": "/bedrock", "roleArn": ROLE}})
    shown = logging("show")
    contains(shown, "Invocation logging is on.\n  to         s3://my-logs/bedrock\n")
    contains(shown, f"  to         log group /bedrock, as {ROLE}\n")
    contains(shown, "  text       with it\n  image      without it\n")
    equal(json.loads(logging("show", "--json"))["s3Config"]["bucketName"], "my-logs")
    contains(run([program, "--region", "eu-west-1", "logging", "show"], AWS_ENDPOINT_URL=emulator.url).stdout.decode(),
             "Invocation logging of eu-west-1 is off.")


def check_set():
    """From nothing, step by step, to both places, and back."""
    emulator.call("DELETE", PATH)
    done = logging("set", "--s3", "my-logs/bedrock", "--no-text", "--yes")
    equal(done.splitlines()[0], "Will change:")
    contains(done, "  + s3Config.bucketName: my-logs\n  + s3Config.keyPrefix: bedrock\n")
    contains(done, "Done: the invocation logging is on.\n")
    equal(configuration(), {"s3Config": BUCKET["s3Config"], "textDataDeliveryEnabled": False, **OFF})
    done = logging("set", "--cloudwatch", "/bedrock", "--role", ROLE, "--large-data", "large", "--text", "--yes")
    contains(done, "  + textDataDeliveryEnabled: true\n")
    wanted = {"logGroupName": "/bedrock", "roleArn": ROLE, "largeDataDeliveryS3Config": {"bucketName": "large"}}
    equal(configuration()["cloudWatchConfig"], wanted)
    equal(configuration()["s3Config"], BUCKET["s3Config"])
    contains(logging("set", "--s3", "other", "--yes"),
             "  - s3Config.bucketName: my-logs\n  + s3Config.bucketName: other\n  - s3Config.keyPrefix: bedrock\n")
    equal(configuration()["s3Config"], {"bucketName": "other"})
    contains(logging("set", "--no-cloudwatch", "--yes"), "  - cloudWatchConfig.logGroupName: /bedrock\n")
    seen = emulator.requests_seen()
    equal(logging("set", "--s3", "other", "--yes"),
          "Nothing to change: the invocation logging is so already.\n")
    equal(emulator.requests_seen(), seen + 1)
    row = json.loads(logging("off", "--yes", "--json"))
    equal(row["done"], True)
    equal([c["member"] for c in row["changes"]], ["s3Config.bucketName", "textDataDeliveryEnabled"])
    equal(configuration(), None)
    contains(logging("off", "--yes"), "Nothing to change")


def check_kept():
    """What this program has never heard of goes back as it came."""
    unknown = {"firehoseConfig": {"stream": "s", "deep": {"list": [1, {"a": None}]}}, "ratio": 0.5}
    put({**BUCKET, **unknown})
    logging("set", "--no-text", "--yes")
    equal(configuration(), {**BUCKET, **unknown, "textDataDeliveryEnabled": False})


def check_others():
    """Somebody else's write, before ours and at the same time."""
    put(BUCKET)
    theirs = {"s3Config": {"bucketName": "theirs"}, "textDataDeliveryEnabled": True}
    answers(theirs, skip=1)
    contains(logging("set", "--no-text", "--yes", code=1),
             "somebody else changed the invocation logging meanwhile, and nothing of this was written: ")
    equal(configuration(), BUCKET)
    answers(theirs, skip=2)
    contains(logging("set", "--no-text", "--yes", code=1),
             "it was written, but somebody else wrote at the same time, and theirs is there now: agree with them")


def check_late():
    """AWS may show for a while what was there before."""
    put(BUCKET)
    answers(BUCKET, skip=2, count=2)
    contains(logging("set", "--no-text", "--yes"), "Done: ")


def check_asks():
    put(BUCKET)
    contains(logging("off", code=2), "nothing was done: there is no terminal to ask on, so it takes --yes")
    equal(configuration(), BUCKET)
    for answer, code in ((b"n\n", 1), (b"y\n", 0)):
        ours, theirs = open_terminal()
        os.write(ours, answer)
        variables = {**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}
        ended = subprocess.run(
            [program, "logging", "off"], stdin=theirs, capture_output=True, timeout=PATIENCE_S, env=variables
        )
        os.close(ours)
        os.close(theirs)
        equal(ended.returncode, code)
        contains(ended.stderr.decode(), "Change the invocation logging, for all of the account? [y/N] ")
    equal(configuration(), None)


def check_killed():
    """Killed after any request, or before it is carried out, and run again: the end is the same."""

    @contextlib.contextmanager
    def prepared():
        emulator.tell("DELETE", "/_emulator/faults")
        put(BUCKET)
        yield emulator

    for words, requests in ((["set", "--s3", "other", "--no-text", "--yes"], 4), (["off", "--yes"], 4)):
        command = [program, "logging", *words]
        equal(kill_everywhere(prepared, lambda _: command, lambda _: configuration()), requests)
    emulator.tell("DELETE", "/_emulator/faults")


def check_misuse():
    emulator.call("DELETE", PATH)
    for words, why in {
        ("get",): "there is no get; it takes show, set or off",
        ("set",): "say what, as --s3 BUCKET or --no-text",
        ("show", "--text"): "logging show takes no settings: logging set does",
        ("set", "--s3", "my-logs"): "say --text, and prompts and answers are written to the log, or --no-text",
        ("set", "--s3", "s3://my-logs", "--text"): "--s3 takes BUCKET or BUCKET/PREFIX",
        ("set", "--cloudwatch", "g", "--text"): "takes both --cloudwatch GROUP and --role ARN",
        ("set", "--cloudwatch", "g", "--role", "logs", "--text"): "--role takes the ARN of a role",
        ("set", "--s3", "my-logs", "--text", "--no-text"): "--text and --no-text contradict each other",
        ("set", "--text"): "nothing is left to write to: name --s3 or --cloudwatch",
    }.items():
        contains(logging(*words, code=2), why)
    equal(configuration(), None)


try:
    tap({
        "show": check_show,
        "set": check_set,
        "kept": check_kept,
        "others": check_others,
        "late": check_late,
        "asks": check_asks,
        "killed": check_killed,
        "misuse": check_misuse,
    })
finally:
    emulator.close()
