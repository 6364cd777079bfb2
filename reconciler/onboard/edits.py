"""Edits of a workspace: judged as a whole before any is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from reconciler.errors import EditError, InputError
from reconciler.finding import Finding
from reconciler.manifest.edit.change import Edited
from reconciler.manifest.read import SUFFIXES, load, replaced
from reconciler.manifest.read import Workspace as Files
from reconciler.model.listing import Terms
from reconciler.model.request import Patch
from reconciler.workspace import judged

INVALID = (
    "nothing is written: with these entries the manifests would have the errors above, at lines of the diff",
    "say --reason, --expires or --into, or leave out with --only what the policy does not let in",
)
"""What there is to say, and to do, where the edits would make errors."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What `--write` was asked: which requests, on what terms, into which file; `dry`: show it only."""

    terms: Terms = field(default_factory=Terms)
    into: str = ""
    dry: bool = False


def must_be_unchanged(files: Files) -> None:
    """Raises EditError if the workspace on the disk is not what was read: reading a portal takes a while."""
    if load(files.path).digest != files.digest:
        raise EditError(f"{files.path} was changed while the portal was read, and is left as it is", "run it again")


def errors_of(files: Files, edits: Sequence[Edited], today: date) -> tuple[Finding, ...]:
    """The errors that the workspace would have after these edits."""
    workspace = judged(replaced(files, {edit.file: edit.root for edit in edits}), today)
    return tuple(finding for finding in workspace.findings if finding.severity == "error")


def patches_of(edits: Sequence[Edited]) -> tuple[Patch, ...]:
    """What the edits change, file by file."""
    return tuple(Patch(edit.file, edit.diff) for edit in edits if edit.diff)


def file_named(files: Files, into: str) -> str:
    """The file of the workspace that is meant: as its documents are named; one that is not there yet is made."""
    known = {document.file for document in files.documents}
    top, direct = Path(files.path), Path(into)
    for path in (direct, top / direct):
        if path.as_posix() in known:
            return path.as_posix()
    if not top.is_dir():
        raise InputError(f"--into {into}: the workspace is the one file {files.path}", "leave --into away")
    path = direct if direct.is_relative_to(top) else top / direct
    inside = path.relative_to(top).parts if path.is_relative_to(top) else ("..",)
    if path.suffix not in SUFFIXES or any(part.startswith(".") for part in inside):
        hint = f"name a file in {files.path} that ends in .yaml"
        raise InputError(f"--into {into} is no manifest of the workspace", hint)
    return path.as_posix()
