"""What budget mirror made does its work: whoever subscribed is told, and a role's calls are refused by
the policy that AWS Budgets attached, until it is taken off.

usage: test_mirror_works.py EMULATOR SIGN BUDGET ASK

SPDX-License-Identifier: MIT
"""
import json
import sys

import services
from mirrors import ACTION, DENY, MAIL, TOPIC, mirror_of
from programs import contains, equal, run, tap

*programs, ask = sys.argv[1:]
BUDGET = "bedrockcost-search"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIASEARCHAPP", "AWS_SECRET_ACCESS_KEY": "s"}


def allow(emulator, role, action):
    document = {**DENY, "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    services.iam(emulator, "PutRolePolicy", RoleName=role, PolicyName="use", PolicyDocument=json.dumps(document))


def prepare(emulator):
    """A profile of the team's, the role that calls it, and one that may act on that role."""
    allow(emulator, "search-app", "bedrock:*")
    allow(emulator, "budget-actions", ["iam:AttachRolePolicy", "iam:DetachRolePolicy"])
    emulator.tell("POST", "/_identity/setup", {"keys": [
        {"accessKeyId": KEYS["AWS_ACCESS_KEY_ID"], "secretAccessKey": KEYS["AWS_SECRET_ACCESS_KEY"],
         "arn": f"arn:aws:sts::{services.ACCOUNT}:assumed-role/search-app/one"}]})
    return emulator.create_profile("search-prod", team="search")


class Account:
    """A budget of 500 USD with an action, and the team that it is for."""

    def __init__(self, it, approval):
        self.it, self.emulator = it, it.emulator
        self.profile = prepare(it.emulator)
        self.settings = {**MAIL, "topics": [TOPIC], "actions": {"search": {**ACTION, "approval": approval}}}
        it.apply(self.settings)
        (action,) = services.budgets(self.emulator, "DescribeBudgetActionsForBudget", BUDGET)["Actions"]
        self.id = action["ActionId"]

    def spend(self, usd):
        """By a model whose tokens of output cost 0.14 USD a million."""
        self.emulator.tell("POST", "/_emulator/usage", {
            "profile": self.profile, "outputTokens": usd * 10**8 // 14})

    def ask(self):
        """What a call by the role says on stderr if it is refused; None: it passes."""
        ended = run([ask, self.profile, "hello"], AWS_ENDPOINT_URL=self.emulator.url, **KEYS)
        return None if ended.returncode == 0 else ended.stderr

    def execute(self, execution):
        services.budgets(self.emulator, "ExecuteBudgetAction", BUDGET, ActionId=self.id,
                         ExecutionType=f"{execution}_BUDGET_ACTION")

    def events(self):
        told = services.budgets(self.emulator, "DescribeBudgetActionHistories", BUDGET, ActionId=self.id)
        return [f"{event['EventType']} {event['Status']}" for event in told["ActionHistories"]]

    def subjects(self):
        """Of what was mailed, which is what was published."""
        mails = self.emulator.tell("GET", "/_emulator/mails")
        messages = self.emulator.tell("GET", "/_emulator/messages")
        equal([mail["Message"] for mail in mails], [message["Message"] for message in messages])
        return [mail["Subject"] for mail in mails]


def check_automatic():
    with mirror_of(programs) as it:
        account = Account(it, "AUTOMATIC")
        account.spend(499)
        exceeded = f"AWS Budgets: {BUDGET} has exceeded your alert threshold"
        equal(account.subjects(), [exceeded] * 2)  # at noticeAt and degradeAt
        equal(account.ask(), None)
        account.spend(2)
        equal(account.subjects(), [exceeded] * 4)  # at 100 %, and by the action
        refusal = account.ask()
        contains(refusal, "AccessDeniedException")
        contains(refusal, "with an explicit deny")
        account.execute("REVERSE")
        equal(account.ask(), None)
        equal(account.events(), ["CREATE_ACTION STANDBY", "SYSTEM EXECUTION_SUCCESS", "EXECUTE_ACTION REVERSE_SUCCESS"])
        account.execute("RESET")
        equal(account.events()[-1], "SYSTEM EXECUTION_SUCCESS")
        contains(account.ask(), "AccessDeniedException")
        # What is attached is taken off before the action goes.
        it("delete", account.settings, "--yes")
        equal(account.ask(), None)


def check_manual():
    with mirror_of(programs) as it:
        account = Account(it, "MANUAL")
        account.spend(501)
        equal(account.ask(), None)
        contains(it("plan", account.settings)[None, None]["text"],
                 f"{BUDGET}: its action waits to be approved: aws budgets execute-budget-action "
                 f"--account-id {services.ACCOUNT} --budget-name {BUDGET} --action-id {account.id} "
                 "--execution-type APPROVE_BUDGET_ACTION")
        account.execute("APPROVE")
        contains(account.ask(), "AccessDeniedException")
        equal(account.events(), ["CREATE_ACTION STANDBY", "SYSTEM PENDING", "EXECUTE_ACTION EXECUTION_SUCCESS"])


def check_not_allowed():
    """An execution role that may not attach anything: AWS says so in a history, the mirror in its plan."""
    with mirror_of(programs) as it:
        account = Account(it, "AUTOMATIC")
        services.iam(it.emulator, "DeleteRolePolicy", RoleName="budget-actions", PolicyName="use")
        account.spend(501)
        equal(account.events()[-1], "SYSTEM EXECUTION_FAILURE")
        equal(account.ask(), None)
        contains(it("plan", account.settings)[None, None]["text"],
                 f"{BUDGET}: its action failed (EXECUTION_FAILURE): aws budgets describe-budget-action-histories")


tap({"automatic": check_automatic, "manual": check_manual, "not allowed": check_not_allowed})
