"""Changes and open points as rows of plain text for the page's tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Cause
from reconciler.model.checkout import Checkout
from reconciler.model.origin import Origin
from reconciler.plan.document_fields import ITEM_LISTS
from reconciler.plan.drift.table import TABLE
from reconciler.report.escape import inert
from reconciler.report.groups import Group, Line
from reconciler.report.model import Report
from reconciler.report.plain import sentence
from reconciler.report.requests import asks, gives
from reconciler.report.words import Move, advice, subject_words

EFFECTS = {"removes": "REMOVES", "grants": "grants", "neither": "other"}

KINDS = {
    "residual": "residual access",
    "held": "held",
    "blocked": "blocked",
    "unlisted": "unlisted",
    "waiting": "waiting",
    "requests": "request",
}


def changes(report: Report) -> Iterator[list[Any]]:
    """Effect, who, what, why, place, and what became of it."""
    for group in report.groups:
        for line in group.lines:
            yield [
                EFFECTS[line.change.effect],
                _who(group),
                _what(line),
                "" if line.change.cause.text == "listed" else inert(line.change.cause.text),
                _place(report.checkout, line.change.cause.origin),
                _became(line),
            ]


def points(report: Report) -> Iterator[list[Any]]:
    """Kind, what it is about, how it stands, since when, and the place: everything that is no change."""
    for kind in sorted(ITEM_LISTS, key=[*KINDS].index):
        for item in getattr(report.plan, kind) if report.plan else ():
            cause: Cause | None = item.cause
            yield [
                KINDS[kind],
                sentence(subject_words(item.subject)),
                inert(item.reason),
                inert(item.since[:10]),
                _place(report.checkout, cause.origin if cause else None),
            ]


def drift(report: Report) -> Iterator[list[Any]]:
    """Class, what it is about, how it differs and why, since when, what to do, and the place."""
    for item in report.drift.items if report.drift else ():
        because = f", {inert(item.because)}" if item.because else ""
        yield [
            TABLE[item.type].title,
            sentence(subject_words(item.subject)),
            inert(item.reason) + because,
            inert(item.since[:10]),
            inert(item.action),
            _place(report.checkout, item.cause.origin if item.cause else None),
        ]


def requests(report: Report) -> Iterator[list[Any]]:
    """What became of it, who asks for what, what it gives, since when, and why it deserves a second look."""
    for request, decision in report.answer.decided if report.answer else ():
        doubts = [f"SUSPICIOUS ({each.rule}): {each.message}" for each in request.suspicions]
        doubts += [f"cannot be listed: {request.obstacle}"] if request.obstacle else []
        yield [
            decision.replace("-", " "),
            sentence(asks(request)),
            "; ".join(map(sentence, gives(request))),
            inert(request.since[:10]),
            inert("; ".join(doubts)),
            [inert(request.into), ""] if request.into else [],
        ]


def _who(group: Group) -> str:
    return inert(group.name) if group.type == "developer" else f"team {inert(group.name)}"


def _what(line: Line) -> str:
    verb = line.verb.upper() if line.change.effect == "removes" else line.verb
    moved = ", ".join(_moved(move, line.change.before is None) for move in line.moves)
    return f"{verb} {sentence(line.words)}" + (f": {moved}" if moved else "")


def _moved(move: Move, new: bool) -> str:
    before, after = _value(move.before), _value(move.after)
    field = "" if move.field == "status" else f"{inert(move.field)} "
    return f"{field}{after}" if new and field else f"{field}{before} → {after}"


def _value(value: str | bool | None) -> str:
    if isinstance(value, str):
        return inert(value)
    return "none" if value is None else "yes" if value else "no"


def _became(line: Line) -> str:
    outcome = line.outcome
    if outcome is None:
        return ""
    if outcome.result in ("done", "already"):
        return "not in the plan, done" if outcome.extra else outcome.result
    detail = f": {inert(outcome.detail)}" if outcome.detail else ""
    return f"{outcome.result.upper()}{detail}; {advice(outcome)}"


def _place(checkout: Checkout, origin: Origin | None) -> list[str]:
    """The label and the link of a manifest line; [] of none."""
    if origin is None:
        return []
    path = inert(checkout.path(origin.file))
    return [f"{path}:{origin.line}" if origin.line else path, checkout.link(origin)]
