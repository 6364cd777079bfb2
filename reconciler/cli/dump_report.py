"""`reconciler dump`: the portal as a workspace, for the first adoption, or as a snapshot; and what to say of it."""

from __future__ import annotations

from dataclasses import replace

from reconciler import __version__
from reconciler.cli.asked import Asked, connected
from reconciler.cli.emit import write
from reconciler.errors import ReconcilerError
from reconciler.model.change import Plan
from reconciler.model.desired import PortalRef
from reconciler.model.observed import Observed
from reconciler.onboard.first import as_workspace, must_be_free, save_workspace
from reconciler.reconcile import open_portal
from reconciler.report.as_json import written
from reconciler.report.model import Failure, Report
from reconciler.survey import everything, found_portal, take_snapshot


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
        texts, findings = as_workspace(observed, target, split, portal.region)
        save_workspace(folder, texts)
        return replace(report, plan=_seen(observed), findings=findings, files=len(texts))
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def snapshot_taken(asked: Asked, file: str, portal: PortalRef, packages: tuple[str, ...]) -> Report:
    """Read the portal with a client that cannot write, and write all of it into a file."""
    report = Report("dump", __version__, asked.runtime.timestamp, workspace=(file,))
    try:
        with (
            connected(asked, portal) as target,
            open_portal(target, read_only=True, workers=asked.workers) as reader,
            asked.bar("Reading") as bar,
        ):
            taken = {"taken_at": report.generated_at, "tool_version": __version__}
            observed, document = take_snapshot(portal, reader, target, packages=packages, **taken, progress=bar)
        write(file, written(document))
        return replace(report, plan=_seen(observed), files=1)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def _seen(observed: Observed) -> Plan:
    """No plan, but where it would have been made, and from how much."""
    return Plan(observed.portal, looked_at={kind: len(getattr(observed, kind)) for kind in sorted(observed.read)})
