"""cfn prints a template that CloudFormation's documentation allows, as YAML and as JSON.

usage: test_cfn.py PROFILES

SPDX-License-Identifier: MIT
"""
import copy
import json
import os
import sys
import tempfile

from cfn_template import Invalid, Stack, read_yaml
from declaration_mistakes import ACCOUNT, NOVA, changed, sound
from programs import contains, equal, run, tap

(profiles,) = sys.argv[1:]
folder = tempfile.TemporaryDirectory()
PATH = os.path.join(folder.name, "profiles.json")


def cfn(file, *options):
    with open(PATH, "w") as out:
        json.dump(file, out)
    return run([profiles, "--file", PATH, "cfn", *options])


def template(file, *options):
    """The template, which says the same as YAML and as JSON."""
    yaml, text = cfn(file, *options), cfn(file, *options, "--json")
    equal((yaml.returncode, yaml.stderr, text.returncode, text.stderr), (0, "", 0, ""))
    document = json.loads(text.stdout)
    equal(read_yaml(yaml.stdout.decode()), document)
    equal(list(read_yaml(yaml.stdout.decode())), list(document))
    return document


def tags(properties):
    return {tag["Key"]: tag["Value"] for tag in properties["Tags"]}


def check_whole_file():
    document = template(sound())
    stack = Stack(document)
    equal(sorted(stack.resources), ["BotDev", "BotProd", "BotSmallProd"])
    prod = stack.resources["BotProd"]
    equal(prod["InferenceProfileName"], "bot-prod")
    equal(prod["Description"], "Support assistant: production.")
    equal(tags(prod), {"application": "bot", "environment": "prod", "cost-center": "cc-410", "owner-team": "support",
                       "managed-by": "cloudformation"})
    equal("Description" in stack.resources["BotDev"], False)
    equal(stack.resources["BotDev"]["ModelSource"]["CopyFrom"],
          f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.{NOVA}")
    equal({name: one["Value"] for name, one in stack.outputs.items() if name.startswith("BotProd")},
          {"BotProdArn": "<BotProd.InferenceProfileArn>", "BotProdId": "<BotProd.InferenceProfileId>",
           "BotProdStatus": "<BotProd.Status>"})
    equal(stack.outputs["BotProdArn"]["Export"]["Name"], "stack-BotProdArn")
    equal("Export" in stack.outputs["BotProdStatus"], False)


def check_parameters():
    document = template(sound())
    equal(sorted(Stack(document, Environment="dev").resources), ["BotDev"])
    equal(len(Stack(document, Environment="dev").outputs), 3)
    other = Stack(document, TagCostCenter="cc-411")
    equal({tags(one)["cost-center"] for one in other.resources.values()}, {"cc-411"})
    for given in [{"Environment": "qa"}, {"TagCostCenter": "cc-9"}]:
        try:
            Stack(document, **given)
        except Invalid:
            continue
        raise AssertionError(f"{given} was taken")


def check_one_environment():
    """Deployed once for each environment: it is part of the names, and their tag."""
    document = template(sound(), "--environment", "prod")
    equal("Conditions" in document, False)
    for environment in ["prod", "dev"]:
        stack = Stack(document, Environment=environment)
        equal([one["InferenceProfileName"] for one in stack.resources.values()],
              [f"bot-{environment}", f"bot-small-{environment}"])
        equal({tags(one)["environment"] for one in stack.resources.values()}, {environment})
    equal(Stack(document).parameters["Environment"], "prod")
    ended = cfn(sound(), "--environment", "qa")
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "no workload of")
    contains(ended.stderr, "has the environment qa")


def check_unknown_account():
    """Where the file names no account, the stack does."""
    file = sound()
    del file["account"]
    source = template(file)["Resources"]["BotDev"]["Properties"]["ModelSource"]["CopyFrom"]
    contains(source["Fn::Sub"], ":${AWS::AccountId}:inference-profile/us.")
    equal(Stack(template(file)).resources["BotDev"], Stack(template(sound())).resources["BotDev"])


def check_odd_names():
    """Logical ids are told apart where names differ in what an id cannot have; texts stay as they are."""
    environments = {name: {"copyFrom": NOVA} for name in ["all", "a b", "a-b", "a_b"]}
    file = changed("workloads", {"1st": {"environments": environments}, "A B": {"environments": environments}})
    file["tags"] = {"no": "yes", "on": "null", "k:e/y=": "a: b", "k e y": "2026-01-01", "n": "", "N": "1e3", "Tag": "@x+y"}
    stack = Stack(template(file))
    equal(len(stack.resources), 8)
    first = next(one for one in stack.resources.values() if one["InferenceProfileName"] == "1st-a b")
    equal({**tags(first), **file["tags"]}, tags(first))
    for environment in ["a b", "a-b", "a_b"]:
        names = [one["InferenceProfileName"] for one in Stack(template(file), Environment=environment).resources.values()]
        equal(names, [f"1st-{environment}", f"A B-{environment}"])
    equal(len(Stack(template(file), Environment="all").resources), 8)


def check_too_many():
    environments = {f"e{n}": {"copyFrom": NOVA} for n in range(67)}
    ended = cfn(changed("workloads", {"a": {"environments": environments}}))
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "67 profiles have 201 outputs, and CloudFormation takes 200")
    contains(ended.stderr, "with --environment, or split the file")
    del environments["e66"]
    equal(len(Stack(template(changed("workloads", {"a": {"environments": environments}}))).resources), 66)


def check_the_check():
    """A template with any of these mistakes is not taken."""
    good = template(sound())
    profile = ["Resources", "BotProd", "Properties"]
    for *way, name, value in [
        [*profile, "InferenceProfileName", "a--b"], [*profile, "Description", ""], [*profile, "Name", "x"],
        [*profile, "ModelSource", {}], [*profile, "Tags", {"team": "a"}], [*profile, "Tags", [{"key": "a", "value": "b"}]],
        [*profile, "ModelSource", {"CopyFrom": "amazon.nova-lite-v1:0"}], [*profile, "InferenceProfileName", {"Ref": "No"}],
        ["Resources", "BotProd", "Type", "AWS::Bedrock::InferenceProfile"], ["Resources", "Bot-Prod", good["Resources"]["BotProd"]],
        ["Outputs", "BotProdArn", "Value", {"Fn::GetAtt": ["BotProd", "Arn"]}], ["Outputs", "BotProdArn", "Export", {"Name": "a b"}],
        ["Parameters", "Environment", "Default", "x"], ["Outputs", "BotDevArn", "Export", good["Outputs"]["BotProdArn"]["Export"]],
    ]:
        bad = copy.deepcopy(good)
        inner = bad
        for step in way:
            inner = inner[step]
        inner[name] = value
        try:
            Stack(bad)
        except Invalid:
            continue
        raise AssertionError(f"{way} {name}: {value} was taken")


def check_misuse():
    for command, said in {("cfn", "x"): "x is too much", ("cfn", "--environment"): "--environment"}.items():
        ended = run([profiles, *command])
        equal((ended.returncode, ended.stdout), (2, b""))
        contains(ended.stderr, said)


tap({name[6:].replace("_", " "): case for name, case in list(globals().items()) if name.startswith("check_")})
