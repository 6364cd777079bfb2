"""Which commit wrote which line: `git blame --porcelain`, held against the file as it is on the disk. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Blamed:
    """A file at a commit: of each line the commit that wrote it, and its text."""

    commits: tuple[str, ...]
    lines: tuple[bytes, ...]


def parse_blame(told: bytes) -> Blamed:
    """The porcelain form: a line `ID WAS IS [COUNT]`, perhaps facts about the commit, then a tab and the line."""
    commits: list[str] = []
    lines: list[bytes] = []
    header = True
    current = b""
    for line in told.split(b"\n"):
        if line.startswith(b"\t"):
            commits.append(current.decode("ascii"))
            lines.append(line[1:])
            header = True
        elif header and line:
            current = line.partition(b" ")[0]
            header = False
    return Blamed(tuple(commits), tuple(lines))


def on_disk(blamed: Blamed, content: bytes) -> list[str | None]:
    """The commit of every line of the file as it is now; None where it is in no commit.

    Blanks do not count, as they do not for `git blame -w`.
    """
    was, now = [_bare(line) for line in blamed.lines], [_bare(line) for line in content.splitlines()]
    if was == now:
        return list(blamed.commits)
    found: list[str | None] = [None] * len(now)
    start = _common(was, now)
    end = _common(was[start:][::-1], now[start:][::-1])
    middle = SequenceMatcher(None, was[start : len(was) - end], now[start : len(now) - end], autojunk=False)
    blocks = [(0, 0, start), *((a + start, b + start, size) for a, b, size in middle.get_matching_blocks())]
    for at, to, size in [*blocks, (len(was) - end, len(now) - end, end)]:
        found[to : to + size] = blamed.commits[at : at + size]
    return found


def _bare(line: bytes) -> bytes:
    return b"".join(line.split())


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """How many elements both begin with."""
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
