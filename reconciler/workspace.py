"""A workspace: its files read, and judged for one day. All that `validate` does, apart from the walk to a portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reconciler.finding import Finding, in_file_order
from reconciler.manifest.cache import ParseCache
from reconciler.manifest.check import check
from reconciler.manifest.committed import CommittedPolicy
from reconciler.manifest.policy_changes import compared
from reconciler.manifest.read import Workspace as Files
from reconciler.manifest.read import load
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.manifest.tree import Document
from reconciler.model.desired import Desired
from reconciler.plan.document import PolicySource


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as read: what it says (None if it is wrong), and every finding about how it says it."""

    path: str
    desired: Desired | None
    findings: tuple[Finding, ...]
    digest: str
    files: int
    policy_from: PolicySource | None = None
    documents: tuple[Document, ...] = ()
    """What stands under `portal`, `policy` and `rules`, and nothing else of the files."""

    @property
    def valid(self) -> bool:
        """Whether it may be acted upon."""
        return self.desired is not None


def read_workspace(
    path: str, today: date, committed: CommittedPolicy | None = None, cache: ParseCache | None = None
) -> Workspace:
    """Read and judge the manifests, all problems in one go. Raises InputError where the path is no workspace.

    `committed`: the policy that counts in place of the manifests' own. `cache`: files that were read before.
    """
    return judged(load(path, cache), today, committed, cache)


def judged(
    files: Files, today: date, committed: CommittedPolicy | None = None, cache: ParseCache | None = None
) -> Workspace:
    """What the files say on that day, and everything that is wrong with how they say it."""
    shape = check(files.documents, complete=files.complete)
    if cache is not None:
        wrong_files = {finding.origin.file for finding in shape if finding.origin}
        for document in files.documents:
            if document.file not in wrong_files:
                cache.keep(document)
    policy = committed.policy if committed else None
    desired, meaning = resolve(sound(files.documents, [*files.findings, *shape]), today, policy)
    theirs = committed.findings if committed else ()
    findings = in_file_order([*files.findings, *shape, *meaning, *theirs])
    wrong = any(finding.severity == "error" for finding in findings)
    source = PolicySource(committed.ref, committed.commit) if committed else None
    said, terms = None if wrong else desired, compared(files.documents)
    return Workspace(files.path, said, tuple(findings), files.digest, files.files, source, terms)
