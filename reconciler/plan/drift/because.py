"""What the evidence tells of how a thing came to be as it is; never more than it tells."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.change import Subject
from reconciler.model.drift import DriftClass
from reconciler.plan.drift.evidence import Event, Evidence, day
from reconciler.plan.drift.table import CAUSE_UNKNOWN


def because(type_: DriftClass, subject: Subject, evidence: Evidence) -> str:
    """In words; "" where nothing of what was given tells."""
    tell = _TELL.get(type_)
    return tell(subject, evidence) if tell else ""


def _missing(subject: Subject, evidence: Evidence) -> str:
    event = evidence.last(subject, anew=True)
    if event and not event.made:
        return _not_made(event)
    if event and not event.gives:
        return f"`apply` took it away on {day(event.time)} (journal), and git lists it again"
    return _not_there_then(subject, evidence)


def _vanished(subject: Subject, evidence: Evidence) -> str:
    event, snapshot = evidence.given(subject, anew=True), evidence.snapshot
    seen = snapshot.source.taken_at if snapshot and evidence.then(subject, anew=True) else ""
    if event and event.time > seen:
        return f"`apply` gave it on {day(event.time)} (journal), and it is gone"
    return f"it was there on {day(seen)} (snapshot), and is gone"


def _extra(subject: Subject, evidence: Evidence) -> str:
    there = evidence.then(subject)
    if there and evidence.snapshot:
        return f"it was there already on {day(evidence.snapshot.source.taken_at)} (snapshot); {CAUSE_UNKNOWN}"
    return _not_there_then(subject, evidence)


def _held(subject: Subject, evidence: Evidence) -> str:
    event, snapshot = evidence.last(subject), evidence.snapshot
    if event and event.made and not event.gives:
        return f"`apply` took it away on {day(event.time)} (journal)"
    if snapshot and evidence.then(subject):
        return f"it was approved on {day(snapshot.source.taken_at)} (snapshot), and was stopped since"
    return ""


def _denied(subject: Subject, evidence: Evidence) -> str:
    event = evidence.last(subject)
    if event and not event.made:
        return _not_made(event)
    if event and not event.gives:
        return f"`apply` took it away on {day(event.time)} (journal), and it was given again on the portal"
    return ""


def _not_made(event: Event) -> str:
    detail = f": {event.detail}" if event.detail else ""
    return f"`apply` tried on {day(event.time)} (journal), and it was not made{detail}"


def _not_there_then(subject: Subject, evidence: Evidence) -> str:
    if evidence.then(subject) is False and evidence.snapshot:
        return f"it was not there on {day(evidence.snapshot.source.taken_at)} (snapshot); {CAUSE_UNKNOWN}"
    return ""


_TELL: dict[DriftClass, Callable[[Subject, Evidence], str]] = {
    "missing": _missing,
    "vanished": _vanished,
    "extra": _extra,
    "let-go": lambda subject, evidence: evidence.let_go(subject),
    "held": _held,
    "denied": _denied,
}
