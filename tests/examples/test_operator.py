"""The operator's policy has what the programs call, each of them, and nothing else.

What they call: the operations that the emulator sees while they work, and those that the sources of
`budget mirror` name, for it calls some only where something went wrong.

usage: test_operator.py EMULATOR SIGN PROFILES AGENT BUDGET

SPDX-License-Identifier: MIT
"""
import json
import re
import sys
import tempfile
from pathlib import Path

from agents import Agents
from declaration_mistakes import sound
from ledgers import ledger_with, profile
from programs import contains, equal, run, tap
from sigv4 import QuickEmulator

emulator_program, sign, profiles, agent, budget = sys.argv[1:]
emulator = QuickEmulator(emulator_program, sign, "--identity")
agents = Agents(emulator)
folder = tempfile.TemporaryDirectory()
FILE = Path(folder.name, "profiles.json")
SOURCES = Path(__file__).parent / "../../examples"
TOPIC = "arn:aws:sns:us-east-1:123456789012:spend"

BUDGETS_VIEW = {"budgets:ViewBudget"}
BUDGETS_MODIFY = {"budgets:ModifyBudget"}
BEDROCK = """CreateInferenceProfile GetInferenceProfile ListInferenceProfiles DeleteInferenceProfile UntagResource
    ListFoundationModels GetModelInvocationLoggingConfiguration PutModelInvocationLoggingConfiguration
    DeleteModelInvocationLoggingConfiguration ListAgents GetAgent UpdateAgent PrepareAgent ListAgentAliases GetAgentAlias
    CreateAgentAlias UpdateAgentAlias ListAgentVersions GetAgentVersion TagResource"""
COST = """ListCostAllocationTags UpdateCostAllocationTagsStatus GetAnomalyMonitors CreateAnomalyMonitor DeleteAnomalyMonitor
    GetAnomalySubscriptions CreateAnomalySubscription UpdateAnomalySubscription DeleteAnomalySubscription"""
ACTIONS = {
    **{name: {f"bedrock:{name}"} for name in BEDROCK.split()},
    **{name: {f"ce:{name}"} for name in COST.split()},
    **{name: {f"iam:{name}"} for name in ["ListRolePolicies", "GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
                                          "SimulatePrincipalPolicy", "GetPolicy", "GetRole"]},
    **{name: {f"budgets:{name}"} for name in ["CreateBudgetAction", "UpdateBudgetAction", "DeleteBudgetAction",
                                              "ExecuteBudgetAction", "DescribeBudgetActionsForBudget"]},
    **{name: BUDGETS_MODIFY for name in ["CreateBudget", "UpdateBudget", "DeleteBudget", "CreateNotification",
                                         "DeleteNotification", "CreateSubscriber", "UpdateSubscriber",
                                         "DeleteSubscriber"]},
    **{name: BUDGETS_VIEW for name in ["DescribeBudget", "DescribeBudgets", "DescribeNotificationsForBudget",
                                       "DescribeSubscribersForNotification"]},
    **{name: {f"cloudwatch:{name}"} for name in ["GetMetricData", "PutMetricAlarm", "DescribeAlarms", "DeleteAlarms"]},
    **{name: {f"sns:{name}"} for name in ["Publish", "GetTopicAttributes"]},
    "Converse": {"bedrock:InvokeModel"},
    "ListTagsForResource": {"bedrock:ListTagsForResource"},
    "GetCallerIdentity": set(),  # anybody may
}
# What AWS asks for besides: roles are handed on, and what is made has tags from the start.
BESIDES = {
    "profiles": {"iam:PassRole"},
    "agent": {"iam:PassRole"},
    "budget": {"iam:PassRole", "budgets:TagResource", "ce:TagResource", "cloudwatch:TagResource",
               "budgets:ListTagsForResource", "ce:ListTagsForResource", "cloudwatch:ListTagsForResource"},
}
NO_OPERATIONS = {"TagKey", "TagKeys", "AssumeRolePolicyDocument"}
VERB = re.compile(r'"((?:Get|List|Put|Delete|Describe|Create|Update|Simulate|Attach|Detach|Execute|Tag|Untag|Set|Enable'
                  r'|Disable|Assume)[A-Z]\w+|Publish)"')
