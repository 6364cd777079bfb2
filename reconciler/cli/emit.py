"""The one document on stdout, further ones in files, and the exit code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from reconciler.cli.runtime import Runtime
from reconciler.errors import ExitCode, InputError
from reconciler.report import as_json, text
from reconciler.report.formats import FORMATS
from reconciler.report.model import Report
from reconciler.settings import wants_colour


def emit(runtime: Runtime, reports: Sequence[Report], format_: str, files: Sequence[tuple[str, str]]) -> int:
    """Print the document, complete, write the further ones, and return the worst of the reports' exit codes."""
    width = shutil.get_terminal_size((80, 24)).columns
    colour = sys.stdout.isatty() and wants_colour(runtime.environ)
    click.echo(document(reports, format_, width=width, colour=colour), nl=False)
    for name, path in files:
        write(path, document(reports, name))
    return ExitCode.worst(report.exit_code for report in reports)


def document(reports: Sequence[Report], format_: str, *, width: int = 80, colour: bool = False) -> str:
    """One document over all workspaces: of one, that of its report; of several, one after the other or in a list."""
    if format_ == "text":
        return "\n".join(text.render(report, width=width, colour=colour) for report in reports)
    return FORMATS[format_](reports[0]) if len(reports) == 1 else as_json.together(reports)


def write_plan(report: Report, path: str) -> None:
    """Save a plan for review; nothing is written where there is none."""
    if report.plan is not None:
        write(path, FORMATS["json"](report))


def write(path: str, text: str) -> None:
    """Write a whole file or none: a reader never sees half a document. Raises InputError."""
    part = Path(f"{path}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written: {error.strerror}", "check the folder and its permissions"
        ) from error
