"""A document as text that is quick to read again, and back: JSON, a line an entry, which is read when it is needed.

The head is a line of its own: every key of the file with its places; of a list of entries, how many lines it takes.
An entry's places are numbers in the order in which its keys and values stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from sys import intern
from typing import Any

from reconciler.manifest.check import LISTS, TOP_ONLY
from reconciler.manifest.tree import Map, Place, Seq

_decode = json.JSONDecoder().decode


_LONG = LISTS.keys() - set(TOP_ONLY)


class Entries(Seq):
    """A list of entries, each still the line that it was stored as; every look at one reads it anew."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return map(_read, super().__iter__(), self.places)

    def __getitem__(self, index: Any) -> Any:
        return _read(super().__getitem__(index), self.places[index])

    def placed(self) -> Iterator[tuple[Any, Place]]:
        """Each item with its place."""
        return zip(self, self.places, strict=True)


def to_text(root: Map) -> str:
    """The document's tree, which must have been read without a finding."""
    lines: list[str] = []
    head: list[list[Any]] = []
    for key, value in root.items():
        at = [root.key_place(key), root.value_place(key)]
        if key in _LONG and isinstance(value, Seq):
            head.append([key, *at, value.places.tolist()])
            lines.extend(map(_line, value))
        else:
            head.append([key, *at, _line(value)])
    return "\n".join([json.dumps([root.at, head], ensure_ascii=False), *lines])


def from_text(text: str) -> Map:
    """The tree that the text was made from. Raises ValueError, TypeError or LookupError for any other text."""
    first, *lines = text.split("\n")
    at, head = json.loads(first)
    root, taken = Map(at), 0
    for key, key_at, value_at, said in head:
        root.places.extend((key_at, value_at))
        if isinstance(said, str):
            root[intern(key)] = _read(said, value_at)
            continue
        entries = Entries(value_at)
        entries.extend(lines[taken : taken + len(said)])
        entries.places.extend(said)
        taken += len(said)
        root[intern(key)] = entries
    if taken != len(lines):
        raise ValueError("there are more or fewer entries than the head says")
    return root


def _line(value: Any) -> str:
    """An entry, whose own place is kept elsewhere; no line of JSON has a line break in it."""
    return json.dumps([value, list(_places(value))], ensure_ascii=False, separators=(",", ":"))


def _places(value: Any) -> Iterator[Place]:
    if isinstance(value, Map | Seq):
        yield from value.places
        for inner in value.values() if isinstance(value, Map) else value:
            yield from _places(inner)


def _read(line: str, at: Place) -> Any:
    value, places = _decode(line)
    return _placed(value, at, iter(places)) if places or not isinstance(value, str) else value


def _placed(value: Any, at: Place, places: Iterator[Place]) -> Any:
    """The value with its places, taken from the front of those that are left."""
    if value.__class__ is dict:
        found = Map(at)
        found.places.extend(islice(places, 2 * len(value)))
        for index, (key, inner) in enumerate(value.items()):
            nested = inner.__class__ is dict or inner.__class__ is list
            found[key] = _placed(inner, found.places[2 * index + 1], places) if nested else inner
        return found
    if value.__class__ is list:
        items = Seq(at)
        items.places.extend(islice(places, len(value)))
        for inner, inner_at in zip(value, items.places, strict=True):
            items.append(_placed(inner, inner_at, places))
        return items
    return intern(value) if value.__class__ is str and "@" not in value else value
