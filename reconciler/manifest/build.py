"""From YAML events to a tree with places: without recursion, and without guessing what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from sys import intern
from typing import Any

from yaml.events import AliasEvent, Event, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from reconciler.finding import Finding
from reconciler.manifest.scalars import NUMERIC, WORDS, Refused, resolve
from reconciler.manifest.tree import UNREAD, Map, Place, Seq, origin_at, place
from reconciler.manifest.words import found, quoted

DEEPEST = 30
"""Collections inside one another."""

_DROPPED = intern("\0dropped")
"""Stands for a key that was refused: its value is read, for the findings in it, and left out."""

_FIRST = place(1, 1)
_A_LINE = place(2, 1) - _FIRST
_LAST_COLUMN = _A_LINE - 2


class Builder:
    """Builds the tree of one file; what is wrong with it gathers in `findings`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def note(self, rule: str, at: Place, message: str, hint: str) -> None:
        """Add an error at that place."""
        self.findings.append(Finding(rule, "error", message, hint, origin_at(self.file, at)))

    def mapping(self, start: Event, events: Iterator[Any]) -> Map | None:
        """The mapping that began with `start`; None where it is nested too deeply to read on."""
        root = Map(place_of(start))
        here: Any = root
        key: str | None = None
        outer: list[tuple[Map | Seq, str | None]] = []
        for event in events:
            kind = event.__class__
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                if not outer:
                    break
                here, key = outer.pop()
                continue
            mark = event.start_mark
            column = mark.column
            at = mark.line * _A_LINE + (column if column < _LAST_COLUMN else _LAST_COLUMN) + _FIRST
            value: Any
            if kind is ScalarEvent:
                value = _shared(event.value)
                if not event.style and (value in WORDS or value[:1] in NUMERIC):
                    value = self._plain(value, at)
            else:
                value = UNREAD if kind is AliasEvent else Map(at) if kind is MappingStartEvent else Seq(at)
            if here.__class__ is Seq:
                here.append(value)
                here.places.append(at)
            elif key is None:
                if value.__class__ is str and value not in here:
                    key = intern(value)
                    here.places.append(at)
                else:
                    key = self._refused_key(here, value, at)
            else:
                if key is not _DROPPED:
                    here[key] = value
                    here.places.append(at)
                key = None
            if kind is not ScalarEvent and kind is not AliasEvent:
                if len(outer) + 1 == DEEPEST:
                    self._note_depth(at)
                    return None
                outer.append((here, key))
                here, key = value, None
        return root

    def _plain(self, text: str, at: Place) -> Any:
        value = resolve(text)
        if isinstance(value, Refused):
            self.note(value.rule, at, value.message, value.hint)
            return UNREAD
        return value

    def _refused_key(self, here: Map, key: Any, at: Place) -> str:
        if isinstance(key, str):
            first = origin_at(self.file, here.key_place(key))
            message = f"key {quoted(key)} stands here a second time, first at {first}"
            self.note("duplicate-key", at, message, "keep one of the two")
        elif key is not UNREAD:
            self.note("non-string-key", at, f"a key must be a text, found {found(key)}", "put the key in quotes")
        return _DROPPED

    def _note_depth(self, at: Place) -> None:
        message = f"more than {DEEPEST} lists and mappings are nested here; the rest of the file is not read"
        self.note("too-deep", at, message, "no manifest needs that; look for an unclosed bracket above")


def _shared(text: str) -> str:
    """One text for all the lines that name the same team or API; addresses are mostly each their own."""
    return text if "@" in text else intern(text)


def place_of(event: Event) -> Place:
    """Where the event begins."""
    mark = event.start_mark
    return place(mark.line + 1, mark.column + 1) if mark else _FIRST


def vetted(events: Iterator[Event], builder: Builder) -> Iterator[Event]:
    """The same events, with anchors, aliases, tags and half characters reported; such a scalar is left unread."""
    for event in events:
        at = place_of(event)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        unread = False
        if isinstance(event, AliasEvent):
            hint = "write the value out; a pattern such as *@partner.example needs quotes"
            builder.note("alias", at, f"alias *{anchor} is not supported", hint)
        elif anchor is not None:
            hint = "remove the anchor; a value that begins with & needs quotes"
            builder.note("anchor", at, f"anchor &{anchor} is not supported", hint)
        if tag is not None:
            hint = "remove the tag; a value that begins with ! needs quotes"
            builder.note("tag", at, f"tag {quoted(tag)} is not supported", hint)
            unread = True
        if isinstance(event, ScalarEvent) and _SURROGATE.search(event.value):
            message = f"{quoted(event.value)} has half of a character that takes two"
            builder.note("control-character", at, message, "write the character itself")
            unread = True
        unread = unread and isinstance(event, ScalarEvent)
        yield AliasEvent(anchor, event.start_mark, event.end_mark) if unread else event


_SURROGATE = re.compile("[\ud800-\udfff]")
