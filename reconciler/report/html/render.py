"""The whole page: styles, script and data in one file, under a policy that lets nothing else in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.report.html.frame import framed
from reconciler.report.html.markup import island, listed, shown, tag
from reconciler.report.html.matrix import Matrix
from reconciler.report.html.rows import changes, drift, points, requests
from reconciler.report.html.sections import section, title
from reconciler.report.model import Report

SCRIPTS = ("table.js", "matrix.js", "page.js")


def render(reports: Sequence[Report]) -> str:
    """One page over all workspaces."""
    name = (
        title(reports[0])
        if len(reports) == 1
        else f"{reports[0].command.capitalize()} of {len(reports):,} workspaces"
    )
    headings = ["Summary"] if len(reports) == 1 else [title(report) for report in reports]
    links = [tag("a", shown(heading), href=f"#report-{number}") for number, heading in enumerate(headings)]
    where = [f", report {number + 1}" for number in range(len(reports))] if len(reports) > 1 else [""]
    parts = map(section, reports, range(len(reports)), headings, where)
    nav = f'<nav aria-label="Workspaces">{listed(links)}</nav>\n' if len(reports) > 1 else ""
    unscripted = (
        '<noscript><p class="alert warns">The tables of changes and of access need JavaScript; '
        "<code>--format json</code> has all of it.</p></noscript>\n"
    )
    data = island([_data(report) for report in reports])
    return framed(name, "".join(parts), before=nav, after=unscripted + data, scripts=SCRIPTS)


def _data(report: Report) -> dict[str, Any]:
    access = report.access
    return {
        "drift": [*drift(report)],
        "requests": [*requests(report)],
        "changes": [] if report.drift else [*changes(report)],
        "points": [] if report.drift or report.answer else [*points(report)],
        "access": Matrix(access).data() if access else None,
        "applied": bool(report.outcomes),
    }
