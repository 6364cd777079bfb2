"""What must be there once a change was made: one row an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reconciler.model.change import Action, Change, Ref
from reconciler.model.names import email_key
from reconciler.model.observed import Developer, Observed, Team

T = TypeVar("T")


class Seen:
    """The portal as read back, by what changes are about."""

    def __init__(self, observed: Observed) -> None:
        self._people = {one.id: one for one in observed.developers}
        self._by_address = {email_key(one.email): one for one in observed.developers}
        self._teams = {one.id: one for one in observed.teams}
        self._by_name = {one.name: one for one in observed.teams}
        self.members = {(one.team_id, one.developer_id) for one in observed.memberships}
        self.roles = {one.id for one in observed.roles}
        self.assigned = {(one.team_id, one.name, one.api_id, one.region) for one in observed.roles}
        self.registrations = {one.id: one for one in observed.registrations}
        self.registered = {(one.application_id, one.api_id): one for one in observed.registrations}

    def developer(self, ref: Ref | None) -> Developer | None:
        """The developer, by id; one who was invited by this run by address."""
        return _found(ref, self._people, self._by_address, email_key(ref.name) if ref else "")

    def team(self, ref: Ref | None) -> Team | None:
        """The team, by id; one that this run made by name."""
        return _found(ref, self._teams, self._by_name, ref.name if ref else "")

    def is_member(self, change: Change) -> bool:
        """Whether the change's developer is in its team."""
        team, person = self.team(change.subject.team), change.subject.developer
        known = person and (person.id or getattr(self.developer(person), "id", None))
        return team is not None and (team.id, known) in self.members


def _found(ref: Ref | None, by_id: dict[str, T], by_name: dict[str, T], name: str) -> T | None:
    if ref is None:
        return None
    return by_id.get(ref.id) if ref.id else by_name.get(name)


def _status(change: Change) -> str:
    return str((change.after or {}).get("status", "approved"))


def _developer(change: Change, seen: Seen) -> str:
    found = seen.developer(change.subject.developer)
    return _unless(found.status if found else None, _status(change), "the developer")


def _registration(change: Change, seen: Seen) -> str:
    found = seen.registrations.get(change.subject.registration_id or "")
    return _unless(found.status if found else None, _status(change), "the registration")


def _created(change: Change, seen: Seen) -> str:
    application, api = change.subject.application, change.subject.api
    key = (application.id or "" if application else "", api.id or "" if api else "")
    found = seen.registered.get(key)
    return _unless(found.status if found else None, "approved", "the registration")


def _unless(status: str | None, wanted: str, what: str) -> str:
    """What there is instead of a thing in the status wanted, or ""."""
    if status is None:
        return f"{what} is not there"
    return "" if status == wanted else f"{what} has the status {status}"


def _team(change: Change, seen: Seen) -> str:
    found = seen.team(change.subject.team)
    if found is None:
        return "the team is not there"
    wanted = {name: value for name, value in (change.after or {}).items() if value is not None}
    return "; ".join(
        f"{name.replace('_', ' ')} is {getattr(found, name)!r}"
        for name, value in wanted.items()
        if getattr(found, name) != value
    )


def _member(change: Change, seen: Seen) -> str:
    return "" if seen.is_member(change) else "the person is not in the team"


def _no_member(change: Change, seen: Seen) -> str:
    return "the person is in the team" if seen.is_member(change) else ""


def _role(change: Change, seen: Seen) -> str:
    subject, team = change.subject, seen.team(change.subject.team)
    role, api = subject.role.name if subject.role else "", subject.api.id if subject.api else None
    wanted = (team.id if team else "", role, api or "", subject.region or "")
    return "" if wanted in seen.assigned else "the team does not have the role"


def _no_role(change: Change, seen: Seen) -> str:
    role = change.subject.role
    return "the team still has the role" if role is not None and role.id in seen.roles else ""


EXPECTED: dict[Action, Callable[[Change, Seen], str]] = {
    "approve-developer": _developer,
    "revoke-developer": _developer,
    "reject-developer": _developer,
    "invite-developer": _developer,
    "add-member": _member,
    "remove-member": _no_member,
    "approve-registration": _registration,
    "revoke-registration": _registration,
    "reject-registration": _registration,
    "create-registration": _created,
    "create-team": _team,
    "update-team": _team,
    "assign-role": _role,
    "remove-role": _no_role,
}
"""For each action a function that says what there is instead of what was written, or "" where it is there."""
