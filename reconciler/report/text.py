"""Text for people who review access: who loses it, who gains it, why, and which line asked for it."""

from __future__ import annotations

from collections import Counter
from functools import partial

from reconciler.model.change import Plan, Result
from reconciler.report.escape import inert, name
from reconciler.report.groups import Line, with_lines
from reconciler.report.layout import Page, together
from reconciler.report.model import Report
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
    plural,
    refusals,
    said,
)

_TITLES = {"plan": "Plan for", "apply": "Apply to", "drift": "Drift of", "doctor": "Doctor for"}
_COMMIT_CELLS = 12
_DIGEST_CELLS = len("sha256:") + 12

_APPLIED: dict[str, tuple[Result | None, ...]] = {
    "NOT KEPT: the portal said that it was done, and it is not there": ("not-kept",),
    "FAILED": ("failed",),
    "UNKNOWN: the answer was lost": ("unknown",),
    "STALE: the portal is not as the saved plan says any more": ("stale",),
    "SKIPPED": ("skipped",),
    "NOT TRIED: the run ended before their turn": (None,),
    "Done": ("done", "already"),
}


def render(report: Report, *, width: int = 80, colour: bool = False) -> str:
    """The report for a terminal of that width; deterministic, and inert whatever the names in it."""
    page = Page(width, colour)
    if report.plan is None:
        for found in report.all_findings:
            finding(page, found)
    else:
        _header(page, report, report.plan)
        diagnoses(page, report.diagnoses)
        _changes(page, report)
        _lists(page, report, report.plan)
    _failure(page, report)
    summary = _summary(report)
    if summary:
        page.blank()
        page.line(summary, "error" if report.exit_code not in (0, 2) else "strong")
    return page.text()


def _header(page: Page, report: Report, plan: Plan) -> None:
    portal = plan.portal
    where = [inert(part) for part in (portal.region, portal.server) if part]
    page.line(f"{_TITLES.get(report.command, 'Report on')} portal {name(portal.name)}", "strong")
    if where:
        page.line(", ".join(where), "faint", 2)
    source = ", ".join(name(path) for path in report.workspace)
    if report.commit:
        source += f"{' at ' if source else ''}commit {name(report.commit[:_COMMIT_CELLS])}"
    if source:
        page.line(f"git: {source}", "faint", 2)
    if report.policy_from:
        policy = report.policy_from
        page.line(f"policy: of {name(policy.ref)}, commit {name(policy.commit[:_COMMIT_CELLS])}", "faint", 2)
    if report.saved_plan:
        page.line(f"saved plan: {inert(report.saved_plan[:_DIGEST_CELLS])}", "faint", 2)
    if plan.only:
        page.line(f"only: {', '.join(name(each) for each in plan.only)}", "faint", 2)


def _changes(page: Page, report: Report) -> None:
    if not report.outcomes:
        grouped(page, report.groups)
        return
    everything = report.groups
    for title, results in _APPLIED.items():
        groups = with_lines(everything, partial(_came_to, results))
        if groups:
            number = sum(len(group.lines) for group in groups)
            heading(page, title, number, "strong" if title == "Done" else "error")
            listed(page, groups)


def _came_to(results: tuple[Result | None, ...], line: Line) -> bool:
    return (line.outcome.result if line.outcome else None) in results


def _lists(page: Page, report: Report, plan: Plan) -> None:
    title = "WOULD BE REFUSED: apply will not do this" if report.command == "drift" else "REFUSED: nothing is applied"
    refusals(page, plan.refusals, title)
    lifted(page, plan.lifted)
    left_out(page, plan)
    items(page, plan)
    if report.all_findings:
        heading(page, "Findings", len(report.all_findings))
        for found in report.all_findings:
            finding(page, found, 2)
    if plan.looked_at:
        page.blank()
        page.line(f"Looked at {looked_at(plan)}.", "faint")


def _failure(page: Page, report: Report) -> None:
    if report.error:
        page.blank()
        page.line(f"FAILED: {said(report.error.message)}", "error")
        if report.error.hint:
            page.line(f"hint: {said(report.error.hint)}", indent=4)


