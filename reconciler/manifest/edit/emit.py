"""Plain data as YAML, in the style that people write manifests in; whatever a stranger typed stays data."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from reconciler.manifest.scalars import WORDS, resolve
from reconciler.model.lookalike import hidden, mixed_scripts

LONGEST_LINE = 100
"""Columns that a list in brackets may reach; a longer one gets a line an item."""

_LINE_EACH = frozenset({"developers", "members", "applications", "rules"})
"""Keys whose lists have a line an item however short they are, so that each stands alone in a diff."""

_BARE = re.compile("[A-Za-z0-9_][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_][A-Za-z0-9_./@+-]*)*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Foreign(str):
    """A text that a stranger typed: always written in double quotes, whatever it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Indents:
    """How a file is indented: `dash` columns from a key to the dashes below it, `item` from a dash to its item."""

    dash: int = 2
    item: int = 2


def scalar(value: Any) -> str:
    """One value on one line.

    >>> scalar("payments"), scalar("no"), scalar(Foreign("bob@x.example")), scalar(True)
    ('payments', '"no"', '"bob@x.example"', 'true')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return str(value)
    bare = not isinstance(value, Foreign) and _BARE.fullmatch(value) and value not in WORDS
    return value if bare and resolve(value) == value else _quoted(value)


def _quoted(text: str) -> str:
    """In double quotes; what does not show, reorders, or passes for another letter is written out."""
    plain_ascii = bool(mixed_scripts(text))
    return '"' + "".join(_character(each, plain_ascii) for each in text) + '"'


def _character(character: str, plain_ascii: bool) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isascii() and character.isprintable():
        return character
    if not plain_ascii and unicodedata.category(character)[0] in "LN" and not hidden(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow(value: Any) -> str:
    """Any value on one line, lists and mappings in brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]" if isinstance(value, list) else scalar(value)


def mapping_lines(data: dict[str, Any], column: int, indents: Indents, *, top: bool = False) -> list[str]:
    """The mapping's keys at that column, a line each or more. `top`: the root, whose lists have a line an item."""
    return [line for key, value in data.items() for line in key_lines(key, value, column, indents, top=top)]


def key_lines(key: str, value: Any, column: int, indents: Indents, *, top: bool = False) -> list[str]:
    """One key with its value."""
    start = " " * column + f"{scalar(key)}:"
    if not _in_block(key, value, column, top):
        return [f"{start} {flow(value)}"]
    if isinstance(value, dict):
        return [start, *mapping_lines(value, column + indents.item, indents)]
    return [start, *(line for each in value for line in item_lines(each, column + indents.dash, indents, top=top))]


def item_lines(item: Any, column: int, indents: Indents, *, top: bool = False) -> list[str]:
    """One item of a list whose dashes stand at that column; a mapping of a `top` list has a line a key."""
    dash = " " * column + "-".ljust(indents.item)
    if not isinstance(item, dict) or (not top and _flat(item) and len(dash + flow(item)) <= LONGEST_LINE):
        return [dash + flow(item)]
    first, *rest = mapping_lines(item, column + indents.item, indents)
    return [dash + first[len(dash) :], *rest]


def _in_block(key: str, value: Any, column: int, top: bool) -> bool:
    if not isinstance(value, (list, dict)) or not value:
        return False
    if isinstance(value, list) and (top or key in _LINE_EACH):
        return True
    flat = (
        _flat(value) if isinstance(value, dict) else all(not isinstance(each, dict) or _flat(each) for each in value)
    )
    return not flat or column + len(f"{scalar(key)}: {flow(value)}") > LONGEST_LINE


def _flat(data: dict[str, Any]) -> bool:
    """Short enough in thought for one line: no lists, and nothing nested twice."""
    inner = [value for value in data.values() if isinstance(value, dict)]
    values = [*data.values(), *(each for mapping in inner for each in mapping.values())]
    return not any(isinstance(value, list) for value in values) and not any(
        isinstance(each, dict) for mapping in inner for each in mapping.values()
    )
