"""A query string read against what its list takes: paging, filters and sort (contract 2 and 3)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from reconciler.sandbox.protocol.listing import KINDS, OPERATORS, Field, Listing
from reconciler.sandbox.protocol.problems import Invalid, bad_request, invalid, not_in, unknown_property
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.state.times import normal
from reconciler.sandbox.switches import Switches

CURSORS = {"page[after]": "after", "page[before]": "before"}
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
FILTER = re.compile(r"filter\[([^\[\]]+)\](?:\[([^\[\]]+)\])?")
KEY = re.compile(r"[A-Za-z0-9._-]{1,63}")


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
