"""A whole workspace as it was at another commit, to be compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from reconciler.finding import Finding, in_file_order
from reconciler.git import Entry, Git, NothingThereError, Tree
from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.policy_changes import compared
from reconciler.manifest.read import SUFFIXES
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.manifest.text import LARGEST
from reconciler.manifest.tree import Document
from reconciler.model.desired import Desired
from reconciler.model.drift import Base


@dataclass(frozen=True, slots=True)
class BaseWorkspace:
    """What the workspace said at the commit. `desired` None: it was not there, or it was wrong there."""

    base: Base
    documents: tuple[Document, ...] = ()
    desired: Desired | None = None
    findings: tuple[Finding, ...] = ()


def workspace_at(git: Git, ref: str, path: str, today: date) -> BaseWorkspace:
    """The workspace at the path, as of that commit, with that day's dates taken into account.

    Raises GitError where git cannot tell. What was wrong with it there is no error here, for the change at hand may
    put it right; a finding says that nothing could be compared.
    """
    try:
        tree = git.below(path, git.tree_at(ref, path))
    except NothingThereError as error:
        return BaseWorkspace(Base(ref, error.commit, "new"))
    entries = sorted(_manifests(tree), key=lambda entry: entry.name)
    if not entries:
        return BaseWorkspace(Base(ref, tree.commit, "new"))
    unreadable = next((entry for entry in entries if entry.kind != "blob" or entry.size > LARGEST), None)
    if unreadable is not None:
        return _invalid(ref, tree, f"{unreadable.name} cannot be read as a manifest")
    documents, findings = _documents(git, path, tree, entries)
    findings += check(documents, complete=len(documents) == len(entries))
    desired, meaning = resolve(sound(documents, findings), today)
    wrong = [found for found in in_file_order([*findings, *meaning]) if found.severity == "error"]
    if wrong or desired is None:
        return _invalid(ref, tree, str(wrong[0]) if wrong else "it has no portal", tuple(documents))
    return BaseWorkspace(Base(ref, tree.commit), compared(documents), desired)


def _manifests(tree: Tree) -> Iterator[Entry]:
    for entry in tree.entries:
        parts = PurePosixPath(entry.name).parts
        hidden = any(part.startswith(".") for part in parts)
        if entry.kind in ("blob", "link") and entry.name.endswith(SUFFIXES) and not hidden:
            yield entry


def _documents(git: Git, path: str, tree: Tree, entries: list[Entry]) -> tuple[list[Document], list[Finding]]:
    """The files, read as strictly as those on the disk; their places name the commit as git does."""
    documents, findings = [], []
    for entry, content in zip(entries, git.contents(path, entries), strict=True):
        file = PurePosixPath(tree.path) / entry.name if tree.is_folder else PurePosixPath(tree.path)
        inside = entry.name if tree.is_folder else file.name
        document, found = parse(content, f"{tree.commit[:12]}:{file}", inside=inside)
        findings += found
        if document is not None:
            documents.append(document)
    return documents, findings


def _invalid(ref: str, tree: Tree, why: str, documents: tuple[Document, ...] = ()) -> BaseWorkspace:
    message = f"the workspace at {ref} (commit {tree.commit[:12]}) was invalid, so that what is let go is not known"
    found = Finding("base-invalid", "warning", f"{message}: {why}", "compare with an earlier commit: --base REF")
    return BaseWorkspace(Base(ref, tree.commit, "invalid"), documents, None, (found,))
