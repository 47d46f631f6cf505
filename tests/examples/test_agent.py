"""`agent`: an agent is put onto a profile and taken back, with everything else as it was.

usage: test_agent.py EMULATOR SIGN AGENT ROOT

SPDX-License-Identifier: MIT
"""
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

from agents import Agents
from killing import masked
from odd_agent import AGENT, PROFILE, odd_agent
from programs import ENVIRONMENT, MODEL, contains, equal, run, tap, wait_for
from sigv4 import QuickEmulator

EMULATOR, SIGN, PROGRAM, ROOT = sys.argv[1:]
emulator = QuickEmulator(EMULATOR, SIGN, "--identity")
agents = Agents(emulator)
numbers = itertools.count(1)


def agent(*words, status=0, **environment):
    ended = run([PROGRAM, *words], AWS_ENDPOINT_URL=emulator.url, **environment)
    assert ended.returncode == status, f"{words}: {ended.returncode} {ended.stderr}{ended.stdout}"
    return ended


def rows(*words, status=0):
    """What a command says as JSON, an object a line."""
    text = agent("--json", *words, status=status).stdout.decode()
    return [json.loads(line) for line in text.splitlines()]


def new_agent(**fields):
    """An agent and a profile of its own; returns the agent's id and the profile's ARN."""
    n = next(numbers)
    profile = emulator.create_profile(f"news-{n}", team="news")
    return agents.create(f"News-{n}", agents.role(f"Role-{n}"), **fields), profile


def steps(plan):
    return [(row["step"], row["of"], row["action"]) for row in plan if "step" in row]


def unchanging(state):
    """What has to be the same again: not the moments, and not the versions that were made."""
    state = masked(state, {r'"News-\d+"': '"News"'})
    state["versions"] = {"1": state["versions"]["1"]}
    return state


def odd(server, *words):
    url = f"http://127.0.0.1:{server.server_port}"
    command = [PROGRAM, "--yes", "apply", AGENT, "--profile", PROFILE, "--no-role", *words]
    return run(command, AWS_ENDPOINT_URL=url)


def test_a_new_field_goes_along():
    with odd_agent(brandNew={"depth": 1}) as server:
        ended = odd(server)
        equal(ended.returncode, 0)
        contains(ended.stderr, "a field brandNew that is new to this program")
        equal(server.sent["brandNew"], {"depth": 1})
        equal(server.sent["foundationModel"], PROFILE)
        assert not {"agentId", "agentArn", "agentStatus", "createdAt"} & set(server.sent)


def test_a_lost_field_is_told():
    with odd_agent(loses="instruction", instruction="Find the news of today, and say where.") as server:
        ended = odd(server)
        equal(ended.returncode, 1)
        contains(ended.stderr, "agent Odd has lost or changed more than its model: instruction")
        equal(server.was_prepared, False)


def test_fields_without_anything_in_them_are_none():
    with odd_agent(guardrailConfiguration={}, memoryConfiguration={"enabledMemoryTypes": []}) as server:
        equal(odd(server).returncode, 0)
        equal({"guardrailConfiguration", "memoryConfiguration"} & set(server.sent), set())


