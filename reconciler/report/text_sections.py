"""The parts of the text format: people and teams with their changes, and the lists that are no changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.finding import Finding
from reconciler.model.change import NOT_MADE, Item, Lifted, Plan, Refusal
from reconciler.model.origin import Origin
from reconciler.report import aside
from reconciler.report.escape import inert, name, quoted, shorten
from reconciler.report.groups import Group, Line, of_plan
from reconciler.report.layout import Page, Style, together
from reconciler.report.titles import DIAGNOSES, HEADINGS, ITEMS, LEFT_OUT, LIFTED
from reconciler.report.words import Move, Name, Words, advice, counted, plural, subject_words

_MESSAGE_CELLS = 800
_VALUE_CELLS = 64
_CUT_AFTER = 20
_FAINT: Style = "faint"

_CUT = ("unlisted", "requests")
"""Lists of what nobody here asked for, which strangers can make as long as they like."""


def said(text: str) -> str:
    """A message, reason or hint: inert, and not endless."""
    return shorten(inert(text), _MESSAGE_CELLS)


def sentence(words: Words) -> str:
    """Words in which names are set apart from what we say ourselves."""
    return "".join(name(word) if isinstance(word, Name) else said(word) for word in words)


def place(origin: Origin | None, column: bool = False) -> str:
    """`file:line`, or with the column too."""
    if origin is None:
        return ""
    where = f"{origin.file}:{origin.line}" if origin.line and not column else str(origin)
    return inert(where)


def grouped(page: Page, groups: Sequence[Group]) -> None:
    """Changes by person and team, under a heading for those who lose access, gain it, or neither."""
    for effect, heading in HEADINGS.items():
        found = [group for group in groups if group.lines and group.effect == effect]
        if found:
            page.blank()
            page.line(f"{heading} ({_who(found)})", "removes" if effect == "removes" else "strong")
            listed(page, found)


def listed(page: Page, groups: Iterable[Group]) -> None:
    """Each person or team, with their changes below."""
    for group in groups:
        _group(page, group)


def _who(groups: Sequence[Group]) -> str:
    people = sum(group.type == "developer" for group in groups)
    teams = len(groups) - people
    counts = [plural(people, "person", "people")] if people else []
    return ", ".join(counts + ([plural(teams, "team")] if teams else []))


def _group(page: Page, group: Group) -> None:
    heading = name(group.name) if group.type == "developer" else f"team {name(group.name)}"
    if len(group.ids) > 1:
        heading += f" ({len(group.ids)} of this name: {', '.join(name(known) for known in group.ids)})"
    page.line(heading, "strong", 2)
    for line in group.lines:
        _line(page, line)


def _line(page: Page, line: Line) -> None:
    change = line.change
    verb = line.verb.upper() if change.effect == "removes" else line.verb
    text = f"{line.sign} {verb} {sentence(line.words)}"
    status = next((move for move in line.moves if move.field == "status"), None)
    if status:
        text += ": " + together(f"{_bare(status.before)} → {_bare(status.after)}")
    others = [(_moved(move, change.before is None), _FAINT) for move in line.moves if move is not status]
    why = "" if change.cause.text == "listed" else said(change.cause.text)
    page.entry(
        text,
        style=change.effect,
        indent=4,
        note=why,
        place=place(change.cause.origin),
        below=(*others, *_became(line)),
    )


def _moved(move: Move, new: bool) -> str:
    before, after = _value(move.before), _value(move.after)
    return f"{inert(move.field)}: {after}" if new else f"{inert(move.field)}: {before} → {after}"


def _bare(status: str | bool | None) -> str:
    return said(str(status or "none"))


def _value(value: str | bool | None) -> str:
    if isinstance(value, str):
        return quoted(value, _VALUE_CELLS)
    return "none" if value is None else "yes" if value else "no"


def _became(line: Line) -> Iterable[tuple[str, Style]]:
    outcome = line.outcome
    if outcome is None:
        return
    if outcome.extra:
        yield "not in the plan: asked for while access was being taken away", "warning"
    if outcome.result == "already":
        yield "was so already when the write arrived", "faint"
    if outcome.result in NOT_MADE:
        answer = [f"HTTP {outcome.status}"] if outcome.status else []
        answer += [f"trace {said(outcome.trace)}"] if outcome.trace else []
        yield said(outcome.detail or outcome.result) + (f" ({', '.join(answer)})" if answer else ""), "plain"
        if line.change.effect == "removes":
            yield "THE ACCESS MAY STILL BE THERE", "error"
        yield f"to do: {advice(outcome)}", "plain"


def items(page: Page, plan: Plan) -> None:
    """The lists that are no changes, each with its reason and line; empty ones are left out."""
    for kind, title in ITEMS.items():
        found: tuple[Item, ...] = getattr(plan, kind)
        if not found:
            continue
        heading(page, title, len(found), "warning" if kind == "residual" else "strong")
        shown = found[:_CUT_AFTER] if kind in _CUT and len(found) > _CUT_AFTER + 1 else found
        for item in shown:
            _item(page, item)
        if len(shown) < len(found):
            page.line(f"… and {len(found) - len(shown):,} more (--format json has all)", "faint", 2)


def _item(page: Page, item: Item) -> None:
    cause = item.cause
    notes = [said(cause.text)] if cause and cause.text != "listed" else []
    notes += [f"since {said(item.since[:10])}"] if item.since else []
    where = place(cause.origin if cause else None)
    page.entry(f"{sentence(subject_words(item.subject))}: {said(item.reason)}", note=", ".join(notes), place=where)


def left_out(page: Page, plan: Plan) -> None:
    """What git asks for and this run leaves; and what was reviewed and is not to be done any more."""
    for title, changes in aside.left_out(plan):
        heading(page, title, len(changes), "strong" if title == LEFT_OUT["not-selected"] else "warning")
        groups = of_plan(Plan(plan.portal, changes))
        cut = len(groups) > _CUT_AFTER + 1
        listed(page, groups[:_CUT_AFTER] if cut else groups)
        if cut:
            more = plural(len(groups) - _CUT_AFTER, "more person or team", "more people and teams")
            page.line(f"… and {more} (--format json has all)", "faint", 2)


def heading(page: Page, title: str, number: int, style: Style = "strong") -> None:
    """A section's title, with how many things it has."""
    page.blank()
    title, colon, rest = title.partition(":")
    page.line(f"{title} ({number:,}){colon}{rest}", style)


