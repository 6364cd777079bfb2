"""Every operation, one row each: method, path, what answers it, what it takes and gives.

`answer` is called with the transaction, the ids in the path in their order, and then the query of a list or
the body of a write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from reconciler.sandbox.protocol.bodies import Shape
from reconciler.sandbox.protocol.listing import NOT_A_LIST, Listing
from reconciler.sandbox.records import (
    apis,
    applications,
    credentials,
    developers,
    identity,
    mappings,
    memberships,
    portals,
    registrations,
    roles,
    teams,
)

PORTAL = "/v3/portals/{portalId}"
DEVELOPERS = f"{PORTAL}/developers"
TEAMS = f"{PORTAL}/teams"
MEMBERS = f"{TEAMS}/{{teamId}}/developers"
ROLES = f"{TEAMS}/{{teamId}}/assigned-roles"
APPLICATIONS = f"{PORTAL}/applications"
APPLICATION = f"{APPLICATIONS}/{{applicationId}}"
REGISTRATIONS = f"{APPLICATION}/registrations"
REGISTRATION = f"{REGISTRATIONS}/{{registrationId}}"
SETTINGS = f"{PORTAL}/authentication-settings"
GROUPS = f"{PORTAL}/identity-provider/team-group-mappings"
PROVIDERS = f"{PORTAL}/identity-providers"
PROVIDER_GROUPS = f"{PROVIDERS}/{{id}}/team-group-mappings"
PROVIDER_GROUP = f"{PROVIDER_GROUPS}/{{mappingId}}"
API = "/v3/apis/{apiId}"


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `status` is that of success; `listing` the query it takes, `body` the body."""

    method: str
    path: str
    operation: str
    answer: Callable[..., Any]
    status: int = 200
    listing: Listing = NOT_A_LIST
    body: Shape | None = None

    def portal(self, ids: Sequence[str]) -> str | None:
        """Which of the ids in the path is the portal's; None if none is."""
        names = [part for part in self.path.split("/") if part[:1] == "{"]
        return ids[names.index("{portalId}")] if "{portalId}" in names else None


