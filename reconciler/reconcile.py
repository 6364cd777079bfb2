"""The whole walk on one page: files → what git says; portal → what there is; the plan; and its doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal, overload

from reconciler.apply.run import Applied, apply_plan
from reconciler.apply.stop import Stop
from reconciler.apply.verify import read_back, unverified
from reconciler.doctor.case import Case
from reconciler.doctor.diagnose import diagnose
from reconciler.errors import InputError, JournalError, NotFoundError, ReconcilerError
from reconciler.finding import Finding
from reconciler.journal.recorder import Recorder
from reconciler.model.change import Outcome, Plan, Subject
from reconciler.model.desired import Desired
from reconciler.model.observed import Need, Observed, Portal
from reconciler.plan.about import part_about
from reconciler.plan.make import make_plan
from reconciler.plan.narrow import EVERYTHING, Narrowing
from reconciler.plan.need import as_needed, need_of, need_of_access
from reconciler.plan.saved import gone, same_server
from reconciler.plan.stale import Recheck, need_of_plan, recheck
from reconciler.plan.written import Written, planned_as_written
from reconciler.settings import Connection
from reconciler.survey import Survey, found_portal, survey_portal
from reconciler.workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `validate` must not import what speaks HTTP
    from reconciler.portal.client import Reader, Writer

Progress = Callable[[str, int, int], None]


@overload
@contextmanager
def open_portal(connection: Connection, *, read_only: Literal[True], workers: int) -> Iterator[Reader]: ...
@overload
@contextmanager
def open_portal(connection: Connection, *, read_only: Literal[False], workers: int) -> Iterator[Writer]: ...
@contextmanager
def open_portal(connection: Connection, *, read_only: bool, workers: int) -> Iterator[Reader | Writer]:
    """A client for the portal's server; one made for reading cannot send anything but GET."""
    from reconciler.portal.client import connect_reader, connect_writer

    connect = connect_reader if read_only else connect_writer
    client = connect(
        connection.server,
        connection.token,
        workers=workers,
        verify=connection.ca_bundle or True,
        proxies=connection.proxies,
    )
    try:
        yield client
    finally:
        client.close()


def survey_workspace(
    workspace: Workspace,
    reader: Reader,
    connection: Connection,
    *,
    narrowing: Narrowing = EVERYTHING,
    whole: bool = False,
    progress: Progress | None = None,
) -> Survey:
    """What the workspace needs to see, or `whole` what tells who has access. Raises PortalError where that cannot be
    known in full; StalePlanError where `narrowing` has a plan for another portal.
    """
    desired, reviewed = _desired(workspace), narrowing.reviewed
    need, made_for = need_of_access(desired) if whole else None, reviewed.portal if reviewed else None
    return survey_portal(desired, reader, connection, need=need, made_for=made_for, progress=progress)


def plan_from(
    workspace: Workspace,
    survey: Survey,
    *,
    allow: Mapping[str, str] | None = None,
    narrowing: Narrowing = EVERYTHING,
    authors: tuple[str, ...] | None = (),
    written: Written | None = None,
) -> Plan:
    """What has to change for what was seen to be as git says; of a portal no more counts than planning needs.

    Raises InputError where `narrowing` names what nobody knows. `written` tells when lines were written, where the
    policy lets that count for what is held.
    """

    def plan(desired: Desired, more: tuple[Finding, ...]) -> Plan:
        findings = (*workspace.findings, *survey.untold(desired), *more)
        seen = as_needed(survey.observed, need_of(desired))
        return make_plan(desired, seen, allow=allow, findings=findings, narrowing=narrowing, authors=authors)

    return planned_as_written(_desired(workspace), written, plan)


def recheck_plan(plan: Plan, reader: Reader, connection: Connection, *, progress: Progress | None = None) -> Recheck:
    """A saved plan beside what it touches as that is now. Raises StalePlanError if its portal is not there."""
    same_server(plan.portal, connection.known_as)
    try:
        reader.find_portal(id=plan.portal.id)
    except NotFoundError as error:
        raise gone(plan.portal) from error
    subjects = [change.subject for change in plan.changes]
    return recheck(plan, _look(reader, plan, need_of_plan(plan), subjects, progress))


def _look(reader: Reader, plan: Plan, need: Need, subjects: Sequence[Subject], progress: Progress | None) -> Observed:
    """What changes are about, by the lists in which that can be seen, or by filters if these take fewer requests."""
    from reconciler.portal.observe import observe
    from reconciler.portal.part import observe_part

    part = part_about(subjects, need, plan.looked_at)
    if part is None:
        return observe(reader, plan.portal, need, progress=progress)
    return observe_part(reader, plan.portal, need, part, progress=progress)


def diagnose_workspace(
    workspace: Workspace, reader: Reader, connection: Connection, *, progress: Progress | None = None
) -> tuple[Plan, tuple[Finding, ...]]:
    """What on the portal works against git; and of the plan what a diagnosis needs: residual access.

    Raises PortalError where something but the token's rights is in the way.
    """
    from reconciler.portal.examine import examine

    desired, portal = _portal(workspace, reader, connection)
    found = examine(reader, portal, need_of(desired), progress=progress)
    case = Case(desired, found.settings, found.observed, found.unreadable)
    plan = make_plan(desired, found.observed) if found.observed else Plan(portal)
    return Plan(portal, residual=plan.residual, looked_at=plan.looked_at), diagnose(case)


def _portal(workspace: Workspace, reader: Reader, connection: Connection) -> tuple[Desired, Portal]:
    """What git says, and the portal that it is about."""
    desired = _desired(workspace)
    return desired, found_portal(desired.portal, reader, connection)[0]


def _desired(workspace: Workspace) -> Desired:
    if workspace.desired is None:
        raise InputError(f"{workspace.path} has errors")
    return workspace.desired


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
