"""`apply --plan`: exactly what was reviewed, as far as it still holds on the portal, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import click

from reconciler import __version__
from reconciler.applying import recheck_plan
from reconciler.cli.asked import Asked, connected
from reconciler.cli.carry import Carrier
from reconciler.cli.plan_file import read_plan
from reconciler.cli.walk import agreed
from reconciler.errors import ReconcilerError
from reconciler.finding import Finding
from reconciler.model.desired import PortalRef
from reconciler.model.origin import Origin
from reconciler.plan.saved import SavedPlan
from reconciler.plan.stale import Recheck
from reconciler.reconcile import open_portal
from reconciler.report.model import Failure, Report
from reconciler.workspace import read_workspace


def carried_out(asked: Asked, carrier: Carrier, file: str, *, ask: bool) -> Report:
    """Do what the saved plan says, as far as it still holds on the portal; what does not is named and left."""
    report = Report("apply", __version__, asked.runtime.timestamp, workspace=asked.paths)
    try:
        carrier.heed()
        saved = read_plan(file, asked.settings)
        report = _with(report, saved)
        saved.must_be_of_the_portal()
        saved.must_be_of_the_whole()
        saved.must_be_fresh(asked.runtime.now())
        report = _compared(report, saved, asked)
        plan = saved.plan
        if plan.refusals:
            return replace(report, plan=plan)
        with (
            connected(asked, _portal(saved, file)) as target,
            open_portal(target, read_only=False, workers=asked.workers) as writer,
        ):
            with asked.bar("Reading") as bar:
                now = recheck_plan(plan, writer, target, progress=bar)
            report = replace(report, plan=now.plan)
            if not plan.changes or (now.left and not _agreed(report, now, ask=ask)):
                return report
            with asked.bar("Applying") as bar:
                return carrier.carry_out(report, now.plan, writer, bar, now.decided)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))


def _with(report: Report, saved: SavedPlan) -> Report:
    return replace(
        report,
        workspace=report.workspace or saved.paths,
        commit=saved.commit,
        manifests_digest=saved.manifests_digest,
        policy_from=saved.policy_from,
        saved_plan=saved.digest,
    )


def _compared(report: Report, saved: SavedPlan, asked: Asked) -> Report:
    """The manifests must be those that the plan was made from, where they are given; else it is said."""
    if asked.paths:
        saved.must_be_from(read_workspace(asked.paths[0], asked.runtime.today).digest)
        return report
    said = "the saved plan was not compared with the manifests"
    return replace(report, findings=(Finding("not-compared", "note", said, "give their PATH to have it compared"),))


def _portal(saved: SavedPlan, file: str) -> PortalRef:
    """The plan's portal; its server is trusted no more than one that a manifest names."""
    portal = saved.plan.portal
    return PortalRef(portal.name, portal.id, portal.region, portal.server, Origin(file))


def _agreed(report: Report, now: Recheck, *, ask: bool) -> bool:
    """Show what is left to do, and how much of the plan that is not."""
    results = [outcome.result for outcome in now.decided.values()]
    for result, said in (("already", "so already"), ("stale", "stale and left: the result says why")):
        if result in results:
            click.echo(f"Of the saved plan {results.count(result):,} changes are {said}", err=True)
    return agreed(report, replace(now.plan, changes=now.left), ask=ask)
