"""Mistakes of a declaration, each with its place and what is said of it.

A row is: what is done to the declaration below (the place, and what stands there instead; REMOVED
takes it away), where the mistake is told, and parts of the text: what is wrong, and what to do.

SPDX-License-Identifier: MIT
"""
REMOVED = object()
ACCOUNT = "123456789012"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
NOVA = "amazon.nova-lite-v1:0"


def sound():
    """A declaration without a mistake."""
    return {
        "account": ACCOUNT,
        "region": "us-east-1",
        "tagPolicy": {
            "requiredTags": ["application", "environment", "owner-team"],
            "allowedEnvironments": ["dev", "prod"],
            "namingRule": "lowercase-with-hyphens",
            "allowedValues": {"cost-center": ["cc-410", "cc-411"]},
        },
        "tags": {"cost-center": "cc-410"},
        "workloads": {
            "bot": {
                "tags": {"owner-team": "support"},
                "environments": {
                    "prod": {
                        "copyFrom": HAIKU,
                        "description": "Support assistant: production.",
                        "budget": {"limit": "500", "window": "month", "shadow": True},
                        "degradeTo": "bot-small-prod",
                        "accepts": ["system", "content.toolUse"],
                        "maxOutput": 4096,
                    },
                    "dev": {"copyFrom": f"us.{NOVA}", "agent": False},
                },
            },
            "bot-small": {
                "tags": {"owner-team": "support", "application": "bot"},
                "environments": {"prod": {"copyFrom": NOVA}},
            },
        },
    }


PROD = "workloads.bot.environments.prod"
COPY = f"{PROD}.copyFrom"
REGIONAL = "arn:aws:bedrock:us-east-1"
APPLICATION = "is an application profile, which cannot be copied"
SOURCES = "a model's id ("
NAME = "a name has letters and digits, with single blanks, - or _ between them"

