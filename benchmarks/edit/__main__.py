"""How long `pending --write` takes: 500 requests into a workspace of 10,000 people, from files to files.

The portal is not asked: what it costs to read is what `plan` costs. Seconds are those of the processor: they are
the same on a machine that does other things. Run: python benchmarks/edit [PEOPLE] [REQUESTS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from reconciler.manifest.read import load
from reconciler.model.observed import Api, Application, Developer, Observed, Portal, Registration
from reconciler.onboard.answer import answered
from reconciler.onboard.edits import Writing
from reconciler.pending.requests import pending
from reconciler.workspace import judged

TODAY = date(2026, 11, 23)
LISTS = frozenset({"developers", "teams", "memberships", "roles", "applications", "registrations", "apis"})


def workspace(folder: Path, people: int) -> None:
    """One file, sorted, with comments: the case in which most has to be read and nothing may be touched."""
    lines = ["portal: {name: acme, region: eu}", "", "developers:"]
    for number in range(people):
        lines += [
            f"  - email: person{number:06}@partner{number % 97}.example   # since 2019",
            "    teams: [partners, beta]",
            "    applications:",
            "      - name: Checkout",
            "        apis: [payments, {name: orders, expires: 2027-03-31}]",
            "    reason: PART-1234",
        ]
    (folder / "access.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def portal(people: int, requests: int) -> Observed:
    """Half the requests are sign-ups, each with an application that asks for an API."""
    roll = random.Random(1)
    new = [Developer(f"n{n}", f"new{roll.randrange(people):06}x{n}@partner{n % 97}.example", "pending", f"New P{n}")
           for n in range(requests // 2)]  # fmt: skip
    known = [Developer(f"d{n}", f"person{n:06}@partner{n % 97}.example", "approved", f"Known Person{n}")
             for n in range(people)]  # fmt: skip
    applications = [Application(f"a{n}", "Shop", "developer", person.id) for n, person in enumerate(new)]
    registrations = [
        Registration(f"r{n}", app.id, "api", "payments", None, "pending") for n, app in enumerate(applications)
    ]
    apis = (Api("api", "payments"), Api("api2", "orders"))
    everything = (*known, *new)
    return Observed(
        Portal("p", "acme"), everything, (), (), (), tuple(applications), tuple(registrations), apis, LISTS
    )


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    people, requests = (*given, *(10_000, 500)[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        workspace(Path(folder), people)
        steps = {}
        start = time.process_time()
        files = load(folder)
        said = judged(files, TODAY)
        assert said.desired is not None
        steps["read and judge the manifests"] = time.process_time() - start
        observed = portal(people, requests)
        start = time.process_time()
        found = pending(said.desired, observed)
        steps["find the requests, and what is suspicious"] = time.process_time() - start
        start = time.process_time()
        answer, wrong = answered(files, found, (), Writing(), TODAY)
        steps["edit, read again, judge, write"] = time.process_time() - start
        assert not wrong
        assert answer.written
        assert judged(load(folder), TODAY).desired is not None
    for step, seconds in steps.items():
        print(f"{seconds:7.2f} s  {step}")
    listed = answer.decisions.count("listed")
    print(f"{sum(steps.values()):7.2f} s  in all: {listed} of {len(found)} requests listed among {people:,} people")


main()
