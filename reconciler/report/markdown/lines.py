"""The lines of a list: a change, an item, a finding, each with its place as a link where the repository is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.finding import Finding
from reconciler.model.change import NOT_MADE, Cause, Item, Outcome
from reconciler.model.checkout import Checkout
from reconciler.model.origin import Origin
from reconciler.report.groups import Group, Line
from reconciler.report.markdown.inert import code, prose, sentence
from reconciler.report.words import Move, advice, subject_words


def place(checkout: Checkout, origin: Origin | None) -> str:
    """`file:line`, as a link where one can be made; "" without a place."""
    if origin is None:
        return ""
    label = code(f"{checkout.path(origin.file)}:{origin.line}" if origin.line else checkout.path(origin.file))
    link = checkout.link(origin)
    return f"[{label}]({link})" if link else label


def why(checkout: Checkout, cause: Cause | None, *more: str) -> str:
    """Reason and place of a change or item, to stand at the end of its line; "" where nothing is to be said."""
    if cause is None:
        return "".join(f" ({part})" for part in more if part)
    reason = "" if cause.text == "listed" else prose(cause.text)
    parts = [part for part in (reason, *more, place(checkout, cause.origin)) if part]
    return f" ({', '.join(parts)})" if parts else ""


def group(checkout: Checkout, found: Group) -> Iterator[str]:
    """A person or team, and below the changes."""
    same = f" ({len(found.ids)} of this name: {', '.join(map(code, found.ids))})" if len(found.ids) > 1 else ""
    yield f"- {'' if found.type == 'developer' else 'team '}{code(found.name)}{same}"
    for line in found.lines:
        yield f"  - {change(checkout, line)}"
        if line.outcome:
            yield from (f"    - {text}" for text in became(line, line.outcome))


def change(checkout: Checkout, line: Line) -> str:
    """One change: what, from what to what, why and where."""
    removes = line.change.effect == "removes"
    verb = f"**{line.verb.upper()}**" if removes else line.verb
    new = line.change.before is None
    moved = ", ".join(_moved(move, new) for move in line.moves)
    return f"{verb} {sentence(line.words)}{': ' if moved else ''}{moved}{why(checkout, line.change.cause)}"


def _moved(move: Move, new: bool) -> str:
    if move.field == "status":
        return f"{move.before or 'none'} → {move.after or 'none'}" if _known(move) else _values(move, new)
    return f"{prose(move.field)} {_values(move, new)}"


def _known(move: Move) -> bool:
    return {move.before, move.after} <= {None, "approved", "pending", "revoked", "rejected"}


def _values(move: Move, new: bool) -> str:
    return _value(move.after) if new else f"{_value(move.before)} → {_value(move.after)}"


def _value(value: str | bool | None) -> str:
    if isinstance(value, str):
        return code(value)
    return "none" if value is None else "yes" if value else "no"


def became(line: Line, outcome: Outcome) -> Iterator[str]:
    """What came of a change, where there is anything to say."""
    if outcome.extra:
        yield "not in the plan: asked for while access was being taken away"
    if outcome.result == "already":
        yield "was so already when the write arrived"
    if outcome.result in NOT_MADE:
        answer = [f"HTTP {outcome.status}"] if outcome.status else []
        answer += [f"trace {code(outcome.trace)}"] if outcome.trace else []
        yield prose(outcome.detail or outcome.result) + (f" ({', '.join(answer)})" if answer else "")
        if line.change.effect == "removes":
            yield "**THE ACCESS MAY STILL BE THERE**"
        yield f"to do: {advice(outcome)}"


def items(checkout: Checkout, found: Iterable[Item]) -> Iterator[str]:
    """Items that are no changes, each with its reason, since when, and where."""
    for item in found:
        since = f"since {code(item.since[:10])}" if item.since else ""
        yield f"- {sentence(subject_words(item.subject))}: {prose(item.reason)}{why(checkout, item.cause, since)}"


def finding(checkout: Checkout, found: Finding) -> Iterator[str]:
    """A finding with its place, and below what to do."""
    where = place(checkout, found.origin)
    yield f"- {where}{' ' if where else ''}{found.severity} {code(found.rule)}: {prose(found.message)}"
    if found.hint:
        yield f"  - {prose(found.hint)}"
