"""Limits that a plan must keep, each at its boundary: what is refused is shown in full, and none of it is done
(docs/manifest.md, "Refusals").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from reconciler.model.change import LIFTABLE
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story, in_words

Seed = dict[str, Any]
Git = dict[str, Any]

EVERYTHING = {"developers": ["*"], "teams": ["*"], "apis": ["*"]}


def person(number: int, domain: str = "partner.example") -> str:
    return f"p{number}@{domain}"


def people(count: int, status: str = "approved", domain: str = "partner.example") -> list[dict[str, str]]:
    return [{"email": person(number, domain), "status": status} for number in range(count)]


def seed(apis: int = 1, **records: Any) -> Seed:
    """A portal with these records and as many APIs: api0, api1, …"""
    return {
        "apis": [{"name": f"api{number}"} for number in range(apis)],
        "portals": [{"name": "acme-partners", **records}],
    }


def put(story: Story, git: Git, **limits: Any) -> None:
    """Commit the manifest, with these limits."""
    policy = {**git.get("policy", {}), "limits": {**git.get("policy", {}).get("limits", {}), **limits}}
    story.git(yaml.safe_dump({**git, "policy": policy}))


def refused(story: Story) -> list[tuple[str, int]]:
    """The rules that the plan breaks, each with its number."""
    return [(refusal["rule"], refusal["number"]) for refusal in story.plan()["refusals"]]


def stays_refused(story: Story, *more: str) -> None:
    """Every command that can plan shows it in full on stdout; nothing is written and nothing changed.

    `plan` and `apply` exit with 4, so does a saved plan that is applied, or that narrows a new one to itself.
    """
    before, file = story.portal, story.folder.parent / "refused.json"
    planned = story.run("plan", story.folder, "--format", "json", "--out", file, *more)
    applied = [
        story.run("apply", *arguments, "--yes", "--format", "json")
        for arguments in (
            [story.folder, *more],
            ["--plan", file],
            ["--plan", file, story.folder],
            [story.folder, "--reviewed", file, *more],
        )
    ]
    assert [planned.code, *(ran.code for ran in applied)] == [4] * 5
    for ran in applied:
        assert planned.json["changes"] == ran.json["changes"]
        assert planned.json["refusals"] == ran.json["refusals"] != []
        assert ran.json["outcomes"] == []
    if not more:
        assert story.drift()[1]["refusals"] == planned.json["refusals"]
    assert story.writes() == []
    assert story.portal == before


def passes(story: Story) -> None:
    """The plan breaks no limit, and is applied."""
    assert refused(story) == []
    story.apply()


@dataclass(frozen=True)
class Taking:
    """A portal with four approved things of a kind, and a manifest that takes away as many of them as asked."""

    portal: Seed
    git: Callable[[int], Git]


def _developers(n: int) -> Git:
    return {
        "developers": [
            {"email": person(number), "status": "revoked" if number < n else "approved"} for number in range(4)
        ]
    }


def _memberships(n: int) -> Git:
    def team(number: int) -> dict[str, str]:
        return {"name": f"team{number}", **({"expires": "2026-11-22"} if number < n else {})}

    return {"developers": [{"email": person(number), "teams": [team(number)]} for number in range(4)]}


def _registrations(n: int) -> Git:
    apis = [{"name": f"api{number}", "status": "revoked" if number < n else "approved"} for number in range(4)]
    return {"developers": [{"email": person(0), "applications": [{"name": "Checkout", "apis": apis}]}]}


def _roles(n: int) -> Git:
    listed = [{"role": "API Consumer", "api": f"api{number}", "region": "eu"} for number in range(n, 4)]
    policy = {"scope": EVERYTHING, "unlisted": {"roles": "remove"}}
    return {"policy": policy, "teams": [{"name": "partners", "roles": listed}]}


FOUR = {
    "removals.developers": Taking(seed(developers=people(4)), _developers),
    "removals.memberships": Taking(
        seed(
            developers=people(4),
            teams=[{"name": f"team{number}", "members": [person(number)]} for number in range(4)],
        ),
        _memberships,
    ),
    "removals.registrations": Taking(
        seed(
            apis=4,
            developers=people(1),
            applications=[
                {
                    "name": "Checkout",
                    "owner": person(0),
                    "registrations": [{"api": f"api{number}", "status": "approved"} for number in range(4)],
                }
            ],
        ),
        _registrations,
    ),
    "removals.roles": Taking(
        seed(
            apis=4,
            teams=[
                {
                    "name": "partners",
                    "roles": [{"role": "API Consumer", "api": f"api{number}", "region": "eu"} for number in range(4)],
                }
            ],
        ),
        _roles,
    ),
}
TWO_AT_MOST = {
    "floor": {"floor": 2, "max": 1, "percent": 1},
    "max": {"floor": 1, "max": 2, "percent": 100},
    "percent": {"floor": 1, "max": 50, "percent": 50},
}
"""Each part of the limit on its own lets two of four things go, and not three."""


@pytest.mark.parametrize("limit", TWO_AT_MOST.values(), ids=TWO_AT_MOST)
@pytest.mark.parametrize(("rule", "taking"), FOUR.items(), ids=FOUR)
def test_as_many_may_go_as_the_limit_says(portal: Start, rule: str, taking: Taking, limit: dict[str, int]) -> None:
    """Refused when n > floor and (n > max or n > percent): n at the limit passes."""
    story = portal(taking.portal)
    put(story, taking.git(2), removals=limit)
    passes(story)


@pytest.mark.parametrize("limit", TWO_AT_MOST.values(), ids=TWO_AT_MOST)
@pytest.mark.parametrize(("rule", "taking"), FOUR.items(), ids=FOUR)
def test_one_more_than_the_limit_is_refused(portal: Start, rule: str, taking: Taking, limit: dict[str, int]) -> None:
    """Refused when n > floor and (n > max or n > percent): here by one."""
    story = portal(taking.portal)
    put(story, taking.git(3), removals=limit)
    assert refused(story) == [(rule, 3)]
    stays_refused(story)


def test_the_default_limits_are_five_always_then_ten_percent_and_fifty(portal: Start) -> None:
    """removals: {percent: 10, floor: 5, max: 50}: of 59 people 5 may go, of 60 six, of 600 fifty."""
    for count, n in ((59, 5), (60, 6), (600, 50)):
        for taken, expected in ((n, []), (n + 1, [("removals.developers", n + 1)])):
            story = portal(seed(developers=people(count)))
            entries = [{"email": person(i), "status": "revoked" if i < taken else "approved"} for i in range(count)]
            story.git(yaml.safe_dump({"developers": entries}))
            assert refused(story) == expected


def crew(leaving: int, others: int) -> tuple[Seed, Git]:
    """A team of four of whom some leave, and a team of others who all stay."""
    portal = seed(
        developers=people(4 + others),
        teams=[
            {"name": "crew", "members": [person(i) for i in range(4)]},
            {"name": "other", "members": [person(i) for i in range(4, 4 + others)]},
        ],
    )
    member = [{"email": person(i), "expires": "2026-11-22" if i < leaving else "2027-06-30"} for i in range(4)]
    return portal, {
        "developers": [person(i) for i in range(4 + others)],
        "teams": [
            {"name": "crew", "members": member},
            {"name": "other", "members": [person(i) for i in range(4, 4 + others)]},
        ],
    }


@pytest.mark.parametrize(
    ("limit", "rules"),
    [
        pytest.param(TWO_AT_MOST["floor"], ["removals.memberships", "removals.team"], id="floor"),
        pytest.param(TWO_AT_MOST["max"], ["removals.memberships", "removals.team"], id="max"),
        pytest.param(TWO_AT_MOST["percent"], ["removals.team"], id="percent"),
    ],
)
def test_one_team_must_not_lose_more_of_its_members_than_the_limit(
    portal: Start, limit: dict[str, int], rules: list[str]
) -> None:
    """removals.team counts the members of one team: a small team is not lost among the memberships of all."""
    for leaving, expected in ((2, []), (3, rules)):
        seeded, git = crew(leaving, others=6)
        story = portal(seeded)
        put(story, git, removals=limit)
        assert refused(story) == [(rule, leaving) for rule in expected]


def test_a_team_loses_members_by_their_status_too(portal: Start) -> None:
    """n is what is approved and will not be: one leaves the team, two lose their status."""
    seeded, git = crew(1, others=6)
    git["teams"][0]["members"] = git["teams"][0]["members"][::3]
    git["developers"] = [
        {"email": email, "status": "revoked", "reason": "left"} if email in (person(1), person(2)) else email
        for email in git["developers"]
    ]
    story = portal(seeded)
    put(story, git, removals=TWO_AT_MOST["percent"])
    assert refused(story) == [("removals.team", 3)]
    stays_refused(story)


def partner(memberships: int, registrations: int) -> Seed:
    """p0 with memberships and registrations; p1 has as many."""
    return seed(
        apis=registrations,
        developers=people(2),
        teams=[{"name": f"team{i}", "members": [person(0), person(1)]} for i in range(memberships)],
        applications=[
            {
                "name": "Checkout",
                "owner": person(i),
                "registrations": [{"api": f"api{n}", "status": "approved"} for n in range(registrations)],
            }
            for i in range(2)
        ],
    )


@pytest.mark.parametrize("entry", [{"status": "revoked"}, {"status": "rejected"}, {"expires": "2026-11-22"}])
def test_what_goes_with_a_person_is_counted(portal: Start, entry: dict[str, str]) -> None:
    """Cascades and expiries are counted: one tombstone takes three memberships and three registrations."""
    story = portal(partner(3, 3))
    git = {"developers": [{"email": person(0), **entry}, person(1)]}
    put(story, git, removals={"floor": 2, "max": 2, "percent": 100})
    assert refused(story) == [("removals.memberships", 3), ("removals.registrations", 3)]
    stays_refused(story)
    put(story, git, removals={"floor": 2, "max": 3, "percent": 100})
    passes(story)


def test_what_is_outside_the_scope_does_not_make_the_whole_larger(portal: Start) -> None:
    """Percent of that kind's approved things in scope: neither other repositories' people nor pending ones."""
    story = portal(
        seed(developers=[*people(2), *people(9, domain="other.example"), {"email": "new@partner.example"}])
    )
    git = {
        "policy": {"scope": {"developers": ["*@partner.example"]}},
        "developers": [{"email": person(0), "status": "revoked"}, person(1)],
    }
    put(story, git, removals={"floor": 0, "max": 50, "percent": 49})
    assert refused(story) == [("removals.developers", 1)]
    put(story, git, removals={"floor": 0, "max": 50, "percent": 50})
    passes(story)


def test_declining_a_request_is_no_removal(portal: Start) -> None:
    """n is what is approved and will not be; who asks and is told no loses nothing."""
    story = portal(
        seed(
            developers=[*people(3, "pending"), {"email": "ada@partner.example", "status": "approved"}],
            applications=[{"name": "Checkout", "owner": "ada@partner.example", "registrations": [{"api": "api0"}]}],
        )
    )
    put(
        story,
        {
            "developers": [
                *({"email": person(i), "status": "rejected"} for i in range(3)),
                {
                    "email": "ada@partner.example",
                    "applications": [{"name": "Checkout", "apis": [{"name": "api0", "status": "rejected"}]}],
                },
            ]
        },
        removals={"floor": 0, "max": 1, "percent": 1},
    )
    passes(story)
    assert story.registrations("ada@partner.example", "Checkout") == {"api0": "rejected"}


def test_a_person_who_stops_in_several_ways_is_one_developer(portal: Start) -> None:
    """A person already revoked whose registrations were left approved: three registrations, no developer."""
    portal_ = partner(0, 3)
    portal_["portals"][0]["developers"][0]["status"] = "revoked"
    story = portal(portal_)
    git = {"developers": [{"email": person(0), "status": "revoked"}, person(1)]}
    put(story, git, removals={"floor": 0, "max": 2, "percent": 100})
    assert refused(story) == [("removals.registrations", 3)]


@pytest.mark.parametrize(("pending", "expected"), [(2, []), (3, [("grants", 3)])])
def test_no_more_is_granted_than_the_limit(portal: Start, pending: int, expected: list[tuple[str, int]]) -> None:
    """grants: {count: 2} lets two grants pass, and not three."""
    story = portal(seed(developers=people(pending, "pending")))
    put(story, {"developers": [person(i) for i in range(pending)]}, grants={"count": 2})
    assert refused(story) == expected
    stays_refused(story) if expected else passes(story)


def test_every_kind_of_grant_is_counted(portal: Start) -> None:
    """A person, a membership, a registration and a role are four grants; creating a team is none."""
    story = portal(
        seed(
            developers=people(1, "pending"),
            applications=[{"name": "Checkout", "owner": person(0), "registrations": [{"api": "api0"}]}],
        )
    )
    git = {
        "developers": [
            {
                "email": person(0),
                "teams": ["partners"],
                "applications": [{"name": "Checkout", "apis": ["api0"]}],
            }
        ],
        "teams": [{"name": "partners", "roles": [{"role": "API Viewer", "api": "api0", "region": "eu"}]}],
    }
    put(story, git, grants={"count": 3})
    assert refused(story) == [("grants", 4)]
    put(story, git, grants={"count": 4})
    passes(story)


@pytest.mark.parametrize(("newcomers", "expected"), [(2, []), (3, [("invites", 3)])])
def test_no_more_mail_is_sent_than_the_limit(portal: Start, newcomers: int, expected: list[tuple[str, int]]) -> None:
    """invites: {count: 2} lets two invitations pass, and not three."""
    story = portal(seed())
    entries = [{"email": person(i), "invite": True, "full_name": f"Person {i}"} for i in range(newcomers)]
    put(story, {"developers": entries}, invites={"count": 2})
    assert refused(story) == expected
    stays_refused(story) if expected else passes(story)


@pytest.mark.parametrize(("strangers", "expected"), [(2, []), (3, [("grants.rule", 3)])])
def test_a_standing_rule_lets_in_no_more_people_in_one_run_than_it_says(
    portal: Start, strangers: int, expected: list[tuple[str, int]]
) -> None:
    """max: more new people than this in one run are refused; who is listed or approved already does not count."""
    story = portal(
        seed(
            developers=[
                *people(strangers, "pending"),
                {"email": "listed@partner.example"},
                {"email": "old@partner.example", "status": "approved"},
                {"email": "p0@other.example"},
            ]
        )
    )
    put(
        story,
        {
            "developers": ["listed@partner.example"],
            "rules": [
                {"name": "partners", "match": {"email": "*@partner.example"}, "approve": True, "max": 2},
                {"name": "others", "match": {"email": "*@other.example"}, "approve": True, "max": 1},
            ],
        },
    )
    assert refused(story) == expected
    stays_refused(story) if expected else passes(story)


def guarded(**protected: list[str]) -> tuple[Seed, Git]:
    """Ada, a member of `live` with an application, and the team's own application; all of it is to go."""
    seeded = seed(
        developers=[{"email": "ada@acme.example", "status": "approved"}, *people(1)],
        teams=[{"name": "live", "members": ["ada@acme.example"]}],
        applications=[
            {
                "name": "Robot",
                "owner": "ada@acme.example",
                "registrations": [{"api": "api0", "status": "approved"}],
            },
            {"name": "Team bot", "owner": {"team": "live"}, "registrations": [{"api": "api0", "status": "approved"}]},
        ],
    )
    return seeded, {"policy": {"protected": protected}}


