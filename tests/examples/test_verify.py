"""`profiles verify`: each line of the checklist, when it holds and when it does not.

usage: test_verify.py EMULATOR SIGN PROFILES BUDGET AGENT

SPDX-License-Identifier: MIT
"""
import json
import sys
import tempfile
from pathlib import Path

from programs import Emulator, contains, equal, run, tap

emulator_path, sign, profiles, budget, agent = sys.argv[1:]
emulator = Emulator(emulator_path, sign, "--identity")
folder = tempfile.TemporaryDirectory()
FILE = Path(folder.name, "profiles.json")
PRICES = Path(__file__).parent / "../../examples/prices.json"
ROLE = "arn:aws:iam::123456789012:role/"
DECLARATION = {
    "region": "us-east-1",
    "tagPolicy": {"requiredTags": ["application", "environment"], "namingRule": "lowercase-with-hyphens"},
    "workloads": {
        "bot": {
            "tags": {"owner-team": "support"},
            "environments": {
                "prod": {"copyFrom": "anthropic.claude-3-haiku-20240307-v1:0"},
                "dev": {"copyFrom": "us.amazon.nova-lite-v1:0"},
            },
        },
        "news": {"tags": {"owner-team": "media"}, "environments": {"prod": {"copyFrom": "amazon.nova-micro-v1:0"}}},
    },
}


def program(*words, **environment):
    environment = {"AWS_ENDPOINT_URL": emulator.url, "HOME": "/nonexistent", **environment}
    return run([profiles, "--file", str(FILE), *words], **environment)


def verify(*words, code=0, **environment):
    """The lines by what was checked: {check: [row]}; and the summary."""
    ended = program("--json", "verify", *words, **environment)
    equal(ended.returncode, code)
    *rows, summary = map(json.loads, ended.stdout.splitlines())
    by_check = {}
    for row in rows:
        by_check.setdefault(row["check"], []).append(row)
    return by_check, summary


def states(rows):
    return [(row["subject"], row["state"]) for row in rows]


def declare(document=DECLARATION):
    FILE.write_text(json.dumps(document))


def arns():
    found = emulator.call("GET", "/inference-profiles?type=APPLICATION")[1]["inferenceProfileSummaries"]
    return {profile["inferenceProfileName"]: profile["inferenceProfileArn"] for profile in found}


def tag(name, **tags):
    pairs = [{"key": key.replace("_", "-"), "value": value} for key, value in tags.items()]
    emulator.call("POST", "/tagResource", {"resourceARN": arns()[name], "tags": pairs})


def check_nothing_there():
    declare()
    rows, summary = verify("--no-agents", code=1)
    equal(states(rows["profile"]), [("bot-prod", "fail"), ("bot-dev", "fail"), ("news-prod", "fail")])
    equal({row["next"] for row in rows["profile"]}, {"profiles apply"})
    equal(("call" in rows, "tag policy" in rows), (False, False))
    equal(states(rows["bill"])[:2], [("application", "notYet"), ("environment", "notYet")])
    equal((summary["failed"], summary["notYet"]), (3, 2))


def check_all_well():
    """What AWS takes its time for is no failure."""
    equal(program("apply", "--yes").returncode, 0)
    rows, summary = verify("--no-agents", "--no-call")
    equal(states(rows["profile"]), [("bot-prod", "pass"), ("bot-dev", "pass"), ("news-prod", "pass")])
    equal(summary, {"passed": 5, "failed": 0, "notYet": 2, "byHand": 6})
    rows, summary = verify("--no-agents", code=1)
    equal(states(rows["call"]), [("bot-prod", "pass"), ("bot-dev", "pass"), ("news-prod", "pass")])
    contains(rows["call"][0]["text"], "answered: 9 tokens in, ")
    contains(rows["bill"][0]["text"], "billing knows the tag, and nobody activated it")
    equal((rows["bill"][0]["next"], summary["failed"]), ("profiles activate", 2))
    equal(program("activate", "--yes").returncode, 0)
    rows, summary = verify("--no-agents", "--no-call")
    contains(rows["bill"][0]["text"], "it splits costs up to 24 hours after activation")
    equal(rows["bill"][0]["state"], "notYet")


