"""A client that also writes: one method for each kind of change, each saying what became of it.

A write that finds the portal as wanted is "already". A POST whose answer was lost is read back before it is sent
again, so that nothing is made twice; what stays unknown is an UnknownOutcomeError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

from reconciler.errors import NonsenseError, NotFoundError, ReadOnlyError
from reconciler.model.observed import Status
from reconciler.portal.creation import Found, Look, Written, create, id_in, unless_wanted
from reconciler.portal.http import Session
from reconciler.portal.reader import Reader, same_email


class Writer(Reader):
    """Reads and writes one server. All methods raise the PortalErrors of `Session.request`.

    Raises ReadOnlyError when made from a session that only reads.
    """

    def __init__(self, session: Session) -> None:
        if session.read_only:
            raise ReadOnlyError("a writing client was to be made from a connection that only reads")
        super().__init__(session)

    # developers (contract 1.1, 4)

    def set_developer_status(self, portal_id: str, developer_id: str, status: Status) -> Written:
        """PATCH the developer's status, the only field there is to change; their registrations stay as they are."""
        return self._set(f"/portals/{portal_id}/developers/{developer_id}", {"status": status})

    def create_developer(
        self, portal_id: str, email: str, full_name: str, status: Status, send_invitation_email: bool
    ) -> Written:
        """Create an account. Raises ConflictError if there is one already in another status."""
        body = {
            "email": email,
            "full_name": full_name,
            "status": status,
            "send_invitation_email": send_invitation_email,
        }
        look = partial(self._look_for_developer, portal_id, email, status)
        return self._create(f"/portals/{portal_id}/developers", body, look, f"developer {email}")

    def _look_for_developer(self, portal_id: str, email: str, status: Status, *, taken: bool) -> Found | None:
        """The account of that address. If the address is `taken`, but the filter finds none, all are compared."""
        found = self.developer_by_email(portal_id, email)
        if found is None and taken:
            found = same_email(self.developers(portal_id), email)
        return None if found is None else Found(found.id, unless_wanted(found.status, status))

    # teams and their members (contract 1.2, 5)

    def create_team(
        self, portal_id: str, name: str, description: str | None = None, can_own_applications: bool | None = None
    ) -> Written:
        """Create a team; None leaves a field to the portal. Raises ConflictError if the name is taken."""
        body: dict[str, object] = {"name": name}
        body |= {} if description is None else {"description": description}
        body |= {} if can_own_applications is None else {"can_own_applications": can_own_applications}

        def look(*, taken: bool) -> Found | None:  # noqa: ARG001
            return next((Found(one.team.id) for one in self.teams(portal_id) if one.team.name == name), None)

        written = self._create(f"/portals/{portal_id}/teams", body, look, f"team {name}", adopt=False)
        if written.id is None:  # a 2xx without a body: any is success, but members and roles need the id
            found = look(taken=False)
            written = replace(written, id=None if found is None else found.id)
        return written

    def update_team(self, portal_id: str, team_id: str, fields: Mapping[str, str | bool]) -> Written:
        """PATCH a team's name, description or can_own_applications."""
        return self._set(f"/portals/{portal_id}/teams/{team_id}", fields)

    def add_member(self, portal_id: str, team_id: str, developer_id: str) -> Written:
        """Put the developer into the team; 409 is "already"."""

        def look(*, taken: bool) -> Found | None:
            is_there = taken or team_id in self.teams_of(portal_id, developer_id)
            return Found(None) if is_there else None

        path = f"/portals/{portal_id}/teams/{team_id}/developers"
        return self._create(path, {"id": developer_id}, look, "membership")

    def remove_member(self, portal_id: str, team_id: str, developer_id: str) -> Written:
        """Take the developer out of the team; 404 is "already"."""
        return self._remove(f"/portals/{portal_id}/teams/{team_id}/developers/{developer_id}")

    def assign_role(self, portal_id: str, team_id: str, role_name: str, api_id: str, region: str) -> Written:
        """Give the team a role on an API, in a region or in all ("*"); 409 is "already"."""
        body = {
            "role_name": role_name,
            "entity_id": api_id,
            "entity_type_name": "Services",  # what APIs are called here, seen in recorded use (contract 1.2)
            "entity_region": region,
        }

        def look(*, taken: bool) -> Found | None:
            wanted = (role_name, api_id, region)
            same = (
                one.id for one in self.team_roles(portal_id, team_id) if (one.name, one.api_id, one.region) == wanted
            )
            return next(map(Found, same), Found(None) if taken else None)

        path = f"/portals/{portal_id}/teams/{team_id}/assigned-roles"
        return self._create(path, body, look, f"role {role_name}")

    def remove_role(self, portal_id: str, team_id: str, assignment_id: str) -> Written:
        """Take an assigned role from the team; 404 is "already"."""
        return self._remove(f"/portals/{portal_id}/teams/{team_id}/assigned-roles/{assignment_id}")

    # registrations (contract 1.4, 4)

    def set_registration_status(
        self, portal_id: str, application_id: str, registration_id: str, status: Status
    ) -> Written:
        """PATCH the registration's status: only "approved" lets traffic through."""
        return self._set(
            f"/portals/{portal_id}/applications/{application_id}/registrations/{registration_id}", {"status": status}
        )

    def create_registration(
        self, portal_id: str, application_id: str, api_id: str, status: Literal["approved", "pending"] = "approved"
    ) -> Written:
        """Register the application for an API. Raises ConflictError if it is registered, but not as wanted."""

        def look(*, taken: bool) -> Found | None:  # noqa: ARG001
            for one in self.registrations_of(portal_id, application_id):
                if one.api_id == api_id:
                    return Found(one.id, unless_wanted(one.status, status, "approved"))
            return None

        path = f"/portals/{portal_id}/applications/{application_id}/registrations"
        return self._create(path, {"api_id": api_id, "status": status}, look, "registration")

    # how each kind of write is done

    def _set(self, path: str, fields: Mapping[str, str | bool]) -> Written:
        """PATCH, and hold the answer against what was asked, where it says anything."""
        reply = self._session.request("PATCH", path, body=dict(fields))
        body = reply.body if isinstance(reply.body, dict) else {}
        for name, value in fields.items():
            if body.get(name, value) != value:
                raise NonsenseError(
                    f"PATCH /v3{path} was answered {reply.status}, but {name} is not as asked",
                    "run plan again: it shows what is there now",
                    status=reply.status,
                )
        return Written("done", reply.status, reply.trace, id_in(reply))

    def _remove(self, path: str) -> Written:
        try:
            reply = self._session.request("DELETE", path)
            return Written("done", reply.status, reply.trace)
        except NotFoundError as error:
            return Written("already", error.status, error.trace)

    def _create(self, path: str, body: Mapping[str, object], look: Look, what: str, *, adopt: bool = True) -> Written:
        return create(self._session, path, body, look, what, adopt=adopt)
