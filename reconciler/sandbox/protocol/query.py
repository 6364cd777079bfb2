"""The query of a list, checked, as SQL: which page, in which order, and which rows (contract 2 and 3).

Values are always bound, names come from the tables in this package.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.sandbox.protocol.listing import Listing
from reconciler.sandbox.protocol.written import Written
from reconciler.sandbox.state.store import Transaction


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A checked query string: which page, in which order, and the conditions of the filters."""

    listing: Listing
    size: int
    number: int = 1
    order: tuple[str, ...] = ()
    conditions: tuple[tuple[str, Any], ...] = ()
    cursors: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    shift: int = 0
    """How many records were added before later pages since the first was read; removed, if below zero."""
    backwards: bool = False
    """Whether what the request did not sort by goes the other way round (contract 11.10)."""

    def page(self, tx: Transaction, item: str, where: str, *values: Any) -> Written:
        """`{data, meta}` of the rows that also meet `where`; past the last page the data is empty.

        `item` is the SQL of one of the data (`written`). Later pages are found in the list of all row numbers in
        order, which is remembered: neither skipped to nor counted anew each time.
        """
        clauses, bound = self._where(where, values)
        listing, offset = self.listing, self.size * (self.number - 1) - self.shift
        if offset <= 0:
            total = tx.count(f"SELECT count(*) FROM {listing.source} WHERE {clauses}", *bound)
            sql = self._select(item, listing.source, clauses) + " LIMIT ?"
            rows = tx.all(sql, *bound, self.size)
        else:
            found = tx.numbers(self._select(f"{listing.table}.seq", listing.source, clauses), *bound)
            total, shown = len(found), found[offset : offset + self.size].tolist()
            # CROSS JOIN fixes the order: those numbers first, then their records.
            sql = (
                f"SELECT {item} FROM json_each(?) AS place CROSS JOIN {listing.source} "
                f"WHERE {listing.table}.seq = place.value AND {clauses} ORDER BY place.key"
            )
            rows = tx.all(sql, json.dumps(shown), *bound)
        page = {"number": self.number, "size": self.size, "total": max(total + self.shift, 0)}
        data = ",".join([row[0] for row in rows])
        return Written(f'{{"data":[{data}],"meta":{json.dumps({"page": page}, separators=(",", ":"))}}}')

    def between(
        self, tx: Transaction, after: int, before: int, backwards: bool, where: str, *values: Any
    ) -> list[Any]:
        """The rows of a page between two places in the order of insertion, and one more if there is one."""
        clauses, bound = self._where(where, values)
        seq = f"{self.listing.table}.seq"
        sql = (
            f"SELECT {seq}, {self.listing.columns} FROM {self.listing.source} WHERE {clauses} "
            f"AND {seq} > ? AND {seq} < ? ORDER BY {seq} {'DESC' if backwards else 'ASC'} LIMIT ?"
        )
        return tx.all(sql, *bound, after, before, self.size + 1)

    def everything(self, tx: Transaction, where: str, *values: Any, render: Callable[[Any], Any] = dict) -> list[Any]:
        """All rows, for a list without pages."""
        clauses, bound = self._where(where, values)
        return [
            render(row) for row in tx.all(self._select(self.listing.columns, self.listing.source, clauses), *bound)
        ]

    def in_any_case(self, name: str) -> ListQuery:
        """The same, with the filters on that field ignoring the case of ASCII letters."""
        column = self.listing.filters[name].column
        conditions = tuple(
            (clause.replace(column, f"{column} COLLATE NOCASE"), value) for clause, value in self.conditions
        )
        return replace(self, conditions=conditions)

    def _where(self, where: str, values: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
        clauses = " AND ".join((where, *(clause for clause, _ in self.conditions)))
        return clauses, (*values, *(value for _, value in self.conditions))

    def _select(self, columns: str, source: str, clauses: str) -> str:
        table, turn = self.listing.table, " DESC" if self.backwards else ""
        default = (f"{table}.created_at{turn}",) if self.listing.dated else ()
        order = ", ".join((*(self.order or default), f"{table}.seq{turn}"))
        return f"SELECT {columns} FROM {source} WHERE {clauses} ORDER BY {order}"
