"""The entry point: one lazily loaded command each, and the exit codes of the README."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from reconciler import __version__
from reconciler.cli.runtime import Runtime
from reconciler.cli.topics import TOPICS
from reconciler.errors import ExitCode, ReconcilerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "validate": "Check manifests offline: every error and warning, each at its line.",
    "plan": "Show what would change on the portal.",
    "apply": "Make the portal as git says.",
    "drift": "Report what differs from git; change nothing.",
    "extend": "Give a person's access a later last day, in the manifests.",
    "pending": "Show who waits for a decision; add them to the manifests.",
    "access": "Show who has access to what, and by whose approval.",
    "doctor": "Find what on the portal works against git.",
    "matrix": "List workspaces for a pipeline's parallel jobs.",
    "dump": "Write the portal as manifests, the first adoption; or as a snapshot.",
    "init": "Write a workspace to start from, with its CI.",
    "schema": "Print the JSON Schema of manifests, plans, reports or journals.",
    "sandbox": "The embedded portal: seed, play, serve, reset.",
    "help": "Explain a topic or a command.",
}
"""Every command with its line in --help; a command's module is imported only when it is called."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, so that --help stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"reconciler.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - what every module of the table holds
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))
        with formatter.section("Topics (reconciler help TOPIC)"):
            formatter.write_dl(list(TOPICS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What may stand here, without importing a single command: a shell waits for it."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """Access to a Kong Konnect Dev Portal under GitOps.

    Commit YAML that lists approved developers, their teams and their applications' APIs; a pull request is the
    approval. `plan` shows what would change, `apply` does it, `drift` finds what was clicked past git.

    \b
    Examples:
      reconciler validate access/
      reconciler plan access/
      reconciler apply access/
      reconciler drift access/ --server sandbox
    """


def main(arguments: Sequence[str] | None = None, runtime: Runtime | None = None) -> int:
    """Run the command line and return its exit code; no traceback ever reaches the user."""
    runtime = runtime or Runtime()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a character gets its escape
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(arguments, prog_name="reconciler", obj=runtime, standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort as stop:
        if isinstance(stop.__cause__, KeyboardInterrupt):  # which click turns into this; at a prompt it has no cause
            return _say("interrupted before anything was written", "", ExitCode.INTERNAL)
        return _say("stopped before anything was done", "", ExitCode.OK)
    except click.ClickException as error:  # click's own code for these is 2, which here means "differences"
        error.show()
        return ExitCode.INVALID
    except ReconcilerError as error:
        return _say(error.message, error.hint, error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads our output any more; saying so would fail too
        return ExitCode.INTERNAL
    except KeyboardInterrupt:
        return _say("interrupted before anything was written", "", ExitCode.INTERNAL)
    except Exception as error:  # noqa: BLE001 - the last wall: a user gets a sentence, not a traceback
        kind = type(error).__name__
        return _say(f"internal error: {kind}", "please report it with the command and its version", ExitCode.INTERNAL)
    return int(code or 0)


def _say(message: str, hint: str, code: ExitCode) -> int:
    from reconciler.report.escape import inert

    click.echo(f"reconciler: {inert(message)}" + (f"\n  hint: {inert(hint)}" if hint else ""), err=True)
    return int(code)


def run() -> None:
    """The console script."""
    # A large portal is millions of values that stay: to look for garbage among them again and again took a third of
    # the time. What is garbage here is young, answers and errors, and still found.
    gc.freeze()
    gc.set_threshold(500_000, 50, 1_000)
    sys.exit(main())
