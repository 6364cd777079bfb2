"""What a step of a GitHub workflow leaves besides its log: outputs for later steps, and a part of the summary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reconciler.cli.runtime import Runtime
from reconciler.errors import InputError
from reconciler.report.github import outputs
from reconciler.report.markdown.render import render
from reconciler.report.model import Report
from reconciler.settings import github_files

_SUMMARY = 300_000
"""Characters of a summary: GitHub takes 1 MiB a step, and a character is at most three bytes."""


def hand_over(runtime: Runtime, reports: Sequence[Report]) -> None:
    """Append to the files that GitHub names, where it names any. Raises InputError where one cannot be written."""
    output, summary = github_files(runtime.environ)
    if output:
        # NOTE: every value is one line of our own words, so that none can add an output of its own.
        _append(output, "".join(f"{name}={value}\n" for name, value in outputs(reports).items()))
    if summary:
        _append(summary, render(reports, _SUMMARY))


def _append(path: str, text: str) -> None:
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        hint = "GITHUB_OUTPUT and GITHUB_STEP_SUMMARY name files of the running step; outside of one unset them"
        raise InputError(f"{path} cannot be written: {error.strerror}", hint) from error