def check_for_people():
    ended = program("verify", "--no-agents")
    equal(ended.returncode, 0)
    contains(ended.stderr, "a question through each of 3 profiles follows, at most 16 tokens out each, which AWS bills; --no-call")
    said = ended.stdout.decode()
    contains(said, "pass     profile      bot-prod: ")
    contains(said, "\nby hand  raw model    amazon.nova-micro-v1:0: with a team's own credentials this must answer "
             "AccessDeniedException\n                      $ aws bedrock-runtime converse --region us-east-1 --model-id amazon.nova-micro-v1:0 ")
    contains(said, "\n                      $ aws logs describe-log-streams --region us-east-1 --log-group-name /aws/lambda/FUNCTION ")
    contains(said, " --group-by Type=TAG,Key=application\n")
    contains(said, " passed, 0 failed, 2 not yet (AWS takes its time: no failure), 6 to check by hand.\n")


def check_differences():
    """Tags, a model, somebody else's profile of the name, and one that is gone."""
    tag("bot-prod", environment="live")
    rows, _ = verify("--no-agents", "--no-call", code=1)
    equal(states(rows["profile"])[0], ("bot-prod", "fail"))
    contains(rows["profile"][0]["text"], 'its tags are not those of the file; to be set: {"environment":"prod"}')
    equal(program("apply", "--yes").returncode, 0)
    changed = json.loads(json.dumps(DECLARATION))
    changed["workloads"]["news"]["environments"]["prod"]["copyFrom"] = "amazon.nova-lite-v1:0"
    declare(changed)
    rows, _ = verify("--no-agents", "--no-call", code=1)
    contains(rows["profile"][2]["text"], "its model is amazon.nova-micro-v1:0, and the file has amazon.nova-lite-v1:0")
    declare()
    changed["workloads"]["other"] = {"environments": {"prod": {"copyFrom": "amazon.nova-lite-v1:0"}}}
    emulator.create_profile("other-prod", application="other", environment="prod")
    declare(changed)
    rows, _ = verify("--no-agents", "--no-call", code=1)
    contains(str(rows["profile"]), "one of that name is there that this file has not made")
    declare()


def check_policy():
    """What is there is judged, whatever the file says of it."""
    tag("bot-dev", owner_team="Support")
    lax = json.loads(json.dumps(DECLARATION))
    lax["workloads"]["bot"]["environments"]["dev"]["tags"] = {"owner-team": "Support"}
    declare(lax)
    rows, _ = verify("--no-agents", "--no-call", code=1)
    contains(str(rows["tag policy"]), "Support")
    equal({row["state"] for row in rows["tag policy"]}, {"fail"})
    assert all(row["next"] for row in rows["tag policy"])
    declare()
    equal(program("apply", "--yes").returncode, 0)
    equal(states(verify("--no-agents", "--no-call")[0]["tag policy"]), [("", "pass")])


def check_ledger():
    """With a ledger the questions are booked, and priced."""
    path = str(Path(folder.name, "ledger"))
    equal(run([budget, "--ledger", path, "prices", "import", str(PRICES)]).returncode, 0)
    equal(program("export", "--ledger", path).returncode, 0)
    rows, _ = verify("--no-agents", BEDROCKCOST_LEDGER=path)
    contains(rows["call"][0]["text"], " USD")
    equal(run([budget, "--ledger", path, "set", "all", "--all", "--limit", "0.0000001"]).returncode, 0)
    rows, _ = verify("--no-agents", code=1, BEDROCKCOST_LEDGER=path)
    equal({row["state"] for row in rows["call"]}, {"fail"})
    contains(rows["call"][0]["next"], "Wait for the next window, or let it go on: `budget override")
    rows, _ = verify("--no-agents", code=1, BEDROCKCOST_LEDGER="/nowhere/ledger")
    contains(rows["call"][0]["text"], "the ledger cannot be opened: /nowhere/ledger: No such file or directory")


