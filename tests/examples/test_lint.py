"""lint finds what the tag policy forbids, in the file and in the account; 500 profiles against an oracle.

usage: test_lint.py EMULATOR SIGN PROFILES

SPDX-License-Identifier: MIT
"""
import json
import os
import sys
import tempfile

from declaration_mistakes import NOVA, changed, sound
from programs import Emulator, contains, equal, run, tap
from tag_policy_oracle import corpus, verdicts

emulator_program, sign, profiles = sys.argv[1:]
folder = tempfile.TemporaryDirectory()
PATH = os.path.join(folder.name, "profiles.json")


def lint(file, *options, emulator=None):
    with open(PATH, "w") as out:
        json.dump(file, out)
    url = emulator.url if emulator else "http://127.0.0.1:9"
    return run([profiles, "--file", PATH, "lint", *options], AWS_ENDPOINT_URL=url)


def findings(file, *options, emulator=None):
    ended = lint(file, "--json", *options, emulator=emulator)
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    equal((ended.returncode, ended.stderr), (1 if rows else 0, ""))
    for row in rows:
        assert row["message"] and row["remedy"], row
    return rows


def brief(rows):
    return {(row["subject"], row["rule"], row.get("tag"), row.get("value")) for row in rows}


def check_corpus():
    """No wrong verdict."""
    cases = 0
    for policy, named in corpus(20261125):
        workloads = {workload: {"environments": {environment: {"copyFrom": NOVA, "tags": tags}}}
                     for (workload, environment), tags in named.items()}
        file = {"region": "us-east-1", "tagPolicy": policy, "workloads": workloads}
        whole = {f"{workload}-{environment}": {"application": workload, "environment": environment,
                                               "managed-by": "libbedrockcost", **tags}
                 for (workload, environment), tags in named.items()}
        wanted = verdicts(policy, whole)
        seen = {alias: set() for alias in whole}
        for subject, *verdict in brief(findings(file, "--offline")):
            seen[subject].add(tuple(verdict))
        for alias, tags in whole.items():
            equal((policy, tags, seen[alias]), (policy, tags, wanted[alias]))
            cases += 1
    equal(cases, 500)


def check_sound():
    equal(findings(sound(), "--offline"), [])
    ended = lint(sound(), "--offline")
    equal((ended.returncode, ended.stdout, ended.stderr), (0, b"3 profiles: nothing found\n", ""))


def check_remedies():
    """What to write instead."""
    for value, remedy in {"TeamA": "write team-a", "Team  A": "write team-a", "team_a": "write team-a",
                          "-": "choose another value", "a--b-": "write a-b", "R2D2": "write r2-d2"}.items():
        (row,) = findings(changed("workloads", {"bot": {"tags": {"owner-team": value}, "environments": {
            "prod": {"copyFrom": NOVA}}}}), "--offline")
        equal((row["rule"], row["remedy"]), ("namingRule", remedy))
    file = changed("tags.cost-center", "cc-9")
    equal({row["remedy"] for row in findings(file, "--offline")}, {"take one of: cc-410, cc-411"})
    file = changed("workloads.bot.tags", {})
    contains(findings(file, "--offline")[0]["message"], "degraded")
    contains(findings(file, "--offline")[1]["message"], 'the tag "owner-team" is missing')


def check_table():
    file = changed("workloads.bot.tags.owner-team", "Support")
    file["workloads"]["bot"]["environments"]["prod"]["maxOutput"] = 0
    ended = lint(file, "--offline")
    equal(ended.returncode, 1)
    table = ended.stdout.decode()
    for part in ["profile", "rule", "what is wrong", "what to do", "bot-prod", "write support"]:
        contains(table, part)
    contains(ended.stderr, "workloads.bot.environments.prod.maxOutput: takes a number from 1")


def check_mistakes_are_findings():
    """CI gets one line for each mistake of the file as well, and judges what can be read."""
    rows = findings(changed("workloads.bot.environments.dev", {"copyFrom": "x", "tags": {"owner-team": "X"}}), "--offline")
    equal(brief(rows), {("workloads.bot.environments.dev.copyFrom", "declaration", None, None),
                        ("bot-dev", "namingRule", "owner-team", "X")})
    equal(brief(findings(changed("tagPolicy.namingRule", "x"), "--offline")),
          {("tagPolicy.namingRule", "declaration", None, None)})


def check_account():
    emulator = Emulator(emulator_program, sign, "--identity")
    try:
        emulator.create_profile("bot-prod", **{"application": "bot", "environment": "prod", "owner-team": "support",
                                               "cost-center": "cc-410", "managed-by": "libbedrockcost"})
        emulator.create_profile("stray", **{"application": "bot", "environment": "Prod", "owner_team": "Sup Port"})
        emulator.create_profile("bare")
        stray = {("stray", "requiredTags", "owner-team", None), ("stray", "namingRule", "environment", "Prod"),
                 ("stray", "allowedEnvironments", "environment", "Prod"), ("stray", "spelling", "environment", "Prod"),
                 ("bare", "requiredTags", "application", None), ("bare", "requiredTags", "environment", None),
                 ("bare", "requiredTags", "owner-team", None)}
        both = brief(findings(sound(), emulator=emulator))
        equal(both, stray | {("stray", "spelling", "owner_team", None)})
        equal(brief(findings(sound(), "--account", emulator=emulator)),
              stray | {("stray", "spelling", "owner_team", None)})
        equal(findings(sound(), "--offline"), [])
        ended = run([profiles, "--file", "/nowhere/x.json", "lint", "--account"], AWS_ENDPOINT_URL=emulator.url)
        equal((ended.returncode, ended.stderr), (1, ""))
        contains(ended.stdout.decode(), "spelling")
        equal(b"requiredTags" in ended.stdout, False)
        ended = lint(changed("region", "Ohio"), "--account", emulator=emulator)
        equal((ended.returncode, ended.stdout), (1, b""))
        contains(ended.stderr, 'region: there is no Region "Ohio"')
    finally:
        emulator.close()


def check_unreachable():
    with open(PATH, "w") as out:
        json.dump(sound(), out)
    ended = run([profiles, "--file", PATH, "lint"], AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    equal((ended.returncode, ended.stdout), (1, b""))
    contains(ended.stderr, "the inference profiles cannot be listed")


def check_misuse():
    for command, said in {("lint", "x"): "x is too much", ("lint", "--offline", "--account"): "the file alone"}.items():
        ended = run([profiles, *command])
        equal((ended.returncode, ended.stdout), (2, b""))
        contains(ended.stderr, said)


tap({name[6:].replace("_", " "): case for name, case in list(globals().items()) if name.startswith("check_")})
