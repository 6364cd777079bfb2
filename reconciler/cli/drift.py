"""`reconciler drift`: what differs from git, changing nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from reconciler.cli import options
from reconciler.cli.beside import Beside, read_snapshots
from reconciler.cli.emit import emit
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import Asked, each, planned


@click.command("drift", short_help="Report what differs from git.")
@options.portal_options
@options.policy_from
@options.base
@options.snapshot
@options.since_journal
@options.since_snapshot
@options.since
@options.drift_fail_on
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
    **asked: Any,
) -> int:
    """Report what differs from git, by class: extra and missing access, what is held, expired, and so on
    (docs/drift.md). Nothing is written.

    Exits with 2 if anything differs, with 7 if the portal could not be seen in full: that is never "in sync".

    \b
    Examples:
      reconciler drift access/
      reconciler drift access/ --report json=drift.json
      reconciler drift access/ --since-journal journal.jsonl --base HEAD~1
      reconciler drift access/ --since 7d --fail-on residual,auto-approved
    """
    options.no_connection(snapshots, asked)
    beside = Beside(base, read_snapshots(snapshots), journals, read_snapshots(earlier), newer_than)
    request = Asked.of(runtime, beside=beside, **asked)
    found = each(request, lambda path: planned(request, path, command="drift"))
    reports = [replace(report, fail_on=fail_on) for report in found]
    return emit(runtime, reports, request.format_, request.reports)
