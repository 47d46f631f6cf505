"""iam prints policies with the ARNs that there are, in parts where they are long, and none otherwise.

What the policies allow is judged in tests/interop/iam_policies.mjs.

usage: test_iam.py EMULATOR SIGN PROFILES

SPDX-License-Identifier: MIT
"""
import json
import os
import sys
import tempfile

from declaration_mistakes import HAIKU, NOVA, changed, sound
from programs import Emulator, contains, equal, run, tap

emulator_program, sign, profiles = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")
folder = tempfile.TemporaryDirectory()
PATH = os.path.join(folder.name, "profiles.json")


def call(*words):
    return run([profiles, "--file", PATH, *words], AWS_ENDPOINT_URL=emulator.url)


def declare(file):
    with open(PATH, "w") as out:
        json.dump(file, out)


def apply(file, *options):
    declare(file)
    equal((call("apply", "--yes", *options).returncode), 0)


def policy(*words):
    ended = call("iam", *words)
    equal((words, ended.returncode), (words, 0))
    return json.loads(ended.stdout), ended.stderr


def fails(*words, code=1):
    ended = call("iam", *words)
    equal((words, ended.returncode, ended.stdout), (words, code, b""))
    return ended.stderr


def arns(*aliases):
    rows = [json.loads(line) for line in call("--json", "list").stdout.splitlines()]
    known = {row["name"]: row["arn"] for row in rows}
    return [known[alias] for alias in aliases]


def resources(document):
    return [statement["Resource"] for statement in document["Statement"]]


def check_nothing_is_there_yet():
    declare(sound())
    said = fails("workload", "bot")
    for alias in ["bot-prod", "bot-dev", "bot-small-prod"]:  # the last, because calls are degraded to it
        contains(said, f"iam: {alias} is not there yet, and a policy needs its ARN, which AWS makes up; "
                       "`profiles apply` makes it")


def check_who_is_meant():
    apply(sound())
    prod, dev, small = arns("bot-prod", "bot-dev", "bot-small-prod")
    for words, wanted in {("team", "owner-team=support"): [prod, dev, small], ("workload", "bot"): [prod, dev, small],
                          ("workload", "bot-small"): [small], ("profile", "bot-dev"): [dev],
                          ("profile", "bot-prod"): [prod, small], ("agent", "bot-dev"): [dev]}.items():
        document, said = policy(*words)
        equal((words, resources(document)[0]), (words, wanted))
        equal(document["Statement"][1]["Condition"], {"StringLike": {"bedrock:InferenceProfileArn": wanted}})
        size = len(json.dumps(document, separators=(",", ":")))
        most, what = (10240, "all inline policies of a role") if words[0] == "agent" else (6144, "a managed policy")
        equal(said, f"{size} of the {most} characters that AWS takes for {what}.\n")
        (statement,) = policy("deny", *words)[0]["Statement"]
        equal((statement["Effect"], statement["Action"], statement["Resource"]), ("Deny", "bedrock:InvokeModel*", wanted))
    models = [f"arn:aws:bedrock:{region}::foundation-model/{NOVA}" for region in ["us-east-1", "us-east-2", "us-west-2"]]
    equal(resources(policy("profile", "bot-dev")[0])[1],
          [*models, f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.{NOVA}"])
    contains(fails("team", "owner-team=nobody"), "no profile of")
    contains(fails("workload", "nobody"), "there is no workload nobody in")
    contains(fails("profile", "nobody"), "there is no profile nobody in")


def check_a_replaced_profile_stays_allowed():
    """Services call it until they are told of the new one."""
    file = sound()
    file["workloads"]["bot-small"]["environments"]["prod"]["copyFrom"] = HAIKU
    apply(file)
    old, new = arns("bot-small-prod", "bot-small-prod_2")
    equal(sorted(resources(policy("workload", "bot-small")[0])[0]), sorted([old, new]))


def check_parts():
    """What is too long for one policy comes in parts, which have each profile once."""
    file = changed("workloads", {"bulk": {"environments": {f"e{n}": {"copyFrom": f"us.{NOVA}"} for n in range(30)}}})
    del file["tagPolicy"]
    apply(file)
    wanted = sorted(arns(*[f"bulk-e{n}" for n in range(30)]))
    said = fails("workload", "bulk")
    contains(said, "a policy for all 30 profiles is longer than the 6144 characters that --for managed has")
    contains(said, "it comes in 2 parts: --part 1 to --part 2")
    seen = []
    for part in ["1", "2"]:
        document, _ = policy("workload", "bulk", "--part", part)
        assert len(json.dumps(document, separators=(",", ":"))) <= 6144
        seen += resources(document)[0]
    equal(sorted(seen), wanted)
    contains(fails("workload", "bulk", "--part", "3"), "there is no part 3; there are 2")
    equal(sorted(resources(policy("workload", "bulk", "--for", "role")[0])[0]), wanted)
    contains(fails("workload", "bulk", "--for", "user"), "it comes in 6 parts")


def check_deny():
    document, said = policy("deny", "--json")
    contains(said, "of the 6144 characters")
    contains(said, "not the management account")
    equal([statement["Effect"] for statement in document["Statement"]], ["Deny", "Deny"])
    equal("ArnNotLike" in json.dumps(document), False)
    document, _ = policy("deny", "--except", "arn:aws:iam::123456789012:role/a", "--except", "arn:aws:iam::1:role/b")
    for statement in document["Statement"]:
        equal(statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"],
              ["arn:aws:iam::123456789012:role/a", "arn:aws:iam::1:role/b"])
    contains(json.dumps(policy("--region", "us-gov-west-1", "deny")[0]), "arn:aws-us-gov:bedrock:*::foundation-model/*")


def check_misuse():
    for words, said in {
        (): "a word is missing",
        ("everybody",): "iam takes team KEY=VALUE, workload NAME, profile ALIAS, agent ALIAS, deny or operator, and not",
        ("team", "support"): "iam team takes KEY=VALUE, as owner-team=support, and not support",
        ("team",): "iam team takes one KEY=VALUE",
        ("workload", "a", "b"): "iam workload takes one NAME",
        ("deny", "a"): "and not a",
        ("deny", "--for", "everybody"): "--for takes managed, role, group, user or scp, and not everybody",
        ("team", "a=b", "--except", "x"): "--except is for `iam deny` alone",
        ("operator", "--part", "1"): "iam operator comes in one part: leave --part out",
        ("operator", "ask"): "iam operator takes profiles, agent and budget, and not ask",
        ("workload", "bulk", "--part", "x"): "--part takes a number from 1 to 1000, and not x",
    }.items():
        contains(fails(*words, code=2), said)


try:
    tap({name[6:].replace("_", " "): case for name, case in list(globals().items()) if name.startswith("check_")})
finally:
    emulator.close()
