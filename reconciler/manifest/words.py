"""How values and choices are put into the words of a message."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_LONGEST = 60
_LIKE = 0.65


def quoted(text: str) -> str:
    """The text in quotes, with everything that a terminal would act upon escaped, and cut where it is long.

    >>> quoted("a\\x1b[2Jb")
    "'a\\\\x1b[2Jb'"
    """
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def found(value: Any) -> str:
    """What kind of thing stands there, in the words of someone who writes YAML."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    return "a list" if isinstance(value, list) else "a mapping"


def choices(values: Iterable[Any]) -> str:
    """The values as a list in a sentence: `a, b or c`."""
    texts = [str(value) for value in values]
    return " or ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)


def nearest(text: str, known: Iterable[str]) -> str:
    """`, did you mean 'x'?` where one of the known words is like the text, else nothing."""
    return _nearest(text[:_LONGEST].lower(), tuple(known))


@lru_cache(256)
def _nearest(text: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # only errors need it

    by_lower = {word.lower(): word for word in known}
    close = get_close_matches(text, by_lower, 1, _LIKE)
    return f", did you mean {by_lower[close[0]]!r}?" if close else ""
