"""What is due for review: lines that give access and that nobody looked at since a day, and what no line gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from reconciler.plan.access.grounds import Ground
from reconciler.plan.access.holders import Holder


@dataclass(frozen=True, slots=True)
class Due:
    """One line, or one thing that git does not list. `looked` is the day of the last look, "" where there was none.

    That day is the line's `reviewed`, else the day on which it came onto the main line: approving it was a look.
    """

    ground: Ground
    looked: str


@dataclass(frozen=True, slots=True)
class Sponsor:
    """All that is due of one sponsor; `name` is "" for what has none."""

    name: str
    due: tuple[Due, ...]


def due_before(holders: Iterable[Holder], day: str) -> tuple[Sponsor, ...]:
    """By sponsor, those without one last; within one by the day of the last look, then by place and name."""
    found: dict[object, Due] = {}
    for holder in holders:
        for each in holder.rights:
            for ground in each.grounds:
                looked = _looked(ground)
                if looked < day and (ground.cause or ground.now):
                    found.setdefault(_what(ground), Due(ground, looked))
    due = sorted(found.values(), key=_order)
    return tuple(Sponsor(name, tuple(group)) for name, group in groupby(due, lambda each: each.ground.sponsor))


def _looked(ground: Ground) -> str:
    since = ground.provenance.since[:10] if ground.provenance else ""
    return ground.reviewed or since


def _what(ground: Ground) -> object:
    """A rule is looked at once, whomever it gives what; all else by what it is about."""
    if ground.cause and ground.cause.by == "rule":
        return ground.cause.text
    return (ground.kind, ground.subject)


def _order(due: Due) -> tuple[object, ...]:
    ground = due.ground
    subject = ground.subject
    names = [part.name for part in (subject.developer, subject.team, subject.application, subject.api) if part]
    place = ground.cause.origin if ground.cause else None
    file, line = (place.file, place.line) if place else ("", 0)
    return (not ground.sponsor, ground.sponsor, due.looked, file, line, ground.kind, *names)
