"""`reconciler help`: a topic, or what a command's --help says."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from reconciler.cli.main import COMMANDS
from reconciler.cli.topics import TOPICS, text_of


def _subjects(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """What a shell offers: topics first, then commands, each with its line."""
    lines = TOPICS | COMMANDS
    return [CompletionItem(name, help=line) for name, line in lines.items() if name.startswith(begun)]


@click.command("help", short_help="Explain a topic or a command.")
@click.argument("subject", nargs=-1, shell_complete=_subjects, metavar="[TOPIC|COMMAND...]")
@click.pass_context
def command(context: click.Context, subject: tuple[str, ...]) -> int:
    """Explain a topic (exit-codes, connection, formats, files, saved-plans, completion) or a command.

    \b
    Examples:
      reconciler help exit-codes
      reconciler help plan
      reconciler help sandbox seed
    """
    if len(subject) == 1 and subject[0] in TOPICS:
        click.echo(text_of(subject[0]), nl=False)
        return 0
    found, where = _command(context.find_root(), subject)
    click.echo(found.get_help(where))
    return 0


def _command(context: click.Context, names: tuple[str, ...]) -> tuple[click.Command, click.Context]:
    """The command of those names below the group of the context. Raises click.UsageError."""
    found = context.command
    for name in names:
        inner = found.get_command(context, name) if isinstance(found, click.Group) else None
        if inner is None:
            known = ", ".join(TOPICS)
            raise click.UsageError(f"there is no topic or command {' '.join(names)!r}; the topics are {known}")
        found, context = inner, click.Context(inner, parent=context, info_name=name)
    return found, context
