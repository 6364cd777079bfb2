"""A plan can be saved, reviewed and carried out later, exactly as it was, where and while it still holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InputError, StalePlanError
from reconciler.finding import Finding
from reconciler.model.change import (
    Action,
    ApiRef,
    Cause,
    Change,
    Effect,
    Item,
    Kind,
    Lifted,
    Plan,
    Ref,
    Refusal,
    Subject,
)
from reconciler.model.observed import Portal
from reconciler.model.origin import Origin
from reconciler.plan.document import Stamp, canonical, digest_of, from_document, to_document, verify

PORTAL = Portal("5f3c", "acme-partners", "https://eu.api.konghq.com", "eu")
STAMP = Stamp("2026-11-20T09:30:00Z", "1.2.3", timedelta(hours=24), "sha256:0d1e", ("access",), "3f2a1b0c")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCHEMA = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parents[2] / "schemas" / "plan.schema.json").read_text())
)

texts = st.text(max_size=12)
maybe_texts = st.none() | texts
lines = st.integers(0, 9)
origins = st.none() | st.builds(Origin, texts, lines, lines)
refs = st.builds(Ref, texts, maybe_texts)
apis = st.builds(ApiRef, texts, st.none() | texts, maybe_texts, st.sampled_from(["api", "api_package"]))
subjects = st.builds(
    Subject,
    st.sampled_from(get_args(Kind)),
    developer=st.none() | refs,
    team=st.none() | refs,
    application=st.none() | refs,
    api=st.none() | apis,
    registration_id=maybe_texts,
    role=st.none() | refs,
    region=maybe_texts,
)
causes = st.builds(Cause, st.sampled_from(["entry", "rule", "policy"]), texts, origins)
facts = st.none() | st.dictionaries(texts, texts | st.booleans() | st.none(), max_size=3)
changes = st.builds(
    Change, st.sampled_from(get_args(Action)), subjects, facts, facts, st.sampled_from(get_args(Effect)), causes
)
items = st.lists(st.builds(Item, subjects, texts, st.none() | causes, texts), max_size=2).map(tuple)
findings = st.builds(Finding, texts, st.sampled_from(["error", "warning", "note"]), texts, texts, origins)
refusals = st.builds(Refusal, texts, texts, st.integers(0, 10**6), texts, texts)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan: each change waits for and requires some of those before it."""
    made = tuple(draw(st.lists(changes, max_size=5)))
    earlier = [st.lists(st.integers(0, n - 1), max_size=2).map(tuple) if n else st.just(()) for n in range(len(made))]
    return Plan(
        draw(st.builds(Portal, texts, texts, texts, maybe_texts)),
        made,
        draw(st.tuples(*earlier)),
        draw(st.tuples(*earlier)),
        *(draw(items) for _ in range(6)),
        tuple(draw(st.lists(findings, max_size=2))),
        tuple(draw(st.lists(refusals, max_size=2))),
        tuple(draw(st.lists(st.builds(Lifted, refusals, texts, origins), max_size=2))),
        draw(st.dictionaries(texts, st.integers(0, 10**6), max_size=3)),
    )


def saved(plan: Plan | None = None, **changed: object) -> dict[str, Any]:
    """A plan as it comes back from a file; with `changed` fields it was edited and its digest made anew."""
    document = json.loads(json.dumps(to_document(plan or Plan(PORTAL), STAMP)))
    if changed:
        document = {**document, **changed}
        document["digest"] = digest_of(document)
    return document


@settings(max_examples=200, deadline=None)
@given(plans())
def test_whatever_is_saved_comes_back_the_same_and_fits_the_schema(plan: Plan) -> None:
    document = saved(plan)
    assert from_document(document) == plan
    assert to_document(from_document(document), STAMP) == document
    assert digest_of(document) == document["digest"]
    assert SCHEMA.is_valid(document)


