"""Words as plain text on one line, inert for terminals and logs; each format escapes it for its own syntax."""

from __future__ import annotations

from reconciler.report.escape import inert, name, shorten
from reconciler.report.notices import Notice
from reconciler.report.words import Name, Words

_LONGEST = 800


def sentence(words: Words) -> str:
    """Words in which names are set apart; not endless."""
    return shorten("".join(name(word) if isinstance(word, Name) else inert(word) for word in words), _LONGEST)


def message(notice: Notice) -> str:
    """What a notice says, and what to do."""
    hint = f" ({shorten(inert(notice.hint), _LONGEST)})" if notice.hint else ""
    return sentence(notice.words) + hint
