"""policy.reinstate: committed. What was stopped on the portal before its entry was written is given back.

Git dates lines, not decisions: a line changes for many reasons, and a commit's dates are what its author says. So a
policy must ask for this, and then as little is believed as there can be: the earlier one of the commit's two dates,
and only a stop from a day before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from reconciler.finding import Finding
from reconciler.model.change import Item, Plan
from reconciler.model.desired import Desired, DesiredDeveloper, DesiredRegistration
from reconciler.model.origin import Origin
from reconciler.model.provenance import Provenance

Trace = Callable[[Origin | None], Provenance]
"""Where a line comes from."""

History = Callable[[Iterable[str]], Trace]
"""The history of some files, on demand."""

Findings = tuple[Finding, ...]
T = TypeVar("T", DesiredDeveloper, DesiredRegistration)


@dataclass(frozen=True, slots=True)
class Written:
    """How to learn when lines were written, as of a day."""

    history: History
    today: date


def planned_as_written(desired: Desired, written: Written | None, plan: Callable[[Desired, Findings], Plan]) -> Plan:
    """The plan of what git says; and where the policy asks and something is held, of what its commits say besides."""
    made = plan(desired, ())
    places = {item.cause.origin: item for item in made.held if item.cause and item.cause.origin}
    if written is None or not desired.policy.reinstate_committed or not places:
        return made
    trace = written.history({origin.file for origin in places})
    found = {origin: trace(origin) for origin in places}
    days = {origin: day for origin, each in found.items() if (day := _last_day(each, written.today))}
    dated = replace(
        desired,
        developers={key: _dated(entry, days) for key, entry in desired.developers.items()},
        registrations=tuple(_dated(line, days) for line in desired.registrations),
    )
    return plan(dated, (*_notes(places, found, days), *_unknown(found)))


def _last_day(provenance: Provenance, today: date) -> str:
    """The last day on which a stop is undone: the one before the line was written; "" where nobody knows it."""
    commit = provenance.commit
    if commit is None or not (commit.authored and commit.committed):
        return ""
    written = date.fromisoformat(min(commit.authored, commit.committed)[:10])
    return (written - timedelta(days=1)).isoformat() if written <= today else ""


def _dated(line: T, days: dict[Origin, str]) -> T:
    day = days.get(line.origin)
    return replace(line, reinstated=max(day, line.reinstated or "")) if day else line


def _notes(places: dict[Origin, Item], found: dict[Origin, Provenance], days: dict[Origin, str]) -> Iterator[Finding]:
    for origin, day in days.items():
        stopped, commit = places[origin].since[:10], found[origin].commit
        if commit and stopped and stopped <= day:
            message = (
                f"stopped on the portal on {stopped}, and given back: commit {commit.id[:12]} wrote this line later"
            )
            hint = "policy.reinstate is committed; set the line to `status: revoked` if the stop is to stay"
            yield Finding("reinstated-by-commit", "warning", message, hint, origin)


def _unknown(found: dict[Origin, Provenance]) -> Iterator[Finding]:
    whys = sorted({each.why for each in found.values() if each.state == "unknown"})
    for why in whys:
        message = f"policy.reinstate is committed, and nobody knows when held entries were written: {why}"
        yield Finding("reinstate-unknown", "warning", message, "what is held stays held until that is known")
