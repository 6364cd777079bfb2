"""Where each part of a manifest begins and ends in its text: what the tree of `parse` does not keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamStartEvent,
)

from reconciler.manifest.parse import LOADER

_ENDS = (MappingEndEvent, SequenceEndEvent)


@dataclass(slots=True)
class Node:
    """A scalar, list or mapping in the text: `[start, end)` in characters, without what stands around it.

    `column` is that of its first character, counted from 0; for a list in block style, that of its dashes. `items`
    are the items of a list or the values of a mapping, `keys` the keys of a mapping. `flow`: in brackets.
    """

    start: int
    end: int
    column: int
    flow: bool = False
    keys: list[Node] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)


def nodes_of(text: str) -> Node:
    """The root mapping of a text that `parse` reads without an error."""
    events: Iterator[Any] = iter(LOADER(text).get_event, None)
    start = next(event for event in events if not isinstance(event, (StreamStartEvent, DocumentStartEvent)))
    return _node(text, start, events)


def _node(text: str, start: Any, events: Iterator[Any]) -> Node:
    mark = start.start_mark
    if isinstance(start, ScalarEvent):
        return _scalar(text, start)
    node = Node(mark.index, mark.index, mark.column, bool(start.flow_style))
    into = node.keys if isinstance(start, MappingStartEvent) else node.items
    for event in events:
        if event.__class__ in _ENDS:
            # NOTE: libyaml ends a block where the next token begins, with comments and blank lines still in it.
            end: Any = event.end_mark
            node.end = end.index if node.flow else (node.items or [node])[-1].end
            break
        into.append(_node(text, event, events))
        if isinstance(start, MappingStartEvent):
            into = node.items if into is node.keys else node.keys
    return node


def _scalar(text: str, event: Any) -> Node:
    mark, end = event.start_mark, event.end_mark.index
    if event.style in ("|", ">"):  # its end is the next line that is not indented
        end = mark.index + len(text[mark.index : end].rstrip())
    return Node(mark.index, end, mark.column)
