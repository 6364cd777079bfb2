"""`reconciler drift`: what differs from git, changing nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from reconciler.cli import options, values
from reconciler.cli.adopting import with_adoption
from reconciler.cli.asked import Asked
from reconciler.cli.beside import Beside, read_snapshots
from reconciler.cli.emit import emit
from reconciler.cli.planning import planned
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import each
from reconciler.model.listing import Terms
from reconciler.onboard.edits import Writing
from reconciler.report.model import Report


@click.command("drift", short_help="Report what differs from git.")
@options.portal_options
@options.policy_from
@options.base
@options.snapshot
@options.since_journal
@options.since_snapshot
@options.since
@options.drift_fail_on
@options.only
@click.option("--adopt", is_flag=True, help="Take what was done outside git into the manifests, where it was right.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what --adopt would change, and change nothing.")
@click.option("--into", metavar="FILE", help="With --adopt: the file of the workspace that all of it goes into.")
@click.option("--reason", metavar="TEXT", help="With --adopt: why; it stands in each new entry.")
@click.pass_obj
def command(
    runtime: Runtime,
    /,
    base: str | None,
    snapshots: tuple[str, ...],
    journals: tuple[str, ...],
    earlier: tuple[str, ...],
    newer_than: str,
    fail_on: frozenset[str],
    adopt: bool,
    dry: bool,
    into: str | None,
    reason: str | None,
    **asked: Any,
) -> int:
    """Report what differs from git, by class: extra and missing access, what is held, expired, and so on
    (docs/drift.md). Nothing is written on the portal.

    With --adopt what was done outside git becomes part of the manifests, for when the click was right: who and what
    is unlisted gets listed, and what was stopped on the portal says so. The opposite is `apply`.

    Exits with 2 if anything differs, with 7 if the portal could not be seen in full: that is never "in sync".

    \b
    Examples:
      reconciler drift access/
      reconciler drift access/ --report json=drift.json
      reconciler drift access/ --since-journal journal.jsonl --base HEAD~1
      reconciler drift access/ --since 7d --fail-on residual,auto-approved
      reconciler drift access/ --adopt --only ada@partner.example --reason PART-1234
    """
    values.no_connection(snapshots, asked)
    beside = Beside(base, False, read_snapshots(snapshots), journals, read_snapshots(earlier), newer_than)
    request = Asked.of(runtime, beside=beside, **asked)
    if (dry or into or reason) and not adopt:
        raise click.UsageError("--dry-run, --into and --reason go with --adopt")
    if into and len(request.paths) > 1:
        raise click.UsageError("--into is a file of one workspace: give one PATH")
    writing = Writing(Terms(reason=reason), into or "", dry)

    def run(path: str) -> Report:
        report = planned(request, path, command="drift", apis=adopt)
        return with_adoption(request, path, report, writing) if adopt else report

    found = each(request, run)
    reports = [replace(report, fail_on=fail_on) for report in found]
    return emit(runtime, reports, request.format_, request.reports)
