"""`drift --adopt`: what the report found on the portal outside git, taken into the manifests."""

from __future__ import annotations

from dataclasses import replace

from reconciler.cli.asked import Asked
from reconciler.errors import ExitCode, InputError, ReconcilerError
from reconciler.manifest.read import load
from reconciler.onboard.adoption import adopted
from reconciler.onboard.edits import INVALID, Writing
from reconciler.report.model import Failure, Report


def with_adoption(asked: Asked, path: str, report: Report, writing: Writing) -> Report:
    """The report of `drift` with what was adopted; as it is where the portal could not be seen."""
    if report.plan is None or report.sides is None or report.error:
        return report
    try:
        files = load(path)
        if files.digest != report.manifests_digest:
            raise InputError(f"{path} was changed while the portal was read", "run it again")
        desired, observed = report.sides.desired, report.sides.observed
        adoption, wrong = adopted(files, desired, observed, report.plan, writing, asked.runtime.today)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))
    report = replace(report, adoption=adoption, findings=(*report.findings, *wrong))
    return replace(report, error=Failure(*INVALID, ExitCode.INVALID)) if wrong else report
