"""The body of a comment: who loses and gains what, what waits, and every change with its line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from reconciler.model.change import Plan
from reconciler.model.observed import Portal
from reconciler.plan.access.turns import people_turns, team_turns
from reconciler.report import aside, titles
from reconciler.report.groups import came_to, of_plan, with_lines
from reconciler.report.markdown import beside, lines
from reconciler.report.markdown.effective import told
from reconciler.report.markdown.grants import by_team_and_api
from reconciler.report.markdown.inert import prose
from reconciler.report.markdown.page import Section, folded, opened
from reconciler.report.model import Report
from reconciler.report.words import counted


def findings(report: Report, *, errors: bool) -> Iterator[Section]:
    """What is wrong with the manifests, where a reviewer must see it; or what is worth a look, further below."""
    found = [each for each in report.all_findings if (each.severity == "error") == errors]
    if found:
        shown = [line for each in found for line in lines.finding(report.checkout, each)]
        yield opened(2 if errors else 7, "Errors" if errors else "Findings", shown, len(found))


def diagnoses(report: Report) -> Iterator[Section]:
    """What on the portal works against git, and the remedy."""
    if report.diagnoses:
        shown = [line for each in report.diagnoses for line in lines.finding(report.checkout, each)]
        yield opened(2, titles.DIAGNOSES, shown, len(report.diagnoses))


def applied(report: Report) -> Iterator[Section]:
    """What became of the changes, the worst first."""
    everything = report.groups if report.outcomes else ()
    for title, results in titles.APPLIED.items():
        groups = with_lines(everything, partial(came_to, results))
        number = sum(len(each.lines) for each in groups)
        shown = [line for each in groups for line in lines.group(report.checkout, each)]
        if shown:
            yield folded(8, title, shown, number) if title == "Done" else opened(2, title, shown, number)


def removals(report: Report) -> Iterator[Section]:
    """Who loses access, and by which line."""
    if report.plan and not report.outcomes and report.plan.count("removes"):
        groups = with_lines(report.groups, lambda line: line.change.effect == "removes")
        shown = [line for each in groups for line in lines.group(report.checkout, each)]
        if shown:
            yield opened(3, titles.HEADINGS["removes"], shown, report.plan.count("removes"))


def items(kind: str, rank: int, report: Report) -> Iterator[Section]:
    """One of the lists that are no changes."""
    found = getattr(report.plan, kind) if report.plan else ()
    if found:
        section = folded if kind in _FOLDED and len(found) > _FEW else opened
        yield section(rank, titles.ITEMS[kind], lines.items(report.checkout, found), len(found))


_FOLDED = ("unlisted", "waiting", "requests")
"""Long lists of these hide what is below."""
_FEW = 10


def left_out(report: Report) -> Iterator[Section]:
    """What git asks for and this run leaves; and what was reviewed and is not to be done any more."""
    for title, changes in aside.left_out(report.plan) if report.plan else ():
        groups = of_plan(Plan(Portal("", ""), changes))
        shown = [line for each in groups for line in lines.group(report.checkout, each)]
        yield opened(3, title, shown, len(changes))


def grants(report: Report) -> Iterator[Section]:
    """Who gains access, as owners of teams and APIs read it."""
    if report.plan and not report.outcomes and report.plan.count("grants"):
        shown = by_team_and_api(report.plan.changes)
        yield opened(5, "Who gains access, by team and API", shown, report.plan.count("grants"))


def effective(report: Report) -> Iterator[Section]:
    """What people can do then that they could not before, and the reverse; where the portal's state is known."""
    access = report.access if report.command in ("plan", "apply") else None
    if access is None or report.plan is None:
        return
    effects = access.moved.effects
    for kind, number, rank in (("loses", effects["removes"], 4), ("gains", effects["grants"], 6)):
        if number:
            shown = told(people_turns(access), team_turns(access), kind, report.plan.portal.region)
            first = next(shown, None)
            if first is not None:
                title = f"Effective access: who {kind} what, and through which path"
                yield folded(rank, title, chain([first], shown))


def every_change(report: Report) -> Iterator[Section]:
    """All changes by person and team, each with its line."""
    if report.plan and report.plan.changes and not report.outcomes:
        yield folded(9, "Every change, with the line that asks for it", _changes(report), len(report.plan.changes))


def _changes(report: Report) -> Iterator[str]:
    for each in report.groups:
        if each.lines:
            yield from lines.group(report.checkout, each)


def looked_at(report: Report) -> Iterator[Section]:
    """What was read to say so, and when."""
    if report.plan and report.plan.looked_at:
        counts = ", ".join(prose(counted(kind, number)) for kind, number in report.plan.looked_at.items())
        yield Section(8, f"Looked at {counts}, {beside.as_of(report)}.")
