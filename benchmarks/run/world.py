"""A portal and the workspace that describes it, at any size, and the fewest requests that can tell them apart.

Per developer one application, two registrations and one membership; teams of five hundred, thirty APIs. `behind` is
the share of people whom the portal still has as pending, with all that they ask for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

APIS, ROLES, PAGE, TEAM = 30, 5, 100, 500
PEOPLE_IN_A_FILE = 10_000


@dataclass(frozen=True, slots=True)
class World:
    """A portal of so many developers, of whom every so manieth is still pending (`behind`: 0.5, 0.02 or 0)."""

    developers: int
    behind: float = 0.02

    @property
    def name(self) -> str:
        return f"{self.developers}-{self.behind:g}"

    @property
    def teams(self) -> int:
        return max(1, ceil(self.developers / TEAM))

    def team(self, number: int) -> str:
        return f"team-{number % self.teams:04}"

    def pending(self, number: int) -> bool:
        return bool(self.behind) and number % round(1 / self.behind) == 0

    @property
    def changes(self) -> int:
        """One approval, one membership and two registrations a person who is pending, and a role a team of five."""
        waiting = sum(map(self.pending, range(self.developers)))
        return 4 * waiting + min(ROLES, self.teams)

    def members(self) -> list[int]:
        """How many members the portal has in each team before anything is applied."""
        counts = [0] * self.teams
        for number in range(self.developers):
            counts[number % self.teams] += not self.pending(number)
        return counts

    def floor(self) -> int:
        """Requests that a plan cannot do without: every page once, the portal, and who manages its memberships."""
        sorted_lists = (self.developers, self.developers, 2 * self.developers, APIS)
        unsorted = (self.teams, *self.members())
        return sum(map(pages, sorted_lists)) + sum(map(overlapping, unsorted)) + min(ROLES, self.teams) + 1 + 1


def pages(count: int) -> int:
    """How many pages a list of so many things has; an empty one has to be looked at too."""
    return max(1, ceil(count / PAGE))


def overlapping(count: int) -> int:
    """Pages of a list that cannot be sorted: each has to begin with the last thing of the one before.

    A page begins at a multiple of its size; else who moves from one page to another meanwhile is seen on neither.
    """
    number, end = 1, PAGE
    while end < count:
        end = max(ceil(end / size) * size for size in range(1, PAGE + 1))
        number += 1
    return number


def person(number: int) -> str:
    return f"person-{number:07}@partner.example"


def apis_of(number: int) -> tuple[str, str]:
    return f"api-{number % APIS:02}", f"api-{(number + 7) % APIS:02}"


def seed(world: World, path: Path) -> None:
    """Write the portal as a seed, a line a thing, without ever holding it."""
    apis = [{"name": f"api-{i:02}", "version": "v1"} for i in range(APIS)]
    members: dict[int, list[str]] = {}
    for i in range(world.developers):
        if not world.pending(i):
            members.setdefault(i % world.teams, []).append(person(i))
    teams = ({"name": world.team(t), "members": members.get(t, [])} for t in range(world.teams))
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"apis": {json.dumps(apis)}, "portals": [{{"name": "bench",\n')
        for key, things in (("developers", _people(world)), ("teams", teams), ("applications", _apps(world))):
            file.write(f'"{key}": [')
            for index, thing in enumerate(things):
                file.write(("," if index else "") + "\n" + json.dumps(thing))
            file.write("]," if key != "applications" else "]")
        file.write("}]}\n")


def _status(world: World, number: int) -> str:
    return "pending" if world.pending(number) else "approved"


def _people(world: World) -> Iterator[dict[str, Any]]:
    return ({"email": person(i), "status": _status(world, i)} for i in range(world.developers))


def _apps(world: World) -> Iterator[dict[str, Any]]:
    for i in range(world.developers):
        asked = [{"api": api, "version": "v1", "status": _status(world, i)} for api in apis_of(i)]
        yield {"name": "app", "owner": person(i), "registrations": asked}


def workspace(world: World, folder: Path, numbers: Iterable[int] | None = None) -> None:
    """Write what git says: everybody, in a team, with both APIs; the first teams have a role each."""
    (folder / "people").mkdir(parents=True, exist_ok=True)
    roles = "".join(
        f"  - name: {world.team(t)}\n    roles: [{{role: API Consumer, api: api-00}}]\n"
        for t in range(min(ROLES, world.teams))
    )
    (folder / "portal.yaml").write_text(
        f"portal: {{name: bench, region: us}}\npolicy:\n  limits: {{grants: {{count: 10000000}}}}\nteams:\n{roles}",
        encoding="utf-8",
    )
    everybody = list(range(world.developers) if numbers is None else numbers)
    for at in range(0, len(everybody), PEOPLE_IN_A_FILE):
        text = "".join(entry(world, i) for i in everybody[at : at + PEOPLE_IN_A_FILE])
        name = f"{at // PEOPLE_IN_A_FILE:04}.yaml"
        (folder / "people" / name).write_text(f"developers:\n{text}", encoding="utf-8")


def entry(world: World, number: int) -> str:
    """One person, in the lines that an admin would write."""
    one, other = apis_of(number)
    return (
        f"  - email: {person(number)}\n"
        f"    teams: [{world.team(number)}]\n"
        "    applications:\n"
        "      - name: app\n"
        f"        apis: [{one}, {other}]\n"
    )
