"""Two ways in which access is kept elsewhere, each a process: `hourly URL` and `refresh URL`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import requests

SESSION = requests.Session()
SESSION.headers["Authorization"] = "Bearer kpat_bench"


def call(method: str, path: str, **more: Any) -> Any:
    answer = SESSION.request(method, f"{URL}/v3{path}", **more)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def listed(path: str, **params: str) -> Iterator[dict[str, Any]]:
    """Page after page, each after the one before."""
    number = 1
    while True:
        page = call("GET", path, params={**params, "page[size]": 100, "page[number]": number})
        yield from page["data"]
        if number * 100 >= page["meta"]["page"]["total"]:
            return
        number += 1


def hourly() -> None:
    """List the pending developers, approve each by domain, put each in the domain's team; one after the other."""
    portal = next(each for each in listed("/portals") if each["name"] == "bench")["id"]
    teams = {each["name"]: each["id"] for each in listed(f"/portals/{portal}/teams")}
    pending = list(listed(f"/portals/{portal}/developers", **{"filter[status]": "pending"}))
    for developer in pending:
        if developer["email"].endswith("@partner.example"):
            call("PATCH", f"/portals/{portal}/developers/{developer['id']}", json={"status": "approved"})
            call("POST", f"/portals/{portal}/teams/{min(teams.values())}/developers", json={"id": developer["id"]})


def refresh() -> None:
    """A GET for each developer, team, application and registration of a state; memberships cannot be read so.

    The state's ids are listed first, as someone who imports them has to; those requests are not one an object.
    """
    portal = next(each for each in listed("/portals") if each["name"] == "bench")["id"]
    for kind in ("developers", "teams", "applications"):
        for each in listed(f"/portals/{portal}/{kind}"):
            call("GET", f"/portals/{portal}/{kind}/{each['id']}")
    for each in listed(f"/portals/{portal}/application-registrations"):
        path = f"/portals/{portal}/applications/{each['application']['id']}/registrations/{each['id']}"
        call("GET", path)


if __name__ == "__main__":
    URL = sys.argv[2]
    {"hourly": hourly, "refresh": refresh}[sys.argv[1]]()
