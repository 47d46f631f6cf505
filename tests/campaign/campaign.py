"""Seeded runs of many processes and threads against one ledger, while answers get lost, streams are
cut, processes are killed and stopped and clocks step. After each run: what was billed is within every
limit; the ledger says no less than the bill; and once what is unreported was resolved by the bill, the
same to the picodollar.

usage: campaign.py EMULATOR SIGN WORKER [--runs N] [--first SEED] [--processes N] [--threads N]
                   [--calls N]

SPDX-License-Identifier: MIT
"""
import argparse
import collections
import glob
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))
from programs import ENVIRONMENT, Emulator, equal, run

HERE = Path(__file__).parent
KINDS = ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWrite5mInputTokens",
         "cacheWrite1hInputTokens"]
# Picodollars per million tokens, by model: input, output.
RATES = {"amazon.nova-pro": (800_000_000_001, 3_200_000_000_007),
         "amazon.nova-micro": (35_000_000_003, 140_000_000_001)}
KILLED_IN_LOAD = ["after_owner_locked", "before_hold_commit", "after_hold_commit", "after_sign",
                  "after_send", "first_bytes", "before_settle_commit", "after_settle_commit",
                  "before_checkpoint", "after_checkpoint", "before_notice_delivered"]
KILLED_IN_PUT = "before_resolution_commit"


def usd(picodollars):
    return f"{picodollars // 10**12}.{picodollars % 10**12:012}"


