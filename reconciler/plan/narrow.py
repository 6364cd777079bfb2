"""A part of a plan: what `--only` names, and what a reviewed plan has too. What is left out is always said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.errors import InputError
from reconciler.model.change import ApiRef, Because, Change, Item, LeftOut, Plan, Ref, Subject
from reconciler.model.desired import Desired
from reconciler.model.names import email_key


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What of a plan is to be done: all, or what is about one of `only`; and of that what `reviewed` has too."""

    only: tuple[str, ...] = ()
    reviewed: Plan | None = None

    def about(self, thing: Change | Item) -> bool:
        """Whether a change or item counts in this run."""
        return not self.only or any(concerns(thing.subject, name) for name in self.only)


EVERYTHING = Narrowing()


def concerns(subject: Subject, name: str) -> bool:
    """Whether a subject is about that person, team or API: by address, by name, or by name and version."""
    person, team, api = subject.developer, subject.team, subject.api
    return bool(
        (person and email_key(person.name) == email_key(name))
        or (team and team.name == name)
        or (api and name in (api.name, str(api)))
    )


def narrow(
    changes: Sequence[Change], requires: Sequence[tuple[int, ...]], narrowing: Narrowing
) -> tuple[tuple[Change, ...], tuple[LeftOut, ...]]:
    """The changes that are to be done, and the others, in order.

    What `--only` names is done together with the changes that it rests on, such as the creation of a team. A change
    that was reviewed is not done where one that it rests on was not.
    """
    kept = set(_selected(changes, requires, narrowing))
    why: dict[int, Because] = {index: "not-selected" for index in range(len(changes)) if index not in kept}
    if narrowing.reviewed is not None:
        reviewed = _by_words(narrowing.reviewed.changes)
        for index in sorted(kept):
            change = changes[index]
            was_reviewed = any(_same(old, change) for old in reviewed[_words(change)])
            if not was_reviewed or not kept.issuperset(requires[index]):
                kept.remove(index)
                why[index] = "not-reviewed"
    left_out = tuple(LeftOut(changes[index], why[index]) for index in sorted(why))
    return tuple(changes[index] for index in sorted(kept)), left_out


def not_needed(changes: Iterable[Change], narrowing: Narrowing) -> tuple[Change, ...]:
    """What was reviewed, and is not to be done any more in this way: done meanwhile, or no longer what git says."""
    if narrowing.reviewed is None:
        return ()
    now = _by_words(changes)
    return tuple(old for old in narrowing.reviewed.changes if not any(_same(old, new) for new in now[_words(old)]))


def _selected(changes: Sequence[Change], requires: Sequence[tuple[int, ...]], narrowing: Narrowing) -> Iterator[int]:
    needed: set[int] = set()
    for index in reversed(range(len(changes))):  # what a change rests on stands before it
        if index in needed or narrowing.about(changes[index]):
            needed.update(requires[index])
            yield index


def _by_words(changes: Iterable[Change]) -> dict[object, list[Change]]:
    found: dict[object, list[Change]] = defaultdict(list)
    for change in changes:
        found[_words(change)].append(change)
    return found


def _words(change: Change) -> object:
    """A change without ids and facts, for looking it up."""
    s = change.subject
    api = (s.api.name, s.api.version, s.api.entity_type) if s.api else None
    names = tuple(part.name if part else None for part in (s.developer, s.team, s.application, s.role))
    return (change.action, s.kind, names, api, s.region)


def _same(old: Change, new: Change) -> bool:
    """Whether the change that was reviewed is the one that would be done: from the same, to the same, on the same.

    An id that was not known at the review, of a team to be created, fits any; one that was known fits itself alone.
    """
    ids = zip(_ids(old.subject), _ids(new.subject), strict=True)
    return (
        _words(old) == _words(new)
        and (old.before, old.after) == (new.before, new.after)
        and all(was in (None, now) for was, now in ids)
    )


def _ids(subject: Subject) -> tuple[str | None, ...]:
    parts: tuple[Ref | ApiRef | None, ...] = (
        subject.developer,
        subject.team,
        subject.application,
        subject.api,
        subject.role,
    )
    return (*(part.id if part else None for part in parts), subject.registration_id)


def must_be_known(names: Iterable[str], desired: Desired, subjects: Sequence[Subject]) -> None:
    """Raise InputError for an `--only` that names nothing of the workspace or the plan: it may be misspelt."""
    for name in names:
        if not _in_workspace(desired, name) and not any(concerns(subject, name) for subject in subjects):
            raise InputError(
                f"--only {name!r} is no person, team or API that the workspace or the plan names",
                "write it as the workspace does: an address, a team's name, an API's name or `name version`",
            )


def _in_workspace(desired: Desired, name: str) -> bool:
    people = {line.key for line in desired.memberships} | {line.owner_key for line in desired.registrations}
    teams = {line.team for line in desired.memberships} | {team for rule in desired.rules for team, _ in rule.teams}
    apis = [*(line.api for line in desired.registrations), *(api for rule in desired.rules for api, _ in rule.apis)]
    apis += [role.api for team in desired.teams.values() for role in team.roles or ()]
    return (
        email_key(name) in people | desired.developers.keys()
        or name in people | teams | desired.teams.keys()
        or any(name in (api.name, str(api)) for api in apis)
    )
