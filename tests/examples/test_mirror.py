"""budget mirror makes AWS's own budgets, anomaly monitors and alarms: what was asked for, the least
change, nothing else; and says what is wrong.

usage: test_mirror.py EMULATOR SIGN BUDGET ROOT

SPDX-License-Identifier: MIT
"""
import json
import re
import sys
from pathlib import Path

import services
from ledgers import profile
from mirrors import ACTION, MAIL, POLICY, PUBLISH, ROLE, TAGS, TOPIC, TRUST, create_topic, mirror_of
from mirrors import SEARCH, SMALL
from programs import contains, equal, tap

*programs, root = sys.argv[1:]


def mirror(*profiles):
    return mirror_of(programs, *profiles)


# ------------------------------------------------------------------ budgets


def team_budget(limit=500.0, told=None, actions=(), unit="MONTHLY"):
    told = told or {f"ACTUAL {percent}": ["ada@example.com"] for percent in [50, 80, 100]}
    return {"limit": limit, "BudgetType": "COST", "TimeUnit": unit, "told": told, "actions": list(actions),
            "FilterExpression": {"Tags": {"Key": "team", "Values": ["search"], "MatchOptions": ["EQUALS"]}},
            "Metrics": ["UnblendedCost"], "tags": TAGS}


def check_budgets():
    """Made as asked for, shown before, and again nothing to do; each change is the least one."""
    with mirror() as it:
        equal(it.actions("plan", MAIL), {"budget bedrockcost-search": "create"})
        equal(it.seen(), {})
        equal(it.actions("drift", MAIL, code=1), {"budget bedrockcost-search": "create"})
        it.apply(MAIL)
        equal(it.seen(), {"bedrockcost-search": team_budget()})
        before = it.emulator.bill()["operations"]
        it.apply(MAIL)
        written = {name for name, count in it.emulator.bill()["operations"].items()
                   if count != before.get(name) and re.match("(Create|Update|Delete|Put)", name)}
        equal(written, set())
        equal(it.actions("drift", MAIL), {"budget bedrockcost-search": "keep"})

        it.it("set", "search", "--limit", "600.5", "--notice", "0", "--degrade", "90")
        both = {"emails": ["bob@example.com", "eve@example.com"], "topics": [TOPIC], "forecast": 110}
        row = it("plan", both)["budget", "bedrockcost-search"]
        equal([call["operation"] for call in row["calls"]], [
            "UpdateBudget", "CreateNotification", "UpdateSubscriber", "CreateSubscriber", "CreateSubscriber",
            "CreateNotification", "DeleteNotification", "DeleteNotification"])
        contains(row["text"], "limit 500.00 -> 600.50 USD" if "600.50" in row["text"] else "-> 600.5 USD")
        contains(row["text"], "100 %: bob@example.com instead of ada@example.com")
        it.apply(both)
        everybody = ["arn:aws:sns:us-east-1:123456789012:spend", "bob@example.com", "eve@example.com"]
        equal(it.seen(), {"bedrockcost-search": team_budget(600.5, {
            key: everybody for key in ["ACTUAL 90", "ACTUAL 100", "FORECASTED 110"]})})
        equal(it.actions("drift", both), {"budget bedrockcost-search": "keep"})

        one = {"topics": [TOPIC]}
        it.apply(one)
        equal(it.seen()["bedrockcost-search"]["told"], {"ACTUAL 90": [TOPIC], "ACTUAL 100": [TOPIC]})


def check_by_hand():
    """What somebody changes at AWS is found, and put back."""
    with mirror() as it:
        it.apply(MAIL)
        name, at_100 = "bedrockcost-search", {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN",
                                              "Threshold": 100.0, "ThresholdType": "PERCENTAGE"}
        services.budgets(it.emulator, "DeleteNotification", name, Notification=at_100)
        (existing,) = services.budgets(it.emulator, "DescribeBudgets", ShowFilterExpression=True)["Budgets"]
        changed = {key: existing[key] for key in ["BudgetName", "BudgetType", "Metrics", "FilterExpression"]}
        services.budgets(it.emulator, "UpdateBudget", NewBudget={
            **changed, "TimeUnit": "QUARTERLY", "BudgetLimit": {"Amount": "500.0", "Unit": "USD"}})
        row = it("drift", MAIL, code=1)["budget", name]
        equal((row["action"], row["text"]), ("change", "TimeUnit is another; tells at ACTUAL 100 %"))
        it.apply(MAIL)
        equal(it.seen(), {name: team_budget()})


