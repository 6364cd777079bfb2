"""What stands beside a plan: drift by class, and what another commit listed or allowed."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.checkout import Checkout
from reconciler.model.drift import DriftItem, LetGo
from reconciler.plan.drift.table import TABLE
from reconciler.report import beside_words
from reconciler.report.markdown import lines
from reconciler.report.markdown.inert import code, prose, sentence
from reconciler.report.markdown.page import Section, folded, opened
from reconciler.report.model import Report
from reconciler.report.words import subject_words

_RANKS = {"error": 3, "warning": 5, "note": 7}
_FOLDED = ("extra", "auto-approved", "waiting", "request")
"""Long lists of these hide what is below."""
_FEW = 10
_LONGEST = 400


def compared(report: Report) -> Iterator[Section]:
    """Changes to policy and rules, then what is let go: what a reviewer must see before anything else."""
    found = report.compared
    if found is None:
        return
    since, here = sentence(beside_words.since(found.base)), report.checkout
    if found.policy_changes:
        shown = [
            f"- {code(one.path)}: {_value(one.before)} → {_value(one.after)}{_where(lines.place(here, one.origin))}"
            for one in found.policy_changes
        ]
        yield Section(1, f"> [!WARNING]\n> **{beside_words.POLICY_CHANGED}** {since}", tuple(shown))
    if found.let_go:
        kept = [_let_go(here, one) for fate in ("stays", "taken") for one in found.let_go if one.fate == fate]
        absent = [_let_go(here, one) for one in found.let_go if one.fate == "absent"]
        if kept:
            yield opened(2, f"{beside_words.LET_GO}, {since}", kept, len(kept))
        if absent:
            yield folded(8, "Let go: what the portal does not have", absent, len(absent))
    closing = beside_words.closing(found)
    if closing:
        yield Section(2, f"{sentence(closing)}\n")


def _let_go(checkout: Checkout, one: LetGo) -> str:
    was = f" ({prose(one.was)})" if one.was != "listed" else ""
    where = _where(lines.place(checkout, one.origin))
    return f"- {sentence(subject_words(one.subject))}{was}: {prose(one.says)}{where}"


def _value(said: str | None) -> str:
    return "not there" if said is None else code(said, _LONGEST)


def _where(place: str) -> str:
    return f" ({place})" if place else ""


def drift(report: Report) -> Iterator[Section]:
    """Everything that differs, by class; what nobody has to act on is closed where it is long."""
    if report.drift is None:
        return
    for type_, row in TABLE.items():
        items = report.drift.of(type_)
        if items:
            section, title = opened, f"{row.title}: {prose(row.meaning)}"
            if type_ in _FOLDED and len(items) > _FEW:
                section, title = folded, f"{row.title}: {row.meaning}"
            groups = beside_words.by_action(items)
            shown = [line for action, those in groups for line in _items(report.checkout, those, action)]
            yield section(_RANKS[row.severity], title, shown, len(items))
    aside = tuple(f"- {prose(line)}" for line in beside_words.aside(report.drift))
    if aside:
        yield Section(6, "### What this rests on", aside)


def _items(checkout: Checkout, items: tuple[DriftItem, ...], action: str) -> Iterator[str]:
    reasons = {item.because for item in items}
    for item in items:
        age = prose(beside_words.age_of(item))
        yield f"- {sentence(subject_words(item.subject))}: {prose(item.reason)}{lines.why(checkout, item.cause, age)}"
        if item.because and len(reasons) > 1:
            yield f"  - {prose(item.because)}"
    if len(reasons) == 1 and reasons != {""}:
        yield f"- why: {prose(reasons.pop())}"
    yield f"- to do: {prose(action)}"


def snapshot(report: Report) -> str:
    """Which snapshot was looked at, "" where it was the portal itself."""
    words = beside_words.snapshot(report)
    return f"**{sentence(words)}**" if words else ""


def as_of(report: Report) -> str:
    """The moment for which the report holds."""
    return code(beside_words.as_of(report))
