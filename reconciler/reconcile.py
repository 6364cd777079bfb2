"""The whole walk on one page: files → what git says; portal → what there is; the plan; and its doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal, overload

from reconciler.apply.run import Applied, apply_plan
from reconciler.errors import InputError
from reconciler.finding import Finding, in_file_order
from reconciler.manifest.check import check
from reconciler.manifest.read import load
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.model.change import Outcome, Plan
from reconciler.model.desired import Desired
from reconciler.model.observed import Portal
from reconciler.plan.make import make_plan
from reconciler.plan.need import need_of
from reconciler.settings import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `validate` must not import what speaks HTTP
    from reconciler.portal.client import Reader, Writer

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as read: what it says (None if it is wrong), and every finding about how it says it."""

    path: str
    desired: Desired | None
    findings: tuple[Finding, ...]
    digest: str
    files: int

    @property
    def valid(self) -> bool:
        """Whether it may be acted upon."""
        return self.desired is not None


def read_workspace(path: str, today: date) -> Workspace:
    """Read and judge the manifests, all problems in one go. Raises InputError where the path is no workspace."""
    files = load(path)
    shape = check(files.documents, complete=files.complete)
    desired, meaning = resolve(sound(files.documents, [*files.findings, *shape]), today)
    findings = in_file_order([*files.findings, *shape, *meaning])
    wrong = any(finding.severity == "error" for finding in findings)
    return Workspace(path, None if wrong else desired, tuple(findings), files.digest, len(files.documents))


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


def plan_workspace(
    workspace: Workspace,
    reader: Reader,
    connection: Connection,
    *,
    allow: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Plan:
    """What has to change on the portal. Raises PortalError where its state cannot be known in full."""
    from reconciler.portal.observe import observe

    desired = workspace.desired
    if desired is None:
        raise InputError(f"{workspace.path} has errors")
    found = reader.find_portal(name=desired.portal.name, id=desired.portal.id)
    portal = Portal(found.id, found.name, connection.server, connection.region)
    observed = observe(reader, portal, need_of(desired), progress=progress)
    return make_plan(desired, observed, allow=allow, findings=workspace.findings)


def apply_to(plan: Plan, writer: Writer, *, workers: int = 8, progress: Progress | None = None) -> Applied:
    """Do what the plan says; see `apply.run`."""
    made = 0

    def note(_: Outcome) -> None:
        nonlocal made
        made += 1
        if progress:
            progress("changes", made, max(len(plan.changes), made))

    return apply_plan(plan, writer, workers=workers, progress=note)
