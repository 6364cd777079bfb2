"""Whole lists, or an error: never a part of one (contract section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

LARGEST = 1_000_000
"""More things than any list of a portal has: pages of what is said to be longer are not even asked for."""

T = TypeVar("T")
Get = Callable[[str, Mapping[str, str] | None], Any]
Told = Callable[[int, int], None]
"""Called from any thread with how many answers have come, and how many more are now known to come."""


@dataclass(frozen=True, slots=True)
class _Page(Generic[T]):
    ids: list[str]
    items: list[T]
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages the whole list has."""
        return -(-self.total // min(self.size, PAGE_SIZE)) if self.total else 1


def list_all(
    get: Get,
    path: str,
    params: Mapping[str, str],
    parse: Callable[[Fields], T],
    *,
    key: str = "id",
    told: Told | None = None,
) -> Job[list[T]]:
    """A job that reads the whole list at `path` and returns its items as parsed, in the list's order.

    The first page comes first, the others side by side; the server may make pages smaller than asked. What was
    collected must be as many as meta.page.total says, and no id (field `key`) twice; else the list moved while it
    was read, and is read again. As many gone as come between two pages shows as an id met twice only where the newest
    come first: of more than a hundred teams, members of one team, or roles of one, which cannot be sorted (contract
    2), one could be missed until the next run.

    Raises MovingListError after a few tries, NonsenseError for a page without sense.
    """

    def page(number: int) -> _Page[T]:
        asked = {**params, "page[size]": str(PAGE_SIZE), "page[number]": str(number)}
        found = _page(get(path, asked), number, f"GET /v3{path} page {number}", parse, key)
        if told is not None:
            told(1, found.pages - 1 if number == 1 else 0)
        return found

    for _ in range(TRIES):
        first: _Page[T] = (yield [partial(page, 1)])[0]
        full = len(first.ids) == min(first.size, PAGE_SIZE, first.total)
        rest: list[_Page[T]] = yield (partial(page, n) for n in range(2, first.pages + 1) if full)
        pages = [first, *rest]
        ids = [one for page_ in pages for one in page_.ids]
        if len(ids) == len(set(ids)) == first.total and {page_.total for page_ in rest} <= {first.total}:
            return [item for page_ in pages for item in page_.items]
    raise MovingListError(
        f"GET /v3{path} kept changing while it was read: {len(ids)} found, {len(ids) - len(set(ids))} of them twice, "
        f"where the portal says {first.total}",
        "try again when fewer people change the portal",
    )


def _page(body: Any, number: int, where: str, parse: Callable[[Fields], T], key: str) -> _Page[T]:
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
    return _Page([item.id(key) for item in items], [parse(item) for item in items], size, total)