MISTAKES = [
    # the file
    ("region", REMOVED, "region", ["is missing", 'as "us-east-1", or give --region']),
    ("region", 7, "region", ["takes a Region", "not 7"]),
    ("region", "Ohio", "region", ['there is no Region "Ohio"', 'write it as "us-east-1"']),
    ("account", 123456789012, "account", ["takes the number of an account as a text", "not 123456789012"]),
    ("account", "1234", "account", ['takes 12 digits, as "123456789012", and not "1234"']),
    ("workloads", REMOVED, "workloads", ["is missing", 'as {"support-bot": {...}}']),
    ("workloads", {}, "workloads", ["there is no profile; name one"]),
    ("workloads", [], "workloads", ["takes workloads by name", "not []"]),
    ("workload", {}, "workload", ["there is no such member; what can stand here: account, region, tagPolicy"]),
    ("tags", ["a"], "tags", ["takes tags", 'not ["a"]']),
    ("tags", {"cost-center": 410}, "tags.cost-center", ["a tag takes a text, and not 410"]),
    ("tags", {"managed-by": "me"}, "tags.managed-by", ["this program sets the tag itself", "leave it out"]),
    ("tags", {"aws:team": "x"}, "tags.aws:team", ["reserved", "choose another key"]),
    ("tags", {"büro": "x"}, "tags.büro", ["characters that AWS does not take", "use letters a-z"]),
    ("tags", {"team": "a\tb"}, "tags.team", ["the value", "characters that AWS does not take"]),
    ("tags", {"team": "x" * 257}, "tags.team", ["has 257 characters, and AWS takes 256; shorten it"]),
    ("tags", {"k" * 129: "x"}, "tags.kkk", ["has 129 characters, and AWS takes 128; shorten it"]),
    ("tags", {"": "x"}, "tags.", ["a tag has an empty key; give it a name"]),
    ("tags", {f"t{n}": "x" for n in range(47)}, "bot-prod", ["has 51 tags", "AWS keeps 50: leave some out"]),
    # the tag policy
    ("tagPolicy", "strict", "tagPolicy", ["takes a policy", 'not "strict"']),
    ("tagPolicy", {"required": ["a"]}, "tagPolicy.required", ["no such member; what can stand here: requiredTags"]),
    ("tagPolicy", {"requiredTags": "team"}, "tagPolicy.requiredTags", ["takes a list of tag keys"]),
    ("tagPolicy", {"requiredTags": []}, "tagPolicy.requiredTags", ["is empty; leave it out"]),
    ("tagPolicy", {"requiredTags": ["team", 3]}, "tagPolicy.requiredTags[1]", ["takes the key of a tag, and not 3"]),
    ("tagPolicy", {"requiredTags": ["a", "a"]}, "tagPolicy.requiredTags[1]", ["a stands there twice; leave one out"]),
    ("tagPolicy", {"requiredTags": ["täg"]}, "tagPolicy.requiredTags[0]", ["cannot be in a tag: AWS takes"]),
    ("tagPolicy", {"allowedEnvironments": [""]}, "tagPolicy.allowedEnvironments[0]", ["takes the name of"]),
    ("tagPolicy", {"namingRule": "kebab"}, "tagPolicy.namingRule",
     ['there is no rule "kebab"; the rules are lowercase-with-hyphens, lowercase-with-underscores, lowercase and none']),
    ("tagPolicy", {"allowedValues": {"a": "b"}}, "tagPolicy.allowedValues.a", ["takes a list of values", 'not "b"']),
    # workloads and names
    ("workloads.bot", "x", "workloads.bot", ["takes a workload", 'not "x"']),
    ("workloads.bot.environments", REMOVED, "workloads.bot.environments", ["is missing; it takes profiles by"]),
    ("workloads.bot.owner", "me", "workloads.bot.owner", ["no such member; what can stand here: tags, environments"]),
    ("workloads.bot.tags", "x", "workloads.bot.tags", ["takes tags"]),
    ("workloads.b!t", {"environments": {"prod": {"copyFrom": NOVA}}}, "workloads.b!t", [NAME]),
    ("workloads.bot-", {"environments": {"prod": {"copyFrom": NOVA}}}, "workloads.bot-", [NAME]),
    ("workloads.bot.environments.pr--od", {"copyFrom": NOVA}, "workloads.bot.environments.pr--od", [NAME]),
    ("workloads." + "w" * 58, {"environments": {"prod": {"copyFrom": NOVA}}},
     "workloads." + "w" * 58 + ".environments.prod", ["has 63 characters; AWS takes 64 for a name", "shorten it"]),
    ("workloads.bot.environments.prod_2", {"copyFrom": NOVA}, "workloads.bot.environments.prod_2",
     ["the alias bot-prod_2 ends as the names of later models", "as bot-prod-2"]),
    ("workloads.bot.environments.small-prod", {"copyFrom": NOVA}, "workloads.bot-small.environments.prod",
     ['the alias bot-small-prod is that of workload "bot", environment "small-prod" as well; rename one']),
    (PROD, "x", PROD, ["takes a profile", 'not "x"']),
    (f"{PROD}.model", "x", f"{PROD}.model", ["no such member; what can stand here: copyFrom, description"]),
    # copyFrom
    (COPY, REMOVED, COPY, ["is missing; it takes the model to call"]),
    (COPY, 3, COPY, ["takes the model to call", "not 3"]),
    (COPY, "claude", COPY, ['"claude" is no id of a model', SOURCES, "`profiles models` lists them"]),
    (COPY, "", COPY, ['"" is no id of a model', SOURCES]),
    (COPY, "abc123def456", COPY, ["looks like the id of an application profile", SOURCES]),
    (COPY, f"{REGIONAL}:{ACCOUNT}:application-inference-profile/abc123def456", COPY, [APPLICATION, SOURCES]),
    (COPY, f"{REGIONAL}:{ACCOUNT}:inference-profile/bot-prod", COPY,
     ["printed in articles but does not exist", "application-inference-profile/ID", SOURCES]),
    (COPY, "inference-profile/bot-prod", COPY, ["printed in articles but does not exist", SOURCES]),
    (COPY, f"{REGIONAL}:{ACCOUNT}:provisioned-model/abc123def456", COPY, ["nothing that a profile can be made of"]),
    (COPY, "arn:aws:iam::123456789012:role/x", COPY, ["is no ARN of Bedrock", SOURCES]),
    (COPY, f"arn:aws:bedrock:eu-west-1::foundation-model/{NOVA}", COPY,
     ['is of the Region "eu-west-1", but the profiles are to be in us-east-1', "write the id alone: "]),
    (COPY, f"{REGIONAL}:{ACCOUNT}:foundation-model/{NOVA}", COPY, [f'has the account "{ACCOUNT}"', f"alone: {NOVA}"]),
    (COPY, f"{REGIONAL}:210987654321:inference-profile/us.{NOVA}", COPY,
     ["names the account 210987654321, but the file is for 123456789012", f"write the id alone: us.{NOVA}"]),
    (COPY, f"eu.{NOVA}", COPY, ['geography "eu", which cannot be called from us-east-1', "`profiles models`"]),
    # the rest of a profile
    (f"{PROD}.description", "", f"{PROD}.description", ["AWS takes letters, digits"]),
    (f"{PROD}.description", "a  b", f"{PROD}.description", ["only singly between them"]),
    (f"{PROD}.description", "x" * 201, f"{PROD}.description", ["has 201 characters; AWS takes 200: shorten it"]),
    (f"{PROD}.budget", 500, f"{PROD}.budget", ["takes a budget", "not 500"]),
    (f"{PROD}.budget", {}, f"{PROD}.budget.limit", ["is missing; it takes US dollars"]),
    (f"{PROD}.budget", {"limit": 500}, f"{PROD}.budget.limit", ['takes US dollars as a text, as "500", and not 500']),
    (f"{PROD}.budget", {"limit": "1e3"}, f"{PROD}.budget.limit", ['takes US dollars, as "500" or "0.25", and not "1e3"']),
    (f"{PROD}.budget", {"limit": "-1"}, f"{PROD}.budget.limit", ["takes US dollars"]),
    (f"{PROD}.budget", {"limit": "9223373"}, f"{PROD}.budget.limit", ["9223372 USD at most"]),
    (f"{PROD}.budget", {"limit": "1", "window": "fortnight"}, f"{PROD}.budget.window",
     ['there is no window "fortnight"; a budget is for an hour, day, week, month, quarter, year, or total']),
    (f"{PROD}.budget", {"limit": "1", "noticeAt": 101}, f"{PROD}.budget.noticeAt", ["from 0 to 100, and not 101"]),
    (f"{PROD}.budget", {"limit": "1", "degradeAt": "80"}, f"{PROD}.budget.degradeAt", ["takes percent", 'not "80"']),
    (f"{PROD}.budget", {"limit": "1", "offsetMinutes": 841}, f"{PROD}.budget.offsetMinutes", ["from -840 to 840"]),
    (f"{PROD}.budget", {"limit": "1", "shadow": "yes"}, f"{PROD}.budget.shadow", ['takes true or false, and not "yes"']),
    (f"{PROD}.budget", {"limit": "1", "owner": {}}, f"{PROD}.budget.owner", ["no such member; what can stand here: limit"]),
    (f"{PROD}.degradeTo", "small", f"{PROD}.degradeTo", ['there is no profile "small" in the file', "WORKLOAD-ENVIRONMENT"]),
    (f"{PROD}.degradeTo", "bot-prod", f"{PROD}.degradeTo", ["names the profile itself; name a cheaper one"]),
    ("workloads.bot-small.environments.prod.degradeTo", "bot-prod", f"{PROD}.degradeTo",
     ['leads over "bot-small-prod" back to "bot-prod": a circle; leave one of them out']),
    (f"{PROD}.accepts", "toolConfig", f"{PROD}.accepts", ["takes a list of parts of requests"]),
    (f"{PROD}.accepts", ["system", ""], f"{PROD}.accepts[1]", ["takes a part of a request", 'not ""']),
    (f"{PROD}.accepts", ["tools.x"], f"{PROD}.accepts[0]", ["is no part of a request", "content.KIND"]),
    (f"{PROD}.accepts", ["content"], f"{PROD}.accepts[0]", ["is no part of a request", "content.KIND"]),
    (f"{PROD}.maxOutput", 0, f"{PROD}.maxOutput", ["takes a number from 1 to 1000000000, and not 0"]),
    (f"{PROD}.maxOutput", 1.5, f"{PROD}.maxOutput", ["takes a number of tokens", "not 1.5"]),
    (f"{PROD}.agent", "yes", f"{PROD}.agent", ['takes true or false, and not "yes"']),
]

# Texts that are no declaration at all: the text, the place, and what is said.
NO_DECLARATIONS = [
    (b"", "line 1, column 0", ["mend the JSON there"]),
    (b"{", "line 1, column 1", ["mend the JSON there"]),
    (b'{"region": "us-east-1",\n "region": "eu-west-1"}', "line 2", ["duplicate object key", "mend the JSON there"]),
    (b'{"a": "\xc3\xa9\x1b[31m\xcd\xff"}', "line 1", ["control character 0x1b", "mend the JSON there"]),
    (b'{"\xcd": 1}', "line 1", ["mend the JSON there"]),
    (b"[]", "line 1", ["a declaration is an object"]),
    (b'{"region": "\xff"}', "line 1", ["unable to decode byte 0xff"]),
    (b'{"region": "a\\u0000b"}', "line 1", ["\\u0000"]),
    (b'{"a": 1} x', "line 1", ["end of file expected"]),
]


def changed(place, value):
    """The sound declaration with one thing changed."""
    file = sound()
    *way, name = place.split(".")
    inner = file
    for step in way:
        inner = inner[step]
    if value is REMOVED:
        del inner[name]
    else:
        inner[name] = value
    return file