def check_windows():
    """What AWS has no counterpart for is left out, with the reason."""
    with mirror(SEARCH, SMALL, profile("alone", tags={"team": "search", "app": "two"})) as it:
        ledger = it.it
        for window in ["hour", "day", "week", "quarter", "year", "total"]:
            ledger("set", window, "--team", "search", "--limit", "9", "--window", window)
        ledger("set", "nothing", "--team", "search", "--limit", "0")
        ledger("set", "one", "--profile", "alone", "--limit", "9")
        ledger("set", "shared", "--profile", "search-small", "--limit", "9")
        ledger("set", "everything", "--all", "--limit", "9")
        ledger("set", "a:b", "--team", "search", "--limit", "9")
        ledger("set", "n" * 100, "--team", "search", "--limit", "9")
        ledger("set", "early", "--team", "search", "--limit", "9", "--offset", "+02:00")
        rows = it("plan", MAIL)
        skipped = {name: row["text"] for (kind, name), row in rows.items() if row["action"] == "skip"}
        for name, text in {
            "hour": "AWS has no budget of an hour: the shortest is of a day. It stays in the ledger",
            "week": "AWS has no budget of a week: take day or month. It stays in the ledger",
            "total": "AWS has no budget that never resets: the longest is of a year. It stays in the ledger",
            "nothing": "a limit of 0 has no percents, and AWS takes none: the ledger refuses every call by itself",
            "shared": "AWS's bill names no profiles, and another profile has all the tags of this one: give it one of its own",
            "everything": "AWS cannot tell all profiles from the rest of the account: name in \"services\" what is to count",
            "a:b": "AWS takes names of up to 100 characters without : and \\: make a budget with another name",
            "n" * 100: "AWS takes names of up to 100 characters",
        }.items():
            contains(skipped.pop("bedrockcost-" + name), text)
        equal(skipped, {})
        contains(rows[None, None]["text"], "early: AWS's windows turn at midnight UTC, not at that of its offset")
        some = {**MAIL, "services": ["Amazon Bedrock", "Claude Haiku 4.5 (Amazon Bedrock Edition)"]}
        it.apply(some)
        seen = it.seen()
        equal({name[12:]: seen[name]["TimeUnit"] for name in seen},
              {"search": "MONTHLY", "day": "DAILY", "quarter": "QUARTERLY", "year": "ANNUALLY", "one": "MONTHLY",
               "everything": "MONTHLY", "early": "MONTHLY"})
        equal(seen["bedrockcost-one"]["FilterExpression"]["Tags"], {
            "Key": "app", "Values": ["two"], "MatchOptions": ["EQUALS"]})
        equal(seen["bedrockcost-everything"]["FilterExpression"], {"Dimensions": {
            "Key": "SERVICE", "Values": some["services"], "MatchOptions": ["EQUALS"]}})


