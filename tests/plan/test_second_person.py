"""Whoever authors a change must not be the one whom it lets in, unseen; and where the policy asks, not at all."""

from __future__ import annotations

import pytest

from reconciler.model.change import ApiRef, Plan, Ref, Subject
from reconciler.plan.make import make_plan
from reconciler.plan.second_person import OwnGrant, second_person, unknown_author
from reconciler.plan.second_person import flagged as flagged_findings
from tests.plan.test_whole_plans import desired, observed

FILES = """
portal: {name: acme, region: eu}
policy: {require: {second_person: %s}, limits: {removals: {floor: 9}, may_empty: ["*"]}}
developers:
  - email: Ada@x.example
    annotations: {login: ada-l, github: ADA-gh, gitlab: ada-gl, jenkins: ada-j, slack: ada-s}
    teams: [crew]
    applications: [{name: App, apis: [payments, {name: orders, register: true}]}, {name: Later, apis: [payments]}]
  - {email: bob@x.example, annotations: {github: bob-gh}, teams: [{name: crew, expires: 2026-11-01}]}
  - {email: cy@x.example, teams: [crew]}
teams: [{name: crew, description: New, roles: [{role: API Viewer, api: payments}]}]
"""
THERE = {
    "developers": [
        ["d1", "ada@x.example", "pending"],
        ["d2", "bob@x.example", "approved"],
        ["d3", "cy@x.example", "approved"],
    ],
    "teams": [["t1", "crew"]],
    "memberships": [["t1", "d2"]],
    "applications": [["a1", "App", "developer", "d1"]],
    "registrations": [["g1", "a1", "payments", "pending"]],
    "apis": [["payments", "payments", None], ["orders", "orders", "v1"]],
}
OWN = [
    "8: orders v1 for 'App' of ada@x.example",
    "8: payments for 'App' of ada@x.example",
    "8: payments for 'Later' of ada@x.example",
    "7: ada@x.example in team crew",
    "5: the approval of ada@x.example",
]
CY = "10: cy@x.example in team crew"


def plan(*authors: str, asked: bool = True, change: bool = True) -> Plan:
    meant, found = desired({"access.yaml": FILES % str(asked).lower()})
    assert meant is not None, found
    return make_plan(meant, observed(THERE), authors=authors if change else None)


def flagged(found: Plan) -> set[str]:
    """The grants that are flagged, each with its line."""
    told = "whoever authored this change grants it to themselves: "
    assert {(f.rule, f.severity, f.hint) for f in found.findings} <= {
        (
            "self-grant",
            "warning",
            "let somebody else author it; that somebody else approves it is up to branch protection",
        )
    }
    return {f"{f.origin.line}: {f.message.removeprefix(told)}" for f in found.findings if f.origin}


def refused(found: Plan) -> list[str]:
    return [f"{r.rule}, {r.number}, {r.limit}: {r.message}" for r in found.refusals]


REFUSED = "policy.require.second_person: the author of the change grants access to themselves"


@pytest.mark.parametrize("author", ["ADA@x.example", "ada-l", "ada-GH", "ada-gl", "ada-j"])
def test_what_an_author_gives_to_themselves_is_flagged_at_its_line(author: str) -> None:
    """Whether it is done now or waits for them to ask; they are known by address and by the logins of their entry."""
    assert flagged(plan(author, asked=False)) == set(OWN)
    assert refused(plan(author, asked=False)) == []
    assert refused(plan(author)) == [f"second-person, 5, none: {REFUSED}: ada@x.example"]
    assert not plan(author).refusals[0].liftable


def test_each_author_counts_and_each_is_named() -> None:
    """Who only loses something gives themselves nothing, and neither does a stranger."""
    found = plan("cy@x.example", "bob-gh", "stranger", "ada-l")
    assert flagged(found) == {*OWN, CY}
    assert refused(found) == [f"second-person, 6, none: {REFUSED}: ada@x.example, cy@x.example"]
    assert found.refusals[0].hint == (
        "let somebody else author these lines, or take them out of the change; nothing lifts this"
    )


@pytest.mark.parametrize("author", ["bob@x.example", "bob-gh", "ada-s", "stranger"])
def test_grants_to_others_are_no_grants_to_oneself(author: str) -> None:
    found = plan(author)
    assert (flagged(found), refused(found)) == (set(), [])


def test_where_nobody_says_who_the_author_is_that_is_said() -> None:
    """Only where a second person is asked for; and a run that looks at git, and at no change of it, has no author."""
    [note] = plan().findings
    assert (note.rule, note.severity, note.origin) == ("author-unknown", "note", None)
    assert note.message == "policy.require.second_person could not be looked at: nobody says who authored the change"
    assert note.hint == "give --author; CI says it by itself, but for runs on a schedule"
    assert (plan().refusals, plan(asked=False).findings, plan(change=False).findings) == ((), (), ())


def test_where_nothing_is_granted_nobody_asks_who_the_author_is() -> None:
    meant, found = desired({"access.yaml": FILES % "true"})
    assert meant is not None, found
    removals = [each for each in plan("x").changes if each.effect != "grants"]
    assert removals
    assert list(unknown_author(meant, removals, ())) == []
    assert list(second_person(meant, ())) == []


def test_a_grant_that_nobody_asked_for_has_no_line() -> None:
    """And one for an API alone names no application."""
    subject = Subject("registration", developer=Ref("ada@x.example"), api=ApiRef("payments"))
    [found] = flagged_findings([OwnGrant(subject, None)])
    assert found.origin is None
    assert found.message == "whoever authored this change grants it to themselves: payments of ada@x.example"