ADA = "ada@acme.example"
AWAY: dict[str, tuple[Git, set[str]]] = {
    "status": ({"developers": [{"email": ADA, "status": "revoked"}]}, {"developers", "teams"}),
    "expiry": ({"developers": [{"email": ADA, "expires": "2026-11-22"}]}, {"developers", "teams"}),
    "membership": (
        {"developers": [{"email": ADA, "teams": [{"name": "live", "expires": "2026-11-22"}]}]},
        {"developers", "teams"},
    ),
    "registration": (
        {
            "developers": [
                {"email": ADA, "applications": [{"name": "Robot", "apis": [{"name": "api0", "status": "revoked"}]}]}
            ]
        },
        {"developers"},
    ),
    "a team's registration": (
        {
            "teams": [
                {
                    "name": "live",
                    "applications": [{"name": "Team bot", "apis": [{"name": "api0", "status": "revoked"}]}],
                }
            ]
        },
        {"teams"},
    ),
}


@pytest.mark.parametrize("kind", ["developers", "teams"])
@pytest.mark.parametrize(("git", "kinds"), AWAY.values(), ids=AWAY)
def test_nothing_is_ever_taken_away_from_what_is_protected(
    portal: Start, kind: str, git: Git, kinds: set[str]
) -> None:
    """protected: {developers, teams} are globs; any removal from them refuses the whole plan."""
    seeded, policy = guarded(**{kind: ["*@acme.example" if kind == "developers" else "li*"]})
    story = portal(seeded)
    put(story, policy | git)
    if kind in kinds:
        assert refused(story) == [("protected", 1)]
        stays_refused(story)
    else:
        passes(story)


