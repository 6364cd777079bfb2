"""Gains and losses: what people may do after the changes and not before, and the other way round.

What a team gains or loses as a whole is told once, for the team; a person's own turns are told for the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reconciler.model.change import Ref
from reconciler.plan.access.access import Access
from reconciler.plan.access.rights import SATISFIES, Person, Right

Kind = Literal["gains", "loses"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One right that is gained or lost.

    `others`: further paths to the same, which stay where this one is lost, and were there where this one is gained;
    so losing a path need not be losing access.
    """

    kind: Kind
    right: Right
    others: tuple[Right, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonTurns:
    """What the changes come to for one person; a change of what their team has is told for the team."""

    person: Person
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class TeamTurns:
    """What the changes of a team's roles and registrations come to for `members`, the approved people who stay."""

    team: Ref
    members: int
    turns: tuple[Turn, ...]


def people_turns(access: Access) -> Iterator[PersonTurns]:
    """Everybody who gains or loses by the changes, sorted by address; bounded by the changes, not by the portal."""
    for key in sorted(access.moved.people):
        for person in access.of(key):
            turns = tuple(_turns([*access.rights(person)]))
            if turns:
                yield PersonTurns(person, turns)


def team_turns(access: Access) -> Iterator[TeamTurns]:
    """Every team that gains or loses by the changes, sorted by name."""
    teams = [team for team in access.teams() if team in access.moved.teams]
    teams += [team for team in access.moved.teams if team not in teams]
    members = _staying(access, {team.id for team in teams})
    for team in sorted(teams, key=lambda team: (team.name, team.id or "")):
        turns = tuple(_turns([*access.team_rights(team)]))
        if turns:
            yield TeamTurns(team, members[team.id], turns)


def _turns(rights: list[Right]) -> Iterator[Turn]:
    """Losses first, as everywhere."""
    for right in rights:
        if right.now and not right.then and not _with_the_team(right):
            yield Turn("loses", right, tuple(each for each in rights if each.then and _same(each, right)))
    for right in rights:
        if right.then and not right.now and not _with_the_team(right):
            yield Turn("gains", right, tuple(each for each in rights if each.now and _same(each, right)))


def _with_the_team(right: Right) -> bool:
    """Whether it turns for everybody in the team alike: the person's approval and membership stay as they are."""
    if right.team is None or right.approval is None:
        return False
    return all(tie.now and tie.then for tie in (right.approval, right.ties[0]))


def _same(other: Right, right: Right) -> bool:
    """Whether another path lets somebody do the same, or more."""
    return other is not right and other.api == right.api and other.can in SATISFIES.get(right.can, (right.can,))


def _staying(access: Access, teams: set[str | None]) -> Counter[str | None]:
    """How many approved people are in each team before and after."""
    index, moved = access.index, access.moved
    return Counter(
        found.team_id
        for found in index.observed.memberships
        if found.team_id in teams
        and (found.developer_id, found.team_id) not in moved.leaves
        and (developer := index.developers.get(found.developer_id)) is not None
        and developer.status == "approved"
        and moved.status(developer) == "approved"
    )
