"""What of a workspace is not what it was at another commit: whom a look at the portal can be narrowed to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import fields, replace
from math import ceil
from operator import attrgetter
from typing import Any

from reconciler.model.desired import (
    Desired,
    DesiredDeveloper,
    DesiredMembership,
    DesiredRegistration,
    DesiredRole,
    DesiredTeam,
)
from reconciler.model.names import email_key
from reconciler.model.observed import Need, Part
from reconciler.plan.about import asked, listed

_ASIDE = ("origin", "annotations")
"""Where a line stands, and what it is annotated with, changes no access."""


_VALUES: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    kind: attrgetter(*(field.name for field in fields(kind) if field.name not in _ASIDE))
    for kind in (DesiredDeveloper, DesiredMembership, DesiredRegistration, DesiredRole)
}


def changed(before: Desired, now: Desired) -> Part | None:
    """The people and teams of whom git says anything else now; None where a change can be about anybody.

    The caller sees to `portal`, `policy` and `rules`: a change of these is about everybody.
    """
    if before.listed_kinds != now.listed_kinds:
        return None
    exact = now.policy.unlisted.memberships == "exact"
    teams = {name for name, _ in _values(before.teams) ^ _values(now.teams)}
    if exact and any(_gives_members(before, name) != _gives_members(now, name) for name in teams):
        return None
    people = {key for key, _ in _values(before.developers) ^ _values(now.developers)}
    people |= {line[0] for line in _lines(before.memberships, "key") ^ _lines(now.memberships, "key")}
    owners = _lines(before.registrations, "owner_key") ^ _lines(now.registrations, "owner_key")
    people |= {key for key, *line in owners if line[0].type == "developer"}
    teams |= {key for key, *line in owners if line[0].type == "team"}
    taken = frozenset(key for key in people if key in now.developers and now.developers[key].taken)
    return Part(_addresses(people, before, now), frozenset(people), frozenset(teams), taken)


def narrowed(desired: Desired, part: Part) -> Desired:
    """What git says about the part alone, with the teams that are named there: they may have to be made first."""
    memberships = tuple(line for line in desired.memberships if line.key in part.people)
    registrations = tuple(
        line
        for line in desired.registrations
        if line.owner_key in (part.people if line.owner.type == "developer" else part.teams)
    )
    named = part.teams | {line.team for line in memberships}
    return replace(
        desired,
        developers={key: entry for key, entry in desired.developers.items() if key in part.people},
        teams={name: team for name, team in desired.teams.items() if name in named},
        memberships=memberships,
        registrations=registrations,
    )


def pays(desired: Desired, part: Part, need: Need) -> bool:
    """Whether asking for the part takes fewer requests than reading the lists, as far as git tells their length."""
    registrations = len(desired.registrations)
    counts = {"developers": len(desired.developers), "applications": registrations, "registrations": registrations}
    return asked(part, need) + _COUNTED < listed(need, counts) + ceil(len(desired.memberships) / 100)


_COUNTED = 2
"""Requests that tell how many approved ones there are on the whole portal."""


def _values(things: Mapping[str, Any]) -> set[tuple[str, Hashable]]:
    return {(name, _value(thing)) for name, thing in things.items()}


def _value(thing: Any) -> Hashable:
    if isinstance(thing, DesiredTeam):
        roles = None if thing.roles is None else frozenset(map(_VALUES[DesiredRole], thing.roles))
        return (thing.name, thing.description, thing.can_own_applications, thing.gives_members, roles)
    found: Hashable = _VALUES[type(thing)](thing)
    return found


def _lines(lines: Iterable[Any], first: str) -> set[tuple[Any, ...]]:
    """Each line as its values, the one that says whom it is about being the first."""
    return {(getattr(line, first), *_VALUES[type(line)](line)) for line in lines}


def _gives_members(desired: Desired, name: str) -> bool:
    return name in desired.teams and desired.teams[name].gives_members


def _addresses(people: set[str], *said: Desired) -> tuple[str, ...]:
    """As they are written, and as they are compared: whether a filter regards case is not known (contract 3)."""
    found = set(people)
    for desired in said:
        found |= {entry.email for key, entry in desired.developers.items() if key in people}
        found |= {line.email for line in desired.memberships if line.key in people}
        found |= {line.owner.name for line in desired.registrations if line.owner_key in people}
    return tuple(sorted(each for each in found if email_key(each) in people))
