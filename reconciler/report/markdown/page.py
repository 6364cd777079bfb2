"""A page that keeps within what a comment may hold: of too much, whole lines go, by section, the last first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LIMIT = 65_536
"""Characters of a comment on a pull request; GitHub refuses a longer one."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the lines below it. `rank`: the lower, the later it is cut. `folded`: closed until it is opened.

    Lines that start with blanks belong to the one above. They are taken once, and no more of them than fit, so that
    what nobody sees need not be made. `number`: of how many things they tell; None where nobody counted.
    """

    rank: int
    title: str
    lines: Iterable[str] = ()
    folded: bool = False
    number: int | None = None

    @property
    def head(self) -> str:
        """What stands above the lines."""
        if self.folded:
            return f"<details>\n<summary>{self.title}</summary>\n\n"
        return f"{self.title}\n" if self.lines == () else f"{self.title}\n\n"

    @property
    def tail(self) -> str:
        """What stands below the lines."""
        return "\n</details>\n\n" if self.folded else "\n"


def fit(sections: Sequence[Section], pointer: str, limit: int = LIMIT) -> str:
    """The sections in their order, within the limit: first every heading, then the lines, the lowest rank first.

    `pointer` says where all of it is; it stands wherever something was left out.
    """
    room = limit - _size(_left_out(10**9, pointer)) - 2
    order = sorted(range(len(sections)), key=lambda index: sections[index].rank)
    shown: dict[int, list[str]] = {}
    for index in order:
        section = sections[index]
        frame = _size(section.head) + _size(_more(section, pointer)) + 1 + _size(section.tail)
        if frame <= room:
            shown[index] = []
            room -= frame
    for index in order:
        for line in sections[index].lines if index in shown else ():
            if _size(line) + 1 > room:
                shown[index].append(_more(sections[index], pointer))
                break
            room -= _size(line) + 1
            shown[index].append(line)
    text = "".join(_whole(sections[index], shown[index]) for index in sorted(shown))
    missing = len(sections) - len(shown)
    return (text + (_left_out(missing, pointer) if missing else "")).rstrip("\n") + "\n"


def _whole(section: Section, lines: list[str]) -> str:
    return section.head + "".join(f"{line}\n" for line in lines) + section.tail


def _more(section: Section, pointer: str) -> str:
    all_of_it = f"{section.number:,} in all" if section.number is not None else "and more"
    return f"- … {all_of_it}: {pointer}"


def _left_out(number: int, pointer: str) -> str:
    return f"… and {number:,} more sections: {pointer}\n"


def _size(text: str) -> int:
    """As GitHub counts at worst: in UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def opened(rank: int, title: str, lines: Iterable[str], number: int) -> Section:
    """A section below a heading that counts its things."""
    return Section(rank, f"### {_counted(title, number)}", lines, number=number)


def folded(rank: int, title: str, lines: Iterable[str], number: int | None = None) -> Section:
    """A section that is closed until somebody opens it; the title has no Markdown in it."""
    return Section(rank, _counted(title, number), lines, folded=True, number=number)


def _counted(title: str, number: int | None) -> str:
    if number is None:
        return title
    title, colon, rest = title.partition(":")
    return f"{title} ({number:,}){colon}{rest}"
