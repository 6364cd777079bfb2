"""A portal of so many people: each has an application that asked for an API, and all of them are in one team."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.sandbox import Request, Sandbox

APIS = 30
SIZE = 100
"""Items on a page."""


def seed(people: int) -> dict[str, Any]:
    """A seed document."""
    emails = [f"person-{number:06}@partner-{number % 100:02}.example" for number in range(people)]
    return {
        "apis": [{"name": f"api-{number:02}", "version": "v1"} for number in range(APIS)],
        "portals": [
            {
                "name": "bench",
                "developers": [{"email": email, "status": "approved"} for email in emails],
                "teams": [{"name": "everybody", "members": emails}],
                "applications": [
                    {
                        "name": "Checkout",
                        "owner": email,
                        "registrations": [{"api": f"api-{number % APIS:02}", "version": "v1", "status": "approved"}],
                    }
                    for number, email in enumerate(emails)
                ],
            }
        ],
    }


def lists_in(state: Path, people: int) -> dict[str, str]:
    """Make that state; the paths of its lists by name."""
    sandbox = Sandbox(state)
    sandbox.load(seed(people))

    def only(path: str) -> str:
        [found] = sandbox.answer(Request("GET", path, {"authorization": "Bearer t"})).value()["data"]
        return f"{path}/{found['id']}"

    portal = only("/v3/portals")
    members = only(f"{portal}/teams") + "/developers"
    sandbox.close()
    lists = ("developers", "applications", "application-registrations")
    return {**{name: f"{portal}/{name}" for name in lists}, "members of a team": members}


def places(people: int) -> dict[str, tuple[int, ...]]:
    """The numbers of the pages that are asked for: neighbours, so that it is no single one."""
    last = people // SIZE
    middle = last // 2
    return {
        "first": tuple(range(1, 6)),
        "middle": tuple(range(middle, middle + 5)),
        "last": tuple(range(last - 4, last + 1)),
    }
