"""Pieces of HTML. Text goes through `shown`; what stands here literally is the page's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from reconciler.report.escape import inert


def shown(text: str) -> str:
    """Text that strangers may have typed: inert, and without markup.

    >>> shown("<b>\u202e")
    '&lt;b&gt;\\\\u{202e}'
    """
    return escape(inert(text))


def tag(name: str, inner: str, **attributes: str) -> str:
    """An element; `class_` and `for_` are written without their underscore, others with a hyphen in its place."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>{inner}</{name}>"


def listed(items: Iterable[str]) -> str:
    """A list of pieces of HTML; "" of none."""
    inner = "".join(f"<li>{item}</li>\n" for item in items)
    return f"<ul>\n{inner}</ul>\n" if inner else ""


def island(value: Any) -> str:
    """Data for the page's script, as JSON that cannot end its element, whatever is in it; ASCII alone."""
    text = json.dumps(value, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="data">{text}</script>\n'
