"""Applies under random trouble, killed at a random moment, and what is left once the trouble ends.

    python benchmarks/chaos [--runs 500] [--seed 1] [--workers 2]

A run is one process of `reconciler apply` over HTTP against a portal that answers some requests with errors, drops
connections before and after a write took effect, cuts answers short and holds the limit against it; at a random
request the process is killed with SIGKILL. Then the trouble ends, and `apply` runs once more. Counted, and promised
to be zero:

not converged   the portal is not as an undisturbed apply leaves it, or a third run finds something to do
lost            a write that the portal took is not in the journal as attempted
twice           the portal made the same thing twice
traceback       a process left one

Exits with 1 if one of them is not zero. The same seed gives the same trouble.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
from reconciler.sandbox import Faults, Request, Response, Sandbox, Server, serve

PEOPLE, TEAMS, APIS = 24, 3, 3
PROMISES = ("not converged", "lost", "twice", "traceback")
TOKEN = "kpat_chaos"  # made up; the embedded portal takes any


def seed() -> dict[str, Any]:
    """People in every status, half of them in a team, each with an application that asked for two APIs."""
    statuses = ("pending", "approved", "approved", "revoked")
    return {
        "apis": [{"name": f"api-{i}"} for i in range(APIS)],
        "portals": [
            {
                "name": "chaos",
                "developers": [{"email": person(i), "status": statuses[i % 4]} for i in range(PEOPLE)],
                "teams": [
                    {"name": f"team-{t}", "members": [person(i) for i in range(t, PEOPLE // 2, TEAMS)]}
                    for t in range(TEAMS)
                ],
                "applications": [
                    {
                        "name": "app",
                        "owner": person(i),
                        "registrations": [
                            {"api": f"api-{i % APIS}", "status": "approved"},
                            {"api": f"api-{(i + 1) % APIS}", "status": "pending"},
                        ],
                    }
                    for i in range(PEOPLE)
                ],
            }
        ],
    }


def workspace() -> dict[str, Any]:
    """Every fifth person is taken away; the others are approved, in two teams, with both APIs; some are new."""
    return {
        "portal": {"name": "chaos", "region": "us"},
        "policy": {"reinstate": "always", "limits": {"removals": {"floor": 1000}, "may_empty": ["*"]}},
        "developers": [
            {"email": person(i), "status": "revoked"}
            if i % 5 == 0
            else {
                "email": person(i),
                "teams": [f"team-{i % TEAMS}", "new-team"],
                "applications": [{"name": "app", "register": True, "apis": [f"api-{api}" for api in range(APIS)]}],
            }
            for i in range(PEOPLE)
        ]
        + [{"email": f"new-{i}@x.example", "invite": True, "full_name": f"New {i}"} for i in range(4)],
        "teams": [{"name": "new-team"}],
    }


def person(i: int) -> str:
    return f"person-{i:02}@x.example"


def trouble(rng: random.Random) -> dict[str, Any]:
    """A script of faults, none too likely for four tries to get through."""
    share = rng.choice((0.0, 0.02, 0.05, 0.1))
    kinds: list[dict[str, Any]] = [
        {"status": 500},
        {"status": 502},
        {"status": 503},
        {"status": 429},
        {"drop": "before"},
        {"drop": "after"},
        {"truncate": True},
        {"garbage": True},
    ]
    return {
        "seed": rng.randrange(2**32),
        "faults": [{"probability": share / 4, **kind} for kind in rng.sample(kinds, 4)] if share else [],
    }


@dataclass
class Tally:
    """What all runs came to."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, number: int, found: Counter[str], told: list[str]) -> None:
        self.counts += found
        self.told += [f"run {number}: {line}" for line in told]


