"""What a tag policy says of tags, and a seeded corpus to ask about.

The contract: `requiredTags` are there and not empty; the tag `environment`, where it is there, is one
of `allowedEnvironments`; values of required tags that are not empty follow `namingRule`; a tag that
`allowedValues` lists has one of its values, where it is there. AWS: a key of 1 to 128 and a value of 0
to 256 characters, both of letters a-z, digits, blanks and . _ : / = + @ -; no key that begins with
aws: in whatever case; 50 tags at most. Two values of one key, or two keys, that are the same without
case, hyphens, underscores and blanks are variants: one is kept, of those without capitals and blanks
if there are any, the one of most profiles, the first in the order of bytes; each profile with another
is told. (Keys that begin with aws: are not compared, nor is what has nothing but hyphens,
underscores and blanks.)

SPDX-License-Identifier: MIT
"""
import collections
import random
import re

RULES = {
    "lowercase-with-hyphens": r"[a-z0-9]+(-[a-z0-9]+)*",
    "lowercase-with-underscores": r"[a-z0-9]+(_[a-z0-9]+)*",
    "lowercase": r"[^A-Z]*",
    "none": r"(?s:.*)",
}
AWS = re.compile(r"[A-Za-z0-9 ._:/=+@-]*")
AWS_OWN = re.compile(r"aws:", re.IGNORECASE)
REQUIRED = ["application", "environment", "owner-team", "cost-center", "workload-type"]


def verdicts_on_one(policy, tags):
    """A set of (rule, key, value): None where the finding names none."""
    found = set()
    for key in policy.get("requiredTags", []):
        if not tags.get(key):
            found.add(("requiredTags", key, tags.get(key)))
        elif not re.fullmatch(RULES[policy.get("namingRule", "none")], tags[key]):
            found.add(("namingRule", key, tags[key]))
    lists = [("allowedValues", key, values) for key, values in policy.get("allowedValues", {}).items()]
    if "allowedEnvironments" in policy:
        lists.append(("allowedEnvironments", "environment", policy["allowedEnvironments"]))
    found |= {(rule, key, tags[key]) for rule, key, values in lists if key in tags and tags[key] not in values}
    for key, value in tags.items():
        if not (1 <= len(key) <= 128 and AWS.fullmatch(key)) or AWS_OWN.match(key):
            found.add(("tagSyntax", key, None))
        if not (len(value) <= 256 and AWS.fullmatch(value)):
            found.add(("tagSyntax", key, value))
    if len(tags) > 50:
        found.add(("tagSyntax", None, None))
    return found


def core(text):
    return re.sub(r"[-_ ]", "", "".join(c.lower() if c.isascii() else c for c in text))


def kept(counts):
    """The spelling to keep, of a Counter of variants."""
    return min(counts, key=lambda text: (bool(re.search(r"[A-Z ]", text)), -counts[text], text.encode()))


def variants(spellings):
    """All but the kept ones: {spelling} of a list with repetitions."""
    groups = collections.defaultdict(collections.Counter)
    for text in spellings:
        groups[core(text)][text] += 1
    return {text for heart, counts in groups.items() if heart for text in set(counts) - {kept(counts)}}


def verdicts(policy, profiles):
    """{alias: set of (rule, key, value)} of {alias: tags}."""
    found = {alias: verdicts_on_one(policy, tags) for alias, tags in profiles.items()}
    compared = {alias: {k: v for k, v in tags.items() if not AWS_OWN.match(k)} for alias, tags in profiles.items()}
    odd_keys = variants([key for tags in compared.values() for key in tags])
    for key in {key for tags in compared.values() for key in tags}:
        odd = variants([tags[key] for tags in compared.values() if key in tags])
        for alias, tags in compared.items():
            if key in tags and key in odd_keys:
                found[alias].add(("spelling", key, None))
            if key in tags and tags[key] in odd:
                found[alias].add(("spelling", key, tags[key]))
    return found


# ------------------------------------------------------------------ the corpus

GOOD = {
    "application": ["bot", "search"], "environment": ["dev", "staging", "prod"],
    "owner-team": ["team-a", "search", "platform-2"], "cost-center": ["cc-410", "cc-411"],
    "workload-type": ["chatbot", "summarization", "classification", "extraction"],
}
SPELT = ["TeamA", "team-a", "Team A", "team_a", "TEAM-A", "teama", "team a", "Team-A"]
ODD = ["", "-", "-a", "a-", "a--b", "a_b", "a__b", "_a", "a b", " ", "A", "aB", "9", "a.b", "a:b/c", "a=b+c@d", "ä", "a\tb",
       "a,b", "a&b", "a*b", "100%", "#1", "日本", "x" * 256, "x" * 257, "é" * 256, "team-a ", "naïve", "a\u00a0b"]
KEYS = ["Team", "team", "TEAM", "Owner-Team", "owner_team", "OwnerTeam", "Cost Center", "costcenter", "aws:x", "AWS:X", "aws:y",
        "awsome", "k" * 128, "k" * 129, "ключ", "a!b", "a b", "-", "_", "project", "monthly-budget"]


def value_of(pick, key, mess):
    if pick.random() > mess:
        return pick.choice(GOOD.get(key, ["500", "x", "alpha"]))
    return pick.choice(pick.choice([SPELT, ODD]))


def tags_of(pick, mess):
    tags = {key: value_of(pick, key, mess) for key in REQUIRED if pick.random() > mess / 3}
    if pick.random() < 2 * mess:
        tags.update((key, value_of(pick, key, mess)) for key in pick.sample(KEYS, pick.choice([1, 1, 2, 4])))
    if pick.random() < mess / 3:  # to about as many as there may be, with those that come by themselves
        missing = pick.choice([49, 50, 51, 60]) - len({"application", "environment", "managed-by", *tags})
        tags.update((f"t{n}", "x") for n in range(missing))
    return tags


def policy_of(pick):
    policy = {}
    if pick.random() < 0.9:
        policy["requiredTags"] = pick.sample(REQUIRED + pick.choice([[], ["team"]]), pick.randint(1, 5))
    if pick.random() < 0.7:
        policy["allowedEnvironments"] = pick.choice([["dev", "staging", "prod"], ["dev", "prod"], ["Prod"]])
    if pick.random() < 0.85:
        policy["namingRule"] = pick.choice(["lowercase-with-hyphens"] * 3 + list(RULES))
    if pick.random() < 0.5:
        keys = pick.sample(["cost-center", "owner-team", "environment", "project"], pick.randint(1, 2))
        policy["allowedValues"] = {key: GOOD.get(key, ["alpha"])[:2] for key in keys}
    return policy


def corpus(seed, files=50, profiles=10):
    """Yields pairs: a policy, and {(workload, environment): tags} as a file says them."""
    pick = random.Random(seed)
    for _ in range(files):
        names = [(f"app-{n}", pick.choice(["dev", "staging", "prod", "qa"])) for n in range(profiles)]
        mess = pick.choice([0.02, 0.1, 0.4, 0.8])
        yield policy_of(pick), {name: tags_of(pick, mess) for name in names}
