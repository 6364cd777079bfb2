"""Each option once, with its name, help and meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.actor import author_name
from reconciler.model.change import LIFTABLE
from reconciler.plan.drift.table import TABLE
from reconciler.report.formats import FORMATS
from reconciler.settings import EMBEDDED

F = TypeVar("F", bound=Callable[..., Any])


def a_file(_: click.Context, __: click.Parameter, path: str | None) -> str | None:
    """A file to write, in a folder that is there: known before anything is done on the portal."""
    if path and (Path(path).is_dir() or not Path(path).parent.is_dir()):
        raise click.BadParameter(f"{path!r} is not a file in a folder that is there")
    return path


def _reports(
    formats: Iterable[str], context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, str]]:
    """FORMAT=FILE as pairs."""
    pairs = []
    for value in values:
        name, _, path = value.partition("=")
        if name not in formats or not path:
            raise click.BadParameter(f"{value!r} is not FORMAT=FILE; the formats are {', '.join(formats)}")
        a_file(context, option, path)
        pairs.append((name, path))
    return pairs


_AGE = re.compile(r"([1-9][0-9]{0,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _ttl(_: click.Context, __: click.Parameter, age: str) -> timedelta:
    """A number of minutes, hours or days; at most a year."""
    given = _age(age)
    if given is None or given > timedelta(days=366):
        raise click.BadParameter(f"{age!r} is no age: write 90m, 8h or 2d, at most 366d")
    return given


def _age(text: str) -> timedelta | None:
    found = _AGE.fullmatch(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _since(context: click.Context, _: click.Parameter, text: str | None) -> str:
    """An age, counted back from now, or a day or moment (UTC if it names no zone), as ISO-8601 in UTC; else ""."""
    if text is None:
        return ""
    age = _age(text)
    try:
        moment = context.obj.now() - age if age else datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is no age and no date: write 36h, 7d or 2026-11-20") from None


def _classes(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    """CLASS[,CLASS], each a class of drift."""
    named = [name.strip() for value in values for name in value.split(",")]
    for name in named:
        if name not in TABLE:
            raise click.BadParameter(f"{name!r} is no class of drift; they are {', '.join(TABLE)}")
    return frozenset(named)


def _completed(words: Iterable[str]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What a shell offers for a value: those of the words that begin so."""
    return lambda _, __, begun: [word for word in words if word.startswith(begun)]


A_FILE = click.Path()
"""Any path, so that a shell completes it; what is there is looked at where it is used."""

path = click.argument("path", metavar="PATH", type=A_FILE)
paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=A_FILE)
server = click.option(
    "--server",
    metavar="URL|sandbox",
    shell_complete=_completed([EMBEDDED]),
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
        shell_complete=_completed([f"{name}=" for name in formats]),
        callback=partial(_reports, formats),
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


def _no_cache(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given:
        context.obj = replace(context.obj, cache=False)


no_cache = click.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    callback=_no_cache,
    help="Parse every manifest anew. So does RECONCILER_NO_CACHE=1.",
)
allow = click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="RULE",
    shell_complete=_completed(LIFTABLE),
    help="Lift one refusal for this run. Repeatable.",
)
out = click.option(
    "--out",
    metavar="FILE",
    type=A_FILE,
    callback=a_file,
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


def _authors(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses or logins; an empty one, as a variable that is not set, is not taken for nobody."""
    names = tuple(author_name(value) for value in values)
    if not all(names):
        raise click.BadParameter("it is empty: give an address or a login, or leave the flag out")
    return names


author = click.option(
    "--author",
    "authors",
    multiple=True,
    metavar="EMAIL|LOGIN",
    callback=_authors,
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
    callback=_ttl,
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
    callback=a_file,
    help="Append to this file one line of JSON a change as it is sent, and one as it is answered.",
)
base = click.option(
    "--base",
    metavar="REF",
    help="Compare with the workspace at this git commit: what it listed and this one does not is named first, with "
    "what happens to it, and so are changes to portal, policy and rules.",
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
    callback=_since,
    help="Leave out what the portal says is older: 36h, 7d, 2026-11-20. What it gives no time for stays.",
)
drift_fail_on = click.option(
    "--fail-on",
    multiple=True,
    metavar="CLASS[,CLASS]",
    callback=_classes,
    shell_complete=_completed(TABLE),
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


def allowances(allowed: tuple[str, ...], reason: str | None) -> dict[str, str]:
    """--allow with its --reason, as rule → reason. Raises click.UsageError where one lacks the other."""
    reason = (reason or "").strip()
    if allowed and not reason:
        raise click.UsageError("--allow needs --reason TEXT: it is kept with the result")
    if reason and not allowed:
        raise click.UsageError("--reason goes with --allow RULE")
    for rule in allowed:
        if rule == "empty-workspace":
            raise click.UsageError(
                "nothing lifts empty-workspace: list at least one of the kind, or change the policy"
            )
        if rule == "second-person":
            raise click.UsageError("nothing lifts second-person: let somebody else author the grant")
        if rule not in LIFTABLE:
            raise click.UsageError(f"--allow knows no rule {rule!r}; the rules are {', '.join(LIFTABLE)}")
    return dict.fromkeys(allowed, reason)


def no_connection(snapshots: tuple[str, ...], asked: Mapping[str, Any]) -> None:
    """Raise click.UsageError where a snapshot is to be looked at, and a portal's server or token is named, too."""
    given = [flag for flag, value in (("--server", asked["server"]), ("--token-file", asked["token_file"])) if value]
    if snapshots and given:
        raise click.UsageError(f"with --snapshot no portal is asked: leave out {' and '.join(given)}")
