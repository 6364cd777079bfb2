"""From `pending`'s options to reports: files read once, the portal asked by a client that cannot write."""

from __future__ import annotations

from dataclasses import replace

from reconciler.cli.asked import Asked, connected
from reconciler.cli.checked import with_workspace
from reconciler.cli.walk import blank
from reconciler.errors import ExitCode, ReconcilerError
from reconciler.manifest.read import load
from reconciler.model.change import Plan
from reconciler.onboard.answer import answered, requests_of
from reconciler.onboard.edits import INVALID, Writing
from reconciler.reconcile import open_portal
from reconciler.report.model import Failure, Report
from reconciler.workspace import judged


def asked_for(asked: Asked, path: str, writing: Writing | None) -> Report:
    """Who waits on a workspace's portal, and what was written for them if that is asked."""
    report = blank(asked, "pending", path)
    today = asked.runtime.today
    try:
        files = load(path)
        workspace = judged(files, today)
        report = with_workspace(report, workspace)
        if workspace.desired is None:
            return report
        with (
            connected(asked, workspace.desired.portal) as target,
            open_portal(target, read_only=True, workers=asked.workers) as reader,
            asked.bar("Reading") as bar,
        ):
            observed, requests = requests_of(workspace.desired, reader, target, progress=bar)
        looked_at = {kind: len(getattr(observed, kind)) for kind in sorted(observed.read)}
        report = replace(report, plan=Plan(observed.portal, looked_at=looked_at, only=asked.only))
        answer, wrong = answered(files, requests, asked.only, writing, today)
        report = replace(report, answer=answer, findings=(*report.findings, *wrong))
        return replace(report, error=Failure(*INVALID, ExitCode.INVALID)) if wrong else report
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))
