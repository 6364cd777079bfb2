"""`reconciler drift`: what differs from git, changing nothing."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import Asked, each, planned


@click.command("drift", short_help="Report what differs from git.")
@options.portal_options
@options.policy_from
@click.pass_obj
def command(runtime: Runtime, /, **asked: Any) -> int:
    """Report what differs from git: changes to make, what is held, access that git does not list. Nothing is written.

    Exits with 2 if anything differs, with 7 if the portal could not be seen in full: that is never "in sync".

    \b
    Examples:
      reconciler drift access/
      reconciler drift access/ --report json=drift.json
    """
    request = Asked.of(runtime, **asked)
    reports = each(request, lambda path: planned(request, path, command="drift"))
    return emit(runtime, reports, request.format_, request.reports)
