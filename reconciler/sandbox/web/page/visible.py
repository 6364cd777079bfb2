"""Text that strangers typed, as HTML that shows all of it and does nothing."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST = 300
"""More characters than the API takes in a name; a seed may hold longer ones."""

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols without a shape, which `str.isprintable` lets pass."""

_PILED_MARKS = 3
"""Marks that languages put on one letter; more of them smear over the rows above and below."""


def shown(text: str) -> str:
    """The text as HTML, shortened if need be, which cannot reorder what stands beside it.

    Whatever is invisible, or moves or reorders text, is written as its code point.

    >>> shown("<b>")
    '<bdi>&lt;b&gt;</bdi>'
    >>> shown("pay\u202eroll")
    '<bdi>pay<span class="code">U+202E</span>roll</bdi>'
    """
    kept = text[:LONGEST]
    inner = html.escape(kept) if kept.isascii() and kept.isprintable() else "".join(_visible(kept))
    rest = f' <span class="code">and {len(text) - LONGEST:,} characters more</span>' if len(text) > LONGEST else ""
    return f"<bdi>{inner}</bdi>{rest}"


def _visible(text: str) -> list[str]:
    parts = []
    marks = _PILED_MARKS  # a mark without a letter of its own would sit on ours
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        hidden = not character.isprintable() or _BLANK.match(character) or marks > _PILED_MARKS
        parts.append(f'<span class="code">U+{ord(character):04X}</span>' if hidden else html.escape(character))
    return parts
