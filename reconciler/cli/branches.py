"""`pending --branches`: requests as pull requests, with git and `gh` or `glab` alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.cli.asked import Asked, connected
from reconciler.cli.checked import with_workspace
from reconciler.cli.walk import blank
from reconciler.errors import ReconcilerError
from reconciler.forge import Forge
from reconciler.manifest.read import load
from reconciler.model.change import Plan
from reconciler.model.listing import Terms
from reconciler.model.request import Answer
from reconciler.onboard.answer import requests_of
from reconciler.onboard.branches import Keeper, Keeping
from reconciler.pending.choose import selected
from reconciler.reconcile import open_portal
from reconciler.report.model import Failure, Report
from reconciler.workspace import judged
from reconciler.worktree import at_base


@dataclass(frozen=True, slots=True)
class Where:
    """Which forge, and the branch on which remote the pull requests are for."""

    forge: str
    remote: str
    base: str


def kept(asked: Asked, path: str, where: Where, terms: Terms, *, dry: bool) -> Report:
    """Who waits, by the workspace as it is on the base branch; and a pull request for each group of them."""
    report, today = blank(asked, "pending", path), asked.runtime.today
    tools = asked.settings.tools
    try:
        with at_base(path, where.remote, where.base, tools) as tree:
            workspace = judged(load(tree.folder), today)
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
            chosen = selected(requests, asked.only)
            keeper = Keeper(
                tree, Forge(where.forge, tree.folder, tools), Keeping(where.base, terms, today, dry), report
            )
            branches = keeper.keep(requests, chosen if asked.only else None)
        answer = Answer(chosen, branches=branches)
        return replace(report, answer=answer, findings=(*report.findings, *keeper.findings))
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))