def _summary(report: Report) -> str:
    if report.plan is None:
        return _findings_summary(report)
    if report.command == "doctor":
        return _examined(report, report.plan)
    if report.command == "apply" and report.outcomes:
        return _applied(report, report.plan)
    return _planned(report, report.plan)


def _findings_summary(report: Report) -> str:
    if report.error and not report.all_findings:
        return ""
    errors, warnings = report.count_findings("error"), report.count_findings("warning")
    files = report.files
    if files is None:
        files = len({found.origin.file for found in report.all_findings if found.origin})
    counts = f"{plural(errors, 'error')}, {plural(warnings, 'warning')} in {plural(files, 'file')}"
    return counts if report.command == "validate" or not errors else f"{counts}: nothing was planned"


def _examined(report: Report, plan: Plan) -> str:
    counts = Counter(found.severity for found in report.diagnoses)
    found = [plural(counts[severity], severity) for severity in ("error", "warning", "note") if counts[severity]]
    return "; ".join(filter(None, [", ".join(found) or "Nothing on the portal works against git", _aside(plan)]))


def _planned(report: Report, plan: Plan) -> str:
    aside = _aside(plan)
    if not plan.changes:
        return _nothing(report, plan, aside)
    counts = [f"{plan.count('grants'):,} to grant", f"{plan.count('removes'):,} to REMOVE"]
    counts += [f"{plan.count('neither'):,} other"] if plan.count("neither") else []
    start = "Drift" if report.command == "drift" else "Plan"
    if report.refused:
        start = f"REFUSED by {plural(len(plan.refusals), 'rule')}, nothing is applied"
    elif report.command == "apply":
        start = "NOTHING WAS APPLIED"
    return f"{start}: {', '.join(map(together, counts))}{'; ' if aside else ''}{aside}"


def _nothing(report: Report, plan: Plan, aside: str) -> str:
    if report.refused:
        start = f"REFUSED by {plural(len(plan.refusals), 'rule')}"
    elif report.command != "drift":
        start = "Nothing to do" if aside else "Nothing to do: the portal is as git says"
    elif report.differs:
        start = "Drift: nothing to change"
    else:
        start = "In sync as far as can be told" if plan.blocked else "In sync: the portal is as git says"
    return f"{start}{'; ' if aside else ''}{aside}"


def _aside(plan: Plan) -> str:
    because = [each.because for each in plan.left_out]
    counts = [
        f"{len(plan.held):,} held" if plan.held else "",
        f"{len(plan.waiting):,} waiting" if plan.waiting else "",
        f"{len(plan.blocked):,} blocked" if plan.blocked else "",
        f"{len(plan.unlisted):,} unlisted" if plan.unlisted else "",
        plural(len(plan.requests), "request") if plan.requests else "",
        f"{len(plan.residual):,} RESIDUAL" if plan.residual else "",
        f"{because.count('not-selected'):,} left out" if "not-selected" in because else "",
        f"{because.count('not-reviewed'):,} NOT REVIEWED" if "not-reviewed" in because else "",
    ]
    return ", ".join(together(count) for count in counts if count)


def _applied(report: Report, plan: Plan) -> str:
    made = [outcome.change.effect for outcome in report.with_result("done", "already") if not outcome.extra]
    counts = [f"{made.count('grants'):,} granted", f"{made.count('removes'):,} REMOVED"]
    counts += [f"{made.count('neither'):,} other"] if "neither" in made else []
    summary = report.summary
    undone = [f"{summary[kind]:,} {word}" for kind, word in _UNDONE.items() if summary[kind]]
    parts = [", ".join(map(together, counts)), ", ".join(map(together, undone)), _aside(plan)]
    return f"Applied {len(made):,} of {plural(len(plan.changes), 'change')}: {'; '.join(filter(None, parts))}"


_UNDONE = {
    "not_kept": "NOT KEPT",
    "failed": "FAILED",
    "unknown": "UNKNOWN",
    "stale": "STALE",
    "skipped": "SKIPPED",
    "untried": "NOT TRIED",
    "extra": "not in the plan",
}
