"""What the user asked of a command that speaks to a portal, and the portal that it speaks to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import click

from reconciler.cli.beside import Beside
from reconciler.cli.progress import Bar
from reconciler.cli.runtime import Runtime
from reconciler.model.desired import PortalRef
from reconciler.report.escape import inert
from reconciler.report.formats import FORMATS
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
    policy_from: str | None = None
    only: tuple[str, ...] = ()
    reviewed: str | None = None
    authors: tuple[str, ...] = ()
    beside: Beside = field(default_factory=Beside)

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
        policy_from: str | None = None,
        only: tuple[str, ...] = (),
        reviewed: str | None = None,
        authors: tuple[str, ...] = (),
        beside: Beside | None = None,
    ) -> Asked:
        """From the command's options and the environment. Raises InputError for a token file that is no good."""
        settings = from_environment(runtime.environ, server=server, token_file=token_file)
        return cls(
            runtime,
            paths,
            settings,
            format_,
            reports,
            workers,
            allow or {},
            policy_from,
            only,
            reviewed,
            authors,
            beside or Beside(),
        )

    @property
    def told_authors(self) -> tuple[str, ...]:
        """Who authored the change: whom the flag names, else whom CI names."""
        return self.authors or self.settings.authors

    @property
    def tells_access(self) -> bool:
        """Whether a document that is asked for tells of effective access."""
        return any(FORMATS[name].access for name in (self.format_, *(name for name, _ in self.reports)))

    def bar(self, verb: str) -> Bar:
        """A progress bar, shown where a person is watching."""
        shown = self.settings.interactive and self.runtime.is_terminal()
        return Bar(verb, shown=shown, clock=self.runtime.ticks)


@contextmanager
def connected(asked: Asked, portal: PortalRef) -> Iterator[Connection]:
    """Where the portal is, named on stderr first; the embedded portal runs as long as it is used."""
    target = connection(asked.settings, portal)
    named = portal.name or portal.id
    say = partial(click.echo, err=True)
    if not target.embedded:
        say(f"Portal {inert(named or '')} at {inert(target.server)}")
        yield target
        return
    from reconciler.cli.embedded import running

    with running(asked.settings.sandbox_state, asked.runtime.now) as url:
        say(f"Portal {inert(named or '')} on the embedded portal at {url}, state in {asked.settings.sandbox_state}")
        yield replace(target, server=url)
