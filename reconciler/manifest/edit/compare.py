"""What of a working copy stands in the file already, and what is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from reconciler.errors import EditError
from reconciler.manifest.edit.working import WorkingList, WorkingMap


def differs(one: Any, other: Any) -> bool:
    """Whether two scalars say different things; `true` and 1 do."""
    return one != other or isinstance(one, bool) != isinstance(other, bool)


def places_of(now: WorkingList) -> list[int | None]:
    """For each item where it stood before; None for a new one. Raises EditError where the order was changed."""
    by_node = {id(node): index for index, node in enumerate(now.node.items)}
    by_text: dict[Any, list[int]] = defaultdict(list)
    for index, was in enumerate(now.was):
        if isinstance(was, str):
            by_text[was].append(index)
    places: list[int | None] = []
    for item in now:
        if isinstance(item, (WorkingMap, WorkingList)):
            places.append(by_node.get(id(item.node)))
        elif isinstance(item, str) and by_text[item]:
            places.append(by_text[item].pop(0))
        else:
            places.append(None)
    known = [place for place in places if place is not None]
    if known != sorted(known):
        raise EditError("the items of a list cannot be put into another order", "move the lines by hand")
    return places


def runs_of(now: WorkingList, places: list[int | None]) -> Iterable[tuple[int, list[Any]]]:
    """The new items by the place of the item before them, -1 at the start."""
    runs: dict[int, list[Any]] = defaultdict(list)
    at = -1
    for item, place in zip(now, places, strict=True):
        if place is None:
            runs[at].append(item)
        else:
            at = place
    return runs.items()
