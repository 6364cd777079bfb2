"""What was written, held against what is there: for each action what must be there, and what is said if it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from reconciler.apply.expected import EXPECTED
from reconciler.apply.verify import WAITS, missing, need_of, read_back, unverified
from reconciler.errors import ForbiddenError
from reconciler.model.change import Action, ApiRef, Cause, Change, Facts, Outcome, Ref, Result, Subject
from reconciler.model.observed import Developer, Membership, Need, Observed, Portal, Registration, Role, Team

ADA, TEAM, APP, API = Ref("ada@x.example", "d1"), Ref("partners", "t1"), Ref("Checkout", "a1"), ApiRef("pay", id="p1")
ROLE = Ref("API Viewer", "r1")
EMPTY = Observed(Portal("1", "acme"))


def change(action: Action, subject: Subject, after: Facts | None) -> Change:
    return Change(action, subject, None, after, "neither", Cause("entry", "listed"))


def person(action: Action, status: str, ref: Ref = ADA) -> Change:
    return change(action, Subject("developer", developer=ref), {"status": status})


def registration(action: Action, status: str, id_: str | None = "g1") -> Change:
    subject = Subject("registration", developer=ADA, application=APP, api=API, registration_id=id_)
    return change(action, subject, {"status": status})


def membership(action: Action, who: Ref = ADA, team: Ref = TEAM) -> Change:
    return change(action, Subject("membership", developer=who, team=team), None)


def role(action: Action, team: Ref = TEAM, assigned: str | None = "r1") -> Change:
    ref = Ref("API Viewer", assigned)
    return change(action, Subject("role", team=team, api=API, role=ref, region="eu"), {"role": "API Viewer"})


def a_team(action: Action, ref: Ref, **after: str | bool | None) -> Change:
    return change(action, Subject("team", team=ref), after)


def people(*statuses: str) -> Observed:
    found = [Developer(f"d{n}", "Ada@x.example", status) for n, status in enumerate(statuses, 1)]  # type: ignore[arg-type]
    return replace(EMPTY, developers=tuple(found), teams=(Team("t1", "partners"),))


def members(*pairs: tuple[str, str]) -> Observed:
    return replace(people("approved"), memberships=tuple(Membership(*pair) for pair in pairs))


def registered(status: str) -> Observed:
    return replace(EMPTY, registrations=(Registration("g1", "a1", "p1", "pay", None, status),))  # type: ignore[arg-type]


def roles(*found: Role) -> Observed:
    return replace(EMPTY, teams=(Team("t1", "partners"),), roles=found)


VIEWER = Role("r1", "t1", "API Viewer", "p1", "eu")
DESCRIBED = replace(EMPTY, teams=(Team("t1", "partners", "about", can_own_applications=True),))
NEW = Ref("partners")
CASES: list[tuple[Change, Observed, str]] = [
    (person("approve-developer", "approved"), people("approved"), ""),
    (person("approve-developer", "approved"), people("pending"), "the developer has the status pending"),
    (person("revoke-developer", "revoked"), people("approved"), "the developer has the status approved"),
    (person("reject-developer", "rejected"), people("rejected"), ""),
    (person("revoke-developer", "revoked"), EMPTY, "the developer is not there"),
    (person("invite-developer", "approved", Ref("ada@X.example")), people("approved"), ""),
    (person("invite-developer", "approved", Ref("bob@x.example")), people("approved"), "the developer is not there"),
    (membership("add-member"), members(("t1", "d1")), ""),
    (membership("add-member"), members(("t1", "d2"), ("t2", "d1")), "the person is not in the team"),
    (membership("add-member", Ref("ada@x.example"), NEW), members(("t1", "d1")), ""),
    (
        membership("add-member", Ref("ada@x.example"), Ref("beta")),
        members(("t1", "d1")),
        "the person is not in the team",
    ),
    (membership("remove-member"), members(("t1", "d2")), ""),
    (membership("remove-member"), members(("t1", "d1")), "the person is in the team"),
    (membership("remove-member"), EMPTY, ""),
    (registration("approve-registration", "approved"), registered("approved"), ""),
    (registration("approve-registration", "approved"), EMPTY, "the registration is not there"),
    (registration("revoke-registration", "revoked"), registered("revoked"), ""),
    (registration("reject-registration", "rejected"), registered("rejected"), ""),
    (person("revoke-developer", "revoked"), people("revoked"), ""),
    (person("reject-developer", "rejected"), people("pending"), "the developer has the status pending"),
    (
        registration("revoke-registration", "revoked"),
        registered("approved"),
        "the registration has the status approved",
    ),
    (registration("reject-registration", "rejected"), EMPTY, "the registration is not there"),
    (registration("create-registration", "approved", None), registered("approved"), ""),
    (
        registration("create-registration", "approved", None),
        registered("pending"),
        "the registration has the status pending",
    ),
    (registration("create-registration", "approved", None), EMPTY, "the registration is not there"),
    (role("assign-role", assigned=None), roles(VIEWER), ""),
    (role("assign-role", NEW, None), roles(VIEWER), ""),
    (role("assign-role", assigned=None), roles(replace(VIEWER, region="us")), "the team does not have the role"),
    (role("remove-role"), roles(), ""),
    (role("remove-role"), roles(VIEWER), "the team still has the role"),
    (a_team("create-team", NEW, name="partners", description=None, can_own_applications=True), DESCRIBED, ""),
    (a_team("create-team", Ref("beta"), name="beta"), DESCRIBED, "the team is not there"),
    (a_team("update-team", TEAM, description="about"), DESCRIBED, ""),
    (
        a_team("update-team", TEAM, description="new", can_own_applications=False),
        DESCRIBED,
        "description is 'about'; can own applications is True",
    ),
]


@pytest.mark.parametrize(("made", "there", "instead"), CASES)
def test_what_must_be_there(made: Change, there: Observed, instead: str) -> None:
    """Nobody is blamed: it is told what is there now."""
    found = missing([Outcome(made, "done")], there)
    assert [one.found for one in found] == ([instead] if instead else [])


def test_every_action_is_looked_for_and_tried_above_both_ways() -> None:
    assert set(EXPECTED) == set(get_args(Action))
    for action in get_args(Action):
        tried = {bool(instead) for made, _, instead in CASES if made.action == action}
        assert tried == {True, False}, action


LISTS = {
    "developers": False,
    "team_list": False,
    "memberships": False,
    "teams": (),
    "registrations": False,
    "apis": False,
    "judging": False,
}


@pytest.mark.parametrize(
    ("made", "more"),
    [
        ([person("approve-developer", "approved")], {"developers": True}),
        ([registration("approve-registration", "approved")], {"registrations": True}),
        (
            [membership("add-member"), membership("remove-member", team=Ref("beta", "t2"))],
            {"team_list": True, "memberships": True, "teams": ("beta", "partners")},
        ),
        (
            [membership("add-member", Ref("new@x.example"))],
            {"team_list": True, "memberships": True, "teams": ("partners",), "developers": True},
        ),
        ([role("assign-role")], {"team_list": True, "roles_of": ("partners",)}),
        ([a_team("create-team", NEW)], {"team_list": True}),
    ],
)
def test_only_the_lists_of_what_was_touched_are_read(made: list[Change], more: dict[str, object]) -> None:
    """By list pages, never one request a thing."""
    assert need_of([Outcome(one, "done") for one in made]) == Need(**{**LISTS, **more})  # type: ignore[arg-type]


class Laggard:
    """Shows what was written only after so many looks."""

    def __init__(self, *shown: Observed) -> None:
        self.shown, self.looked, self.waited = list(shown), list[Need](), list[float]()

    def look(self, need: Need) -> Observed:
        self.looked.append(need)
        return self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]


@pytest.mark.parametrize("late", range(len(WAITS) + 1))
def test_what_shows_late_is_there(late: int) -> None:
    """Contract 4: reads may lag behind writes; only what is not there yet is looked for again."""
    portal = Laggard(*[people("pending")] * late, people("approved"))
    outcomes = (Outcome(person("approve-developer", "approved"), "done"),)
    assert read_back(outcomes, portal.look, portal.waited.append) == outcomes
    assert portal.waited == [0.0, *WAITS[:late]]


def test_what_never_shows_is_not_kept_and_told_with_what_is_there() -> None:
    approve, add = person("approve-developer", "approved"), membership("add-member")
    there = replace(people("pending"), memberships=(Membership("t1", "d1"),))
    portal = Laggard(there)
    outcomes = (Outcome(approve, "done", status=200, trace="t"), Outcome(add, "already"))
    assert read_back(outcomes, portal.look, portal.waited.append) == (
        Outcome(
            approve,
            "not-kept",
            "read back 6 times over 30 s: the developer has the status pending",
            200,
            "t",
        ),
        outcomes[1],
    )
    assert portal.waited == [0.0, *WAITS]
    first, *others = portal.looked
    assert (first.memberships, first.developers) == (True, True)
    assert {(need.memberships, need.developers) for need in others} == {(False, True)}


@pytest.mark.parametrize(
    ("there", "result", "detail"),
    [
        (people("approved"), "done", "its answer was lost, and it was there when it was read back"),
        (people("pending"), "failed", "lost; read back 6 times over 30 s: the developer has the status pending"),
    ],
)
def test_an_answer_that_was_lost_is_found_out(there: Observed, result: Result, detail: str) -> None:
    """Unknown is the one thing that an auditor cannot use."""
    lost = Outcome(person("approve-developer", "approved"), "unknown", "lost")
    [outcome] = read_back((lost,), Laggard(there).look, lambda _: None)
    assert (outcome.result, outcome.detail) == (result, detail)


@pytest.mark.parametrize("result", ["failed", "skipped"])
def test_what_was_not_written_is_not_looked_for(result: Result) -> None:
    portal = Laggard(EMPTY)
    outcomes = (Outcome(person("approve-developer", "approved"), result),)
    assert read_back(outcomes, portal.look, portal.waited.append) == outcomes
    assert (portal.looked, portal.waited) == ([], [])


def test_the_error_of_reading_back_says_that_the_writing_is_over() -> None:
    error = unverified(ForbiddenError("GET /v3/x was answered 403", "ask", status=403, trace="t"))
    assert isinstance(error, ForbiddenError)
    assert (error.message, error.hint, error.status) == (
        "what was written could not be read back: GET /v3/x was answered 403",
        "ask",
        403,
    )
