"""`reconciler dump`: the portal as manifests, or as a snapshot."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli import options, values
from reconciler.cli.asked import Asked
from reconciler.cli.dump_report import dumped, snapshot_taken
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime
from reconciler.manifest.dump.layout import SPLITS
from reconciler.model.origin import Origin
from reconciler.settings import REGIONS
from reconciler.survey import named_portal


@click.command("dump", short_help="Write the portal as manifests, or as a snapshot.")
@click.argument("folder", required=False, metavar="[DIR]")
@click.option("--portal", "named", required=True, metavar="NAME|ID", help="The portal, by its name or its id.")
@click.option("--region", type=click.Choice(REGIONS), help="The portal's region; else --server says where it is.")
@click.option(
    "--snapshot",
    "file",
    metavar="FILE",
    type=options.A_FILE,
    callback=values.a_file,
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
@click.option(
    "--split",
    type=click.Choice(list(SPLITS)),
    default="domain",
    show_default=True,
    help="A file for the people of each domain, for each team with its members, or one for all.",
)
@options.connection_options
@click.pass_obj
def command(
    runtime: Runtime,
    /,
    folder: str | None,
    named: str,
    region: str | None,
    file: str | None,
    packages: tuple[str, ...],
    split: str,
    **asked: Any,
) -> int:
    """Write the portal as a workspace into a new folder, or as a snapshot. Nothing is written on the portal.

    A plan from the workspace has nothing to do. What no manifest can say is left out, and told here and in a comment.

    A snapshot holds the addresses and names of everybody on the portal, and no credentials: keep it where only those
    may read it who may see that.

    \b
    Examples:
      reconciler dump access/ --portal acme-partners --region eu
      reconciler dump access/ --portal acme-partners --server sandbox --split team
      reconciler dump --snapshot portal.json --portal acme-partners --region eu
    """
    if (folder is None) == (file is None):
        raise click.UsageError("give a folder for manifests, or --snapshot FILE")
    if file:
        values.only_with("a folder for manifests", "split")
    request = Asked.of(runtime, paths=(folder,) if folder else (), **asked)
    portal = named_portal(named, region, Origin("--portal"))
    if folder:
        report = dumped(request, folder, portal, split, packages)
    else:
        report = snapshot_taken(request, file or "", portal, packages)
    return emit(runtime, [report], request.format_, request.reports)
