"""profiles plan, apply, drift: the account becomes what the file says, and stays it.

usage: test_profiles.py EMULATOR SIGN PROFILES

SPDX-License-Identifier: MIT
"""
import json
import random
import re
import sys

from declared import HAIKU, LITE, MANAGED, MICRO, declared, model_arn, one, tags_of
from programs import Emulator, contains, equal, run, tap

emulator_program, sign, program = sys.argv[1:]
emulator = Emulator(emulator_program, sign, "--identity")

TAGS = {"application": "bot", "owner-team": "support", **MANAGED}
WANTED_TAGS = {"bot-prod": {"environment": "prod", **TAGS}, "bot-dev": {"environment": "dev", **TAGS},
               "small-prod": {"environment": "prod", **TAGS}}

MODELS = {"bot-prod": HAIKU, "bot-dev": "amazon.nova-lite-v1:0", "small-prod": MICRO}


def case(check):
    """A case with a file, and a Region, of its own."""

    def run_it():
        with declared(program, emulator) as it:
            check(it)

    return run_it


@case
def check_from_nothing(it):
    equal(it.plan(), dict.fromkeys(WANTED_TAGS, "create"))
    contains(it("plan"), "3 to change, 3 profiles in the file, 0 in the account.")
    contains(it("drift", code=1), "3 of 3 differ")
    said = it("apply", "--yes")
    contains(said, "create  bot-prod    bot-prod    from " + HAIKU)
    contains(said, "3 created, 0 tagged, 0 deleted; 7 requests.")
    contains(said, "`profiles activate`")
    seen = it.there()
    equal(tags_of(seen), WANTED_TAGS)
    equal({name: row["model"] for name, row in seen.items()}, MODELS)
    equal({name: row["scope"] for name, row in seen.items()},
          {"bot-prod": "in-region", "bot-dev": "geo", "small-prod": "in-region"})
    equal(seen["bot-prod"]["description"], "The bot")
    equal(it.plan(), {})
    rows = it.apply()
    equal(rows, [{"summary": {"created": 0, "tagged": 0, "deleted": 0}, "complete": True,
                  "requests": 6}])  # whose keys, both lists, the tags of three
    contains(it("drift"), "All 3 profiles")
    equal(it.there(), seen)


@case
def check_tags(it):
    it.apply()
    it.file["tags"] = {"cost-center": "cc-410"}
    it.file["workloads"]["bot"]["tags"]["owner-team"] = "help desk"
    it.write()
    equal(it.plan(), dict.fromkeys(WANTED_TAGS, "tag"))
    contains(it("plan"), "owner-team=help desk, was support")
    it.set_tags(it.there()["bot-dev"]["arn"], **{"seen-by": "ada", "owner-team": "x"})
    before = it.there()
    rows = it.apply()
    equal(rows[-1]["summary"], {"created": 0, "tagged": 3, "deleted": 0})
    after = it.there()
    equal({n: r["arn"] for n, r in after.items()}, {n: r["arn"] for n, r in before.items()})
    equal(after["bot-dev"]["tags"], {**WANTED_TAGS["bot-dev"], "cost-center": "cc-410",
                                     "owner-team": "help desk", "seen-by": "ada"})
    # A tag of somebody else's is told, and stays until it is told to go.
    equal(it.plan(), {})
    contains(it("drift", code=1), "seen-by is not in the file")
    equal(it.plan("--prune-tags"), {"bot-dev": "tag"})
    contains(it("plan", "--prune-tags"), "without seen-by")
    it.apply("--prune-tags")
    equal("seen-by" in it.there()["bot-dev"]["tags"], False)
    contains(it("drift"), "All 3 profiles")


