"""Every check over one case; a check is a row in a table."""

from __future__ import annotations

from reconciler.doctor import names, settings
from reconciler.doctor.case import Case, Check
from reconciler.finding import Finding

CHECKS: tuple[Check, ...] = (*settings.CHECKS, *names.CHECKS)


def diagnose(case: Case) -> tuple[Finding, ...]:
    """What works against git, the worst first, else in the order of the table."""
    found = [
        Finding(check.rule, check.severity, f"{thing}: {check.why}", check.remedy)
        for check in CHECKS
        for thing in check.find(case)
    ]
    return tuple(sorted(found, key=lambda finding: _WORST_FIRST.index(finding.severity)))


_WORST_FIRST = ("error", "warning", "note")
