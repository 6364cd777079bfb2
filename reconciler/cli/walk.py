"""From a command's options to reports: one workspace at a time, each a failure domain of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import click

from reconciler import __version__
from reconciler.cli.progress import Bar
from reconciler.cli.runtime import Runtime
from reconciler.errors import ReconcilerError
from reconciler.model.change import Plan
from reconciler.reconcile import Workspace, apply_to, open_portal, plan_workspace, read_workspace
from reconciler.report.escape import inert
from reconciler.report.model import Command, Failure, Report
from reconciler.report.text import render
from reconciler.settings import Connection, Settings, connection, from_environment


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked of a command that speaks to a portal."""

    runtime: Runtime
    paths: tuple[str, ...]
    settings: Settings
    format_: str
    reports: list[tuple[str, str]]
    workers: int
    allow: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        runtime: Runtime,
        *,
        paths: tuple[str, ...],
        server: str | None,
        token_file: str | None,
        format_: str,
        reports: list[tuple[str, str]],
        workers: int,
        allow: Mapping[str, str] | None = None,
    ) -> Asked:
        """From the command's options and the environment. Raises InputError for a token file that is no good."""
        settings = from_environment(runtime.environ, server=server, token_file=token_file)
        return cls(runtime, paths, settings, format_, reports, workers, allow or {})

    def bar(self, verb: str) -> Bar:
        """A progress bar, shown where a person is watching."""
        shown = self.settings.interactive and self.runtime.is_terminal()
        return Bar(verb, shown=shown, clock=self.runtime.ticks)


def each(asked: Asked, run: Callable[[str], Report]) -> list[Report]:
    """One report a workspace, in the order given; a failure of one leaves the others alone."""
    return [run(path) for path in asked.paths]


def validated(path: str, runtime: Runtime) -> Report:
    """The findings of a workspace."""
    report = Report("validate", __version__, runtime.timestamp, workspace=(path,))
    try:
        workspace = read_workspace(path, runtime.today)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))
    return _with(report, workspace)


def planned(
    asked: Asked, path: str, *, command: Literal["plan", "drift"] = "plan", detailed_exitcode: bool = False
) -> Report:
    """The plan of a workspace, made with a client that cannot write."""
    report = replace(_blank(asked, command, path), detailed_exitcode=detailed_exitcode)
    try:
        workspace = read_workspace(path, asked.runtime.today)
        report = _with(report, workspace)
        if workspace.desired is None:
            return report
        with (
            connected(asked, workspace) as target,
            open_portal(target, read_only=True, workers=asked.workers) as reader,
        ):
            with asked.bar("Reading") as bar:
                plan = plan_workspace(workspace, reader, target, allow=asked.allow, progress=bar)
            return replace(report, plan=plan)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def applied(asked: Asked, path: str, *, ask: bool) -> Report:
    """Plan a workspace, show the plan, ask, and do it; a plan that is refused is shown and left."""
    report = _blank(asked, "apply", path)
    try:
        workspace = read_workspace(path, asked.runtime.today)
        report = _with(report, workspace)
        if workspace.desired is None:
            return report
        with (
            connected(asked, workspace) as target,
            open_portal(target, read_only=False, workers=asked.workers) as writer,
        ):
            with asked.bar("Reading") as bar:
                plan = plan_workspace(workspace, writer, target, allow=asked.allow, progress=bar)
            report = replace(report, plan=plan)
            if plan.refusals or not plan.changes or not _agreed(report, plan, ask=ask):
                return report
            with asked.bar("Applying") as bar:
                done = apply_to(plan, writer, workers=asked.workers, progress=bar)
            lost = Failure.of(done.lost) if done.lost else None
            return replace(report, outcomes=done.outcomes, error=lost)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def _agreed(report: Report, plan: Plan, *, ask: bool) -> bool:
    """Show the plan on stderr, and ask if asked to; stdout is kept for the one document."""
    shown = replace(report, command="plan")
    click.echo(render(shown), err=True, nl=False)
    return not ask or click.confirm(f"Apply these {len(plan.changes)} changes?", err=True)


def _blank(asked: Asked, command: Command, path: str) -> Report:
    return Report(command, __version__, asked.runtime.timestamp, workspace=(path,))


def _with(report: Report, workspace: Workspace) -> Report:
    return replace(report, findings=workspace.findings, files=workspace.files, manifests_digest=workspace.digest)


@contextmanager
def connected(asked: Asked, workspace: Workspace) -> Iterator[Connection]:
    """Where the workspace's portal is, named on stderr first; the embedded portal runs as long as it is used."""
    target = connection(asked.settings, workspace.desired.portal if workspace.desired else None)
    named = workspace.desired.portal.name or workspace.desired.portal.id if workspace.desired else ""
    say = partial(click.echo, err=True)
    if not target.embedded:
        say(f"Portal {inert(named or '')} at {inert(target.server)}")
        yield target
        return
    from reconciler.cli.embedded import running

    with running(asked.settings.sandbox_state, asked.runtime.now) as url:
        say(f"Portal {inert(named or '')} on the embedded portal at {url}, state in {asked.settings.sandbox_state}")
        yield replace(target, server=url)