@case
def check_full_of_tags(it):
    """There is room for what is new only when what is old has gone."""
    it.apply()
    arn = it.there()["bot-dev"]["arn"]
    it.set_tags(arn, **{f"other-{n}": "x" for n in range(46)})
    it.file["tags"] = {"cost-center": "cc-410"}
    it.write()
    ended = it.run("--json", "apply", "--yes")
    equal(ended.returncode, 1)
    contains(ended.stderr, "bot-dev: its tags cannot be set")
    contains(ended.stderr, "it is not complete")
    equal(json.loads(ended.stdout.decode().splitlines()[-1])["summary"]["tagged"], 2)
    it.apply("--prune-tags")
    equal(it.there()["bot-dev"]["tags"], {**WANTED_TAGS["bot-dev"], "cost-center": "cc-410"})


@case
def check_replacement(it):
    it.apply()
    first = it.there()
    it.environment("bot", "prod")["copyFrom"] = MICRO
    it.write()
    equal(it.plan(), {"bot-prod_2": "replace"})
    said = it("apply", "--yes")
    contains(said, "bot-prod stays")
    contains(said, f"`profiles delete {first['bot-prod']['arn'].split('/')[1]}`")
    second = it.there()
    equal(sorted(second), ["bot-dev", "bot-prod", "bot-prod_2", "small-prod"])
    equal(second["bot-prod"], first["bot-prod"])
    equal((second["bot-prod_2"]["model"], second["bot-prod_2"]["tags"]),
          (MICRO, WANTED_TAGS["bot-prod"]))
    equal(it.plan(), {"bot-prod": "retired"})
    contains(it("drift"), "All 3 profiles")
    # The way back makes nothing: the first one is there.
    it.environment("bot", "prod")["copyFrom"] = HAIKU
    it.write()
    equal(it.plan(), {"bot-prod_2": "retired"})
    # A third model, and the old ones go.
    it.environment("bot", "prod")["copyFrom"] = LITE
    it.write()
    equal(it.plan("--prune"), {"bot-prod_3": "replace", "bot-prod": "retired"})
    rows = it.apply("--prune")
    equal(rows[-1]["summary"], {"created": 1, "tagged": 0, "deleted": 2})
    equal(sorted(it.there()), ["bot-dev", "bot-prod_3", "small-prod"])
    equal(it.plan(), {})


@case
def check_names(it):
    """A later generation has the number behind all that there were, whoever made them."""
    it.apply()
    it.create("bot-prod_7")
    it.create("bot-prod_08")  # is no generation
    it.environment("bot", "prod")["copyFrom"] = LITE
    it.write()
    equal(it.plan(), {"bot-prod_8": "replace", "bot-prod_7": "foreign"})
    it.apply("--prune")
    equal(sorted(it.there()), ["bot-dev", "bot-prod_08", "bot-prod_7", "bot-prod_8", "small-prod"])
    equal(it.plan(), {"bot-prod_7": "foreign"})


@case
def check_foreign(it):
    """A profile of the same name that somebody else has made is neither changed nor doubled."""
    arn = it.create("bot-prod", team="other")
    equal(it.plan(), {"bot-prod": "foreign", "bot-dev": "create", "small-prod": "create"})
    said = it("apply", "--yes", code=1)
    contains(said, f"bot-prod: there is a profile of this name that this program has not made: {arn}")
    contains(said, f"`profiles import {arn.split('/')[1]}` adopts it")
    equal(tags_of(it.there())["bot-prod"], {"team": "other"})
    equal(len(it.there()), 3)
    contains(it("drift", code=1), "foreign")
    it("import", "--yes", arn)
    equal(it.plan(), {"bot-prod_2": "replace"})  # it has another model
    it.environment("bot", "prod")["copyFrom"] = MICRO
    it.write()
    it.apply()
    equal(it.there()["bot-prod"]["tags"], {"team": "other", **WANTED_TAGS["bot-prod"]})


