"""`reconciler validate`: every problem of the manifests, offline."""

from __future__ import annotations

import click

from reconciler.cli import options
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime


@click.command("validate", short_help="Check manifests offline.")
@options.paths
@options.format_
@options.report
@options.policy_from
@options.no_cache
@click.pass_obj
def command(
    runtime: Runtime,
    paths: tuple[str, ...],
    format_: str,
    reports: list[tuple[str, str]],
    policy_from: str | None,
) -> int:
    """Check manifests offline: every error and warning of a workspace in one go.

    PATH is a file or a folder; several are several workspaces. No connection is opened.

    \b
    Examples:
      reconciler validate access/
      reconciler validate access/ --format json
      reconciler validate eu/access/ us/access/
    """
    from reconciler.cli.checked import validated

    return emit(runtime, [validated(path, runtime, policy_from) for path in paths], format_, reports)
