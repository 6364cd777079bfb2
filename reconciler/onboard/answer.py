"""Who waits on the portal, and entries for them in the manifests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from reconciler.finding import Finding
from reconciler.manifest.edit.add import changes_for
from reconciler.manifest.edit.change import edited
from reconciler.manifest.edit.files import save, text_of
from reconciler.manifest.edit.sayable import unsayable
from reconciler.manifest.edit.shelf import Shelf
from reconciler.manifest.read import Workspace as Files
from reconciler.model.desired import Desired
from reconciler.model.listing import Terms
from reconciler.model.observed import Need, Observed
from reconciler.model.request import Answer, Decision, Request
from reconciler.onboard.edits import Writing, errors_of, file_named, must_be_unchanged, patches_of
from reconciler.pending.choose import listing_of, selected, to_write
from reconciler.pending.requests import asking, pending
from reconciler.plan.need import need_of
from reconciler.reconcile import Progress
from reconciler.settings import Connection
from reconciler.survey import found_portal

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: commands that only read files must not import what speaks HTTP
    from reconciler.portal.client import Reader


def requests_of(
    desired: Desired, reader: Reader, connection: Connection, *, progress: Progress | None = None
) -> tuple[Observed, tuple[Request, ...]]:
    """What the portal has, and who waits there for a decision. Raises PortalError if not all of it can be seen."""
    from reconciler.portal.observe import observe

    portal, _ = found_portal(desired.portal, reader, connection)
    need = replace(need_of(asking(desired)), apis=True)  # whatever git names: anything may be asked for
    observed = observe(reader, portal, need, progress=progress)
    asked = {r.api_name for r in observed.registrations if r.entity_type == "api_package" and r.status == "pending"}
    unknown = tuple(sorted(asked - set(need.packages)))
    if unknown:  # no list has packages: each is asked for by its name
        only = Need(developers=False, memberships=False, registrations=False, apis=False, packages=unknown)
        observed = replace(observed, apis=(*observed.apis, *observe(reader, portal, only, progress=progress).apis))
    return observed, tuple(map(_sayable, pending(desired, observed)))


def answered(
    files: Files, requests: Sequence[Request], only: Sequence[str], writing: Writing | None, today: date
) -> tuple[Answer, tuple[Finding, ...]]:
    """The selected requests, written into the manifests if asked to, with the errors that this would have made.

    With an error nothing is written. Raises InputError where nothing can be, EditError where it is not safe.
    """
    chosen = selected(requests, only)
    shelf, terms = Shelf(files.documents), writing.terms if writing else Terms()
    into = file_named(files, writing.into) if writing and writing.into else ""
    _, places = changes_for(shelf, [listing_of(request) for request in chosen], terms, into)
    chosen = tuple(_placed(request, file, shelf) for request, file in zip(chosen, places, strict=True))
    if writing is None:
        return Answer(chosen), ()
    must_be_unchanged(files)
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


def _sayable(request: Request) -> Request:
    """What no manifest takes is told beside the others, and keeps none of them out."""
    return request if request.obstacle else replace(request, obstacle=unsayable(listing_of(request)))


def _placed(request: Request, file: str, shelf: Shelf) -> Request:
    """With the file that would list it; a person gets the teams that the file's defaults give as well."""
    if not file and not request.obstacle:
        return replace(request, obstacle="no file of the workspace is the one for it; say --into FILE")
    given = shelf.defaults(file) if request.subject.kind == "developer" else {}
    teams = tuple(dict.fromkeys((*given, *request.teams)))
    return replace(request, into="" if request.obstacle else file, teams=teams)
