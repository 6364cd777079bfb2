"""Text that strangers typed, made inert for a terminal and a workflow log: it is shown, and cannot act.

Whatever could move the cursor, reorder or hide what stands beside it is written out, as in ``\\u{202e}``.
"""

from __future__ import annotations

import re
import unicodedata

NAME_CELLS = 64
"""A longer name is shortened in the middle, in text alone; JSON has all of it."""

_BLANKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef\U0001d159]"
)
"""Letters, marks and symbols that show nothing, which `str.isprintable` nevertheless lets pass."""

_PILED_MARKS = 3
"""Marks on one letter that languages need; what is piled on top of them smears over other lines."""

# NOTE: the GitHub runner obeys `::command::` at the start of a log line, blanks before it aside, and `##[command]`
# anywhere in a line (actions/runner, ActionCommand.cs); Azure Pipelines obeys `##vso[command]` anywhere.
_WORKFLOW_COMMAND = re.compile(r"(?<!\S):(?=:)|#(?=#(?:\[|vso\[))")

_BARE = re.compile(r"[^\W_](?:[\w.@+/-]*\w)?")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def inert(text: str) -> str:
    r"""The text with everything that could act, hide or reorder made visible.

    >>> inert("pay\u202eroll\x1b[2J")
    'pay\\u{202e}roll\\u{1b}[2J'
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_visible(text))
    return disarmed(text)


def disarmed(text: str) -> str:
    """The text without workflow commands: for a whole line, whose parts may only together make one."""
    return _WORKFLOW_COMMAND.sub(lambda found: _written_out(found.group()), text)


def _visible(text: str) -> list[str]:
    shown: list[str] = []
    marks = _PILED_MARKS  # so that a mark without a letter of its own cannot sit on ours
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        hidden = not character.isprintable() or _BLANKS.match(character) or marks > _PILED_MARKS
        shown.append(_written_out(character) if hidden else character)
    return shown


def _written_out(character: str) -> str:
    return _SHORT.get(character) or f"\\u{{{ord(character):x}}}"


def name(text: str, limit: int = NAME_CELLS) -> str:
    """A name within a sentence: inert, shortened, and in quotes where it could be read as our own words.

    >>> name("Checkout"), name("Settlement bot"), name('so-called "bot"')
    ('Checkout', '"Settlement bot"', '"so-called \\\\"bot\\\\""')
    """
    if _BARE.fullmatch(text) and text.isascii():
        return shorten(text, limit)
    safe = inert(text)
    if _BARE.fullmatch(safe):
        return shorten(safe, limit)
    return quoted(text, limit)


def quoted(text: str, limit: int = NAME_CELLS) -> str:
    """A value in quotes: inert and shortened."""
    return '"' + shorten(inert(text).replace('"', '\\"'), limit) + '"'


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` cells; both ends stay, for they tell names apart."""
    if cells(text) <= limit:
        return text
    tail = _fitting(text[::-1], (limit - 1) // 2)[::-1]
    return f"{_fitting(text, limit - 1 - cells(tail))}…{tail}"


def _fitting(text: str, limit: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > limit:
            return text[:index]
    return text


def cells(text: str) -> int:
    """How many columns of a terminal the text takes: two for wide characters, none for marks on a letter."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_cells_of(character) - 1 for character in text if character > "\x7f")


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at blanks; a longer word has a line of its own."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
