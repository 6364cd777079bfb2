"""The schema is the source of truth for fields: it explains itself, and its two readers agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from reconciler import shipped
from reconciler.errors import ReconcilerError
from reconciler.manifest.check import LISTS, SECTIONS
from reconciler.manifest.explain import _validator as explaining
from reconciler.manifest.schema import gate, manifest_schema, schema_of
from reconciler.shipped import schema_text

SCHEMA = manifest_schema()
DEFINITIONS = sorted(SCHEMA["definitions"])


def described(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every definition and every property with its path."""
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from described(item, f"{path}/{index}")
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("properties", "definitions"):
                for name, inner in value.items():
                    yield f"{path}/{key}/{name}", inner
                    yield from described(inner, f"{path}/{key}/{name}")
            elif key not in ("examples", "if"):
                yield from described(value, f"{path}/{key}")


DESCRIBED = list(described(SCHEMA))


def target(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/definitions/")
    return SCHEMA["definitions"][name] if name else schema


@pytest.mark.parametrize(("path", "schema"), [("", SCHEMA), *DESCRIBED], ids=lambda value: str(value)[:60])
def test_every_property_and_definition_has_a_title_a_description_and_examples_that_hold(
    path: str, schema: dict[str, Any]
) -> None:
    """What an editor shows; a bare reference shows what it refers to."""
    shown = {**target(schema), **schema}
    assert all(shown.get(key) for key in ("title", "description", "examples")), path
    assert shown["description"].endswith(".")
    assert shown["title"] != shown["description"]
    validator = Draft7Validator({**schema, "definitions": SCHEMA["definitions"]})
    for example in shown["examples"]:
        validator.validate(example)


def test_the_schema_is_one_for_draft_7_and_names_its_default_where_there_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)
    policy = SCHEMA["definitions"]["policy"]["properties"]
    for name, schema in policy["unlisted"]["properties"].items():
        assert "Default: report." in schema["description"], name


def test_every_mapping_refuses_unknown_keys_but_annotations() -> None:
    objects = [(path, schema) for path, schema in DESCRIBED if schema.get("type") == "object"]
    assert [path for path, schema in objects if schema.get("additionalProperties") is not False] == [
        "/definitions/annotations"
    ]


def test_patterns_read_the_same_everywhere() -> None:
    """No \\d, \\w or \\p, which engines understand differently, and none that is not anchored."""
    for path, schema in DESCRIBED:
        if pattern := schema.get("pattern"):
            assert pattern.startswith("^"), path
            assert pattern.endswith("$"), path
            assert not re.search(r"\\[dDwWsSbBpP]", pattern), path
            assert "patternErrorMessage" in schema, path


def test_the_keys_that_are_checked_are_those_of_the_schema() -> None:
    keys = {**SECTIONS, **LISTS}
    assert set(keys) == set(SCHEMA["properties"])
    for key, definition in keys.items():
        schema = SCHEMA["properties"][key]
        assert schema.get("items", schema)["$ref"] == f"#/definitions/{definition}"


# The two validators agree

CORPUS: list[Any] = [
    None, True, False, 0, -1, 1.0, 1.5, 100, 101, 3651, 10**30, "", "x", "a@b", "a@b\n", "A@B.c", "é@ü.x", "a b@c",
    "*", "*@partner.example", "*@a@b", "*@", "2027-06-30", "2027-13-01", "2027-02-29", "2027-06-30\n", "0000-01-01",
    "a@b.", "٢٠٢٧-٠٦-٣٠", "eu", "EU", "https://x.example", "http://localhost", "http://x", "https://x/v3", "https://x/\n",
    "f32d905a-ed33-46a3-a093-d8f536af9a8a", "x" * 250, "x" * 251, "x" * 255, "x" * 256, "😀" * 250, "😀" * 251,
    [], {}, ["*"], [""], [None], {"a": "b"}, {"a": 1}, {"a": None},
    {"name": "x"}, {"name": None}, {"name": "x", "version": None}, {"name": "x", "version": ""}, {"package": "x"},
    {"name": "x", "package": "y"}, {"name": "x", "apis": []}, {"name": "x", "apis": ["y", {"package": "z"}]},
    {"name": "x", "applications": []}, {"owner": "a@b", "name": "x"}, {"owner": {"team": "t"}, "name": "x"},
    {"email": "a@b"}, {"email": "a@b", "status": "revoked", "teams": []},
    {"email": "a@b", "status": "revoked", "teams": ["x"]},
    {"email": "a@b", "status": "approved", "teams": ["x"]}, {"email": "a@b", "invite": True},
    {"email": "a@b", "invite": True, "full_name": "x"}, {"email": "a@b", "invite": False},
    {"email": "a@b", "emial": 1},
    {"name": "x", "id": "f32d905a-ed33-46a3-a093-d8f536af9a8a"}, {"id": "f32d905a-ed33-46a3-a093-d8f536af9a8a"},
    {"name": "x", "match": {"email": "*@y"}}, {"name": "x", "match": {"email": "y"}}, {"name": "x", "match": {}},
    {"role": "API Viewer", "api": "x"}, {"role": "API Viewer", "api": {"package": "x"}, "region": "*"},
    {"rule": "grants", "max": 1, "until": "2026-12-01", "reason": "x"},
    {"rule": "grants", "max": 1, "until": "2026-12-01"},
    {"limits": {"removals": {"percent": 100.5}}}, {"unlisted": {"roles": "exact"}}, {"scope": {"teams": []}},
]  # fmt: skip


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_gate_and_the_explanation_agree_about_a_corpus(definition: str) -> None:
    """Else something would be refused without a reason, or pass though the explanation knows better."""
    verdicts = [(value, gate(definition)(value), explaining(definition).is_valid(value)) for value in CORPUS]
    assert [value for value, quick, slow in verdicts if quick != slow] == []


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_any_other_program_that_reads_the_schema_comes_to_the_same_but_for_a_line_break_at_the_end(
    definition: str,
) -> None:
    """As users of jsonschema would, without a format checker; only days that no calendar has pass there."""
    plain = Draft7Validator(schema_of(definition))
    for value in CORPUS:
        if not re.search(r"\\n|20[0-9-]+", repr(value)):
            assert gate(definition)(value) == plain.is_valid(value), value


@given(st.sampled_from(["email", "date", "match_email", "server_url", "uuid"]), st.text() | st.text("a@.*:/htps0-\n"))
def test_the_gate_and_the_explanation_agree_about_any_text(definition: str, text: str) -> None:
    assert gate(definition)(text) == explaining(definition).is_valid(text)


# Where it is


def test_a_schema_is_found_beside_the_checkout_and_a_missing_one_is_an_error_of_the_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    package, beside = tmp_path / "package" / "schemas", tmp_path / "beside" / "schemas"
    for folder in (package, beside):
        folder.mkdir(parents=True)
    (beside / "x.json").write_text("2")
    monkeypatch.setattr(shipped, "_PLACES", (package.parent, beside.parent))
    assert schema_text("x.json") == "2"
    (package / "x.json").write_text("1")
    assert schema_text("x.json") == "1"
    with pytest.raises(ReconcilerError, match=r"this installation lacks its file schemas/y\.json"):
        schema_text("y.json")
