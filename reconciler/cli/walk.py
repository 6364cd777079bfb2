"""From a command's options to reports: one workspace at a time, each a failure domain of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import click

from reconciler import __version__
from reconciler.cli.asked import Asked, connected
from reconciler.cli.carry import Carrier
from reconciler.cli.checked import with_workspace, workspace_under
from reconciler.cli.plan_file import read_plan
from reconciler.errors import ReconcilerError
from reconciler.git import Git
from reconciler.history.trace import trace
from reconciler.model.change import Plan
from reconciler.plan.access.access import Sides
from reconciler.plan.narrow import Narrowing
from reconciler.plan.written import Written
from reconciler.reconcile import (
    diagnose_workspace,
    open_portal,
    plan_from,
    survey_workspace,
)
from reconciler.report.model import Command, Failure, Report
from reconciler.report.text import render
from reconciler.settings import Connection
from reconciler.workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from reconciler.portal.client import Reader


def each(asked: Asked, run: Callable[[str], Report]) -> list[Report]:
    """One report a workspace, in the order given; a failure of one leaves the others alone."""
    return [run(path) for path in asked.paths]


def diagnosed(asked: Asked, path: str) -> Report:
    """What on a workspace's portal works against git, looked for with a client that cannot write."""
    report = blank(asked, "doctor", path)
    try:
        workspace = workspace_under(None, asked.settings, path, asked.runtime)
        report = with_workspace(report, workspace)
        if workspace.desired is None:
            return report
        with (
            connected(asked, workspace.desired.portal) as target,
            open_portal(target, read_only=True, workers=asked.workers) as reader,
            asked.bar("Reading") as bar,
        ):
            plan, diagnoses = diagnose_workspace(workspace, reader, target, progress=bar)
            return replace(report, plan=plan, diagnoses=diagnoses)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def applied(asked: Asked, carrier: Carrier, path: str, *, ask: bool) -> Report:
    """Plan a workspace, show the plan, ask, and do it; a plan that is refused is shown and left."""
    report = blank(asked, "apply", path)
    try:
        carrier.heed()
        reviewed = read_plan(asked.reviewed, asked.settings) if asked.reviewed else None
        report = replace(report, saved_plan=reviewed.digest if reviewed else "")
        workspace = workspace_of(asked, path)
        report = with_workspace(report, workspace)
        if workspace.desired is None:
            return report
        with (
            connected(asked, workspace.desired.portal) as target,
            open_portal(target, read_only=False, workers=asked.workers) as writer,
        ):
            plan, sides = _planned(asked, workspace, writer, target, reviewed.plan if reviewed else None)
            report = replace(report, plan=plan, sides=sides)
            if plan.refusals or not plan.changes or not agreed(report, plan, ask=ask):
                return report
            with asked.bar("Applying") as bar:
                return carrier.carry_out(report, plan, writer, bar)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def agreed(report: Report, plan: Plan, *, ask: bool) -> bool:
    """Show the plan on stderr, and ask if asked to; stdout is kept for the one document."""
    shown = replace(report, command="plan", plan=plan)
    click.echo(render(shown), err=True, nl=False)
    return not ask or click.confirm(f"Apply these {len(plan.changes)} changes?", err=True)


def workspace_of(asked: Asked, path: str) -> Workspace:
    """The workspace, under the policy that counts."""
    return workspace_under(asked.policy_from, asked.settings, path, asked.runtime)


def written_of(asked: Asked, path: str) -> Written:
    """When the lines of the workspace were written; git is asked only where somebody wants to know."""
    git, workers = Git(asked.settings.git), asked.workers
    return Written(lambda files: trace(git, path, files, workers=workers).of, asked.runtime.today)


def _planned(
    asked: Asked, workspace: Workspace, reader: Reader, target: Connection, reviewed: Plan | None = None
) -> tuple[Plan, Sides | None]:
    """The plan, and what it is between if somebody is to be told of effective access."""
    narrowing, whole = Narrowing(asked.only, reviewed), asked.tells_access
    with asked.bar("Reading") as bar:
        survey = survey_workspace(workspace, reader, target, narrowing=narrowing, whole=whole, progress=bar)
        plan = plan_from(
            workspace,
            survey,
            allow=asked.allow,
            narrowing=narrowing,
            authors=asked.told_authors,
            written=written_of(asked, workspace.path),
        )
    return plan, Sides(workspace.desired, survey.observed) if whole and workspace.desired else None


def blank(asked: Asked, command: Command, path: str) -> Report:
    """The report of a command over a workspace, before anything is known."""
    commit = Git(asked.settings.git).commit_of(path)
    return Report(command, __version__, asked.runtime.timestamp, workspace=(path,), commit=commit)