ROUTES: tuple[Route, ...] = (
    Route("GET", "/v3/portals", "list-portals", portals.page, listing=portals.LISTING),
    Route("POST", "/v3/portals", "create-portal", portals.create, 201, body=portals.CREATE),
    Route("GET", PORTAL, "get-portal", portals.get),
    Route("PATCH", PORTAL, "update-portal", portals.update, body=portals.UPDATE),
    Route("DELETE", PORTAL, "delete-portal", portals.delete, 204, portals.DELETION),
    Route("GET", SETTINGS, "get-portal-authentication-settings", identity.settings),
    Route(
        "PATCH",
        SETTINGS,
        "update-portal-authentication-settings",
        identity.update_settings,
        body=identity.UPDATE,
    ),
    Route("GET", GROUPS, "list-portal-team-group-mappings", mappings.page_by_team, listing=mappings.BY_TEAM),
    Route("PATCH", GROUPS, "update-portal-team-group-mappings", mappings.update, body=mappings.UPDATE),
    Route("GET", PROVIDERS, "get-portal-identity-providers", identity.providers, listing=identity.PROVIDERS),
    Route("GET", f"{PROVIDERS}/{{id}}", "get-portal-identity-provider", identity.provider),
    Route("GET", PROVIDER_GROUPS, "list-portal-idp-team-group-mappings", mappings.page, listing=mappings.LISTING),
    Route(
        "POST", PROVIDER_GROUPS, "create-portal-idp-team-group-mapping", mappings.create, 201, body=mappings.CREATE
    ),
    Route("GET", PROVIDER_GROUP, "get-portal-idp-team-group-mapping", mappings.get),
    Route("DELETE", PROVIDER_GROUP, "delete-portal-idp-team-group-mapping", mappings.delete, 204),
    Route("GET", DEVELOPERS, "list-portal-developers", developers.page, listing=developers.LISTING),
    Route("POST", DEVELOPERS, "create-developer", developers.create, 201, body=developers.CREATE),
    Route("GET", f"{DEVELOPERS}/{{developerId}}", "get-developer", developers.get),
    Route(
        "PATCH",
        f"{DEVELOPERS}/{{developerId}}",
        "update-developer",
        developers.update,
        body=developers.UPDATE,
    ),
    Route("DELETE", f"{DEVELOPERS}/{{developerId}}", "delete-developer", developers.delete, 204),
    Route(
        "GET",
        f"{DEVELOPERS}/{{developerId}}/teams",
        "list-portal-developer-teams",
        teams.page_of_developer,
        listing=teams.OF_DEVELOPER,
    ),
    Route("GET", TEAMS, "list-portal-teams", teams.page, listing=teams.LISTING),
    Route("POST", TEAMS, "create-portal-team", teams.create, 201, body=teams.CREATE),
    Route("GET", f"{TEAMS}/{{teamId}}", "get-portal-team", teams.get),
    Route("PATCH", f"{TEAMS}/{{teamId}}", "update-portal-team", teams.update, body=teams.UPDATE),
    Route("DELETE", f"{TEAMS}/{{teamId}}", "delete-portal-team", teams.delete, 204),
    Route("GET", MEMBERS, "list-portal-team-developers", memberships.page, listing=memberships.LISTING),
    Route("POST", MEMBERS, "add-developer-to-portal-team", memberships.add, 201, body=memberships.ADD),
    Route(
        "DELETE",
        f"{MEMBERS}/{{developerId}}",
        "remove-developer-from-portal-team",
        memberships.remove,
        204,
    ),
    Route("GET", ROLES, "list-portal-team-roles", roles.page, listing=roles.LISTING),
    Route("POST", ROLES, "assign-role-to-portal-teams", roles.assign, 201, roles.LISTING, roles.ASSIGN),
    Route("DELETE", f"{ROLES}/{{roleId}}", "remove-role-from-portal-team", roles.remove, 204),
    Route("GET", "/v3/portal-roles", "list-portal-roles", roles.catalogue),
    Route("GET", APPLICATIONS, "list-applications", applications.page, listing=applications.LISTING),
    Route("POST", APPLICATIONS, "create-application", applications.create, 201, body=applications.CREATE),
    Route("GET", APPLICATION, "get-application", applications.get),
    Route("PATCH", APPLICATION, "update-application", applications.update, body=applications.UPDATE),
    Route("DELETE", APPLICATION, "delete-application", applications.delete, 204),
    Route(
        "GET",
        f"{APPLICATION}/developers",
        "list-developers-by-application",
        applications.page_of_developers,
        listing=applications.DEVELOPERS,
    ),
    Route(
        "GET",
        f"{APPLICATION}/credentials",
        "list-credentials-by-application",
        credentials.page,
        listing=credentials.LISTING,
    ),
    Route("GET", "/v3/applications/{applicationId}", "get-application-unscoped", applications.get_unscoped),
    Route(
        "GET",
        f"{PORTAL}/application-registrations",
        "list-registrations",
        registrations.page,
        listing=registrations.OF_PORTAL,
    ),
    Route(
        "GET",
        REGISTRATIONS,
        "list-registrations-by-application",
        registrations.page_of_application,
        listing=registrations.OF_APPLICATION,
    ),
    Route(
        "POST",
        REGISTRATIONS,
        "create-application-registration",
        registrations.create,
        201,
        body=registrations.CREATE,
    ),
    Route("GET", REGISTRATION, "get-application-registration", registrations.get),
    Route(
        "PATCH",
        REGISTRATION,
        "update-application-registration",
        registrations.update,
        body=registrations.UPDATE,
    ),
    Route("DELETE", REGISTRATION, "delete-application-registration", registrations.delete, 204),
    Route("GET", "/v3/apis", "list-apis", apis.page, listing=apis.LISTING),
    Route("GET", API, "fetch-api", apis.get),
    Route("GET", f"{API}/publications/{{portalId}}", "fetch-publication", apis.get_publication),
    Route(
        "GET",
        f"{API}/registrations",
        "list-api-registrations",
        registrations.page_of_api,
        listing=registrations.OF_API,
    ),
    Route(
        "GET",
        "/v3/api-publications",
        "list-api-publications",
        apis.page_of_publications,
        listing=apis.PUBLICATIONS,
    ),
    Route(
        "GET",
        f"{PORTAL}/api-publications",
        "list-portal-api-publications",
        apis.page_in_portal,
        listing=apis.PUBLICATIONS_IN_PORTAL,
    ),
)


class Router:
    """Finds the row of a request."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._paths: dict[int, list[tuple[tuple[str, ...], dict[str, Route]]]] = {}
        methods: dict[tuple[str, ...], dict[str, Route]] = {}
        for route in routes:
            methods.setdefault(tuple(route.path.split("/")), {})[route.method] = route
        for template, rows in methods.items():
            self._paths.setdefault(len(template), []).append((template, rows))

    def match(self, path: str) -> tuple[dict[str, Route], list[str]] | None:
        """The rows of a path by method, and the ids in it; None for a path that Konnect does not have."""
        parts = path.split("/")
        for template, rows in self._paths.get(len(parts), ()):
            if all(part == known or known.startswith("{") for part, known in zip(parts, template, strict=True)):
                ids = [unquote(part) for part, known in zip(parts, template, strict=True) if known[:1] == "{"]
                return rows, ids
        return None
