"""GitLab's code quality report: a list of issues, each at its line, as merge requests show them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reconciler.finding import Severity
from reconciler.report.escape import inert
from reconciler.report.model import Report
from reconciler.report.notices import Notice, notices, numbered
from reconciler.report.plain import message

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "major", "note": "info"}


def render(reports: Sequence[Report]) -> str:
    """One list over all workspaces; fingerprints tell the same issue in two branches, whatever its line."""
    issues = [
        {
            "description": message(notice),
            "check_name": inert(notice.rule),
            "fingerprint": f"{fingerprint}-{index}" if index else fingerprint,
            "severity": _SEVERITIES[notice.level],
            "location": {
                "path": inert(report.checkout.path(_file(report, notice))),
                "lines": {"begin": max(notice.origin.line, 1) if notice.origin else 1},
            },
        }
        for index, report in enumerate(reports)
        for notice, fingerprint in numbered(notices(report))
    ]
    return json.dumps(issues, indent=2) + "\n"


def _file(report: Report, notice: Notice) -> str:
    """Where it is told: what has no line of its own, at the workspace."""
    return notice.origin.file if notice.origin else next(iter(report.workspace), ".")
