"""One manifest entry at a time: from its mapping to the nouns of `model.desired`, dates already taken into account.

Everything here trusts the shape of what it is given: `check` has found, and `sound` has left out, what is malformed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from reconciler.finding import Finding
from reconciler.manifest.tree import Document, Map, Place, Seq
from reconciler.model.desired import (
    ApiName,
    DesiredDeveloper,
    DesiredMembership,
    DesiredRegistration,
    DesiredRole,
    DesiredTeam,
    OwnerName,
    Rule,
)
from reconciler.model.names import domain_of, email_key
from reconciler.model.origin import Origin


@dataclass(frozen=True, slots=True)
class Person:
    """An entry under `developers` with all that it lists."""

    developer: DesiredDeveloper
    memberships: tuple[DesiredMembership, ...]
    registrations: tuple[DesiredRegistration, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A document being read on a given day."""

    document: Document
    today: date

    def items(self, key: str, of: Map | None = None) -> Iterator[tuple[Any, Place]]:
        """The items of a list, each with its place; none where the key is absent."""
        value = (self.document.root if of is None else of).get(key)
        return value.placed() if isinstance(value, Seq) else iter(())

    def expired(self, expires: str | None) -> bool:
        """Whether the last day of access (UTC) is past; `expires` is that day and still counts."""
        return expires is not None and expires < self.today.isoformat()

    def idle_reinstated(self, what: str, items: Iterable[tuple[Any, Place]]) -> Iterator[Finding]:
        """A warning for each `reinstated` on what is never held: nobody revokes a membership or a rule."""
        for item, _ in items:
            if isinstance(item, Map) and "reinstated" in item:
                message = f"`reinstated` does nothing here: a {what} is never held"
                hint = "remove it; it belongs on a person or a registration that was revoked on the portal"
                origin = self.document.origin(item.key_place("reinstated"))
                yield Finding("reinstated-idle", "warning", message, hint, origin)

    def person(self, item: str | Map, at: Place) -> Person:
        """An entry under `developers`; what the file's `defaults` say counts where the entry says nothing."""
        entry = item if isinstance(item, Map) else _SILENT
        email = item if isinstance(item, str) else entry["email"]
        key = email_key(email)
        defaults = self.document.root.get("defaults") or _SILENT
        expires = entry.get("expires", defaults.get("expires"))
        developer = DesiredDeveloper(
            email=email,
            key=key,
            origin=self.document.origin(at),
            status=entry.get("status", "approved"),
            expired=self.expired(expires),
            expires=expires,
            expires_at=self._ends(entry if "expires" in entry else defaults),
            reinstated=entry.get("reinstated"),
            invite=entry.get("invite", False),
            full_name=entry.get("full_name"),
            reason=entry.get("reason"),
            reviewed=entry.get("reviewed"),
            annotations=entry.get("annotations", defaults.get("annotations", _NO_ANNOTATIONS)),
        )
        teams_of = entry if "teams" in entry else defaults if developer.status == "approved" else _SILENT
        memberships = tuple(self.membership(email, key, *named) for named in self.items("teams", teams_of))
        applications = self.items("applications", entry)
        return Person(
            developer, memberships, tuple(self.applications(OwnerName("developer", email), key, applications))
        )

    def membership(self, email: str, key: str, item: str | Map, at: Place) -> DesiredMembership:
        """An item of a person's `teams`; `key` is the address as compared."""
        name = item if isinstance(item, str) else item["name"]
        return self._membership(email, key, name, item, at, own=True)

    def member(self, team: str, item: str | Map, at: Place) -> DesiredMembership:
        """An item of a team's `members`."""
        email = item if isinstance(item, str) else item["email"]
        return self._membership(email, email_key(email), team, item, at)

    def _membership(
        self, email: str, key: str, team: str, item: str | Map, at: Place, *, own: bool = False
    ) -> DesiredMembership:
        details = item if isinstance(item, Map) else _SILENT
        expires = details.get("expires")
        return DesiredMembership(
            email=email,
            key=key,
            team=team,
            origin=self.document.origin(at),
            expired=self.expired(expires),
            expires=expires,
            expires_at=self._ends(details),
            reason=details.get("reason"),
            reviewed=details.get("reviewed"),
            annotations=details.get("annotations", _NO_ANNOTATIONS),
            own=own,
        )

    def applications(
        self, owner: OwnerName, key: str, items: Iterable[tuple[Map, Place]]
    ) -> Iterator[DesiredRegistration]:
        """The registrations under `applications` of a person or a team, one an API; `key`: the owner as compared."""
        for application, _ in items:
            unless_said = _NOTHING_MORE if application.keys() <= _NAMES else self._details(_SILENT, application)
            for api, at in self.items("apis", application):
                details = self._details(api, application) if isinstance(api, Map) else unless_said
                name, origin = application["name"], self.document.origin(at)
                own = owner.type == "developer"
                yield DesiredRegistration(owner, key, name, api_name(api), origin, **details, own=own)

    def _ends(self, level: Map) -> Origin | None:
        """Where a mapping says when it ends: the line to change."""
        return self.document.origin(level.key_place("expires")) if "expires" in level else None

    def team_applications(self, entry: Map) -> Iterator[DesiredRegistration]:
        """The registrations under `applications` of an entry under `teams`."""
        owner = OwnerName("team", entry["name"])
        return self.applications(owner, owner.name, self.items("applications", entry))

    def api_side(self, entry: Map) -> Iterator[DesiredRegistration]:
        """The registrations under one entry of `apis`."""
        for item, at in self.items("applications", entry):
            owner, details = owner_name(item["owner"]), self._details(item)
            key = email_key(owner.name) if owner.type == "developer" else owner.name
            yield DesiredRegistration(owner, key, item["name"], api_name(entry), self.document.origin(at), **details)

    def _details(self, *levels: Map) -> dict[str, Any]:
        """What the mappings around a listing say of it, the nearest first; of several ends the first counts."""
        expires = min(_said(levels, "expires"), default=None)
        return {
            "status": levels[0].get("status", "approved"),
            "register": _nearest(levels, "register") or False,
            "expired": self.expired(expires),
            "expires": expires,
            "expires_at": self._ends(next((level for level in levels if level.get("expires") == expires), _SILENT)),
            "reinstated": max(_said(levels, "reinstated"), default=None),
            "reason": _nearest(levels, "reason"),
            "reviewed": max(_said(levels, "reviewed"), default=None),
            "annotations": _nearest(levels, "annotations") or _NO_ANNOTATIONS,
        }

    def team(self, entry: Map, at: Place) -> DesiredTeam:
        """An entry under `teams`, without its members and applications."""
        roles = None
        if "roles" in entry:
            roles = tuple(self._role(role, role_at) for role, role_at in self.items("roles", entry))
        return DesiredTeam(
            name=entry["name"],
            origin=self.document.origin(at),
            description=entry.get("description"),
            can_own_applications=entry.get("can_own_applications"),
            roles=roles,
            gives_members="members" in entry,
        )

    def _role(self, item: Map, at: Place) -> DesiredRole:
        return DesiredRole(item["role"], api_name(item["api"]), item.get("region"), self.document.origin(at))

    def rule(self, entry: Map, at: Place) -> Rule:
        """An entry under `rules`."""
        origin = self.document.origin
        return Rule(
            name=entry["name"],
            domain=domain_of(entry["match"]["email"]),
            origin=origin(at),
            approve=entry.get("approve", False),
            teams=tuple((name, origin(place)) for name, place in self.items("teams", entry)),
            apis=tuple((api_name(item), origin(place)) for item, place in self.items("apis", entry)),
            max=entry.get("max", 50),
            expires=entry.get("expires"),
            reason=entry.get("reason"),
            reviewed=entry.get("reviewed"),
            annotations=entry.get("annotations", _NO_ANNOTATIONS),
        )


_SILENT = Map(0)
"""What says nothing more: the details of an entry that is a plain name."""

_NO_ANNOTATIONS: dict[str, Any] = {}
"""One for all lines, as most have none."""

_NAMES = frozenset({"name", "apis"})
_NOTHING_MORE: dict[str, Any] = {"annotations": _NO_ANNOTATIONS}


def _said(levels: tuple[Map, ...], key: str) -> list[Any]:
    return [level[key] for level in levels if key in level]


def _nearest(levels: tuple[Map, ...], key: str) -> Any:
    return next(iter(_said(levels, key)), None)


@lru_cache(4096)
def _any_version(name: str) -> ApiName:
    """One value for all the lines that name an API so."""
    return ApiName(name)


def api_name(item: str | Map) -> ApiName:
    """How an item names an API: a plain name, a name with a version (null: the one without), or a package."""
    if isinstance(item, str):
        return _any_version(item)
    if "package" in item:
        return ApiName(item["package"], package=True)
    return ApiName(item["name"], item.get("version"), any_version="version" not in item)


def owner_name(item: str | Map) -> OwnerName:
    """How an item names an application's owner: an address, or {team: name}."""
    return OwnerName("developer", item) if isinstance(item, str) else OwnerName("team", item["team"])