def test_a_role_of_a_protected_team_stays(portal: Start) -> None:
    """Nothing is ever taken away from a protected team, its roles included."""
    taking = FOUR["removals.roles"]
    story = portal(taking.portal)
    git = taking.git(1)
    git["policy"]["protected"] = {"teams": ["partners"]}
    put(story, git)
    assert refused(story) == [("protected", 1)]
    stays_refused(story)


def test_other_peoples_access_may_go_while_somebody_is_protected(portal: Start) -> None:
    """Protection is of those named: the same removal from anybody else passes."""
    seeded, policy = guarded(developers=["*@acme.example"], teams=["live"])
    story = portal(seeded)
    put(story, policy | {"developers": [{"email": person(0), "status": "revoked"}]})
    passes(story)


def pair(first: str = "approved", second: str = "approved") -> Seed:
    """A team of two, and a third person who could come in."""
    return seed(
        developers=[
            {"email": person(0), "status": first},
            {"email": person(1), "status": second},
            {"email": person(2), "status": "pending"},
        ],
        teams=[{"name": "live", "members": [person(0), person(1)]}],
    )


def leaves(number: int) -> Git:
    return {"email": person(number), "teams": [{"name": "live", "expires": "2026-11-22"}]}


EMPTIED: dict[str, Git] = {
    "by membership": {"developers": [leaves(0), leaves(1)]},
    "by status": {"developers": [{"email": person(i), "status": "revoked"} for i in range(2)]},
    "by expiry": {"developers": [{"email": person(i), "expires": "2026-11-22"} for i in range(2)]},
    "by both": {"developers": [leaves(0), {"email": person(1), "status": "rejected"}]},
}


