"""Effective access: what people can do afterwards and could not before, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.plan.access.turns import PersonTurns, TeamTurns, Turn
from reconciler.report.access_words import right_words, turn_notes
from reconciler.report.markdown.inert import code, sentence
from reconciler.report.words import plural


def told(people: Iterable[PersonTurns], teams: Iterable[TeamTurns], kind: str, home: str | None) -> Iterator[str]:
    """Gains or losses, of everybody in a team first, then of single people."""
    for team in teams:
        turns = [turn for turn in team.turns if turn.kind == kind]
        if turns:
            count = plural(team.members, "person", "people")
            yield f"- everybody in team {code(team.team.name)} ({count}) {kind}:"
            yield from _turns(turns, home)
    for each in people:
        turns = [turn for turn in each.turns if turn.kind == kind]
        if turns:
            yield f"- {code(each.person.email)} {kind}:"
            yield from _turns(turns, home)


def _turns(turns: Iterable[Turn], home: str | None) -> Iterator[str]:
    for turn in turns:
        notes = "".join(f"; {sentence(note)}" for note in turn_notes(turn))
        yield f"  - {sentence(right_words(turn.right, home))}{notes}"
