"""The part of the portal that some changes are about, and whether to ask for it alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

from reconciler.model.change import Subject
from reconciler.model.names import email_key
from reconciler.model.observed import ADDRESSES_AT_ONCE, OWNERS_AT_ONCE, Need, Part


def part_about(subjects: Iterable[Subject], need: Need, counts: Mapping[str, int]) -> Part | None:
    """The people and the owning teams of these; None where reading the lists takes no more requests.

    `need`: the lists in which they can be seen. `counts`: how long the lists were when they were last read.
    """
    people: set[str] = set()
    owners: set[str] = set()
    for subject in subjects:
        if subject.developer:
            people.add(subject.developer.name)
        elif subject.team and subject.kind == "registration":
            owners.add(subject.team.name)
    part = Part(
        tuple(sorted(people | {email_key(address) for address in people})),
        frozenset(email_key(address) for address in people),
        frozenset(owners),
    )
    return part if asked(part, need) < listed(need, counts) else None


def asked(part: Part, need: Need) -> int:
    """About how many requests it takes to ask for the part."""
    people, teams = len(part.people), len(part.teams)
    requests = ceil(len(part.addresses) / ADDRESSES_AT_ONCE)
    requests += people if need.memberships else 0
    return requests + (2 * ceil(people / OWNERS_AT_ONCE) + 2 * teams if need.registrations else 0)


def listed(need: Need, counts: Mapping[str, int]) -> int:
    """At least so many requests it takes to read the lists, members of teams aside."""
    lists = ["developers"] if need.developers else []
    lists += ["registrations"] if need.registrations else []
    lists += ["applications"] if need.registrations and need.judging else []
    return sum(ceil(counts.get(kind, 0) / 100) for kind in lists)
