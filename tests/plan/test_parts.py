"""Of which part of the portal a look is enough: whom some changes, or another commit of the workspace, are about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.change import ApiRef, Ref, Subject
from reconciler.model.desired import Desired
from reconciler.model.observed import Need, Part
from reconciler.plan.about import asked, listed, part_about
from reconciler.plan.since import changed, narrowed, pays
from tests.plan.test_whole_plans import desired


def part(people: int = 0, teams: int = 0, addresses: int | None = None) -> Part:
    """So many people and teams; each person is written in one way unless `addresses` says otherwise."""
    keys = [f"p{n}@x.example" for n in range(people)]
    written = keys if addresses is None else [str(n) for n in range(addresses)]
    return Part(tuple(written), frozenset(keys), frozenset(f"t{n}" for n in range(teams)))


NEED = Need()
NO_LISTS = Need(developers=False, memberships=False, registrations=False)


@pytest.mark.parametrize(
    ("about", "need", "requests"),
    [
        (part(), NEED, 0),
        (part(50), NO_LISTS, 1),
        (part(51), NO_LISTS, 2),
        (part(1, addresses=101), NO_LISTS, 3),
        (part(3), replace(NO_LISTS, memberships=True), 1 + 3),
        (part(3, 2), replace(NO_LISTS, memberships=True), 1 + 3),
        (part(25), replace(NO_LISTS, registrations=True), 1 + 2),
        (part(26), replace(NO_LISTS, registrations=True), 1 + 4),
        (part(0, 3), replace(NO_LISTS, registrations=True), 6),
        (part(26, 3), NEED, 1 + 26 + 4 + 6),
    ],
)
def test_what_asking_for_a_part_takes(about: Part, need: Need, requests: int) -> None:
    """Fifty addresses a filter; each person's teams; applications and registrations of twenty-five people at once."""
    assert asked(about, need) == requests


@pytest.mark.parametrize(
    ("need", "pages"),
    [
        (NEED, 2 + 3 + 4),
        (replace(NEED, judging=False), 2 + 3),
        (replace(NEED, registrations=False), 2),
        (replace(NEED, developers=False), 3 + 4),
        (NO_LISTS, 0),
    ],
)
def test_what_reading_the_lists_takes(need: Need, pages: int) -> None:
    """A hundred a page; a list whose length nobody knows counts as empty, so that it is never left out for that."""
    assert listed(need, {"developers": 101, "registrations": 300, "applications": 301}) == pages
    assert listed(need, {}) == 0


ADA = Subject("developer", developer=Ref("Ada@x.example"))
JOINS = Subject("membership", developer=Ref("bob@x.example"), team=Ref("crew"))
ROLE = Subject("role", team=Ref("crew"), role=Ref("API Viewer"), api=ApiRef("payments"))
BOTS = Subject("registration", team=Ref("bots"), application=Ref("Bot"), api=ApiRef("payments"))


def test_changes_are_about_people_and_about_teams_that_own_applications() -> None:
    """Each person in both ways of writing them, as the portal may regard case; a team's own list is read anyway."""
    found = part_about([ADA, JOINS, ROLE, BOTS], NEED, {"developers": 10_000})
    assert found == Part(
        ("Ada@x.example", "ada@x.example", "bob@x.example"),
        frozenset({"ada@x.example", "bob@x.example"}),
        frozenset({"bots"}),
    )


def test_the_part_is_asked_for_where_that_takes_fewer_requests() -> None:
    need = replace(NO_LISTS, developers=True)
    assert part_about([ADA], need, {"developers": 101}) is not None
    assert part_about([ADA], need, {"developers": 100}) is None


PORTAL = "portal: {name: acme, region: eu}\n"
BASE = """
developers:
  - {email: Ada@x.example, teams: [crew], applications: [{name: App, apis: [payments]}]}
  - {email: bob@x.example, teams: [crew]}
  - {email: cy@x.example, status: revoked}
teams:
  - {name: crew, description: The crew, roles: [{role: API Viewer, api: payments}, {role: API Viewer, api: orders}]}
  - {name: bots, applications: [{name: Bot, apis: [payments]}]}
  - {name: idle, roles: [{role: API Consumer, api: payments}]}
"""


def meant(text: str) -> Desired:
    found, said = desired({"access.yaml": PORTAL + text})
    assert found is not None, said
    return found


def since(old: str = "", new: str = "", *, policy: str = "") -> Part | None:
    """Whom the workspace is about, once `old` has become `new` in it."""
    assert old in BASE
    return changed(meant(policy + BASE), meant(policy + BASE.replace(old, new)))


def about(*people: str, teams: tuple[str, ...] = (), **more: Any) -> Part:
    return Part(tuple(sorted(people)), frozenset(p.lower() for p in people), frozenset(teams), **more)


