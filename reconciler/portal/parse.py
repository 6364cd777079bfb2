"""From the portal's JSON to our nouns, strictly: what the contract does not promise is an error, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast, get_args

from reconciler.errors import NonsenseError
from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    EntityType,
    OwnerType,
    Portal,
    PortalSettings,
    Registration,
    Role,
    Status,
    Team,
)
from reconciler.secret import visible

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,127}")
_STATUSES, _OWNERS, _ENTITIES = get_args(Status), get_args(OwnerType), get_args(EntityType)

_AS_RETURNED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
"""A time as Konnect writes it (contract 1.5): the day apart, for the calendar is asked only once a day."""


@lru_cache(4096)
def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_id(value: str) -> bool:
    """Whether the text may stand in a path as an id: Konnect's are UUIDs; dots and slashes would change the path."""
    return _ID.fullmatch(value) is not None


class Fields:
    """A JSON object being read; `where` names it in errors. Every method raises NonsenseError naming the field."""

    __slots__ = ("_raw", "_where")

    def __init__(self, raw: Any, where: str) -> None:
        self._where = where
        if not isinstance(raw, dict):
            raise NonsenseError(f"{where} is not a JSON object")
        self._raw: dict[str, Any] = raw

    def wrong(self, name: str, should: str) -> NonsenseError:
        """The error that says what the field should have been, and a little of what it is."""
        what = visible(repr(self._raw[name]), 60) if name in self._raw else "missing"
        return NonsenseError(f"{self._where}: {name} should be {should}, but is {what}")

    def text(self, name: str) -> str:
        """A string, which may be empty; half a surrogate pair is written out, for it could not be printed."""
        value = self._raw.get(name)
        if not isinstance(value, str):
            raise self.wrong(name, "a string")
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")

    def maybe_text(self, name: str) -> str | None:
        """A string, or None where it is null or absent."""
        return None if self._raw.get(name) is None else self.text(name)

    def id(self, name: str = "id") -> str:
        """An id that may safely stand in a path."""
        value = self._raw.get(name)
        if not isinstance(value, str) or not is_id(value):
            raise self.wrong(name, "an id")
        return value

    def maybe_flag(self, name: str) -> bool | None:
        """True or false, or None where it is null or absent."""
        value = self._raw.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the words."""
        value = self._raw.get(name)
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(name, "one of " + ", ".join(choices))
        return value

    def time(self, name: str) -> str:
        """A moment, as ISO-8601 in UTC with milliseconds and Z."""
        value = self._raw.get(name)
        if isinstance(value, str) and (found := _AS_RETURNED.fullmatch(value)) and _is_day(found[1]):
            return value
        try:
            moment = datetime.fromisoformat(self.text(name))
            if moment.tzinfo is None:
                raise ValueError("no zone")
            return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
        except (ValueError, OverflowError):
            raise self.wrong(name, "a time with its zone") from None

    def count(self, name: str) -> int:
        """A number of things; 3.0 is taken for 3, for the contract only says "number"."""
        value = self._raw.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != value // 1:
            raise self.wrong(name, "a number of things")
        return int(value)

    def inner(self, name: str) -> Fields:
        """The object in that field."""
        return Fields(self._raw.get(name), f"{self._where}: {name}")

    def each(self, name: str) -> Iterator[Any]:
        """The items of the list in that field."""
        value = self._raw.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return iter(value)

    def inners(self, name: str) -> list[Fields]:
        """The objects of the list in that field."""
        return [Fields(raw, f"{self._where}: {name} {i}") for i, raw in enumerate(self.each(name), 1)]

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._raw.get(name) is not None

    def status(self) -> Status:
        """One of the four states of developers and registrations (contract 4)."""
        return cast("Status", self.choice("status", _STATUSES))


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team as listed; `konnect_managed` None: the portal does not say, for that field is new (contract 5)."""

    team: Team
    konnect_managed: bool | None


def portal(f: Fields, server: str, region: str | None) -> Portal:
    """A portal (contract 1.5)."""
    return Portal(f.id(), f.text("name"), server, region)


def portal_and_settings(f: Fields, server: str, region: str | None) -> tuple[Portal, PortalSettings]:
    """A portal with those of its settings that stand in the portal itself (contract 1.5)."""
    settings = PortalSettings(
        rbac=f.maybe_flag("rbac_enabled"),
        auto_approve_developers=f.maybe_flag("auto_approve_developers"),
        auto_approve_applications=f.maybe_flag("auto_approve_applications"),
    )
    return portal(f, server, region), settings


def developer(f: Fields) -> Developer:
    """A developer (contract 1.1)."""
    times = f.time("created_at"), f.time("updated_at")
    return Developer(f.id(), f.text("email"), f.status(), f.text("full_name"), *times)


def team(f: Fields) -> ListedTeam:
    """A team; its description may be null on the wire (contract 5)."""
    own = bool(f.maybe_flag("can_own_applications"))
    found = Team(f.id(), f.text("name"), f.maybe_text("description"), can_own_applications=own)
    return ListedTeam(found, f.maybe_flag("konnect_managed"))


def role(f: Fields, team_id: str) -> Role:
    """A role assigned to a team (contract 1.2)."""
    return Role(f.id(), team_id, f.text("role_name"), f.id("entity_id"), f.text("entity_region"))


def application(f: Fields) -> Application | str:
    """An application, or only its id where the portal leaves the owner out, as lists may do (contract 1.3)."""
    if not f.has("owner"):
        return f.id()
    owner = f.inner("owner")
    return Application(f.id(), f.text("name"), cast("OwnerType", owner.choice("type", _OWNERS)), owner.id())


def registration(f: Fields) -> Registration:
    """A registration (contract 1.4)."""
    api = f.inner("api")
    return Registration(
        id=f.id(),
        application_id=f.inner("application").id(),
        api_id=api.id(),
        api_name=api.text("name"),
        api_version=api.maybe_text("version"),
        status=f.status(),
        entity_type=cast("EntityType", api.choice("entity_type", _ENTITIES)),
        updated_at=f.time("updated_at"),
    )


def api_of(f: Fields, portal_id: str) -> Api | None:
    """An API, or None if it is not published to the portal (contract 1.6)."""
    portals = [one.id() for one in f.inners("portals")]
    return Api(f.id(), f.text("name"), f.maybe_text("version")) if portal_id in portals else None


def package(f: Fields, name: str) -> Api:
    """An API package that was asked for by name (contract 1.6)."""
    f.choice("entity_type", ("api_package",))
    return Api(f.id("api_id"), name, None, "api_package")


def mapped_team(f: Fields) -> str | None:
    """The team's id if identity provider groups are mapped to it; a cleared team may be listed without (1.5)."""
    groups = list(f.each("groups"))
    return f.id("team_id") if groups else None


def enabled_provider(f: Fields) -> str | None:
    """The kind of an identity provider, None if it is not enabled (contract 1.5)."""
    return f.text("type") if f.maybe_flag("enabled") else None


def self_approving(f: Fields) -> str | None:
    """The id of an API whose publication approves registrations by itself, else None (contract 4)."""
    return f.id("api_id") if f.maybe_flag("auto_approve_registrations") else None
