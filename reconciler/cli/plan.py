"""`reconciler plan`: what would change on the portal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import click

from reconciler.cli import options, values
from reconciler.cli.asked import Asked
from reconciler.cli.beside import Beside, read_snapshots
from reconciler.cli.emit import emit, write_plan
from reconciler.cli.planning import planned
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import each
from reconciler.report.model import Report


@click.command("plan", short_help="Show what would change on the portal.")
@options.portal_options
@options.allow
@options.reason
@options.out
@options.ttl
@options.only
@options.policy_from
@options.author
@options.base
@options.changed_since
@options.snapshot
@options.fail_on
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes.")
@click.pass_obj
def command(
    runtime: Runtime,
    /,
    allowed: tuple[str, ...],
    reason: str | None,
    out: str | None,
    ttl: timedelta,
    fail_on: tuple[str, ...],
    detailed_exitcode: bool,
    base: str | None,
    changed_since: str | None,
    snapshots: tuple[str, ...],
    **asked: Any,
) -> int:
    """Show what would change on the portal, who waits, and what git does not list. Nothing is written.

    A plan that breaks a limit is shown in full and then refused (exit 4).

    \b
    Examples:
      reconciler plan access/
      reconciler plan access/ --policy-from origin/main --out plan.json
      reconciler plan access/ --base origin/main
      reconciler plan access/ --changed-since origin/main
      reconciler plan access/ --snapshot portal.json
      reconciler plan access/ --only ada@partner.example
      reconciler plan access/ --report json=plan-report.json --detailed-exitcode
    """
    values.no_connection(snapshots, asked)
    if changed_since and (snapshots or base not in (None, changed_since)):
        raise click.UsageError("--changed-since compares with its own commit, and asks the portal for what changed")
    beside = Beside(base or changed_since, bool(changed_since), read_snapshots(snapshots))
    request = Asked.of(runtime, allow=values.allowances(allowed, reason), beside=beside, **asked)
    if out and len(request.paths) > 1:
        raise click.UsageError("--out saves one plan: give one PATH")

    def run(path: str) -> Report:
        report = replace(planned(request, path), ttl=ttl, plan_key=request.settings.plan_key)
        return replace(report, detailed_exitcode=detailed_exitcode, fail_on=frozenset(fail_on))

    reports = each(request, run)
    code = emit(runtime, reports, request.format_, request.reports)
    if out:
        write_plan(reports[0], out)
    return code
