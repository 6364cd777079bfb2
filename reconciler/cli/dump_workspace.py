"""`reconciler dump DIR`: the portal as a workspace, for the first adoption."""

from __future__ import annotations

from dataclasses import replace

from reconciler import __version__
from reconciler.cli.walk import Asked, connected
from reconciler.errors import ReconcilerError
from reconciler.model.change import Plan
from reconciler.model.desired import PortalRef
from reconciler.onboard.first import as_workspace, must_be_free, save_workspace
from reconciler.reconcile import open_portal
from reconciler.report.model import Failure, Report
from reconciler.survey import everything, found_portal


def dumped(asked: Asked, folder: str, portal: PortalRef, split: str, packages: tuple[str, ...]) -> Report:
    """Read the portal with a client that cannot write, and write it into a new folder."""
    report = Report("dump", __version__, asked.runtime.timestamp, workspace=(folder,))
    try:
        must_be_free(folder)
        with (
            connected(asked, portal) as target,
            open_portal(target, read_only=True, workers=asked.workers) as reader,
            asked.bar("Reading") as bar,
        ):
            found, _ = found_portal(portal, reader, target)
            observed, _ = everything(found, reader, packages, progress=bar)
        texts, findings = as_workspace(observed, target, split)
        save_workspace(folder, texts)
        looked_at = {kind: len(getattr(observed, kind)) for kind in sorted(observed.read)}
        plan = Plan(observed.portal, looked_at=looked_at)
        return replace(report, plan=plan, findings=findings, files=len(texts))
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))
