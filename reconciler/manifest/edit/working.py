"""A working copy of a manifest: plain dicts and lists to be changed, which know where they came from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from reconciler.manifest.edit.nodes import Node
from reconciler.manifest.tree import Map, Seq


class WorkingMap(dict[str, Any]):
    """A mapping that stands in the file at `node`; `was` is what it was: a mapping, or the text that became one."""

    __slots__ = ("node", "was")

    def __init__(self, was: Map | str, node: Node) -> None:
        super().__init__()
        self.was = was
        self.node = node


class WorkingList(list[Any]):
    """A list that stands in the file at `node`; `was` is what it was."""

    __slots__ = ("node", "was")

    def __init__(self, was: Seq, node: Node) -> None:
        super().__init__()
        self.was = was
        self.node = node


def working_copy(data: Any, node: Node) -> Any:
    """The same data to be changed; scalars are themselves."""
    if isinstance(data, Map):
        mapping = WorkingMap(data, node)
        for (key, value), child in zip(data.items(), node.items, strict=True):
            mapping[key] = working_copy(value, child)
        return mapping
    if isinstance(data, Seq):
        listed = WorkingList(data, node)
        listed.extend(working_copy(value, child) for value, child in zip(data, node.items, strict=True))
        return listed
    return data


def as_mapping(items: list[Any], index: int, key: str) -> dict[str, Any]:
    """The item as a mapping that more can be said in: a plain text becomes the mapping's value of that key."""
    item = items[index]
    if isinstance(item, dict):
        return item
    node = _node_of_text(items, item) if isinstance(items, WorkingList) else None
    grown: dict[str, Any] = WorkingMap(item, node) if node else {}
    grown[key] = item
    items[index] = grown
    return grown


def _node_of_text(items: WorkingList, text: str) -> Node | None:
    """Where a plain text of the list stands, unless it is new; no list of a file that is edited has a text twice."""
    return next((node for was, node in zip(items.was, items.node.items, strict=True) if was == text), None)


def insert(items: list[Any], new: Iterable[Any], name: Callable[[Any], str]) -> None:
    """Put each new item where it belongs if the list is sorted by name, else at the end."""
    names = [name(each) for each in items]
    in_order = all(one <= other for one, other in pairwise(names))
    for item in new:
        at = bisect_right(names, name(item)) if in_order else len(items)
        items.insert(at, item)
        names.insert(at, name(item))


def plain(data: Any) -> Any:
    """The data as it would be read: without a trace of where it came from."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    return [plain(value) for value in data] if isinstance(data, list) else data
