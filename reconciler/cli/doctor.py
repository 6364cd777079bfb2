"""`reconciler doctor`: what on the portal works against git."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import diagnosed, each


@click.command("doctor", short_help="Find what on the portal works against git.")
@options.portal_options
@click.pass_obj
def command(runtime: Runtime, /, **asked: Any) -> int:
    """Find what on the portal works against git, each with the remedy. Nothing is written.

    Settings that let people in past git, names that it cannot use or that deceive a reviewer, what the token may not
    read, and residual access. Exits with 2 if there is any of it.

    \b
    Examples:
      reconciler doctor access/
    """
    request = Asked.of(runtime, **asked)
    return emit(runtime, each(request, lambda path: diagnosed(request, path)), request.format_, request.reports)
