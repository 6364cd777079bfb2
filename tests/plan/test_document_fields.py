"""What a saved plan must have in every field, and that what was saved with everything in it comes back the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any, get_args

import pytest

from reconciler.errors import InputError
from reconciler.finding import Finding, Severity
from reconciler.model.change import ApiRef, Cause, Change, Item, LeftOut, Lifted, Plan, Ref, Refusal, Since, Subject
from reconciler.model.drift import Base, Comparison
from reconciler.model.observed import Portal
from reconciler.model.origin import Origin
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.document import PolicySource, Stamp, digest_of, from_document, to_document
from reconciler.plan.document_fields import ITEM_LISTS
from reconciler.plan.saved import opened

PLACE = Origin("access.yaml", 4, 5)
SUBJECT = Subject(
    "registration",
    developer=Ref("ada@x.example", "d1"),
    team=Ref("crew", "t1"),
    application=Ref("Shop", "a1"),
    api=ApiRef("orders", "v1", "o1", "api_package"),
    registration_id="g1",
    role=Ref("API Viewer", "r1"),
    region="eu",
)
CHANGE = Change(
    "approve-registration",
    SUBJECT,
    {"status": "pending"},
    {"status": "approved"},
    "grants",
    Cause("rule", "r", PLACE),
)
ITEM = Item(SUBJECT, "a reason", Cause("policy", "p", PLACE), "2026-11-10")
REFUSAL = Refusal("grants", "too many", 7, "at most 5", "split it")
EVERYTHING = Plan(
    Portal("5f3c", "acme", "https://eu.api.konghq.com", "eu"),
    changes=(CHANGE, CHANGE),
    after=((), (0,)),
    requires=((), (0,)),
    held=(ITEM,),
    waiting=(ITEM,),
    blocked=(ITEM,),
    unlisted=(ITEM,),
    requests=(ITEM,),
    residual=(ITEM,),
    findings=(Finding("f", "warning", "a message", "a hint", PLACE),),
    refusals=(REFUSAL,),
    lifted=(Lifted(REFUSAL, "reviewed", PLACE),),
    looked_at={"developers": 3},
    only=("ada@x.example",),
    left_out=(LeftOut(CHANGE, "not-selected"),),
    not_needed=(CHANGE,),
    changed_since=Since("main", "3f2a", 1, 2),
)
STAMP = Stamp(
    "2026-11-20T09:30:00Z",
    "1.2.3",
    manifests_digest="sha256:0d1e",
    paths=("access",),
    commit="3f2a1b0c",
    policy_from=PolicySource("main", "0a0b0c"),
    compared=Comparison(Base("main", "3f2a")),
    snapshot=SnapshotSource("2026-11-19T09:30:00Z", "sha256:beef"),
)


def saved(plan: Plan = EVERYTHING, stamp: Stamp = STAMP) -> dict[str, Any]:
    """The plan as it comes back from a file."""
    document: dict[str, Any] = json.loads(json.dumps(to_document(plan, stamp)))
    return document


def test_what_was_saved_with_everything_in_it_comes_back_the_same() -> None:
    found = opened(saved(), None)
    assert found.plan == EVERYTHING
    assert (found.snapshot_of, found.policy_from) == ("2026-11-19T09:30:00Z", PolicySource("main", "0a0b0c"))
    assert (found.created_at, found.expires_at) == ("2026-11-20T09:30:00Z", "2026-11-21T09:30:00Z")
    assert (found.manifests_digest, found.paths, found.commit) == ("sha256:0d1e", ("access",), "3f2a1b0c")


def test_what_is_not_known_of_its_making_is_null() -> None:
    """And of what it was not compared with, or not made from, nothing is written."""
    document = saved(Plan(EVERYTHING.portal), Stamp("2026-11-20T09:30:00Z", "1.2.3"))
    assert {key for key, value in document.items() if value is None} == {"commit", "policy_from", "signature"}
    assert not {"base", "let_go", "policy_changes", "snapshot", "changed_since"} & document.keys()
    found = opened(document, None)
    assert (found.commit, found.policy_from, found.snapshot_of) == (None, None, None)


def test_the_summary_counts_everything() -> None:
    """Each number is another one here, so that none stands for another."""
    found = {severity: Finding("f", severity, "m") for severity in get_args(Severity)}
    plan = Plan(
        EVERYTHING.portal,
        changes=(CHANGE, *[replace(CHANGE, effect="removes")] * 2, *[replace(CHANGE, effect="neither")] * 3),
        **{name: (ITEM,) * (10 + n) for n, name in enumerate(ITEM_LISTS)},
        findings=(found["error"], *[found["warning"]] * 2, *[found["note"]] * 4),
        refusals=(REFUSAL,) * 20,
        lifted=(Lifted(REFUSAL, "said so"),) * 21,
        left_out=(LeftOut(CHANGE, "not-reviewed"),) * 22,
        not_needed=(CHANGE,) * 23,
    )
    assert saved(plan)["summary"] == {
        "changes": 6,
        "grants": 1,
        "removals": 2,
        "neither": 3,
        "held": 10,
        "waiting": 11,
        "blocked": 12,
        "unlisted": 13,
        "requests": 14,
        "residual": 15,
        "refusals": 20,
        "lifted": 21,
        "left_out": 22,
        "not_needed": 23,
        "findings": 7,
        "errors": 1,
        "warnings": 2,
    }


def test_a_refusal_is_lifted_by_review_or_by_a_flag() -> None:
    """By review where the policy has a line for it."""
    lifted = (Lifted(REFUSAL, "reviewed", PLACE), Lifted(REFUSAL, "said so"))
    document = saved(replace(EVERYTHING, lifted=lifted))
    assert [each["by"] for each in document["lifted"]] == ["policy", "flag"]


def test_an_item_of_no_day_and_a_document_that_is_no_object() -> None:
    plan = replace(EVERYTHING, held=(Item(SUBJECT, "a reason"),))
    assert opened(saved(plan), None).plan == plan
    with pytest.raises(InputError, match=r"^this saved plan cannot be read: the document: an object is expected$"):
        from_document([])


Way = tuple[str | int, ...]
ALIKE = {("changes", 1), *((name, 0) for name in ITEM_LISTS[1:]), ("left_out", 0, "subject"), ("not_needed", 0)}
"""What is like a thing that was looked into already."""


def ways(value: Any, *above: str | int) -> Iterator[Way]:
    """The way to every field and element that is not inside of something alike."""
    inside = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    for key, within in inside:
        yield (*above, key)
        if (*above, key) not in ALIKE:
            yield from ways(within, *above, key)


def in_words(way: Way) -> str:
    return "".join(f"[{step}]" if type(step) is int else f".{step}" for step in way).removeprefix(".")


def told(whole: dict[str, Any], way: Way, value: object) -> str:
    """What opening says of the document with that value there; "" if it is opened."""
    document = deepcopy(whole)
    at: Any = document
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = value
    document["digest"] = digest_of(document)
    try:
        opened(document, None)
    except InputError as error:
        return error.message.removeprefix("this saved plan cannot be read: ")
    return ""


def test_what_every_field_must_be(golden: Callable[[str, str], None]) -> None:
    """A number with a fraction is right nowhere, and null only where something may be missing; the place is told."""
    document, lines = saved(), []
    for way in ways(document):
        if way[0] in ("digest", "kind", "summary"):
            continue
        wrong, missing = told(document, way, 1.5), told(document, way, None)
        assert missing in (wrong, "")
        null = ", or null" if wrong and not missing else ""
        lines.append((wrong.removesuffix(" is expected") or f"{in_words(way)}: anything, it is not read") + null)
    golden("document-fields.txt", "\n".join(lines) + "\n")
