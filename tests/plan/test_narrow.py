"""A plan in part: what is done rests on nothing that is left out, and everything is either done or said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InputError
from reconciler.model.change import ApiRef, Cause, Change, LeftOut, Plan, Ref, Subject
from reconciler.model.observed import Portal
from reconciler.plan.narrow import Narrowing, concerns, must_be_known, narrow, not_needed
from tests.plan.test_whole_plans import desired

PORTAL = Portal("portal", "acme-partners")
CHANGE = Change(
    "approve-registration",
    Subject(
        "registration",
        developer=Ref("ada@partner.example", "ada"),
        application=Ref("Shop", "shop"),
        api=ApiRef("orders", "v1", "orders"),
        registration_id="reg",
    ),
    {"status": "pending"},
    {"status": "approved"},
    "grants",
    Cause("entry", "listed"),
)


def subject(**changed: object) -> Change:
    return replace(CHANGE, subject=replace(CHANGE.subject, **changed))


OTHERS = {
    "action": replace(CHANGE, action="reject-registration"),
    "before": replace(CHANGE, before={"status": "revoked"}),
    "after": replace(CHANGE, after={"status": "rejected"}),
    "person": subject(developer=Ref("bob@partner.example", "ada")),
    "person's id": subject(developer=Ref("ada@partner.example", "bob")),
    "a team's": subject(developer=None, team=Ref("ada@partner.example", "ada")),
    "application": subject(application=Ref("Bot", "shop")),
    "application's id": subject(application=Ref("Shop", "bot")),
    "API": subject(api=ApiRef("payments", "v1", "orders")),
    "API's version": subject(api=ApiRef("orders", None, "orders")),
    "API's id": subject(api=ApiRef("orders", "v1", "payments")),
    "package": subject(api=ApiRef("orders", "v1", "orders", "api_package")),
    "registration": subject(registration_id="other"),
    "region": subject(region="eu"),
    "known then and not now": subject(registration_id=None),
}


def reviewed_as(old: Change, new: Change) -> bool:
    """Whether the new change was reviewed, if the old one was."""
    narrowing = Narrowing(reviewed=Plan(PORTAL, (old,)))
    kept, left_out = narrow((new,), ((),), narrowing)
    assert (len(kept) + len(left_out), not_needed((new,), narrowing)) == (1, () if kept else (old,))
    return bool(kept)


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_change_that_differs_in_anything_was_not_reviewed(other: Change) -> None:
    assert not reviewed_as(CHANGE, other)


def test_who_asked_for_it_may_be_another_line_by_now() -> None:
    """A merge moves lines; the effect follows from the rest."""
    assert reviewed_as(CHANGE, replace(CHANGE, cause=Cause("rule", "rule 'x'")))


def test_what_was_to_be_made_at_the_review_may_be_there_by_now() -> None:
    """A team that the reviewed plan would have created has an id now."""
    join = replace(
        CHANGE, action="add-member", subject=Subject("membership", Ref("ada@x.example", "ada"), Ref("new"))
    )
    made = replace(join, subject=replace(join.subject, team=Ref("new", "id")))
    assert reviewed_as(join, made)
    assert not reviewed_as(made, join)


@pytest.mark.parametrize(
    ("name", "concerned"),
    [
        ("ADA@partner.example", True),
        ("orders", True),
        ("orders v1", True),
        ("orders v2", False),
        ("Orders", False),
        ("Shop", False),
        ("", False),
    ],
)
def test_a_registration_is_about_its_owner_and_its_api(name: str, concerned: bool) -> None:
    assert concerns(CHANGE.subject, name) is concerned


def test_a_membership_is_about_its_person_and_its_team() -> None:
    """And of what was left out it is said whether nobody selected it, or nobody had reviewed it."""
    crew = replace(CHANGE, action="add-member", subject=Subject("membership", Ref("bob@x.example"), Ref("crew")))
    assert [concerns(crew.subject, name) for name in ("crew", "bob@x.example", "CREW", "orders")] == [
        True,
        True,
        False,
        False,
    ]
    kept, left_out = narrow((CHANGE, crew), ((), ()), Narrowing(("crew",)))
    assert (kept, left_out) == ((crew,), (LeftOut(CHANGE, "not-selected"),))
    kept, left_out = narrow((CHANGE, crew), ((), ()), Narrowing((), Plan(PORTAL, (CHANGE,))))
    assert (kept, left_out) == ((CHANGE,), (LeftOut(crew, "not-reviewed"),))


NAMES = ("a@x.example", "b@x.example", "c@x.example")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Changes about few people, each resting on some of those before it."""
    people = draw(st.lists(st.sampled_from(NAMES), max_size=8))
    changes = tuple(
        replace(CHANGE, subject=Subject("developer", Ref(name, name)), after={"n": str(number)})
        for number, name in enumerate(people)
    )
    earlier = [
        st.lists(st.integers(0, n - 1), max_size=2).map(tuple) if n else st.just(()) for n in range(len(people))
    ]
    return Plan(PORTAL, changes, requires=draw(st.tuples(*earlier)))


