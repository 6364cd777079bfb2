"""A client that only reads: what a portal has, as our nouns. It has no method that writes.

All methods raise the PortalErrors of `Session.request`, NonsenseError for what the contract does not promise, and
MovingListError for a list that keeps changing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from reconciler.errors import InputError, NotFoundError
from reconciler.model.names import email_key
from reconciler.model.observed import Api, Application, Developer, Portal, PortalSettings, Registration, Role, Status
from reconciler.portal import lists, parse
from reconciler.portal.crew import Crew
from reconciler.portal.http import Counters, Session
from reconciler.portal.parse import Fields, ListedTeam
from reconciler.secret import visible


class Reader:
    """Reads one server; use it in a `with` block, which closes the connections and ends the threads."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.crew = Crew(session.workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; requests under way are given up when they next wait."""
        self._session.close()
        self.crew.close()

    def hurry(self) -> None:
        """Let no request wait for a next try any more; what is being answered is answered."""
        self._session.hurry()

    @property
    def server(self) -> str:
        """The server's address, without /v3."""
        return self._session.server

    @property
    def counters(self) -> Counters:
        """What was sent so far."""
        return self._session.counters

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at the path below /v3."""
        return self._session.get(path, params)

    def find_portal(self, *, name: str | None = None, id: str | None = None) -> Portal:  # noqa: A002 # as git calls it
        """The portal with that id (one request), else the one with that name (one page).

        Raises InputError if the id is none, or belongs to a portal of another name; NotFoundError, naming the
        portals that the token sees, if there is none of that name.
        """
        return self.portal_and_settings(name=name, id=id)[0]

    def portal_and_settings(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 # as git calls it
    ) -> tuple[Portal, PortalSettings]:
        """The same, with the settings that come along in the same answer: RBAC and both auto-approvals."""
        if id is None:
            return self._portal_by_name(name or "")
        if not parse.is_id(id):
            raise InputError(f"{visible(repr(id))} is not the id of a portal", "an id is a UUID")
        f = Fields(self.get(f"/portals/{id}"), f"GET /v3/portals/{id}")
        found, settings = parse.portal_and_settings(f, self.server, region_of(self.server))
        if name is not None and name != found.name:
            raise InputError(
                f"portal {id} has the name {visible(repr(found.name))}, not {visible(repr(name))}",
                "correct the name or the id, or leave one of them out",
            )
        return found, settings

    def _portal_by_name(self, name: str) -> tuple[Portal, PortalSettings]:
        region = region_of(self.server)
        found = self.crew.run(lists.portals(self.get, self.server, region, name))
        same = [(portal, settings) for portal, settings in found if portal.name == name]
        if len(same) == 1:
            return same[0]
        if same:
            ids = ", ".join(portal.id for portal, _ in same)
            raise InputError(
                f"several portals have the name {visible(repr(name))}: {ids}", "name the portal by its id"
            )
        names = sorted(visible(one.name) for one, _ in self.crew.run(lists.portals(self.get, self.server, region)))
        seen = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
        raise NotFoundError(
            f"{self.server} has no portal of the name {visible(repr(name))} that this token may see",
            f"it sees: {seen}" if names else "it sees none: check the region and the token",
        )

    def idp_mapping(self, portal_id: str) -> bool:
        """Whether the identity provider's groups give team memberships (contract 1.5, 5)."""
        path = f"/portals/{portal_id}/authentication-settings"
        f = Fields(self.get(path), f"GET /v3{path}")
        new, old = f.maybe_flag("idp_mapping_enabled"), f.maybe_flag("oidc_team_mapping_enabled")
        if new is None and old is None:
            raise f.wrong("idp_mapping_enabled", "true or false")
        return bool(old if new is None else new)

    def mapped_teams(self, portal_id: str) -> frozenset[str]:
        """The ids of the teams to which groups of the identity provider are mapped."""
        return self.crew.run(lists.mapped_teams(self.get, portal_id))

    def developers(self, portal_id: str) -> list[Developer]:
        """All developers, newest first."""
        return self.crew.run(lists.developers(self.get, portal_id))

    def developer_by_email(self, portal_id: str, email: str) -> Developer | None:
        """The developer with that address, compared as `email_key` does; None if the server finds none.

        Whether the server's filter regards case is not documented (contract 3).
        """
        return same_email(self.crew.run(lists.developers(self.get, portal_id, email=email)), email)

    def teams(self, portal_id: str) -> list[ListedTeam]:
        """All teams, in the server's order."""
        return self.crew.run(lists.teams(self.get, portal_id))

    def teams_of(self, portal_id: str, developer_id: str) -> list[str]:
        """The ids of the teams that the developer is in."""
        return self.crew.run(lists.teams_of(self.get, portal_id, developer_id))

    def team_members(self, portal_id: str, team_id: str) -> list[str]:
        """The ids of the developers in the team."""
        return self.crew.run(lists.members(self.get, portal_id, team_id))

    def team_roles(self, portal_id: str, team_id: str) -> list[Role]:
        """The roles assigned to the team."""
        return self.crew.run(lists.roles(self.get, portal_id, team_id))

    def applications(self, portal_id: str, *, developer_id: str | None = None) -> list[Application]:
        """All applications with their owners, newest first; or those of one developer."""
        return self.crew.run(lists.applications(self.get, portal_id, developer_id=developer_id))

    def registrations(
        self, portal_id: str, *, developer_id: str | None = None, status: Status | None = None
    ) -> list[Registration]:
        """The registrations, newest first; of one developer or in one status, if given."""
        return self.crew.run(lists.registrations(self.get, portal_id, developer_id=developer_id, status=status))

    def registrations_of(self, portal_id: str, application_id: str) -> list[Registration]:
        """All registrations of one application, newest first."""
        return self.crew.run(lists.registrations_of(self.get, portal_id, application_id))

    def apis(self, portal_id: str) -> list[Api]:
        """The APIs that are published to the portal and that the token may see."""
        return self.crew.run(lists.apis(self.get, portal_id))

    def package(self, portal_id: str, name: str) -> list[Api]:
        """The API packages of that name that are published to the portal; more than one: it is ambiguous."""
        return self.crew.run(lists.packages(self.get, portal_id, name))


def region_of(server: str) -> str | None:
    """The region in the address of Kong's cloud, None for any other server.

    >>> region_of("https://eu.api.konghq.com")
    'eu'
    """
    found = re.fullmatch(r"([a-z]{2})\.api\.konghq\.com", urlsplit(server).hostname or "")
    return found and found[1]


def same_email(developers: Iterable[Developer], email: str) -> Developer | None:
    """The one of exactly that address, else one whose address is the same to us."""
    same = [one for one in developers if email_key(one.email) == email_key(email)]
    return next((one for one in same if one.email == email), same[0] if same else None)
