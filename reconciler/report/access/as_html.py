"""Access as one page for a browser or a printer: no script, nothing loaded, and what strangers typed is text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.plan.access.grounds import Ground, Grounded
from reconciler.plan.access.holders import Holder
from reconciler.plan.access.review import Due, Sponsor
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
from reconciler.report.html.frame import framed
from reconciler.report.html.markup import shown, tag
from reconciler.report.words import Name, Words


def render(report: AccessReport) -> str:
    """The whole page."""
    parts = [tag("p", _source(report), class_="faint")]
    parts += (tag("p", f"Provenance is unknown: {shown(why)}", class_="alert") for why in report.unknown)
    if report.review_before:
        parts.append(tag("p", f"Due for review: not looked at since {shown(report.review_before)}"))
        parts += map(_sponsor, report.due)
    else:
        parts += map(_holder, report.holders)
    body = tag("section", "\n".join(parts), class_="report")
    return framed(f"Access on portal {report.portal.name}", body)


def _source(report: AccessReport) -> str:
    commit = f" at commit {shown(report.commit[:SHORT])}" if report.commit else ""
    only = f"; only {', '.join(map(_name, report.only))}" if report.only else ""
    when = shown(report.generated_at) + (f", of {shown(report.snapshot.taken_at)}" if report.snapshot else "")
    return f"{when}; git: {shown(report.path)}{commit}{only}"


def _holder(holder: Holder) -> str:
    rows = [_row([_right(each), _grounds(holder.told_with(each))]) for each in holder.rights]
    return f"<h2>{_sentence(holder_words(holder))}</h2>\n" + (
        _table(("May", "By"), rows) if rows else shown(NO_ACCESS)
    )


def _right(grounded: Grounded) -> str:
    there = grounded.right.now
    since = f'<br><span class="faint">since {grounded.since[:10]}</span>' if there and grounded.since else ""
    marked = "".join(f'<br><span class="level warning">{shown(mark)}</span>' for mark in marks(grounded))
    return _sentence(right_words(grounded)) + since + marked


def _grounds(grounds: Iterable[Ground]) -> str:
    return "<br>".join(f"{ground.kind}: {_ground(ground)}" for ground in grounds)


def _ground(ground: Ground) -> str:
    besides = [_sentence(words) for words in (*details(ground), *history(ground))]
    said = _sentence(approval_words(ground))
    said = said if ground.cause else f'<span class="level warning">{said}</span>'
    more = f'<br><span class="faint">{"; ".join(besides)}</span>' if besides else ""
    return f"{said}{_place(ground)}{more}"


def _sponsor(sponsor: Sponsor) -> str:
    heading = _name(sponsor.name) if sponsor.name else shown(NOBODY)
    rows = [_row(_due(due)) for due in sponsor.due]
    return f"<h2>{heading}</h2>\n" + _table(("What", "Last looked at", "By"), rows)


def _due(due: Due) -> Iterator[str]:
    yield _sentence(ground_words(due.ground))
    yield shown(due.looked) if due.looked else '<span class="level warning">never</span>'
    yield _ground(due.ground)


def _place(ground: Ground) -> str:
    origin = ground.cause.origin if ground.cause else None
    return f" <code>{shown(f'{origin.file}:{origin.line}')}</code>" if origin else ""


def _table(columns: Sequence[str], rows: Iterable[str]) -> str:
    head = tag("thead", tag("tr", "".join(tag("th", column, scope="col") for column in columns)))
    return tag("div", tag("table", head + tag("tbody", "\n".join(rows))), class_="scroll")


def _row(cells: Iterable[str]) -> str:
    first, *rest = cells
    return tag("tr", tag("th", first, scope="row") + "".join(tag("td", cell) for cell in rest))


def _sentence(words: Words) -> str:
    return "".join(_name(word) if isinstance(word, Name) else shown(word) for word in words)


def _name(text: str) -> str:
    return f"<bdi>{shown(text)}</bdi>"
