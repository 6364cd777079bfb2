"""For any workspace and any portal: effective access is what a portal in that state gives, before the plan and after.

`held_by` works it out a second time, by brute force, from the portal's state alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.change import Ref
from reconciler.model.observed import Observed
from reconciler.plan.access.access import Access
from reconciler.plan.access.rights import ROLES, Person, Right
from reconciler.plan.access.turns import people_turns, team_turns
from reconciler.plan.make import make_plan
from tests.properties.generate import Case
from tests.properties.listed import same_person
from tests.properties.simulate import applied
from tests.properties.test_plan import for_any_case
from tests.properties.walk import desired_for

Held = tuple[str, str, str, str, str, str]
"""Who (the account, else the address), what, and ids: of the API, the application, the team; the role with region."""


def held_by(observed: Observed) -> set[Held]:
    """What everybody may do on a portal in that state."""
    return set(_held(observed))


def _held(observed: Observed) -> Iterator[Held]:
    approved = {d.id for d in observed.developers if d.status == "approved"}
    teams = {t.id for t in observed.teams}
    people = {d.id for d in observed.developers}
    callers = {
        a.id: (a, {m.developer_id for m in observed.memberships if m.team_id == a.owner_id} & approved)
        for a in observed.applications
    }
    yield from ((who, "sign-in", "", "", "", "") for who in approved)
    for found in observed.registrations:
        if found.status != "approved" or found.application_id not in callers:
            continue
        application, members = callers[found.application_id]
        if application.owner_type == "developer":
            yield from (
                (who, "call", found.api_id, application.id, "", "") for who in {application.owner_id} & people
            )
        elif application.owner_id in teams:
            yield from ((who, "call", found.api_id, application.id, application.owner_id, "") for who in members)
    for role in observed.roles:
        for member in observed.memberships:
            if member.team_id == role.team_id and member.developer_id in approved and role.team_id in teams:
                can = ROLES.get(role.name, "hold")
                yield member.developer_id, can, role.api_id, "", role.team_id, f"{role.name} {role.region}"


def _said(person: Person, right: Right) -> Held:
    who = person.id or "+" + same_person(person.email)
    api = (right.api.id or right.api.name) if right.api else ""
    application = (right.application.id or right.application.name) if right.application else ""
    team = (right.team.id or "+" + right.team.name) if right.team else ""
    return who, right.can, api, application, team, f"{right.role} {right.region}".strip()


@for_any_case
def test_effective_access_is_what_the_portal_gives_before_and_after_the_plan(case: Case):
    """So are gains and losses; each is told once: for the person, or for all who stay in a team that changes."""
    desired = desired_for(case)
    plan = make_plan(desired, case.observed)
    access = Access(desired, case.observed, plan.changes)
    before, after = held_by(case.observed), held_by(applied(plan, case.observed))
    rights = [(person, right) for person in access.people() for right in access.rights(person)]
    assert {_said(*each) for each in rights if each[1].now} == before
    assert {_said(*each) for each in rights if each[1].then} == after
    assert all(right.now or right.then or right.source for _, right in rights)
    told = [(turn.kind, _said(each.person, turn.right)) for each in people_turns(access) for turn in each.turns]
    people = [person for person in access.people() if person.approval.now and person.approval.then]
    for team in team_turns(access):
        staying = [person for person in people if _stays(access, person, team.team)]
        assert team.members == len(staying)
        told += [(turn.kind, _said(person, turn.right)) for person in staying for turn in team.turns]
    assert {said for kind, said in told if kind == "gains"} == after - before
    assert {said for kind, said in told if kind == "loses"} == before - after
    assert not {said for _, said in told} & (before & after)


def _stays(access: Access, person: Person, team: Ref) -> bool:
    return any(seat.team == team and seat.tie.now and seat.tie.then for seat in access.seats(person))


@for_any_case
def test_the_order_in_which_the_portal_lists_things_makes_no_difference(case: Case):
    desired = desired_for(case)
    kinds = ("developers", "teams", "memberships", "roles", "applications", "registrations", "apis")
    turned = replace(case.observed, **{kind: getattr(case.observed, kind)[::-1] for kind in kinds})
    told = []
    for observed in (case.observed, turned):
        access = Access(desired, observed, make_plan(desired, observed).changes)
        rights = [(person, seat) for person in access.people() for seat in access.seats(person)]
        everything = [(person, right) for person in access.people() for right in access.rights(person)]
        told.append((rights, everything, [*people_turns(access)], [*team_turns(access)], access.teams()))
    assert told[0] == told[1]
