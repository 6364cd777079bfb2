"""The walk to a plan on one page: what git says (`workspace`), what there is (`survey`), and what has to change.

`applying` is how it goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, overload

from reconciler.doctor.case import Case
from reconciler.doctor.diagnose import diagnose
from reconciler.errors import InputError
from reconciler.finding import Finding
from reconciler.model.change import Plan
from reconciler.model.desired import Desired
from reconciler.model.observed import Portal
from reconciler.plan.make import make_plan
from reconciler.plan.narrow import EVERYTHING, Narrowing
from reconciler.plan.need import as_needed, need_of, need_of_access
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
