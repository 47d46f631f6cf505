"""sign prints the headers AWS's own signers make.

The signatures were computed with botocore 1.43.67 and @smithy/signature-v4 5.7.5, which agree.

usage: test_sign.py SIGN

SPDX-License-Identifier: MIT
"""
import sys
import tempfile
from pathlib import Path

from programs import contains, equal, run, tap

sign = sys.argv[1]
AT = ["--time", "1767323045"]  # 2026-01-02T03:04:05Z
ARN = (
    "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3A"
    "application-inference-profile%2Fabc123def456"
)
RUNTIME = "https://bedrock-runtime.us-east-1.amazonaws.com/model/"
CONTROL = "https://bedrock.us-east-1.amazonaws.com/inference-profiles"
BODY = b'{"messages":[{"role":"user","content":[{"text":"hi"}]}]}'
JSON = ["-H", "Content-Type: application/json"]
TOKEN = "FQoGZXIvYXdzEXAMPLE//token=="

# name: arguments, session token, region of the scope, signed headers, signature
VECTORS = {
    "Converse through a profile's ARN": (
        [*JSON, "--body", "-", "POST", f"{RUNTIME}{ARN}/converse"],
        None,
        "us-east-1",
        "content-type;host;x-amz-date",
        "f1ba2a7af893e1dd65d857d82482a3d4d655d04d85ce566a0bb546b602dc073c",
    ),
    "with a session token": (
        [*JSON, "--body", "-", "POST", f"{RUNTIME}{ARN}/converse"],
        TOKEN,
        "us-east-1",
        "content-type;host;x-amz-date;x-amz-security-token",
        "9a107e2155b609414ff32da7b1b8e6edced8818195e0b681fe0d7639be822d9e",
    ),
    "a colon in the path, another region": (
        [*JSON, "--body", "-", "--region", "us-west-2", "POST"]
        + [
            "https://bedrock-runtime.us-west-2.amazonaws.com/model/"
            "us.anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream"
        ],
        None,
        "us-west-2",
        "content-type;host;x-amz-date",
        "bc54a8149b77a23ab9d59ed5d498c3a9e6a9e45cffa3c301866f4d467f04a66d",
    ),
    "a query": (
        ["GET", f"{CONTROL}?maxResults=10&nextToken=a%2Fb%3D%3D&type=APPLICATION"],
        None,
        "us-east-1",
        "host;x-amz-date",
        "da658c1455f08dbb640d3b217b4938b49ec3376de606cbac1cfa29e21a282def",
    ),
    "an ARN at the end of the path": (
        ["GET", f"{CONTROL}/{ARN}"],
        None,
        "us-east-1",
        "host;x-amz-date",
        "3d423a77f09c903abea378aa41e9dade646269f35073864297b2dcb64421a4b3",
    ),
}


def reproduces(arguments, token, region, signed_headers, signature):
    def case():
        ended = run([sign, *AT, *arguments], stdin=BODY, AWS_SESSION_TOKEN=token)
        lines = ["X-Amz-Date: 20260102T030405Z"]
        if token is not None:
            lines.append(f"X-Amz-Security-Token: {token}")
        lines.append(
            f"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/{region}/bedrock/"
            f"aws4_request, SignedHeaders={signed_headers}, Signature={signature}"
        )
        equal(ended.stderr, "")
        equal(ended.stdout.decode().splitlines(), lines)
        equal(ended.returncode, 0)

    return case


def body_of_a_file():
    """The same as from stdin."""
    arguments, _, _, _, signature = VECTORS["Converse through a profile's ARN"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "body")
        file.write_bytes(BODY)
        arguments = [str(file) if argument == "-" else argument for argument in arguments]
        contains(run([sign, *AT, *arguments]).stdout.decode(), signature)


def large_body():
    """A body of many reads: its last byte counts."""
    signatures = set()
    for last in b"ab":
        body = bytes(300_000) + bytes([last])
        ended = run([sign, *AT, "--body", "-", "POST", CONTROL], stdin=body)
        equal(ended.returncode, 0)
        signatures.add(ended.stdout)
    equal(len(signatures), 2)


def service_and_region():
    """What the scope says comes from the options, the region also from the environment."""
    url = "https://sts.eu-west-1.amazonaws.com/"
    given = run([sign, *AT, "--service", "sts", "--region", "eu-west-1", "GET", url])
    contains(given.stdout.decode(), "/20260102/eu-west-1/sts/aws4_request,")
    found = run([sign, *AT, "--service", "sts", "GET", url], AWS_REGION="eu-west-1")
    equal(found.stdout, given.stdout)


def now():
    """Without --time two runs years apart cannot agree with a fixed one."""
    ended = run([sign, "GET", CONTROL])
    equal(ended.returncode, 0)
    assert not ended.stdout.startswith(b"X-Amz-Date: 2026010203")


def fails(arguments, code, message, **environment):
    def case():
        ended = run([sign, *arguments], **environment)
        contains(ended.stderr, message)
        equal((ended.returncode, ended.stdout), (code, b""))

    return case


def full_disk():
    with open("/dev/full", "wb") as full:
        ended = run([sign, "GET", CONTROL], stdout=full)
    contains(ended.stderr, "stdout cannot be written")
    equal(ended.returncode, 1)


def helps():
    ended = run([sign, "--help"])
    equal((ended.returncode, ended.stderr), (0, ""))
    for option in ["--header", "--body", "--region", "--service", "--time", "--help"]:
        contains(ended.stdout.decode(), option)


tap(
    {
        **{name: reproduces(*vector) for name, vector in VECTORS.items()},
        "body of a file": body_of_a_file,
        "large body": large_body,
        "service and region": service_and_region,
        "now": now,
        "no credentials": fails(["GET", CONTROL], 1, "AWS_ACCESS_KEY_ID", AWS_ACCESS_KEY_ID=None),
        "half the credentials": fails(
            ["GET", CONTROL], 1, "AWS_SECRET_ACCESS_KEY", AWS_SECRET_ACCESS_KEY=None
        ),
        "no region": fails(["GET", CONTROL], 2, "--region", AWS_REGION=None),
        "no URL": fails(["GET"], 2, "METHOD and URL"),
        "not a URL": fails(["GET", "bedrock"], 1, "the URL"),
        "not a header": fails(["-H", "nothing", "GET", CONTROL], 1, "header"),
        "a header only signing makes": fails(["-H", "X-Amz-Date: 1", "GET", CONTROL], 1, "header"),
        "line feed in a header": fails(["-H", "A: b\nC: d", "GET", CONTROL], 1, "header"),
        "not a time": fails(["--time", "noon", "GET", CONTROL], 2, "--time"),
        "time before 1970": fails(["--time", "-1", "GET", CONTROL], 1, "1970"),
        "no such file": fails(["--body", "/nowhere/body", "PUT", CONTROL], 1, "body"),
        "a folder for a body": fails(["--body", "/", "PUT", CONTROL], 1, "body"),
        "unknown option": fails(["--sing", "GET", CONTROL], 2, "--sing"),
        "full disk": full_disk,
        "help": helps,
    }
)
