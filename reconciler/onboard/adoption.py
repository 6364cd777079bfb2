"""What was done on the portal outside git, taken into the manifests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from reconciler.finding import Finding
from reconciler.manifest.edit.add import FileChange, changes_for
from reconciler.manifest.edit.change import edited
from reconciler.manifest.edit.files import save, text_of
from reconciler.manifest.edit.sayable import unsayable
from reconciler.manifest.edit.shelf import Shelf
from reconciler.manifest.edit.stop import Path as Place
from reconciler.manifest.edit.stop import path_of, stop
from reconciler.manifest.read import Workspace as Files
from reconciler.model.adoption import Adopted, Adoption
from reconciler.model.change import Plan
from reconciler.model.desired import Desired
from reconciler.model.observed import Observed
from reconciler.onboard.edits import Writing, errors_of, file_named, patches_of
from reconciler.pending.adopt import Adoptable, Stop, adoptable, not_adoptable


def adopted(
    files: Files, desired: Desired, observed: Observed, plan: Plan, writing: Writing, today: date
) -> tuple[Adoption, tuple[Finding, ...]]:
    """What the plan found on the portal outside git, taken into the manifests; with the errors that this would make.

    With an error nothing is written. Raises EditError where an edit is not safe.
    """
    wanted = tuple(map(_sayable, adoptable(desired, observed, plan)))
    into = file_named(files, writing.into) if writing.into else ""
    listed = [each for each in wanted if each.listing]
    listings = [each.listing for each in listed if each.listing]
    changes, places = changes_for(Shelf(files.documents), listings, writing.terms, into)
    where = dict(zip(map(id, listed), places, strict=True))
    stops = _stops(files, [each.stop for each in wanted if each.stop])
    edits = [
        edited(text_of(file), file, _both(stops.get(file, ()), changes.get(file)))
        for file in sorted({*changes, *stops})
    ]
    wrong = errors_of(files, edits, today)
    if not writing.dry and not wrong:
        save(edits)
    items = [_adopted(each, where.get(id(each), "")) for each in (*wanted, *not_adoptable(plan))]
    return Adoption(tuple(items), patches_of(edits), written=bool(edits) and not writing.dry and not wrong), wrong


def _sayable(each: Adoptable) -> Adoptable:
    problem = unsayable(each.listing) if each.listing else ""
    return replace(each, listing=None, problem=problem) if problem else each


def _stops(files: Files, stops: Sequence[Stop]) -> dict[str, list[tuple[Place, str]]]:
    documents = {document.file: document for document in files.documents}
    found: dict[str, list[tuple[Place, str]]] = {}
    for each in stops:
        path = path_of(documents[each.origin.file], each.origin)
        found.setdefault(each.origin.file, []).append((path, each.status))
    return found


def _both(stops: Sequence[tuple[Place, str]], change: FileChange | None) -> Callable[[dict[str, Any]], None]:
    """First what is found by its place, deepest first, then what is put in between."""

    def make(root: dict[str, Any]) -> None:
        for path, status in sorted(stops, key=lambda each: -len(each[0])):
            stop(root, path, status)
        if change:
            change(root)

    return make


def _adopted(each: Adoptable, file: str) -> Adopted:
    if each.stop:
        file = each.stop.origin.file
    problem = each.problem
    if not problem and not file:
        problem = "no file of the workspace is the one for it: list the person or the team, or say --into FILE"
    return Adopted(each.subject, each.says, file, problem)
