"""What a pipeline's file tells a shell to run, held to the command line as it is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from reconciler.cli.main import cli
from reconciler.cli.runtime import Runtime


def commands(text: str) -> Iterator[list[str]]:
    """The words of every `reconciler …` in a script, in the order in which they stand."""
    for line in text.splitlines():
        for found in re.findall(r"(?:^|[\s'(])(reconciler [a-z][^'|;>)&]*)", line):
            yield shlex.split(found)[1:]


def taken(words: list[str]) -> click.Context:
    """What the command line makes of the words. Raises click.UsageError for a flag or value that it does not have."""
    command: click.Command = cli
    context = click.Context(cli, info_name="reconciler", obj=Runtime(environ={}))
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"no command {name}"
        command, context = found, click.Context(found, parent=context, info_name=name)
    command.parse_args(context, words)
    return context
