"""Leave out what the shape check found malformed, so that the rest of a workspace can still be understood.

This is what lets `validate` report a duplicate in one file and a typing error in another in one go.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconciler.finding import Finding
from reconciler.manifest.tree import Document, Map, Place, Seq, place


def sound(documents: Sequence[Document], findings: Iterable[Finding]) -> list[Document]:
    """The documents without the entries (or whole keys) in which an error of `findings` stands."""
    errors: dict[str, list[Place]] = defaultdict(list)
    for finding in findings:
        if finding.severity == "error" and finding.origin:
            errors[finding.origin.file].append(place(finding.origin.line, finding.origin.column))
    return [_without(document, sorted(errors[document.file])) for document in documents]


def _without(document: Document, errors: list[Place]) -> Document:
    if not errors:
        return document
    root = Map(document.root.at)
    keys = list(document.root.items())
    starts = [document.root.key_place(key) for key, _ in keys]
    ends = [*starts[1:], None]
    for (key, value), start, end in zip(keys, starts, ends, strict=False):
        if key in _LISTS and isinstance(value, Seq):
            value = _sound_items(value, errors, end)
        elif _hit(errors, start, end):
            continue
        root[key] = value
        root.places.extend((start, document.root.value_place(key)))
    return replace(document, root=root)


_LISTS = ("developers", "teams", "apis", "rules")


def _sound_items(items: Seq, errors: list[Place], end: Place | None) -> Seq:
    kept = Seq(items.at)
    ends: list[Place | None] = [*items.places[1:], end]
    for (item, at), following in zip(items.placed(), ends, strict=False):
        if not _hit(errors, at, following):
            kept.append(item)
            kept.places.append(at)
    return kept


def _hit(errors: list[Place], start: Place, end: Place | None) -> bool:
    """Whether one of the sorted places lies from `start` on and before `end`."""
    index = bisect_left(errors, start)
    return index < len(errors) and (end is None or errors[index] < end)
