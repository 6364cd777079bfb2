"""A page for a terminal: entries with their place at the right edge, wrapped to the width, coloured or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reconciler.report.escape import cells, disarmed, wrap

Style = Literal["plain", "strong", "faint", "grants", "removes", "neither", "error", "warning", "note"]

_SGR: dict[Style, str] = {
    "plain": "",
    "strong": "1",
    "faint": "2",
    "grants": "32",
    "removes": "1;31",
    "neither": "33",
    "error": "1;31",
    "warning": "33",
    "note": "2",
}
"""Colour repeats what sign, word or heading say, and never says anything alone."""

WIDEST = 120
"""On a wider terminal the right edge stays here: the eye must find its way along the line."""

_NARROWEST = 40
_GAP = 2
_STEP = 4


_GLUE = "\0"


def together(text: str) -> str:
    """The text with its blanks glued, so that no line is broken there."""
    return text.replace(" ", _GLUE)


def loose(text: str) -> str:
    """The text with its blanks as they were."""
    return text.replace(_GLUE, " ")


class Page:
    """Lines of inert text, top to bottom; callers hand in text that may reach a terminal as it is."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = max(_NARROWEST, min(width, WIDEST))
        self.colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        """The whole page."""
        return "\n".join(self._lines) + "\n"

    def blank(self) -> None:
        """An empty line, unless the page starts here or has one already."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def line(self, text: str, style: Style = "plain", indent: int = 0) -> None:
        """Text from the left, wrapped, its further lines a step further in."""
        first, *rest = wrap(text, self.width - indent)
        if rest:
            rest = wrap(" ".join(rest), self.width - indent - _STEP)
        self._put(indent, (first, style))
        for more in rest:
            self._put(indent + _STEP, (more, style))

    def unbroken(self, text: str, style: Style = "plain", indent: int = 0) -> None:
        """Text on one line however long: for lines that programs take apart as well."""
        self._put(indent, (text, style))

    def entry(
        self,
        text: str,
        *,
        style: Style = "plain",
        indent: int = 2,
        note: str = "",
        place: str = "",
        below: Iterable[tuple[str, Style]] = (),
    ) -> None:
        """A line with its place at the right edge and a note between; what does not fit goes below, further in."""
        room = self.width - indent
        taken = _GAP + cells(place) if place else 0
        if note and cells(text) + _GAP + cells(note) + len("()") + taken <= room:
            self._put(indent, (text, style), (f"({note})", "faint"), place=place)
        elif cells(text) + taken <= room:
            self._put(indent, (text, style), place=place)
            below = ((note, "faint"), *below)
        else:
            self.line(text, style, indent)
            self._placed_below(note, place, indent + _STEP)
        for more, how in below:
            if more:
                self.line(more, how, indent + _STEP)

    def _placed_below(self, note: str, place: str, indent: int) -> None:
        if note and cells(note) + _GAP + cells(place) <= self.width - indent:
            self._put(indent, (note, "faint"), place=place)
            return
        if note:
            self.line(note, "faint", indent)
        if place:
            self._put(indent, (place, "faint"))

    def _put(self, indent: int, *parts: tuple[str, Style], place: str = "") -> None:
        parts = tuple((disarmed(text), style) for text, style in parts)
        used = indent + sum(cells(text) for text, _ in parts) + _GAP * (len(parts) - 1)
        line = " " * indent + (" " * _GAP).join(self._styled(text, style) for text, style in parts)
        if place:
            line += " " * (self.width - used - cells(place)) + self._styled(place, "faint")
        self._lines.append(loose(line))

    def _styled(self, text: str, style: Style) -> str:
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.colour and _SGR[style] else text