class Run:
    """One portal, one apply that is killed, one that is not."""

    def __init__(self, number: int, base: int, template: Path, git: Path, reference: Any) -> None:
        self.rng = random.Random(f"{base}/{number}")
        self.template, self.git, self.reference = template, git, reference
        self.found: Counter[str] = Counter()
        self.told: list[str] = []
        self.made: Counter[tuple[str, bytes]] = Counter()
        self.taken: set[tuple[str, str, bytes]] = set()

    def fails(self, what: str, why: str) -> None:
        self.found[what] += 1
        self.told.append(f"{what}: {why}")

    def __call__(self) -> tuple[Counter[str], list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            state = Path(folder) / "state.sqlite"
            shutil.copy(self.template, state)
            sandbox = Sandbox(state)
            with contextlib.closing(sandbox), serve(sandbox, faults=Faults.of(trouble(self.rng))) as server:
                self.disturbed(server, Path(folder) / "journal.jsonl")
                self.undisturbed(server, sandbox)
        self.found["runs"] += 1
        return self.found, self.told

    def disturbed(self, server: Server, journal: Path) -> None:
        last, seen = self.rng.randint(1, 220), 0
        process: subprocess.Popen[str] | None = None

        def kill(_: Request) -> Response | None:
            nonlocal seen
            seen += 1
            if seen == last and process is not None:
                process.kill()
            return None

        unwatch, unhook = server.after(self.watch), server.before(kill)
        arguments = ["apply", str(self.git), "--yes", "--journal", str(journal)]
        process = subprocess.Popen(
            [sys.executable, "-m", "reconciler", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "KONNECT_SERVER_URL": server.url, "KONNECT_TOKEN": TOKEN},
        )
        out, err = process.communicate()
        unhook()
        unwatch()
        self.found["killed"] += process.returncode < 0
        self.found["faults"] += len(server.faults.injected) if server.faults else 0
        self.found["requests"] += len(server.requests)
        if "Traceback" in out + err or process.returncode == 1:
            self.fails("traceback", err[-500:])
        self.compare(journal)

    def watch(self, request: Request, response: Response) -> None:
        """What the portal took."""
        if request.method != "GET" and response.status < 300:
            self.taken.add((request.method, request.path, request.body))
            if request.method == "POST":
                self.made[request.path, request.body] += 1

    def compare(self, journal: Path) -> None:
        """Every write that was taken stands in the journal before it was sent."""
        lines = journal.read_text(encoding="utf-8").split("\n") if journal.exists() else []
        attempted = sum(1 for line in lines[:-1] if json.loads(line)["kind"] == "change-attempted")
        if attempted < len(self.taken):
            self.fails("lost", f"{len(self.taken)} writes taken, {attempted} attempted")
        twice = [path for (path, _), times in self.made.items() if times > 1]
        if twice:
            self.fails("twice", ", ".join(twice))

    def undisturbed(self, server: Server, sandbox: Sandbox) -> None:
        server.faults = None
        self.made.clear()
        code, err = run_here(server.url, "apply", str(self.git), "--yes")
        if code != 0 or "Traceback" in err:
            self.fails("not converged", f"the second apply exits with {code}: {err[-500:]}")
        elif sandbox.dump() != self.reference:
            self.fails("not converged", "the portal is not as an undisturbed apply leaves it")
        elif run_here(server.url, "plan", str(self.git), "--detailed-exitcode")[0] != 0:
            self.fails("not converged", "a third run finds something to do")


def run_here(url: str, *arguments: str) -> tuple[int, str]:
    """A command in this process; its exit code and stderr."""
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        code = main(list(arguments), Runtime(environ={"KONNECT_SERVER_URL": url, "KONNECT_TOKEN": TOKEN, "CI": "1"}))
    return code, err.getvalue()


def chaos(runs: int, base: int, workers: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        template, git = Path(folder) / "template.sqlite", Path(folder) / "access.yaml"
        git.write_text(yaml.safe_dump(workspace(), sort_keys=False))
        with contextlib.closing(Sandbox(template)) as sandbox:
            sandbox.load(seed())
        calm = Path(folder) / "calm.sqlite"
        shutil.copy(template, calm)
        with contextlib.closing(Sandbox(calm)) as sandbox, serve(sandbox) as server:
            code, err = run_here(server.url, "apply", str(git), "--yes")
            assert code == 0, err
            reference = sandbox.dump()
        tally = Tally()
        with ProcessPoolExecutor(workers) as pool:
            every = [pool.submit(Run(number, base, template, git, reference)) for number in range(runs)]
            for number, done in enumerate(every):
                tally.add(number, *done.result())
    width = max(len(name) for name in tally.counts | dict.fromkeys(PROMISES, 0))
    for name in ("runs", "killed", "requests", "faults", *PROMISES):
        print(f"{name:<{width}}  {tally.counts[name]:>8,}")
    print("\n".join(tally.told))
    return int(any(tally.counts[name] for name in PROMISES))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    sys.exit(chaos(asked.runs, asked.seed, asked.workers))