@case
def check_unlisted(it):
    """What the file has no more may be another file's: it goes only when that is said."""
    it.apply()
    del it.file["workloads"]["bot"]["environments"]["dev"]
    it.write()
    equal(it.plan(), {"bot-dev": "retired"})
    contains(it("plan"), "its alias is not in the file, stays")
    contains(it("drift"), "All 2 profiles")
    equal(it.apply("--prune")[-1]["summary"]["deleted"], 0)
    equal(it.apply("--prune-unlisted")[-1]["summary"]["deleted"], 1)
    equal(sorted(it.there()), ["bot-prod", "small-prod"])


@case
def check_description(it):
    it.apply()
    it.environment("bot", "prod")["description"] = "Another bot"
    it.write()
    contains(it("plan"), 'bot-prod: its description is "The bot", and AWS lets nobody change it')
    contains(it("drift"), "All 3 profiles")
    equal(it.apply()[-1]["requests"], 6)


def check_geographies():
    """Two ways to one model are two profiles, though both are geographic."""
    workloads = {"bot": {"environments": {"prod": one("apac.amazon.nova-lite-v1:0")}}}
    with declared(program, emulator, workloads, "ap-northeast-1") as it:
        it.apply()
        for source in ["jp.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0",
                       "global.amazon.nova-lite-v1:0"]:
            it.environment("bot", "prod")["copyFrom"] = source
            it.write()
            equal(list(it.plan().values()).count("replace"), 1)
            it.apply("--prune")
            equal(it.plan(), {})
            equal(len(it.there()), 1)


@case
def check_rerouted(it):
    """When AWS adds Regions to a system-defined profile, those made of it stay as they are."""
    it.apply()
    listed = emulator.call("GET", "/inference-profiles?type=SYSTEM_DEFINED", None, it.region)[1]
    for profile in listed["inferenceProfileSummaries"]:
        profile["models"].append({"modelArn": profile["models"][0]["modelArn"].replace(
            profile["models"][0]["modelArn"].split(":")[3], "us-west-1")})
    emulator.fail_next(operation="ListInferenceProfiles", skip=1, body=json.dumps(listed))
    contains(it("plan"), f"bot-dev: it routes to the Regions that {LITE} had when it was made")
    equal(it.plan(), {})


@case
def check_refused_before_anything(it):
    it.file["account"] = "999999999999"
    it.write()
    seen = emulator.requests_seen()
    for command in [["plan"], ["apply", "--yes"], ["drift"]]:
        contains(it(*command, code=1), "is for the account 999999999999, and these are credentials of "
                                       "123456789012: nothing was done")
    equal(emulator.requests_seen(), seen)
    it.file["account"] = "123456789012"
    it.file["tagPolicy"] = {"requiredTags": ["cost-center"]}
    it.write()
    contains(it("apply", "--yes", code=1), "is against its own tag policy: nothing was done")
    contains(it("plan", code=1), "cost-center")
    equal(it.there(), {})
    del it.file["tagPolicy"]
    it.environment("bot", "dev")["copyFrom"] = "jp.amazon.nova-lite-v1:0"
    it.write()
    it("apply", "--yes", code=1)
    equal(it.there(), {})


@case
def check_one_bad_among_good(it):
    """What AWS objects to keeps nobody else from being made."""
    emulator.fail_next(operation="CreateInferenceProfile", skip=1, type="ValidationException",
                       message="On-demand throughput is not supported")
    said = it("apply", "--yes", code=1)
    contains(said, "bot-dev: cannot be created from")
    contains(said, "On-demand throughput")
    contains(said, "2 created")
    contains(said, "run it again when that is mended: what is done stays done")
    equal(it.apply()[-1]["summary"]["created"], 1)


def check_any_account():
    """Whatever there is, `apply` ends where nothing is left to do, and touches nobody else's."""
    chance = random.Random(7)
    for _ in range(5):
        with declared(program, emulator) as it:
            names = ["bot-prod", "bot-prod_2", "bot-prod_5", "bot-dev", "bot-dev_2", "small-prod",
                     "small-prod_02", "other-dev"]
            sources = [HAIKU, MICRO, "amazon.nova-lite-v1:0"]
            for name in chance.sample(names, chance.randrange(1, 7)):
                tags = {"team": "x", **chance.choice([{}, MANAGED, MANAGED, {"managed-by": "us"}])}
                it.create(name, model_arn(it.region, chance.choice(sources)), **tags)
            check_convergence(it)


