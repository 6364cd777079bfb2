"""`reconciler sandbox serve` and `token`: the embedded portal as a server, and the tokens it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler.cli.embedded import opened, state_of
from reconciler.cli.runtime import Runtime
from reconciler.errors import InputError
from reconciler.report.escape import inert


def _settings(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """NAME=VALUE as pairs, checked. Raises click.BadParameter."""
    from reconciler.sandbox import SwitchError, Switches

    pairs = dict(value.partition("=")[::2] for value in values)
    try:
        Switches().but(pairs)
    except SwitchError as error:
        raise click.BadParameter(str(error)) from error
    return pairs


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--allow-remote", is_flag=True, help="Listen on an address that others can reach. It has no real locks."
)
@click.option("--seed", metavar="FILE", type=click.Path(), help="Load this first, unless it was loaded before.")
@click.option(
    "--set",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_settings,
    help="Set a switch for this run (`reconciler sandbox switches` lists them). Repeatable.",
)
@click.option(
    "--faults", metavar="FILE", type=click.Path(), help="Trouble that requests meet, as a script in YAML or JSON."
)
@click.option(
    "--log", metavar="FILE", type=click.Path(), help="Add to this file one line of JSON an answered request."
)
@state_of
def serve(state: str, **asked: Any) -> int:
    """Serve the embedded portal until interrupted.

    \b
    Examples:
      reconciler sandbox serve --port 8080 --seed examples/company/portal.yaml
    """
    from reconciler.sandbox import ListenError, SeedError, StateError, run_server

    for what in ("seed", "faults"):
        if asked[what] and not Path(asked[what]).is_file():
            raise InputError(
                f"there is no file {asked[what]}", f"give the path of a file in YAML or JSON to --{what}"
            )

    def ready(url: str) -> None:
        click.echo(f"Embedded portal at {url} (any token, unless you made some; state in {state})", err=True)

    def defect(asked_for: str, error: Exception) -> None:
        said = f"{asked_for} was answered 500: {type(error).__name__}: {error}"
        click.echo(f"reconciler: {inert(said)}", err=True)

    try:
        Path(state).parent.mkdir(parents=True, exist_ok=True)
        run_server(state, ready=ready, defect=defect, **asked)
    except ListenError as error:
        raise _cannot(error, "choose another with --host or --port; port 0 is any free one") from error
    except StateError as error:
        raise _cannot(error, error.remedy) from error
    except SeedError as error:
        raise _cannot(error, "see docs/sandbox.md for its form") from error
    except OSError as error:
        raise _cannot(f"{error.filename}: {error.strerror}", "check that path") from error
    except ValueError as error:
        raise _cannot(error, "say --allow-remote if that is meant; the portal has no real locks") from error
    return 0


def _cannot(why: object, hint: str) -> InputError:
    return InputError(f"the embedded portal cannot be served: {why}", hint)


@click.command("token")
@click.argument("role")
@click.option(
    "--portal", "portals", multiple=True, metavar="NAME", help="Where it counts. Repeatable; default: everywhere."
)
@state_of
@click.pass_obj
def token(runtime: Runtime, role: str, portals: tuple[str, ...], state: str) -> int:
    """Print a new token with the ROLE admin, maintainer or viewer; from the first one on, no other token will do.

    \b
    Examples:
      export KONNECT_TOKEN=$(reconciler sandbox token viewer --portal acme-partners)
    """
    with opened(state, runtime.now) as sandbox:
        try:
            made = sandbox.add_token(role, *portals)
        except (LookupError, ValueError) as error:
            raise InputError(str(error.args[0]), "see `reconciler sandbox token -h`") from error
    click.echo(made)
    return 0
