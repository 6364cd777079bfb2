"""Requests as text: by domain, with how long they wait, what an approval gives, and what is suspicious."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from reconciler.model.request import Decision, Patch, Request
from reconciler.report.aside import adopted
from reconciler.report.escape import disarmed, inert, name
from reconciler.report.layout import Page, Style
from reconciler.report.model import Report
from reconciler.report.requests import asks, days_waited, gives
from reconciler.report.text_sections import heading, said, sentence
from reconciler.report.words import plural, subject_words

_DECISIONS: dict[Decision, tuple[str, Style]] = {
    "undecided": ("", "plain"),
    "listed": ("+ ", "grants"),
    "rejected": ("~ ", "neither"),
    "left-out": ("left out: ", "faint"),
}
_DIFF: dict[str, Style] = {"+": "grants", "-": "removes", "@": "faint"}


def requests(page: Page, report: Report) -> None:
    """Who waits, domain by domain, then the changes to manifests."""
    if report.answer is None:
        return
    for domain, found in groupby(report.answer.decided, lambda each: each[0].domain):
        listed = list(found)
        heading(page, name(domain) if domain else "Teams' applications", len(listed))
        for request, decision in listed:
            _request(page, request, decision, report.generated_at)
    _patches(page, report.answer.patches)
    if report.answer.branches:
        heading(page, "Pull requests", len(report.answer.branches))
    for branch in report.answer.branches:
        what = f"{branch.became}: {inert(branch.name)} ({plural(branch.requests, 'request')})"
        page.entry(what, below=[(said(branch.detail), "faint")])


def adoption(page: Page, report: Report) -> None:
    """What was taken into git, what could not be and why, then the changes to manifests."""
    for title, items in adopted(report.adoption):
        heading(page, title, len(items))
        for item in items:
            what = sentence(subject_words(item.subject))
            if item.problem:
                page.entry(what, below=[(said(item.problem), "faint")])
            else:
                page.entry(f"+ {what}: {said(item.says)}", style="grants", place=inert(item.file))
    _patches(page, report.adoption.patches if report.adoption else ())


def _patches(page: Page, patches: Iterable[Patch]) -> None:
    for patch in patches:
        page.blank()
        for line in patch.diff.rstrip("\n").split("\n"):
            style = "strong" if line.startswith(("--- ", "+++ ")) else _DIFF.get(line[:1], "plain")
            page.unbroken(disarmed(inert(line.rstrip("\r"))), style)


def _request(page: Page, request: Request, decision: Decision, generated_at: str) -> None:
    mark, style = _DECISIONS[decision]
    days = days_waited(request, generated_at)
    below: list[tuple[str, Style]] = [("gives: " + "; ".join(map(sentence, gives(request))), "faint")]
    below += [(f"SUSPICIOUS ({each.rule}): {said(each.message)}", "error") for each in request.suspicions]
    if request.obstacle:
        below.append((f"cannot be listed: {said(request.obstacle)}", "warning"))
    page.entry(
        mark + sentence(asks(request)),
        style=style,
        note="" if days is None else "today" if days == 0 else plural(days, "day"),
        place=inert(request.into),
        below=below,
    )
