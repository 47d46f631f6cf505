"""The emulator's other services, asked past the programs that are tested: what is there, seen as AWS
would show it.

SPDX-License-Identifier: MIT
"""
import contextlib
import json
import urllib.parse
import urllib.request

from programs import equal, open_without_proxy
from sigv4 import sign

ACCOUNT = "123456789012"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
# service: the target's prefix, version of JSON, name in a signature
JSON_RPC = {
    "budgets": ("AWSBudgetServiceGateway", "1.1", "budgets"),
    "ce": ("AWSInsightsIndexService", "1.1", "ce"),
    "cloudwatch": ("GraniteServiceVersion20100801", "1.0", "monitoring"),
}


def send(emulator, headers, body, service):
    """Status and answer, as it came."""
    headers = sign("POST", emulator.url + "/", body, headers, service)
    request = urllib.request.Request(emulator.url + "/", body, headers, method="POST")
    with contextlib.closing(open_without_proxy(request)) as answer:
        return answer.status, answer.read()


def try_to(emulator, service, operation, **members):
    """Status and answer."""
    prefix, version, signing_name = JSON_RPC[service]
    headers = {
        "Content-Type": f"application/x-amz-json-{version}",
        "X-Amz-Target": f"{prefix}.{operation}",
    }
    status, answer = send(emulator, headers, json.dumps(members).encode(), signing_name)
    return status, json.loads(answer or b"{}")


def ask(emulator, service, operation, **members):
    status, answer = try_to(emulator, service, operation, **members)
    equal((status, answer if status != 200 else None), (200, None))
    return answer


def budgets(emulator, operation, name=None, **members):
    """An operation of Budgets, which all name the account."""
    named = {} if name is None else {"BudgetName": name}
    return ask(emulator, "budgets", operation, AccountId=ACCOUNT, **named, **members)


def query(emulator, service, version, action, parameters):
    form = urllib.parse.urlencode({"Action": action, "Version": version, **parameters})
    status, answer = send(emulator, {"Content-Type": FORM}, form.encode(), service)
    equal((status, answer if status != 200 else b""), (200, b""))
    return answer.decode()


def sns(emulator, action, **parameters):
    """An operation of SNS; returns its XML."""
    return query(emulator, "sns", "2010-03-31", action, parameters)


def iam(emulator, action, **parameters):
    return query(emulator, "iam", "2010-05-08", action, parameters)


def aws_budgets(emulator):
    """{name: all that there is about it}."""
    found = {}
    for budget in budgets(emulator, "DescribeBudgets", ShowFilterExpression=True).get("Budgets", []):
        name = budget["BudgetName"]
        arn = f"arn:aws:budgets::{ACCOUNT}:budget/{name}"
        told = {}
        for notification in budgets(emulator, "DescribeNotificationsForBudget", name)["Notifications"]:
            notification.pop("NotificationState", None)
            who = budgets(emulator, "DescribeSubscribersForNotification", name, Notification=notification)
            key = f"{notification['NotificationType']} {notification['Threshold']:g}"
            told[key] = sorted(subscriber["Address"] for subscriber in who["Subscribers"])
        actions = budgets(emulator, "DescribeBudgetActionsForBudget", name)["Actions"]
        for action in actions:
            del action["ActionId"]
        found[name] = {
            "limit": float(budget["BudgetLimit"]["Amount"]),
            **{key: budget.get(key) for key in ["BudgetType", "TimeUnit", "FilterExpression", "Metrics"]},
            "told": told,
            "actions": actions,
            "tags": ask(emulator, "budgets", "ListTagsForResource", ResourceARN=arn)["ResourceTags"],
        }
    return found


def anomalies(emulator):
    """Monitors and subscriptions, without what AWS makes up."""
    monitors = ask(emulator, "ce", "GetAnomalyMonitors")["AnomalyMonitors"]
    names = {monitor["MonitorArn"]: monitor["MonitorName"] for monitor in monitors}
    subscriptions = ask(emulator, "ce", "GetAnomalySubscriptions")["AnomalySubscriptions"]
    return {
        "monitors": sorted(
            [m["MonitorName"], m["MonitorType"], m["MonitorSpecification"]["Tags"]["Key"],
             m["MonitorSpecification"]["Tags"]["Values"]]
            for m in monitors
        ),
        "subscriptions": sorted(
            [s["SubscriptionName"], s["Frequency"], sorted(names[arn] for arn in s["MonitorArnList"]),
             sorted(subscriber["Address"] for subscriber in s["Subscribers"]),
             float(s["ThresholdExpression"]["Dimensions"]["Values"][0])]
            for s in subscriptions
        ),
    }


ALARM = ["AlarmActions", "MetricName", "Namespace", "Dimensions", "Statistic", "Period", "EvaluationPeriods",
         "Threshold", "ComparisonOperator", "TreatMissingData"]


def alarms(emulator):
    """{name: what of it matters}."""
    found = ask(emulator, "cloudwatch", "DescribeAlarms")["MetricAlarms"]
    return {alarm["AlarmName"]: {member: alarm.get(member) for member in ALARM} for alarm in found}
