"""Requests made by `plan` and `apply` beside the least possible, on a portal of 1,000 developers.

    python benchmarks/requests

Prints both ratios and exits with 1 where a promise does not hold: a plan's reads within the least plus 3, those of an
apply within twice that, for it reads back what it wrote, and writes equal to the changes. The least possible: the
pages of 100 of developers, teams, each team's members, applications, registrations and APIs, one a team for roles
where roles are managed, one for the portal, one for its settings.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from reconciler.cli.main import main
from reconciler.cli.runtime import Runtime
from reconciler.sandbox import Sandbox, serve

DEVELOPERS, TEAMS, APPLICATIONS, REGISTRATIONS, APIS = 1000, 20, 1000, 2000, 30
ROLES_MANAGED = 5


def seed() -> dict[str, Any]:
    """Half of the people wait for approval; every application asked for two APIs, and is waiting or approved."""
    status = ["approved", "pending"]
    return {
        "apis": [{"name": f"api-{i:02}", "version": "v1"} for i in range(APIS)],
        "portals": [
            {
                "name": "bench",
                "developers": [{"email": person(i), "status": status[i % 2]} for i in range(DEVELOPERS)],
                "teams": [
                    {"name": f"team-{t:02}", "members": [person(i) for i in range(t, DEVELOPERS // 2, TEAMS)]}
                    for t in range(TEAMS)
                ],
                "applications": [
                    {
                        "name": "app",
                        "owner": person(i),
                        "registrations": [
                            {"api": f"api-{api:02}", "version": "v1", "status": status[i % 2]} for api in apis_of(i)
                        ],
                    }
                    for i in range(APPLICATIONS)
                ],
            }
        ],
    }


def workspace() -> dict[str, Any]:
    """Git lists everybody, in a team, with both APIs; five teams get a role."""
    return {
        "portal": {"name": "bench", "region": "us"},
        "policy": {"limits": {"grants": {"count": 100_000}}},
        "teams": [
            {"name": f"team-{t:02}", "roles": [{"role": "API Consumer", "api": "api-00"}]}
            for t in range(ROLES_MANAGED)
        ],
        "developers": [
            {
                "email": person(i),
                "teams": [f"team-{i % TEAMS:02}"],
                "applications": [{"name": "app", "apis": [f"api-{api:02}" for api in apis_of(i)]}],
            }
            for i in range(DEVELOPERS)
        ],
    }


def person(number: int) -> str:
    """The address of one of the people."""
    return f"person-{number:04}@partner.example"


def apis_of(number: int) -> tuple[int, int]:
    """The two APIs that a person's application asks for."""
    return number % APIS, (number + 7) % APIS


def least_reads(members: dict[str, int]) -> int:
    """The least possible: see the top of this file."""

    def pages(count: int) -> int:
        return max(1, ceil(count / 100))

    lists = sum(pages(count) for count in (DEVELOPERS, TEAMS, APPLICATIONS, REGISTRATIONS, APIS))
    return lists + sum(pages(count) for count in members.values()) + ROLES_MANAGED + 1 + 1


def run(*arguments: str, url: str) -> Any:
    """Run the shipped command and return its document."""
    out = io.StringIO()
    environ = {"KONNECT_TOKEN": "kpat_bench", "KONNECT_SERVER_URL": url}
    runtime = Runtime(now=lambda: datetime(2026, 11, 23, tzinfo=UTC), environ=environ, is_terminal=lambda: False)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main([*arguments, "--format", "json"], runtime)
    if code != 0:
        raise SystemExit(f"{arguments} exited with {code}: {out.getvalue()[-2000:]}")
    return json.loads(out.getvalue())


def row(what: str, measured: int, floor: int, most: int) -> bool:
    """Print one line of the table; whether the promise holds."""
    ok = measured <= most
    verdict = "ok" if ok else "MISSED"
    print(f"{what:<28} {measured:>8} {floor:>8} {measured / max(floor, 1):>8.3f} {most:>8}  {verdict}")
    return ok


def bench() -> bool:
    """Plan, apply, plan again; count what the server saw."""
    data = seed()
    members = {team["name"]: len(team["members"]) for team in data["portals"][0]["teams"]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "access.yaml")
        path.write_text(yaml.safe_dump(workspace()), encoding="utf-8")
        sandbox = Sandbox(None)
        sandbox.load(data)
        with serve(sandbox) as server:
            plan = run("plan", str(path), url=server.url)
            reads = Counter(request[0] for request in server.requests)
            server.requests.clear()
            run("apply", str(path), "--yes", url=server.url)
            applied = Counter(request[0] for request in server.requests)
            after = run("plan", str(path), url=server.url)
    changes, writes = len(plan["changes"]), sum(n for method, n in applied.items() if method != "GET")
    floor = least_reads(members)
    print(f"{'requests':<28} {'measured':>8} {'least':>8} {'ratio':>8} {'at most':>8}")
    held = [
        row("plan, reads", reads["GET"], floor, floor + 3),
        row("plan, writes", sum(n for method, n in reads.items() if method != "GET"), 0, 0),
        row("apply, reads", applied["GET"], floor, 2 * (floor + 3)),
        row("apply, writes", writes, changes, changes),
        row("changes left afterwards", len(after["changes"]), 0, 0),
    ]
    return all(held) and writes == changes and changes > 0


if __name__ == "__main__":
    sys.exit(0 if bench() else 1)