def test_prompts_of_aws_are_not_sent_back():
    own = {
        "promptType": "ORCHESTRATION",
        "promptCreationMode": "OVERRIDDEN",
        "promptState": "ENABLED",
        "basePromptTemplate": "$instruction$",
        "foundationModel": MODEL,
    }
    default = {"promptCreationMode": "DEFAULT", "basePromptTemplate": "AWS's", "promptState": "ENABLED"}
    prompts = [
        own,
        {**default, "promptType": "PRE_PROCESSING"},
        {**default, "promptType": "POST_PROCESSING", "foundationModel": MODEL},
        {**default, "promptType": "MEMORY_SUMMARIZATION", "foundationModel": "amazon.nova-lite-v1:0"},
    ]
    with odd_agent(promptOverrideConfiguration={"promptConfigurations": prompts}) as server:
        ended = odd(server)
        equal(ended.returncode, 0)
        contains(ended.stdout.decode(), "A prompt calls a model of its own")
        sent = server.sent["promptOverrideConfiguration"]["promptConfigurations"]
        equal(sent[0], own)
        equal([prompt["promptType"] for prompt in sent], ["ORCHESTRATION", "MEMORY_SUMMARIZATION"])
        equal("basePromptTemplate" in sent[1], False)
    with odd_agent(promptOverrideConfiguration={"promptConfigurations": prompts}) as server:
        equal(odd(server, "--prompts").returncode, 0)
        sent = server.sent["promptOverrideConfiguration"]["promptConfigurations"]
        equal([prompt["foundationModel"] for prompt in sent], [PROFILE, PROFILE])
    with odd_agent(promptOverrideConfiguration={"promptConfigurations": prompts[1:3]}) as server:
        equal(odd(server).returncode, 0)
        equal("promptOverrideConfiguration" in server.sent, False)


def test_plan_says_what_is_to_be_done_and_does_nothing():
    name, profile = new_agent(aliases=("prod", "beta"))
    before = agents.all(name)
    plan = rows("plan", name, "--profile", profile, "--alias", "prod", "--new-alias", "tracked")
    role = before["draft"]["agentResourceRoleArn"].split("/")[-1]
    equal(
        steps(plan),
        [
            ("role", role, "put"),
            ("model", "DRAFT", "update"),
            ("prompt", "ORCHESTRATION", "leave"),
            ("prepare", "DRAFT", "prepare"),
            ("alias", "prod", "route"),
            ("alias", "beta", "leave"),
            ("alias", "tracked", "create"),
        ],
    )
    text = agent("plan", name, "--profile", profile).stdout.decode()
    contains(text, "A prompt calls a model of its own, past the profile: --prompts")
    contains(text, "An alias stays on a version that is not on the profile: name it with --alias")
    contains(text, "3 changes; `agent apply` with the same words makes them.")
    equal(agents.all(name), before)


def test_apply_keeps_every_field_and_moves_aliases_to_one_version():
    name, profile = new_agent(aliases=("prod", "beta"))
    before = agents.all(name)
    agent("--yes", "apply", name, "--profile", profile, "--all-aliases", "--prompts")
    after = agents.all(name)
    prompts = after["draft"]["promptOverrideConfiguration"]["promptConfigurations"]
    equal([row["foundationModel"] for row in prompts if "foundationModel" in row], [profile])
    for state in (before, after):  # the rest is as it was
        draft = state["draft"]
        for member in ("foundationModel", "updatedAt", "preparedAt"):
            del draft[member]
        for prompt in draft["promptOverrideConfiguration"]["promptConfigurations"]:
            prompt.pop("foundationModel", None)
    equal(after["draft"], before["draft"])
    equal(sorted(after["versions"]), ["1", "2", "3"])
    equal(after["versions"]["3"]["foundationModel"], profile)
    for alias in ("prod", "beta"):
        row = after["aliases"][alias]
        equal(row["routingConfiguration"], [{"agentVersion": "3"}])
        equal(row["description"], f"for {alias}")
    equal(after["aliases"]["AgentTestAlias"], before["aliases"]["AgentTestAlias"])
    equal(sorted(after["policies"]), [f"BedrockCostAgent-{name}-{profile.split('/')[-1]}", "Model"])


def test_apply_twice_does_nothing_twice():
    name, profile = new_agent()
    words = ["--yes", "apply", name, "--profile", profile, "--all-aliases", "--new-alias", "tracked"]
    agent(*words)
    before = agents.all(name)
    contains(agent(*words).stdout.decode(), "Nothing to do.")
    equal(agents.all(name), before)
    equal(agents.version_of(name, "tracked"), agents.version_of(name, "prod"))
    contains(agent("verify", name, status=1).stdout.decode(), "ORCHESTRATION calls arn:aws:bedrock")
    agent("--yes", "apply", name, "--profile", profile, "--all-aliases", "--prompts")
    checks = rows("verify", name)
    equal({row["state"] for row in checks}, {"pass", "by hand"})
    named = sorted(row["of"] for row in checks if row["check"] == "alias")
    equal(named, ["AgentTestAlias", "prod", "tracked"])
    agent("verify", name, "--profile", profile)
    other = emulator.create_profile(f"other-{next(numbers)}", team="x")
    agent("verify", name, "--profile", other, status=1)


