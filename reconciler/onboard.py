"""From requests on the portal to entries in the manifests: read, ask, edit, judge, and only then write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from reconciler.errors import InputError
from reconciler.finding import Finding
from reconciler.manifest.edit.add import changes_for
from reconciler.manifest.edit.change import Edited, edited
from reconciler.manifest.edit.files import save, text_of
from reconciler.manifest.edit.shelf import Shelf
from reconciler.manifest.read import SUFFIXES, replaced
from reconciler.manifest.read import Workspace as Files
from reconciler.model.desired import Desired
from reconciler.model.listing import Terms
from reconciler.model.observed import Need, Observed
from reconciler.model.request import Answer, Decision, Patch, Request
from reconciler.pending.choose import listing_of, selected, to_write
from reconciler.pending.requests import asking, pending
from reconciler.plan.need import need_of
from reconciler.reconcile import Progress, judged
from reconciler.settings import Connection
from reconciler.survey import found_portal

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: commands that only read files must not import what speaks HTTP
    from reconciler.portal.client import Reader


@dataclass(frozen=True, slots=True)
class Writing:
    """What `--write` was asked: which requests, on what terms, into which file; `dry`: show it only."""

    terms: Terms = field(default_factory=Terms)
    into: str = ""
    dry: bool = False


def requests_of(
    desired: Desired, reader: Reader, connection: Connection, *, progress: Progress | None = None
) -> tuple[Observed, tuple[Request, ...]]:
    """What the portal has, and who waits there for a decision. Raises PortalError if not all of it can be seen."""
    from reconciler.portal.observe import observe

    portal, _ = found_portal(desired.portal, reader, connection)
    need = need_of(asking(desired))
    observed = observe(reader, portal, need, progress=progress)
    asked = {r.api_name for r in observed.registrations if r.entity_type == "api_package" and r.status == "pending"}
    unknown = tuple(sorted(asked - set(need.packages)))
    if unknown:  # no list has packages: each is asked for by its name
        only = Need(developers=False, memberships=False, registrations=False, apis=False, packages=unknown)
        observed = replace(observed, apis=(*observed.apis, *observe(reader, portal, only, progress=progress).apis))
    return observed, pending(desired, observed)


def answered(
    files: Files, requests: Sequence[Request], only: Sequence[str], writing: Writing | None, today: date
) -> tuple[Answer, tuple[Finding, ...]]:
    """The selected requests, written into the manifests if asked to, with the errors that this would have made.

    With an error nothing is written. Raises InputError where nothing can be, EditError where it is not safe.
    """
    chosen = selected(requests, only)
    shelf, terms = Shelf(files.documents), writing.terms if writing else Terms()
    into = _file(files, writing.into) if writing and writing.into else ""
    _, places = changes_for(shelf, [listing_of(request) for request in chosen], terms, into)
    chosen = tuple(_placed(request, file) for request, file in zip(chosen, places, strict=True))
    if writing is None:
        return Answer(chosen), ()
    wanted = to_write(chosen, only, reject=terms.rejected)
    listings = [listing_of(request) for request, yes in zip(chosen, wanted, strict=True) if yes]
    changes, _ = changes_for(shelf, listings, terms, into)
    edits = [edited(text_of(file), file, change) for file, change in sorted(changes.items())]
    wrong = errors_of(files, edits, today)
    if not writing.dry and not wrong:
        save(edits)
    decision: Decision = "rejected" if terms.rejected else "listed"
    decisions = tuple(decision if yes else "left-out" for yes in wanted)
    return Answer(chosen, decisions, patches_of(edits), written=bool(edits) and not writing.dry and not wrong), wrong


def errors_of(files: Files, edits: Sequence[Edited], today: date) -> tuple[Finding, ...]:
    """The errors that the workspace would have after these edits."""
    workspace = judged(replaced(files, {edit.file: edit.root for edit in edits}), today)
    return tuple(finding for finding in workspace.findings if finding.severity == "error")


def patches_of(edits: Sequence[Edited]) -> tuple[Patch, ...]:
    """What the edits change, file by file."""
    return tuple(Patch(edit.file, edit.diff) for edit in edits if edit.diff)


def _placed(request: Request, file: str) -> Request:
    if not file and not request.obstacle:
        return replace(request, obstacle="no file of the workspace is the one for it; say --into FILE")
    return replace(request, into="" if request.obstacle else file)


def _file(files: Files, into: str) -> str:
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
