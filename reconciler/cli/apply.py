"""`reconciler apply`: plan, show, ask, do."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import Asked, applied, each


@click.command("apply", short_help="Make the portal as git says.")
@options.portal_options
@options.allow
@options.reason
@click.option("--yes", "-y", is_flag=True, help="Do not ask. Needed where no terminal is there to ask on.")
@click.pass_obj
def command(runtime: Runtime, /, allowed: tuple[str, ...], reason: str | None, yes: bool, **asked: Any) -> int:
    """Make the portal as git says: plan, show the plan, ask, and do it.

    A change that fails holds up only what needs it; the rest is done, and the exit code is 6.

    \b
    Example: reconciler apply access/ --yes
    """
    request = Asked.of(runtime, allow=options.allowances(allowed, reason), **asked)
    if not yes and not runtime.is_terminal():
        raise click.UsageError("there is no terminal to ask on: give --yes to apply without being asked")
    reports = each(request, lambda path: applied(request, path, ask=not yes))
    return emit(runtime, reports, request.format_, request.reports)
