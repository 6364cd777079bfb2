"""What is written behind options, and what options mean together: read, or refused with what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from reconciler.actor import author_name
from reconciler.model.change import LIFTABLE
from reconciler.plan.drift.table import TABLE


def a_file(_: click.Context, __: click.Parameter, path: str | None) -> str | None:
    """A file to write, in a folder that is there: known before anything is done on the portal."""
    if path and (Path(path).is_dir() or not Path(path).parent.is_dir()):
        raise click.BadParameter(f"{path!r} is not a file in a folder that is there")
    return path


def report_files(
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


def ttl(_: click.Context, __: click.Parameter, age: str) -> timedelta:
    """A number of minutes, hours or days; at most a year."""
    given = _age(age)
    if given is None or given > timedelta(days=366):
        raise click.BadParameter(f"{age!r} is no age: write 90m, 8h or 2d, at most 366d")
    return given


def _age(text: str) -> timedelta | None:
    found = _AGE.fullmatch(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def moment(context: click.Context, _: click.Parameter, text: str | None) -> str:
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


def classes(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    """CLASS[,CLASS], each a class of drift."""
    named = [name.strip() for value in values for name in value.split(",")]
    for name in named:
        if name not in TABLE:
            raise click.BadParameter(f"{name!r} is no class of drift; they are {', '.join(TABLE)}")
    return frozenset(named)


def completed(words: Iterable[str]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What a shell offers for a value: those of the words that begin so."""
    return lambda _, __, begun: [word for word in words if word.startswith(begun)]


def without_cache(context: click.Context, _: click.Parameter, given: bool) -> None:
    """Let the whole run parse every manifest anew."""
    if given:
        context.obj = replace(context.obj, cache=False)


def authors(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses or logins; an empty one, as a variable that is not set, is not taken for nobody."""
    names = tuple(author_name(value) for value in values)
    if not all(names):
        raise click.BadParameter("it is empty: give an address or a login, or leave the flag out")
    return names


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


def only_with(flag: str, *names: str) -> None:
    """Raise click.UsageError where a parameter of these names was given, which says something only beside `flag`."""
    context = click.get_current_context()
    given = [
        option.opts[0]
        for option in context.command.params
        if option.name in names and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{' and '.join(given)}: only with {flag}")
