"""`reconciler matrix`: several workspaces as a pipeline's parallel jobs, offline."""

from __future__ import annotations

import json
from typing import Any

import click

from reconciler.cli import options, values
from reconciler.cli.runtime import Runtime
from reconciler.errors import InputError
from reconciler.report.escape import inert
from reconciler.workspace import read_workspace

LARGEST = {"github": 256, "gitlab": 200}
"""Jobs that one matrix may have: GitHub's and GitLab's own limits."""

_KEYS = ("workspace", "portal", "region")


@click.command("matrix", short_help="List workspaces for a pipeline's parallel jobs.")
@options.paths
@click.option(
    "--for",
    "ci",
    type=click.Choice(list(LARGEST)),
    default="github",
    show_default=True,
    help="Whose: for GitHub the value of `strategy.matrix`, for GitLab a child pipeline of one job with a matrix.",
)
@click.option(
    "--template",
    default=".gitlab/reconcile.yml",
    show_default=True,
    metavar="FILE",
    help="With --for gitlab: the file in the repository that has the job `.reconcile`, done for each workspace.",
)
@click.pass_obj
def command(runtime: Runtime, /, paths: tuple[str, ...], ci: str, template: str) -> int:
    """Print the workspaces as JSON, so that each has a job of its own. No connection is opened.

    A workspace that is invalid is listed all the same, without its portal: its own job fails, and no other.

    \b
    Examples:
      reconciler matrix access/eu access/us
      reconciler matrix access/eu access/us --for gitlab --template ci/reconcile.yml
    """
    if ci != "gitlab":
        values.only_with("--for gitlab", "template")
    if len(paths) > LARGEST[ci]:
        raise InputError(f"{len(paths)} workspaces are more than the {LARGEST[ci]} jobs of a matrix", "make several")
    rows = [_row(path, runtime) for path in paths]
    document = {"include": rows} if ci == "github" else _child_pipeline(rows, template)
    click.echo(json.dumps(document))
    return 0


def _row(path: str, runtime: Runtime) -> dict[str, str]:
    """The workspace and its portal, by name or else by id; "" for what is not said. Raises InputError."""
    desired = read_workspace(path, runtime.today).desired
    if desired is None:
        click.echo(f"{inert(path)} is invalid: its own job will say why", err=True)
        return dict(zip(_KEYS, (path, "", ""), strict=True))
    portal = desired.portal
    return dict(zip(_KEYS, (path, portal.name or portal.id or "", portal.region or ""), strict=True))


def _child_pipeline(rows: list[dict[str, str]], template: str) -> dict[str, Any]:
    """JSON is YAML too, so that `trigger: include: artifact:` takes this as it is."""
    matrix = [{f"RECONCILER_{key.upper()}": value for key, value in row.items()} for row in rows]
    return {"include": [{"local": template}], "reconcile": {"extends": ".reconcile", "parallel": {"matrix": matrix}}}