def check_tags():
    """A profile is found by as few tags as no other has together."""
    tags = [("a", "prod"), ("a", "dev"), ("b", "prod"), ("b", "dev")]
    profiles = [profile(f"{app}-{env}", tags={"app": app, "env": env, "team": "search", "managed-by": "x"})
                for app, env in tags]
    with mirror(*profiles) as it:
        it.it("set", "one", "--profile", "b-dev", "--limit", "9")
        rows = it("plan", MAIL)
        contains(rows["budget", "bedrockcost-one"]["text"], "9.00 USD, MONTHLY, profile b-dev; by app=b and env=dev")
        equal(rows["tag", "env"]["action"], "wait")  # app is active, env is not
        it.apply({**MAIL, "anomalies": {"impact": "1"}})
        both = [{"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
                for key, value in [("app", "b"), ("env", "dev")]]
        equal(it.seen()["bedrockcost-one"]["FilterExpression"], {"And": both})
        equal([row[0] for row in services.anomalies(it.emulator)["monitors"]], ["bedrockcost-team=search"])


def check_names():
    """Names narrow what is made and removed; what is left over is told of."""
    with mirror() as it:
        it.it("set", "other", "--team", "search", "--limit", "9")
        it.apply(MAIL, "other")
        equal(list(it.seen()), ["bedrockcost-other"])
        it.apply(MAIL)
        it.it("end", "other")
        row = it("drift", MAIL, code=1)["budget", "bedrockcost-other"]
        equal((row["action"], row["calls"]), ("left", []))
        contains(row["text"], "`budget mirror delete other` removes it")
        it("delete", MAIL, "--yes", "other")
        equal(list(it.seen()), ["bedrockcost-search"])
        it("delete", MAIL, "--yes")
        equal(it.seen(), {})
        equal(it("delete", MAIL, "--yes"), {})


def check_foreign():
    """What is not ours is left alone, and so is all else until that is settled."""
    with mirror() as it:
        it.it("set", "other", "--team", "search", "--limit", "9")
        theirs = {"BudgetName": "bedrockcost-search", "BudgetType": "COST", "TimeUnit": "MONTHLY",
                  "BudgetLimit": {"Amount": "1", "Unit": "USD"}, "Metrics": ["UnblendedCost"],
                  "FilterExpression": {"Tags": {"Key": "team", "Values": ["x"]}}}
        services.budgets(it.emulator, "CreateBudget", Budget=theirs)
        ended = it.run("apply", MAIL, "--yes")
        equal(ended.returncode, 1)
        contains(ended.stdout.decode(), "! budget bedrockcost-search: there is one of this name that `budget mirror` has "
                 "not made: rename or delete it, choose another \"prefix\", or hand it over: aws budgets tag-resource "
                 "--resource-arn arn:aws:budgets::123456789012:budget/bedrockcost-search")
        contains(ended.stderr, "nothing is changed: what is marked with ! is not ours")
        equal(list(it.seen()), ["bedrockcost-search"])
        it("delete", MAIL, "--yes")
        equal(list(it.seen()), ["bedrockcost-search"])
        it.apply({**MAIL, "prefix": "ours-"})
        equal(sorted(it.seen()), ["bedrockcost-search", "ours-other", "ours-search"])


# ------------------------------------------------------------------ actions


def action(**changed):
    there = {**ACTION, **changed}
    return {"BudgetName": "bedrockcost-search", "NotificationType": "ACTUAL", "ActionType": "APPLY_IAM_POLICY",
            "ActionThreshold": {"ActionThresholdValue": 100.0, "ActionThresholdType": "PERCENTAGE"},
            "Definition": {"IamActionDefinition": {"PolicyArn": there["policy"], "Roles": there["roles"]}},
            "ExecutionRoleArn": there["executionRole"], "ApprovalModel": there["approval"], "Status": "STANDBY",
            "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ada@example.com"}]}


def check_actions():
    with mirror() as it:
        settings = {**MAIL, "actions": {"search": ACTION}}
        equal(it.actions("plan", settings), {"budget bedrockcost-search": "create",
                                             "action bedrockcost-search: deny-search": "create"})
        it.apply(settings)
        equal(it.seen()["bedrockcost-search"]["actions"], [action()])
        equal(it.actions("drift", settings), {"budget bedrockcost-search": "keep",
                                              "action bedrockcost-search: deny-search": "keep"})
        services.iam(it.emulator, "CreateRole", RoleName="search-batch", AssumeRolePolicyDocument=json.dumps(TRUST))
        more = {"roles": ["search-batch", "search-app"], "approval": "AUTOMATIC"}
        row = it("plan", {**MAIL, "actions": {"search": {**ACTION, **more}}})[
            "action", "bedrockcost-search: deny-search"]
        equal(row["text"], "ApprovalModel MANUAL -> AUTOMATIC; it has other roles")
        it.apply({**MAIL, "actions": {"search": {**ACTION, **more}}})
        equal(it.seen()["bedrockcost-search"]["actions"], [action(**more)])
        equal(it.actions("apply", MAIL, "--yes"), {"budget bedrockcost-search": "keep",
                                                  "action bedrockcost-search: deny-search": "remove"})
        equal(it.seen()["bedrockcost-search"]["actions"], [])


