"""The lines of a manifest as places to put further ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"( *)[ \t]*#")


@dataclass(frozen=True, slots=True)
class Splice:
    """What replaces `text[start:end]`; an insertion where both are the same."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """The text with everything replaced; what is inserted at one place keeps its order. None may overlap."""
    parts, at = [], 0
    for splice in in_order(splices):
        if splice.start < at:
            raise ValueError("two edits concern the same text")
        parts += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join([*parts, text[at:]])


def in_order(splices: Sequence[Splice]) -> list[Splice]:
    """As they stand in the text; what is inserted before something that goes comes first."""
    return sorted(splices, key=lambda splice: (splice.start, splice.end))


@dataclass(frozen=True, slots=True)
class Lines:
    """A text by its lines; every place is an index into it."""

    text: str

    def start(self, at: int) -> int:
        """Where the line of that place begins."""
        return self.text.rfind("\n", 0, at) + 1

    def end(self, at: int) -> int:
        """Where the line after the one of that place begins; the end of the text after the last."""
        return self.text.find("\n", at) + 1 or len(self.text)

    def below(self, end: int, column: int) -> int:
        """Where lines go that follow a thing that ends there: below its line and the comments further in than it."""
        at = self.end(end)
        while (found := _COMMENT.match(self.text, at)) and len(found[1]) > column:
            at = self.end(at)
        return at

    def above(self, at: int) -> int:
        """Where lines go that precede the thing on that line: above the comment that is right above it, too."""
        at = self.start(at)
        while at > 0:
            before = self.start(at - 1)
            if not _COMMENT.match(self.text, before):
                break
            at = before
        return at

    def has_blank(self, start: int, end: int) -> bool:
        """Whether an empty line stands between."""
        return any(not line.strip() for line in self.text[self.end(start) : self.start(end)].split("\n")[:-1])

    def inserted(self, at: int, lines: Sequence[str]) -> Splice:
        """Those lines put in there, ended as the line above them is, and as the text is at its end."""
        before = self.text[:at]
        newline = "\r\n" if before.endswith("\r\n") or (not before.endswith("\n") and "\r\n" in before) else "\n"
        if before and not before.endswith("\n"):
            return Splice(at, at, "".join(newline + line for line in lines))
        return Splice(at, at, "".join(line + newline for line in lines))
