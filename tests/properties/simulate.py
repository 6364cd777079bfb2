"""A portal in memory: takes a plan's changes one by one, and refuses what fits neither the state nor the order.

The laws it holds changes to are those of the manifest's specification, paragraph "Order", and of the plan's own
graph (`after`, `requires`). Created things get ids of the simulation: "+" and the name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

from reconciler.model.change import Change, Plan, Ref
from reconciler.model.observed import Developer, Membership, Observed, Registration, Role, Team
from tests.properties.listed import same_person
from tests.properties.oracle import Expectation

NOW = "2026-11-15T12:00:00.000Z"

REMOVALS = {"revoke-registration", "reject-registration", "revoke-developer", "reject-developer", "remove-member"}
GRANTS = {"approve-developer", "invite-developer", "add-member", "approve-registration", "create-registration"}
REGISTRATION_STATUS = {"revoke-registration": "revoked", "reject-registration": "rejected"}
DEVELOPER_STATUS = {"revoke-developer": "revoked", "reject-developer": "rejected"}
REGISTRATION_STATUS["approve-registration"] = DEVELOPER_STATUS["approve-developer"] = "approved"


class Sandbox:
    """A portal's state that takes changes."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self.developers = {d.id: d for d in observed.developers}
        self.teams = {t.id: t for t in observed.teams}
        self.memberships = {(m.developer_id, m.team_id) for m in observed.memberships}
        self.registrations = {r.id: r for r in observed.registrations}
        self.roles = {r.id: r for r in observed.roles}
        self.applications = {a.id: a for a in observed.applications}
        self.apis = {a.id: a for a in observed.apis}
        self.new = count(1)

    # ------------------------------------------------------------------------------------------------ look-ups

    def developer_of(self, ref: Ref | None) -> Developer:
        """By id; only somebody whom this plan created is known by address alone."""
        assert ref is not None, "the subject names no developer"
        developer = self.developers["+" + same_person(ref.name) if ref.id is None else ref.id]
        assert same_person(developer.email) == same_person(ref.name), f"{ref} is {developer.email}"
        return developer

    def team_of(self, ref: Ref | None) -> Team:
        """By id; only a team that this plan created is known by name alone."""
        assert ref is not None, "the subject names no team"
        team = self.teams["+" + ref.name if ref.id is None else ref.id]
        assert team.name == ref.name, f"{ref} is {team.name}"
        return team

    def registration_of(self, change: Change) -> Registration:
        subject = change.subject
        registration = self.registrations[subject.registration_id or ""]
        assert subject.application is not None
        assert subject.api is not None
        assert registration.application_id == subject.application.id
        assert self.applications[registration.application_id].name == subject.application.name
        assert (registration.api_id, registration.api_name) == (subject.api.id, subject.api.name)
        assert registration.entity_type == subject.api.entity_type
        self.check_owner(change)
        return registration

    def check_owner(self, change: Change) -> None:
        """The subject's developer or team is the application's owner."""
        subject = change.subject
        assert subject.application is not None
        application = self.applications[subject.application.id or ""]
        owner = subject.developer if application.owner_type == "developer" else subject.team
        assert owner is not None
        assert owner.id == application.owner_id
        assert subject.owner_type == application.owner_type

    # ------------------------------------------------------------------------------------------------- changes

    def apply(self, change: Change) -> None:
        """Make one change, or fail."""
        getattr(self, "_" + change.action.replace("-", "_"), self._status)(change)

    def _status(self, change: Change) -> None:
        if change.subject.kind == "developer":
            developer = self.developer_of(change.subject.developer)
            self._write(change, developer.status, DEVELOPER_STATUS[change.action])
            self.developers[developer.id] = replace(developer, status=DEVELOPER_STATUS[change.action], updated_at=NOW)
            return
        registration = self.registration_of(change)
        status = REGISTRATION_STATUS[change.action]
        self._write(change, registration.status, status)
        if status == "approved":
            self._owner_is_approved(change)
        self.registrations[registration.id] = replace(registration, status=status, updated_at=NOW)

    def _write(self, change: Change, now: str, status: str) -> None:
        assert change.before is not None
        assert change.after is not None
        assert change.before["status"] == now, f"before is {change.before}, the portal says {now}"
        assert change.after["status"] == status, f"{change.action} writes {change.after}"
        assert now != status, "nothing to write"
        effect = "grants" if status == "approved" else "removes" if now == "approved" else "neither"
        assert change.effect == effect, f"{now} → {status} is said to be {change.effect}"

    def _owner_is_approved(self, change: Change) -> None:
        """ "Memberships and registrations are granted only to a person who is approved"."""
        if change.subject.developer:
            assert self.developer_of(change.subject.developer).status == "approved", (
                "granted to somebody not approved"
            )

    def _invite_developer(self, change: Change) -> None:
        ref = change.subject.developer
        assert ref is not None
        assert ref.id is None
        assert change.before is None
        assert change.effect == "grants"
        person = same_person(ref.name)
        assert not any(same_person(d.email) == person for d in self.developers.values()), "has an account"
        self.developers["+" + person] = Developer("+" + person, ref.name, "approved", "", NOW, NOW)

    def _create_team(self, change: Change) -> None:
        ref = change.subject.team
        assert ref is not None
        assert ref.id is None
        assert change.before is None
        assert change.after is not None
        assert not any(t.name == ref.name for t in self.teams.values()), "there is a team of that name"
        self.teams["+" + ref.name] = Team(
            "+" + ref.name,
            ref.name,
            change.after.get("description"),  # type: ignore[arg-type]
            bool(change.after.get("can_own_applications")),
        )

    def _update_team(self, change: Change) -> None:
        team = self.team_of(change.subject.team)
        assert change.before is not None
        assert change.after is not None
        assert change.before != change.after
        for key, value in change.before.items():
            assert getattr(team, key) == value
        self.teams[team.id] = replace(team, **change.after)

    def _add_member(self, change: Change) -> None:
        pair = self.developer_of(change.subject.developer).id, self.team_of(change.subject.team).id
        assert pair not in self.memberships, "is a member"
        assert change.before is None
        assert change.effect == "grants"
        self._owner_is_approved(change)
        self.memberships.add(pair)

    def _remove_member(self, change: Change) -> None:
        pair = self.developer_of(change.subject.developer).id, self.team_of(change.subject.team).id
        assert pair in self.memberships, "is no member"
        assert change.after is None
        assert change.effect == "removes"
        self.memberships.remove(pair)

    def _assign_role(self, change: Change) -> None:
        subject = change.subject
        assert subject.role is not None
        assert subject.api is not None
        assert subject.region is not None
        assert change.before is None
        assert change.effect == "grants"
        assert self.apis[subject.api.id or ""].name == subject.api.name
        role = Role("", self.team_of(subject.team).id, subject.role.name, subject.api.id or "", subject.region)
        assert role not in [replace(r, id="") for r in self.roles.values()], "is assigned"
        new = f"+x{next(self.new)}"
        self.roles[new] = replace(role, id=new)

    def _remove_role(self, change: Change) -> None:
        subject = change.subject
        assert subject.role is not None
        assert subject.api is not None
        assert change.after is None
        assert change.effect == "removes"
        role = self.roles.pop(subject.role.id or "")
        assert role.team_id == self.team_of(subject.team).id
        assert (role.name, role.api_id, role.region) == (subject.role.name, subject.api.id, subject.region)

    def _create_registration(self, change: Change) -> None:
        subject = change.subject
        assert subject.application is not None
        assert subject.api is not None
        assert change.before is None
        assert change.effect == "grants"
        self.check_owner(change)
        self._owner_is_approved(change)
        api = self.apis[subject.api.id or ""]
        pair = (subject.application.id, api.id)
        assert pair not in {(r.application_id, r.api_id) for r in self.registrations.values()}, "is registered"
        new = f"+r{next(self.new)}"
        self.registrations[new] = Registration(
            new, subject.application.id or "", api.id, api.name, api.version, "approved", api.entity_type, NOW
        )

    # ------------------------------------------------------------------------------------------------- results

    def state(self) -> Observed:
        """The portal as it is now."""
        return replace(
            self.observed,
            developers=tuple(self.developers.values()),
            teams=tuple(self.teams.values()),
            memberships=tuple(Membership(team, developer) for developer, team in sorted(self.memberships)),
            roles=tuple(self.roles.values()),
            registrations=tuple(self.registrations.values()),
        )


