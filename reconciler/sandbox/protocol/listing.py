"""What a list operation is, as a table: what it selects from, its filters and sorts (contract 2 and 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
