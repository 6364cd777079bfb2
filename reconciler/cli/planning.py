"""From options to a plan: from the portal or a snapshot, beside a base commit, and for `drift` by class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import click

from reconciler.cli.asked import Asked, connected
from reconciler.cli.checked import with_workspace
from reconciler.cli.walk import blank, workspace_of, written_of
from reconciler.errors import ReconcilerError
from reconciler.git import Git
from reconciler.model.desired import Desired
from reconciler.model.observed import Need, Part
from reconciler.plan.access.access import Sides
from reconciler.plan.narrow import Narrowing
from reconciler.plan.need import need_of, need_of_access
from reconciler.plan.since import narrowed
from reconciler.reconcile import open_portal, plan_from
from reconciler.report.escape import inert
from reconciler.report.model import Failure, Report
from reconciler.survey import Survey, explained, survey_portal, survey_snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from reconciler.portal.client import Reader


def planned(asked: Asked, path: str, *, command: Literal["plan", "drift"] = "plan", apis: bool = False) -> Report:
    """The plan of a workspace, made with a client that cannot write, or from a snapshot; for `drift` by class.

    `apis`: the published APIs are read even where git names none.
    """
    report = blank(asked, command, path)
    try:
        workspace = workspace_of(asked, path)
        base = asked.beside.at_base(Git(asked.settings.git), path, asked.runtime.today)
        report = with_workspace(report, workspace, base)
        if workspace.desired is None:
            return report
        part = asked.beside.part(base, workspace) if base else None
        desired = narrowed(workspace.desired, part) if part else workspace.desired
        need = need_of_access(desired) if asked.tells_access else None
        if apis:
            need = replace(need or need_of(desired), apis=True)
        with surveyed(asked, desired, need, part) as (survey, reader):
            plan = plan_from(
                replace(workspace, desired=desired),
                survey,
                allow=asked.allow,
                narrowing=Narrowing(asked.only),
                authors=asked.told_authors if command == "plan" else None,
                written=written_of(asked, path),
            )
            if base:
                plan = asked.beside.said(plan, base.base, part)
            kept = asked.tells_access or command == "drift"
            sides = Sides(desired, survey.observed) if kept else None
            report = replace(report, plan=plan, snapshot=survey.snapshot, sides=sides)
            if base:
                report = replace(report, compared=asked.beside.compared(base, workspace, survey, plan))
            if command == "plan":
                return report
            return asked.beside.classified(report, workspace, explained(survey, plan, reader) if reader else survey)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


@contextmanager
def surveyed(
    asked: Asked, desired: Desired, need: Need | None = None, part: Part | None = None
) -> Iterator[tuple[Survey, Reader | None]]:
    """What is on the portal, with the reader to ask it for more; or what a snapshot tells, without one.

    `need` says what of the portal is read; None: what planning needs. `part`: who alone is looked at.
    """
    if asked.beside.snapshots:
        survey = survey_snapshot(desired, asked.beside.snapshots)
        seen = survey.observed.portal
        click.echo(f"Portal {inert(seen.name)} from a snapshot; no portal is asked", err=True)
        yield survey, None
        return
    with (
        connected(asked, desired.portal) as target,
        open_portal(target, read_only=True, workers=asked.workers) as reader,
    ):
        with asked.bar("Reading") as bar:
            survey = survey_portal(desired, reader, target, need=need, part=part, progress=bar)
        yield survey, reader
