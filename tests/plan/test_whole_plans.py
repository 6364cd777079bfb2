"""Whole plans, word by word: what git says and what the portal has are in `cases`, what is planned is in `golden`.

Each case holds one subject in all its forms, so that a changed sentence, order, cause or limit shows as a line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.finding import Finding
from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.model.change import Change, Plan, Subject
from reconciler.model.desired import Desired
from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    Portal,
    Registration,
    Role,
    Team,
)
from reconciler.plan.document_fields import ITEM_LISTS
from reconciler.plan.make import make_plan
from reconciler.plan.narrow import Narrowing

CASES = {path.stem: path for path in (Path(__file__).parent / "cases").glob("*.yaml")}
TODAY = dt.date(2026, 11, 15)
THEN = "2026-11-10T12:00:00.000Z"


def observed(portal: dict[str, Any]) -> Observed:
    """The portal of a case: the fields of each thing in order."""
    apis = {row[0]: Api(*row) for row in portal.get("apis", ())}
    registrations = []
    for id_, application, api_id, status in portal.get("registrations", ()):
        api = apis[api_id]
        names = (api.id, api.name, api.version, status, api.entity_type)
        registrations.append(Registration(id_, application, *names, updated_at=THEN))
    return Observed(
        Portal("p1", "acme", "https://portal.example", portal.get("region", "eu")),
        developers=tuple(
            Developer(*row, created_at="2026-01-01T00:00:00.000Z", updated_at=THEN) for row in portal["developers"]
        ),
        teams=tuple(Team(*row) for row in portal.get("teams", ())),
        memberships=tuple(Membership(*row) for row in portal.get("memberships", ())),
        roles=tuple(Role(*row) for row in portal.get("roles", ())),
        applications=tuple(Application(*row) for row in portal.get("applications", ())),
        registrations=tuple(registrations),
        apis=tuple(apis.values()),
        read=frozenset({"developers", "teams", "memberships", "applications", "registrations", "apis"}),
    )


def desired(files: dict[str, str]) -> tuple[Desired | None, list[Finding]]:
    """What the files of a case say; None if one of them has an error."""
    read = [parse(text, name, inside=name) for name, text in files.items()]
    documents = [document for document, _ in read if document is not None]
    found = [finding for _, findings in read for finding in findings]
    found += check(documents, complete=True)
    meant, more = resolve(sound(documents, found), TODAY)
    found += more
    return None if any(finding.severity == "error" for finding in found) else meant, found


def subject_words(subject: Subject) -> str:
    """Everything that a subject holds."""
    api = subject.api
    parts = [
        *(part and f"{part.name}#{part.id}" for part in (subject.developer, subject.team, subject.application)),
        api and f"{api.name}/{api.version}/{api.entity_type}#{api.id}",
        subject.role and f"{subject.role.name}#{subject.role.id}",
        subject.region,
        subject.registration_id,
    ]
    return f"{subject.kind} " + ", ".join(filter(None, parts))


def change_words(change: Change) -> str:
    cause = f"{change.cause.by}: {change.cause.text} {change.cause.origin or ''}".strip()
    return (
        f"{change.action} {subject_words(change.subject)}; {change.before} → {change.after}; {change.effect}; {cause}"
    )


def plan_words(plan: Plan) -> Iterator[str]:
    """The whole plan, a line a fact."""
    for position, change in enumerate(plan.changes):
        after = f"after {list(plan.after[position])}, needs {list(plan.requires[position])}"
        yield f"{position} {change_words(change)}; {after}"
    for name in ITEM_LISTS:
        for item in getattr(plan, name):
            cause = f"{item.cause.by}: {item.cause.text} {item.cause.origin or ''}" if item.cause else "nobody"
            yield f"{name}: {subject_words(item.subject)}; {item.reason}; {cause.strip()}; since {item.since or '-'}"
    for refusal in plan.refusals:
        yield f"refused: {refusal.rule}: {refusal.message}; {refusal.number}; {refusal.limit}"
        yield f"    {refusal.hint}; {'can' if refusal.liftable else 'cannot'} be lifted"
    for lifted in plan.lifted:
        yield f"lifted: {lifted.refusal.rule}: {lifted.refusal.message}; {lifted.reason}; {lifted.origin or 'flag'}"
    for left in plan.left_out:
        yield f"left out, {left.because}: {change_words(left.change)}"
    for finding in plan.findings:
        yield f"found: {finding.origin} {finding.severity} {finding.rule}: {finding.message}; {finding.hint}"
    yield f"{plan.portal.name}, only {plan.only}, looked at {plan.looked_at}"


@pytest.mark.parametrize("name", CASES)
def test_a_plan_is_what_it_was_word_by_word(name: str, golden: Callable[[str, str], None]) -> None:
    case = yaml.safe_load(CASES[name].read_text(encoding="utf-8"))
    meant, found = desired(case["files"])
    lines = [
        f"{finding.origin} {finding.severity} {finding.rule}: {finding.message}; {finding.hint}" for finding in found
    ]
    if "portal" in case:
        assert meant is not None, lines
        plan = make_plan(
            meant,
            observed(case["portal"]),
            allow={"removals.team": "said so"},
            findings=tuple(found[:1]),
            narrowing=Narrowing(tuple(case.get("only", ()))),
            authors=tuple(case.get("authors", ())),
        )
        lines += ["", *plan_words(plan)]
    else:
        assert meant is None
    golden(f"{name}.txt", "\n".join(lines) + "\n")
