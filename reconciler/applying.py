"""A plan done: held against what is there now, made so, read back, and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reconciler.apply.run import Applied, apply_plan
from reconciler.apply.stop import Stop
from reconciler.apply.verify import read_back, unverified
from reconciler.errors import JournalError, NotFoundError, ReconcilerError
from reconciler.journal.recorder import Recorder
from reconciler.model.change import Outcome, Plan, Subject
from reconciler.model.observed import Need, Observed
from reconciler.plan.about import part_about
from reconciler.plan.saved import gone, same_server
from reconciler.plan.stale import Recheck, need_of_plan, recheck
from reconciler.settings import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `validate` must not import what speaks HTTP
    from reconciler.portal.client import Reader, Writer

Progress = Callable[[str, int, int], None]


def recheck_plan(plan: Plan, reader: Reader, connection: Connection, *, progress: Progress | None = None) -> Recheck:
    """A saved plan beside what it touches as that is now. Raises StalePlanError if its portal is not there."""
    same_server(plan.portal, connection.known_as)
    try:
        reader.find_portal(id=plan.portal.id)
    except NotFoundError as error:
        raise gone(plan.portal) from error
    subjects = [change.subject for change in plan.changes]
    return recheck(plan, _look(reader, plan, need_of_plan(plan), subjects, progress))


def apply_to(
    plan: Plan,
    writer: Writer,
    *,
    workers: int = 8,
    recorder: Recorder | None = None,
    stop: Stop | None = None,
    wait: Callable[[float], object],
    progress: Progress | None = None,
    decided: Mapping[int, Outcome] | None = None,
) -> Applied:
    """Do what the plan says, see `apply.run`; then read back what was written, see `apply.verify`.

    `wait` waits so many seconds, and raises if nobody is to wait any more. Raises JournalError before anything is
    written; what goes wrong later is in the result.
    """
    made = 0

    def note(_: Outcome) -> None:
        nonlocal made
        made += 1
        if progress:
            progress("changes", made, max(len(plan.changes), made))

    if recorder:
        recorder.began(plan)
    applied = apply_plan(plan, writer, workers=workers, progress=note, record=recorder, stop=stop, decided=decided)
    return verified(plan, applied, writer, recorder=recorder, wait=wait, progress=progress)


def verified(
    plan: Plan,
    applied: Applied,
    reader: Reader,
    *,
    recorder: Recorder | None,
    wait: Callable[[float], object],
    progress: Progress | None,
) -> Applied:
    """What was applied, corrected by what is there when it is read back, unless the run ended early."""
    subjects = [outcome.change.subject for outcome in applied.outcomes]

    def look(need: Need) -> Observed:
        return _look(reader, plan, need, subjects, progress)

    outcomes, error = applied.outcomes, applied.error
    try:
        if error is None:
            outcomes = read_back(applied.outcomes, look, wait)
    except ReconcilerError as trouble:
        error = unverified(trouble)
    done = Applied(outcomes, error, verified=error is None)
    return done if recorder is None else _written_down(plan, applied, done, recorder)


def _written_down(plan: Plan, applied: Applied, done: Applied, recorder: Recorder) -> Applied:
    """The end of the run goes into the journal; if that fails, it is the run's error."""
    positions = {id(change): index for index, change in enumerate(plan.changes)}
    try:
        for before, outcome in zip(applied.outcomes, done.outcomes, strict=True):
            if outcome != before:
                recorder.read_back(outcome, positions.get(id(outcome.change)))
        recorder.ended(done.outcomes, done.error, verified=done.verified)
    except JournalError as error:
        return replace(done, error=done.error or error)
    return done


def _look(reader: Reader, plan: Plan, need: Need, subjects: Sequence[Subject], progress: Progress | None) -> Observed:
    """What changes are about, by the lists in which that can be seen, or by filters if these take fewer requests."""
    from reconciler.portal.observe import observe
    from reconciler.portal.part import observe_part

    part = part_about(subjects, need, plan.looked_at)
    if part is None:
        return observe(reader, plan.portal, need, progress=progress)
    return observe_part(reader, plan.portal, need, part, progress=progress)
