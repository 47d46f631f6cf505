"""Whatever goes wrong, `agent` says what, why, and what to do next: a table of situations, each with
the whole text that is to come.

usage: test_agent_errors.py EMULATOR SIGN AGENT

SPDX-License-Identifier: MIT
"""
import json
import os
import re
import signal
import subprocess
import sys

from agents import Agents
from programs import ENVIRONMENT, MODEL, REGION, equal, run, says_what_to_type, tap, wait_for
from sigv4 import QuickEmulator

EMULATOR, SIGN, PROGRAM = sys.argv[1:]
emulator = QuickEmulator(EMULATOR, SIGN, "--identity")
agents = Agents(emulator)
# What tells a reader to do something.
REMEDY = re.compile(
    r"\b(allow|attach|check|correct|delete|deploy|give|leave|make|mend|name|prepare|put|run|say)\b"
    r"|\b(set|take|use|wait)\b|`\w+ \w+",
    re.I,
)
ACCOUNT = "123456789012"
PROFILE = emulator.create_profile("news", team="news")
SYSTEM = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/us.amazon.nova-micro-v1:0"
UNTAGGED = emulator.create_profile("untagged")
NEWS = agents.create("News", agents.role("NewsRole"), aliases=("prod", "old"))
STALE = agents.create("Stale", agents.role("StaleRole"))
agents.update(STALE, description="half done")
ROLELESS = agents.create("Roleless", agents.role("GoneRole"))
agents.iam("DeleteRolePolicy", RoleName="GoneRole", PolicyName="Model")
agents.iam("DeleteRole", RoleName="GoneRole")
DONE = agents.create("Done", agents.role("DoneRole"))
ended = run([PROGRAM, "--yes", "apply", DONE, "--profile", PROFILE], AWS_ENDPOINT_URL=emulator.url)
equal(ended.returncode, 0)
PROD = agents.aliases(NEWS)["prod"]["agentAliasId"]
NOTHING_TWICE = "what is done already is not done twice"
ALLOW = " to these credentials: `profiles iam operator` prints a policy that does"
HELP = "; see agent --help"
OWNER = "Whoever owns IAM attaches what --print prints; then run this again with --no-role"
WHO = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/ops/me is not authorized to perform: "


def fault(type, message="AWS's own words.", **more):
    return {"type": type, "message": message, **more}


def shown(agent=NEWS, **fields):
    """GetAgent answers something else, once and for all."""
    draft = {**agents.get(agent), **fields}
    return {"operation": "GetAgent", "count": 1000, "body": json.dumps({"agent": draft})}


def failing(after):
    """The agent is FAILED after so many looks at it."""
    reasons = {
        "failureReasons": ["The instruction is empty."],
        "recommendedActions": ["Write one."],
    }
    return {**shown(agentStatus="FAILED", **reasons), "skip": after}


def alias_shown(agent=NEWS, **fields):
    rows = [{**row, **fields} if name == "prod" else row for name, row in agents.aliases(agent).items()]
    body = json.dumps({"agentAliasSummaries": rows})
    return {"operation": "ListAgentAliases", "count": 1000, "body": body}


def failing_alias():
    """AWS takes the update, and the alias is FAILED."""
    alias = {"agentAliasName": "prod", "failureReasons": ["The version cannot be made."]}
    return [
        {"operation": "UpdateAgentAlias", "status": 202, "body": "{}"},
        {**alias_shown(DONE, agentAliasStatus="FAILED"), "skip": 2},
        {"operation": "GetAgentAlias", "body": json.dumps({"agentAlias": alias})},
    ]


def apply(agent=NEWS, profile=PROFILE):
    return ["--yes", "--wait", "1", "apply", agent, "--profile", profile]


