"""Whole lists, or an error: never a part of one (contract section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from reconciler.errors import MovingListError, NonsenseError
from reconciler.portal.crew import Job
from reconciler.portal.parse import Fields

PAGE_SIZE = 100
"""The largest size that is known to be safe (contract 2)."""
TRIES = 3
"""How often a list that moves is read before giving up."""

LARGEST = 10_000_000
"""More things than any list of a portal has: pages of what is said to be longer are not even asked for."""

T = TypeVar("T")
Get = Callable[[str, Mapping[str, str] | None], Any]
Told = Callable[[int, int], None]
"""Called from any thread with how many answers have come, and how many more are now known to come."""


@dataclass(frozen=True, slots=True)
class _Page(Generic[T]):
    """One page; `as_asked`: the server says that it took the size that it was asked for."""

    number: int
    ids: list[str]
    items: list[T]
    size: int
    as_asked: bool
    total: int

    @property
    def start(self) -> int:
        """How many things of the list come before this page."""
        return (self.number - 1) * self.size


def always() -> bool:
    """The order of a list is not known to be safe."""
    return True


def list_all(
    get: Get,
    path: str,
    params: Mapping[str, str],
    parse: Callable[[Fields], T],
    *,
    key: str = "id",
    told: Told | None = None,
    overlap: Callable[[], bool] = always,
) -> Job[list[T]]:
    """A job that reads the whole list at `path` and returns its items as parsed, in the list's order.

    The first page comes first, the others side by side; the server may make pages smaller than asked. What was
    collected must be as many as meta.page.total says on every page, and no id (field `key`) twice; else the list
    moved while it was read, and is read again.

    That is enough where the newest come first. In any other order one that goes while another comes could hide a
    third between two pages, with every number right: so while `overlap()`, each page begins with the last of the one
    before, and that must be the same. Whoever is there all the time is then found: to be after one page when that is
    read and before the next when that is, they would have to pass the one that stands on both.

    Raises MovingListError after a few tries, NonsenseError for a page without sense.
    """

    def page(number: int, size: int = PAGE_SIZE) -> _Page[T]:
        asked = {**params, "page[size]": str(size), "page[number]": str(number)}
        found = _page(get(path, asked), number, size, f"GET /v3{path} page {number}", parse, key)
        if told is not None:
            told(1, 0)
        return found

    sized_as_asked = True
    for _ in range(TRIES):
        first: _Page[T] = (yield [partial(page, 1)])[0]
        full = len(first.ids) == min(first.size, first.total)
        after = _overlapping if overlap() and sized_as_asked else _side_by_side
        further = list(after(first.total, first.size)) if full else []
        if told is not None:
            told(0, len(further))
        pages: list[_Page[T]] = [first, *(yield (partial(page, number, size) for number, size in further))]
        items = _joined(pages)
        if items is not None:
            return items
        # NOTE: that any size up to the largest is taken as asked is not documented (contract 2).
        sized_as_asked = sized_as_asked and all(found.as_asked for found in pages[1:])
    raise MovingListError(
        f"GET /v3{path} kept changing while it was read: its pages did not fit together to the {first.total} things "
        "that the portal says there are",
        "try again when fewer people change the portal",
    )


def _side_by_side(total: int, size: int) -> Iterator[tuple[int, int]]:
    """Number of each further page, and the size to ask for: one begins where the other ends."""
    return ((number, PAGE_SIZE) for number in range(2, -(-total // size) + 1))


def _overlapping(total: int, most: int) -> Iterator[tuple[int, int]]:
    """The same, each page beginning with things that the one before ends with.

    A page begins at a multiple of its size, so of all sizes the one that leads furthest is taken. Where none leads
    any further, which takes pages of very few things, a page begins where the one before ends.
    """
    end = most
    while end < total:
        furthest, size = max((((end - 1) // size + 1) * size, size) for size in range(1, most + 1))
        if furthest == end:
            furthest, size = end + most, most
        yield furthest // size, size
        end = furthest


def _joined(pages: list[_Page[T]]) -> list[T] | None:
    """The pages as one list, or None if they do not fit together."""
    ids: list[str] = []
    items: list[T] = []
    for page in pages:
        known = ids[page.start :]
        if page.start > len(ids) or known != page.ids[: len(known)] or page.total != pages[0].total:
            return None
        ids += page.ids[len(known) :]
        items += page.items[len(known) :]
    return items if len(ids) == len(set(ids)) == pages[0].total else None


def _page(body: Any, number: int, asked: int, where: str, parse: Callable[[Fields], T], key: str) -> _Page[T]:
    """Check one page's frame, then parse its items; all three numbers of meta.page are required (contract 2)."""
    fields = Fields(body, where)
    meta = fields.inner("meta").inner("page")
    size, total = meta.count("size"), meta.count("total")
    if meta.count("number") != number:
        raise meta.wrong("number", f"the page asked for ({number})")
    if total > LARGEST:
        raise meta.wrong("total", f"at most {LARGEST}")
    if total and not size:
        raise meta.wrong("size", "at least 1")
    items = fields.inners("data")
    if len(items) > total and number == 1:
        raise NonsenseError(f"{where} holds {len(items)} items, but says that there are {total} in all")
    ids, parsed = [item.id(key) for item in items], [parse(item) for item in items]
    return _Page(number, ids, parsed, min(size, asked) or asked, size == asked, total)
