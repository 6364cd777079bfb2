"""`reconciler sandbox`: the embedded portal as a server, and the state it keeps."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.embedded import opened
from reconciler.cli.runtime import Runtime
from reconciler.errors import InputError
from reconciler.settings import from_environment

_state = click.option("--state", metavar="FILE", help="The state file. Default: the one that --server sandbox uses.")


@click.group("sandbox", short_help="The embedded portal.")
def command() -> None:
    """The embedded portal: a server that behaves like Konnect's Dev Portal, for trying out and for tests.

    `--server sandbox` runs it inside another command, on a state file that is kept between runs.
    """


@command.command("seed")
@click.argument("file")
@_state
@click.pass_obj
def seed(runtime: Runtime, file: str, state: str | None) -> int:
    """Load portals, people and requests from a YAML or JSON FILE; the same file is loaded only once.

    \b
    Example: reconciler sandbox seed examples/company/portal.yaml
    """
    path = _path(runtime, state)
    _must_exist(file)
    with opened(path, runtime.now) as sandbox:
        loaded = sandbox.seed_once(file)
    said = f"loaded {file}" if loaded else f"{file} was loaded before; left as it is now"
    click.echo(f"Embedded portal: {said} (state in {path}; `reconciler sandbox reset` clears it)", err=True)
    return 0


@command.command("reset")
@_state
@click.pass_obj
def reset(runtime: Runtime, state: str | None) -> int:
    """Clear the embedded portal's state."""
    path = Path(_path(runtime, state))
    gone = [part for part in (path, Path(f"{path}-wal"), Path(f"{path}-shm")) if part.exists()]
    try:
        for part in gone:
            part.unlink()
    except OSError as error:
        raise InputError(f"{path} cannot be removed: {error.strerror}", "check its permissions") from error
    click.echo(f"Embedded portal: {'cleared' if gone else 'was clear already'} ({path})", err=True)
    return 0


@command.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--allow-remote", is_flag=True, help="Listen on an address that others can reach. It has no real locks."
)
@click.option("--seed", "seed_file", metavar="FILE", help="Load this first, unless it was loaded before.")
@_state
@click.pass_obj
def serve(
    runtime: Runtime, port: int, host: str, allow_remote: bool, seed_file: str | None, state: str | None
) -> int:
    """Serve the embedded portal until interrupted.

    \b
    Example: reconciler sandbox serve --port 8080 --seed examples/company/portal.yaml
    """
    from reconciler.sandbox import SeedError, StateError, run_server

    path = _path(runtime, state)
    if seed_file:
        _must_exist(seed_file)
    Path(path).parent.mkdir(parents=True, exist_ok=True)

    def ready(url: str) -> None:
        click.echo(f"Embedded portal at {url} (any token; state in {path})", err=True)

    try:
        run_server(path, host, port, seed_file, allow_remote=allow_remote, ready=ready)
    except (ValueError, OSError, SeedError, StateError) as error:
        raise InputError(
            f"the embedded portal cannot be served: {error}", "see `reconciler sandbox serve -h`"
        ) from error
    return 0


def _path(runtime: Runtime, state: str | None) -> str:
    return state or from_environment(runtime.environ).sandbox_state


def _must_exist(file: str) -> None:
    if not Path(file).is_file():
        raise InputError(f"there is no file {file}", "give the path of a seed in YAML or JSON")
