"""`reconciler apply`: plan, show, ask, do; or do what was planned and reviewed before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from reconciler.apply.stop import Stop
from reconciler.cli import options, values
from reconciler.cli.asked import Asked
from reconciler.cli.carry import Carrier, journal_at
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime
from reconciler.cli.saved import carried_out
from reconciler.cli.signals import obeyed
from reconciler.cli.walk import applied, each


@click.command("apply", short_help="Make the portal as git says.")
@options.maybe_paths
@options.plan_file
@options.reviewed
@options.only
@options.policy_from
@options.author
@options.connection_options
@options.allow
@options.reason
@options.journal
@options.no_cache
@click.option("--yes", "-y", is_flag=True, help="Do not ask. Needed where no terminal is there to ask on.")
@click.pass_obj
def command(
    runtime: Runtime,
    /,
    plan_file: str | None,
    allowed: tuple[str, ...],
    reason: str | None,
    journal: str | None,
    yes: bool,
    **asked: Any,
) -> int:
    """Make the portal as git says: plan, show the plan, ask, and do it.

    A change that fails holds up only what needs it; the rest is done, and the exit code is 6. With --plan nothing is
    planned: the saved plan is done as far as it still holds. With --reviewed only what it has too is done.

    \b
    Examples:
      reconciler apply access/
      reconciler apply access/ --yes --journal journal.jsonl
      reconciler apply --plan plan.json access/ --yes
      reconciler apply access/ --reviewed plan.json --yes
      reconciler apply access/ --only mallory@partner.example --yes
    """
    _check(plan_file, asked, allowed)
    request = Asked.of(runtime, allow=values.allowances(allowed, reason), **asked)
    if not yes and not runtime.is_terminal():
        raise click.UsageError("there is no terminal to ask on: give --yes to apply without being asked")
    with journal_at(journal) as file:
        carrier = Carrier(runtime, request.settings, request.workers, file, Stop())
        if plan_file:
            reports = [carried_out(request, carrier, plan_file, ask=not yes)]
        else:
            reports = each(request, lambda path: applied(request, carrier, path, ask=not yes))
    with obeyed(carrier.stop):  # what was done must be told, whoever is in a hurry
        return emit(runtime, reports, request.format_, request.reports)


def _check(plan_file: str | None, asked: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Raise click.UsageError for flags that do not go together."""
    paths, reviewed = asked["paths"], asked["reviewed"]
    if plan_file is None and not paths:
        raise click.UsageError("give the PATH of a workspace, or --plan FILE")
    if (plan_file or reviewed) and len(paths) > 1:
        raise click.UsageError("a saved plan is for one workspace: give one PATH")
    planning = {
        "--reviewed": reviewed,
        "--only": asked["only"],
        "--policy-from": asked["policy_from"],
        "--author": asked["authors"],
        "--allow": allowed,
    }
    for flag, given in planning.items():
        if plan_file and given:
            raise click.UsageError(f"--plan does what was planned and reviewed: {flag} belongs where that is planned")
