"""The order of a plan: sorted once, with what must come before what (docs/manifest.md, "Order")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from reconciler.model.change import Action, Change, Item, Ref, Subject

_PHASE: dict[str, int] = {action: phase for phase, action in enumerate(get_args(Action))}
_TEAM_FIRST = frozenset({"create-team", "update-team", "assign-role"})
_NEEDS_APPROVAL = frozenset({"add-member", "approve-registration", "create-registration"})

Lane = tuple[str, str, str]
"""Whose changes follow one another: ("developer" or "team", name, id)."""


def lane(subject: Subject) -> Lane:
    """The person's lane where a person is concerned, else the team's."""
    owner = subject.developer or subject.team or Ref("")
    return (subject.owner_type, owner.name, owner.id or "")


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What takes away comes first, then teams and their roles, then what gives; in each, lane by lane.

    So nothing rests on a change that comes after it.
    """
    return tuple(sorted(changes, key=_place))


def _place(change: Change) -> tuple[object, ...]:
    phase = _PHASE[change.action]
    part = 0 if phase < _PHASE["create-team"] else 1 if change.action in _TEAM_FIRST else 2
    s = change.subject
    names = tuple(str(thing.name) if thing else "" for thing in (s.team, s.application, s.api, s.role))
    return (part, lane(s), phase, names, change.key, s.registration_id or "")


def items_in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Teams, then people, each by name; independent of the order in which the portal listed them."""
    return tuple(sorted(items, key=_item_key))


def _item_key(item: Item) -> tuple[object, ...]:
    s = item.subject
    refs = (s.developer, s.team, s.application, s.api, s.role)
    names, ids = tuple(r.name if r else "" for r in refs), tuple((r.id if r else None) or "" for r in refs)
    version = (s.api.version or "") if s.api else ""
    origin = str(item.cause.origin) if item.cause else ""
    rest = (s.registration_id or "", s.region or "", item.reason, origin)
    return (s.owner_type == "developer", names, version, ids, *rest)


def dependencies(changes: Sequence[Change]) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """For each change what must have been tried before it, and what of that must have succeeded (as indices).

    Within a lane one follows the other, so that no failed removal holds up the next, only delays it. A person
    enters a team after the team and its roles are there. What is granted needs the approval it rests on.
    """
    last_in_lane: dict[Lane, int] = {}
    last_of_team: dict[str, int] = {}
    created: dict[str, int] = {}
    approved: dict[Lane, int] = {}
    for index, change in enumerate(changes):
        if change.action in _TEAM_FIRST and change.subject.team:
            last_of_team[change.subject.team.name] = index
        if change.action == "create-team" and change.subject.team:
            created[change.subject.team.name] = index
        if change.action in ("approve-developer", "invite-developer"):
            approved[lane(change.subject)] = index
    after: list[tuple[int, ...]] = []
    requires: list[tuple[int, ...]] = []
    for index, change in enumerate(changes):
        who, team = lane(change.subject), change.subject.team
        before, needed = {last_in_lane[who]} if who in last_in_lane else set(), set()
        last_in_lane[who] = index
        if change.action in _NEEDS_APPROVAL and who in approved:
            needed.add(approved[who])
        if change.action == "add-member" and team is not None and team.name in last_of_team:
            before.add(last_of_team[team.name])
        if team is not None and team.id is None and change.action != "create-team" and team.name in created:
            needed.add(created[team.name])
        after.append(tuple(sorted(before | needed)))
        requires.append(tuple(sorted(needed)))
    return tuple(after), tuple(requires)