def test_the_whole_document() -> None:
    origin = Origin("access/people.yaml", 4, 5)
    ada = Subject("developer", developer=Ref("ada@partner.example", "d1"))
    changes = (
        Change(
            "approve-developer",
            ada,
            {"status": "pending"},
            {"status": "approved"},
            "grants",
            Cause("entry", "listed", origin),
        ),
        Change(
            "add-member",
            Subject("membership", developer=Ref("ada@partner.example", "d1"), team=Ref("beta")),
            None,
            {},
            "grants",
            Cause("rule", "rule 'x'"),
        ),
    )
    plan = Plan(PORTAL, changes, ((), (0,)), ((), (0,)), looked_at={"developers": 1})
    nobody = {"team": None, "application": None, "api": None, "registration_id": None, "role": None, "region": None}
    document = to_document(plan, STAMP)
    digest = document.pop("digest")
    assert digest == digest_of(document)
    assert document == {
        "format_version": "1.0",
        "kind": "plan",
        "tool_version": "1.2.3",
        "portal": {"id": "5f3c", "name": "acme-partners", "server": "https://eu.api.konghq.com", "region": "eu"},
        "created_at": "2026-11-20T09:30:00Z",
        "expires_at": "2026-11-21T09:30:00Z",
        "manifests": {"digest": "sha256:0d1e", "paths": ["access"]},
        "commit": "3f2a1b0c",
        "summary": {
            "changes": 2,
            "grants": 2,
            "removals": 0,
            "neither": 0,
            "held": 0,
            "waiting": 0,
            "blocked": 0,
            "unlisted": 0,
            "requests": 0,
            "residual": 0,
            "refusals": 0,
            "lifted": 0,
            "findings": 0,
            "errors": 0,
            "warnings": 0,
        },
        "changes": [
            {
                "action": "approve-developer",
                "subject": {"kind": "developer", "developer": {"name": "ada@partner.example", "id": "d1"}, **nobody},
                "before": {"status": "pending"},
                "after": {"status": "approved"},
                "effect": "grants",
                "cause": {"by": "entry", "text": "listed", "file": "access/people.yaml", "line": 4, "column": 5},
                "waits_for": [],
                "requires": [],
            },
            {
                "action": "add-member",
                "subject": {
                    "kind": "membership",
                    "developer": {"name": "ada@partner.example", "id": "d1"},
                    **nobody,
                    "team": {"name": "beta", "id": None},
                },
                "before": None,
                "after": {},
                "effect": "grants",
                "cause": {"by": "rule", "text": "rule 'x'", "file": None, "line": None, "column": None},
                "waits_for": [0],
                "requires": [0],
            },
        ],
        "held": [],
        "waiting": [],
        "blocked": [],
        "unlisted": [],
        "requests": [],
        "residual": [],
        "findings": [],
        "refusals": [],
        "lifted": [],
        "looked_at": {"developers": 1},
    }


def test_the_digest_is_over_canonical_json() -> None:
    """Sorted keys, no blanks, ASCII; without the digest itself."""
    assert canonical({"b": [1, None], "a": "é"}) == b'{"a":"\\u00e9","b":[1,null]}'
    assert digest_of({"b": 1, "a": 2, "digest": "x"}) == digest_of({"a": 2, "b": 1})


def test_a_plan_that_still_holds_is_verified() -> None:
    verify(saved(), portal=PORTAL, now=NOW)
    verify(saved(), portal=PORTAL, now=NOW, manifests_digest="sha256:0d1e")


def test_the_last_moment_counts_and_the_zone_does_not_matter() -> None:
    end = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    verify(saved(), portal=PORTAL, now=end.astimezone(timezone(timedelta(hours=9))))
    with pytest.raises(StalePlanError, match=r"^the saved plan expired at 2026-11-21T09:30:00Z$"):
        verify(saved(), portal=PORTAL, now=end + timedelta(seconds=1))


def test_a_reviewed_plan_has_no_time_to_live() -> None:
    verify(saved(), portal=PORTAL, now=None)


def test_a_newer_minor_version_is_accepted_with_fields_that_are_new() -> None:
    document = saved(format_version="1.9", news={"deep": [1]})
    verify(document, portal=PORTAL, now=NOW)
    assert from_document(document) == Plan(PORTAL)


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0"])
def test_another_major_version_is_refused(version: str) -> None:
    with pytest.raises(StalePlanError, match=f"has format version {version}, and this reconciler reads 1.0"):
        verify(saved(format_version=version), portal=PORTAL, now=NOW)


@settings(max_examples=100, deadline=None)
@given(plans(), st.data())
def test_whatever_is_edited_is_refused(plan: Plan, data: st.DataObject) -> None:
    document = saved(plan)
    field = data.draw(st.sampled_from(sorted(set(document) - {"kind", "format_version"})))
    document[field] = {"edited": True}
    with pytest.raises((StalePlanError, InputError)) as caught:
        verify(document, portal=plan.portal, now=NOW)
    if field != "digest":
        assert "was edited after it was made" in caught.value.message