@pytest.mark.parametrize("git", EMPTIED.values(), ids=EMPTIED)
def test_a_team_of_several_is_not_left_with_nobody(portal: Start, git: Git) -> None:
    """never-empty: a team that had several approved members is left with none, by membership or by status."""
    story = portal(pair())
    put(story, git)
    assert refused(story) == [("never-empty", 1)]
    stays_refused(story)


@pytest.mark.parametrize("git", EMPTIED.values(), ids=EMPTIED)
def test_a_team_that_may_be_empty_is_emptied(portal: Start, git: Git) -> None:
    """may_empty: globs of teams that a plan may leave without an approved member."""
    story = portal(pair())
    put(story, git, may_empty=["li*"])
    passes(story)


def test_a_team_is_not_empty_if_somebody_comes_in_at_the_same_time(portal: Start) -> None:
    """What counts is who is left after the plan, and the plan puts somebody in."""
    story = portal(pair())
    put(story, {"developers": [*EMPTIED["by both"]["developers"], {"email": person(2), "teams": ["live"]}]})
    passes(story)
    assert story.members("live") == [person(2)]


def test_a_team_is_not_empty_if_somebody_in_it_is_approved_at_the_same_time(portal: Start) -> None:
    """A member who was pending and is approved by this plan is an approved member after it."""
    seeded = pair()
    seeded["portals"][0]["teams"][0]["members"].append(person(2))
    story = portal(seeded)
    put(story, {"developers": [*EMPTIED["by status"]["developers"], {"email": person(2), "teams": ["live"]}]})
    passes(story)
    assert story.members("live") == [person(2)]


