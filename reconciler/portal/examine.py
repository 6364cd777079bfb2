"""What `doctor` looks at: the settings that let people in without git, and the lists, as far as the token may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from reconciler.errors import ForbiddenError
from reconciler.model.observed import Need, Observed, Portal, PortalSettings
from reconciler.portal import parse
from reconciler.portal.crew import Call, Job
from reconciler.portal.observe import Progress, observe
from reconciler.portal.pages import Get, list_all
from reconciler.portal.parse import Fields
from reconciler.portal.reader import Reader

_FIRST = {"page[size]": "1", "page[number]": "1"}
_NOTHING: dict[str, Any] = {"data": [], "meta": {"page": {"number": 1, "size": 1, "total": 0}}}


@dataclass(frozen=True, slots=True)
class Examined:
    """`observed` is None where what every plan needs cannot be read; `unreadable`: what → the portal's refusal."""

    settings: PortalSettings
    observed: Observed | None
    unreadable: Mapping[str, ForbiddenError]


def examine(reader: Reader, portal: Portal, need: Need, *, progress: Progress | None = None) -> Examined:
    """Ask for everything that a run would ask for, and go on where the token may not. Raises other PortalErrors."""
    look = _Look(reader.get, portal, need)
    settings = reader.crew.run(look.job())
    return Examined(settings, _observed(reader, portal, need, look.unreadable, progress), look.unreadable)


def settings_of(reader: Reader, portal: Portal) -> PortalSettings:
    """The settings alone, None for what the token may not read. Raises other PortalErrors.

    Requests: three, and one a hundred publications.
    """
    look = _Look(reader.get, portal, Need())
    settings: PortalSettings = reader.crew.run(look.settings(f"/portals/{portal.id}"))
    return settings


def providers_of(reader: Reader, portal: Portal) -> tuple[str, ...] | None:
    """The kinds of the identity providers that are enabled; None where the token may not read that. One request."""
    path = f"/portals/{portal.id}/identity-providers"
    try:
        return _kinds(reader.get(path), f"GET /v3{path}")
    except ForbiddenError:
        return None


def self_approving_of(reader: Reader, portal: Portal) -> tuple[str, ...] | None:
    """The ids of the APIs whose publication approves by itself; None where the token may not read that.

    Requests: one a hundred publications.
    """
    look = _Look(reader.get, portal, Need())
    found: tuple[str, ...] = reader.crew.run(look.publications(f"/portals/{portal.id}/api-publications"))
    return None if look.unreadable else found


def _observed(
    reader: Reader, portal: Portal, need: Need, unreadable: Mapping[str, ForbiddenError], progress: Progress | None
) -> Observed | None:
    if unreadable.keys() & {"developers", "teams", "members of teams", "authentication settings"}:
        return None
    seen = replace(
        need,
        registrations=need.registrations and not unreadable.keys() & {"applications", "registrations"},
        apis=need.apis and "APIs" not in unreadable,
        roles_of=() if "roles of teams" in unreadable else need.roles_of,
        packages=() if "publications" in unreadable else need.packages,
    )
    return observe(reader, portal, seen, progress=progress)


@dataclass(slots=True)
class _Look:
    """One look at each thing, all side by side; what is refused with 403 is noted and left out."""

    get: Get
    portal: Portal
    need: Need
    unreadable: dict[str, ForbiddenError] = field(default_factory=dict)

    def job(self) -> Job[PortalSettings]:
        """The settings; the lists are only tried."""
        path = f"/portals/{self.portal.id}"
        wanted = [("developers", f"{path}/developers")]
        if self.need.registrations:
            wanted += [
                ("applications", f"{path}/applications"),
                ("registrations", f"{path}/application-registrations"),
            ]
        if self.need.apis:
            wanted += [("APIs", "/apis")]
        tried = [self.ask(name, where, _FIRST) for name, where in wanted]
        found = yield [self.settings(path), self.teams(f"{path}/teams"), *tried]
        settings: PortalSettings = found[0]
        return settings

    def ask(self, name: str, path: str, params: Mapping[str, str] | None = None) -> Call:
        """A call for what may be refused: then an empty list."""
        return partial(self._allowed, name, path, params)

    def _allowed(self, name: str, path: str, params: Mapping[str, str] | None) -> Any:
        try:
            return self.get(path, params)
        except ForbiddenError as error:
            self.unreadable[name] = error
            return _NOTHING

    def teams(self, path: str) -> Job[None]:
        """Whether teams may be read, and members and roles of one."""
        [body] = yield [self.ask("teams", path, _FIRST)]
        inner = {"members of teams": "developers"} if self.need.memberships else {}
        inner |= {"roles of teams": "assigned-roles"} if self.need.roles_of else {}
        for team in Fields(body, f"GET /v3{path}").inners("data")[:1]:
            yield [self.ask(name, f"{path}/{team.id()}/{last}", _FIRST) for name, last in inner.items()]

    def settings(self, path: str) -> Job[PortalSettings]:
        """What the portal, its logins and its publications are set to."""
        portal, logins, providers, approving = yield [
            self.ask("settings", path),
            self.ask("authentication settings", f"{path}/authentication-settings"),
            self.ask("identity providers", f"{path}/identity-providers"),
            self.publications(f"{path}/api-publications"),
        ]
        about = Fields(portal, f"GET /v3{path}")
        login = Fields(logins, f"GET /v3{path}/authentication-settings")
        mapping = login.maybe_flag("idp_mapping_enabled")
        return PortalSettings(
            rbac=about.maybe_flag("rbac_enabled"),
            auto_approve_developers=about.maybe_flag("auto_approve_developers"),
            auto_approve_applications=about.maybe_flag("auto_approve_applications"),
            idp_mapping=login.maybe_flag("oidc_team_mapping_enabled") if mapping is None else mapping,
            providers=None if providers is _NOTHING else _kinds(providers, f"GET /v3{path}/identity-providers"),
            self_approving=None if "publications" in self.unreadable else approving,
        )

    def publications(self, path: str) -> Job[tuple[str, ...]]:
        """The APIs that approve by themselves."""

        def get(path: str, params: Mapping[str, str] | None = None) -> Any:
            return self._allowed("publications", path, params)

        found = yield from list_all(get, path, {}, parse.self_approving, key="api_id")
        return tuple(api for api in found if api is not None)


def _kinds(providers: Any, where: str) -> tuple[str, ...]:
    """A plain array, without pages (contract 1.5)."""
    found = (parse.enabled_provider(f) for f in Fields({"providers": providers}, where).inners("providers"))
    return tuple(kind for kind in found if kind is not None)
