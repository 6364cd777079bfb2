"""For any valid workspace and any portal: a plan does what the specification says, no more and no less.

The whole pure core is walked, from YAML text to a plan; the plan is applied to a portal in memory, and the result is
compared with the oracle. To look longer than usual: `pytest tests/properties --hypothesis-profile=deep`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from hypothesis import example, given, note

from reconciler.model.change import Change, Item, Plan
from tests.properties.examples import EXAMPLES
from tests.properties.generate import LISTS, TODAY, Case, cases
from tests.properties.listed import same_person
from tests.properties.oracle import Expectation, Reading
from tests.properties.profiles import QUICK, chosen
from tests.properties.simulate import applied, as_expectation, check_graph, check_order
from tests.properties.smaller import smallest
from tests.properties.walk import as_yaml, plan_for, the_same_few


def for_any_case(test: Callable[[Case], None]) -> Any:
    """Any drawn case, and those that were found to be interesting; a failure is shown by its smallest case."""

    def quickly() -> None:
        for case in the_same_few():
            test(case)

    @wraps(test)
    def on(case: Case) -> None:
        try:
            test(case)
        except Exception:
            least = smallest(case, test)
            note(as_yaml(least))
            test(least)
            raise

    if chosen() is QUICK:
        quickly.__doc__ = test.__doc__
        return quickly
    for case in EXAMPLES.values():
        on = example(case)(on)
    return chosen()(given(case=cases())(on))


def planned(case: Case) -> Plan:
    return plan_for(case)


READ: dict[int, Reading] = {}


def reading(case: Case) -> Reading:
    """What the oracle reads; of a case that is tried over and over, once."""
    if chosen() is QUICK:
        return READ.setdefault(id(case), READ.get(id(case)) or Reading(case.workspace, case.observed, TODAY))
    return Reading(case.workspace, case.observed, TODAY)


def difference(got: Expectation, expected: Expectation) -> dict[str, Any]:
    """What the one has and the other has not."""
    parts: dict[str, Any] = {}
    for kind in ("developers", "teams", "registrations"):
        a, b = getattr(got, kind), getattr(expected, kind)
        parts[kind] = {key: (a.get(key), b.get(key)) for key in {*a, *b} if a.get(key) != b.get(key)}
    for kind in ("memberships", "roles"):
        a, b = getattr(got, kind), getattr(expected, kind)
        parts[kind] = {**dict.fromkeys(a - b, "too much"), **dict.fromkeys(b - a, "missing")}
    return {kind: part for kind, part in parts.items() if part}


# ------------------------------------------------------------------------------------------------ what it comes to


@for_any_case
def test_applying_a_plan_gives_what_git_says(case: Case):
    """The table and the sentences of "Meaning", thing by thing."""
    plan = planned(case)
    after = as_expectation(applied(plan, case.observed))
    assert difference(after, reading(case).expectation) == {}


@for_any_case
def test_changes_come_in_order(case: Case):
    """ "Per person: removals before grants; …", in the list and in the graph by which apply runs side by side."""
    plan = planned(case)
    check_order(plan)
    check_graph(plan)


@for_any_case
def test_one_successful_apply_leaves_an_empty_plan(case: Case):
    """ "(held, waiting and blocked things stay named)"."""
    plan = planned(case)
    again = plan_for(replace(case, observed=applied(plan, case.observed)))
    assert again.changes == ()
    assert {words(item.subject) for item in again.held} == {words(item.subject) for item in plan.held}
    assert {words(item.subject) for item in again.blocked} == {words(item.subject) for item in plan.blocked}


# --------------------------------------------------------------------------------------------- what stays untouched


@for_any_case
def test_outside_scope_nothing_changes(case: Case):
    """But for the registrations of somebody taken away: "whatever its API, listed or not, scope.apis … included"."""
    r = reading(case)
    for change in planned(case).changes:
        subject = change.subject
        if subject.developer and subject.developer.id:
            assert r.person_in_scope(r.account[subject.developer.id]), change
        if subject.team:
            assert r.team_in_scope(subject.team.name), change
        if subject.api and not r.api_in_scope(subject.api.name):
            assert change.action in ("revoke-registration", "remove-role"), change
            if change.action == "remove-role":  # an API that nobody can name is in scope where git owns them all
                assert "*" in r.git.scope["apis"], change
            else:
                assert subject.developer, change
                assert r.taken_away(r.account[subject.developer.id or ""]), change


@for_any_case
def test_what_is_unlisted_and_only_reported_or_ignored_does_not_change(case: Case):
    """Every removal has a reason in git: an entry, an expiry, the loss of the person, or a policy that says so."""
    r = reading(case)
    unlisted = r.git.unlisted
    for change in planned(case).changes:
        subject = change.subject
        person = subject.developer and same_person(subject.developer.name)
        account = r.account.get((subject.developer and subject.developer.id) or "")
        gone = account is not None and r.taken_away(account)
        if change.action in ("revoke-developer", "reject-developer"):
            assert person in r.git.entries or unlisted["developers"] == "revoke", change
        if change.action == "remove-member" and not gone:
            assert subject.team
            line = r.git.members.get((person or "", subject.team.name))
            assert (line and line.expired) or unlisted["memberships"] in ("exact", "remove"), change
        if change.action in ("revoke-registration", "reject-registration") and not gone:
            taken = any(
                line.application == (subject.application and subject.application.name)
                and line.owner[1] in (person, subject.team and subject.team.name)
                and line.api.name == (subject.api and subject.api.name)
                and not line.gives
                for line in r.git.registrations
            )
            assert taken or unlisted["registrations"] in ("exact", "revoke"), change
        if change.action == "remove-role":
            assert unlisted["roles"] == "remove", change


@for_any_case
def test_what_a_blocked_entry_could_mean_is_kept(case: Case):
    """ "A person with a blocked team keeps every membership in this run, an application with a blocked API keeps
    every registration, except where they are taken away": judged by what the plan itself calls blocked.
    """
    r, plan = reading(case), planned(case)
    over = {(line.person, line.team) for line in r.git.members.values() if line.expired}  # these list nothing
    memberships = [item for item in plan.blocked if item.subject.kind == "membership"]
    people = {subject_person(item) for item in memberships if (subject_person(item), team_name(item)) not in over}
    applications = {subject_application(item) for item in plan.blocked if item.subject.kind == "registration"}
    for change in plan.changes:
        subject = change.subject
        account = r.account.get((subject.developer and subject.developer.id) or "")
        gone = account is not None and r.taken_away(account)
        if change.action == "remove-member" and subject_person(change) in people and not gone:
            line = r.git.members.get((subject_person(change), team_name(change)))
            assert line, change
            assert line.expired, change
        if change.action == "revoke-registration" and subject_application(change) in applications and not gone:
            line_for = r.line_for(next(x for x in case.observed.registrations if x.id == subject.registration_id))
            assert line_for, change
            assert not line_for.gives, change


# ---------------------------------------------------------------------------------------------- what must not remain


@for_any_case
def test_nobody_taken_away_keeps_an_approved_registration_or_a_membership(case: Case):
    """ "Taking away is complete": every registration; every membership in scope of who is or becomes revoked or
    rejected.
    """
    r = reading(case)
    after = as_expectation(applied(planned(case), case.observed))
    for account in case.observed.developers:
        if not r.taken_away(account):
            continue
        own = {a.id for a in case.observed.applications if (a.owner_type, a.owner_id) == ("developer", account.id)}
        assert not [pair for pair, status in after.registrations.items() if pair[0] in own and status == "approved"]
        assert after.developers[account.id] != "approved"
        if after.developers[account.id] in ("revoked", "rejected"):
            left = [r.team[team] for who, team in after.memberships if who == account.id and team in r.team]
            assert not [team for team in left if r.team_in_scope(team.name) and not team.synchronised]


@for_any_case
def test_rules_never_bring_anybody_or_anything_back(case: Case):
    """ "Rules approve only who and what is pending"."""
    r = reading(case)
    for change in planned(case).changes:
        if change.cause.by == "rule":
            assert change.before is None or change.before.get("status") == "pending", change
        if change.action == "approve-developer" and change.before != {"status": "pending"}:
            assert change.subject.developer
            assert same_person(change.subject.developer.name) in r.git.entries, change
        if change.action == "approve-registration" and change.before != {"status": "pending"}:
            found = next(x for x in case.observed.registrations if x.id == change.subject.registration_id)
            line = r.line_for(found)
            assert line, change
            assert line.gives, change


# --------------------------------------------------------------------------------------------------- what is said


@for_any_case
def test_what_is_held_waiting_or_blocked_is_not_also_changed(case: Case):
    """Each thing is in one list."""
    plan = planned(case)
    changed = {words(change.subject, ids=True) for change in plan.changes}
    for item in (*plan.held, *plan.waiting, *plan.blocked, *plan.unlisted):
        assert words(item.subject, ids=True) not in changed, item


@for_any_case
def test_what_is_held_is_named(case: Case):
    """ "A listed person or registration found revoked or rejected is held, in a list of its own"."""
    r, plan = reading(case), planned(case)
    developers = {
        item.subject.developer.id for item in plan.held if item.subject.developer and item.subject.kind == "developer"
    }
    registrations = {item.subject.registration_id for item in plan.held if item.subject.kind == "registration"}
    assert developers == r.held_developers()
    assert registrations ^ r.held_registrations() <= r.of_people_taken_away()


@for_any_case
def test_what_is_unlisted_is_shown_unless_ignored_or_taken_away(case: Case):
    """ "ignore: not even reported. report: shown": approved accounts and registrations, memberships, and roles."""
    r, plan = reading(case), planned(case)
    shown = {kind: {identity(item) for item in plan.unlisted if item.subject.kind == kind} for kind in KINDS}
    assert shown == r.unlisted()


@for_any_case
def test_every_request_is_shown_unless_ignored(case: Case):
    """Unlisted and pending: "a request"."""
    plan, r = planned(case), reading(case)
    shown = {kind: {identity(item) for item in plan.requests if item.subject.kind == kind} for kind in KINDS[::2]}
    assert shown["developer"] == r.requests()["developer"]
    assert shown["registration"] ^ r.requests()["registration"] <= r.may_be_requests()


# ---------------------------------------------------------------------------------------------------- determinism


@for_any_case
def test_the_order_in_which_things_are_listed_does_not_matter(case: Case):
    """The portal's order changes nothing at all; that of files and entries changes none of the changes."""
    plan, dice = planned(case), random.Random(0)
    portal = replace(case.observed, **{kind: shuffled(getattr(case.observed, kind), dice) for kind in LISTS})
    assert plan_for(replace(case, observed=portal)) == plan
    workspace = [(name, reordered(content, dice)) for name, content in shuffled(case.workspace, dice)]
    again = plan_for(replace(case, workspace=workspace))
    assert {essence(change) for change in again.changes} == {essence(change) for change in plan.changes}


