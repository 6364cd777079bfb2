"""What stands beside a plan, in words: each sentence is made once, here, for every format."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reconciler.model.drift import Base, Comparison, Drift, DriftItem
from reconciler.report.model import Report
from reconciler.report.words import Name, Words, plural

POLICY_CHANGED = "POLICY AND RULES CHANGED"
LET_GO = "LET GO: git listed it there, and lists it no more"
ABSENT = "more that the portal does not have"

_COMMIT = 12
_DIGEST = len("sha256:") + 12


def since(base: Base) -> Words:
    """Since which commit."""
    return "since ", Name(base.ref), " (commit ", Name(base.commit[:_COMMIT]), ")"


def compared_with(base: Base) -> str:
    """Which commit it was compared with, in a few words for a name."""
    return f"compared with {base.ref} ({base.state})"


def closing(found: Comparison) -> Words:
    """What is to be said of the comparison as a whole; nothing where its lists say it."""
    if found.base.state == "new":
        return "The workspace is new ", *since(found.base), ": there was none, so that nothing can be let go."
    if found.base.state == "invalid":
        return "What is let go is NOT KNOWN ", *since(found.base), ": the workspace was invalid there."
    if not found.let_go and not found.policy_changes:
        return "Nothing is let go ", *since(found.base), "; portal, policy and rules are the same."
    return ()


def snapshot(report: Report) -> Words:
    """Which snapshot was looked at, and how old it is; nothing where it was the portal."""
    if report.snapshot is None or report.snapshot_age is None:
        return ()
    taken, digest = report.snapshot.taken_at, Name(report.snapshot.digest[:_DIGEST])
    age = aged(report.snapshot_age)
    return f"SNAPSHOT taken {taken[:10]} {taken[11:16]} UTC, {age} old, ", digest, "; no portal was asked"


def as_of(report: Report) -> str:
    """The moment for which what is said of the portal holds."""
    return report.snapshot.taken_at if report.snapshot else report.generated_at


def aged(age: timedelta) -> str:
    """An age in its largest unit.

    >>> aged(timedelta(days=3, hours=5)), aged(timedelta(minutes=1))
    ('3 days', '1 minute')
    """
    minutes = int(age.total_seconds()) // 60
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size:
            return plural(minutes // size, unit)
    return plural(minutes, "minute")


def age_of(item: DriftItem) -> str:
    """Since when, and how long that is, as far as the portal says."""
    if not item.since or item.age is None:
        return ""
    return f"since {item.since[:10]}, {plural(item.age, 'day') if item.age else 'today'}"


def by_action(items: tuple[DriftItem, ...]) -> Iterator[tuple[str, tuple[DriftItem, ...]]]:
    """The items of a class by what is to be done about them, in their order: not all of a class need the same."""
    for action in dict.fromkeys(item.action for item in items):
        yield action, tuple(item for item in items if item.action == action)


def aside(found: Drift) -> Iterator[str]:
    """The evidence, what could not be known, and what was left out."""
    yield from (f"Evidence: {line}" for line in found.evidence)
    yield from (f"Not known, for the token may not read it: {line}" for line in found.unread)
    if found.newer_than:
        yield f"Left out what is older than {found.newer_than}: {found.older:,}"
