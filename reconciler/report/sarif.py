"""SARIF 2.1.0 (OASIS), for GitHub's code scanning and other viewers: a run a workspace, within GitHub's limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from reconciler.errors import ExitCode
from reconciler.finding import Severity
from reconciler.report.escape import inert
from reconciler.report.model import Report
from reconciler.report.notices import Notice, notices, numbered
from reconciler.report.plain import message
from reconciler.report.rules import RULES, rule_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

RESULTS = 5000
"""Results of a run; GitHub keeps the first so many."""
RUNS = 20
"""Runs of a file; GitHub refuses more."""

Document = dict[str, Any]


def render(reports: Sequence[Report]) -> str:
    """One log over all workspaces; where they are more than GitHub takes runs, the last run has all that is left."""
    single, rest = reports[: RUNS - 1], reports[RUNS - 1 :]
    runs = [_run([report]) for report in single] + ([_run(rest)] if rest else [])
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": runs}, indent=2) + "\n"


def _run(reports: Sequence[Report]) -> Document:
    found = [(report, *each) for report in reports for each in numbered(notices(report))]
    rules = {notice.rule: notice.level for _, notice, _ in found}
    at = {rule: index for index, rule in enumerate(sorted(rules))}
    results = [_result(report, notice, print_, at[notice.rule]) for report, notice, print_ in found]
    if len(results) > RESULTS:
        results = [*results[: RESULTS - 1], _more(reports[0], len(results) - RESULTS + 1)]
    first = reports[0]
    names = ",".join(quote(path, safe="._-", errors="replace") for each in reports for path in each.workspace)
    return {
        "tool": {
            "driver": {
                "name": "reconciler",
                "version": first.tool_version,
                "semanticVersion": first.tool_version,
                "rules": [_rule(name, rules[name]) for name in sorted(rules)],
            }
        },
        "automationDetails": {"id": f"reconciler/{first.command}/{names}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not any(report.error for report in reports),
                "exitCode": int(ExitCode.worst(report.exit_code for report in reports)),
                "endTimeUtc": first.generated_at,
            }
        ],
        "results": results,
    }


def _rule(name: str, level: Severity) -> Document:
    rule = rule_of(name, level)
    return {
        "id": inert(name),
        "name": "".join(part.capitalize() for part in inert(name).replace(".", "-").split("-")),
        "shortDescription": {"text": inert(rule.title)},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": f"{rule.meaning} {rule.help}", "markdown": f"{rule.meaning}\n\n{rule.help}"},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["dev-portal", name.partition(".")[0] if name in RULES else "finding"]},
    }


def _result(report: Report, notice: Notice, fingerprint: str, rule: int) -> Document:
    return {
        "ruleId": inert(notice.rule),
        "ruleIndex": rule,
        "level": notice.level,
        "message": {"text": _escaped(message(notice))},
        "locations": [_location(report, notice)],
        # NOTE: code scanning tells alerts apart by this one alone; without it the line's text decides.
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "reconciler/v1": fingerprint},
    }


def _location(report: Report, notice: Notice) -> Document:
    """GitHub asks for a place; what has no line of its own is told at the workspace."""
    origin = notice.origin
    path = report.checkout.path(origin.file if origin else next(iter(report.workspace), "."))
    region = {"startLine": max(origin.line, 1) if origin else 1}
    if origin and origin.column:
        region["startColumn"] = origin.column
    uri = quote(path, safe="/", errors="replace")
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}}


def _more(report: Report, number: int) -> Document:
    text = f"{number:,} more are left out here: --format json has all"
    notice = Notice("run.failed", "note", (text,), "", None, ())
    return {"level": "note", "message": {"text": text}, "locations": [_location(report, notice)]}


def _escaped(text: str) -> str:
    r"""A message in which `[text](target)` is no link (SARIF 2.1.0, section 3.11.6).

    >>> _escaped("[click](javascript:x)")
    '\\[click\\](javascript:x)'
    """
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
