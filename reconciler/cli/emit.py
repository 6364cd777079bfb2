"""The one document on stdout, further ones in files, and the exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from reconciler.errors import ExitCode, InputError
from reconciler.report import as_json, text
from reconciler.report.formats import FORMATS
from reconciler.report.model import Report


def emit(reports: Sequence[Report], format_: str, files: Sequence[str]) -> int:
    """Print the document, complete, write the further ones, and return the worst of the reports' exit codes."""
    for name, path in map(_named, files):
        write(path, document(reports, name))
    width = shutil.get_terminal_size((80, 24)).columns
    click.echo(document(reports, format_, width=width, colour=_coloured()), nl=False)
    return ExitCode.worst(report.exit_code for report in reports)


def document(reports: Sequence[Report], format_: str, *, width: int = 80, colour: bool = False) -> str:
    """One document over all workspaces: of one, that of its report; of several, one after the other or in a list."""
    if format_ == "text":
        return "\n".join(text.render(report, width=width, colour=colour) for report in reports)
    return FORMATS[format_](reports[0]) if len(reports) == 1 else as_json.together(reports)


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _named(option: str) -> tuple[str, str]:
    name, _, path = option.partition("=")
    if name not in FORMATS or not path:
        raise click.UsageError(f"--report takes FORMAT=FILE, and the formats are {', '.join(FORMATS)}: {option!r}")
    return name, path


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
        raise InputError(
            f"{path} cannot be written: {error.strerror}", "check the folder and its permissions"
        ) from error
