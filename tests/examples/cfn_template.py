"""What CloudFormation would make of a template, without it: functions worked out, and everything
checked against cfn_schema.json. And a reader of the YAML that `profiles cfn` prints.

SPDX-License-Identifier: MIT
"""
import json
import os
import re

with open(os.path.join(os.path.dirname(__file__), "cfn_schema.json")) as file:
    SCHEMA = json.load(file)
TYPES = {"string": str, "object": dict, "map": dict, "array": list, "integer": int}
PSEUDO = {"AWS::AccountId": "123456789012", "AWS::StackName": "stack"}


class Invalid(Exception):
    pass


def check(value, schema, place):
    """Raises Invalid, naming the place."""
    kind = schema["type"]
    if kind == "any":
        return
    if not isinstance(value, TYPES[kind]):
        raise Invalid(f"{place}: {value!r} is no {kind}")
    if kind != "integer" and not schema.get("least", 0) <= len(value) <= schema.get("most", 10**6):
        raise Invalid(f"{place}: {len(value)} long")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        raise Invalid(f"{place}: {value!r} does not match")
    for name in schema.get("required", []):
        if name not in value:
            raise Invalid(f"{place}.{name} is missing")
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value) if kind == "array" else []:
        if "name" in schema and not re.fullmatch(schema["name"], name):
            raise Invalid(f"{place}: the name {name!r}")
        if "element" not in schema and name not in schema.get("members", {}) and kind != "array":
            raise Invalid(f"{place}.{name} is not known")
        inner_schema = schema.get("element") or schema.get("members", {}).get(name)
        if inner_schema:
            check(inner, inner_schema, f"{place}.{name}")


class Stack:
    """A template deployed with some parameters."""

    def __init__(self, template, **given):
        self.template = template
        self.parameters = {name: one.get("Default") for name, one in template.get("Parameters", {}).items()}
        for name, value in given.items():
            if name not in self.parameters:
                raise Invalid(f"there is no parameter {name}")
            self.parameters[name] = value
        for name, value in self.parameters.items():
            self.check_parameter(name, value, template["Parameters"][name])
        check(self.work_out(template, keep=("Conditions", "Properties")), SCHEMA["template"], "")
        self.resources = {name: self.work_out(one["Properties"]) for name, one in template["Resources"].items()
                          if self.holds(one)}
        for name, properties in self.resources.items():
            if template["Resources"][name]["Type"] != SCHEMA["resource"]["type"]:
                raise Invalid(f"{name}: a resource of another type")
            check(properties, SCHEMA["resource"]["properties"], name)
        self.outputs = {name: self.work_out(one) for name, one in template.get("Outputs", {}).items() if self.holds(one)}
        names = [one["Export"]["Name"] for one in self.outputs.values() if "Export" in one]
        if len(set(names)) < len(names):
            raise Invalid("two exports of one name")

    @staticmethod
    def check_parameter(name, value, schema):
        if value is None or value not in schema.get("AllowedValues", [value]):
            raise Invalid(f"{name} cannot be {value!r}")
        if len(set(schema.get("AllowedValues", []))) < len(schema.get("AllowedValues", [])):
            raise Invalid(f"{name}: an allowed value comes twice")
        if not re.fullmatch(schema.get("AllowedPattern", "(?s:.*)"), value) or len(value) > schema.get("MaxLength", 4096):
            raise Invalid(f"{name} does not match: {value!r}")

    def holds(self, thing):
        if "Condition" not in thing:
            return True
        return self.work_out(self.template["Conditions"][thing["Condition"]])

    def named(self, name):
        known = {**PSEUDO, **self.parameters}
        if name not in known:
            raise Invalid(f"{name} is referred to, and is nothing")
        return known[name]

    def attribute(self, resource, name):
        if resource not in self.template["Resources"] or name not in SCHEMA["resource"]["attributes"]:
            raise Invalid(f"{resource}.{name} is no attribute")
        return f"<{resource}.{name}>"

    def work_out(self, value, keep=()):
        if isinstance(value, list):
            return [self.work_out(one, keep) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (function, argument), = value.items()
            if function == "Ref":
                return self.named(argument)
            if function == "Fn::Sub":
                return re.sub(r"\$\{([^}]*)\}", lambda found: self.named(found[1]), argument)
            if function == "Fn::GetAtt":
                return self.attribute(*argument)
            if function == "Fn::Equals":
                return len({json.dumps(self.work_out(one)) for one in argument}) == 1
            if function == "Fn::Or":
                return any(self.work_out(one) for one in argument)
        return {name: one if name in keep else self.work_out(one, keep) for name, one in value.items()}


# ------------------------------------------------------------------ YAML

def read_yaml(text):
    """Blocks of members and lists, two blanks each; every value a JSON scalar on its line."""
    lines = []
    for line in text.splitlines():
        rest = line.lstrip(" ")
        depth = len(line) - len(rest)
        while rest.startswith("- "):
            lines.append((depth, "-"))
            rest = rest[2:]
            depth += 2
        lines.append((depth, rest))
    value, end = read_block(lines, 0, 0)
    if end != len(lines):
        raise Invalid(f"line {end}: {lines[end]!r} belongs to nothing")
    return value


def read_block(lines, at, depth):
    if lines[at] == (depth, "-"):
        return read_list(lines, at, depth)
    if not re.match(r'([A-Za-z0-9:]+|"(\\.|[^"\\])*"):( |$)', lines[at][1]):
        if lines[at][0] != depth:
            raise Invalid(f"{lines[at]!r} is not at {depth}")
        return json.loads(lines[at][1]), at + 1
    found = {}
    while at < len(lines) and lines[at][0] == depth and lines[at][1] != "-":
        name, value = re.fullmatch(r'([A-Za-z0-9:]+?|"(?:\\.|[^"\\])*"):(?: (.*))?', lines[at][1]).groups()
        name = json.loads(name) if name.startswith('"') else name
        if name in found:
            raise Invalid(f"{name} comes twice")
        at += 1
        if value is not None:
            found[name] = json.loads(value)
        else:
            found[name], at = read_block(lines, at, depth + 2)
    return found, at


def read_list(lines, at, depth):
    found = []
    while at < len(lines) and lines[at] == (depth, "-"):
        value, at = read_block(lines, at + 1, depth + 2)
        found.append(value)
    return found, at
