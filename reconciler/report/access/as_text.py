"""Access for a terminal: people and teams with what they may do, one person explained, or what is due for review."""

from __future__ import annotations

from reconciler.plan.access.grounds import Ground, Grounded
from reconciler.plan.access.holders import Holder
from reconciler.report.access.model import AccessReport
from reconciler.report.access.words import (
    NO_ACCESS,
    NOBODY,
    SHORT,
    approval_words,
    details,
    ground_words,
    history,
    holder_words,
    marks,
    right_words,
)
from reconciler.report.escape import inert, name
from reconciler.report.layout import Page
from reconciler.report.text_sections import finding, place, said, sentence
from reconciler.report.words import plural


def render(report: AccessReport, *, width: int = 80, colour: bool = False) -> str:
    """The report for a terminal of that width; inert whatever the names in it."""
    page = Page(width, colour)
    _header(page, report)
    if report.review_before:
        _review(page, report)
    else:
        for holder in report.holders:
            _holder(page, holder, in_full=bool(report.explain))
    for found in report.findings:
        page.blank()
        finding(page, found)
    page.blank()
    page.line(_summary(report), "strong")
    return page.text()


def _header(page: Page, report: AccessReport) -> None:
    portal = report.portal
    page.line(f"Access on portal {name(portal.name)}", "strong")
    where = [inert(part) for part in (portal.region, portal.server) if part]
    if where:
        page.line(", ".join(where), "faint", 2)
    commit = f" at commit {name(report.commit[:SHORT])}" if report.commit else ""
    page.line(f"git: {name(report.path)}{commit}", "faint", 2)
    if report.snapshot:
        page.line(f"snapshot: taken at {inert(report.snapshot.taken_at)}", "faint", 2)
    if report.only:
        page.line(f"only: {', '.join(name(each) for each in report.only)}", "faint", 2)
    for why in report.unknown:
        page.line(f"Provenance is unknown: {said(why)}", "warning", 2)


def _holder(page: Page, holder: Holder, *, in_full: bool) -> None:
    page.blank()
    page.line(sentence(holder_words(holder)), "strong")
    if in_full and holder.changed:
        page.line(f"the portal changed the account last on {inert(holder.changed)}", "faint", 4)
    if not holder.rights:
        page.line(NO_ACCESS, indent=2)
    for grounded in holder.rights:
        _right(page, grounded, in_full=in_full)
        for ground in holder.told_with(grounded):
            _ground(page, ground, in_full=in_full)


def _right(page: Page, grounded: Grounded, *, in_full: bool) -> None:
    since = f", since {grounded.since[:10]}" if in_full and grounded.right.now and grounded.since else ""
    page.line(sentence(right_words(grounded)) + since, indent=2)
    for mark in marks(grounded):
        page.line(mark, "warning", 6)


def _ground(page: Page, ground: Ground, *, in_full: bool) -> None:
    below = ["; ".join(sentence(words) for words in details(ground))]
    below += [sentence(words) for words in history(ground)] if in_full else []
    page.entry(
        f"{ground.kind}: {sentence(approval_words(ground))}",
        indent=6,
        style="plain" if ground.cause else "warning",
        place=place(ground.cause.origin) if ground.cause else "",
        below=[(text, "faint") for text in below],
    )


def _review(page: Page, report: AccessReport) -> None:
    page.line(f"due for review: not looked at since {report.review_before}", "faint", 2)
    for sponsor in report.due:
        page.blank()
        page.line(name(sponsor.name) if sponsor.name else NOBODY, "strong")
        for due in sponsor.due:
            ground = due.ground
            looked = f"last looked at {due.looked}" if due.looked else "never looked at"
            why = "; ".join([looked, *(sentence(words) for words in details(ground, told=("reviewed", "sponsor")))])
            page.entry(
                sentence(ground_words(ground)),
                indent=2,
                place=place(ground.cause.origin) if ground.cause else "",
                below=[(sentence(approval_words(ground)), "plain"), (why, "faint")],
            )


def _summary(report: AccessReport) -> str:
    counts = report.summary
    told = [f"{plural(counts['people'], 'person', 'people')} with {plural(counts['rights'], 'right')}"]
    if report.review_before:
        told = [f"{plural(counts['due'], 'thing')} due for review"]
    for key, words in _COUNTED.items():
        if counts[key] and not report.review_before:
            told.append(f"{counts[key]:,} {words}")
    return ", ".join(told)


_COUNTED = {
    "unlisted": "not listed in git",
    "uncommitted": "not committed",
    "unknown": "of unknown provenance",
    "leftover": "left over",
}
