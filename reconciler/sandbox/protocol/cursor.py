"""Lists that are paged by cursors: `page[after]` and `page[before]`, links in the meta (contract 2)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from reconciler.sandbox.protocol.problems import bad_request, invalid
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.state.store import Transaction

FIRST, LAST = 0, 2**62


def page(
    tx: Transaction, query: ListQuery, path: str, where: str, *values: Any, render: Callable[[Any], Any] = dict
) -> dict[str, Any]:
    """`{data, meta}` of the rows behind (or before) the cursor, in the order of insertion; `path` is the list's own.

    A cursor stands for the record that it was made for, and outlives that record. 400 for a text that is none.
    """
    after, before = _place(query, "after", FIRST), _place(query, "before", LAST)
    backwards = "before" in query.cursors and "after" not in query.cursors
    rows = query.between(tx, after, before, backwards, where, *values)
    shown = rows[: query.size]
    if backwards:
        shown.reverse()
    more = len(rows) > query.size
    later = more if not backwards else before != LAST
    earlier = more if backwards else after != FIRST

    def link(**cursor: Any) -> str:
        named = {f"page[{name}]": _cursor(row["seq"]) for name, row in cursor.items()}
        return f"{path}?{urlencode({'page[size]': query.size, **named})}"

    meta = {
        "first": link(),
        "last": f"{path}?{urlencode({'page[size]': query.size, 'page[before]': _cursor(LAST)})}",
        "next": link(after=shown[-1]) if later and shown else None,
        "previous": link(before=shown[0]) if earlier and shown else None,
        "size": query.size,
    }
    return {"data": [render(row) for row in shown], "meta": {"page": meta}}


def _cursor(seq: int) -> str:
    return base64.urlsafe_b64encode(f"seq:{seq}".encode()).decode().rstrip("=")


def _place(query: ListQuery, name: str, default: int) -> int:
    text = query.cursors.get(name)
    if not text:
        return default
    try:
        kind, _, seq = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").partition(":")
        place = int(seq) if kind == "seq" else -1
    except ValueError:
        place = -1
    if not FIRST <= place <= LAST:
        field = f"page[{name}]"
        raise bad_request(invalid(field, "invalid", f'"{field}" is not a cursor of this list', "query"))
    return place