ALIAS = [*apply(DONE), "--alias", "prod"]
# Each: what happens, the words typed, the faults of AWS, and what is said.
TABLE = [
    ("no such name", ["show", "Nobody"], [],
     "Nobody: none of the 4 agents of this region has this id or name; `agent list` shows them, "
     "--region asks another region"),
    ("no such id", ["show", "ABCDEFGHIJ"], [],
     "ABCDEFGHIJ: none of the 4 agents of this region has this id or name; `agent list` shows "
     "them, --region asks another region"),
    ("no such alias", [*apply(), "--alias", "dev"], [],
     f"agent News has no alias dev; `agent show {NEWS}` shows those it has, and --new-alias makes "
     "one"),
    ("AWS's test alias", [*apply(), "--alias", "TSTALIASID"], [],
     "alias TSTALIASID is AWS's own, and runs DRAFT for ever: leave it out, what is done to DRAFT "
     "is done to it"),
    ("a model for a profile", apply(profile="amazon.nova-micro-v1:0"), [],
     "--profile amazon.nova-micro-v1:0: that is a model, and what it costs carries nobody's tag; "
     "`profiles apply` makes a profile from it, `profiles list` shows those that there are"),
    ("the ARN of a model", apply(profile=MODEL), [],
     f"--profile {MODEL}: that is a model, and what it costs carries nobody's tag; `profiles apply`"
     " makes a profile from it, `profiles list` shows those that there are"),
    ("a profile of AWS's own", apply(profile=SYSTEM), [],
     f"--profile {SYSTEM}: that is "
     "AWS's own profile, which nobody can put tags on; `profiles apply` makes an application "
     "profile from it, `profiles list` shows those that there are"),
    ("a name for a profile", apply(profile="news"), [],
     "--profile news: the ARN of an application inference profile is needed, as "
     "arn:aws:bedrock:REGION:ACCOUNT:application-inference-profile/ID; `profiles list` shows them"),
    ("a profile of another region", apply(profile=PROFILE.replace(REGION, "eu-west-1")), [],
     f"--profile arn:aws:bedrock:eu-west-1:{ACCOUNT}:application-inference-profile/{PROFILE[-12:]} "
     "is in region eu-west-1, agent News in us-east-1: an agent calls profiles of its own region "
     "only; `profiles apply` makes one there"),
    ("a profile of another account", apply(profile=PROFILE.replace(ACCOUNT, "999999999999")), [],
     f"--profile arn:aws:bedrock:{REGION}:999999999999:application-inference-profile/{PROFILE[-12:]} "
     "is in account 999999999999, agent News in 123456789012: an agent calls profiles of its own "
     "account only; `profiles apply` makes one there"),
    ("no such profile", apply(profile=PROFILE[:-12] + "zzzzzzzzzzzz"), [],
     "--profile arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/zzzzzzzzzzzz:"
     " there is none of this id; `profiles list` shows those that there are"),
    ("a profile without tags", apply(profile=UNTAGGED), [],
     f"profile {UNTAGGED} has no tag, so that what the agent costs would still be nobody's; "
     f"`profiles tag {UNTAGGED[-12:]} KEY=VALUE` sets one"),
    ("the role is gone", apply(ROLELESS), [],
     "role arn:aws:iam::123456789012:role/GoneRole of agent Roleless does not exist (any more): "
     "give the agent another one in the Bedrock console, then run this again"),
    ("IAM is somebody else's", apply(),
     [fault("AccessDenied", WHO + "iam:ListRolePolicies", operation="ListRolePolicies")],
     "the policies cannot be read of role arn:aws:iam::123456789012:role/NewsRole: AccessDenied: "
     f"{WHO}iam:ListRolePolicies (HTTP 403). {OWNER}"),
    ("the policy may not be put", apply(),
     [fault("AccessDenied", WHO + "iam:PutRolePolicy", operation="PutRolePolicy")],
     "the policy cannot be put into role arn:aws:iam::123456789012:role/NewsRole: AccessDenied: "
     f"{WHO}iam:PutRolePolicy (HTTP 403). {OWNER}"),
    ("AWS's own role", apply(),
     [fault("UnmodifiableEntity", "The role is protected.", operation="PutRolePolicy", status=400)],
     "the policy cannot be put into role arn:aws:iam::123456789012:role/NewsRole: "
     "UnmodifiableEntity: The role is protected. (HTTP 400). It is managed by AWS: give the agent a "
     "role of your own"),
    ("a role of another account", apply(), [shown(agentResourceRoleArn="arn:aws:iam::999999999999:role/Far")],
     "role arn:aws:iam::999999999999:role/Far is in account 999999999999, agent News in "
     "123456789012: whoever owns it must attach what --print prints; then run this again with "
     "--no-role"),
    ("too much for the role", apply(), [fault("LimitExceeded", operation="PutRolePolicy", status=409)],
     "the policy cannot be put into role arn:aws:iam::123456789012:role/NewsRole: LimitExceeded: "
     "AWS's own words. (HTTP 409). Take policies off the role, or put several into one: IAM limits"
     " how many and how long they are"),
    ("the way back cannot be kept", apply(),
     [fault("AccessDeniedException", WHO + "bedrock:TagResource", operation="TagResource")],
     "agent News cannot be tagged with how to get back, so it is left as it is: "
     f"AccessDeniedException: {WHO}bedrock:TagResource (HTTP 403). Allow bedrock:TagResource{ALLOW}"),
    ("the caller may not update", apply(),
     [fault("AccessDeniedException", WHO + "bedrock:UpdateAgent", operation="UpdateAgent")],
     f"agent News cannot be updated: AccessDeniedException: {WHO}bedrock:UpdateAgent (HTTP 403). "
     f"Allow bedrock:UpdateAgent{ALLOW}"),
    ("the caller may not pass the role", apply(),
     [fault("AccessDeniedException", WHO + "iam:PassRole", operation="UpdateAgent")],
     f"agent News cannot be updated: AccessDeniedException: {WHO}iam:PassRole (HTTP 403). Allow "
     "iam:PassRole on the role that AWS names; `profiles iam operator` prints the whole policy"),
    ("the permission does not spread", apply(),
     [fault("AccessDeniedException", "Ensure the role.", operation="UpdateAgent", count=1000)],
     "agent News: AWS still says that its role may not use the profile, after 1 s: "
     "AccessDeniedException: Ensure the role. (HTTP 403). `agent verify "
     f"{NEWS} --profile {PROFILE}` says what the role lacks; a new permission takes up to some "
     "minutes to spread, and running this again does nothing twice"),
    ("somebody else is at it", apply(), [fault("ConflictException", operation="UpdateAgent", count=1000)],
     "agent News cannot be updated: ConflictException: AWS's own words. (HTTP 409). Wait until the"
     f" agent is prepared: somebody is changing it now. Then run it again: {NOTHING_TWICE}"),
    ("AWS does not accept it", apply(),
     [fault("ValidationException", "Instruction is too short.", operation="UpdateAgent")],
     "agent News cannot be updated: ValidationException: Instruction is too short. (HTTP 400). "
     f"Correct what AWS names, then run it again: {NOTHING_TWICE}"),
    ("the agent is being prepared and does not end", apply(), [shown(agentStatus="PREPARING")],
     "agent News is still PREPARING after 1 s; nothing is lost: run this again, with a longer "
     "--wait"),
    ("the agent has failed", apply(), [failing(3)],
     "agent News is FAILED: The instruction is empty. Write one. Mend that, prepare the agent "
     f"(`aws bedrock-agent prepare-agent --agent-id {NEWS}`), then run this again; no alias was "
     "changed"),
    ("preparing is refused", apply(STALE),
     [fault("ValidationException", "The agent has no instruction.", operation="PrepareAgent")],
     "agent Stale cannot be prepared: ValidationException: The agent has no instruction. (HTTP "
     f"400). Correct what AWS names, then run it again: {NOTHING_TWICE}"),
    ("unfinished work in DRAFT", [*apply(STALE), "--alias", "prod"], [],
     "alias prod runs version 1, from which DRAFT differs in more than its model (description): a "
     "new version would put that into use too. Say --draft-changes if it may, or set DRAFT back "
     "first"),
    ("provisioned throughput", [*apply(), "--alias", "prod"],
     [alias_shown(routingConfiguration=[{"agentVersion": "1", "provisionedThroughput": "bought"}])],
     "alias prod has provisioned throughput (bought), which is paid by the hour and goes past "
     "every profile: take it off the alias first, or leave the alias out"),
    ("too many versions", ALIAS,
     [fault("ServiceQuotaExceededException", operation="UpdateAgentAlias", status=402)],
     "alias prod: ServiceQuotaExceededException: AWS's own words. (HTTP 402). What nobody "
     f"needs can go: `agent show {DONE}` says which versions aliases run, `aws bedrock-agent "
     f"delete-agent-version --agent-id {DONE} --agent-version N` deletes another, `aws "
     "bedrock-agent delete-agent-alias` an alias; then run this again"),
    ("too many aliases", [*apply(DONE), "--new-alias", "eleventh"],
     [fault("ServiceQuotaExceededException", operation="CreateAgentAlias", status=402)],
     "alias eleventh: ServiceQuotaExceededException: AWS's own words. (HTTP 402). What nobody"
     f" needs can go: `agent show {DONE}` says which versions aliases run, `aws bedrock-agent "
     f"delete-agent-version --agent-id {DONE} --agent-version N` deletes another, `aws "
     "bedrock-agent delete-agent-alias` an alias; then run this again"),
    ("an alias has failed", ALIAS, failing_alias(),
     "alias prod is FAILED: The version cannot be made. Mend that, then run this again"),
    ("throttled, and no patience", ["show", NEWS], [fault("ThrottlingException")],
     f"agent {NEWS} cannot be read: ThrottlingException: AWS's own words. (HTTP 429). Run it again "
     f"later: others use up the account's rate, and {NOTHING_TWICE}"),
    ("AWS fails", ["show", NEWS], [fault("InternalServerException")],
     f"agent {NEWS} cannot be read: InternalServerException: AWS's own words. (HTTP 500). Run it "
     f"again in a minute: {NOTHING_TWICE}; https://health.aws.amazon.com tells of larger failures"),
    ("agents may not be listed", ["list"], [fault("AccessDeniedException")],
     "the agents cannot be listed: AccessDeniedException: AWS's own words. (HTTP 403). Allow "
     f"bedrock:ListAgents{ALLOW}"),
    ("nobody to ask", apply()[1:], [],
     f"nothing was done: there is no terminal to ask on, so it takes --yes{HELP}"),
    ("no profile named", ["apply", NEWS], [],
     f"apply: --profile ARN is missing{HELP}"),
    ("one alias and all of them", [*apply(), "--alias", "prod", "--all-aliases"], [],
     f"apply: --alias and --all-aliases exclude each other{HELP}"),
    ("switching off nothing", ["--yes", "switch-off", NEWS], [],
     f"switch-off: --alias NAME or --all-aliases is missing{HELP}"),
    ("nothing was switched off", ["--yes", "switch-on", NEWS], [],
     "no alias of agent News was switched off by `agent switch-off`; --alias or --all-aliases "
     "switches others on"),
    ("a wait that is none", ["--wait", "long", "list"], [],
     f"--wait takes a number from 1 to 86400, and not long{HELP}"),
]


