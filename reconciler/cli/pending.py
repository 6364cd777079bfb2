"""`reconciler pending`: who waits for a decision, and the entries that would answer them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from reconciler.cli import options, values
from reconciler.cli.asked import Asked
from reconciler.cli.branches import Where, kept
from reconciler.cli.emit import emit
from reconciler.cli.pending_report import asked_for
from reconciler.cli.runtime import Runtime
from reconciler.cli.walk import each
from reconciler.forge import KINDS
from reconciler.model.listing import Terms
from reconciler.onboard.edits import Writing


@click.command("pending", short_help="Show who waits for a decision; add them to the manifests.")
@options.paths
@options.connection_options
@click.option("--write", is_flag=True, help="Add the requests to the manifests, where they belong.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what --write would change, and change nothing.")
@click.option("--into", metavar="FILE", help="With --write: the file of the workspace that all of it goes into.")
@click.option("--reject", is_flag=True, help="With --write: add entries that reject what --only names.")
@click.option("--reason", metavar="TEXT", help="With --write: why; it stands in each new entry.")
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="With --write: the last day of access of each new entry.",
)
@click.option("--branches", is_flag=True, help="Keep a branch with a pull request for each domain, API or team.")
@click.option("--forge", type=click.Choice(list(KINDS)), default="github", show_default=True, help="With --branches.")
@click.option("--remote", default="origin", show_default=True, help="With --branches: where to push.")
@click.option("--base", default="main", show_default=True, help="With --branches: what to merge into.")
@click.option(
    "--only",
    multiple=True,
    metavar="EMAIL|DOMAIN|API",
    help="Narrow it to what is asked by this person or domain, or for this API. Repeatable.",
)
@click.pass_obj
def command(
    runtime: Runtime,
    /,
    write: bool,
    dry: bool,
    into: str | None,
    reject: bool,
    reason: str | None,
    expires: datetime | None,
    branches: bool,
    forge: str,
    remote: str,
    base: str,
    only: tuple[str, ...],
    **asked: Any,
) -> int:
    """Show who waits for a decision: how long, of which domain, what an approval would give, and what is suspicious.

    With --write each request becomes an entry in the file that holds that domain, owner or API already. What is
    suspicious is left out unless --only gives the person's address. Nothing is written on the portal: merging the
    change is the approval.

    With --branches the requests of each domain, and of each API that has an entry of its own, become a branch with a
    pull request, by `gh` or `glab`; run it on a schedule, and they stay as the portal is.

    \b
    Examples:
      reconciler pending access/
      reconciler pending access/ --write --dry-run
      reconciler pending access/ --write --only partner.example --reason PART-1234
      reconciler pending access/ --write --reject --only spam@free-mail.example --reason "not a partner"
      reconciler pending access/ --branches
    """
    request = Asked.of(runtime, only=only, **asked)
    terms = _terms(reject, only, reason, expires.date() if expires else None)
    if not branches:
        values.only_with("--branches", "forge", "remote", "base")
    if branches:
        if write or into or reject:
            raise click.UsageError("--branches writes to branches of its own: leave out --write, --into and --reject")
        found = [kept(request, path, Where(forge, remote, base), terms, dry=dry) for path in request.paths]
        return emit(runtime, found, request.format_, request.reports)
    if not (write or dry) and (into or terms != Terms()):
        raise click.UsageError("--into, --reject, --reason and --expires go with --write")
    if into and len(request.paths) > 1:
        raise click.UsageError("--into is a file of one workspace: give one PATH")
    writing = Writing(terms, into or "", dry) if write or dry else None
    reports = each(request, lambda path: asked_for(request, path, writing))
    return emit(runtime, reports, request.format_, request.reports)


def _terms(reject: bool, only: tuple[str, ...], reason: str | None, expires: date | None) -> Terms:
    """What the new entries say. Raises click.UsageError for what does not go together."""
    reason = (reason or "").strip()
    if reject and not (only and reason):
        raise click.UsageError("--reject needs --only, and --reason TEXT, which stands in the entry")
    if reject and expires:
        raise click.UsageError("--reject takes no --expires: a rejected entry gives nothing that could end")
    return Terms(reject, reason or None, expires.isoformat() if expires else None)
