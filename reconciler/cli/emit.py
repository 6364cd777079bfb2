"""The one document on stdout, further ones in files, and the exit code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.runtime import Runtime
from reconciler.errors import ExitCode, InputError
from reconciler.report import text
from reconciler.report.formats import FORMATS
from reconciler.report.model import Report
from reconciler.settings import checkout, wants_colour


def emit(runtime: Runtime, reports: Sequence[Report], format_: str, files: Sequence[tuple[str, str]]) -> int:
    """Print the document, complete, write the further ones, and return the worst of the reports' exit codes.

    The format `github` has outputs and a summary besides, see `github.hand_over`.
    """
    here = checkout(runtime.environ, cwd=Path.cwd().as_posix())
    width = shutil.get_terminal_size((80, 24)).columns
    colour = sys.stdout.isatty() and wants_colour(runtime.environ)
    reports = [replace(report, checkout=here) for report in reports]
    shown = text.render_all(reports, width=width, colour=colour) if format_ == "text" else None
    try:
        _print(FORMATS[format_].render(reports) if shown is None else shown)
    finally:  # whoever stops reading stdout finds the files all the same
        for name, path in files:
            write(path, FORMATS[name].render(reports))
    if "github" in (format_, *(name for name, _ in files)):
        from reconciler.cli.github import hand_over

        hand_over(runtime, reports)
    return ExitCode.worst(report.exit_code for report in reports)


def _print(document: str) -> None:
    """Raises InputError where stdout takes no more; BrokenPipeError where nobody reads it, which is none of ours."""
    try:
        click.echo(document, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"stdout cannot be written: {error.strerror}", "look at what it is sent to") from error


def write_plan(report: Report, path: str) -> None:
    """Save a plan for review; nothing is written where there is none."""
    if report.plan is not None:
        from reconciler.report import as_json

        write(path, as_json.render(report))


def write(path: str, text: str) -> None:
    """Write a whole file or none: a reader never sees half a document. Raises InputError.

    A device, a pipe or a link is written to as it is: `/dev/stdout` must not become a file.
    """
    part, target = Path(f"{path}.part"), Path(path)
    try:
        if target.is_symlink() or (target.exists() and not target.is_file()):
            target.write_text(text, encoding="utf-8")
            return
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise InputError(
            f"{path} cannot be written: {error.strerror}", "check the folder and its permissions"
        ) from error
