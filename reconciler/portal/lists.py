"""Every list of the portal that we read, each as a job for `Crew.run`: where it is, its order, and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from reconciler.errors import NotFoundError, RefusedError
from reconciler.model.observed import Api, Application, Developer, Portal, PortalSettings, Registration, Role, Status
from reconciler.portal import parse
from reconciler.portal.crew import Job
from reconciler.portal.pages import Get, Told, list_all
from reconciler.portal.parse import Fields, ListedTeam

T = TypeVar("T")

# Lists that can be sorted are read from the newest on (contract 2, 3): what is added while pages are read then pushes
# what is not read yet further down, and is met twice. Sorted the other way, what is deleted pulls it up, and with as
# many added as deleted in between a thing would be missed without a trace; so elsewhere pages overlap.


class _Sorted:
    """Asks for the newest first. For this API `desc` is inferred (contract 3): a portal that refuses it is asked for
    the oldest first, and its pages must overlap then.
    """

    def __init__(self, get: Get) -> None:
        self._get = get
        self._refused = False

    def __call__(self, path: str, params: Mapping[str, str] | None) -> Any:
        asked = {**(params or {}), "sort": "created_at" if self._refused else "created_at desc"}
        try:
            return self._get(path, asked)
        except RefusedError as error:
            if error.status != 400 or self._refused:
                raise
            self._refused = True
            return self(path, params)

    def oldest_first(self) -> bool:
        """Whether the portal would not have it otherwise."""
        return self._refused


NO_FILTER: Mapping[str, str] = {}


def _list_newest_first(
    get: Get, path: str, params: Mapping[str, str], parse: Callable[[Fields], T], *, told: Told | None = None
) -> Job[list[T]]:
    ask = _Sorted(get)
    return list_all(ask, path, params, parse, told=told, overlap=ask.oldest_first)


def portals(
    get: Get, server: str, region: str | None, name: str | None = None
) -> Job[list[tuple[Portal, PortalSettings]]]:
    """The portals that the token sees, with the settings that stand in them; of one name, if given (contract 1.5)."""
    params = {} if name is None else {"filter[name][eq]": name}
    return list_all(get, "/portals", params, partial(parse.portal_and_settings, server=server, region=region))


def mapped_teams(get: Get, portal_id: str, *, told: Told | None = None) -> Job[frozenset[str]]:
    """The ids of the teams that have identity provider groups; none without a provider (400, contract 1.5)."""

    def get_or_none(path: str, params: Mapping[str, str] | None) -> Any:
        try:
            return get(path, params)
        except (NotFoundError, RefusedError) as error:
            if error.status not in (400, 404):
                raise
            return {"data": [], "meta": {"page": {"number": 1, "size": 100, "total": 0}}}

    path = f"/portals/{portal_id}/identity-provider/team-group-mappings"
    found = yield from list_all(get_or_none, path, {}, parse.mapped_team, key="team_id", told=told)
    return frozenset(team for team in found if team is not None)


def developers(
    get: Get,
    portal_id: str,
    *,
    email: str | None = None,
    only: Mapping[str, str] = NO_FILTER,
    told: Told | None = None,
) -> Job[list[Developer]]:
    """The portal's developers, newest first; or what the server finds for an address or a filter (contract 1.1)."""
    params = only if email is None else {"filter[email][eq]": email}
    return _list_newest_first(get, f"/portals/{portal_id}/developers", params, parse.developer, told=told)


def teams(get: Get, portal_id: str, *, told: Told | None = None) -> Job[list[ListedTeam]]:
    """The portal's teams, in the server's order: this list cannot be sorted (contract 1.2)."""
    return list_all(get, f"/portals/{portal_id}/teams", {}, parse.team, told=told)


def teams_of(get: Get, portal_id: str, developer_id: str) -> Job[list[str]]:
    """The ids of the teams that the developer is in (contract 1.1)."""
    return list_all(get, f"/portals/{portal_id}/developers/{developer_id}/teams", {}, Fields.id)


