"""A plan can be saved, reviewed and carried out later, exactly as it was, where and while it still holds."""

from __future__ import annotations

import json
from dataclasses import replace
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
    LeftOut,
    Lifted,
    Plan,
    Ref,
    Refusal,
    Since,
    Subject,
)
from reconciler.model.observed import Portal
from reconciler.model.origin import Origin
from reconciler.plan.document import (
    PolicySource,
    Stamp,
    canonical,
    digest_of,
    from_document,
    signature_of,
    to_document,
)
from reconciler.plan.saved import SavedPlan, gone, opened, same_portal, same_server
from reconciler.secret import Secret

PORTAL = Portal("5f3c", "acme-partners", "https://eu.api.konghq.com", "eu")
STAMP = Stamp(
    "2026-11-20T09:30:00Z",
    "1.2.3",
    timedelta(hours=24),
    "sha256:0d1e",
    ("access",),
    "3f2a1b0c",
    PolicySource("main", "0a0b0c"),
)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY, OTHER_KEY = Secret("k" * 32), Secret("o" * 32)
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
        tuple(draw(st.lists(texts, max_size=2))),
        tuple(
            draw(st.lists(st.builds(LeftOut, changes, st.sampled_from(["not-selected", "not-reviewed"])), max_size=2))
        ),
        tuple(draw(st.lists(changes, max_size=2))),
    )


def saved(plan: Plan | None = None, key: Secret | None = None, **changed: object) -> dict[str, Any]:
    """A plan as it comes back from a file; with `changed` fields it was edited and its digest made anew."""
    document = json.loads(json.dumps(to_document(plan or Plan(PORTAL), replace(STAMP, key=key))))
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
    assert document.pop("signature") is None
    assert document == {
        "format_version": "1.0",
        "kind": "plan",
        "tool_version": "1.2.3",
        "portal": {"id": "5f3c", "name": "acme-partners", "server": "https://eu.api.konghq.com", "region": "eu"},
        "created_at": "2026-11-20T09:30:00Z",
        "expires_at": "2026-11-21T09:30:00Z",
        "manifests": {"digest": "sha256:0d1e", "paths": ["access"]},
        "commit": "3f2a1b0c",
        "policy_from": {"ref": "main", "commit": "0a0b0c"},
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
            "left_out": 0,
            "not_needed": 0,
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
        "only": [],
        "left_out": [],
        "not_needed": [],
    }


def test_the_digest_is_over_canonical_json() -> None:
    """Sorted keys, no blanks, ASCII; without the digest itself and without the signature."""
    assert canonical({"b": [1, None], "a": "é"}) == b'{"a":"\\u00e9","b":[1,null]}'
    assert digest_of({"b": 1, "a": 2, "digest": "x", "signature": "y"}) == digest_of({"a": 2, "b": 1})


def test_a_plan_that_was_not_edited_is_opened_with_its_circumstances() -> None:
    document = saved()
    assert opened(document, None) == SavedPlan(
        plan=Plan(PORTAL),
        digest=document["digest"],
        created_at="2026-11-20T09:30:00Z",
        expires_at="2026-11-21T09:30:00Z",
        manifests_digest="sha256:0d1e",
        paths=("access",),
        commit="3f2a1b0c",
        policy_from=PolicySource("main", "0a0b0c"),
    )


def test_the_last_moment_counts_and_the_zone_does_not_matter() -> None:
    end = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    plan = opened(saved(), None)
    plan.must_be_fresh(end.astimezone(timezone(timedelta(hours=9))))
    with pytest.raises(StalePlanError, match=r"^the saved plan expired at 2026-11-21T09:30:00Z$"):
        plan.must_be_fresh(end + timedelta(seconds=1))


@pytest.mark.parametrize("version", ["1.9", "1.9.2"])
def test_a_newer_minor_version_is_accepted_with_fields_that_are_new(version: str) -> None:
    document = saved(format_version=version, news={"deep": [1]})
    assert opened(document, None).plan == Plan(PORTAL)


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0"])
def test_another_major_version_is_refused(version: str) -> None:
    with pytest.raises(StalePlanError, match=f"has format version {version}, and this reconciler reads 1.0"):
        opened(saved(format_version=version), None)


@settings(max_examples=100, deadline=None)
@given(plans(), st.data(), st.sampled_from([None, KEY]))
def test_whatever_is_edited_is_refused(plan: Plan, data: st.DataObject, key: Secret | None) -> None:
    document = saved(plan, key)
    field = data.draw(st.sampled_from(sorted(set(document) - {"kind", "format_version", "signature"})))
    document[field] = {"edited": True}
    with pytest.raises((StalePlanError, InputError)) as caught:
        opened(document, key)
    if field != "digest":
        assert "was edited after it was made" in caught.value.message


def test_one_character_is_enough() -> None:
    document = saved()
    document["portal"]["name"] = "acme-partnerz"
    with pytest.raises(
        StalePlanError, match=r"^the saved plan was edited after it was made: its digest does not match its content$"
    ):
        opened(document, None)


@settings(max_examples=50, deadline=None)
@given(plans())
def test_a_signed_plan_is_opened_with_its_key_alone(plan: Plan) -> None:
    document = saved(plan, KEY)
    assert SCHEMA.is_valid(document)
    assert document["signature"] == signature_of(document, KEY)
    assert opened(document, KEY).plan == plan
    with pytest.raises(
        StalePlanError, match=r"^the saved plan has a wrong signature: it was edited, or signed with another key$"
    ):
        opened(document, OTHER_KEY)


def test_who_edits_a_signed_plan_and_makes_its_digest_anew_is_found_out() -> None:
    document = saved(key=KEY, commit="beef")
    with pytest.raises(StalePlanError, match="has a wrong signature"):
        opened(document, KEY)