# -------------------------------------------------------------------------------------------------------- order


@dataclass(frozen=True)
class Place:
    """Where a change stands in its person's order."""

    index: int
    action: str


def person_of(change: Change) -> str | None:
    """Whose order a change belongs to: the account's id, or the address of somebody without one."""
    developer = change.subject.developer
    return None if developer is None else developer.id or same_person(developer.name)


def check_order(plan: Plan) -> None:
    """ "Per person: removals before grants; registrations revoked, then the status, then memberships; approved, then
    teams, then registrations. Teams and their roles before members."
    """
    people: dict[str, list[Place]] = {}
    for index, change in enumerate(plan.changes):
        person = person_of(change)
        if person is not None:
            people.setdefault(person, []).append(Place(index, change.action))
    for places in people.values():
        ranks = [_rank(place.action) for place in places]
        assert ranks == sorted(ranks), [place.action for place in places]
    for index, change in enumerate(plan.changes):
        if change.action == "add-member":
            team = change.subject.team
            later = [c.action for c in plan.changes[index:] if not c.subject.developer and c.subject.team == team]
            assert not {"create-team", "assign-role"} & set(later), f"{later} after a member of {team}"


def _rank(action: str) -> int:
    steps = [
        {"revoke-registration", "reject-registration"},
        {"revoke-developer", "reject-developer"},
        {"remove-member"},
        {"approve-developer", "invite-developer"},
        {"add-member"},
        {"approve-registration", "create-registration"},
    ]
    return next(rank for rank, step in enumerate(steps) if action in step)