@settings(max_examples=300, deadline=None)
@given(plans(), st.sets(st.sampled_from(NAMES)), st.none() | st.sets(st.integers(0, 7)))
def test_what_is_done_rests_on_nothing_that_is_left_out(plan: Plan, only: set[str], seen: set[int] | None) -> None:
    """And each change is done or left out, in the plan's order; without narrowing all are done."""
    reviewed = None if seen is None else Plan(PORTAL, tuple(c for i, c in enumerate(plan.changes) if i in seen))
    kept, left_out = narrow(plan.changes, plan.requires, Narrowing(tuple(sorted(only)), reviewed))
    positions = {id(change): index for index, change in enumerate(plan.changes)}
    done = [positions[id(change)] for change in kept]
    left = [positions[id(each.change)] for each in left_out]
    assert sorted([*done, *left]) == list(range(len(plan.changes)))
    assert (done, left) == (sorted(done), sorted(left))
    assert all(set(plan.requires[index]) <= set(done) for index in done)
    assert seen is None or set(done) <= seen
    if not only and reviewed is None:
        assert left == []


WORKSPACE = """
portal: {name: acme, region: eu}
policy: {scope: {developers: ["*"], teams: ["*"], apis: ["*"]}}
developers:
  - {email: Ada@x.example}
teams:
  - {name: crew, members: [bob@x.example], roles: [{role: API Viewer, api: {name: ruled, version: v1}}]}
apis:
  - {name: payments, applications: [{owner: cy@x.example, name: App}]}
rules:
  - {name: all, match: {email: "*@x.example"}, approve: true, teams: [everyone], apis: [basics]}
"""
NAMED = ("ADA@x.example", "BOB@x.example", "Cy@x.example", "crew", "everyone", "payments", "ruled", "basics")


def known(*names: str, subjects: Sequence[Subject] = ()) -> None:
    meant, found = desired({"access.yaml": WORKSPACE})
    assert meant is not None, found
    must_be_known(names, meant, subjects)


def test_what_the_workspace_or_the_plan_names_can_be_selected() -> None:
    """By entry, line, rule or role; an API with its version too, and who is known to the portal alone."""
    known()
    known(*NAMED, "ruled v1")
    known("orders", "orders v1", "ada@partner.example", subjects=[CHANGE.subject])


@pytest.mark.parametrize("name", ["ada@y.example", "Crew", "ruled v2", "payments v1", "all", "App", "API Viewer", ""])
def test_a_selection_that_names_nothing_is_an_error_for_it_may_be_misspelt(name: str) -> None:
    with pytest.raises(InputError) as caught:
        known("crew", name, "everyone", subjects=[CHANGE.subject])
    assert caught.value.message == (f"--only {name!r} is no person, team or API that the workspace or the plan names")
    assert caught.value.hint == (
        "write it as the workspace does: an address, a team's name, an API's name or `name version`"
    )
