"""Applies under random trouble, killed at a random moment, and what is left once the trouble ends.

    python benchmarks/chaos [--quick] [--runs 500] [--seed 1] [--workers 4]

A run is one or two processes of `reconciler apply`, one after the other, over HTTP against a portal that answers some
requests with errors, drops connections before and after a write took effect, cuts answers short and holds the limit
against them. Each is killed with SIGKILL at a random request: before the portal handles it, or when it has, and its
answer is still to come. Then the trouble ends, and `apply` runs once more. Counted, and promised to be zero:

not converged   the portal is not as an undisturbed apply leaves it, or another run finds something to do
lost            a write that the portal took is not in the journal as attempted
twice           the portal made the same thing twice: an account (and its mail), a team, a membership, a registration
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
import re
import shutil
import signal
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

PEOPLE, TEAMS, NEW_TEAMS, APIS = 24, 3, 6, 3
ID = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")
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
                "teams": [f"team-{i % TEAMS}", f"new-team-{i % NEW_TEAMS}"],
                "applications": [{"name": "app", "register": True, "apis": [f"api-{api}" for api in range(APIS)]}],
            }
            for i in range(PEOPLE)
        ]
        + [{"email": f"new-{i}@x.example", "invite": True, "full_name": f"New {i}"} for i in range(4)],
        "teams": [{"name": f"new-team-{t}"} for t in range(NEW_TEAMS)],
    }


def person(i: int) -> str:
    return f"person-{i:02}@x.example"


def trouble(rng: random.Random) -> dict[str, Any]:
    """A script of faults, none too likely for four tries to get through."""
    share = rng.choice((0.0, 0.1, 0.2, 0.3))
    kinds: list[dict[str, Any]] = [
        {"status": 500},
        {"status": 502},
        {"status": 503},
        {"status": 503, "retry_after": 0},
        {"status": 429, "retry_after": 0},
        {"drop": "before"},
        {"drop": "after"},
        {"truncate": True},
        {"garbage": True},
    ]
    # What is met again and again while reading ends a run before it writes: so there is less of it.
    where = rng.choice(
        ({}, {"method": "GET"}, *({"method": method} for method in ("POST", "POST", "PATCH", "DELETE")))
    )
    each = share / (4 if where.get("method", "GET") != "GET" else 8)
    return {
        "seed": rng.randrange(2**32),
        "faults": [{"probability": each, **where, **kind} for kind in rng.sample(kinds, 4)] if share else [],
    }


@dataclass
class Tally:
    """What all runs came to."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, number: int, found: Counter[str], told: list[str]) -> None:
        self.counts += found
        self.told += [f"run {number}: {line}" for line in told]


@dataclass(frozen=True)
class Stage:
    """What every run begins with, and what an undisturbed apply makes of it in `requests` requests."""

    template: Path
    git: Path
    reference: Any
    requests: int


class Run:
    """One portal, applies that are killed, and one that is not."""

    def __init__(self, number: int, base: int, stage: Stage) -> None:
        self.rng, self.stage = random.Random(f"{base}/{number}"), stage
        self.found: Counter[str] = Counter()
        self.told: list[str] = []
        self.made: Counter[tuple[str, bytes]] = Counter()
        self.taken: list[tuple[str, ...]] = []
        self.named: dict[str, str] = {}
        """Teams that a run made, which its journal can only tell by name."""

    def fails(self, what: str, why: str) -> None:
        self.found[what] += 1
        self.told.append(f"{what}: {why}")

    def __call__(self) -> tuple[Counter[str], list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            state, journal = Path(folder) / "state.sqlite", Path(folder) / "journal.jsonl"
            shutil.copy(self.stage.template, state)
            # Whether Konnect refuses a second team of one name is not known (contract 5): this one does not help.
            sandbox = Sandbox(state, switches={"unique_team_names": False})
            with contextlib.closing(sandbox), serve(sandbox, faults=Faults.of(trouble(self.rng))) as server:
                server.after(self.watch)
                for _ in range(self.rng.randint(1, 2)):
                    self.disturbed(server, journal)
                self.found["faults"] += len(server.faults.injected) if server.faults else 0
                self.undisturbed(server, sandbox, journal)
                self.found["requests"] += len(server.requests)
            self.compare(journal)
        self.found["runs"] += 1
        return self.found, self.told

    def disturbed(self, server: Server, journal: Path) -> None:
        last, seen, handled = self.rng.randint(1, self.stage.requests), 0, self.rng.random() < 0.5
        process: subprocess.Popen[str] | None = None

        def kill(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen == last and process is not None:
                process.kill()

        unhook = server.after(kill) if handled else server.before(kill)
        process = subprocess.Popen(
            [sys.executable, "-m", "reconciler", "apply", self.stage.git, "--yes", "--journal", journal],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "KONNECT_SERVER_URL": server.url, "KONNECT_TOKEN": TOKEN},
        )
        out, err = process.communicate()
        unhook()
        self.found["killed"] += process.returncode == -signal.SIGKILL
        if "Traceback" in out + err or process.returncode == 1:
            self.fails("traceback", err[-500:])

    def watch(self, request: Request, response: Response) -> None:
        """What the portal took: the ids and texts of each write."""
        if request.method == "GET" or response.status >= 300:
            return
        body = json.loads(request.body) if request.body else {}
        ids = [self.named.get(one, one) for one in ID.findall(request.path)[1:]]
        self.taken.append((*ids, *(value for value in body.values() if isinstance(value, str))))
        if request.method == "POST":
            self.made[request.path, request.body] += 1
        if request.path.endswith("/teams"):
            self.named[response.value()["id"]] = body["name"]

    def compare(self, journal: Path) -> None:
        """Every write that was taken stands in the journal before it was sent; and nothing was made twice."""
        lines = journal.read_text(encoding="ascii").splitlines() if journal.exists() else []
        attempted = [line for line in lines if '"change-attempted"' in line and line.endswith("}")]
        lost = [parts for parts in self.taken if not any(all(part in line for part in parts) for line in attempted)]
        if lost:
            self.fails("lost", "; ".join(map(str, lost)))
        twice = [path for (path, _), times in self.made.items() if times > 1]
        if twice:
            self.fails("twice", ", ".join(twice))

    def undisturbed(self, server: Server, sandbox: Sandbox, journal: Path) -> None:
        server.faults = None
        git = str(self.stage.git)
        code, err = run_here(server.url, "apply", git, "--yes", "--journal", str(journal))
        if code != 0 or "Traceback" in err:
            self.fails("not converged", f"the last apply exits with {code}: {err[-500:]}")
        elif sandbox.dump() != self.stage.reference:
            self.fails("not converged", "the portal is not as an undisturbed apply leaves it")
        elif run_here(server.url, "plan", git, "--detailed-exitcode")[0] != 0:
            self.fails("not converged", "another run finds something to do")


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
            stage = Stage(template, git, sandbox.dump(), len(server.requests))
        tally = Tally()
        with ProcessPoolExecutor(workers) as pool:
            every = [pool.submit(Run(number, base, stage)) for number in range(runs)]
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
    parser.add_argument("--workers", type=int, default=4, help="side by side; most of a run is waiting")
    parser.add_argument("--quick", action="store_true", help="30 runs")
    asked = parser.parse_args()
    sys.exit(chaos(30 if asked.quick else asked.runs, asked.seed, asked.workers))
