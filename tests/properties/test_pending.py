"""For any workspace and any portal: what `pending --write` adds is valid, and answers what was asked."""

from __future__ import annotations

from reconciler.manifest.check import check
from reconciler.manifest.edit.add import changes_for
from reconciler.manifest.edit.change import edited
from reconciler.manifest.edit.shelf import Shelf
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.tree import Document
from reconciler.model.desired import Desired
from reconciler.model.listing import Terms
from reconciler.model.request import Request
from reconciler.pending.choose import listing_of
from reconciler.pending.requests import asking, pending
from reconciler.plan.make import make_plan
from tests.properties.generate import TODAY, Case
from tests.properties.test_plan import for_any_case
from tests.properties.walk import to_yaml


def read(texts: dict[str, str]) -> tuple[list[Document], Desired]:
    documents = [parse(text, name, inside=name) for name, text in texts.items()]
    found = [document for document, _ in documents if document is not None]
    findings = [finding for _, several in documents for finding in several] + check(found)
    desired, meaning = resolve(found, TODAY)
    wrong = [str(finding) for finding in (*findings, *meaning) if finding.severity == "error"]
    assert wrong == []
    assert desired is not None
    return found, desired


def subjects(requests: tuple[Request, ...]) -> set[str]:
    return {str(request.subject) for request in requests}


@for_any_case
def test_what_is_listed_is_valid_and_no_request_any_more(case: Case) -> None:
    """Nothing that is written is asked for again, and nothing more is taken away than before."""
    texts = {name: to_yaml(data) for name, data in case.workspace}
    documents, desired = read(texts)
    asked = tuple(request for request in pending(desired, case.observed) if not request.obstacle)
    changes, places = changes_for(Shelf(documents), [listing_of(request) for request in asked], Terms())
    texts |= {file: edited(texts.get(file, ""), file, change).after for file, change in changes.items()}
    _, listing = read(texts)
    listed = tuple(request for request, file in zip(asked, places, strict=True) if file)
    assert subjects(pending(listing, case.observed)).isdisjoint(subjects(listed))
    assert taken(listing, case) <= taken(desired, case)


def taken(desired: Desired, case: Case) -> set[tuple[str, ...]]:
    """What the plan takes away because git says so; a file's defaults that have expired speak for new people too."""
    changes = make_plan(asking(desired), case.observed).changes
    return {c.key for c in changes if c.effect == "removes" and not c.cause.text.startswith("expired")}
