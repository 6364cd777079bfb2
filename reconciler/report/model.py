"""Report: one run's result. Facts are derived here, once; a format only lays them out and escapes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from reconciler.errors import ExitCode, ReconcilerError
from reconciler.finding import Finding, in_file_order
from reconciler.model.adoption import Adoption
from reconciler.model.change import MADE, NOT_MADE, Change, Outcome, Plan, Result
from reconciler.model.checkout import NOWHERE, Checkout
from reconciler.model.drift import Comparison, Drift, LetGo, PolicyChange
from reconciler.model.request import Answer
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.access.access import Access, Sides
from reconciler.plan.document import PolicySource, Stamp
from reconciler.plan.document_fields import finding_counts, plan_counts
from reconciler.plan.drift.table import TABLE
from reconciler.report.groups import Group, of_plan
from reconciler.report.requests import answer_counts
from reconciler.secret import Secret

Command = Literal["validate", "plan", "apply", "drift", "doctor", "pending", "dump"]

DIFFERING = tuple(name for name, row in TABLE.items() if row.differs)
"""The classes of drift that make `drift` exit with 2 unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended the run before its time: what happened, and in `hint` what to do next."""

    message: str
    hint: str
    exit_code: ExitCode

    @classmethod
    def of(cls, error: ReconcilerError) -> Failure:
        """The error as a value."""
        return cls(error.message, error.hint, error.exit_code)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of a command over one workspace came to.

    `findings` are those of the manifests; the plan has its own besides. `diagnoses` are those of `doctor`, about the
    portal. `answer` is that of `pending`: who waits, and what was written for them; `adoption`
    what `drift --adopt` took into git. `generated_at` (ISO-8601 in UTC,
    ending in Z) is handed in, as is everything: nothing here reads a clock, a file or the environment. `files`: how
    many manifest files were read, None where that is not known. `manifests_digest`, `ttl` and `plan_key` go into a
    saved plan. `saved_plan` is the digest of the plan that was given to `apply`, "" without one. `sides` are kept
    where a format tells of effective access, and `checkout` says where the manifests are on the web.
    `drift`: the plan by class, of `drift` alone. `compared`: with the commit that `--base` names. `snapshot`: what
    was planned against, if not the portal itself.
    """

    command: Command
    tool_version: str
    generated_at: str
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    diagnoses: tuple[Finding, ...] = ()
    answer: Answer | None = None
    adoption: Adoption | None = None
    workspace: tuple[str, ...] = ()
    files: int | None = None
    commit: str | None = None
    manifests_digest: str = ""
    policy_from: PolicySource | None = None
    ttl: timedelta = timedelta(hours=24)
    plan_key: Secret | None = None
    saved_plan: str = ""
    error: Failure | None = None
    detailed_exitcode: bool = False
    verified: bool = False
    fail_on: frozenset[str] = frozenset()
    sides: Sides | None = None
    checkout: Checkout = NOWHERE
    drift: Drift | None = None
    compared: Comparison | None = None
    snapshot: SnapshotSource | None = None

    @property
    def judges(self) -> bool:
        """Whether changes and limits are what it is about; of others the plan holds lists alone."""
        return self.command in ("plan", "apply", "drift")

    @property
    def exit_code(self) -> ExitCode:
        """What the command exits with; where several rows hold, `ExitCode.worst` decides.

        ===========  ====================================================================  =======
        command      holds when                                                            code
        ===========  ====================================================================  =======
        any          a finding is an error: the manifests are invalid                      3
        any          the run ended with an error                                           its own
        apply        ... but after the first write: the portal (7), the journal (3) lost   6
        plan, apply  the plan is refused                                                   4
        apply        a change failed, was skipped, stale, not kept, or not come to         6
        apply        git asks for changes that nobody reviewed (`--reviewed`)              6
        plan         there are changes, and `detailed_exitcode` asks                       2
        drift        something is of a class that differs, or that `fail_on` names         2
        doctor       a diagnosis is an error or a warning, or there is residual access     2
        plan         there is residual access, and `fail_on` asks                          2
        any          none of these; or `apply` was answered "no", and nothing was tried    0
        ===========  ====================================================================  =======

        Blocked, waiting and requested things change no code, and a refusal does not change that of `drift`.
        """
        codes: set[ExitCode] = set()
        if self.count_findings("error"):
            codes.add(ExitCode.INVALID)
        if self.error:
            late = self.wrote and self.error.exit_code is not ExitCode.INTERNAL
            codes.add(ExitCode.PARTLY if late else self.error.exit_code)
        if self.refused:
            codes.add(ExitCode.REFUSED)
        if self.command == "apply" and self.incomplete:
            codes.add(ExitCode.PARTLY)
        if self.differs:
            codes.add(ExitCode.DIFFERENCES)
        return ExitCode.worst(codes)

    @property
    def refused(self) -> bool:
        """Whether the plan breaks a limit, so that none of it may be applied."""
        return self.command in ("plan", "apply") and self.plan is not None and bool(self.plan.refusals)

    @property
    def wrote(self) -> bool:
        """Whether a write was tried at all."""
        return any(outcome.result not in ("skipped", "stale") for outcome in self.outcomes)

    @property
    def incomplete(self) -> bool:
        """Whether applying left something undone: failed, skipped, not kept, or not come to once it had begun."""
        undone = any(outcome.result in NOT_MADE for outcome in self.outcomes)
        return undone or bool(self.outcomes and self.untried) or self.unreviewed

    @property
    def unreviewed(self) -> bool:
        """Whether what was reviewed is done, and git asks for more."""
        if self.plan is None or (self.plan.changes and not self.outcomes):
            return False
        return any(each.because == "not-reviewed" for each in self.plan.left_out)

    @property
    def differs(self) -> bool:
        """Whether there are differences of which the command was asked to tell by its exit code."""
        if self.command == "doctor" and any(found.severity != "note" for found in self.diagnoses):
            return True
        if self.plan is None:
            return False
        if self.plan.residual and (self.command == "doctor" or "residual" in self.fail_on):
            return True
        if self.command == "drift" and self.drift:
            return bool(self.drift.of(*(self.fail_on or DIFFERING)))
        return self.command == "plan" and self.detailed_exitcode and bool(self.plan.changes)

    @property
    def in_sync(self) -> bool:
        """Whether `drift` saw the portal in full, and found it as git says, whatever its age and `fail_on`."""
        if self.drift is None or self.error or self.plan is None:
            return False
        return not (self.drift.older or self.drift.of(*DIFFERING))

    @property
    def let_go(self) -> tuple[LetGo, ...]:
        """What the base commit listed and the workspace does not."""
        return self.compared.let_go if self.compared else ()

    @property
    def policy_changes(self) -> tuple[PolicyChange, ...]:
        """What of `portal`, `policy` and `rules` is not what it was at the base commit."""
        return self.compared.policy_changes if self.compared else ()

    @property
    def snapshot_age(self) -> timedelta | None:
        """How old the snapshot is that was planned against; None where it was the portal itself."""
        if self.snapshot is None:
            return None
        age = datetime.fromisoformat(self.generated_at) - datetime.fromisoformat(self.snapshot.taken_at)
        return max(timedelta(), age)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings of the manifests and of the plan, each once, in file order."""
        found = (*self.findings, *(self.plan.findings if self.plan else ()))
        return tuple(in_file_order(list(dict.fromkeys(found))))

    def count_findings(self, severity: str) -> int:
        """How many findings have that severity."""
        return sum(finding.severity == severity for finding in self.all_findings)

    @property
    def untried(self) -> tuple[Change, ...]:
        """The changes of the plan that have no outcome: all of them before applying, some if it was cut short."""
        tried = {outcome.change.key for outcome in self.outcomes if not outcome.extra}
        return tuple(change for change in (self.plan.changes if self.plan else ()) if change.key not in tried)

    def with_result(self, *results: Result) -> tuple[Outcome, ...]:
        """The outcomes that came to one of these results."""
        return tuple(outcome for outcome in self.outcomes if outcome.result in results)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The plan by person and team, those who lose access first, with what became of each change."""
        return of_plan(self.plan, self.outcomes) if self.plan else ()

    @property
    def summary(self) -> dict[str, int]:
        """How many there are of each; of outcomes only for `apply`, of a plan only where there is one."""
        counts = plan_counts(self.plan) if self.plan else {}
        counts |= finding_counts(self.all_findings)
        if self.answer:
            counts |= answer_counts(self.answer)
        if self.command == "apply":
            counts |= {result.replace("-", "_"): len(self.with_result(result)) for result in get_args(Result)}
            counts |= {"untried": len(self.untried), "extra": sum(outcome.extra for outcome in self.outcomes)}
        return counts

    @property
    def access(self) -> Access | None:
        """Effective access before and after what is to be done, or after `apply` what was done; worked out anew."""
        if self.sides is None or self.plan is None:
            return None
        made = (outcome.change for outcome in self.with_result(*MADE))
        return self.sides.access(made if self.command == "apply" and self.outcomes else self.plan.changes)

    @property
    def stamp(self) -> Stamp:
        """The circumstances under which the plan was made, for saving it."""
        return Stamp(
            self.generated_at,
            self.tool_version,
            self.ttl,
            self.manifests_digest,
            self.workspace,
            self.commit,
            self.policy_from,
            self.plan_key,
            self.compared,
            self.snapshot,
        )
