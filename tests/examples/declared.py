"""What the tests of `profiles` share: a file that declares profiles, in a Region nobody else uses.

SPDX-License-Identifier: MIT
"""
import contextlib
import json
import tempfile
from pathlib import Path

from programs import equal, run

MICRO = "amazon.nova-micro-v1:0"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
LITE = "us.amazon.nova-lite-v1:0"
MANAGED = {"managed-by": "libbedrockcost"}
# The emulator serves any Region: each case has one of its own, and so begins with nothing.
REGIONS = (f"us-{a}{b}-{n}" for a in "abcdefgh" for b in "abcdefgh" for n in range(1, 10))


def one(source=MICRO, **members):
    return {"copyFrom": source, **members}


def three():
    """Profiles of all kinds: two environments, a geographic one, a smaller one to degrade to."""
    return {
        "bot": {
            "tags": {"owner-team": "support"},
            "environments": {
                "prod": one(HAIKU, description="The bot", degradeTo="small-prod",
                            budget={"limit": "500", "shadow": True}),
                "dev": one(LITE),
            },
        },
        "small": {
            "tags": {"owner-team": "support", "application": "bot"},
            "environments": {"prod": one(MICRO, accepts=["toolConfig"], maxOutput=4096)},
        },
    }


class Declared:
    """A file in a folder of its own, `profiles` at work on it, and what AWS shows of it."""

    def __init__(self, program, emulator, folder, workloads, region, **members):
        self.program, self.emulator, self.region = program, emulator, region
        self.folder = Path(folder)
        self.path = self.folder / "profiles.json"
        self.file = {"account": "123456789012", "region": region, "workloads": workloads, **members}
        self.write()

    def write(self):
        self.path.write_text(json.dumps(self.file))

    def environment(self, workload, environment):
        return self.file["workloads"][workload]["environments"][environment]

    def run(self, *arguments, **environment):
        return run([self.program, "--file", str(self.path), *arguments],
                   **{"AWS_ENDPOINT_URL": self.emulator.url, **environment})

    def __call__(self, *arguments, code=0, **environment):
        """What it prints, and on stderr, when it ends as it should."""
        ended = self.run(*arguments, **environment)
        said = ended.stdout.decode() + ended.stderr
        assert ended.returncode == code, (arguments, ended.returncode, said)
        return said

    def rows(self, *arguments, code=0):
        ended = self.run("--json", *arguments)
        assert ended.returncode == code, (arguments, ended.returncode, ended.stderr)
        return [json.loads(line) for line in ended.stdout.decode().splitlines()]

    def plan(self, *arguments):
        """{name: action}, of all that does not stay as it is."""
        return {row["name"]: row["action"] for row in self.rows("plan", *arguments)
                if row.get("action", "keep") != "keep"}

    def apply(self, *arguments, code=0):
        return self.rows("apply", "--yes", *arguments, code=code)

    def there(self):
        return there(self.emulator, self.region, self.program)

    def create(self, name, source=None, **tags):
        """A profile that somebody else makes; returns its ARN."""
        status, answer = self.emulator.call("POST", "/inference-profiles", {
            "inferenceProfileName": name,
            "modelSource": {"copyFrom": source or model_arn(self.region, MICRO)},
            "tags": [{"key": key, "value": value} for key, value in tags.items()],
        }, self.region)
        equal(status, 201)
        return answer["inferenceProfileArn"]

    def set_tags(self, arn, **tags):
        body = {"resourceARN": arn, "tags": [{"key": k, "value": v} for k, v in tags.items()]}
        equal(self.emulator.call("POST", "/tagResource", body, self.region)[0], 200)


def there(emulator, region, program):
    """{name: {"tags", "models", "description", "arn"}} as AWS has it; a name twice is a mistake."""
    rows = run([program, "--region", region, "--json", "list"], AWS_ENDPOINT_URL=emulator.url)
    equal((rows.returncode, rows.stderr), (0, ""))
    listed = [json.loads(line) for line in rows.stdout.decode().splitlines()]
    names = [row["name"] for row in listed]
    equal(sorted(set(names)), sorted(names))
    return {row["name"]: row for row in listed}


def tags_of(there_now):
    return {name: row["tags"] for name, row in there_now.items()}


@contextlib.contextmanager
def declared(program, emulator, workloads=None, region=None, **members):
    with tempfile.TemporaryDirectory() as folder:
        yield Declared(program, emulator, folder, workloads if workloads is not None else three(),
                       region or next(REGIONS), **members)


def many(count):
    return {f"bot-{n:04}": {"environments": {"prod": one()}} for n in range(count)}


def model_arn(region, model):
    return f"arn:aws:bedrock:{region}::foundation-model/{model}"

