"""`reconciler init`: a workspace and its CI to start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.start import CIS, Start
from reconciler.errors import InputError
from reconciler.report.escape import inert
from reconciler.settings import REGIONS


@click.command("init", short_help="Write a workspace to start from.")
@click.argument("folder", default=".", metavar="[DIR]", type=options.A_FILE)
@click.option(
    "--ci", type=click.Choice(list(CIS)), default="none", show_default=True, help="Write this CI's files as well."
)
@click.option("--portal", metavar="NAME", help="The portal's name.")
@click.option("--region", type=click.Choice(REGIONS), help="The portal's region.")
@click.option(
    "--source",
    metavar="WHERE",
    help="Where the CI takes reconciler from: OWNER/REPOSITORY@COMMIT for github, an image for gitlab.",
)
def command(folder: str, ci: str, portal: str | None, region: str | None, source: str | None) -> int:
    """Write a workspace into DIR, and the files of its CI. What is there already is left as it is.

    \b
    Examples:
      reconciler init --portal acme-partners --region eu
      reconciler init portal-access --ci github
      reconciler init portal-access --ci gitlab --source registry.acme.example/platform/reconciler:0.1.0
    """
    start = Start(CIS[ci], portal, region, source)
    files = dict(start.files())
    own = Path(folder, "access")
    kept = {path for path in files if path.startswith("access/")} if own.exists() else set()
    if kept:
        click.echo(f"{own} is there already: left as it is", err=True)
    for path, text in files.items():
        if path not in kept:
            said = "wrote {}" if _written(Path(folder, path), text) else "{} is there already: left as it is"
            click.echo(inert(said.format(Path(folder, path))), err=True)
    click.echo("\n".join(["", "Next:", *(f"  {each}" for each in _next(own, start, new=not kept))]), err=True)
    return 0


def _written(path: Path, text: str) -> bool:
    """Whether the file was written: not where there is anything, a link that leads nowhere too. Raises InputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", "check the folder and its permissions"
        ) from error
    return True


def _next(own: Path, start: Start, *, new: bool) -> Iterator[str]:
    """What is left to do, in its order."""
    if new and (start.portal is None or start.region is None):
        yield f"name your portal and its region in {own / 'workspace.yaml'}"
    if start.ci.source and start.source is None:
        yield f"say where reconciler is taken from, instead of {start.ci.source.partition('/.')[0]}"
    if start.ci is not CIS["none"]:
        yield "give the CI its secrets: the first lines of its files name them, reconciler's docs/ci.md explains them"
    yield f"reconciler validate {own}"
    yield f"reconciler plan {own}    needs KONNECT_TOKEN; changes nothing"