def test_a_team_is_not_empty_if_somebody_of_another_repository_stays(portal: Start) -> None:
    """Who is outside the scope is not touched, and is a member all the same."""
    seeded = pair()
    seeded["portals"][0]["developers"].append({"email": "robot@acme.example", "status": "approved"})
    seeded["portals"][0]["teams"][0]["members"].append("robot@acme.example")
    story = portal(seeded)
    put(story, EMPTIED["by status"] | {"policy": {"scope": {"developers": ["*@partner.example"]}}})
    passes(story)
    assert story.members("live") == ["robot@acme.example"]


def test_one_approved_member_staying_is_enough(portal: Start) -> None:
    """never-empty is about none being left."""
    story = portal(pair())
    put(story, {"developers": EMPTIED["by status"]["developers"][:1]})
    passes(story)


def test_the_last_approved_member_of_a_team_may_leave(portal: Start) -> None:
    """never-empty is about teams that had several approved members; somebody who only asked is none."""
    story = portal(pair(second="pending"))
    put(story, {"developers": EMPTIED["by membership"]["developers"][:1]})
    passes(story)


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        ("developers", "revoke"),
        ("memberships", "exact"),
        ("memberships", "remove"),
        ("registrations", "exact"),
        ("registrations", "revoke"),
        ("roles", "remove"),
    ],
)
def test_a_workspace_that_lists_nothing_of_a_kind_takes_nothing_of_it_away(
    portal: Start, kind: str, policy: str
) -> None:
    """empty-workspace: files that vanished must not read as "nobody"; neither a flag nor the policy lifts it."""
    story = portal(partner(1, 1))
    listing: Git = {
        "developers": [
            {"email": person(i), "teams": ["team0"], "applications": [{"name": "Checkout", "apis": ["api0"]}]}
            for i in range(2)
        ],
        "teams": [{"name": "team0", "roles": [{"role": "API Viewer", "api": "api0", "region": "eu"}]}],
    }
    setting = {"policy": {"scope": EVERYTHING, "unlisted": {kind: policy}}}
    put(story, setting | ({} if kind == "developers" else {"developers": [person(0), person(1)]}), may_empty=["*"])
    assert refused(story) == [("empty-workspace", 0)]
    stays_refused(story)
    assert story.plan()["refusals"][0]["liftable"] is False
    put(story, setting | listing)
    passes(story)


def test_nothing_lifts_an_empty_workspace(portal: Start) -> None:
    """--allow empty-workspace is a usage error (3); policy.allow cannot name it either."""
    story = portal(partner(0, 0))
    setting = {"scope": EVERYTHING, "unlisted": {"developers": "revoke"}}
    put(story, {"policy": setting})
    ran = story.run("apply", story.folder, "--yes", "--allow", "empty-workspace", "--reason", "sure")
    assert (ran.code, ran.out) == (3, "")
    assert "nothing lifts empty-workspace" in ran.err
    assert story.server.requests == []
    allow = [{"rule": "empty-workspace", "max": 9, "until": "2026-12-01", "reason": "sure"}]
    put(story, {"policy": setting | {"allow": allow}})
    assert story.run("plan", story.folder).code == 3
    assert story.server.requests == []


ALL_GO = {"developers": [{"email": person(i), "status": "revoked"} for i in range(3)]}


