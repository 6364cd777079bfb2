"""`reconciler dump`: the portal as a file."""

from __future__ import annotations

from typing import Any

import click

from reconciler import __version__
from reconciler.cli import options
from reconciler.cli.emit import write
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import Asked, connected
from reconciler.model.origin import Origin
from reconciler.reconcile import open_portal
from reconciler.report.as_json import written
from reconciler.report.escape import inert
from reconciler.settings import REGIONS
from reconciler.survey import named_portal, take_snapshot


@click.command("dump", short_help="Write the portal to a file.")
@click.option("--portal", "named", required=True, metavar="NAME|ID", help="The portal, by its name or its id.")
@click.option("--region", type=click.Choice(REGIONS), help="The portal's region; else --server says where it is.")
@click.option(
    "--snapshot",
    "file",
    required=True,
    metavar="FILE",
    type=options.A_FILE,
    callback=options.a_file,
    help="Write everything that is on the portal, with its settings, for `plan --snapshot` and `drift`.",
)
@click.option(
    "--package",
    "packages",
    multiple=True,
    metavar="NAME",
    help="An API package to ask for, besides those that somebody has registered for: no list has their names. "
    "Repeatable.",
)
@options.server
@options.token_file
@options.workers
@click.pass_obj
def command(
    runtime: Runtime, /, named: str, region: str | None, file: str, packages: tuple[str, ...], **asked: Any
) -> int:
    """Write what is on a portal to a file. Nothing is written on the portal.

    A snapshot holds the addresses and names of everybody on the portal, and no credentials: keep it where only those
    may read it who may see that.

    \b
    Examples:
      reconciler dump --snapshot portal.json --portal acme-partners --region eu
      reconciler dump --snapshot portal.json --portal acme-partners --server sandbox
    """
    request = Asked.of(runtime, paths=(), format_="json", reports=[], **asked)
    portal = named_portal(named, region, Origin("--portal"))
    with (
        connected(request, portal) as target,
        open_portal(target, read_only=True, workers=request.workers) as reader,
        request.bar("Reading") as bar,
    ):
        document = take_snapshot(
            portal,
            reader,
            target,
            packages=packages,
            taken_at=runtime.timestamp,
            tool_version=__version__,
            progress=bar,
        )
    write(file, written(document))
    people, registrations = len(document["developers"]), len(document["registrations"])
    click.echo(f"{people:,} developers, {registrations:,} registrations: {inert(file)}", err=True)
    return 0
