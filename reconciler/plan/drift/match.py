"""When two subjects, seen at two times, are the same thing: by the names that git goes by, for ids come and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Generic, TypeVar

from reconciler.model.change import ApiRef, Ref, Subject
from reconciler.model.names import email_key

T = TypeVar("T")
Words = tuple[str, ...]


class Lookup(Generic[T]):
    """Values by the subjects that they are about, each list in the order in which it was given."""

    def __init__(self, pairs: Iterable[tuple[Subject, T]]) -> None:
        self._known: dict[Words, list[tuple[Subject, T]]] = defaultdict(list)
        for subject, value in pairs:
            self._known[words(subject)].append((subject, value))

    def any(self, subject: Subject) -> list[T]:
        """Of everything that the subject may mean."""
        return [value for seen, value in self._meant(subject)]

    def told(self, subject: Subject, *, anew: bool = False) -> list[T]:
        """Of that very thing. `anew`: or, if there is none, of one of its name, since it may have been made anew; but
        not where there are several to mistake it for.
        """
        named = self._meant(subject)
        meant = [pair for pair in named if same_ids(pair[0], subject)] or (named if anew else [])
        alike = all(same_ids(one, other) for (one, _), (other, _) in pairwise(meant))
        return [value for _, value in meant] if alike else []

    def _meant(self, subject: Subject) -> list[tuple[Subject, T]]:
        return [pair for pair in self._known.get(words(subject), ()) if fits(pair[0], subject)]


def words(subject: Subject) -> Words:
    """What finds a subject again; the API's version is left to `fits`, for git need not name it."""
    api = (subject.api.entity_type, subject.api.name) if subject.api else ("", "")
    person = email_key(subject.developer.name) if subject.developer else ""
    others = (_name(subject.team), _name(subject.application), *api, _name(subject.role), subject.region or "")
    return (subject.kind, person, *others)


def fits(one: Subject, other: Subject) -> bool:
    """Whether two subjects of the same words may be one thing: their API's versions do not contradict."""
    return one.api is None or other.api is None or _same_version(one.api, other.api)


def same_ids(one: Subject, other: Subject) -> bool:
    """Whether no id that both know differs; a thing of the same name may have been made anew."""
    pairs = (
        (one.developer, other.developer),
        (one.team, other.team),
        (one.application, other.application),
        (one.api, other.api),
    )
    return all(a is None or b is None or None in (a.id, b.id) or a.id == b.id for a, b in pairs)


def _same_version(one: ApiRef, other: ApiRef) -> bool:
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return one.version is None or other.version is None or one.version == other.version


def _name(part: Ref | None) -> str:
    return part.name if part else ""
