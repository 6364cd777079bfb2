"""GitHub's workflow commands: annotations at manifest lines, and a step's outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reconciler.errors import ExitCode
from reconciler.finding import Severity
from reconciler.report.escape import inert
from reconciler.report.headline import headline
from reconciler.report.layout import loose
from reconciler.report.model import Report
from reconciler.report.notices import Notice, notices
from reconciler.report.plain import message
from reconciler.report.rules import rule_of

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}

ANNOTATIONS = 10
"""Annotations of a kind that GitHub shows of a step (actions/toolkit, issue 734)."""


def render(reports: Sequence[Report]) -> str:
    """Annotations over all workspaces, the worst first, as many as GitHub shows; the others are counted.

    The first line is what the run came to: no name of a stranger stands at the start of a line.
    """
    found = [(report, notice) for report in reports for notice in notices(report)]
    shown: Counter[Severity] = Counter()
    lines = [_summed(report) for report in reports]
    for level, command in _COMMANDS.items():
        for report, notice in found:
            if notice.level == level and shown[level] < ANNOTATIONS:
                shown[level] += 1
                lines.append(_annotation(command, report, notice))
    left = len(found) - shown.total()
    if left:
        lines.append(f"and {left:,} more, which GitHub would not show beside the lines: see the job's summary")
    return "".join(f"{line}\n" for line in lines)


def _summed(report: Report) -> str:
    where = ", ".join(inert(path) for path in report.workspace)
    return f"{report.command} {where}: {loose(headline(report)) or 'failed'}"


def _annotation(command: str, report: Report, notice: Notice) -> str:
    origin = notice.origin
    place = {"file": report.checkout.path(origin.file), "line": str(origin.line or 1)} if origin else {}
    if origin and origin.column:
        place["col"] = str(origin.column)
    properties = {**place, "title": rule_of(notice.rule, notice.level).title}
    told = ",".join(f"{key}={_property(inert(value))}" for key, value in properties.items())
    return f"::{command} {told}::{_data(message(notice))}"


def _data(text: str) -> str:
    """A command's message, as the runner takes it apart (actions/toolkit, command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def outputs(reports: Sequence[Report]) -> dict[str, str]:
    """What later steps may ask for: numbers, words and sentences of our own, each on one line.

    `summary` is the line that sums the run up; counts are over all workspaces.
    """
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.summary)
    return {
        "command": reports[0].command,
        "exit_code": str(int(ExitCode.worst(report.exit_code for report in reports))),
        "refused": _word(any(report.refused for report in reports)),
        "failed": _word(any(report.error for report in reports)),
        "differs": _word(any(report.differs for report in reports)),
        "in_sync": _word(all(report.in_sync for report in reports)),
        "summary": "; ".join(loose(headline(report)) or "failed" for report in reports),
        **{name: str(counts[name]) for name in _COUNTS},
        "let_go": str(sum(len(report.let_go) for report in reports)),
        "policy_changes": str(sum(len(report.policy_changes) for report in reports)),
    }


_COUNTS = (
    "changes",
    "grants",
    "removals",
    "neither",
    "held",
    "waiting",
    "blocked",
    "unlisted",
    "requests",
    "residual",
    "refusals",
    "findings",
    "errors",
    "warnings",
)


def _word(holds: bool) -> str:
    return "true" if holds else "false"
