"""Changes and items by the person or team that they are about, those who lose access first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from reconciler.model.change import Change, Effect, Item, Outcome, Plan, Result
from reconciler.model.names import email_key
from reconciler.model.observed import OwnerType
from reconciler.plan.document_fields import ITEM_LISTS
from reconciler.report.words import Move, Name, Words, moves, object_words, owner_id, owner_name, precise_id, verb

SIGNS: dict[Effect, str] = {"grants": "+", "removes": "-", "neither": "~"}
_FIRST: tuple[Effect, ...] = ("removes", "grants", "neither")


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words, and what became of it where it was applied."""

    change: Change
    verb: str
    words: Words
    moves: tuple[Move, ...]
    outcome: Outcome | None = None

    @property
    def sign(self) -> str:
        """`+` gives access, `-` takes it away, `~` does neither."""
        return SIGNS[self.change.effect]


@dataclass(frozen=True, slots=True)
class Group:
    """One person or team; `ids` are the accounts or teams meant, none where it is not on the portal yet."""

    type: OwnerType
    name: str
    ids: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    held: tuple[Item, ...] = ()
    waiting: tuple[Item, ...] = ()
    blocked: tuple[Item, ...] = ()
    unlisted: tuple[Item, ...] = ()
    requests: tuple[Item, ...] = ()
    residual: tuple[Item, ...] = ()

    @property
    def effect(self) -> Effect:
        """`removes` if any line takes access away, else `grants` if any gives it, else `neither`."""
        effects = {line.change.effect for line in self.lines}
        return next((effect for effect in _FIRST if effect in effects), "neither")


@dataclass(slots=True)
class _Growing:
    type: OwnerType
    name: str
    ids: dict[str, None] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    items: dict[str, list[Item]] = field(default_factory=dict)

    def grown(self) -> Group:
        items = {kind: tuple(found) for kind, found in self.items.items()}
        return Group(self.type, self.name, tuple(self.ids), _told_apart(self.lines), **items)


def of_plan(plan: Plan, outcomes: Iterable[Outcome] = ()) -> tuple[Group, ...]:
    """Everything in the plan: who loses access, then who gains it, then the rest, each in the plan's order.

    Each line has its outcome, if there is one; outcomes of changes that no plan had foreseen come last.
    """
    became = {outcome.change.key: outcome for outcome in outcomes}
    changes = [(change, became.pop(change.key, None)) for change in plan.changes]
    changes += [(outcome.change, outcome) for outcome in became.values()]
    return _in_order(_grouped(changes, {kind: getattr(plan, kind) for kind in ITEM_LISTS}))


def with_lines(groups: Iterable[Group], wanted: Callable[[Line], bool]) -> tuple[Group, ...]:
    """The groups with those of their lines that are wanted, ordered alike; groups without any are left out."""
    kept = (replace(group, lines=tuple(filter(wanted, group.lines))) for group in groups)
    return _in_order(group for group in kept if group.lines)


def came_to(results: tuple[Result | None, ...], line: Line) -> bool:
    """Whether a change came to one of these results; None: it has no outcome."""
    return (line.outcome.result if line.outcome else None) in results


def _in_order(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(sorted(groups, key=lambda group: (not group.lines, _FIRST.index(group.effect))))


def _grouped(changes: list[tuple[Change, Outcome | None]], items: dict[str, tuple[Item, ...]]) -> list[Group]:
    groups: dict[tuple[str, str], _Growing] = {}

    def group_of(thing: Change | Item) -> _Growing:
        subject = thing.subject
        kind, name, known = subject.owner_type, owner_name(subject), owner_id(subject)
        key = (kind, email_key(name) if kind == "developer" else name)
        group = groups.setdefault(key, _Growing(kind, name))
        if known:
            group.ids[known] = None
        return group

    for change, outcome in changes:
        line = Line(change, verb(change), object_words(change), moves(change), outcome)
        group_of(change).lines.append(line)
    for kind, found in items.items():
        for item in found:
            group_of(item).items.setdefault(kind, []).append(item)
    return [group.grown() for group in groups.values()]


def _told_apart(lines: list[Line]) -> tuple[Line, ...]:
    """Lines of the same words about two things of the same name get the id that tells them apart."""
    times = Counter((line.verb, line.words) for line in lines)
    return tuple(
        replace(line, words=(*line.words, ", id ", Name(precise_id(line.change.subject))))
        if times[line.verb, line.words] > 1
        else line
        for line in lines
    )
