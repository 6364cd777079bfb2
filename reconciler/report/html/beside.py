"""What stands beside a plan: the snapshot that was looked at, and what another commit listed or allowed."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.model.drift import LetGo
from reconciler.model.origin import Origin
from reconciler.report import aside, beside_words
from reconciler.report.html.markup import listed, shown, tag
from reconciler.report.model import Report
from reconciler.report.plain import sentence
from reconciler.report.words import Words, subject_words, verb

MOST = 200
"""Lines of a list that stand on the page itself."""


def part(heading: str, items: list[str]) -> str:
    """A list under its heading, "" of none; not endless."""
    if not items:
        return ""
    more = f'<p class="faint">… and {len(items) - MOST:,} more</p>' if len(items) > MOST else ""
    return f"<h3>{heading} ({len(items):,})</h3>\n{listed(items[:MOST])}{more}"


def snapshot(report: Report) -> str:
    """How old what is said of the portal is."""
    return _alert(beside_words.snapshot(report))


def compared(report: Report) -> Iterator[str]:
    """Changes to policy and rules, then what is let go."""
    found = report.compared
    if found is None:
        return
    yield _alert(beside_words.closing(found))
    since = shown(sentence(beside_words.since(found.base)))
    changes = [
        f"<strong>{shown(one.path)}</strong>: {_value(one.before)} → {_value(one.after)}{_where(one.origin)}"
        for one in found.policy_changes
    ]
    yield part(f"{beside_words.POLICY_CHANGED} {since}", changes)
    yield part(f"{beside_words.LET_GO}, {since}", [_let_go(one) for one in found.let_go if one.fate != "absent"])
    yield part(
        "Let go: what the portal does not have", [_let_go(one) for one in found.let_go if one.fate == "absent"]
    )


def adoption(report: Report) -> Iterator[str]:
    """What was clicked past git and git says now, and what it cannot say; by itself, for it is what was asked for."""
    for title, items in aside.adopted(report.adoption):
        lines = [
            f"{shown(sentence(subject_words(item.subject)))}: {shown(item.problem or item.says)}"
            + (f" ({tag('code', shown(item.file))})" if item.file else "")
            for item in items
        ]
        yield part(title, lines)


def left_out(report: Report) -> Iterator[str]:
    """What git asks for and this run leaves; and what was reviewed and is not to be done any more."""
    for title, changes in aside.left_out(report.plan) if report.plan else ():
        yield part(title, [_change(change) for change in changes])


def _change(change: Change) -> str:
    done = verb(change).upper() if change.effect == "removes" else verb(change)
    return f"{shown(f'{done} {sentence(subject_words(change.subject))}')}{_where(change.cause.origin)}"


def evidence(report: Report) -> str:
    """What the classes of drift rest on."""
    lines = [shown(line) for line in beside_words.aside(report.drift)] if report.drift else []
    return part("What this rests on", lines)


def _let_go(one: LetGo) -> str:
    return f"{shown(sentence(subject_words(one.subject)))}: {shown(one.says)}{_where(one.origin)}"


def _value(said: str | None) -> str:
    return "not there" if said is None else tag("code", shown(said))


def _where(origin: Origin | None) -> str:
    return f" ({tag('code', shown(f'{origin.file}:{origin.line}'))})" if origin else ""


def _alert(words: Words) -> str:
    return tag("p", shown(sentence(words)), class_="alert warns") + "\n" if words else ""
