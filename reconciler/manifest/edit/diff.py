"""What splices change, as a unified diff: told from them, since comparing two large files takes seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.manifest.edit.text import Lines, Splice, in_order, spliced

_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole lines `[first, last)` of the old text, counted from 0, and what replaces them."""

    first: int
    last: int
    new: tuple[str, ...]


def unified(text: str, splices: Sequence[Splice], file: str) -> str:
    """The diff that `diff -u` would show, with the file's name on both sides; "" where nothing changes."""
    if not splices:
        return ""
    old = text.splitlines(keepends=True)
    out = [f"--- {file}\n", f"+++ {file}\n"]
    shift = 0
    for hunk in _hunks(_blocks(text, splices)):
        start, end = max(hunk[0].first - _CONTEXT, 0), min(hunk[-1].last + _CONTEXT, len(old))
        more = sum(len(block.new) - (block.last - block.first) for block in hunk)
        out.append(f"@@ -{_range(start, end - start)} +{_range(start + shift, end - start + more)} @@\n")
        shift += more
        at = start
        for block in hunk:
            out += [_marked(" ", line) for line in old[at : block.first]]
            out += [_marked("-", line) for line in old[block.first : block.last]]
            out += [_marked("+", line) for line in block.new]
            at = block.last
        out += [_marked(" ", line) for line in old[at:end]]
    return "".join(out)


def _range(start: int, count: int) -> str:
    return f"{start + 1 if count else start},{count}" if count != 1 else f"{start + 1}"


def _marked(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"


def _blocks(text: str, splices: Sequence[Splice]) -> list[_Block]:
    """The splices by the lines that they concern; those that concern one line are one block."""
    blocks, at, number = [], 0, 0
    for start, end, within in _spans(Lines(text), splices):
        number += text.count("\n", at, start)
        at = start
        moved = [replace(splice, start=splice.start - start, end=splice.end - start) for splice in within]
        old, new = text[start:end], spliced(text[start:end], moved)
        blocks.append(_Block(number, number + len(old.splitlines()), tuple(new.splitlines(keepends=True))))
    return blocks


def _spans(lines: Lines, splices: Sequence[Splice]) -> list[tuple[int, int, list[Splice]]]:
    """From where to where whole lines are replaced; from a place to itself where lines are put in between."""
    spans: list[tuple[int, int, list[Splice]]] = []
    for splice in in_order(splices):
        start = lines.start(splice.start)
        whole = splice.start == start and splice.end == lines.start(splice.end)
        end = splice.end if whole else lines.end(splice.end)
        if spans and start <= spans[-1][1]:
            first, last, within = spans.pop()
            spans.append((first, max(last, end), [*within, splice]))
        else:
            spans.append((start, end, [splice]))
    return spans


def _hunks(blocks: list[_Block]) -> Iterator[list[_Block]]:
    hunk: list[_Block] = []
    for block in blocks:
        if hunk and block.first - hunk[-1].last > 2 * _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(block)
    yield hunk
