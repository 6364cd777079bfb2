"""`reconciler sandbox switches`: what is not known of the real portal, and can be set."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import click

HEADINGS = ("switch", "values", "contract", "what it does")


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Every switch: name, default with the other values it takes, point of the contract, and what it does."""
    from reconciler.sandbox import Switches

    for each in dataclasses.fields(Switches):
        others = [_value(value) for value in each.metadata["choices"] if value != each.default]
        values = " | ".join([_value(each.default), *others])
        yield each.name, values, each.metadata["point"], each.metadata["says"]


@click.command("switches")
def switches() -> int:
    """List every switch of the embedded portal: what is not known of the real one, each with its default first.

    \b
    Examples:
      reconciler sandbox switches
      reconciler sandbox serve --set login_approves=all --set stale_seconds=2
    """
    table = [HEADINGS, *rows()]
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    for *cells, says in table:
        click.echo("  ".join([*map(str.ljust, cells, widths), says]))
    return 0


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
