"""Access and its grounds in words, each sentence made once for every format."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.plan.access.grounds import Ground, Grounded
from reconciler.plan.access.holders import Holder
from reconciler.report.access_words import do_words, path_words
from reconciler.report.words import Name, Words, subject_words

SHORT = 12
"""Digits of a commit that people are shown."""

NOT_LISTED: Words = ("not listed in git: nobody approved it there",)
NO_ACCESS = "no access, and none listed"
NOBODY = "Nobody: no sponsor"


def holder_words(holder: Holder) -> Words:
    """Who it is; of a person also the status of the account."""
    if holder.person is None:
        return ("team ", Name(holder.name.name))
    return (Name(holder.name.name), f", {holder.person.now or 'no account'}")


def right_words(grounded: Grounded) -> Words:
    """What somebody may do, and through what."""
    path = path_words(grounded.right)
    return (*do_words(grounded.right), *((", ", *path) if path else ()))


def approval_words(ground: Ground) -> Words:
    """By whose approval, by which request and when; or why that cannot be said."""
    rule = (Name(ground.cause.text), ", ") if ground.cause and ground.cause.by == "rule" else ()
    found = ground.provenance
    if ground.cause is None or found is None:
        return NOT_LISTED
    if found.commit is None:
        return (*rule, "not committed yet" if found.state == "uncommitted" else "by whose approval is unknown")
    who = [Name(who) for who in found.approvers]
    by = tuple(part for index, each in enumerate(who) for part in ((", ", each) if index else (each,)))
    request = (", ", Name(found.request)) if found.request else ()
    since = (", ", found.since[:10]) if found.since else ()
    return (*rule, "approved by ", *by, *since, *request, ", commit ", found.commit.id[:SHORT])


def details(ground: Ground, told: tuple[str, ...] = ()) -> Iterator[Words]:
    """What the line says besides, but for what is told elsewhere."""
    said: dict[str, Words] = {
        "reason": ("reason: ", Name(ground.reason)),
        "expires": (f"ends after {ground.expires}",),
        "reviewed": (f"reviewed {ground.reviewed}",),
        "sponsor": ("sponsor: ", Name(ground.sponsor)),
    }
    return (words for key, words in said.items() if getattr(ground, key) and key not in told)


def history(ground: Ground) -> Iterator[Words]:
    """The commit and the merge, for who wants to know exactly."""
    found = ground.provenance
    if found is None or found.commit is None:
        return
    commit = found.commit
    yield (
        f"commit {commit.id[:SHORT]} of {commit.authored[:10]} by ",
        Name(commit.author),
        ": ",
        Name(commit.subject),
    )
    if found.merge:
        merge = found.merge
        yield (
            f"merged on {merge.committed[:10]} by ",
            Name(merge.author),
            f", commit {merge.id[:SHORT]}: ",
            Name(merge.subject),
        )


def ground_words(ground: Ground) -> Words:
    """What the ground is, standing alone."""
    if ground.cause and ground.cause.by == "rule":
        return (Name(ground.cause.text),)
    approval = ("approval of ",) if ground.kind == "account" else ()
    return (*approval, *subject_words(ground.subject))


def marks(grounded: Grounded) -> Iterator[str]:
    """What must be said of a right besides."""
    if grounded.right.leftover:
        yield "LEFT OVER: the person is not approved, and the credentials still work"
    if not grounded.right.now:
        yield "listed, and not there yet"
