"""From a working copy that was changed to the fewest splices that make the file say so."""

from __future__ import annotations

from typing import Any

from reconciler.errors import EditError
from reconciler.manifest.edit import emit
from reconciler.manifest.edit.compare import differs, places_of, runs_of
from reconciler.manifest.edit.emit import Indents
from reconciler.manifest.edit.nodes import Node
from reconciler.manifest.edit.text import Lines, Splice
from reconciler.manifest.edit.working import WorkingList, WorkingMap
from reconciler.manifest.tree import Map

_HINT = "make this change by hand"


def splices_of(text: str, root: WorkingMap) -> list[Splice]:
    """What has to be replaced. Raises EditError for a change that cannot be made without touching more than it."""
    splicer = _Splicer(text, _indents(root))
    splicer.mapping(root, top=True)
    return splicer.made


def _indents(root: WorkingMap) -> Indents:
    """How the file indents its lists, told by the first that is not in brackets."""
    for value in root.values():
        if isinstance(value, WorkingList) and not value.node.flow:
            return Indents(value.node.column - root.node.column, _step(value.node))
    return Indents()


def _step(block_list: Node) -> int:
    return max(block_list.items[0].column - block_list.column, 2)


class _Splicer:
    """Walks the copy in the order of the text, so that what is inserted at one place is inserted inside out."""

    def __init__(self, text: str, indents: Indents) -> None:
        self.text = text
        self.lines = Lines(text)
        self.indents = indents
        self.made: list[Splice] = []

    def mapping(self, now: WorkingMap, *, top: bool = False) -> None:
        if not isinstance(now.was, Map):
            self._grown(now)
            return
        nodes = dict(zip(now.was, zip(now.node.keys, now.node.items, strict=True), strict=True))
        for key in now.was.keys() - now.keys():
            self._remove_key(now, *nodes[key])
        last: Node | None = None
        for key, value in now.items():
            if key in nodes:
                last = nodes[key][1]
                self._value(now, key, value, last, top=top)
            elif last is None:
                raise EditError(f"a key cannot be put before the first one of a mapping: {key}", _HINT)
            else:
                self._add_key(now, key, value, last, top=top)

    def _value(self, parent: WorkingMap, key: str, now: Any, node: Node, *, top: bool) -> None:
        if isinstance(now, WorkingMap) and now.node is node:
            self.mapping(now)
        elif isinstance(now, WorkingList) and now.node is node:
            self._list(parent, key, now, top=top)
        elif node.keys or node.items or isinstance(now, (dict, list)):
            raise EditError(f"`{key}` would have to be written anew as a whole", _HINT)
        elif differs(now, parent.was[key]):  # type: ignore[index]  # a text has no values to compare
            self.made.append(Splice(node.start, node.end, emit.scalar(now)))

    def _add_key(self, parent: WorkingMap, key: str, value: Any, last: Node, *, top: bool) -> None:
        if parent.node.flow:
            self.made.append(Splice(last.end, last.end, f", {emit.scalar(key)}: {emit.flow(value)}"))
            return
        lines = emit.key_lines(key, value, parent.node.column, self.indents, top=top)
        at = self.lines.below(last.end, parent.node.column)
        self.made.append(self.lines.inserted(at, ["", *lines] if top else lines))

    def _remove_key(self, parent: WorkingMap, key: Node, value: Node) -> None:
        start = self.lines.start(key.start)
        if parent.node.flow or self.text[start : key.start].strip():
            raise EditError("a key that does not stand on a line of its own cannot be removed", _HINT)
        self.made.append(Splice(start, self.lines.end(value.end), ""))

    def _grown(self, now: WorkingMap) -> None:
        """A plain text that became a mapping: it stays where it is, as the value of the first key."""
        (key, _), *more = now.items()
        node = now.node
        if node.flow:
            self.made.append(Splice(node.start, node.start, f"{{{key}: "))
            rest = "".join(f", {emit.scalar(name)}: {emit.flow(value)}" for name, value in more)
            self.made.append(Splice(node.end, node.end, rest + "}"))
            return
        self.made.append(Splice(node.start, node.start, f"{key}: "))
        lines = emit.mapping_lines(dict(more), node.column, self.indents)
        self.made.append(self.lines.inserted(self.lines.below(node.end, node.column), lines))

    def _list(self, parent: WorkingMap, key: str, now: WorkingList, *, top: bool) -> None:
        if not now.was:
            if now:
                self._fill(parent, key, now, top=top)
            return
        if not now:
            raise EditError(f"`{key}` would be left empty", _HINT)
        places = places_of(now)
        if now.node.flow:
            self._flow_list(now, places)
        else:
            self._block_list(now, places, top=top)

    def _fill(self, parent: WorkingMap, key: str, now: WorkingList, *, top: bool) -> None:
        """A list that was `[]`: it gets a line an item where it would have been written so."""
        node, start = now.node, self.lines.start(now.node.start)
        _, *lines = emit.key_lines(key, list(now), parent.node.column, self.indents, top=top)
        if parent.node.flow or not lines:
            self.made.append(Splice(node.start, node.end, emit.flow(list(now))))
            return
        end = self.lines.end(node.end)
        before = len(self.text[start : node.start].rstrip()) + start
        self.made.append(Splice(before, node.end, ""))
        self.made.append(self.lines.inserted(end, lines))

    def _flow_list(self, now: WorkingList, places: list[int | None]) -> None:
        nodes = now.node.items
        if len(set(places) - {None}) < len(nodes):
            self._shrunk(now, places)
            return
        runs = dict(runs_of(now, places))
        children = {at: item for item, at in zip(now, places, strict=True)}
        for at in range(-1, len(nodes)):
            child = children.get(at)
            if isinstance(child, WorkingMap):
                child.node.flow = True
                self.mapping(child)
            text = ", ".join(map(emit.flow, runs.get(at, ())))
            if text and at < 0:
                self.made.append(Splice(nodes[0].start, nodes[0].start, text + ", "))
            elif text:
                self.made.append(Splice(nodes[at].end, nodes[at].end, ", " + text))

    def _shrunk(self, now: WorkingList, places: list[int | None]) -> None:
        """A list in brackets that lost an item, written anew from what is left of it."""
        nodes = now.node.items
        start, end = nodes[0].start, nodes[-1].end
        if "\n" in self.text[start:end] or any(isinstance(item, WorkingMap) for item in now):
            raise EditError("an item of a list over several lines in brackets cannot be removed", _HINT)
        kept = (
            emit.flow(item) if at is None else self.text[nodes[at].start : nodes[at].end]
            for item, at in zip(now, places, strict=True)
        )
        self.made.append(Splice(start, end, ", ".join(kept)))

    def _block_list(self, now: WorkingList, places: list[int | None], *, top: bool) -> None:
        node, nodes = now.node, now.node.items
        indents = Indents(self.indents.dash, _step(node))
        for gone in set(range(len(nodes))) - set(places):
            self._remove_item(now, gone)
        runs = dict(runs_of(now, places))
        children = {at: item for item, at in zip(now, places, strict=True)}
        for at in range(-1, len(nodes)):
            child = children.get(at)
            if isinstance(child, WorkingMap):
                self.mapping(child)
            blocks = [emit.item_lines(item, node.column, indents, top=top) for item in runs.get(at, ())]
            if not blocks:
                continue
            airy = self._airy(nodes, at)
            if at < 0:
                where = self.lines.above(self._dash(now, 0))
                lines = [line for block in blocks for line in (*block, *[""] * airy)]
            else:
                where = self.lines.below(nodes[at].end, node.column)
                lines = [line for block in blocks for line in (*[""] * airy, *block)]
            self.made.append(self.lines.inserted(where, lines))

    def _airy(self, nodes: list[Node], at: int) -> bool:
        """Whether the items here have an empty line between them."""
        first = min(max(at, 0), len(nodes) - 2)
        return first >= 0 and self.lines.has_blank(nodes[first].end, nodes[first + 1].start)

    def _dash(self, now: WorkingList, index: int) -> int:
        """Where the dash of an item stands: at the list's column, on the item's line or above it."""
        if index == 0:
            return now.node.start
        at = self.lines.start(now.node.items[index].start)
        while (
            self.text[at + now.node.column : at + now.node.column + 1] != "-" and at > now.node.items[index - 1].end
        ):
            at = self.lines.start(at - 1)
        return at + now.node.column

    def _remove_item(self, now: WorkingList, index: int) -> None:
        start = self.lines.start(self._dash(now, index))
        self.made.append(Splice(start, self.lines.end(now.node.items[index].end), ""))
