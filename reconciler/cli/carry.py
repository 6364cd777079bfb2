"""From a plan that was agreed to, to its report: with the journal, and with an ear for who wants to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from reconciler import __version__
from reconciler.actor import Actor
from reconciler.apply.run import interrupted
from reconciler.apply.stop import Stop
from reconciler.applying import apply_to
from reconciler.cli.progress import Bar
from reconciler.cli.runtime import Runtime
from reconciler.cli.signals import obeyed
from reconciler.git import Git
from reconciler.journal.file import JournalFile
from reconciler.journal.lines import Circumstances
from reconciler.journal.recorder import Recorder
from reconciler.model.change import Outcome, Plan
from reconciler.plan.document import digest_of, to_document
from reconciler.report.escape import inert
from reconciler.report.model import Failure, Report
from reconciler.settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from reconciler.portal.client import Writer


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries out plans, one workspace after the other; once somebody asked to stop, no further one."""

    runtime: Runtime
    settings: Settings
    workers: int
    journal: JournalFile | None
    stop: Stop

    def carry_out(
        self, report: Report, plan: Plan, writer: Writer, bar: Bar, decided: Mapping[int, Outcome] | None = None
    ) -> Report:
        """Do what the plan says and add what became of it to the report. Raises JournalError before any write.

        `decided`: what is not to be tried any more, see `apply.run`.
        """
        with obeyed(self.stop):
            done = apply_to(
                plan,
                writer,
                workers=self.workers,
                recorder=self._recorder(report, plan),
                stop=self.stop,
                wait=self._wait,
                progress=bar,
                decided=decided,
            )
        error = Failure.of(done.error) if done.error else None
        return replace(report, outcomes=done.outcomes, verified=done.verified, error=error)

    def heed(self) -> None:
        """Raise InterruptedRunError if somebody asked to stop."""
        if self.stop.by:
            raise interrupted(self.stop.by)

    def _wait(self, seconds: float) -> None:
        self.runtime.wait(self.stop, seconds)
        self.heed()

    def _recorder(self, report: Report, plan: Plan) -> Recorder | None:
        if self.journal is None:
            return None
        at = Circumstances(
            run=self.runtime.new_id(),
            actor=self._actor(report),
            commit=report.commit or self.settings.ci_commit,
            plan=report.saved_plan or digest_of(to_document(plan, report.stamp)),
            portal=plan.portal,
            tool_version=__version__,
            workspace=report.workspace,
        )
        return Recorder(self.journal, at, self.runtime.now)

    def _actor(self, report: Report) -> Actor:
        """Who started the CI job; else who commits here; else the user of the machine."""
        if self.settings.actor:
            return self.settings.actor
        name = Git(self.settings.git).identity(report.workspace[0]) if report.workspace else None
        return Actor(name, "git") if name else self.settings.user


@contextmanager
def journal_at(path: str | None) -> Iterator[JournalFile | None]:
    """The journal at that path, opened before anything is done. Raises JournalError."""
    if path is None:
        yield None
        return
    with JournalFile(path) as journal:
        if journal.torn:
            click.echo(f"The journal {inert(path)} ends in half a line, as a crash leaves it: it stays", err=True)
        yield journal
