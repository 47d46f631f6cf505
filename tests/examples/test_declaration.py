"""A declaration with mistakes is refused, each told with its place and what to do; a sound one is read.

usage: test_declaration.py PROFILES

SPDX-License-Identifier: MIT
"""
import contextlib
import json
import os
import re
import sys
import tempfile

from declaration_mistakes import ACCOUNT, HAIKU, MISTAKES, NO_DECLARATIONS, NOVA, changed, sound
from programs import contains, equal, run, tap

(profiles,) = sys.argv[1:]
folder = tempfile.TemporaryDirectory()
PATH = os.path.join(folder.name, "profiles.json")


def read(text, *options):
    """What `cfn` says, which reads the file and asks nobody."""
    with open(PATH, "wb") as file:
        file.write(text if isinstance(text, bytes) else json.dumps(text).encode())
    return run([profiles, "--file", PATH, *options, "cfn", "--json"])


def sources(file, *options):
    """copyFrom of all profiles, by name."""
    ended = read(file, *options)
    equal((ended.returncode, ended.stderr), (0, ""))
    resources = json.loads(ended.stdout)["Resources"].values()
    return {one["Properties"]["InferenceProfileName"]: one["Properties"]["ModelSource"]["CopyFrom"]
            for one in resources}


def check_mistakes():
    assert len(MISTAKES) >= 40
    for place, value, told, parts in MISTAKES:
        ended = read(changed(place, value))
        equal((place, ended.returncode, ended.stdout), (place, 1, b""))
        with telling(place, value):
            lines = [line for line in ended.stderr.splitlines() if line.startswith(f"profiles: {PATH}: {told}")]
            equal(len(lines) >= 1, True)
            assert any(all(part in line for part in parts) for line in lines), (lines, parts)


@contextlib.contextmanager
def telling(*what):
    try:
        yield
    except AssertionError as why:
        raise AssertionError(f"{what}: {why}") from why


def check_no_declarations():
    for text, place, parts in NO_DECLARATIONS:
        ended = read(text)
        equal((text, ended.returncode, ended.stdout), (text, 1, b""))
        for part in [f"profiles: {PATH}: {place}", *parts]:
            contains(ended.stderr, part)
    ended = run([profiles, "--file", "/nowhere/profiles.json", "cfn"])
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "/nowhere/profiles.json: there is no such file; --file names another")


def check_all_at_once():
    """Every mistake is told in one run, in the order of the file."""
    file = sound()
    file["region"], file["tagPolicy"]["namingRule"] = "Ohio", "kebab"
    prod = file["workloads"]["bot"]["environments"]["prod"]
    prod.update(budget={"limit": 5, "window": "never"}, maxOutput=0, copyFrom=None, tags={"aws:x": "1"})
    file["workloads"]["bot-small"]["environments"]["prod"]["degradeTo"] = "nobody"
    lines = read(file).stderr.splitlines()
    for place in ["region", "tagPolicy.namingRule", "workloads.bot.environments.prod.copyFrom",
                  "workloads.bot.environments.prod.budget.limit", "workloads.bot.environments.prod.budget.window",
                  "workloads.bot.environments.prod.maxOutput", "workloads.bot-small.environments.prod.degradeTo",
                  "workloads.bot.environments.prod.tags.aws:x"]:
        equal((place, sum(f": {place}: " in line for line in lines)), (place, 1))
    equal(len(lines), 8)


def check_many():
    """A hundred mistakes are told, of more the number."""
    file = sound()
    file["tags"] = {f"t{n}": n for n in range(150)}
    lines = read(file).stderr.splitlines()
    equal(len(lines), 101)
    contains(lines[-1], "51 more")  # and one that there are too many