def test_undo_brings_back_what_was():
    name, profile = new_agent(aliases=("prod", "beta"))
    before = unchanging(agents.all(name))
    words = ["--profile", profile, "--alias", "prod", "--prompts"]
    agent("--yes", "apply", name, *words)
    tags = agents.tags(name)
    equal(tags["bedrockcost-previous-model"], MODEL)
    equal(tags["bedrockcost-previous-model-ORCHESTRATION"], MODEL)
    equal(list(tags.values()).count("1"), 1)
    second = emulator.create_profile(f"second-{next(numbers)}", team="news")
    agent("--yes", "apply", name, "--profile", second, "--alias", "prod", "--prompts")
    equal(agents.tags(name), tags)  # the way back is to where it was before the first
    agent("--yes", "undo", name)
    equal(unchanging(agents.all(name)), before)
    contains(agent("undo", name).stdout.decode(), "Nothing to undo")


def test_undo_leaves_an_alias_that_was_nowhere_else():
    name, profile = new_agent()
    agent("--yes", "apply", name, "--profile", profile, "--new-alias", "tracked", "--prompts")
    said = agent("--yes", "undo", name).stdout.decode()
    contains(said, "Alias tracked stays on the profile, as it was nowhere else before.")
    contains(said, "aws bedrock-agent delete-agent-alias --agent-id")
    equal(len(agents.all(name)["policies"]), 2)  # the alias needs it
    alias = agents.aliases(name)["tracked"]["agentAliasId"]
    agents.call("DELETE", f"/agents/{name}/agentaliases/{alias}/")
    agent("--yes", "undo", name)
    equal(list(agents.all(name)["policies"]), ["Model"])


def test_undo_leaves_an_alias_whose_version_is_gone():
    name, profile = new_agent()
    agent("--yes", "apply", name, "--profile", profile, "--all-aliases", "--prompts")
    agents.call("DELETE", f"/agents/{name}/agentversions/1/")
    said = agent("--yes", "undo", name).stdout.decode()
    contains(said, "Alias prod stays on the profile: version 1, which it ran before, was deleted.")
    equal(agents.get(name)["foundationModel"], MODEL)
    equal(agents.version_of(name, "prod"), "2")


def test_the_policy_can_be_somebody_elses():
    name, profile = new_agent()
    policy = json.loads(agent("apply", name, "--profile", profile, "--print").stdout)
    call, models = policy["Statement"]
    equal(call["Resource"], profile)
    equal(models["Resource"], [MODEL])
    equal(models["Condition"], {"StringLike": {"bedrock:InferenceProfileArn": profile}})
    said = agent("--yes", "--wait", "1", "apply", name, "--profile", profile, "--no-role", status=1)
    contains(said.stderr, "AWS still says that its role may not use the profile, after 1 s")
    role = agents.get(name)["agentResourceRoleArn"].split("/")[-1]
    agents.iam("PutRolePolicy", RoleName=role, PolicyName="Own", PolicyDocument=json.dumps(policy))
    agent("--yes", "apply", name, "--profile", profile, "--no-role", "--all-aliases")
    equal(agents.get(name)["foundationModel"], profile)
    equal(sorted(agents.policies(role)), ["Model", "Own"])
    agent("--yes", "undo", name, "--no-role")
    equal(agents.get(name)["foundationModel"], MODEL)


