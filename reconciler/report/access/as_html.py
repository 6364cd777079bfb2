"""Access as one page for a browser or a printer: no script, nothing loaded, and what strangers typed is text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

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
from reconciler.report.escape import inert
from reconciler.report.words import Name, Words

_STYLE = """\
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8886}
td:first-child bdi{font-weight:600}
.warn{color:#b3261e}
.faint,code{opacity:.75;font-size:.9em}
@media(prefers-color-scheme:dark){.warn{color:#ff8a80}}
@media print{h2{break-after:avoid}tr{break-inside:avoid}}"""


def render(report: AccessReport) -> str:
    """The whole page."""
    title = f"Access on portal {report.portal.name}"
    body = [f"<h1>Access on portal {_name(report.portal.name)}</h1>", f'<p class="faint">{_source(report)}</p>']
    body += [f'<p class="warn">Provenance is unknown: {_text(why)}</p>' for why in report.unknown]
    if report.review_before:
        body.append(f"<p>Due for review: not looked at since {_text(report.review_before)}</p>")
        body += map(_sponsor, report.due)
    else:
        body += map(_holder, report.holders)
    head = f'<meta charset="utf-8"><title>{_text(title)}</title><style>{_STYLE}</style>'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    guard = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return "\n".join(
        ['<!doctype html><html lang="en"><head>', guard + head, "</head><body>", *body, "</body></html>", ""]
    )


def _source(report: AccessReport) -> str:
    commit = f" at commit {_text(report.commit[:SHORT])}" if report.commit else ""
    only = f"; only {', '.join(map(_name, report.only))}" if report.only else ""
    when = _text(report.generated_at) + (f", of {_text(report.snapshot.taken_at)}" if report.snapshot else "")
    return f"{when}; git: {_text(report.path)}{commit}{only}"


def _holder(holder: Holder) -> str:
    rows = [_row([_right(each), _grounds(holder.told_with(each))]) for each in holder.rights]
    return f"<h2>{_sentence(holder_words(holder))}</h2>\n" + (
        _table(("May", "By"), rows) if rows else _text(NO_ACCESS)
    )


def _right(grounded: Grounded) -> str:
    since = f'<br><span class="faint">since {grounded.since[:10]}</span>' if grounded.since else ""
    marked = "".join(f'<br><span class="warn">{_text(mark)}</span>' for mark in marks(grounded))
    return _sentence(right_words(grounded)) + since + marked


def _grounds(grounds: Iterable[Ground]) -> str:
    return "<br>".join(f"{ground.kind}: {_ground(ground)}" for ground in grounds)


def _ground(ground: Ground) -> str:
    besides = [_sentence(words) for words in (*details(ground), *history(ground))]
    said = _sentence(approval_words(ground))
    said = said if ground.cause else f'<span class="warn">{said}</span>'
    more = f'<br><span class="faint">{"; ".join(besides)}</span>' if besides else ""
    return f"{said}{_place(ground)}{more}"


def _sponsor(sponsor: Sponsor) -> str:
    heading = _name(sponsor.name) if sponsor.name else _text(NOBODY)
    rows = [_row(_due(due)) for due in sponsor.due]
    return f"<h2>{heading}</h2>\n" + _table(("What", "Last looked at", "By"), rows)


def _due(due: Due) -> Iterator[str]:
    yield _sentence(ground_words(due.ground))
    yield _text(due.looked) if due.looked else '<span class="warn">never</span>'
    yield _ground(due.ground)


def _place(ground: Ground) -> str:
    origin = ground.cause.origin if ground.cause else None
    return f" <code>{_text(f'{origin.file}:{origin.line}')}</code>" if origin else ""


def _table(columns: Sequence[str], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"


def _row(cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _sentence(words: Words) -> str:
    return "".join(_name(word) if isinstance(word, Name) else _text(word) for word in words)


def _name(text: str) -> str:
    return f"<bdi>{_text(text)}</bdi>"


def _text(text: str) -> str:
    return escape(inert(text), quote=True)
