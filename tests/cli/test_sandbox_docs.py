"""The tables of docs/sandbox.md are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from reconciler.cli.sandbox_switches import rows
from reconciler.sandbox.people.moves import MOVES, Move

DOCS = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def table(headings: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    every = [headings, ("---",) * len(headings), *lines]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in every)


def arguments(move: Move) -> str:
    """The keys of a move, those in brackets that may be left out."""
    needed = {key for argument in move.takes for key in argument.required}
    return ", ".join(f"`{key}`" if key in needed else f"[`{key}`]" for key in move.keys)


def test_the_switches_are_the_codes() -> None:
    """Each with the values it takes, the default first."""
    lines = [(f"`{name}`", f"`{values}`", point, says) for name, values, point, says in rows()]
    assert table(("switch", "values", "contract", "what it does"), lines) in DOCS


def test_the_moves_of_a_story_are_the_codes() -> None:
    lines = [(f"`{name}`", arguments(move), re.sub(r"\{(\w+)\}", r"*\1*", move.says)) for name, move in MOVES.items()]
    assert table(("move", "arguments", "what happens"), lines) in DOCS