def shuffled(things: Sequence[Any], dice: random.Random) -> tuple[Any, ...]:
    return tuple(dice.sample(things, len(things)))


def reordered(content: Any, dice: random.Random) -> Any:
    """The same content with every list in another order."""
    if isinstance(content, dict):
        return {key: reordered(value, dice) for key, value in content.items()}
    if isinstance(content, list):
        return [reordered(value, dice) for value in shuffled(content, dice)]
    return content


def essence(change: Change) -> tuple[Any, ...]:
    return (
        change.key,
        tuple(sorted((change.before or {"": None}).items())),
        tuple(sorted((change.after or {"": None}).items())),
        change.effect,
    )


# -------------------------------------------------------------------------------------------------------- in words

KINDS = ("developer", "membership", "registration", "role")


def words(subject: Any, *, ids: bool = False) -> tuple[Any, ...]:
    """A subject, by names, or by ids where they are known."""
    parts = (subject.developer, subject.team, subject.application, subject.role)
    api = subject.api and (
        (ids and subject.api.id) or (subject.api.name, subject.api.version, subject.api.entity_type)
    )
    return (subject.kind, *(part and ((ids and part.id) or part.name) for part in parts), api, subject.region)


def subject_person(thing: Change | Item) -> str:
    return same_person(thing.subject.developer.name) if thing.subject.developer else ""


def team_name(thing: Change | Item) -> str:
    return thing.subject.team.name if thing.subject.team else ""


def subject_application(thing: Change | Item) -> tuple[str, str, str]:
    s = thing.subject
    return subject_person(thing), s.team.name if s.team else "", s.application.name if s.application else ""


def identity(item: Item) -> Any:
    s = item.subject
    return {
        "developer": s.developer and s.developer.id,
        "membership": (s.developer and s.developer.id, s.team and s.team.id),
        "registration": s.registration_id,
        "role": s.role and s.role.id,
    }[s.kind]