def members(get: Get, portal_id: str, team_id: str, *, told: Told | None = None) -> Job[list[str]]:
    """The ids of the developers in the team; whether they are approved is not said there (contract 1.2)."""
    return list_all(get, f"/portals/{portal_id}/teams/{team_id}/developers", {}, Fields.id, told=told)


def roles(get: Get, portal_id: str, team_id: str, *, told: Told | None = None) -> Job[list[Role]]:
    """The roles assigned to the team (contract 1.2)."""
    path = f"/portals/{portal_id}/teams/{team_id}/assigned-roles"
    return list_all(get, path, {}, partial(parse.role, team_id=team_id), told=told)


def applications(
    get: Get,
    portal_id: str,
    *,
    developer_id: str | None = None,
    only: Mapping[str, str] = NO_FILTER,
    told: Told | None = None,
) -> Job[list[Application]]:
    """The portal's applications, newest first, or one developer's, or those of a filter; an owner that is left out is
    asked for (contract 1.3).
    """
    path = f"/portals/{portal_id}/applications"
    params = only if developer_id is None else {"filter[developer_id][eq]": developer_id}
    listed = yield from _list_newest_first(get, path, params, parse.application, told=told)
    ownerless = [one for one in listed if isinstance(one, str)]
    if told is not None:
        told(0, len(ownerless))
    found = yield (partial(_application, get, f"{path}/{one}", one, told) for one in ownerless)
    owned = dict(zip(ownerless, found, strict=True))
    whole = [owned[one] if isinstance(one, str) else one for one in listed]
    return [one for one in whole if one is not None]


def _application(get: Get, path: str, application_id: str, told: Told | None) -> Application | None:
    """One application; None if it went away since it was listed."""
    try:
        f = Fields(get(path, None), f"GET /v3{path}")
    except NotFoundError:
        return None
    found = parse.application(f)
    if isinstance(found, str):
        raise f.wrong("owner", "a developer or a team")
    if found.id != application_id:
        raise f.wrong("id", "the one asked for")
    if told is not None:
        told(1, 0)
    return found


def registrations(
    get: Get,
    portal_id: str,
    *,
    developer_id: str | None = None,
    status: Status | None = None,
    only: Mapping[str, str] = NO_FILTER,
    told: Told | None = None,
) -> Job[list[Registration]]:
    """The portal's registrations, newest first; of one developer, in one status, or of a filter (contract 1.4)."""
    filters = {"filter[developer_id][eq]": developer_id, "filter[status][eq]": status, **only}
    params = {key: value for key, value in filters.items() if value is not None}
    path = f"/portals/{portal_id}/application-registrations"
    return _list_newest_first(get, path, params, parse.registration, told=told)


def registrations_of(get: Get, portal_id: str, application_id: str) -> Job[list[Registration]]:
    """All registrations of one application, newest first (contract 1.4)."""
    path = f"/portals/{portal_id}/applications/{application_id}/registrations"
    return _list_newest_first(get, path, {}, parse.registration)


def apis(get: Get, portal_id: str, *, told: Told | None = None) -> Job[list[Api]]:
    """The APIs that are published to the portal and that the token may see, newest first (contract 1.6)."""
    listed = yield from _list_newest_first(get, "/apis", {}, partial(parse.api_of, portal_id=portal_id), told=told)
    return [api for api in listed if api is not None]


def packages(get: Get, portal_id: str, name: str, *, told: Told | None = None) -> Job[list[Api]]:
    """The API packages of that name: publications carry no name, but can be asked for by it (contract 1.6)."""
    path = f"/portals/{portal_id}/api-publications"
    params = {"filter[api_name][eq]": name, "filter[entity_type][eq]": "api_package"}
    return list_all(get, path, params, partial(parse.package, name=name), key="api_id", told=told)
