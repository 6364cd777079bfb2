"""Each option once, with its name, help and meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from reconciler.model.change import LIFTABLE

F = TypeVar("F", bound=Callable[..., Any])

paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
server = click.option(
    "--server",
    metavar="URL|sandbox",
    help="The portal's server, without /v3; `sandbox` is the embedded portal. Default: KONNECT_SERVER_URL, "
    "else what the manifest says.",
)
token_file = click.option(
    "--token-file", metavar="FILE", help="A file that holds the token. Default: KONNECT_TOKEN, then KONNECT_SPAT."
)
format_ = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the document on stdout.",
)
report = click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the document to a file as well, in that format. Repeatable.",
)
workers = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="How many requests may be under way at once.",
)
allow = click.option(
    "--allow", "allowed", multiple=True, metavar="RULE", help="Lift one refusal for this run. Repeatable."
)
reason = click.option("--reason", metavar="TEXT", help="Why --allow; it stands in the result.")


def portal_options(command: F) -> F:
    """What every command needs that speaks to a portal."""
    for option in reversed((paths, server, token_file, format_, report, workers)):
        command = option(command)
    return command


def allowances(allowed: tuple[str, ...], reason: str | None) -> dict[str, str]:
    """--allow with its --reason, as rule → reason. Raises click.UsageError where one lacks the other."""
    if allowed and not reason:
        raise click.UsageError("--allow needs --reason TEXT: it is kept with the result")
    if reason and not allowed:
        raise click.UsageError("--reason goes with --allow RULE")
    for rule in allowed:
        if rule == "empty-workspace":
            raise click.UsageError(
                "nothing lifts empty-workspace: list at least one of the kind, or change the policy"
            )
        if rule not in LIFTABLE:
            raise click.UsageError(f"--allow knows no rule {rule!r}; the rules are {', '.join(LIFTABLE)}")
    return dict.fromkeys(allowed, reason or "")
