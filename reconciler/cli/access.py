"""`reconciler access`: who has access to what, through which line, and by whose approval."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from reconciler import __version__
from reconciler.cli import options, values
from reconciler.cli.asked import Asked
from reconciler.cli.beside import Beside, read_snapshots
from reconciler.cli.emit import write
from reconciler.cli.planning import surveyed
from reconciler.cli.runtime import Runtime
from reconciler.errors import InputError
from reconciler.git import Git
from reconciler.history.trace import trace
from reconciler.model.desired import Desired
from reconciler.plan.access.access import Access
from reconciler.plan.access.holders import explained, files_of, holders, traced
from reconciler.plan.need import need_of_access
from reconciler.report.access import as_text
from reconciler.report.access.formats import ACCESS_FORMATS
from reconciler.report.access.model import AccessReport
from reconciler.settings import wants_colour
from reconciler.survey import Survey
from reconciler.workspace import Workspace, read_workspace


@click.command("access", short_help="Show who has access to what, and by whose approval.")
@options.path
@options.server
@options.token_file
@options.format_of([*ACCESS_FORMATS])
@options.report_of([*ACCESS_FORMATS])
@options.workers
@options.only
@options.snapshot
@click.option(
    "--explain", metavar="EMAIL", help="Explain all access of one person: each path, with commit and merge."
)
@click.option(
    "--review-before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="List by sponsor what nobody looked at since that day: `reviewed`, else the day of the approval.",
)
@click.pass_obj
def command(
    runtime: Runtime,
    /,
    path: str,
    only: tuple[str, ...],
    explain: str | None,
    review_before: datetime | None,
    snapshots: tuple[str, ...],
    **more: Any,
) -> int:
    """Show who has access to what on the portal, through which line, and by whose approval. Nothing is written.

    Each line is traced through git to its commit, the request that was merged, and who approved it. In a shallow
    clone that is unknown.

    \b
    Examples:
      reconciler access access/
      reconciler access access/ --only payments --format csv
      reconciler access access/ --explain ada@partner.example
      reconciler access access/ --snapshot portal.json
      reconciler access access/ --review-before 2026-06-30 --report html=review.html
    """
    if explain and review_before:
        raise click.UsageError("--explain is about one person, --review-before about lines: give one of the two")
    values.no_connection(snapshots, more)
    request = Asked.of(runtime, paths=(path,), only=only, beside=Beside(snapshots=read_snapshots(snapshots)), **more)
    workspace = read_workspace(path, runtime.today)
    if workspace.desired is None:
        raise InputError(f"{path} has errors", f"see `reconciler validate {path}`")
    report = _told(request, workspace, workspace.desired, explain or "")
    day = review_before.date().isoformat() if review_before else ""
    _emit(runtime, replace(report, only=only, explain=explain or "", review_before=day), request)
    return 0


def _seen(asked: Asked, desired: Desired) -> Survey:
    """The portal, read with a client that cannot write, or a snapshot of it."""
    with surveyed(asked, desired, need_of_access(desired)) as (survey, _):
        return survey


def _told(asked: Asked, workspace: Workspace, desired: Desired, explain: str) -> AccessReport:
    git, path = Git(asked.settings.git), workspace.path
    survey = _seen(asked, desired)
    access = Access(desired, survey.observed)
    found = explained(access, desired, explain, asked.only) if explain else holders(access, desired, asked.only)
    history = trace(git, path, files_of(found), workers=asked.workers)
    return AccessReport(
        survey.observed.portal,
        traced(found, history.of),
        path,
        workspace.files,
        workspace.digest,
        git.commit_of(path),
        __version__,
        asked.runtime.timestamp,
        (*workspace.findings, *survey.untold(desired)),
        survey.snapshot,
    )


def _emit(runtime: Runtime, report: AccessReport, asked: Asked) -> None:
    width = shutil.get_terminal_size((80, 24)).columns
    colour = sys.stdout.isatty() and wants_colour(runtime.environ)
    shown = as_text.render(report, width=width, colour=colour) if asked.format_ == "text" else None
    click.echo(ACCESS_FORMATS[asked.format_](report) if shown is None else shown, nl=False)
    for name, file in asked.reports:
        write(file, ACCESS_FORMATS[name](report))