def test_one_character_is_enough() -> None:
    document = saved()
    document["portal"]["name"] = "acme-partnerz"
    with pytest.raises(StalePlanError, match="was edited after it was made: its digest does not match its content"):
        verify(document, portal=PORTAL, now=NOW)


@pytest.mark.parametrize(
    "other",
    [
        Portal("6a4d", "acme-partners", "https://eu.api.konghq.com"),
        Portal("5f3c", "acme-partners", "https://us.api.konghq.com"),
    ],
)
def test_a_plan_for_another_portal_is_refused(other: Portal) -> None:
    made = r"acme-partners \(5f3c\) at https://eu.api.konghq.com"
    this = rf"acme-partners \({other.id}\) at {other.server}"
    with pytest.raises(StalePlanError, match=rf"^the saved plan is for another portal: {made}; this one is {this}$"):
        verify(saved(), portal=other, now=NOW)


def test_a_portal_that_was_renamed_is_the_same_portal() -> None:
    verify(saved(), portal=Portal("5f3c", "acme", "https://eu.api.konghq.com/"), now=NOW)


def test_other_manifests_make_it_stale() -> None:
    with pytest.raises(StalePlanError, match="was made from other manifests"):
        verify(saved(), portal=PORTAL, now=NOW, manifests_digest="sha256:beef")


def test_every_refusal_says_what_to_do_next() -> None:
    with pytest.raises(StalePlanError) as caught:
        verify(saved(), portal=PORTAL, now=NOW + timedelta(days=2))
    assert caught.value.hint == "plan again, and have the new plan reviewed"


@pytest.mark.parametrize("other", [None, [], "plan", {}, {"kind": "report", "format_version": "1.0"}])
def test_what_is_no_plan_at_all_is_invalid_input(other: object) -> None:
    with pytest.raises(InputError, match="this file is not a saved plan"):
        verify(other, portal=PORTAL, now=NOW)


ADA = {
    "action": "add-member",
    "subject": {"kind": "membership"},
    "effect": "grants",
    "cause": {"by": "rule", "text": "x"},
    "waits_for": [],
    "requires": [],
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"changes": None}, "changes: a list is expected"),
        ({"changes": [7]}, "changes[0]: an object is expected"),
        ({"changes": [{**ADA, "action": "drop"}]}, "changes[0].action: one of revoke-registration, "),
        ({"changes": [{**ADA, "effect": 1}]}, "changes[0].effect: a string is expected"),
        ({"changes": [{**ADA, "before": {"n": 1}}]}, "changes[0].before: strings, true, false and null are expected"),
        ({"changes": [{**ADA, "subject": {"kind": "x"}}]}, "changes[0].subject.kind: one of developer, "),
        ({"changes": [{**ADA, "waits_for": [0]}]}, "changes[0].waits_for: positions of earlier changes are expected"),
        ({"changes": [ADA, {**ADA, "requires": [-1]}]}, "changes[1].requires: positions of earlier changes"),
        ({"changes": [ADA, {**ADA, "requires": [False]}]}, "changes[1].requires: positions of earlier changes"),
        ({"portal": {"id": "x"}}, "portal.name: a string is expected"),
        ({"looked_at": {"teams": True}}, "looked_at.teams: a number is expected"),
        ({"refusals": [{"rule": "grants"}]}, "refusals[0].message: a string is expected"),
        ({"held": [{"subject": None}]}, "held[0].subject: an object is expected"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_document(saved(**changed))
    assert f"this saved plan cannot be read: {message}" in caught.value.message
    assert caught.value.hint


def test_a_document_that_cannot_say_when_it_expires_is_invalid() -> None:
    with pytest.raises(InputError, match="expires_at: a date and time is expected"):
        verify(saved(expires_at="soon"), portal=PORTAL, now=NOW)


def test_an_origin_without_a_line_stays_one() -> None:
    plan = Plan(PORTAL, findings=(Finding("r", "note", "m", origin=Origin("access")),))
    assert saved(plan)["findings"][0]["line"] is None
    assert from_document(saved(plan)) == plan
