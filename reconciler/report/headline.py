"""What a run came to, in one line: every format says it alike."""

from __future__ import annotations

from collections import Counter

from reconciler.model.change import Plan
from reconciler.report.escape import inert
from reconciler.report.layout import together
from reconciler.report.model import Report
from reconciler.report.requests import answered
from reconciler.report.words import plural


def headline(report: Report) -> str:
    """The run in our own words, "" where only an error tells; what belongs together is glued, see `layout.loose`."""
    if report.plan is None:
        return _findings_summary(report)
    if report.answer:
        return answered(report.answer)
    if report.command == "pending":
        return ""
    if report.command == "dump":
        return _dumped(report)
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


def _dumped(report: Report) -> str:
    left = len(report.all_findings)
    where = ", ".join(inert(path) for path in report.workspace)
    return f"{plural(report.files or 0, 'file')} in {where}" + (f"; {plural(left, 'thing')} left out" if left else "")


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
    elif report.drift and report.drift.older:
        start = f"Drift: {report.drift.older:,} older left out"
    elif not report.in_sync:
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
        f"only {plan.changed_since} looked at" if plan.changed_since else "",
        f"{because.count('not-selected'):,} left out" if "not-selected" in because else "",
        f"{because.count('not-reviewed'):,} NOT REVIEWED" if "not-reviewed" in because else "",
    ]
    return ", ".join(together(count) for count in counts if count)


def _applied(report: Report, plan: Plan) -> str:
    made = [outcome.change.effect for outcome in report.with_result("done", "already") if not outcome.extra]
    counts = [f"{made.count('grants'):,} granted", f"{made.count('removes'):,} REMOVED"]
    counts += [f"{made.count('neither'):,} other"] if "neither" in made else []
    summary = report.summary
    counts += [f"{summary['already']:,} of them so already"] if summary["already"] else []
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