def cost(model, tokens):
    rates = RATES[model]
    sum_of = (tokens[0] + tokens[2] + tokens[3] + tokens[4]) * rates[0] + tokens[1] * rates[1]
    return -(-sum_of // 10**6)  # one rounding, up


class NotTogether(Exception):
    """Too few calls were under way at once for a run that found nothing to prove something."""


class Run:
    def __init__(self, programs, seed, options, tally, patience=1):
        self.emulator_program, self.sign, self.worker = programs
        self.seed, self.options, self.tally, self.patience = seed, options, tally, patience
        self.random = random.Random(seed)
        self.faults = collections.Counter()
        self.folder = tempfile.mkdtemp(prefix="campaign.")
        self.ledger = f"{self.folder}/ledger"
        self.journal = f"{self.folder}/journal"

    # ---- before

    def start_emulator(self):
        adversarial = ["--adversarial"] if self.seed % 2 else []
        # So long that most threads are through the gate before the first answer comes.
        service_ms = max(25, self.options.processes * self.options.threads * 3 // 5) * self.patience
        options = ["--service-time", str(service_ms), "--journal", self.journal, *adversarial]
        self.emulator = Emulator(self.emulator_program, self.sign, *options)
        self.faults["adversarial tokenizer"] += self.seed % 2

    def put(self, kind, objects, plan=""):
        """Returns how many were put before the process was killed, if the plan has it killed."""
        lines = "".join(json.dumps(o) + "\n" for o in objects).encode()
        ended = run([self.worker, "put", self.ledger, self.tally, plan, kind], stdin=lines)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        return ended.stdout.count(b"put")

    def set_up(self):
        self.profiles = {}
        listings = []
        for team in ("search", "helpdesk"):
            for model in RATES:
                arn = self.emulator.create_profile(f"{team}-{model[12:]}", team=team)
                self.profiles[arn] = (team, model)
                listing = {"arn": arn, "name": f"{team}-{model[12:]}", "model": f"{model}-v1:0",
                           "scope": "in-region", "tags": {"team": team}}
                if model == "amazon.nova-pro" and self.seed % 3 == 0:
                    listing["degradeTo"] = f"{team}-micro"
                listings.append(listing)
        durability = "power" if self.seed % 10 == 0 else "process"
        self.put("setting", [{"requiredTags": ["team"], "durability": durability}])
        self.put("price", [{"from": "2026-01-01", "source": "campaign", "prices": [
            {"model": model, "scope": "in-region", "input": usd(rates[0]), "output": usd(rates[1])}
            for model, rates in RATES.items()]}])
        self.put("profile", [{"profiles": listings}])
        # Less than what all calls cost, and enough for the holds of most threads at once.
        threads = self.options.processes * self.options.threads
        each = 60 * 3_200_000 + (600 if self.seed % 2 else 40) * 800_000
        limit = max(threads * self.options.calls * each // 12, threads * 220_000_000)
        self.limit = limit // 10**6 * 10**6
        share = self.limit * 2 // 3 // 10**6 * 10**6
        self.budgets = {"all": ({"all": True}, "total", self.limit),
                        "search": ({"tag": "team", "value": "search"}, "total", share),
                        "search-month": ({"tag": "team", "value": "search"}, "month", share * 2),
                        "pro-hour": ({"profile": "helpdesk-pro"}, "hour", share)}
        self.put("budget", [{"name": name, "owner": owner, "window": window, "limit": usd(limit)}
                            for name, (owner, window, limit) in self.budgets.items()])

    # ---- while it runs

    def ask_for_faults(self):
        for _ in range(self.random.randint(5, 15)):
            name, fault = self.random.choice([
                ("lost answers", {"cut": -1}),
                ("cut answers", {"cut": self.random.randint(1, 300)}),
                ("exceptions in streams", {"exception": "throttlingException", "after": 3}),
                ("streams without usage", {"noMetadata": True}),
                ("throttled", {"status": 429}),
                ("failed", {"status": 503}),
                ("model errors, billed", {"status": 424}),
                ("garbage", {"garbage": True})])
            self.emulator.fail_next(**fault)
            self.faults[name] += 1

    def start_worker(self, number, plan=""):
        other = self.options.other_sqlite if number == 0 and self.seed % 2 == 0 else ""
        self.faults["second SQLite in the process"] += bool(other)
        return subprocess.Popen(
            [self.worker, "load", self.ledger, self.tally, plan, str(self.seed * 100 + number),
             str(self.options.threads), str(self.options.calls), other, *self.profiles],
            env={**ENVIRONMENT, "AWS_ENDPOINT_URL": self.emulator.url},
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop_for_a_while(self, process):
        process.send_signal(signal.SIGSTOP)
        time.sleep(self.random.uniform(0.02, 0.2))
        process.send_signal(signal.SIGCONT)
        self.faults["SIGSTOP"] += 1

    def load(self):
        """A worker that was killed is followed by another one, which nobody kills."""
        point = KILLED_IN_LOAD[self.seed % len(KILLED_IN_LOAD)]
        hit = 1 if point in ("after_owner_locked", "before_checkpoint", "after_checkpoint",
                             "before_notice_delivered") else self.random.randint(1, 60)
        plans = [f"{point}:{hit}"] + [""] * (self.options.processes - 1)
        workers = [self.start_worker(i, plan) for i, plan in enumerate(plans)]
        self.ask_for_faults()
        time.sleep(self.random.uniform(0, 0.1))
        self.stop_for_a_while(workers[1])
        if self.seed % 4 == 0 and workers[2 % len(workers)].poll() is None:
            workers[2 % len(workers)].kill()
            self.faults["kill -9 at any moment"] += 1
        codes = collections.Counter()
        while workers:
            worker = workers.pop(0)
            for line in worker.communicate(timeout=300)[0].splitlines():
                code, count = map(int, line.split())
                codes[code] += count
            if worker.returncode == -signal.SIGKILL:
                self.faults["kill -9 at a point"] += 1
                workers.append(self.start_worker(self.options.processes + len(workers)))
            else:
                equal(worker.returncode, 0)
        return codes

    # ---- after

    def read_bill(self):
        billed = {}
        for line in Path(self.journal).read_text().splitlines():
            entry = json.loads(line)
            key = entry["call"], entry["attempt"]
            assert key not in billed, f"{key} was billed twice"
            model = self.profiles[entry["profile"]][1]
            billed[key] = entry["profile"], cost(model, [entry[kind] for kind in KINDS])
        return billed

    def covers(self, name, arn):
        owner = self.budgets[name][0]
        team, model = self.profiles[arn]
        return owner in ({"all": True}, {"tag": "team", "value": team},
                         {"profile": f"{team}-{model[12:]}"})

    def query(self, sql):
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as ledger:
            return ledger.execute(sql).fetchall()

    def compare(self, billed, exact):
        totals = dict(self.query("SELECT budget, sum(settled + held + unreported) FROM total GROUP BY 1"))
        for name, (_, window, limit) in self.budgets.items():
            bill = sum(amount for arn, amount in billed.values() if self.covers(name, arn))
            used = totals.get(name, 0)
            if window in ("total", "month"):
                assert bill <= limit, f"{name}: {usd(bill - limit)} USD over its limit"
            assert used == bill if exact else used >= bill, f"{name}: says {used}, billed {bill}"

    def resolve(self, billed):
        opened = self.query("SELECT id, call, attempt FROM use WHERE id IN (SELECT use FROM open_hold)")
        objects = []
        for record, call, attempt in opened:
            truth = billed.get((call, attempt))
            outcome = {"billed": usd(truth[1])} if truth else {"notBilled": True}
            objects.append({"record": record, **outcome, "by": "campaign", "why": "the journal"})
        done = self.put("resolution", objects, f"{KILLED_IN_PUT}:{self.random.randint(1, 4)}")
        self.put("resolution", objects[done:])
        return len(objects)

    def check(self):
        billed = self.read_bill()
        self.compare(billed, exact=False)
        unreported = self.resolve(billed)
        self.compare(billed, exact=True)
        uses = {(call, attempt) for call, attempt in self.query("SELECT call, attempt FROM use")}
        missing = set(billed) - uses
        assert not missing, f"billed and not recorded: {missing}"
        verified = run([sys.executable, HERE / "check_rows.py", self.ledger])
        equal((verified.returncode, verified.stderr), (0, ""))
        refused = self.query("SELECT count(*) FROM refusal")[0][0]
        assert refused > 0, "nothing was refused"
        peak = self.emulator.bill()["requests"]["peakInFlight"]
        threads = self.options.processes * self.options.threads
        if peak * 2 <= threads:
            raise NotTogether(f"only {peak} of {threads} at once")
        return {"calls": len(uses), "billed": len(billed), "refused": refused, "unreported": unreported}

    def all(self):
        self.start_emulator()
        try:
            self.set_up()
            codes = self.load()
            assert not set(codes) & {-1, -2, -43, -44}, codes
            return self.check()
        finally:
            self.emulator.close()


def run_one(options, seed, tally):
    """On a machine that has other things to do, answers take longer, until enough calls meet."""
    for patience in (1, 3, 9):
        one = Run(options.programs, seed, options, tally, patience)
        try:
            sums = one.all()
            shutil.rmtree(one.folder)
            return sums, one.faults
        except NotTogether as why:
            print(f"# seed {seed}: {why}", flush=True)
            shutil.rmtree(one.folder)
        except Exception as why:
            raise AssertionError(f"{why!r} in {one.folder}") from why
    raise AssertionError("too few calls were under way at once, three times")


def other_sqlite(folder):
    """Another copy of SQLite's library: a file of its own, so that it is loaded beside the first."""
    found = glob.glob("/usr/lib/*/libsqlite3.so.0")
    return shutil.copy(os.path.realpath(found[0]), f"{folder}/other-sqlite.so") if found else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", nargs=3)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--calls", type=int, default=12)
    options = parser.parse_args()
    sums, faults, failed = collections.Counter(), collections.Counter(), 0
    with tempfile.TemporaryDirectory(prefix="campaign.") as folder:
        options.other_sqlite = other_sqlite(folder)
        print(f"1..{options.runs + 1}", flush=True)
        for number in range(1, options.runs + 1):
            seed = options.first + number - 1
            try:
                sums_of_one, faults_of_one = run_one(options, seed, f"{folder}/tally")
                sums.update(sums_of_one)
                faults.update(faults_of_one)
                print(f"ok {number} - seed {seed}", flush=True)
            except AssertionError as why:
                failed += 1
                print(f"not ok {number} - seed {seed}\n# {why}", flush=True)
        points = dict(line.split() for line in run([options.programs[2], "points", f"{folder}/tally"])
                      .stdout.decode().splitlines())
    never = [point for point, count in points.items() if count == "0"]
    wanted = never if options.runs >= len(KILLED_IN_LOAD) else []
    print(f"{'not ok' if wanted else 'ok'} {options.runs + 1} - every fault point was passed")
    for title, table in (("passed", points), ("faults", faults), ("in all", sums)):
        print(f"# {title}: " + ", ".join(f"{name} {count}" for name, count in table.items()))
    print(f"# runs {options.runs}, failed {failed}; never passed: {never}")
    sys.exit(1 if failed or wanted else 0)


main()
