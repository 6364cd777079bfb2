"""What was written, held against what is there now: pure but for the two things that it is handed.

The portal's reads may lag behind its writes (contract 4: kongctl looks up to six times, five seconds apart), so what
is not seen at once is looked for again, and only that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace

from reconciler.apply.expected import EXPECTED, Seen
from reconciler.errors import ReconcilerError
from reconciler.model.change import Outcome, Result
from reconciler.model.observed import Need, Observed

WAITS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each further look, thirty in all."""

_READ_BACK = ("done", "already", "unknown")
"""What may have been written; what failed or was skipped was not."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An outcome whose change is not there, and in `found` what is."""

    outcome: Outcome
    found: str


def need_of(outcomes: Sequence[Outcome]) -> Need:
    """The lists in which what was written can be seen: whole pages, never one request a thing."""
    kinds: set[str] = set()
    members: set[str] = set()
    roles: set[str] = set()
    for outcome in outcomes:
        subject = outcome.change.subject
        kinds.add(subject.kind)
        if subject.team is not None and subject.kind in ("membership", "role"):
            (members if subject.kind == "membership" else roles).add(subject.team.name)
    invited = any(o.change.subject.developer and not o.change.subject.developer.id for o in outcomes)
    return Need(
        developers="developer" in kinds or invited,
        team_list=not kinds.isdisjoint({"membership", "role", "team"}),
        memberships=bool(members),
        teams=tuple(sorted(members)),
        roles_of=tuple(sorted(roles)),
        registrations="registration" in kinds,
        apis=False,
        judging=False,
    )


def missing(outcomes: Iterable[Outcome], observed: Observed) -> tuple[Missing, ...]:
    """Those of the outcomes whose change is not there."""
    seen = Seen(observed)
    found = ((outcome, EXPECTED[outcome.change.action](outcome.change, seen)) for outcome in outcomes)
    return tuple(Missing(outcome, instead) for outcome, instead in found if instead)


def read_back(
    outcomes: tuple[Outcome, ...], look: Callable[[Need], Observed], wait: Callable[[float], object]
) -> tuple[Outcome, ...]:
    """The outcomes, corrected by what is there: what does not show after all waits is `not-kept`, and an `unknown`
    one is known. Raises what `look` and `wait` raise.
    """
    written = [outcome for outcome in outcomes if outcome.result in _READ_BACK]
    gone = tuple(Missing(outcome, "") for outcome in written)
    for seconds in (0.0, *WAITS):
        if gone:
            wait(seconds)
            left = [each.outcome for each in gone]
            gone = missing(left, look(need_of(left)))
    instead = {id(each.outcome): each.found for each in gone}
    return tuple(_corrected(outcome, instead.get(id(outcome))) for outcome in outcomes)


def unverified(error: ReconcilerError) -> ReconcilerError:
    """What kept us from reading back, as the end of a run of which everything was tried."""
    same = copy(error)
    same.message = f"what was written could not be read back: {error.message}"
    return same


def _corrected(outcome: Outcome, instead: str | None) -> Outcome:
    if instead is None:
        was_lost = outcome.result == "unknown"
        said = "its answer was lost, and it was there when it was read back"
        return replace(outcome, result="done", detail=said) if was_lost else outcome
    result: Result = "failed" if outcome.result == "unknown" else "not-kept"
    said = f"read back {len(WAITS) + 1} times over {sum(WAITS):.0f} s: {instead}"
    return replace(outcome, result=result, detail=f"{outcome.detail}; {said}" if outcome.detail else said)