@pytest.mark.parametrize("signature", ["", "hmac-sha256:", "hmac-sha256:" + "0" * 64, "\ud800", "é"])
def test_a_made_up_signature_is_wrong(signature: str) -> None:
    with pytest.raises(StalePlanError, match="has a wrong signature"):
        opened(saved() | {"signature": signature}, KEY)


def test_with_a_key_a_plan_that_is_not_signed_is_refused() -> None:
    with pytest.raises(
        StalePlanError, match=r"^the saved plan is not signed, and with RECONCILER_PLAN_KEY only signed plans count$"
    ):
        opened(saved(), KEY)


def test_a_signature_that_cannot_be_checked_is_an_error() -> None:
    with pytest.raises(
        StalePlanError,
        match=r"^the saved plan is signed, and there is no key to check .*: RECONCILER_PLAN_KEY is not set$",
    ):
        opened(saved(key=KEY), None)


def test_the_key_stands_nowhere_in_the_document() -> None:
    assert KEY.reveal() not in json.dumps(saved(key=KEY))


def test_a_plan_for_a_portal_on_another_server_is_refused() -> None:
    made = r"acme-partners \(5f3c\) at https://eu.api.konghq.com"
    same_server(PORTAL, "https://eu.api.konghq.com/")
    same_server(replace(PORTAL, server="https://eu.api.konghq.com/"), "https://eu.api.konghq.com")
    for here, there in (("http://x/X", "http://x"), ("http://x", "http://x/X"), ("/x", "x")):
        with pytest.raises(StalePlanError):
            same_server(replace(PORTAL, server=here), there)
    with pytest.raises(StalePlanError, match=rf"^the saved plan is for another portal: {made}; this run is about x$"):
        same_server(PORTAL, "x")


def test_a_plan_for_another_portal_is_refused() -> None:
    made = r"acme-partners \(5f3c\) at https://eu.api.konghq.com"
    other = replace(PORTAL, id="6a4d")
    said = f"the saved plan is for another portal: {made}; "
    with pytest.raises(StalePlanError, match=rf"^{said}this one is acme-partners \(6a4d\)$"):
        same_portal(PORTAL, other)
    with pytest.raises(StalePlanError, match=f"^{said}there is none of this id$"):
        raise gone(PORTAL)


def test_a_portal_that_was_renamed_is_the_same_portal() -> None:
    same_portal(PORTAL, Portal("5f3c", "acme", "https://eu.api.konghq.com/"))


def test_other_manifests_make_it_stale() -> None:
    plan = opened(saved(), None)
    plan.must_be_from("sha256:0d1e")
    with pytest.raises(
        StalePlanError, match=r"^the saved plan was made from other manifests: they were changed since$"
    ):
        plan.must_be_from("sha256:beef")


def test_every_refusal_says_what_to_do_next() -> None:
    with pytest.raises(StalePlanError) as caught:
        opened(saved(), None).must_be_fresh(NOW + timedelta(days=2))
    assert caught.value.hint == "plan again, and have the new plan reviewed"


@pytest.mark.parametrize("other", [None, [], "plan", {}, {"kind": "report", "format_version": "1.0"}])
def test_what_is_no_plan_at_all_is_invalid_input(other: object) -> None:
    with pytest.raises(InputError, match=r"^this file is not a saved plan$") as caught:
        opened(other, None)
    assert caught.value.hint == "write one with `reconciler plan PATH --out FILE`"


ANEW = "give it as `apply PATH --reviewed FILE`, which plans anew and does what both have; or plan again"


def test_a_plan_from_a_snapshot_or_of_a_part_is_not_carried_out_as_it_is() -> None:
    """Its refusals were judged on a file, or without the whole; one of the whole portal may be."""
    whole = opened(saved(), None)
    whole.must_be_of_the_portal()
    whole.must_be_of_the_whole()
    with pytest.raises(StalePlanError) as caught:
        opened(saved(snapshot={"taken_at": "2026-11-01T00:00:00Z"}), None).must_be_of_the_portal()
    assert caught.value.message == (
        "the saved plan was made from a snapshot of 2026-11-01T00:00:00Z, not from the portal itself"
    )
    assert caught.value.hint == ANEW
    part = Plan(PORTAL, changed_since=Since("ma\x1bin", "0123456789abcdef", 1, 0))
    with pytest.raises(StalePlanError) as caught:
        opened(saved(part), None).must_be_of_the_whole()
    assert caught.value.message == (
        "the saved plan looked only at what changed since ma\\x1bin (commit 0123456789ab)"
    )
    assert caught.value.hint == ANEW


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
        ({"only": ["a", 1]}, "only: strings are expected"),
        ({"left_out": [{**ADA, "because": "x"}]}, "left_out[0].because: one of not-selected, not-reviewed"),
        ({"held": [{"subject": None}]}, "held[0].subject: an object is expected"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_document(saved(**changed))
    assert f"this saved plan cannot be read: {message}" in caught.value.message
    assert caught.value.hint == "it was made by another tool or a newer reconciler; plan again"


def test_a_document_that_cannot_say_when_it_expires_is_invalid() -> None:
    for never in ("soon", "0001-01-01T00:00:00+23:00"):
        with pytest.raises(InputError, match="expires_at: a date and time is expected"):
            opened(saved(expires_at=never), None)


def test_an_origin_without_a_line_stays_one() -> None:
    plan = Plan(PORTAL, findings=(Finding("r", "note", "m", origin=Origin("access")),))
    assert saved(plan)["findings"][0]["line"] is None
    assert from_document(saved(plan)) == plan
