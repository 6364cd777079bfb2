"""The embedded portal in this process, and its state file kept between runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from reconciler.errors import InputError
from reconciler.sandbox import Sandbox, SeedError, StateError, serve
from reconciler.settings import from_environment


def _state(context: click.Context, _: click.Parameter, path: str | None) -> str:
    return path or from_environment(context.obj.environ).sandbox_state


OTHER = "name another file with --state, in a folder that may be written"

state_of = click.option(
    "--state",
    metavar="FILE",
    type=click.Path(),
    callback=_state,
    help="The state file. Default: the one that --server sandbox uses.",
)


@contextmanager
def opened(state: str, now: Callable[[], datetime] | None = None, *, with_portal: bool = False) -> Iterator[Sandbox]:
    """The embedded portal's state. Raises InputError where the file cannot be used, or a seed is wrong.

    `with_portal`: also where there is no portal yet.
    """
    try:
        Path(state).parent.mkdir(parents=True, exist_ok=True)
        sandbox = Sandbox(state, now) if now else Sandbox(state)
    except OSError as error:
        raise InputError(f"the embedded portal's state {state} cannot be made: {error.strerror}", OTHER) from error
    except StateError as error:
        raise InputError(f"the embedded portal cannot run: {error}", error.remedy) from error
    try:
        if with_portal and sandbox.empty:
            hint = "load one with `reconciler sandbox seed FILE`, for example examples/company/portal.yaml"
            raise InputError(f"the embedded portal has no portal yet (state in {state})", hint)
        yield sandbox
    except SeedError as error:
        raise InputError(f"the seed cannot be used: {error}", "see docs/sandbox.md for its form") from error
    finally:
        sandbox.close()


@contextmanager
def running(state: str, now: Callable[[], datetime]) -> Iterator[str]:
    """The URL of an embedded portal that runs for the time being on a free loopback port."""
    with opened(state, now, with_portal=True) as sandbox:
        sandbox.app.locked = False  # whoever runs it has the state itself in hand
        with serve(sandbox) as server:
            yield server.url