def refusals(page: Page, found: Sequence[Refusal], title: str) -> None:
    """Which limit is broken, by how much, and the way out."""
    if not found:
        return
    heading(page, title, len(found), "error")
    for refusal in found:
        page.entry(f"{inert(refusal.rule)}: {said(refusal.message)}", style="error", below=_limit(refusal))


def _limit(refusal: Refusal) -> tuple[tuple[str, Style], ...]:
    way_out = f"way out: {said(refusal.hint)}" if refusal.hint else ""
    lift = "" if refusal.liftable else "nothing lifts this rule"
    return (_broken(refusal), (way_out, "plain"), (lift, "plain"))


def _broken(refusal: Refusal) -> tuple[str, Style]:
    return f"number: {refusal.number:,}; limit: {said(refusal.limit)}", "plain"


def lifted(page: Page, found: Sequence[Lifted]) -> None:
    """Which limits are broken with leave, whose, and why."""
    if not found:
        return
    heading(page, LIFTED, len(found), "warning")
    for lift in found:
        refusal = lift.refusal
        page.entry(
            f"{inert(refusal.rule)}: {said(refusal.message)}",
            style="warning",
            place=place(lift.origin),
            below=(
                _broken(refusal),
                (f"by {'policy.allow' if lift.origin else '--allow'}: {said(lift.reason)}", "plain"),
            ),
        )


def finding(page: Page, found: Finding, indent: int = 0) -> None:
    """`file:line:col severity rule: message` on one line, as editors and grep take it apart; then what to do."""
    where = place(found.origin, column=True)
    text = f"{found.severity} {inert(found.rule)}: {said(found.message)}"
    page.unbroken(f"{where} {text}" if where else text, found.severity, indent)
    if found.hint:
        page.line(f"hint: {said(found.hint)}", _FAINT, indent + 4)


def diagnoses(page: Page, found: Sequence[Finding]) -> None:
    """What on the portal works against git, why, and the remedy."""
    if not found:
        return
    heading(page, DIAGNOSES, len(found), "error")
    for one in found:
        page.entry(
            f"{one.severity} {inert(one.rule)}: {said(one.message)}", below=((f"remedy: {said(one.hint)}", _FAINT),)
        )


def looked_at(plan: Plan) -> str:
    """What was read to say so: `1,000 developers, 20 teams`."""
    return ", ".join(together(inert(counted(kind, number))) for kind, number in plan.looked_at.items())
