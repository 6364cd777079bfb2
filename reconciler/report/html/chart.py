"""Drift by class and age: a table whose rows are bars, so that whoever does not see them reads the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.plan.drift.table import TABLE
from reconciler.report.html.markup import shown, tag
from reconciler.report.model import Report

AGES = ("last 7 days", "last 30 days", "last 90 days", "older", "not known")
"""Since when something differs, as the portal says."""

_DAYS = (7, 30, 90)
_WIDTH = 400
_UNHEARD = 'aria-hidden="true" focusable="false"'


def drift(report: Report, where: str) -> str:
    """The table; "" where nothing differs. `where` tells it from those of other reports."""
    counts: dict[str, Counter[str]] = {}
    for type_, row in TABLE.items():
        found = report.drift.of(type_) if report.drift else ()
        if found:
            counts[row.title] = Counter(_age(item.age) for item in found)
    if not counts:
        return ""
    most = max(found.total() for found in counts.values())
    heads = "".join(tag("th", _key(index, age), scope="col", class_="number") for index, age in enumerate(AGES))
    head = f'<tr><th scope="col">Class</th><td></td><th scope="col" class="number">All</th>{heads}</tr>'
    rows = "\n".join(_row(name, found, most) for name, found in counts.items())
    caption = "<caption>Drift by class, and since when the portal has it so</caption>"
    table = f'<table class="chart">{caption}<thead>{head}</thead><tbody>\n{rows}\n</tbody></table>'
    label = f"Drift by class and age{where}"
    return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=label) + "\n"


def _age(days: int | None) -> str:
    if days is None:
        return AGES[-1]
    return next((AGES[index] for index, most in enumerate(_DAYS) if days <= most), AGES[len(_DAYS)])


def _row(name: str, found: Counter[str], most: int) -> str:
    numbers = "".join(tag("td", f"{found[age]:,}" if found[age] else "–", class_="number") for age in AGES)
    total = tag("td", f"<strong>{found.total():,}</strong>", class_="number")
    return f'<tr><th scope="row">{shown(name)}</th><td>{_bar(found, most)}</td>{total}{numbers}</tr>'


def _bar(found: Counter[str], most: int) -> str:
    """Hidden from who listens: the numbers stand beside it."""
    parts, x = [], 0.0
    for index, width in _widths(found[age] for age in AGES):
        span = width * _WIDTH / most
        parts.append(f'<rect class="age{index}" x="{x:.1f}" y="0" width="{span:.1f}" height="14"/>')
        x += span
    return f'<svg viewBox="0 0 {_WIDTH} 14" preserveAspectRatio="none" {_UNHEARD}>{"".join(parts)}</svg>'


def _widths(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    return ((index, number) for index, number in enumerate(numbers) if number)


def _key(index: int, age: str) -> str:
    box = f'<svg class="key" viewBox="0 0 8 8" {_UNHEARD}><rect class="age{index}" width="8" height="8"/></svg>'
    return f"{box}{age}"
