"""What the tests of `budget mirror` share: an account with what it needs, and the program at work on it.

SPDX-License-Identifier: MIT
"""
import contextlib
import json

import services
from killing import fresh_emulator
from ledgers import ledger_with, profile
from programs import equal

TOPIC = "arn:aws:sns:us-east-1:123456789012:spend"
POLICY = "arn:aws:iam::123456789012:policy/deny-search"
ROLE = "arn:aws:iam::123456789012:role/budget-actions"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                 "Principal": {"Service": "budgets.amazonaws.com"}}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*"}]}
PUBLISH = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "SNS:Publish", "Resource": TOPIC,
     "Principal": {"Service": ["budgets.amazonaws.com", "costalerts.amazonaws.com"]}}]}
ACTION = {"policy": POLICY, "executionRole": ROLE, "roles": ["search-app"], "approval": "MANUAL"}
SEARCH = profile("search-prod", tags={"team": "search", "app": "one"})
SMALL = profile("search-small", tags={"team": "search"}, multiplier="0.5")
TAGS = [{"Key": "managed-by", "Value": "libbedrockcost"}]
MAIL = {"emails": ["ada@example.com"]}


def create_topic(emulator, name, policy):
    services.sns(emulator, "CreateTopic", Name=name, **{
        "Attributes.entry.1.key": "Policy", "Attributes.entry.1.value": json.dumps(policy)})


def settled(emulator):
    """What has to be there beforehand: topic, policy, roles, an active tag."""
    create_topic(emulator, "spend", PUBLISH)
    services.iam(emulator, "CreatePolicy", PolicyName="deny-search", PolicyDocument=json.dumps(DENY))
    for name in ["budget-actions", "search-app"]:
        services.iam(emulator, "CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    for key in ["team", "app"]:
        emulator.tell("POST", "/_emulator/tags", {"key": key, "activeSince": "2026-01-01"})


@contextlib.contextmanager
def account(programs):
    """An emulator with all that; `programs` are emulator, sign and budget."""
    with fresh_emulator(*programs[:2], "--identity") as emulator:
        settled(emulator)
        yield emulator


class Mirror:
    """`budget mirror` with a ledger and an account of its own."""

    def __init__(self, it, emulator):
        self.it, self.emulator = it, emulator
        it("set", "search", "--team", "search", "--limit", "500")

    def run(self, verb, settings, *words, **environment):
        path = self.it.write("mirror.json", settings)
        environment = {"AWS_ENDPOINT_URL": self.emulator.url, **environment}
        return self.it.run("mirror", verb, "--file", path, *words, **environment)

    def __call__(self, verb, settings, *words, code=0):
        """Its rows, when all goes well: {(kind, name): row}."""
        path = self.it.write("mirror.json", settings)
        ended = self.it.run("--json", "mirror", verb, "--file", path, *words, AWS_ENDPOINT_URL=self.emulator.url)
        errors = [line for line in ended.stderr.splitlines() if " of " not in line]  # progress
        equal((verb, ended.returncode, errors), (verb, code, []))
        rows = map(json.loads, ended.stdout.decode().splitlines())
        return {(row.get("kind"), row.get("name")): row for row in rows}

    def actions(self, verb, settings, *words, code=0):
        rows = self(verb, settings, *words, code=code)
        return {" ".join(filter(None, key)): row["action"] for key, row in rows.items()}

    def apply(self, settings, *words):
        return self("apply", settings, "--yes", *words)

    def fails(self, verb, settings, *words, code=1, **environment):
        ended = self.run(verb, settings, *words, **environment)
        equal((ended.returncode, ended.stdout), (code, b""))
        return ended.stderr

    def seen(self):
        return services.aws_budgets(self.emulator)


@contextlib.contextmanager
def mirror_of(programs, *profiles):
    with ledger_with(programs[2], *(profiles or [SEARCH, SMALL])) as it, account(programs) as emulator:
        yield Mirror(it, emulator)