def check_graph(plan: Plan) -> None:
    """The plan's graph says the same as its order: what must have been tried, and what must have succeeded, before.

    "No failed removal holds up another"; grants need the person "whose approval succeeded".
    """
    n = len(plan.changes)
    assert len(plan.after) == len(plan.requires) == n
    before = [set(after) | set(requires) for after, requires in zip(plan.after, plan.requires, strict=True)]
    for index, change in enumerate(plan.changes):
        assert all(0 <= other < index for other in before[index])
        for other in set(before[index]):
            before[index] |= before[other]
        tried = {plan.changes[other].key for other in before[index]}
        needed = [plan.changes[other] for other in _closure(plan.requires, index)]
        if change.action in REMOVALS or change.action == "remove-role":
            assert not plan.requires[index], "a removal depends on the success of something"
        for other in plan.changes[:index]:
            if person_of(change) is None or person_of(other) != person_of(change):
                continue
            if _rank(other.action) < _rank(change.action) and not (
                other.action in GRANTS and change.action in REMOVALS
            ):
                if other.action in ("add-member", "approve-registration", "create-registration"):
                    continue  # one grant need not wait for another kind of grant, only for the approval
                assert other.key in tried, f"{change.action} may be tried before {other.action}"
            if change.action in GRANTS and other.action in ("approve-developer", "invite-developer"):
                assert other in needed, f"{change.action} does not need {other.action} to succeed"
        if change.action in ("add-member", "assign-role") and change.subject.team and not change.subject.team.id:
            assert any(c.action == "create-team" and c.subject.team == change.subject.team for c in needed)


def _closure(graph: tuple[tuple[int, ...], ...], start: int) -> set[int]:
    seen: set[int] = set()
    todo = list(graph[start])
    while todo:
        index = todo.pop()
        if index not in seen:
            seen.add(index)
            todo += graph[index]
    return seen


# ------------------------------------------------------------------------------------------------------- together


def applied(plan: Plan, observed: Observed) -> Observed:
    """The portal after every change of the plan, in the plan's order."""
    sandbox = Sandbox(observed)
    for number, change in enumerate(plan.changes):
        try:
            sandbox.apply(change)
        except (AssertionError, KeyError) as problem:
            message = f"change {number} does not fit: {problem!r}\n{change}"
            raise AssertionError(message) from problem
    return sandbox.state()


def as_expectation(observed: Observed) -> Expectation:
    """A state in the words of the oracle."""
    return Expectation(
        developers={d.id: d.status for d in observed.developers},
        teams={t.id: (t.description, t.can_own_applications) for t in observed.teams},
        memberships={(m.developer_id, m.team_id) for m in observed.memberships},
        registrations={(r.application_id, r.api_id): r.status for r in observed.registrations},
        roles={(r.team_id, r.name, r.api_id, r.region) for r in observed.roles},
    )
