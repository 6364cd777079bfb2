"""Strict reading of a nested document: every value knows its place, so that an error can name it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from reconciler.sandbox.protocol.bodies import UUID, is_text
from reconciler.sandbox.state.times import normal, stamp


class SeedError(Exception):
    """A seed that cannot be loaded; the message names the place, what is wrong and what is known there."""


class Place:
    """A value of a document and where it stands, like `portals[0].developers[2]`."""

    def __init__(self, value: Any, where: str = "seed") -> None:
        self.value = value
        self.where = where

    def error(self, message: str) -> SeedError:
        """An error at this place."""
        return SeedError(f"{self.where}: {message}")

    def keys(self, *known: str, required: Sequence[str] = ()) -> Place:
        """Itself, once it is known to be a mapping with these keys and no others."""
        if not isinstance(self.value, dict):
            raise self.error(f"expected a mapping, found {_kind(self.value)}")
        for key in self.value:
            if key not in known:
                raise self.error(f"unknown key {key!r} (known: {', '.join(known)})")
        for key in required:
            if self.value.get(key) is None:
                raise self.error(f"{key!r} is missing")
        return self

    def at(self, key: str) -> Place:
        """The value of a key; None stands for an absent one."""
        return Place(self.value.get(key), f"{self.where}.{key}" if self.where != "seed" else key)

    def each(self, key: str) -> list[Place]:
        """The items of a list; none when the key is absent."""
        place = self.at(key)
        if place.value is None:
            return []
        if not isinstance(place.value, list):
            raise place.error(f"expected a list, found {_kind(place.value)}")
        return [Place(item, f"{place.where}[{index}]") for index, item in enumerate(place.value)]

    def text(self, key: str, default: Any = None, choices: Sequence[str] = ()) -> Any:
        """A string, one of `choices` if there are any; the default when the key is absent."""
        value = self.value.get(key)
        if value is None:
            return default
        if not is_text(value):
            raise self.at(key).error(f"expected text, found {_kind(value)} (quote it)")
        if choices and value not in choices:
            raise self.at(key).error(f"{value!r} is none of {', '.join(choices)}")
        return value

    def flag(self, key: str, default: bool | None) -> bool | None:
        """True or false; the default when the key is absent."""
        value = self.value.get(key, default)
        if value is not default and not isinstance(value, bool):
            raise self.at(key).error(f"expected true or false, found {_kind(value)}")
        return value

    def uuid(self, key: str) -> str | None:
        """A UUID in lower case, or None."""
        value: str | None = self.text(key)
        if value is not None and not UUID.fullmatch(value):
            raise self.at(key).error(f"{value!r} is no UUID")
        return value and value.lower()

    def time(self, key: str, default: str) -> str:
        """A time as a stamp; YAML reads an unquoted one as a datetime."""
        value = self.value.get(key)
        if value is None:
            return default
        if isinstance(value, datetime):
            return stamp(value if value.tzinfo else value.replace(tzinfo=UTC))
        moment = normal(value) if isinstance(value, str) else None
        if moment is None:
            raise self.at(key).error(f"{value!r} is no time like 2026-01-05T10:00:00.000Z")
        return moment


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), type(value).__name__)