def check_calls():
    """Each failure of a question says what to do, and the others go on."""
    for type, message, wanted in (
        ("AccessDeniedException", "no", "Allow bedrock:InvokeModel on the profile and on its models in every region"),
        ("AccessDeniedException", "You don't have access to the model with the specified model ID.",
         "Have the model enabled for the account"),
        ("ThrottlingException", "Too many tokens", "Run it again in a minute; if it lasts, have the model's quota raised"),
        ("ResourceNotFoundException", "gone", "Run `profiles plan`: the profile or its model is gone"),
    ):
        emulator.fail_next(type=type, message=message, service="bedrock-runtime", count=1)
        rows, _ = verify("--no-agents", code=1)
        equal(states(rows["call"]), [("bot-prod", "fail"), ("bot-dev", "pass"), ("news-prod", "pass")])
        contains(rows["call"][0]["next"], wanted)


def statements(profile, more=()):
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    allow = {"Effect": "Allow", "Action": actions}
    models = [model["modelArn"] for model in profile["models"]]
    return [
        {**allow, "Resource": profile["inferenceProfileArn"]},
        {**allow, "Resource": models[: None if not more else 1],
         "Condition": {"StringLike": {"bedrock:InferenceProfileArn": profile["inferenceProfileArn"]}}},
        *more,
    ]


def make_role(name, *statement):
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    emulator.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    if statement:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statement)})
        emulator.iam("PutRolePolicy", RoleName=name, PolicyName="models", PolicyDocument=policy)


