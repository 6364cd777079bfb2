"""The parts of the text format that stand beside a plan: drift by class, and another commit."""

from __future__ import annotations

from reconciler.model.drift import Drift, DriftClass, DriftItem, Fate, LetGo
from reconciler.plan.drift.table import TABLE
from reconciler.report import beside_words
from reconciler.report.layout import Page, Style
from reconciler.report.model import Report
from reconciler.report.text_sections import heading, place, said, sentence
from reconciler.report.words import subject_words

_CUT_AFTER = 20
_CUT: tuple[DriftClass, ...] = ("extra", "auto-approved", "request")
"""Classes of what nobody here asked for, which strangers can make as long as they like."""

_STYLES: dict[str, Style] = {"error": "error", "warning": "warning", "note": "strong"}


def drift(page: Page, found: Drift) -> None:
    """Everything that differs by class, the evidence that was looked at, and what was left out."""
    for type_, row in TABLE.items():
        items = found.of(type_)
        if items:
            heading(page, f"{row.title}: {row.meaning}", len(items), _STYLES[row.severity])
            for action, those in beside_words.by_action(items):
                _items(page, type_, those, action)
    page.blank()
    for line in beside_words.aside(found):
        page.line(said(line), "faint")


def _items(page: Page, type_: DriftClass, items: tuple[DriftItem, ...], action: str) -> None:
    shown = items[:_CUT_AFTER] if type_ in _CUT and len(items) > _CUT_AFTER + 1 else items
    reasons = {item.because for item in items}
    for item in shown:
        _item(page, item, item.because if len(reasons) > 1 else "")
    if len(shown) < len(items):
        page.line(f"… and {len(items) - len(shown):,} more (--format json has all)", "faint", 2)
    if len(reasons) == 1 and reasons != {""}:
        page.line(f"why: {said(reasons.pop())}", indent=2)
    page.line(f"to do: {said(action)}", indent=2)


def _item(page: Page, item: DriftItem, because: str) -> None:
    cause = item.cause
    notes = [said(cause.text)] if cause and cause.text != "listed" else []
    age = beside_words.age_of(item)
    page.entry(
        f"{sentence(subject_words(item.subject))}: {said(item.reason)}",
        note=", ".join([*notes, said(age)] if age else notes),
        place=place(cause.origin if cause else None),
        below=((said(because), "faint"),),
    )


def compared(page: Page, report: Report) -> None:
    """What is not as it was at the base commit, before anything else: policy and rules, then what is let go."""
    found = report.compared
    if found is None:
        return
    since = sentence(beside_words.since(found.base))
    if found.policy_changes:
        heading(page, f"{beside_words.POLICY_CHANGED}: {since}", len(found.policy_changes), "error")
        for one in found.policy_changes:
            before, after = (said(value or "not there") for value in (one.before, one.after))
            page.entry(f"{said(one.path)}: {before} → {after}", place=place(one.origin))
    if found.let_go:
        heading(page, f"{beside_words.LET_GO}, {since}", len(found.let_go), "warning")
        _let_go(page, found.let_go)
    closing = beside_words.closing(found)
    if closing:
        page.blank()
        page.line(sentence(closing))


_FATES: dict[Fate, Style] = {"stays": "warning", "taken": "removes", "absent": "faint"}


def _let_go(page: Page, found: tuple[LetGo, ...]) -> None:
    for fate, style in _FATES.items():
        lines = [one for one in found if one.fate == fate]
        shown = lines[:_CUT_AFTER] if fate == "absent" and len(lines) > _CUT_AFTER + 1 else lines
        for one in shown:
            was = f" ({said(one.was)})" if one.was != "listed" else ""
            text = f"{sentence(subject_words(one.subject))}{was}: {said(one.says)}"
            page.entry(text, style=style, place=place(one.origin))
        if len(shown) < len(lines):
            page.line(f"… and {len(lines) - len(shown):,} {beside_words.ABSENT}", "faint", 2)
