"""An agent in the emulator, made as its owner made it, before `agent` comes: role, draft, aliases.

SPDX-License-Identifier: MIT
"""
import json
import re
import urllib.parse

from programs import MODEL, wait_for

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
RAW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODEL}],
}
# Every field that an agent can have.
FIELDS = {
    "instruction": "Search the news of today for what was asked, and name where each piece is from.",
    "description": "searches the news",
    "idleSessionTTLInSeconds": 1200,
    "orchestrationType": "DEFAULT",
    "customerEncryptionKeyArn": "arn:aws:kms:us-east-1:123456789012:key/"
    "11111111-2222-3333-4444-555555555555",
    "guardrailConfiguration": {"guardrailIdentifier": "abc123", "guardrailVersion": "2"},
    "memoryConfiguration": {
        "enabledMemoryTypes": ["SESSION_SUMMARY"],
        "storageDays": 30,
        "sessionSummaryConfiguration": {"maxRecentSessions": 5},
    },
    "agentCollaboration": "DISABLED",
    "promptOverrideConfiguration": {
        "overrideLambda": "arn:aws:lambda:us-east-1:123456789012:function:parse",
        "promptConfigurations": [
            {
                "promptType": "ORCHESTRATION",
                "promptCreationMode": "OVERRIDDEN",
                "promptState": "ENABLED",
                "parserMode": "OVERRIDDEN",
                "basePromptTemplate": "$instruction$ $question$",
                "foundationModel": MODEL,
                "inferenceConfiguration": {
                    "temperature": 0.5,
                    "topP": 0.25,
                    "topK": 10,
                    "maximumLength": 512,
                    "stopSequences": ["</answer>"],
                },
                "additionalModelRequestFields": {"thinking": {"type": "disabled"}},
            }
        ],
    },
}


class Agents:
    """What an owner does with agents by hand."""

    def __init__(self, emulator):  # a QuickEmulator
        self.emulator = emulator

    def iam(self, action, **parameters):
        """One operation of IAM; returns the text of its XML."""
        form = {"Action": action, "Version": "2010-05-08", **parameters}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urllib.parse.urlencode(form).encode()
        status, text = self.emulator.send("POST", "/", body, headers, "iam")
        assert status == 200, text
        return text

    def call(self, method, path, document=None):
        status, answer = self.emulator.call(method, path, document)
        assert status // 100 == 2, f"{method} {path}: {status} {answer}"
        return answer

    def role(self, name="AgentRole"):
        self.iam("CreateRole", RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.iam(
            "PutRolePolicy", RoleName=name, PolicyName="Model", PolicyDocument=json.dumps(RAW)
        )
        return f"arn:aws:iam::123456789012:role/{name}"

    def policies(self, role):
        """The inline policies of a role, by name."""
        names = re.findall("<member>(.*)</member>", self.iam("ListRolePolicies", RoleName=role))
        texts = [self.iam("GetRolePolicy", RoleName=role, PolicyName=name) for name in names]
        found = [re.search("<PolicyDocument>(.*)</PolicyDocument>", text)[1] for text in texts]
        return {name: json.loads(urllib.parse.unquote(text)) for name, text in zip(names, found)}

    def get(self, agent):
        return self.call("GET", f"/agents/{agent}/")["agent"]

    def wait(self, agent, *statuses):
        wait_for(lambda: self.get(agent)["agentStatus"] in statuses)

    def create(self, name="NewsAgent", role=None, aliases=("prod",), **fields):
        """An agent that is prepared, with a version for each alias; returns its id."""
        fields = {**FIELDS, "foundationModel": MODEL, **fields}
        role = role or self.role()
        document = {"agentName": name, "agentResourceRoleArn": role, **fields}
        agent = self.call("PUT", "/agents/", document)["agent"]["agentId"]
        self.wait(agent, "NOT_PREPARED")
        self.prepare(agent)
        for alias in aliases:
            self.alias(agent, alias, description=f"for {alias}")
        return agent

    def prepare(self, agent):
        self.call("POST", f"/agents/{agent}/")
        self.wait(agent, "PREPARED")

    def update(self, agent, **fields):
        """Somebody else changes the draft, and does not prepare it."""
        draft = self.get(agent)
        given = ("agentName", "foundationModel", "agentResourceRoleArn")
        known = {**FIELDS, **{name: draft[name] for name in given}}
        self.call("PUT", f"/agents/{agent}/", {**known, **fields})
        self.wait(agent, "NOT_PREPARED", "PREPARED")

    def alias(self, agent, name, **fields):
        path = f"/agents/{agent}/agentaliases/"
        made = self.call("PUT", path, {"agentAliasName": name, **fields})["agentAlias"]
        one = f"{path}{made['agentAliasId']}/"
        wait_for(lambda: self.call("GET", one)["agentAlias"]["agentAliasStatus"] == "PREPARED")
        return made["agentAliasId"]

    def aliases(self, agent):
        """By name."""
        answer = self.call("POST", f"/agents/{agent}/agentaliases/", {})
        return {row["agentAliasName"]: row for row in answer["agentAliasSummaries"]}

    def version_of(self, agent, alias):
        return self.aliases(agent)[alias]["routingConfiguration"][0]["agentVersion"]

    def version(self, agent, number):
        return self.call("GET", f"/agents/{agent}/agentversions/{number}/")["agentVersion"]

    def versions(self, agent):
        rows = self.call("POST", f"/agents/{agent}/agentversions/", {})["agentVersionSummaries"]
        return sorted(row["agentVersion"] for row in rows)

    def tags(self, agent):
        arn = urllib.parse.quote(self.get(agent)["agentArn"], safe="")
        return self.call("GET", f"/tags/{arn}")["tags"]

    def all(self, agent):
        """Everything there is of it, to be compared."""
        versions = self.versions(agent)
        numbers = [number for number in versions if number != "DRAFT"]
        return {
            "draft": self.get(agent),
            "aliases": self.aliases(agent),
            "versions": {number: self.version(agent, number) for number in numbers},
            "tags": self.tags(agent),
            "policies": self.policies(self.get(agent)["agentResourceRoleArn"].split("/")[-1]),
        }
