"""The top of a comment: what it is about, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.report import titles
from reconciler.report.headline import headline
from reconciler.report.layout import loose
from reconciler.report.markdown import beside
from reconciler.report.markdown.inert import code, prose
from reconciler.report.markdown.lines import place
from reconciler.report.markdown.page import Section, opened
from reconciler.report.model import Report


def header(report: Report) -> Iterator[Section]:
    """Which portal or workspace, what it came to, and under which circumstances."""
    names = ", ".join(code(path) for path in report.workspace)
    if report.plan:
        title = f"{titles.REPORTS.get(report.command, 'Report on')} {code(report.plan.portal.name)}"
    else:
        title = f"{report.command.capitalize()} {names}"
    summary = loose(headline(report))
    parts = [f"## {title.strip()}", f"**{summary}**" if summary else "", " · ".join(_facts(report, names))]
    yield Section(0, "\n\n".join(filter(None, parts)))


def _facts(report: Report, names: str) -> Iterator[str]:
    plan, policy = report.plan, report.policy_from
    if plan:
        yield from (code(part) for part in (plan.portal.region, plan.portal.server) if part)
        if names:
            yield names
    if report.commit:
        yield f"commit {code(report.commit[:12])}"
    if policy:
        yield f"policy of {code(policy.ref)} ({code(policy.commit[:12])})"
    if report.saved_plan:
        yield f"saved plan {code(report.saved_plan[:19])}"
    if report.snapshot:
        yield beside.snapshot(report)
    if plan and plan.changed_since:
        yield f"only what changed since {code(plan.changed_since.ref)}: {plan.changed_since}"
    if plan and plan.only:
        yield f"only {', '.join(map(code, plan.only))}"


def failure(report: Report) -> Iterator[Section]:
    """What ended the run before its time."""
    if report.error:
        hint = f"\n>\n> {prose(report.error.hint)}" if report.error.hint else ""
        yield Section(1, f"> [!CAUTION]\n> **FAILED**: {prose(report.error.message)}{hint}")


def refusals(report: Report) -> Iterator[Section]:
    """Which limits are broken, by how much, and the way out."""
    lines = []
    for refusal in report.plan.refusals if report.plan else ():
        lines.append(f"- {code(refusal.rule)}: {prose(refusal.message)}")
        lines.append(f"  - number: {refusal.number:,}; limit: {prose(refusal.limit)}")
        lines += [f"  - way out: {prose(refusal.hint)}"] if refusal.hint else []
        lines += [] if refusal.liftable else ["  - nothing lifts this rule"]
    if lines:
        yield Section(1, f"> [!CAUTION]\n> **{titles.refused(report.command)}**", tuple(lines))


def lifted(report: Report) -> Iterator[Section]:
    """Which limits are broken with leave, whose, and why."""
    lines = []
    for each in report.plan.lifted if report.plan else ():
        by = "`policy.allow`" if each.origin else "`--allow`"
        where = f" ({place(report.checkout, each.origin)})" if each.origin else ""
        lines.append(f"- {code(each.refusal.rule)}: {prose(each.refusal.message)}")
        lines.append(f"  - by {by}: {prose(each.reason)}{where}")
    if lines:
        yield opened(2, titles.LIFTED, lines, len(lines) // 2)
