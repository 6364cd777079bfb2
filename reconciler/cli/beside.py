"""What a run is given beside git and the portal: a base commit, snapshots, and evidence of what was before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reconciler.cli.json_file import read_json
from reconciler.errors import InputError
from reconciler.finding import Finding
from reconciler.git import Git
from reconciler.journal.read import events
from reconciler.manifest.base import BaseWorkspace, workspace_at
from reconciler.manifest.policy_changes import policy_changes
from reconciler.model.change import Plan, Since
from reconciler.model.desired import PortalRef
from reconciler.model.drift import Base, Comparison
from reconciler.model.observed import Part, Portal
from reconciler.model.origin import Origin
from reconciler.model.snapshot import Snapshot
from reconciler.plan.drift.classify import Scene, classify
from reconciler.plan.drift.evidence import Evidence
from reconciler.plan.let_go import let_go
from reconciler.plan.narrow import concerns
from reconciler.plan.need import need_of
from reconciler.plan.since import changed, pays
from reconciler.report.model import Report
from reconciler.secret import visible
from reconciler.snapshot.choose import chosen
from reconciler.snapshot.read import snapshot_of
from reconciler.survey import Survey
from reconciler.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Beside:
    """`snapshots` stand for the portal itself; `journals` are paths. `newer_than`: ISO-8601 in UTC, or "".

    `since`: only what changed since the base commit is looked at, where that takes fewer requests.
    """

    base: str | None = None
    since: bool = False
    snapshots: tuple[Snapshot, ...] = ()
    journals: tuple[str, ...] = ()
    earlier: tuple[Snapshot, ...] = ()
    newer_than: str = ""

    def at_base(self, git: Git, path: str, today: date) -> BaseWorkspace | None:
        """The workspace at the commit to compare with; None where nobody asks."""
        return None if self.base is None else workspace_at(git, self.base, path, today)

    def part(self, base: BaseWorkspace, workspace: Workspace) -> Part | None:
        """Whom the look at the portal is narrowed to; None: to nobody, the whole is looked at."""
        now = workspace.desired
        if not self.since or now is None or base.desired is None:
            return None
        part = None if policy_changes(base.documents, workspace.documents) else changed(base.desired, now)
        return part if part is not None and pays(now, part, need_of(now)) else None

    def said(self, plan: Plan, base: Base, part: Part | None) -> Plan:
        """The plan with how much of the portal it is about, where that was to be narrowed."""
        if not self.since:
            return plan
        if part is None:
            said = f"all of the portal was looked at: what changed since {visible(base.ref)} may be about anybody"
            said += ", or to ask for it alone takes no fewer requests"
            return replace(plan, findings=(*plan.findings, Finding("looked-at-all", "note", said)))
        since = Since(base.ref, base.commit, len(part.people), len(part.teams))
        said = f"only {since} that changed since {visible(base.ref)} were looked at, and nothing else"
        hint = "limits by percentage and of single teams, and accounts whose address differs in case, need the whole"
        note = Finding("looked-at-part", "note", said, f"{hint}: plan without --changed-since, as apply does")
        return replace(plan, findings=(*plan.findings, note), changed_since=since)

    def compared(self, base: BaseWorkspace, workspace: Workspace, survey: Survey, plan: Plan) -> Comparison:
        """What is let go since the base commit, and what of the policy is another."""
        changes = () if base.base.state == "new" else policy_changes(base.documents, workspace.documents)
        if base.desired is None or workspace.desired is None:
            return Comparison(base.base, policy_changes=changes)
        gone = let_go(base.desired, workspace.desired, plan, survey.observed)
        about = tuple(one for one in gone if not plan.only or any(concerns(one.subject, name) for name in plan.only))
        return Comparison(base.base, about, changes)

    def classified(self, report: Report, workspace: Workspace, survey: Survey) -> Report:
        """The report with its plan by class, and what the evidence tells. Raises InputError for what is none."""
        if report.plan is None or workspace.desired is None:
            return report
        scene = Scene(
            plan=report.plan,
            desired=workspace.desired,
            observed=survey.observed,
            now=report.generated_at,
            settings=survey.settings,
            evidence=self._evidence(report, survey.observed.portal),
            newer_than=self.newer_than,
        )
        return replace(report, drift=classify(scene))

    def _evidence(self, report: Report, portal: Portal) -> Evidence:
        told = [event for path in self.journals for event in events(_lines(path), portal.id, visible(path))]
        this = PortalRef(None, portal.id, None, None, Origin("--since-snapshot"))
        base = report.compared.base if report.compared else None
        return Evidence(
            events=told if self.journals else None,
            snapshot=chosen(self.earlier, this) if self.earlier else None,
            let_go=report.let_go,
            base=f"{base.ref} (commit {base.commit[:12]})" if base and base.state == "compared" else "",
        )


def read_snapshots(files: tuple[str, ...]) -> tuple[Snapshot, ...]:
    """The snapshots in these files. Raises InputError."""
    hint = "give a file that `reconciler dump --snapshot FILE` wrote"
    return tuple(snapshot_of(read_json(file, "snapshot", hint), visible(file)) for file in files)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        hint = "give a file that `reconciler apply --journal FILE` wrote"
        raise InputError(f"{visible(path)} cannot be read: {error.strerror}", hint) from error
