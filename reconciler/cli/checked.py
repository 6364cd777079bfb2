"""From a path to a report on its manifests: `validate`, and where every other command begins."""

from __future__ import annotations

from dataclasses import replace

from reconciler import __version__
from reconciler.cli.runtime import Runtime
from reconciler.errors import ReconcilerError
from reconciler.git import Git
from reconciler.manifest.cache import ParseCache
from reconciler.manifest.committed import policy_at
from reconciler.report.model import Failure, Report
from reconciler.settings import Settings, from_environment
from reconciler.workspace import Workspace, read_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `validate` compares with no base
    from reconciler.manifest.base import BaseWorkspace


def validated(path: str, runtime: Runtime, policy_from: str | None = None) -> Report:
    """The findings of a workspace, under the policy of that commit if one is named."""
    report = Report("validate", __version__, runtime.timestamp, workspace=(path,))
    try:
        workspace = workspace_under(policy_from, from_environment(runtime.environ), path, runtime)
    except ReconcilerError as error:
        return replace(report, error=Failure.of(error))
    return with_workspace(report, workspace)


def workspace_under(policy_from: str | None, settings: Settings, path: str, runtime: Runtime) -> Workspace:
    """The workspace, under the policy of that commit if one is named."""
    today = runtime.today
    committed = policy_at(Git(settings.git), policy_from, path, today) if policy_from is not None else None
    cache = ParseCache(settings.parse_cache) if settings.parse_cache and runtime.cache else None
    return read_workspace(path, today, committed, cache)


def with_workspace(report: Report, workspace: Workspace, base: BaseWorkspace | None = None) -> Report:
    """The report with what reading the workspace told, and of the base commit what is to be said."""
    return replace(
        report,
        findings=(*workspace.findings, *(base.findings if base else ())),
        files=workspace.files,
        manifests_digest=workspace.digest,
        policy_from=workspace.policy_from,
    )