def three_go(portal: Start, **policy: Any) -> Story:
    """A plan that revokes three of three people where one is the limit."""
    story = portal(seed(developers=people(3)))
    put(story, ALL_GO | {"policy": policy}, removals={"floor": 0, "max": 1, "percent": 100})
    return story


def test_a_refused_plan_is_shown_in_full_on_stdout(portal: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is refused is still shown in full, then refused as a whole; what to do is said with it."""
    story = three_go(portal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(story.folder.parent)
    ran = story.run("plan", "access")
    out = ran.out.replace(story.server.url, "https://portal.example")
    shown = [" ".join(line.split()) for line in out.splitlines()]
    assert ran.code == 4
    assert shown == [
        "Plan for portal acme-partners",
        "eu, https://portal.example",
        "git: access",
        "",
        "Who LOSES access (3 people)",
        "p0@partner.example",
        "- REVOKE the developer: approved → revoked (listed as revoked) access/access.yaml:3",
        "p1@partner.example",
        "- REVOKE the developer: approved → revoked (listed as revoked) access/access.yaml:5",
        "p2@partner.example",
        "- REVOKE the developer: approved → revoked (listed as revoked) access/access.yaml:7",
        "",
        "REFUSED (1): nothing is applied",
        "removals.developers: 3 of 3 approved developers would be taken away",
        "number: 3; limit: up to 0 always, else at most 1 and at most 100 % of 3",
        "way out: split the change, raise policy.limits.removals by review, add an entry to policy.allow, "
        "or lift it for",
        "one run with --allow removals.developers --reason TEXT",
        "",
        "Looked at 0 applications, 3 developers, 0 memberships, 0 registrations, 0 teams.",
        "",
        "REFUSED by 1 rule, nothing is applied: 0 to grant, 3 to REMOVE",
    ]


def test_a_refusal_is_no_matter_of_drift(portal: Start) -> None:
    """4 is for `plan` and `apply`; `drift` says 2, and that it would be refused."""
    story = three_go(portal)
    code, report = story.drift()
    assert code == 2
    assert [refusal["rule"] for refusal in report["refusals"]] == ["removals.developers"]


def test_a_refusal_outranks_the_detailed_exit_code(portal: Start) -> None:
    """Where several codes hold, 4 comes before 2."""
    story = three_go(portal)
    assert story.run("plan", story.folder, "--detailed-exitcode").code == 4


def test_a_flag_lifts_one_rule_for_one_run_and_stands_in_the_result(portal: Start) -> None:
    """--allow RULE --reason TEXT: the plan passes, and the result says what was lifted and why."""
    story = three_go(portal)
    allow = ("--allow", "removals.developers", "--reason", "PART-9: the contract ended")
    planned = story.run("plan", story.folder, "--format", "json", *allow)
    assert planned.code == 0
    assert planned.json["refusals"] == []
    [lifted] = planned.json["lifted"]
    assert lifted == {
        "refusal": {
            "rule": "removals.developers",
            "message": "3 of 3 approved developers would be taken away",
            "number": 3,
            "limit": "up to 0 always, else at most 1 and at most 100 % of 3",
            "hint": lifted["refusal"]["hint"],
            "liftable": True,
        },
        "by": "flag",
        "reason": "PART-9: the contract ended",
        "file": None,
        "line": None,
        "column": None,
    }
    assert story.run("plan", story.folder).code == 4
    applied = story.run("apply", story.folder, "--yes", "--format", "json", *allow)
    assert (applied.code, applied.json["lifted"]) == (0, [lifted])
    assert set(story.portal["developers"].values()) == {"revoked"}


def test_a_flag_lifts_no_other_rule(portal: Start) -> None:
    """Two rules are broken, one is lifted: the plan stays refused by the other."""
    story = three_go(portal, protected={"developers": ["*@partner.example"]})
    assert refused(story) == [("protected", 3), ("removals.developers", 3)]
    allow = ("--allow", "removals.developers", "--reason", "agreed")
    stays_refused(story, *allow)
    plan = story.plan(*allow)
    assert [refusal["rule"] for refusal in plan["refusals"]] == ["protected"]
    both = story.run("apply", story.folder, "--yes", *allow, "--allow", "protected")
    assert both.code == 0
    assert set(story.portal["developers"].values()) == {"revoked"}


def test_a_flag_for_a_rule_that_is_not_broken_lifts_nothing(portal: Start) -> None:
    """What was not refused is not among what was lifted."""
    story = portal(seed(developers=people(1)))
    put(story, {"developers": [person(0)]})
    assert story.plan("--allow", "grants", "--reason", "in case")["lifted"] == []


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--allow", "removals.developers"], "--allow needs --reason"),
        (["--allow", "removals.developers", "--reason", ""], "--allow needs --reason"),
        (["--allow", "removals.developers", "--reason", "  "], "--allow needs --reason"),
        (["--allow", "removals", "--reason", "sure"], "knows no rule 'removals'"),
        (["--allow", "*", "--reason", "sure"], "knows no rule '*'"),
        (["--reason", "sure"], "--reason goes with --allow"),
    ],
)
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_lifting_takes_a_known_rule_and_a_reason(
    portal: Start, command: list[str], flags: list[str], says: str
) -> None:
    """--allow without a reason, or for a rule that is none, is a usage error (3), and nothing is read."""
    story = three_go(portal)
    ran = story.run(*command, story.folder, *flags)
    assert (ran.code, ran.out) == (3, "")
    assert says in ran.err
    assert story.server.requests == []


def allowing(**changed: Any) -> list[dict[str, Any]]:
    return [{"rule": "removals.developers", "max": 3, "until": "2026-11-23", "reason": "PART-9", **changed}]


def test_a_reviewed_exception_lifts_up_to_its_number_and_through_its_day(portal: Start) -> None:
    """policy.allow does so by review, up to a number and a day; it stands in the result with its line."""
    story = three_go(portal, allow=allowing())
    story.now = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    plan = story.plan()
    assert plan["refusals"] == []
    [lifted] = plan["lifted"]
    assert (lifted["refusal"]["rule"], lifted["by"], lifted["reason"]) == ("removals.developers", "policy", "PART-9")
    assert (lifted["file"], lifted["line"]) == (str(story.folder / "access.yaml"), line_of(story, "max: 3"))
    story.apply()
    assert set(story.portal["developers"].values()) == {"revoked"}


def line_of(story: Story, text: str) -> int:
    """The line in access.yaml that holds the text."""
    lines = (story.folder / "access.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_reviewed_exception_ends_with_its_day(portal: Start) -> None:
    """The day after `until` (UTC) it lifts nothing any more, and says so."""
    story = three_go(portal, allow=allowing())
    story.now = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert refused(story) == [("removals.developers", 3)]
    assert [finding["rule"] for finding in story.plan()["findings"]] == ["allowance-expired"]
    stays_refused(story)


@pytest.mark.parametrize("changed", [{"max": 2}, {"rule": "removals.memberships"}])
def test_a_reviewed_exception_lifts_no_more_and_nothing_else(portal: Start, changed: dict[str, Any]) -> None:
    """Three are too many for an exception up to two, and one for memberships is none for developers."""
    story = three_go(portal, allow=allowing(**changed))
    assert refused(story) == [("removals.developers", 3)]
    stays_refused(story)


def test_the_removals_of_a_refused_plan_are_all_listed(portal: Start) -> None:
    """Shown in full: the refusal does not shorten the plan."""
    assert [in_words(change) for change in three_go(portal).plan()["changes"]] == [
        f"revoke-developer | {person(i)}" for i in range(3)
    ]


def _invites(n: int) -> Git:
    entries = [{"email": person(i), "invite": True, "full_name": f"Person {i}"} for i in range(n)]
    return {"policy": {"limits": {"invites": {"count": 1}}}, "developers": entries}


def _all_leave_the_crew() -> tuple[Seed, Git]:
    seeded, git = crew(3, others=60)
    return seeded, git | {"policy": {"limits": {"removals": {"floor": 2, "max": 50, "percent": 50}}}}


def _limited(rule: str) -> tuple[Seed, Git]:
    taking = FOUR[rule]
    git = taking.git(3)
    limits = {"limits": {"removals": {"floor": 2, "max": 2, "percent": 100}}}
    return taking.portal, git | {"policy": git.get("policy", {}) | limits}


def _guarded() -> tuple[Seed, Git]:
    seeded, policy = guarded(developers=["*@acme.example"])
    return seeded, policy | AWAY["status"][0]


WAYS = "add an entry to policy.allow, or lift it for one run with --allow"
REFUSED: dict[str, tuple[tuple[Seed, Git], int, str, str, str]] = {
    **{
        f"removals.{kind}": (
            _limited(f"removals.{kind}"),
            3,
            f"3 of 4 approved {kind} would be taken away",
            "up to 2 always, else at most 2 and at most 100 % of 4",
            "split the change, raise policy.limits.removals by review",
        )
        for kind in ("developers", "memberships", "registrations", "roles")
    },
    "removals.team": (
        _all_leave_the_crew(),
        3,
        "3 of 4 approved members of team crew would be taken away",
        "up to 2 always, else at most 50 and at most 50 % of 4",
        "split the change, raise policy.limits.removals by review",
    ),
    "grants": (
        (
            seed(developers=people(3, "pending")),
            {"policy": {"limits": {"grants": {"count": 2}}}, "developers": [person(i) for i in range(3)]},
        ),
        3,
        "the plan makes 3 grants",
        "at most 2",
        "split the change, raise policy.limits.grants.count by review",
    ),
    "grants.rule": (
        (
            seed(developers=people(3, "pending")),
            {"rules": [{"name": "all", "match": {"email": "*@partner.example"}, "approve": True, "max": 2}]},
        ),
        3,
        "rule 'all' would approve 3 new people",
        "at most 2",
        "raise the rule's max by review",
    ),
    "invites": (
        (seed(), _invites(2)),
        2,
        "the plan makes 2 invitations",
        "at most 1",
        "split the change, raise policy.limits.invites.count by review",
    ),
    "protected": (
        _guarded(),
        1,
        "the plan takes access away from what policy.protected names: ada@acme.example",
        "none",
        "take them out of policy.protected by review",
    ),
    "never-empty": (
        (pair(), EMPTIED["by both"]),
        1,
        "team live had 2 approved members and would be left with none",
        "at least one approved member, or the team named in policy.limits.may_empty",
        "list who stays in team live, add it to policy.limits.may_empty by review",
    ),
}
"""For each rule that can be lifted a story that breaks it and no other: the number, and the refusal in words."""


def test_every_rule_that_can_be_lifted_has_its_story() -> None:
    assert set(REFUSED) == set(LIFTABLE)


@pytest.mark.parametrize(("rule", "broken"), REFUSED.items(), ids=REFUSED)
def test_a_refusal_names_rule_number_limit_and_way_out(
    portal: Start, rule: str, broken: tuple[tuple[Seed, Git], int, str, str, str]
) -> None:
    """Whole refusals, as every format gets them; every command that can plan has the same."""
    (seeded, git), number, message, limit, way_out = broken
    story = portal(seeded)
    put(story, git)
    assert story.plan()["refusals"] == [
        {
            "rule": rule,
            "message": message,
            "number": number,
            "limit": limit,
            "hint": f"{way_out}, {WAYS} {rule} --reason TEXT",
            "liftable": True,
        }
    ]
    stays_refused(story)


@pytest.mark.parametrize(("rule", "broken"), REFUSED.items(), ids=REFUSED)
def test_a_flag_lifts_each_rule(
    portal: Start, rule: str, broken: tuple[tuple[Seed, Git], int, str, str, str]
) -> None:
    """The way out that the refusal names is one."""
    story = portal(broken[0][0])
    put(story, broken[0][1])
    ran = story.run("apply", story.folder, "--yes", "--format", "json", "--allow", rule, "--reason", "agreed")
    assert (ran.code, [each["refusal"]["rule"] for each in ran.json["lifted"]]) == (0, [rule])
    assert story.changes() == []


@pytest.mark.parametrize(("rule", "broken"), REFUSED.items(), ids=REFUSED)
def test_a_reviewed_exception_lifts_each_rule_up_to_its_number_and_day(
    portal: Start, rule: str, broken: tuple[tuple[Seed, Git], int, str, str, str]
) -> None:
    """At its number and on its day it counts; one less, or the day after, it does not."""
    (seeded, git), number, *_ = broken
    story = portal(seeded)
    for most, until, expected in (
        (number, "2026-11-23", []),
        (number - 1, "2026-11-23", [(rule, number)]),
        (number, "2026-11-22", [(rule, number)]),
    ):
        allow = [{"rule": rule, "max": most, "until": until, "reason": "agreed"}]
        put(story, git | {"policy": git.get("policy", {}) | {"allow": allow}})
        assert refused(story) == expected


UNLISTED = {
    "developers": ("revoke", seed(developers=people(4)), {"developers": [person(3)]}),
    "memberships": (
        "exact",
        seed(developers=people(4), teams=[{"name": "team", "members": [person(i) for i in range(4)]}]),
        {"developers": [{"email": person(i), **({"teams": ["team"]} if i == 3 else {})} for i in range(4)]},
    ),
    "registrations": (
        "revoke",
        FOUR["removals.registrations"].portal,
        {"developers": [{"email": person(0), "applications": [{"name": "Checkout", "apis": ["api3"]}]}]},
    ),
}


@pytest.mark.parametrize(("kind", "unlisted"), UNLISTED.items(), ids=UNLISTED)
def test_what_a_policy_takes_counts_as_what_an_entry_takes(
    portal: Start, kind: str, unlisted: tuple[str, Seed, Git]
) -> None:
    """A file that lost its lines is the case that the limits are for: three of four go by `unlisted`."""
    policy, seeded, git = unlisted
    story = portal(seeded)
    git = git | {"policy": {"scope": EVERYTHING, "unlisted": {kind: policy}}}
    put(story, git, removals={"floor": 2, "max": 2, "percent": 100})
    assert ("removals." + kind, 3) in refused(story)
    stays_refused(story)
    put(story, git, removals={"floor": 2, "max": 3, "percent": 100})
    passes(story)
