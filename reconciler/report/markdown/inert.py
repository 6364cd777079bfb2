"""Text that strangers typed, made inert for Markdown as GitHub and GitLab render it.

What is no plain word stands in a code span: there no @mention, #reference, address, commit or URL becomes a link, and
neither HTML nor Markdown is read. Escapes would not do: mentions and references are found in the rendered text.
"""

from __future__ import annotations

import re
from html import escape as html_escape
from itertools import groupby

from reconciler.report.escape import inert, shorten
from reconciler.report.words import Name, Told, Words

LONGEST = 120
"""Cells of a name; the rest is in the artifact."""
_MESSAGE = 800

# NOTE: letters alone, or a short number: no dot (www.example.com), no hyphen with a digit (GH-1), no hex of seven
# letters or more (a commit), nothing with a colon in it (https:, :emoji:).
_LETTERS = r"""[("'“]{0,2}[^\W\d_]+(?:['’-][^\W\d_]+)*[)"'”]{0,2}[.,;:?…]?"""
_NUMBER = r"\(?(?:\d{1,6}|\d{1,3}(?:,\d{3})+)\)?[,;:]?"
_WORD = re.compile(f"{_LETTERS}|{_NUMBER}|[–→=%]|[).,;:]+")
_COMMIT = re.compile(r"\W*[0-9a-f]{7,}\W*", re.IGNORECASE)
_QUOTED = re.compile("(`[^`]+`)")
_EDGES = re.compile(r"(\(*)(.*?)([).,;:]*)")


def code(text: str, limit: int = LONGEST) -> str:
    r"""A code span that says the text and nothing else.

    >>> code("@everyone #1"), code("a`b")
    ('`@everyone #1`', '``a`b``')
    """
    return _span(shorten(inert(text), limit))


def _span(safe: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", safe)), default=0) + 1)
    pad = " " if not safe.strip() or safe[0] in "` " or safe[-1] in "` " else ""
    return f"{fence}{pad}{safe or ' '}{pad}{fence}"


def prose(text: str) -> str:
    """A message, reason or hint: plain words as they are, what we quote and all else in code spans; not endless.

    >>> prose("team paymants is neither on the portal nor under `teams`, says ada@partner.example")
    'team paymants is neither on the portal nor under `teams`, says `ada@partner.example`'
    """
    said = ""
    for part in _QUOTED.split(shorten(inert(text), _MESSAGE)):
        more = _span(part[1:-1]) if _QUOTED.fullmatch(part) else _words(part)
        said += f" {more}" if said.endswith("`") and more.startswith("`") else more  # or two spans would be one
    return said.strip()


def _words(text: str) -> str:
    runs = [(plain, " ".join(found)) for plain, found in groupby(text.split(" "), _is_plain)]
    return " ".join(run if plain else _other(run) for plain, run in runs)


def _is_plain(word: str) -> bool:
    return not word or (_WORD.fullmatch(word) is not None and not _COMMIT.fullmatch(word))


def _other(run: str) -> str:
    """A code span; the punctuation around it is the sentence's."""
    edges = _EDGES.fullmatch(run)
    if edges is None or not edges[2]:
        return _span(run)
    return edges[1] + _span(edges[2]) + edges[3]


def sentence(words: Words) -> str:
    """Words in which names are set apart; names that follow each other, as an API and its version, are one."""
    parts: list[str] = []
    for word in words:
        named = isinstance(word, Name)
        if named and len(parts) > 1 and parts[-1] == " " and isinstance(parts[-2], Name):
            parts[-2:] = [Name(f"{parts[-2]} {word}")]
        else:
            parts.append(word)
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if isinstance(part, Told):
        return prose(part)
    return code(part) if isinstance(part, Name) else part


def html(text: str) -> str:
    """Text within HTML of ours: in a `code` element, where neither mentions nor references are looked for."""
    return f"<code>{html_escape(shorten(inert(text), LONGEST))}</code>"