def test_a_profile_over_several_regions():
    name, _ = new_agent()
    source = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-micro-v1:0"
    document = {
        "inferenceProfileName": f"wide-{next(numbers)}",
        "modelSource": {"copyFrom": source},
        "tags": [{"key": "team", "value": "news"}],
    }
    profile = agents.call("POST", "/inference-profiles", document)["inferenceProfileArn"]
    words = ["--profile", profile, "--all-aliases", "--prompts"]
    agent("--yes", "apply", name, *words)
    agent("verify", name)
    policies = agents.all(name)["policies"]
    resources = next(text for key, text in policies.items() if key != "Model")["Statement"][1]["Resource"]
    regions = {arn.split(":")[3] for arn in resources if "foundation-model" in arn}
    equal(regions, {"us-east-1", "us-east-2", "us-west-2"})
    own = [arn for arn in resources if ":inference-profile/" in arn]
    equal(own, ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/*.amazon.nova-micro-v1:0"])


def test_unfinished_work_is_not_published():
    name, profile = new_agent()
    agents.update(name, description="half done")
    words = ["--yes", "apply", name, "--profile", profile, "--alias", "prod"]
    said = agent(*words, status=1).stderr
    contains(said, "alias prod runs version 1, from which DRAFT differs in more than its model (description)")
    equal(agents.get(name)["foundationModel"], MODEL)
    agent(*words, "--draft-changes")
    equal(agents.version(name, "2")["description"], "half done")


def test_switch_off_and_on():
    name, _ = new_agent(aliases=("prod", "beta", "old"))
    agent("--yes", "switch-off", name, "--alias", "old")
    tags = agents.tags(name)
    before = agents.aliases(name)
    old = before["old"]["agentAliasId"]
    equal(tags, {f"bedrockcost-switched-off-{old}": "yes"})
    agent("--yes", "switch-on", name, "--alias", "old")
    equal(agents.tags(name), {})
    path = f"/agents/{name}/agentaliases/{old}/"
    kept = {key: before["old"][key] for key in ("agentAliasName", "description", "routingConfiguration")}
    agents.call("PUT", path, {**kept, "aliasInvocationState": "REJECT_INVOCATIONS"})  # by somebody else
    said = agent("--yes", "switch-off", name, "--all-aliases").stdout.decode()
    contains(said, "Not stopped are\ninvocations under way, the test alias")
    states = {key: row["aliasInvocationState"] for key, row in agents.aliases(name).items()}
    equal(states.pop("AgentTestAlias"), "ACCEPT_INVOCATIONS")
    equal(set(states.values()), {"REJECT_INVOCATIONS"})
    agent("--yes", "switch-on", name)
    after = agents.aliases(name)
    equal(after["old"]["aliasInvocationState"], "REJECT_INVOCATIONS")
    for alias in ("prod", "beta"):
        for member in ("description", "routingConfiguration", "aliasInvocationState", "agentAliasName"):
            equal(after[alias][member], before[alias][member])
    contains(agent("switch-on", name, status=1).stderr, "no alias of agent")


def test_an_alias_that_is_off_stays_off():
    name, profile = new_agent()
    agent("--yes", "switch-off", name, "--all-aliases")
    agent("--yes", "apply", name, "--profile", profile, "--all-aliases")
    equal(agents.aliases(name)["prod"]["aliasInvocationState"], "REJECT_INVOCATIONS")
    equal(agents.version_of(name, "prod"), "2")


def test_list_and_show():
    name, profile = new_agent()
    agent("--yes", "apply", name, "--profile", profile)
    row = next(row for row in rows("list") if row["id"] == name)
    equal((row["status"], row["onProfile"], row["aliases"]), ("PREPARED", True, "prod=1 (no profile)"))
    shown = rows("show", row["agent"])[0]  # by its name
    routes = {route["alias"]: route for route in shown["routes"]}
    equal({key: route["version"] for key, route in routes.items()},
          {"-": "DRAFT", "AgentTestAlias": "DRAFT", "prod": "1"})
    equal(routes["prod"]["prompts"], {"ORCHESTRATION": MODEL})
    contains(agent("list").stdout.decode(), "ALIASES AND THEIR VERSIONS")
    contains(agent("show", name).stdout.decode(), "tag     bedrockcost-previous-model = " + MODEL)


def test_what_passes_is_waited_for():
    name, profile = new_agent()
    role = "Access denied. Ensure Agent role has valid permissions to use the inference profile."
    for operation, type, message in (
        ("UpdateAgent", "AccessDeniedException", role),
        ("PrepareAgent", "ConflictException", "Somebody else changes the agent."),
        ("UpdateAgentAlias", "ConflictException", "The agent is VERSIONING."),
        ("CreateAgentAlias", "ConflictException", "The agent is VERSIONING."),
    ):
        fault = {"operation": operation, "type": type, "message": message, "count": 2}
        emulator.tell("POST", "/_emulator/faults", fault)
    words = ["--profile", profile, "--all-aliases", "--new-alias", "tracked", "--prompts"]
    agent("--yes", "apply", name, *words)
    equal(emulator.tell("GET", "/_emulator/faults")["faults"], [])
    agent("verify", name)
    equal(sorted(agents.versions(name)), ["1", "2", "DRAFT"])


def test_a_version_that_another_run_has_made_is_taken():
    name, profile = new_agent(aliases=("prod",))
    fault = {"operation": "UpdateAgentAlias", "type": "ConflictException", "message": "Busy.", "count": 100000}
    emulator.tell("POST", "/_emulator/faults", fault)
    words = ["--yes", "apply", name, "--profile", profile]
    variables = {**ENVIRONMENT, "AWS_ENDPOINT_URL": emulator.url}
    with subprocess.Popen([PROGRAM, *words, "--all-aliases"], stdout=subprocess.DEVNULL, env=variables) as process:
        wait_for(lambda: emulator.tell("GET", "/_emulator/faults")["faults"][0]["count"] < 100000)
        agent(*words, "--new-alias", "tracked")  # makes a version of what the other one has prepared
        emulator.tell("DELETE", "/_emulator/faults")
        equal(process.wait(), 0)
    equal(sorted(agents.versions(name)), ["1", "2", "DRAFT"])
    equal([agents.version_of(name, alias) for alias in ("prod", "tracked")], ["2", "2"])


def test_commands_of_the_page():
    """Those of doc/agents.md, in their order, typed with --yes by somebody without a terminal."""
    profile = emulator.create_profile("page", team="news")
    agents.create("NewsAgent", agents.role("PageRole"))
    page = Path(ROOT, "doc/agents.md").read_text()
    typed = re.findall(r"^\$ agent (.*)$", page, re.M)
    assert len(typed) > 5, typed
    for words in typed:
        words = [profile if word == '"$PROFILE"' else word for word in words.split()]
        agent("--yes", *words, status=1 if words[0] == "verify" else 0)  # a prompt has its own model
    mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page))
    help_text = run([PROGRAM, "--help"]).stdout.decode()
    known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", help_text))
    assert mentioned <= known, mentioned - known


def test_aws_takes_its_time():
    slow = QuickEmulator(EMULATOR, SIGN, "--identity", "--settle", "300")
    try:
        hand = Agents(slow)
        profile = slow.create_profile("slow", team="news")
        name = hand.create("Slow")
        command = [PROGRAM, "--yes", "apply", name, "--profile", profile, "--all-aliases"]
        ended = run(command, AWS_ENDPOINT_URL=slow.url)
        equal(ended.returncode, 0)
        equal(hand.version(name, hand.version_of(name, "prod"))["foundationModel"], profile)
        equal(run([PROGRAM, "--yes", "undo", name], AWS_ENDPOINT_URL=slow.url).returncode, 0)
        equal(hand.version_of(name, "prod"), "1")
        equal(hand.get(name)["foundationModel"], MODEL)
    finally:
        slow.close()


try:
    tap({name: case for name, case in globals().items() if name.startswith("test_")})
finally:
    emulator.close()
