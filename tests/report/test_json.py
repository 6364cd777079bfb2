"""JSON documents say everything, in fields that the schemas describe one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import ExitCode
from reconciler.finding import Severity
from reconciler.model.change import Action, Effect, Kind, Result
from reconciler.plan.document import digest_of, from_document
from reconciler.report import as_json
from reconciler.report.formats import FORMATS
from reconciler.report.model import Command
from tests.report.samples import HOSTILE, reports

SCHEMAS = Path(__file__).parents[2] / "schemas"
REPORTS = reports()
OUTPUTS = {name: FORMATS["json"].render([one]) for name, one in REPORTS.items()}


def schema(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
    return loaded


def strict(part: Any) -> Any:
    """The schema with every object closed, so that a field that it does not describe is an error."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {key: strict(value) for key, value in part.items()}
    if "properties" in part and isinstance(part.get("type"), str):
        closed["additionalProperties"] = False
    return closed


def described(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property and definition of a schema, with its path."""
    for group in ("properties", "$defs"):
        for name, inner in part.get(group, {}).items():
            yield f"{path}/{name}", inner
            yield from described(inner, f"{path}/{name}")


@pytest.mark.parametrize(
    "name",
    [
        "plan-mixed",
        "plan-refused",
        "plan-hostile",
        "plan-invalid",
        "apply-partly",
        "apply-cut-short",
        "plan-compared",
        "plan-snapshot",
        "drift-evidence",
        "validate-findings",
    ],
)
def test_whole_documents(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.json", OUTPUTS[name])


@pytest.mark.parametrize("name", REPORTS)
def test_every_document_is_what_its_schema_describes_and_nothing_more(name: str) -> None:
    document = json.loads(OUTPUTS[name])
    validator = Draft202012Validator(strict(schema(document["kind"])))
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("kind", ["plan", "report"])
def test_a_document_of_a_newer_minor_version_may_have_more_fields(kind: str) -> None:
    name = {"plan": "plan-mixed", "report": "apply-partly"}[kind]
    document = {**json.loads(OUTPUTS[name]), "format_version": "1.7", "news": 1}
    assert Draft202012Validator(schema(kind)).is_valid(document)
    assert not Draft202012Validator(schema(kind)).is_valid({**document, "format_version": "2.0"})


@pytest.mark.parametrize("kind", ["plan", "report"])
def test_every_field_has_a_title_and_a_description(kind: str) -> None:
    Draft202012Validator.check_schema(schema(kind))
    bare = [path for path, part in described(schema(kind)) if not part.get("title") or not part.get("description")]
    assert bare == []


def test_plan_and_report_share_their_definitions() -> None:
    ours, theirs = schema("plan")["$defs"], schema("report")["$defs"]
    assert {name: theirs[name] for name in ours} == ours


def test_the_words_that_schemas_list_are_those_of_the_model() -> None:
    definitions = schema("report")["$defs"]
    assert definitions["change"]["properties"]["action"]["enum"] == list(get_args(Action))
    assert definitions["change"]["properties"]["effect"]["enum"] == list(get_args(Effect))
    assert definitions["subject"]["properties"]["kind"]["enum"] == list(get_args(Kind))
    assert definitions["finding"]["properties"]["severity"]["enum"] == list(get_args(Severity))
    assert definitions["outcome"]["properties"]["result"]["enum"] == list(get_args(Result))
    assert schema("report")["properties"]["command"]["enum"] == list(get_args(Command))
    assert schema("report")["properties"]["exit_code"]["enum"] == [int(code) for code in ExitCode]


@pytest.mark.parametrize("name", [name for name in REPORTS if json.loads(OUTPUTS[name])["kind"] == "plan"])
def test_the_document_of_plan_is_the_plan_that_can_be_saved(name: str) -> None:
    document = json.loads(OUTPUTS[name])
    assert document["digest"] == digest_of(document)
    assert from_document(document) == REPORTS[name].plan


@pytest.mark.parametrize(
    "name", ["plan-invalid", "plan-unreachable", "drift-in-sync", "apply-done", "validate-clean"]
)
def test_what_is_no_plan_is_a_report(name: str) -> None:
    document = json.loads(OUTPUTS[name])
    assert document["kind"] == "report"
    assert document["exit_code"] == int(REPORTS[name].exit_code)


def test_documents_are_ascii_and_inert_in_a_workflow_log_and_keep_every_name_as_it_is() -> None:
    output = OUTPUTS["plan-hostile"]
    assert output.isascii()
    assert "##[" not in output
    assert "##vso[" not in output
    names = [change["subject"]["application"]["name"] for change in json.loads(output)["changes"]]
    assert tuple(names) == HOSTILE


def test_outcomes_point_at_their_change() -> None:
    document = as_json.document_of(REPORTS["apply-partly"])
    for outcome in document["outcomes"]:
        if outcome["extra"]:
            assert outcome["position"] is None
        else:
            change = document["changes"][outcome["position"]]
            assert (change["action"], change["subject"]) == (outcome["action"], outcome["subject"])
