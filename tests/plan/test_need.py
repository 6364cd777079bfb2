"""What is read of the portal: every list that something in git can concern, and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.observed import Need
from reconciler.plan.need import as_needed, need_of, need_of_access
from tests.plan.test_whole_plans import desired, observed

IGNORED = "policy: {unlisted: {memberships: ignore, registrations: ignore}}\n"
SCOPE = 'scope: {developers: ["*"], teams: ["*"], apis: ["*"]}'
LEAST = Need(team_list=False, memberships=False, registrations=False, apis=False)
PEOPLE = Need(registrations=False, apis=False)
ALL = Need(apis=False)
NEEDS = {
    "nothing that is not listed counts": (IGNORED + "developers: [a@x.example]", LEAST),
    "access that is not listed is reported": ("developers: [a@x.example]", ALL),
    "memberships are reported": (IGNORED.replace("memberships", "developers") + "developers: [a@x.example]", PEOPLE),
    "registrations are reported": (
        IGNORED.replace("registrations", "developers") + "developers: [a@x.example]",
        replace(ALL, memberships=False),
    ),
    "somebody is taken away": (IGNORED + "developers: [{email: a@x.example, status: revoked}]", ALL),
    "everybody who is not listed is taken away": (
        f"policy: {{{SCOPE}, unlisted: {{developers: revoke, memberships: ignore, registrations: ignore}}}}\n"
        "developers: [a@x.example]",
        ALL,
    ),
    "somebody is in a team": (IGNORED + "developers: [{email: a@x.example, teams: [crew]}]", PEOPLE),
    "a rule puts people into a team": (
        IGNORED + "rules: [{name: r, match: {email: '*@x.example'}, approve: true, teams: [crew]}]",
        PEOPLE,
    ),
    "a team is to be there": (IGNORED + "teams: [{name: crew}]", replace(LEAST, team_list=True)),
    "a team has roles": (
        IGNORED + "teams: [{name: crew, roles: [{role: API Viewer, api: payments}]}, {name: beta}]",
        replace(LEAST, team_list=True, roles_of=("crew",), apis=True),
    ),
    "a team has no role": (
        IGNORED + "teams: [{name: crew, roles: []}]",
        replace(LEAST, team_list=True, roles_of=("crew",), apis=True),
    ),
    "an application asks": (
        IGNORED + "developers: [{email: a@x.example, applications: [{name: App, apis: [payments]}]}]",
        replace(LEAST, team_list=True, registrations=True, apis=True),
    ),
    "an application asks for packages": (
        IGNORED
        + "developers: [{email: a@x.example, applications: [{name: App, apis: [{package: kit}, {package: b}]}]}]",
        replace(LEAST, team_list=True, registrations=True, packages=("b", "kit")),
    ),
    "a rule approves what is asked for": (
        IGNORED + "rules: [{name: r, match: {email: '*@x.example'}, approve: true, apis: [payments]}]",
        replace(LEAST, team_list=True, registrations=True, apis=True),
    ),
    "some teams are in scope": (
        'policy: {scope: {teams: ["a*"]}, unlisted: {registrations: ignore}}\ndevelopers: [a@x.example]',
        replace(PEOPLE, teams=("a*",)),
    ),
}


def need(text: str) -> tuple[Need, Need]:
    """What the plan needs, and what telling who has access needs."""
    meant, found = desired({"access.yaml": f"portal: {{name: acme, region: eu}}\n{text}"})
    assert meant is not None, found
    return need_of(meant), need_of_access(meant)


@pytest.mark.parametrize(("text", "expected"), NEEDS.values(), ids=NEEDS)
def test_what_nothing_in_git_can_concern_is_not_asked_for(text: str, expected: Need) -> None:
    assert need(text)[0] == expected


@pytest.mark.parametrize(("text", "expected"), NEEDS.values(), ids=NEEDS)
def test_who_has_access_is_told_from_every_list(text: str, expected: Need) -> None:
    every = {"team_list": True, "memberships": True, "registrations": True, "apis": True, "all_roles": True}
    assert need(text)[1] == replace(expected, **every)


LISTS = {"developers", "teams", "memberships", "applications", "registrations", "apis", "roles"}
THERE = replace(
    observed(
        {
            "developers": [["d1", "a@x.example", "approved"]],
            "teams": [["t1", "alpha"], ["t2", "beta"]],
            "memberships": [["t1", "d1"], ["t2", "d1"]],
            "roles": [["r1", "t1", "API Viewer", "payments", "eu"], ["r2", "t2", "API Viewer", "payments", "eu"]],
            "applications": [["a1", "App", "developer", "d1"]],
            "registrations": [["g1", "a1", "payments", "approved"]],
            "apis": [["payments", "payments", None], ["kit", "kit", None, "api_package"]],
        }
    ),
    read=frozenset(LISTS),
)


def kept(**more: Any) -> dict[str, list[str]]:
    """The ids, or for memberships the teams, of what is left of each list; and which lists count as read."""
    seen = as_needed(THERE, replace(LEAST, **more))
    lists = {name: getattr(seen, name) for name in sorted(LISTS)}
    return {
        **{
            name: [getattr(one, "id", None) or one.team_id for one in found] for name, found in lists.items() if found
        },
        "read": sorted(seen.read),
    }


PERSON = {"developers": ["d1"]}


def test_what_was_read_beyond_the_need_does_not_count() -> None:
    """A snapshot has every list; a plan from it is the one that the portal gives, where only some were asked for."""
    assert kept() == {**PERSON, "read": ["developers"]}
    assert kept(developers=False)["read"] == []
    assert kept(team_list=True) == {**PERSON, "teams": ["t1", "t2"], "read": ["developers", "teams"]}
    assert kept(team_list=True, memberships=True, teams=("a*",)) == {
        **PERSON,
        "teams": ["t1", "t2"],
        "memberships": ["t1"],
        "read": ["developers", "memberships", "teams"],
    }
    assert kept(registrations=True) == {
        **PERSON,
        "applications": ["a1"],
        "registrations": ["g1"],
        "read": ["applications", "developers", "registrations"],
    }
    assert kept(apis=True) == {**PERSON, "apis": ["payments"], "read": ["apis", "developers"]}
    assert kept(packages=("kit",)) == {**PERSON, "apis": ["kit"], "read": ["developers"]}
    assert kept(packages=("tool",)) == {**PERSON, "read": ["developers"]}
    assert kept(team_list=True, roles_of=("beta",)) == {
        **PERSON,
        "teams": ["t1", "t2"],
        "roles": ["r2"],
        "read": ["developers", "roles", "teams"],
    }
    assert kept(all_roles=True) == {**PERSON, "roles": ["r1", "r2"], "read": ["developers", "roles"]}


def test_where_everything_is_needed_everything_that_was_read_stays() -> None:
    every = Need(packages=("kit",), all_roles=True)
    assert as_needed(THERE, every) == THERE
    assert as_needed(replace(THERE, read=frozenset({"teams"})), every).read == {"teams"}
