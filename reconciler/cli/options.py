"""Each option once, with its name, help and meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import click

from reconciler.cli import values
from reconciler.model.change import LIFTABLE
from reconciler.plan.drift.table import TABLE
from reconciler.report.formats import FORMATS
from reconciler.settings import EMBEDDED

F = TypeVar("F", bound=Callable[..., Any])

A_FILE = click.Path()
"""Any path, so that a shell completes it; what is there is looked at where it is used."""

path = click.argument("path", metavar="PATH", type=A_FILE)
paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=A_FILE)
server = click.option(
    "--server",
    metavar="URL|sandbox",
    shell_complete=values.completed([EMBEDDED]),
    help="The portal's server, without /v3; `sandbox` is the embedded portal. Default: KONNECT_SERVER_URL, "
    "else what the manifest says.",
)
token_file = click.option(
    "--token-file",
    metavar="FILE",
    type=A_FILE,
    help="A file that holds the token. Default: KONNECT_TOKEN, then KONNECT_SPAT.",
)


def format_of(formats: Iterable[str]) -> Callable[[F], F]:
    """--format, for a command that has these."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice([*formats]),
        default="text",
        show_default=True,
        help="How to print the document on stdout.",
    )


def report_of(formats: Iterable[str]) -> Callable[[F], F]:
    """--report, for a command that has these formats."""
    return click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT=FILE",
        shell_complete=values.completed([f"{name}=" for name in formats]),
        callback=partial(values.report_files, formats),
        help="Write the document to a file as well, in that format. Repeatable.",
    )


format_ = format_of(FORMATS)
report = report_of(FORMATS)
workers = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="How many requests may be under way at once.",
)


no_cache = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=values.without_cache,
    help="Parse every manifest anew. So does RECONCILER_NO_CACHE=1.",
)
allow = click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="RULE",
    shell_complete=values.completed(LIFTABLE),
    help="Lift one refusal for this run. Repeatable.",
)
out = click.option(
    "--out",
    metavar="FILE",
    type=A_FILE,
    callback=values.a_file,
    help="Save the plan as JSON, for review and for an apply that does just that.",
)
fail_on = click.option(
    "--fail-on",
    multiple=True,
    type=click.Choice(["residual"]),
    help="Exit with 2 if there is residual access: what still works for people who are not approved.",
)
only = click.option(
    "--only",
    multiple=True,
    metavar="EMAIL|TEAM|API",
    help="Narrow the run to what is about this person, team or API, and what that rests on. Repeatable.",
)


author = click.option(
    "--author",
    "authors",
    multiple=True,
    metavar="EMAIL|LOGIN",
    callback=values.authors,
    help="Who authored the change: what it grants to them is flagged. Repeatable. Default: as CI's variables say.",
)
policy_from = click.option(
    "--policy-from",
    metavar="REF",
    help="Take the policy from this git commit, so that a change cannot loosen the limits that judge it.",
)
ttl = click.option(
    "--ttl",
    metavar="AGE",
    default="24h",
    show_default=True,
    callback=values.ttl,
    help="How long the saved plan may be applied: 90m, 8h, 2d.",
)
plan_file = click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=A_FILE,
    help="Do exactly what this saved plan says, or refuse (exit 5). With PATH its manifests must be the same.",
)
reviewed = click.option(
    "--reviewed",
    metavar="FILE",
    type=A_FILE,
    help="Plan anew, do only what this saved plan has too, and list the rest.",
)
journal = click.option(
    "--journal",
    metavar="FILE",
    type=A_FILE,
    callback=values.a_file,
    help="Append to this file one line of JSON a change as it is sent, and one as it is answered.",
)
base = click.option(
    "--base",
    metavar="REF",
    help="Compare with the workspace at this git commit: what it listed and this one does not is named first, with "
    "what happens to it, and so are changes to portal, policy and rules.",
)
changed_since = click.option(
    "--changed-since",
    metavar="REF",
    help="Look only at the people and teams of whom the workspace says anything else than at this git commit, where "
    "that takes fewer requests than the whole portal. Includes --base REF.",
)
snapshot = click.option(
    "--snapshot",
    "snapshots",
    multiple=True,
    metavar="FILE",
    type=A_FILE,
    help="Look at this snapshot, which `dump --snapshot` wrote, and not at the portal: needs no token. Repeatable, "
    "for several portals.",
)
since_journal = click.option(
    "--since-journal",
    "journals",
    multiple=True,
    metavar="FILE",
    type=A_FILE,
    help="A journal of `apply`: it tells what was given, taken away or failed. Repeatable.",
)
since_snapshot = click.option(
    "--since-snapshot",
    "earlier",
    multiple=True,
    metavar="FILE",
    type=A_FILE,
    help="A snapshot from before: it tells what was there then. Repeatable, the newest of the portal counts.",
)
since = click.option(
    "--since",
    "newer_than",
    metavar="AGE|DATE",
    callback=values.moment,
    help="Leave out what the portal says is older: 36h, 7d, 2026-11-20. What it gives no time for stays.",
)
drift_fail_on = click.option(
    "--fail-on",
    multiple=True,
    metavar="CLASS[,CLASS]",
    callback=values.classes,
    shell_complete=values.completed(TABLE),
    help=f"Exit with 2 for drift of these classes alone: {', '.join(TABLE)}.",
)
reason = click.option("--reason", metavar="TEXT", help="Why --allow; it stands in the result.")


maybe_paths = click.argument("paths", nargs=-1, metavar="[PATH...]", type=A_FILE)


def connection_options(command: F) -> F:
    """What every command needs that speaks to a portal."""
    for option in reversed((server, token_file, format_, report, workers)):
        command = option(command)
    return command


def portal_options(command: F) -> F:
    """The same, and the workspaces that it is about."""
    return paths(no_cache(connection_options(command)))