def said_by(words):
    environment = {"AWS_MAX_ATTEMPTS": "1"}
    ended = run([PROGRAM, *words], AWS_ENDPOINT_URL=emulator.url, **environment)
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("waiting: ")]
    return ended.returncode, "\n".join(lines)


def check(words, faults, wanted):
    emulator.tell("DELETE", "/_emulator/faults")
    for one in faults:
        emulator.tell("POST", "/_emulator/faults", one)
    status, said = said_by(words)
    emulator.tell("DELETE", "/_emulator/faults")
    assert said == f"agent: {wanted}", f"saw\n{said}\nwanted\nagent: {wanted}\n"
    equal(status, 2 if wanted.endswith("see agent --help") else 1)
    assert status == 2 or REMEDY.search(wanted), f"nothing to do: {wanted}"


def test_interrupted():
    emulator.tell("POST", "/_emulator/faults", {"operation": "GetInferenceProfile", "delayMs": 600000})
    variables = {**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}
    with subprocess.Popen([PROGRAM, *apply()], stderr=subprocess.PIPE, env=variables) as process:
        wait_for(lambda: not emulator.tell("GET", "/_emulator/faults")["faults"])
        os.kill(process.pid, signal.SIGINT)
        said = process.stderr.read().decode()
    equal(said, "agent: interrupted; what is done stays done, and running it again does the rest\n")
    equal(process.returncode, 128 + signal.SIGINT)


try:
    cases = {name: lambda row=row: check(*row) for name, *row in TABLE}
    tap({"interrupted": test_interrupted, "first words": lambda: says_what_to_type(PROGRAM), **cases})
finally:
    emulator.close()