called = {"profiles": set(), "agent": set(), "budget": set()}


def operations():
    return dict(emulator.bill()["operations"])


def watched(name, command, code, **environment):
    """Runs a program, and notes what the emulator has seen of it."""
    before = operations()
    ended = run(command, AWS_ENDPOINT_URL=emulator.url, HOME="/nonexistent", **environment)
    assert code in (None, ended.returncode), f"{command}: {ended.returncode} {ended.stderr}"
    called[name] |= {one for one, count in operations().items() if count != before.get(one, 0)}
    return ended.stdout.decode()


def run_profiles(*words, code=0):
    return watched("profiles", [profiles, "--file", str(FILE), *words], code)


def run_agent(*words, code=0):
    return watched("agent", [agent, "--yes", *words], code)


def work_with_profiles():
    file = sound()
    file["workloads"]["bot"]["environments"]["dev"]["copyFrom"] = "us.qwen.qwen3-coder-next"  # which has to be looked up
    FILE.write_text(json.dumps(file))
    for words in [["apply", "--yes"], ["models"], ["list"], ["show", "bot-prod"], ["tag", "bot-prod", "note=x"],
                  ["untag", "bot-prod", "note="], ["logging", "set", "--s3", "my-logs", "--no-text", "--yes"], ["logging", "show"],
                  ["logging", "off", "--yes"], ["iam", "workload", "bot"], ["export"], ["lint"]]:
        run_profiles(*words)
    run_profiles("delete", "--yes", "--force", "bot-dev")
    run_profiles("drift", code=1)
    run_profiles("plan")
    run_profiles("apply", "--yes")


def work_with_agents():
    arn = emulator.create_profile("news", team="news")
    one = agents.create("News")
    put = ["apply", one, "--profile", arn, "--all-aliases"]
    for words in [["list"], ["show", one], ["plan", *put[1:]], put, put, ["switch-off", one, "--alias", "prod"],
                  ["switch-on", one], ["undo", one], [*put, "--new-alias", "fresh"]]:
        run_agent(*words)
    run_agent("verify", one, "--profile", arn, code=1)  # a prompt has a model of its own
    called["agent"].add("GetAgentAlias")  # only where an alias fails
    run_profiles("verify", "--role", "owner-team=support=arn:aws:iam::123456789012:role/AgentRole", code=None)
    run_profiles("activate", "--yes", "application")  # which billing knows now, after the calls of `verify`


def work_with_budgets():
    """Looking, booking and telling; what `mirror` calls is in its sources."""
    arn = emulator.create_profile("search", team="search")
    with ledger_with(budget, {**profile("search"), "arn": arn, "tags": {"team": "search"}}) as it:
        for words in [["profiles", "fetch"], ["external", "search"], ["set", "search", "--team", "search", "--limit", "5"],
                      ["notify", "--sns", TOPIC]]:
            watched("budget", [budget, *words], None, BEDROCKCOST_LEDGER=str(it.path))
    for source in SOURCES.glob("budget/**/*.c"):
        called["budget"] |= set(VERB.findall(source.read_text())) - NO_OPERATIONS


def actions_of(*programs):
    ended = run([profiles, "iam", "operator", *programs])
    equal(ended.returncode, 0)
    document = json.loads(ended.stdout)
    sids = [statement["Sid"] for statement in document["Statement"]]
    equal(len(sids), len(set(sids)))
    return {action for statement in document["Statement"] for action in statement["Action"]}


def check_each_program():
    work_with_profiles()
    work_with_agents()
    work_with_budgets()
    for name, names in called.items():
        wanted = set().union(*(ACTIONS[one] for one in names)) | BESIDES[name]
        has = actions_of(name)
        equal((name, "lacks", wanted - has, "needs not", has - wanted), (name, "lacks", set(), "needs not", set()))
    equal(actions_of(), set().union(*(actions_of(name) for name in called)))


def check_it_fits():
    contains(run([profiles, "iam", "operator"]).stderr, "of the 6144 characters that AWS takes for a managed policy")


try:
    tap({name[6:].replace("_", " "): case for name, case in list(globals().items()) if name.startswith("check_")})
finally:
    emulator.close()
