"""Text for people who review access: who loses it, who gains it, why, and which line asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reconciler.model.change import Plan
from reconciler.report import beside_words
from reconciler.report.escape import inert, name
from reconciler.report.groups import came_to, with_lines
from reconciler.report.headline import headline
from reconciler.report.layout import Page
from reconciler.report.model import Report
from reconciler.report.text_beside import compared, drift
from reconciler.report.text_requests import adoption, requests
from reconciler.report.text_sections import (
    diagnoses,
    finding,
    grouped,
    heading,
    items,
    left_out,
    lifted,
    listed,
    looked_at,
    refusals,
    said,
    sentence,
)
from reconciler.report.titles import APPLIED, REPORTS, refused, source_of

_COMMIT_CELLS = 12
_DIGEST_CELLS = len("sha256:") + 12


def render(report: Report, *, width: int = 80, colour: bool = False) -> str:
    """The report for a terminal of that width; deterministic, and inert whatever the names in it."""
    page = Page(width, colour)
    if report.plan is None:
        for found in report.all_findings:
            finding(page, found)
    else:
        _header(page, report, report.plan)
        diagnoses(page, report.diagnoses)
        compared(page, report)
        requests(page, report)
        if report.drift:
            drift(page, report.drift)
        else:
            _changes(page, report)
        adoption(page, report)
        _lists(page, report, report.plan)
    _failure(page, report)
    summary = headline(report)
    if summary:
        page.blank()
        page.line(summary, "error" if report.exit_code not in (0, 2) else "strong")
    return page.text()


def render_all(reports: Sequence[Report], *, width: int = 80, colour: bool = False) -> str:
    """The reports of several workspaces, one after the other."""
    return "\n".join(render(report, width=width, colour=colour) for report in reports)


def _header(page: Page, report: Report, plan: Plan) -> None:
    portal = plan.portal
    where = [inert(part) for part in (portal.region, portal.server) if part]
    page.line(f"{REPORTS.get(report.command, 'Report on')} portal {name(portal.name)}", "strong")
    if where:
        page.line(", ".join(where), "faint", 2)
    source = ", ".join(name(path) for path in report.workspace)
    if report.commit:
        source += f"{' at ' if source else ''}commit {name(report.commit[:_COMMIT_CELLS])}"
    if source:
        page.line(f"{source_of(report.command)}: {source}", "faint", 2)
    if report.policy_from:
        policy = report.policy_from
        page.line(f"policy: of {name(policy.ref)}, commit {name(policy.commit[:_COMMIT_CELLS])}", "faint", 2)
    if report.saved_plan:
        page.line(f"saved plan: {inert(report.saved_plan[:_DIGEST_CELLS])}", "faint", 2)
    if report.snapshot:
        page.line(sentence(beside_words.snapshot(report)), "warning", 2)
    if plan.changed_since:
        since = plan.changed_since
        commit = f"commit {name(since.commit[:_COMMIT_CELLS])}"
        page.line(f"only what changed since {name(since.ref)}, {commit}: {since}", "warning", 2)
    if plan.only:
        page.line(f"only: {', '.join(name(each) for each in plan.only)}", "faint", 2)


def _changes(page: Page, report: Report) -> None:
    if not report.outcomes:
        grouped(page, report.groups)
        return
    everything = report.groups
    for title, results in APPLIED.items():
        groups = with_lines(everything, partial(came_to, results))
        if groups:
            number = sum(len(group.lines) for group in groups)
            heading(page, title, number, "strong" if title == "Done" else "error")
            listed(page, groups)


def _lists(page: Page, report: Report, plan: Plan) -> None:
    refusals(page, plan.refusals, refused(report.command))
    lifted(page, plan.lifted)
    left_out(page, plan)
    if report.drift is None:
        items(page, plan)
    if report.all_findings:
        heading(page, "Findings", len(report.all_findings))
        for found in report.all_findings:
            finding(page, found, 2)
    if plan.looked_at:
        page.blank()
        when = f", as of {said(beside_words.as_of(report))}" if report.drift else ""
        page.line(f"Looked at {looked_at(plan)}{when}.", "faint")


def _failure(page: Page, report: Report) -> None:
    if report.error:
        page.blank()
        page.line(f"FAILED: {said(report.error.message)}", "error")
        if report.error.hint:
            page.line(f"hint: {said(report.error.hint)}", indent=4)