def check_convergence(it):
    before = it.there()
    ours = {n for n, row in before.items() if row["tags"].get("managed-by") == MANAGED["managed-by"]}
    foreign = {name: row for name, row in before.items() if name not in ours}
    blocked = {name for name in WANTED_TAGS
               if any(re.fullmatch(f"{name}(_[2-9])?", other) for other in foreign)
               and not any(re.fullmatch(f"{name}(_[2-9])?", other) for other in ours)}
    it.run("apply", "--yes")
    assert set(it.plan().values()) <= {"foreign", "retired"}, it.plan()
    after = it.there()
    equal({name: after[name]["arn"] for name in before}, {n: row["arn"] for n, row in before.items()})
    it.apply("--prune", "--prune-unlisted", "--prune-tags", code=1 if blocked else 0)
    after = {row["name"]: row for row in it.rows("list")}
    current = {row["alias"]: row for row in after.values() if row["standing"] == "current"}
    equal({alias: row["tags"] for alias, row in current.items()},
          {alias: tags for alias, tags in WANTED_TAGS.items() if alias not in blocked})
    equal({alias: row["model"] for alias, row in current.items()},
          {alias: model for alias, model in MODELS.items() if alias not in blocked})
    equal({name: row["tags"] for name, row in after.items() if row["standing"] != "current"},
          {name: row["tags"] for name, row in foreign.items()})


@case
def check_asked(it):
    said = it("apply", code=2)
    contains(said, "create")
    contains(said, "--yes")
    equal(it.there(), {})
    for wrong in [["plan", "x"], ["apply", "x"], ["drift", "x"], ["apply", "--patience", "x"],
                  ["plan", "--wrong"]]:
        equal(it.run(*wrong).returncode, 2)
    contains(run([program, "--file", "/nowhere", "plan"]).stderr, "/nowhere: there is no such file")


@case
def check_contested_creation(it):
    """AWS knows of a creation of the same name with other tags, and does not show it."""
    emulator.fail_next(operation="CreateInferenceProfile", type="ConflictException")
    said = it("apply", "--yes", "--patience", "0", code=1)
    contains(said, "bot-prod: AWS knows of another creation of it, but does not show it after 0 s")
    it.apply()
    equal(sorted(it.there()), sorted(WANTED_TAGS))


@case
def check_wrong_clock(it):
    """What AWS refuses for the time it was signed with is made again, now that the time is known."""
    for n, type in enumerate(["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired"]):
        emulator.fail_next(skip=2 + n, status=403, type=type)
    equal(it.apply()[-1]["requests"], 7 + 3)
    emulator.fail_next(status=403, type="AccessDeniedException")
    contains(it("plan", code=1), "AccessDeniedException")


@case
def check_remembered_creation(it):
    """AWS answers a creation with a profile that was deleted since: it is not taken for one."""
    gone = f"arn:aws:bedrock:{it.region}:123456789012:application-inference-profile/000000000000"
    emulator.fail_next(operation="CreateInferenceProfile",
                       body=json.dumps({"inferenceProfileArn": gone, "status": "ACTIVE"}), drop=False,
                       status=201, count=1)
    said = it("apply", "--yes", "--patience", "0", code=1)
    contains(said, gone + ": AWS has taken its creation, but does not show it after 0 s")
    contains(said, "--salt TEXT")
    it.apply("--salt", "again")
    equal(sorted(it.there()), sorted(WANTED_TAGS))


try:
    tap({name.removeprefix("check_").replace("_", " "): check for name, check in list(globals().items())
         if name.startswith("check_") and name != "check_convergence"})
finally:
    emulator.close()