# ------------------------------------------------------------------ anomalies, alarms


def check_anomalies():
    with mirror() as it:
        it.it("set", "again", "--team", "search", "--limit", "5", "--window", "year")
        settings = {**MAIL, "topics": [TOPIC], "anomalies": {"impact": "10"}}
        it.apply(settings)
        monitor = "bedrockcost-team=search"
        wanted = {"monitors": [[monitor, "CUSTOM", "team", ["search"]]],
                  "subscriptions": [["bedrockcost-mail", "DAILY", [monitor], ["ada@example.com"], 10.0],
                                    ["bedrockcost-topic", "IMMEDIATE", [monitor], [TOPIC], 10.0]]}
        equal(services.anomalies(it.emulator), wanted)
        equal(set(it.actions("drift", settings).values()), {"keep"})
        it.it("set", "one", "--profile", "search-prod", "--limit", "5")
        settings["anomalies"]["impact"] = "12.5"
        it.apply(settings)
        both = ["bedrockcost-app=one", monitor]
        seen = services.anomalies(it.emulator)
        equal([row[0] for row in seen["monitors"]], both)
        equal([row[2:5:2] for row in seen["subscriptions"]], [[both, 12.5]] * 2)
        # An answer that was lost may have left two of a name.
        services.ask(it.emulator, "ce", "CreateAnomalyMonitor", ResourceTags=TAGS, AnomalyMonitor={
            "MonitorName": monitor, "MonitorType": "CUSTOM",
            "MonitorSpecification": {"Tags": {"Key": "team", "Values": ["search"]}}})
        equal(it.actions("drift", settings, code=1)["monitor " + monitor], "remove")
        it.apply(settings)
        equal(services.anomalies(it.emulator), seen)
        it("delete", settings, "--yes")
        equal(services.anomalies(it.emulator), {"monitors": [], "subscriptions": []})


def check_series():
    """Profiles that replace one another count as one, by the tags that all of them have."""
    tags = {"app": "bot", "env": "prod"}
    with mirror(SEARCH, profile("bot", tags=tags, series="bot"),
                profile("bot2", tags={**tags, "v": "2"}, series="bot"),
                profile("small", tags={**tags, "env": "dev"}), profile("app", tags={"app": "bot"}, series="app")) as it:
        it.it("set", "both", "--series", "bot", "--limit", "9")
        it.it("set", "old", "--profile", "bot", "--limit", "9")
        it.it("set", "app", "--series", "app", "--limit", "9")
        settings = {**MAIL, "topics": [TOPIC], "alarms": {"share": 3}}
        rows = it("plan", settings)
        contains(rows["budget", "bedrockcost-both"]["text"], "9.00 USD, MONTHLY, series bot; by env=prod; ACTUAL 50 %")
        contains(rows["budget", "bedrockcost-old"]["text"], "another profile has all the tags of this one: give it")
        contains(rows["budget", "bedrockcost-app"]["text"],
                 "another profile has all the tags of this series: give all of the series one of their own")
        for name in ["bot", "bot2"]:
            contains(rows["alarm", f"bedrockcost-{name}-input"]["text"], f"above {9 * 3 * 10**6 // 25} an hour")