def check_sources():
    region, system = "arn:aws:bedrock:us-east-1", f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile"
    equal(sources(sound()), {"bot-prod": f"{region}::foundation-model/{HAIKU}",
                             "bot-dev": f"{system}/us.{NOVA}",
                             "bot-small-prod": f"{region}::foundation-model/{NOVA}"})
    for said, meant in {
        f"{region}::foundation-model/{NOVA}": f"{region}::foundation-model/{NOVA}",
        f"{system}/us.{NOVA}": f"{system}/us.{NOVA}",
        f"{region}::inference-profile/us.{NOVA}": f"{system}/us.{NOVA}",
        f"global.{NOVA}": f"{system}/global.{NOVA}",
        "deepseek.v3.2": f"{region}::foundation-model/deepseek.v3.2",
        "openai.gpt-oss-20b-1:0": f"{region}::foundation-model/openai.gpt-oss-20b-1:0",
    }.items():
        equal(sources(changed("workloads.bot.environments.prod.copyFrom", said))["bot-prod"], meant)
    for place, prefix in {"eu-central-1": "eu", "ap-southeast-2": "au", "ap-northeast-1": "jp", "ap-south-1": "apac",
                          "us-gov-west-1": "us-gov", "ca-central-1": "ca"}.items():
        file = changed("workloads", {"a": {"environments": {"b": {"copyFrom": f"{prefix}.{NOVA}"}}}})
        file["region"] = place
        partition = "aws-us-gov" if prefix == "us-gov" else "aws"
        equal(sources(file), {"a-b": f"arn:{partition}:bedrock:{place}:{ACCOUNT}:inference-profile/{prefix}.{NOVA}"})


def check_region():
    """--region stands in for the file's, and does not contradict it."""
    file = sound()
    del file["region"]
    contains(sources(file, "--region", "us-west-2")["bot-prod"], ":us-west-2:")
    ended = read(sound(), "--region", "us-west-2")
    equal(ended.returncode, 1)
    contains(ended.stderr, "region: is us-east-1, but --region says us-west-2; leave one of them out")
    equal(read(sound(), "--region", "us-east-1").returncode, 0)


def check_warnings():
    file = sound()
    file["workloads"]["bot"]["environments"]["dev"]["agent"] = True
    file["workloads"]["bot"]["environments"]["dev"]["budget"] = {"limit": "5"}
    del file["workloads"]["bot-small"]["tags"]["application"]
    ended = read(file)
    equal(ended.returncode, 0)
    uncapped, agent, degrading = ended.stderr.splitlines()
    contains(uncapped, "warning: workloads.bot.environments.dev.budget: agents call models inside AWS, past the ledger: "
                       "this budget refuses none of their calls")
    contains(uncapped, "`agent switch-off` is what stops an agent")
    contains(agent, "warning: workloads.bot.environments.dev.copyFrom: for agents a foundation model is the better")
    contains(degrading, "warning: workloads.bot.environments.prod.degradeTo: no call will be degraded to "
                        "bot-small-prod: degrading moves no cost from one owner to another, and these tags differ: "
                        "application.")


def check_tags():
    """A profile's own tags go before its workload's, those before the file's."""
    file = changed("tags", {"a": "file", "b": "file", "c": "file"})
    file["workloads"]["bot"]["tags"] = {"b": "workload", "c": "workload"}
    file["workloads"]["bot"]["environments"]["prod"].update(tags={"c": "own", "environment": "live"}, degradeTo="bot-dev")
    document = json.loads(read(file).stdout)
    tags = {tag["Key"]: tag["Value"] for tag in document["Resources"]["BotProd"]["Properties"]["Tags"]}
    equal(tags, {"application": "bot", "environment": "live", "a": {"Ref": "TagA"}, "b": "workload", "c": "own",
                 "managed-by": "cloudformation"})


def check_page():
    """The page's example is sound, and its tables have the members that there are."""
    with open(os.path.join(os.path.dirname(__file__), "../../doc/profiles.md")) as file:
        page = file.read()
    example = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    equal(read(example).stderr, "")
    file = {**example, "x": 1, "tagPolicy": {"x": 1}, "workloads": {"a": {"x": 1, "environments": {"b": {"x": 1}}}}}
    known = re.findall(r"what can stand here: (.*)", read(file).stderr)
    equal(len(known), 4)
    tables = [re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
              for table in re.findall(r"\| member \|.*?\n\n", page, re.DOTALL)]
    equal(sorted(tables), sorted(one.split(", ") for one in known))


tap({name[6:].replace("_", " "): case for name, case in list(globals().items()) if name.startswith("check_")})