def check_roles():
    """Its own profiles in every region, no raw model, nobody else's profile; and what is not so."""
    there = {p["inferenceProfileName"]: p for p in emulator.call("GET", "/inference-profiles?type=APPLICATION")[1]["inferenceProfileSummaries"]}
    bots = [*statements(there["bot-prod"]), *statements(there["bot-dev"])]
    make_role("bot", *bots)
    rows, _ = verify("--no-agents", "--no-call", "--role", f"owner-team=support={ROLE}bot")
    equal([row["state"] for row in rows["role"]], ["pass"] * 4)
    contains(rows["role"][0]["text"], "bot may call bot-prod, and through it its model in 1 place")
    contains(rows["role"][1]["text"], f"in {len(there['bot-dev']['models'])} places")
    contains(rows["role"][2]["text"], "bot is refused ")
    contains(rows["role"][3]["text"], "bot is refused 1 profile of others")
    make_role("loose", {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"})
    rows, _ = verify("--no-agents", "--no-call", "--role", f"news-prod={ROLE}loose", code=1)
    equal([row["state"] for row in rows["role"]], ["pass", "fail", "fail"])
    contains(rows["role"][2]["text"], "loose may call 2 of 2 profiles of others, arn:aws:bedrock:")
    make_role("narrow", *statements(there["bot-dev"], [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]))
    rows, _ = verify("--no-agents", "--no-call", "--role", f"bot-dev={ROLE}narrow", code=1)
    contains(rows["role"][0]["text"], "narrow is not allowed through bot-dev: arn:aws:bedrock:us-")
    rows, _ = verify("--no-agents", "--no-call", "--role", f"support={ROLE}nobody", code=1)
    contains(rows["role"][0]["next"], "IAM knows no such role or policy here")
    rows, _ = verify("--no-agents", "--no-call", "--role", f"nobody={ROLE}bot", code=1)
    contains(rows["role"][0]["text"], "no profile has this alias, or this value as a tag")


def make_agent(name, role):
    """One that calls its model itself, and an alias `live` of its first version. Returns its id."""
    status, answer = emulator.call("PUT", "/agents/", {
        "agentName": name, "agentResourceRoleArn": ROLE + role, "foundationModel": "amazon.nova-micro-v1:0",
        "instruction": "You look for the news of the day and say where you have found them."})
    equal(status, 202)
    id = answer["agent"]["agentId"]
    equal(emulator.call("POST", f"/agents/{id}/")[0], 202)
    equal(emulator.call("PUT", f"/agents/{id}/agentaliases/", {"agentAliasName": "live"})[0], 202)
    return id


def attach(name, *words):
    command = [agent, "--yes", "apply", name, "--profile", arns()["news-prod"], *words]
    ended = run(command, AWS_ENDPOINT_URL=emulator.url)
    equal((ended.returncode, ended.stderr), (0, ""))


def agents(code=0):
    return [(row["subject"], row["state"], row["text"]) for row in verify("--no-call", code=code)[0]["agent"]]


def check_agents():
    """The draft is one thing, what an alias leads to another."""
    equal(agents(), [("", "pass", "there is none in us-east-1")])
    for_agent = json.loads(json.dumps(DECLARATION))
    for_agent["workloads"]["news"]["environments"]["prod"]["agent"] = True
    declare(for_agent)
    contains(str(agents(code=1)), "the file has this profile for an agent, and none is on it")
    make_role("news")
    make_agent("News", "news")
    equal([text for *_, text in agents(code=1)][:2], [
        "the draft calls amazon.nova-micro-v1:0 itself, and its cost has no tags",
        "alias live (version 1) calls amazon.nova-micro-v1:0 itself, and its cost has no tags"])
    attach("News")
    equal([text for *_, text in agents(code=1)],
          ["alias live (version 1) calls amazon.nova-micro-v1:0 itself, and its cost has no tags"])
    attach("News", "--all-aliases")
    equal(agents(), [("News", "pass", "on news-prod, and so is its 1 alias")])
    for_agent["workloads"]["news"]["environments"]["prod"]["copyFrom"] = "amazon.nova-lite-v1:0"
    declare(for_agent)
    equal(program("apply", "--yes").returncode, 0)
    contains(str(agents(code=1)), "the draft is on news-prod, which is none of the file now: replaced, or not from it")
    declare()


def check_logging():
    equal(states(verify("--no-agents", "--no-call")[0]["logging"]), [("", "byHand")])
    config = {"s3Config": {"bucketName": "my-logs"}, "textDataDeliveryEnabled": False}
    emulator.call("PUT", "/logging/modelinvocations", {"loggingConfig": config})
    rows, _ = verify("--no-agents", "--no-call")
    equal(states(rows["logging"]), [("", "pass")])
    equal(rows["region"][1]["next"], "aws s3api get-bucket-location --bucket my-logs")


def check_unasked():
    """A service that does not answer costs its own lines only."""
    emulator.fail_next(type="AccessDeniedException", operation="ListCostAllocationTags")
    emulator.fail_next(type="AccessDeniedException", operation="GetModelInvocationLoggingConfiguration")
    rows, _ = verify("--no-agents", "--no-call", code=1)
    contains(rows["bill"][0]["next"], "Allow ce:ListCostAllocationTags to these credentials")
    contains(rows["logging"][0]["next"], "Allow bedrock:GetModelInvocationLoggingConfiguration")
    equal(rows["profile"][0]["state"], "pass")


def check_throttled():
    """A rate that others use up costs time; who has none gets no verdict, rather than a wrong one."""
    emulator.fail_next(type="ThrottlingException", service="bedrock", count=2)
    rows, summary = verify("--no-agents", "--no-call")
    equal((rows["profile"][0]["state"], summary["failed"]), ("pass", 0))
    emulator.fail_next(type="ThrottlingException", operation="ListTagsForResource")
    ended = program("verify", "--no-agents", "--no-call", AWS_MAX_ATTEMPTS="1")
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "its tags cannot be read: ThrottlingException")


def check_misuse():
    for words, why in {
        ("--role", "support"): "--role takes WHO=ARN, as support=arn:aws:iam::123456789012:role/support, and not support",
        ("more",): "more is too much",
    }.items():
        ended = program("verify", *words)
        equal(ended.returncode, 2)
        contains(ended.stderr, why)


try:
    tap({
        "nothing there": check_nothing_there,
        "all well": check_all_well,
        "for people": check_for_people,
        "differences": check_differences,
        "policy": check_policy,
        "ledger": check_ledger,
        "calls": check_calls,
        "roles": check_roles,
        "logging": check_logging,
        "unasked": check_unasked,
        "throttled": check_throttled,
        "misuse": check_misuse,
        "agents": check_agents,
    })
finally:
    emulator.close()
    folder.cleanup()
