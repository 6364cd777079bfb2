"""The query of a list: paging, filters and sort (contract 2 and 3), turned into SQL.

A `Listing` says which filters and sorts an operation has; `parse` reads a query string against it and
`ListQuery.page` fetches the page. Values are always bound, names come from the tables in this package.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from reconciler.sandbox.protocol.problems import Invalid, bad_request, invalid, not_in, unknown_property
from reconciler.sandbox.protocol.written import Written
from reconciler.sandbox.state.store import Transaction
from reconciler.sandbox.state.times import normal
from reconciler.sandbox.switches import Switches

CURSORS = {"page[after]": "after", "page[before]": "before"}
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
FILTER = re.compile(r"filter\[([^\[\]]+)\](?:\[([^\[\]]+)\])?")
KEY = re.compile(r"[A-Za-z0-9._-]{1,63}")

OPERATORS: Mapping[str, str] = {
    "eq": "{column} = ?",
    "neq": "{column} IS NOT ?",
    "oeq": "{column} IN (SELECT value FROM json_each(?))",
    "contains": "instr({column}, ?) > 0",
    "ocontains": "EXISTS (SELECT 1 FROM json_each(?) WHERE instr({column}, value) > 0)",
    "lt": "{column} < ?",
    "lte": "{column} <= ?",
    "gt": "{column} > ?",
    "gte": "{column} >= ?",
}
KINDS: Mapping[str, tuple[str, ...]] = {
    "string": ("", "eq", "neq", "contains", "ocontains", "oeq"),
    "exact": ("", "eq"),
    "uuid": ("eq", "oeq", "neq"),
    "boolean": ("",),
    "datetime": ("", "eq", "lt", "lte", "gt", "gte"),
}
"""The operators of each kind of field; the empty one is the shorthand `filter[field]=value`."""


@dataclass(frozen=True, slots=True)
class Field:
    """A filter: the column it looks at and its kind. `keyed`: `filter[labels.env]` looks into JSON."""

    column: str
    kind: str = "string"
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list operation: what it selects, from where, and its filters and sorts (name -> column).

    Rows come in the order of `created_at`, then of insertion (contract 2: ascending creation is likely);
    of insertion alone where `dated` is false. `drifting`: that order may be another on every other page, by a switch.
    `paged` is false for what is no list: it takes no parameter.
    `cursors`: its pages are found by cursors, not by numbers (`cursor.page`).
    `flags`: other parameters, with the values they take.
    `foreign_wording`: the reason for a bad sort as the API Builder words it (openapi.yaml, /apis).
    """

    table: str = ""
    columns: str = ""
    source: str = ""
    filters: Mapping[str, Field] = field(default_factory=dict)
    sorts: Mapping[str, str] = field(default_factory=dict)
    dated: bool = True
    drifting: bool = False
    paged: bool = True
    cursors: bool = False
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    foreign_wording: bool = False


NOT_A_LIST = Listing(paged=False)


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


def parse(listing: Listing, query: str, switches: Switches, shift: int = 0) -> ListQuery:
    """Read a query string; 400 with every parameter that is wrong."""
    faults: list[Invalid] = []
    pages = {"page[size]": switches.default_page_size, **({} if listing.cursors else {"page[number]": 1})}
    cursors: dict[str, str] = {}
    flags: dict[str, str] = {}
    order: tuple[str, ...] = ()
    conditions: dict[str, tuple[str, Any]] = {}
    for name, value in dict(parse_qsl(query, keep_blank_values=True)).items():
        if name in pages and listing.paged:
            pages[name] = _integer(name, value, pages[name], faults)
        elif name in CURSORS and listing.cursors:
            cursors[CURSORS[name]] = value
        elif name in listing.flags:
            flags[name] = value
            if value not in listing.flags[name]:
                faults.append(not_in(name, listing.flags[name], "query"))
        elif name == "sort" and listing.sorts:
            order = _order(listing, value, faults)
        else:
            condition = _condition(listing, name, value, faults)
            if condition:
                conditions[name] = condition
    if faults:
        raise bad_request(*faults)
    size = min(pages["page[size]"], switches.largest_page_size)
    number = pages.get("page[number]", 1)
    shifted = shift if number > 1 else 0
    backwards = listing.drifting and not switches.stable_order and number % 2 == 0
    return ListQuery(listing, size, number, order, tuple(conditions.values()), cursors, flags, shifted, backwards)


def _integer(name: str, value: str, default: int, faults: list[Invalid]) -> int:
    if not value:  # allowEmptyValue (contract 2)
        return default
    if not INTEGER.fullmatch(value):
        faults.append(invalid(name, "is_number", f'"{name}" must be a number', "query"))
        return default
    if int(value) < 1:
        reason = f'"{name}" must be greater than or equal to 1'
        faults.append(invalid(name, "min", reason, "query", minimum=1))
    return int(value)


def _order(listing: Listing, value: str, faults: list[Invalid]) -> tuple[str, ...]:
    terms = []
    for term in value.split(","):
        name, _, direction = term.strip().partition(" ")
        if name not in listing.sorts or direction.strip() not in ("", "asc", "desc"):
            fault = not_in("sort", listing.sorts, "query")
            if listing.foreign_wording:
                fault["reason"] = f'"sort" field must contain any of: [{", ".join(listing.sorts)}]'
            faults.append(fault)
            break
        terms.append(listing.sorts[name] + (" DESC" if direction.strip() == "desc" else ""))
    return tuple(terms)


def _condition(listing: Listing, name: str, value: str, faults: list[Invalid]) -> tuple[str, Any] | None:
    match = FILTER.fullmatch(name)
    found = match and _field(listing, match[1])
    if not match or not found:
        faults.append(unknown_property(name, "query"))
        return None
    operator = match[2] or ""
    if operator not in KINDS[found.kind]:
        if operator:
            faults.append(unknown_property(name, "query"))
        else:  # a UUID filter has no shorthand (contract 3)
            faults.append(invalid(name, "is_object", f'"{name}" must be of type object', "query"))
        return None
    bound = _bound(name, found.kind, operator, value, faults)
    return OPERATORS[operator or "eq"].format(column=found.column), bound


def _field(listing: Listing, name: str) -> Field | None:
    known = listing.filters.get(name)
    if known:
        return None if known.keyed else known
    outer, _, key = name.partition(".")
    known = listing.filters.get(outer)
    if not known or not known.keyed or not KEY.fullmatch(key):
        return None
    return Field(f"json_extract({known.column}, '$.\"{key}\"')")


def _bound(name: str, kind: str, operator: str, value: str, faults: list[Invalid]) -> Any:
    if kind == "boolean":
        if value not in ("true", "false"):
            reason = f'value of "{name}" must be true or false'
            faults.append(invalid(name, "is_boolean", reason, "query"))
        return int(value == "true")
    if kind == "datetime":
        moment = normal(value)
        if moment is None:
            faults.append(invalid(name, "is_date_time", f'"{name}" must be a valid date-time', "query"))
        return moment
    return json.dumps(value.split(",")) if operator in ("oeq", "ocontains") else value
