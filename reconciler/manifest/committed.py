"""The policy of a workspace as it was at a commit: a change cannot loosen the limits that judge it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from reconciler.errors import InputError
from reconciler.finding import Finding
from reconciler.git import Entry, Git, Tree
from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.policy import policy_of
from reconciler.manifest.read import SUFFIXES
from reconciler.manifest.text import LARGEST
from reconciler.manifest.tree import Document
from reconciler.manifest.words import quoted
from reconciler.model.desired import Policy

_HINT = "name another commit; what is wrong there cannot be put right by the change that it would judge"


@dataclass(frozen=True, slots=True)
class CommittedPolicy:
    """A policy and the commit that it is of, which the user named as `ref`; findings are about the policy alone."""

    ref: str
    commit: str
    policy: Policy
    findings: tuple[Finding, ...] = ()


def policy_at(git: Git, ref: str, path: str, today: date) -> CommittedPolicy:
    """The policy of the workspace at the path, as of that commit; the defaults where it gives none.

    Only the files that may hold a policy are looked at, those directly in the workspace's folder. Raises InputError
    where git cannot tell, or something in them is wrong.
    """
    tree = git.tree_at(ref, path)
    entries = list(_manifests(tree)) if tree.is_folder else list(tree.entries)
    where = f"{tree.path or 'the workspace'} at {ref} (commit {tree.commit[:12]})"
    if not entries:
        raise InputError(f"{where} has no manifest (*.yaml, *.yml) directly in it", _HINT)
    documents = [_document(git, path, tree, entry, where) for entry in entries]
    _must_be_right(check(documents, complete=False), where)
    found = next((document for document in documents if "policy" in document.root), None)
    policy, findings = policy_of(found, today) if found else (Policy(), [])
    return CommittedPolicy(ref, tree.commit, policy, tuple(findings))


def _manifests(tree: Tree) -> Iterator[Entry]:
    return (
        entry
        for entry in sorted(tree.entries, key=lambda entry: entry.name)
        if entry.kind in ("blob", "link") and entry.name.endswith(SUFFIXES) and not entry.name.startswith(".")
    )


def _document(git: Git, path: str, tree: Tree, entry: Entry, where: str) -> Document:
    """A file of the commit, read as strictly as one on the disk; its places name the commit as git does."""
    if entry.kind != "blob" or entry.size > LARGEST or not entry.name.isprintable():
        raise InputError(f"{where}: {quoted(entry.name)} is no file that can be read as a manifest", _HINT)
    file = PurePosixPath(tree.path) / entry.name if tree.is_folder else PurePosixPath(entry.name)
    document, findings = parse(git.content(path, entry), f"{tree.commit[:12]}:{file}")
    _must_be_right(findings, where)
    assert document is not None  # noqa: S101 - what cannot be read to its end has an error
    return document


def _must_be_right(findings: Iterable[Finding], where: str) -> None:
    wrong = [finding for finding in findings if finding.severity == "error"]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise InputError(f"{where} is invalid: {wrong[0]}{more}", _HINT)
