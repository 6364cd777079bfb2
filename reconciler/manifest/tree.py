"""YAML as plain dicts and lists that remember where each of their parts stands."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.model.origin import Origin

Place = int
"""Line and column in one number, so that a place costs nothing: both count from 1, and an array holds it."""

_COLUMNS = 1 << 20


def place(line: int, column: int) -> Place:
    """The place at that line and column."""
    return line * _COLUMNS + min(column, _COLUMNS - 1)


def origin_at(file: str, at: Place) -> Origin:
    """That place in that file, for people."""
    return Origin(file, at // _COLUMNS, at % _COLUMNS)


class Unread:
    """What stands where something could not be read, and has been reported, so that nobody reports it again."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNREAD"


UNREAD = Unread()


class Map(dict[str, Any]):
    """A mapping as written. `at` is its own place; `places` holds key and value places in the order of the keys."""

    __slots__ = ("at", "places")

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.places = array("Q")

    def key_place(self, key: str) -> Place:
        """Where that key stands; the mapping's own place for a key it lacks."""
        return self._place(key, 0)

    def value_place(self, key: str) -> Place:
        """Where that key's value stands; the mapping's own place for a key it lacks."""
        return self._place(key, 1)

    def _place(self, key: str, which: int) -> Place:
        for index, known in enumerate(self):
            if known == key:
                return self.places[2 * index + which]
        return self.at


class Seq(list[Any]):
    """A list as written. `at` is its own place, `places` those of its items."""

    __slots__ = ("at", "places")

    def __init__(self, at: Place) -> None:
        super().__init__()
        self.at = at
        self.places = array("Q")

    def placed(self) -> Iterator[tuple[Any, Place]]:
        """Each item with its place."""
        return zip(self, self.places, strict=True)


@dataclass(frozen=True, slots=True)
class Document:
    """One manifest file. `file` is its name as the user gave it, `inside` its path from the workspace's folder on.

    `key`: what its content is known by in the cache, "" where it is not to be kept. `kept`: it comes from there, so
    that its shape is known to be right.
    """

    file: str
    root: Map
    inside: str = ""
    key: str = ""
    kept: bool = False

    @property
    def top(self) -> bool:
        """Whether it is directly in the workspace's folder."""
        return "/" not in self.inside

    def origin(self, at: Place) -> Origin:
        """The place in this file, for people."""
        return origin_at(self.file, at)
