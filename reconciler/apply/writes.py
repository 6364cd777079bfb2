"""Which call to the portal makes which change: one row an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from reconciler.model.change import Action, Change, Ref
from reconciler.model.observed import Application, Registration, Status


class Written(Protocol):
    """What a write came to: `already` if the portal was as wanted; `id` of what was made, where that matters."""

    @property
    def result(self) -> Literal["done", "already"]: ...
    @property
    def status(self) -> int | None: ...
    @property
    def trace(self) -> str: ...
    @property
    def id(self) -> str | None: ...


class Writes(Protocol):
    """What applying needs of a portal. Every method raises PortalError; ids are UUIDs."""

    def set_developer_status(self, portal_id: str, developer_id: str, status: Status) -> Written: ...
    def create_developer(
        self, portal_id: str, email: str, full_name: str, status: Status, send_invitation_email: bool
    ) -> Written: ...
    def add_member(self, portal_id: str, team_id: str, developer_id: str) -> Written: ...
    def remove_member(self, portal_id: str, team_id: str, developer_id: str) -> Written: ...
    def set_registration_status(
        self, portal_id: str, application_id: str, registration_id: str, status: Status
    ) -> Written: ...
    def create_registration(self, portal_id: str, application_id: str, api_id: str) -> Written: ...
    def create_team(
        self, portal_id: str, name: str, description: str | None, can_own_applications: bool | None
    ) -> Written: ...
    def update_team(self, portal_id: str, team_id: str, fields: Mapping[str, str | bool]) -> Written: ...
    def assign_role(self, portal_id: str, team_id: str, role_name: str, api_id: str, region: str) -> Written: ...
    def remove_role(self, portal_id: str, team_id: str, assignment_id: str) -> Written: ...
    def registrations(
        self, portal_id: str, *, developer_id: str | None = None, status: Status | None = None
    ) -> Sequence[Registration]: ...
    def applications(self, portal_id: str, *, developer_id: str | None = None) -> Sequence[Application]: ...
    def hurry(self) -> None: ...


@dataclass
class Known:
    """What a run has learnt that its plan could not know: ids of what it made; registrations that it ended."""

    teams: dict[str, str] = field(default_factory=dict)
    developers: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def team(self, change: Change) -> str:
        """The id of the change's team, whether it was there or was made by this run."""
        return _id(change.subject.team, self.teams)

    def developer(self, change: Change) -> str:
        """The id of the change's developer, whether they were there or were invited by this run."""
        return _id(change.subject.developer, self.developers)

    def note(self, change: Change) -> None:
        """Remember a registration that is no longer approved."""
        if change.action in ("revoke-registration", "reject-registration"):
            self.ended.add(change.subject.registration_id or "")


def _id(ref: Ref | None, made: dict[str, str]) -> str:
    assert ref is not None  # noqa: S101 - the diff gives every action the subjects it needs
    return ref.id or made[ref.name]


def _part(ref_id: str | None) -> str:
    assert ref_id is not None  # noqa: S101 - the diff names what exists by its id
    return ref_id


def _developer_status(portal: Writes, at: str, change: Change, known: Known) -> Written:
    return portal.set_developer_status(at, known.developer(change), _status(change))


def _registration_status(portal: Writes, at: str, change: Change, _: Known) -> Written:
    subject = change.subject
    application_id = _part(subject.application.id if subject.application else None)
    return portal.set_registration_status(at, application_id, _part(subject.registration_id), _status(change))


def _status(change: Change) -> Status:
    wanted = (change.after or {}).get("status")
    for status in ("approved", "pending", "revoked", "rejected"):
        if wanted == status:
            return status
    raise AssertionError(f"{change.action} without a status")


def _invite(portal: Writes, at: str, change: Change, known: Known) -> Written:
    email = change.subject.developer.name if change.subject.developer else ""
    full_name = str((change.after or {}).get("full_name") or "")
    written = portal.create_developer(at, email, full_name, "approved", send_invitation_email=True)
    known.developers[email] = _part(written.id)
    return written


def _create_team(portal: Writes, at: str, change: Change, known: Known) -> Written:
    after = change.after or {}
    name, description, can_own = str(after["name"]), after.get("description"), after.get("can_own_applications")
    written = portal.create_team(
        at,
        name,
        description if isinstance(description, str) else None,
        can_own if isinstance(can_own, bool) else None,
    )
    known.teams[name] = _part(written.id)
    return written


def _update_team(portal: Writes, at: str, change: Change, known: Known) -> Written:
    fields = {name: value for name, value in (change.after or {}).items() if value is not None}
    return portal.update_team(at, known.team(change), fields)


def _add_member(portal: Writes, at: str, change: Change, known: Known) -> Written:
    return portal.add_member(at, known.team(change), known.developer(change))


def _remove_member(portal: Writes, at: str, change: Change, known: Known) -> Written:
    return portal.remove_member(at, known.team(change), known.developer(change))


def _create_registration(portal: Writes, at: str, change: Change, _: Known) -> Written:
    subject = change.subject
    application_id = _part(subject.application.id if subject.application else None)
    return portal.create_registration(at, application_id, _part(subject.api.id if subject.api else None))


def _assign_role(portal: Writes, at: str, change: Change, known: Known) -> Written:
    subject = change.subject
    role, api_id = subject.role.name if subject.role else "", _part(subject.api.id if subject.api else None)
    return portal.assign_role(at, known.team(change), role, api_id, subject.region or "")


def _remove_role(portal: Writes, at: str, change: Change, known: Known) -> Written:
    return portal.remove_role(at, known.team(change), _part(change.subject.role.id if change.subject.role else None))


WRITES: dict[Action, Callable[[Writes, str, Change, Known], Written]] = {
    "approve-developer": _developer_status,
    "revoke-developer": _developer_status,
    "reject-developer": _developer_status,
    "invite-developer": _invite,
    "add-member": _add_member,
    "remove-member": _remove_member,
    "approve-registration": _registration_status,
    "revoke-registration": _registration_status,
    "reject-registration": _registration_status,
    "create-registration": _create_registration,
    "create-team": _create_team,
    "update-team": _update_team,
    "assign-role": _assign_role,
    "remove-role": _remove_role,
}
