"""Grants to whoever authored the change: flagged, and refused where policy.require.second_person asks for a second
person. Who approved the change is not known here; branch protection sees to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.finding import Finding
from reconciler.model.change import Cause, Change, Item, Refusal, Subject
from reconciler.model.desired import Desired
from reconciler.model.names import email_key

LOGINS = ("login", "github", "gitlab", "jenkins")
"""The annotations of a person's entry that tell their login."""


@dataclass(frozen=True, slots=True)
class OwnGrant:
    """What the change gives to one of its authors, now or once they have asked for it."""

    subject: Subject
    cause: Cause | None


def own_grants(
    desired: Desired, changes: Iterable[Change], waiting: Iterable[Item], authors: Sequence[str]
) -> tuple[OwnGrant, ...]:
    """Every grant to one of the authors, addresses or logins; what waits for them to ask is one as well."""
    names = {email_key(author) for author in authors}
    granted = [(each.subject, each.cause) for each in changes if each.effect == "grants"]
    granted += [(each.subject, each.cause) for each in waiting]  # type: ignore[misc] # an item may lack its cause
    return tuple(
        OwnGrant(subject, cause)
        for subject, cause in granted
        if subject.developer and not names.isdisjoint(_names(desired, subject.developer.name))
    )


def _names(desired: Desired, email: str) -> Iterator[str]:
    """The address and the logins of a person, as compared."""
    key = email_key(email)
    yield key
    entry = desired.developers.get(key)
    yield from (email_key(entry.annotations[login]) for login in LOGINS if entry and login in entry.annotations)


def flagged(found: Sequence[OwnGrant]) -> Iterator[Finding]:
    """A warning for each, at the line that gives it."""
    for each in found:
        message = f"whoever authored this change grants it to themselves: {_words(each.subject)}"
        hint = "let somebody else author it; that somebody else approves it is up to branch protection"
        yield Finding("self-grant", "warning", message, hint, each.cause.origin if each.cause else None)


def unknown_author(desired: Desired, changes: Iterable[Change], authors: Sequence[str] | None) -> Iterator[Finding]:
    """A note where a second person is asked for and nobody says who the first one is; None: it is no change."""
    if authors is None or authors:
        return
    if desired.policy.required.second_person and any(each.effect == "grants" for each in changes):
        message = "policy.require.second_person could not be looked at: nobody says who authored the change"
        hint = "give --author; CI says it by itself, but for runs on a schedule"
        yield Finding("author-unknown", "note", message, hint)


def second_person(desired: Desired, found: Sequence[OwnGrant]) -> Iterator[Refusal]:
    """The refusal, where the policy asks for a second person."""
    if found and desired.policy.required.second_person:
        people = ", ".join(sorted({each.subject.developer.name for each in found if each.subject.developer}))
        yield Refusal(
            "second-person",
            f"policy.require.second_person: the author of the change grants access to themselves: {people}",
            len(found),
            "none",
            "let somebody else author these lines, or take them out of the change; nothing lifts this",
        )


def _words(subject: Subject) -> str:
    person = subject.developer.name if subject.developer else ""
    if subject.team:
        return f"{person} in team {subject.team.name}"
    if subject.api:
        application = f" for {subject.application.name!r}" if subject.application else ""
        return f"{subject.api}{application} of {person}"
    return f"the approval of {person}"