def check_alarms():
    """Stated limits, and those worked out of the least budget: what an hour alone may cost."""
    with mirror() as it:
        it.it("set", "least", "--profile", "search-small", "--limit", "7", "--window", "day")
        it.it("set", "hourly", "--all", "--limit", "1", "--window", "hour")
        settings = {**MAIL, "topics": [TOPIC], "alarms": {
            "share": 3, "profiles": {"search-prod": {"input": 1234, "invocations": 5}}}}
        it.apply(settings)
        seen = services.alarms(it.emulator)
        equal({name[12:]: (alarm["MetricName"], alarm["Threshold"]) for name, alarm in seen.items()}, {
            "search-prod-input": ("InputTokenCount", 1234.0),
            "search-prod-output": ("OutputTokenCount", 500 * 3 * 10**6 // 125 // 1),
            "search-prod-invocations": ("Invocations", 5.0),
            "search-small-input": ("InputTokenCount", 7 * 3 * 10**6 * 2 // 25),
            "search-small-output": ("OutputTokenCount", 7 * 3 * 10**6 * 2 // 125),
        })
        alarm = seen["bedrockcost-search-prod-input"]
        equal(alarm, {"AlarmActions": [TOPIC], "MetricName": "InputTokenCount", "Namespace": "AWS/Bedrock",
                      "Dimensions": [{"Name": "ModelId", "Value": "search-prod"}], "Statistic": "Sum", "Period": 3600,
                      "EvaluationPeriods": 1, "Threshold": 1234.0, "ComparisonOperator": "GreaterThanThreshold",
                      "TreatMissingData": "notBreaching"})
        equal({row["action"] for row in it("drift", settings).values()} - {"skip", "note"}, {"keep"})
        settings["alarms"] = {"profiles": {"search-prod": {"input": 99}}}
        rows = it.actions("apply", settings, "--yes")
        equal(rows["alarm bedrockcost-search-prod-input"], "change")
        equal(rows["alarm bedrockcost-search-small-input"], "left")
        equal(services.alarms(it.emulator)["bedrockcost-search-prod-input"]["Threshold"], 99.0)
        no_topic = {**MAIL, "alarms": {"profiles": {"search-prod": {"input": 99}}}}
        contains(it("plan", no_topic)["alarm", "bedrockcost-search-prod-input"]["text"],
                 "an alarm tells a topic of its own region, us-east-1: name one in \"topics\"")
        it("delete", settings, "--yes")
        equal(services.alarms(it.emulator), {})


# ------------------------------------------------------------------ what is wrong

FILES = [
    ("[]", "it is no JSON object"),
    ("{", "mirror.json: line 1: "),
    ({}, 'nobody would be told: name "emails" or "topics"'),
    ({"emails": [f"a{i}@example.com" for i in range(11)]},
     'emails: 11 addresses, and AWS takes 10 for a notification: subscribe them to a topic, and name that in "topics"'),
    *(({"emails": [mail]}, f"emails: {mail} is no address of mail: write one as ada@example.com")
      for mail in ["ada", "ada@", "@example.com", "a b@example.com", "a@b@example.com", "ada@example", "ada@.com"]),
    ({"emails": [5]}, "emails: something that is no text is no address of mail"),
    ({"emails": "ada@example.com"}, "emails: it has to be an array"),
    ({**MAIL, "email": []}, "email: there is no such member: doc/money.md lists them, under Mirror"),
    ({"topics": ["spend"]}, "topics takes the ARN of a topic, as arn:aws:sns:us-east-1:123456789012:spend, and not spend"),
    ({"topics": [TOPIC + ".fifo"]}, "is a FIFO topic, to which neither mail nor SMS can be subscribed: make a standard one"),
    ({**MAIL, "forecast": 0}, "forecast: say at what percent of the limit, 1 to 1000"),
    ({**MAIL, "anomalies": {"impact": 10}}, 'anomalies.impact: say from what impact on to tell, in US dollars, as "10"'),
    ({**MAIL, "alarms": {"share": 101}}, "alarms.share: say what percent of a budget an hour may cost, 1 to 100"),
    ({**MAIL, "alarms": {"profiles": {"a": {"tokens": 1}}}}, "alarms.profiles.a.tokens: there is no such member"),
    ({**MAIL, "alarms": {"profiles": {"a": {"input": -1}}}}, "alarms.profiles.a.input: say how many an hour, 0 or more"),
    ({**MAIL, "prefix": "a/b"}, "prefix: 1 to 40 characters, none of them : \\ or /"),
    ({**MAIL, "actions": {"search": {**ACTION, "policy": "deny"}}},
     "actions.search.policy: deny is no ARN of IAM: write it as arn:aws:iam::123456789012:policy/NAME"),
    ({**MAIL, "actions": {"search": {**ACTION, "roles": []}}}, "actions.search.roles: name the roles that the policy is to be attached to"),
    ({**MAIL, "actions": {"search": {**ACTION, "approval": "yes"}}}, "actions.search.approval: say AUTOMATIC, or MANUAL"),
    ({**MAIL, "actions": {"search": {**ACTION, "more": 1}}}, "actions.search.more: there is no such member"),
]


def check_files():
    with mirror() as it:
        for settings, text in FILES:
            contains(it.fails("plan", settings), text)
        equal(it.emulator.bill()["operations"].get("CreateBudget", 0), 0)
        for words, text in [
            (["mirror"], "mirror takes `plan`, `apply`, `drift` or `delete`, and names of budgets"),
            (["mirror", "make", "--file", "x"], "mirror takes `plan`"),
            (["mirror", "plan"], "mirror: --file FILE is missing: who is to be told, and by what?"),
        ]:
            contains(it.it.fails(*words, code=2), text)
        contains(it.it.fails("mirror", "plan", "--file", "/nowhere"), "/nowhere: No such file or directory")
        contains(it.it.fails("mirror", "plan", "--file", it.it.write("m.json", MAIL), "nobody",
                             AWS_ENDPOINT_URL=it.emulator.url),
                 "the ledger has no budget nobody: `budget show` lists them")


def denied(operation):
    return {"type": "AccessDeniedException", "status": 403, "operation": operation,
            "message": f"User: me is not authorized to perform: {operation}"}


ELSEWHERE = TOPIC.replace("us-east-1", "eu-west-1")
SITUATIONS = [
    ("topic unknown", {"topics": [TOPIC + "2"]}, None,
     f"topic {TOPIC}2: there is none of this name in us-east-1: aws sns create-topic --region us-east-1 --name spend2, "
     "or correct \"topics\""),
    ("topic in another region", {"topics": [ELSEWHERE]}, None,
     f"topic {ELSEWHERE}: there is none of this name in eu-west-1: aws sns create-topic --region eu-west-1 --name spend, "
     "or correct \"topics\""),
    ("topic of another account", {"topics": [TOPIC.replace("123456789012", "999999999999")]}, None,
     "is of account 999999999999: AWS Budgets publishes to topics of its own account only, 123456789012"),
    ("no such policy", {**MAIL, "actions": {"search": {**ACTION, "policy": POLICY + "2"}}}, None,
     f"actions.search.policy: there is no policy {POLICY}2: `profiles iam deny team KEY=VALUE` prints one; make it with aws iam create-policy"),
    ("no execution role", {**MAIL, "actions": {"search": {**ACTION, "executionRole": ROLE + "2"}}}, None,
     f"actions.search.executionRole: there is no role {ROLE}2: make one that budgets.amazonaws.com may assume"),
    ("execution role that does not trust", {**MAIL, "actions": {"search": {**ACTION, "executionRole": ROLE + "-no"}}}, None,
     f"actions.search.executionRole: {ROLE}-no does not trust budgets.amazonaws.com: let that assume it"),
    ("no such role", {**MAIL, "actions": {"search": {**ACTION, "roles": ["nobody"]}}}, None,
     "actions.search.roles: there is no role nobody: name those that call the profiles"),
    ("action of no budget", {**MAIL, "actions": {"serach": ACTION}}, None,
     "actions.serach: the ledger has no budget of this name: `budget show` lists them"),
    ("alarm of no profile", {**MAIL, "alarms": {"profiles": {"nobody": {"input": 1}}}}, None,
     "the ledger knows no profile nobody: `budget profiles` lists them"),
    ("budgets not to be seen", MAIL, denied("DescribeBudgets"), "Allow budgets:ViewBudget to these credentials"),
    ("anomalies not to be seen", {**MAIL, "anomalies": {"impact": "1"}}, denied("GetAnomalyMonitors"),
     "Allow ce:GetAnomalyMonitors to these credentials"),
    ("alarms not to be seen", {**MAIL, "alarms": {"share": 1}}, denied("DescribeAlarms"),
     "Allow cloudwatch:DescribeAlarms to these credentials"),
    ("budget not to be made", MAIL, denied("CreateBudget"),
     "budget bedrockcost-search: CreateBudget: AccessDeniedException: User: me is not authorized to perform: "
     "CreateBudget (HTTP 403). Allow budgets:ModifyBudget to these credentials"),
    ("too many budgets", MAIL, {"type": "CreationLimitExceededException", "operation": "CreateBudget"},
     "Delete what nobody needs, or have the quota raised (Service Quotas)"),
    ("roles not seen, for AWS throttles", {**MAIL, "actions": {"search": ACTION}},
     {"type": "Throttling", "status": 400, "message": "Rate exceeded", "operation": "GetRole"},
     "GetRole: Throttling: Rate exceeded"),
    ("tags not seen, for AWS fails", MAIL, {"status": 500, "operation": "ListCostAllocationTags", "count": 9},
     "ListCostAllocationTags: "),
    ("somebody was faster", MAIL, {"type": "DuplicateRecordException", "operation": "CreateBudget"},
     "bedrockcost-search"),
    ("AWS fails", MAIL, {"status": 500, "operation": "CreateBudget", "count": 9}, "1 of 1 steps failed; what is done is not done "
     "again: correct that, and run it again"),
]


def check_situations():
    with mirror() as it:
        services.iam(it.emulator, "CreateRole", RoleName="budget-actions-no",
                        AssumeRolePolicyDocument=json.dumps(TRUST).replace("budgets.", "ec2."))
        for name, settings, fault, text in SITUATIONS:
            it.emulator.tell("DELETE", "/_emulator/faults")
            if fault is not None:
                it.emulator.fail_next(**fault)
            ended = it.run("apply", settings, "--yes", AWS_MAX_ATTEMPTS="1")
            equal((name, ended.returncode), (name, 1))
            contains(ended.stderr, text)
        it.emulator.tell("DELETE", "/_emulator/faults")
        equal(it.seen(), {})


def check_asks():
    """Nothing is changed unless somebody says so."""
    with mirror() as it:
        ended = it.run("apply", MAIL)
        contains(ended.stderr, "--yes")
        assert ended.returncode != 0
        contains(ended.stdout.decode(), "+ budget bedrockcost-search: 500.00 USD, MONTHLY, team=search; ACTUAL 50 %")
        contains(ended.stdout.decode(), "1 to create (+), 0 to change (~), 0 to remove (-)")
        equal(it.seen(), {})


def activate(emulator, status):
    answer = services.ask(emulator, "ce", "UpdateCostAllocationTagsStatus",
                          CostAllocationTagsStatus=[{"TagKey": "team", "Status": status}])
    equal(answer.get("Errors", []), [])


def check_notes():
    """What works only in part is made, and said."""
    with mirror() as it:
        activate(it.emulator, "Inactive")
        row = it("plan", MAIL)["tag", "team"]
        equal(row["action"], "wait")
        contains(row["text"], "it is not active as a cost allocation tag: AWS's budgets and anomalies see nothing by it. "
                 "`profiles activate`: AWS knows the key up to 24 hours after its first use")
        activate(it.emulator, "Active")
        create_topic(it.emulator, "quiet", {**PUBLISH, "Statement": []})
        row = it("plan", {"topics": [TOPIC.replace("spend", "quiet")]})[None, None]
        contains(row["text"], "quiet: its policy does not let budgets.amazonaws.com publish, so that nothing will arrive: "
                 "allow it SNS:Publish")
        it.emulator.fail_next(**{**denied("ListCostAllocationTags")})
        contains(it("plan", MAIL)[None, None]["text"], "ListCostAllocationTags: not looked at (AccessDeniedException)")


def check_documented():
    """Every member of the file is in doc/money.md, and its example is accepted."""
    page = Path(root, "doc/money.md").read_text().split("\n## Mirror")[1].split("\n## ")[0]
    (example,) = re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S)
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.M))
    equal(told, set(json.loads(example)))
    with mirror() as it:
        services.iam(it.emulator, "CreateRole", RoleName="x", AssumeRolePolicyDocument=json.dumps(TRUST))
        it.apply(json.loads(example))
        equal({row["action"] for row in it("drift", json.loads(example)).values()}, {"keep"})


CASES = {
    "budgets": check_budgets,
    "changed by hand": check_by_hand,
    "windows and owners": check_windows,
    "tags of a profile": check_tags,
    "series": check_series,
    "names": check_names,
    "not ours": check_foreign,
    "actions": check_actions,
    "anomalies": check_anomalies,
    "alarms": check_alarms,
    "faulty files": check_files,
    "what is wrong": check_situations,
    "asks": check_asks,
    "said": check_notes,
    "documented": check_documented,
}
tap(CASES)