ADAS = ("Ada@x.example", "ada@x.example")
EXACT = 'policy: {scope: {developers: ["*"], teams: ["*"], apis: ["*"]}, unlisted: {memberships: exact}}\n'
CHANGES: dict[str, tuple[str, str, Part]] = {
    "nothing": ("", "", about()),
    "lines move": ("developers:\n", "\n\ndevelopers:\n", about()),
    "an annotation": ("bob@x.example, ", "bob@x.example, annotations: {desk: '9'}, ", about()),
    "roles in another order": (
        "{role: API Viewer, api: payments}, {role: API Viewer, api: orders}",
        "{role: API Viewer, api: orders}, {role: API Viewer, api: payments}",
        about(),
    ),
    "a person's status": (
        "bob@x.example, teams: [crew]",
        "bob@x.example, status: revoked",
        about("bob@x.example", taken=frozenset({"bob@x.example"})),
    ),
    "a person is given back": ("cy@x.example, status: revoked", "cy@x.example", about("cy@x.example")),
    "a person is new": ("teams:\n", "  - dee@x.example\nteams:\n", about("dee@x.example")),
    "a person is gone": ("  - {email: bob@x.example, teams: [crew]}\n", "", about("bob@x.example")),
    "a team of a person": ("bob@x.example, teams: [crew]", "bob@x.example, teams: [idle]", about("bob@x.example")),
    "a day": ("teams: [crew], app", "teams: [{name: crew, expires: 2027-01-01}], app", about(*ADAS)),
    "an API": ("App, apis: [payments]", "App, apis: [orders]", about(*ADAS)),
    "a team's API": ("Bot, apis: [payments]", "Bot, apis: [orders]", about(teams=("bots",))),
    "a description": ("The crew", "A crew", about(teams=("crew",))),
    "a role": (", {role: API Viewer, api: orders}", "", about(teams=("crew",))),
    "roles no more": (
        ", roles: [{role: API Viewer, api: payments}, {role: API Viewer, api: orders}]",
        "",
        about(teams=("crew",)),
    ),
    "ownership": ("name: idle", "name: idle, can_own_applications: true", about(teams=("idle",))),
    "a team": ("name: idle", "name: lazy", about(teams=("idle", "lazy"))),
    "another way to write an address": ("Ada@x.example", "ADA@x.example", about(*ADAS, "ADA@x.example")),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_about_those_of_whom_git_says_anything_else(old: str, new: str, expected: Part) -> None:
    assert since(old, new) == expected


def test_a_change_can_be_about_anybody() -> None:
    """Where a kind is listed for the first time; or, where teams are exact, where one begins to list its members."""
    roles = ", roles: [{role: API Viewer, api: payments}, {role: API Viewer, api: orders}]"
    assert (
        changed(meant(BASE.replace("status: revoked", "teams: [idle]")), meant("developers: [a@x.example]")) is None
    )
    begins = ("name: idle", "name: idle, members: [bob@x.example]")
    assert since(*begins) == about("bob@x.example", teams=("idle",))
    assert since(*begins, policy=EXACT) is None
    assert since("name: idle", "name: lazy", policy=EXACT) == about(teams=("idle", "lazy"))
    lists = BASE.replace("name: idle", "name: idle, description: Few, members: [bob@x.example]")
    fewer = lists.replace("Few", "A few")
    assert changed(meant(EXACT + lists), meant(EXACT + fewer)) == about(teams=("idle",))
    assert since(roles, "", policy=EXACT) == about(teams=("crew",))


def test_every_way_to_write_an_address_is_asked_for() -> None:
    """In an entry, in a team and at an application, before and after; whether a filter regards case is not known."""
    before = "developers: [Ada@x.example, bob@x.example]\nteams: [{name: crew, members: [ADA@x.example]}]"
    app = "apis: [{name: payments, applications: [{owner: ada@X.example, name: App}]}]"
    now = "developers: [bob@x.example]\nteams: [{name: crew, members: [aDA@x.example, bob@x.example]}]"
    found = changed(meant(f"{before}\n{app}"), meant(f"{now}\n{app.replace('ada@X', 'adA@x')}"))
    assert found is not None
    assert found.addresses == tuple(
        sorted(
            [
                *("Ada@x.example", "ADA@x.example", "ada@X.example", "aDA@x.example", "adA@x.example"),
                *("ada@x.example", "bob@x.example"),
            ]
        )
    )


def lines(said: Desired) -> list[str]:
    return [
        *said.developers,
        *said.teams,
        *(f"{line.key} in {line.team}" for line in said.memberships),
        *(f"{line.owner} {line.application}" for line in said.registrations),
    ]


def test_what_git_says_about_a_part_is_its_people_their_teams_and_its_teams() -> None:
    """Teams that are named there may have to be made first."""
    whole = meant(BASE)
    assert lines(narrowed(whole, about(*ADAS))) == [
        "ada@x.example",
        "crew",
        "ada@x.example in crew",
        "Ada@x.example App",
    ]
    assert lines(narrowed(whole, about(teams=("bots", "idle")))) == ["bots", "idle", "team bots Bot"]
    assert lines(narrowed(whole, about("cy@x.example", "Bots"))) == ["cy@x.example"]
    assert narrowed(whole, about()).policy is whole.policy


def test_asking_for_a_part_pays_where_git_lists_much_more() -> None:
    """As many requests as it takes, and two that count, are fewer than the pages of what git lists."""
    people = "\n".join(f"  - {{email: p{n}@x.example, teams: [crew]}}" for n in range(201))
    apps = "\n".join(
        f"  - {{email: p{n}@x.example, applications: [{{name: A, apis: [payments]}}]}}" for n in range(101)
    )
    much, asking = meant(f"developers:\n{people}"), meant(f"developers:\n{apps}")
    none = replace(NO_LISTS, developers=True)
    assert [pays(much, part(n), none) for n in (150, 151)] == [True, False]
    assert [pays(asking, part(0, teams), replace(NEED, memberships=False)) for teams in (1, 2)] == [True, False]
