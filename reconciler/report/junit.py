"""JUnit's XML, which every pipeline shows: a suite a workspace, a test case a person or team."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reconciler.report.cases import Case, cases
from reconciler.report.escape import inert
from reconciler.report.model import Report


def render(reports: Sequence[Report]) -> str:
    """One document over all workspaces."""
    suites = [(report, [*cases(report)]) for report in reports]
    counts = _counts([case for _, found in suites for case in found])
    body = "".join(_suite(report, found) for report, found in suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="reconciler" {counts}>\n{body}</testsuites>\n'


def _suite(report: Report, found: Sequence[Case]) -> str:
    portal = report.plan.portal.name if report.plan else ""
    name = f"{report.command} {portal or ', '.join(report.workspace)}"
    head = f'<testsuite name="{_x(name)}" timestamp="{_x(report.generated_at)}" {_counts(found)}>'
    return f"  {head}\n{''.join(_case(report, case) for case in found)}  </testsuite>\n"


def _case(report: Report, case: Case) -> str:
    """Readers look at the first failure alone, so that there is one, with everything in it."""
    head = f'    <testcase classname="reconciler.{report.command}.{case.kind}" name="{_x(case.name)}" time="0"'
    inner = ""
    if case.error:
        inner += f'      <error message="{_x(case.error)}" type="failed"/>\n'
    elif case.failures:
        inner += _detailed("failure", case.failures, case.kind)
    elif case.waits:
        inner += f'      <skipped message="{_x(case.waits[0])}"/>\n'
    out = (*case.out, *(case.waits if case.failures else case.waits[1:]))
    if out:
        inner += f"      <system-out>{_lines(out)}</system-out>\n"
    return f"{head}>\n{inner}    </testcase>\n" if inner else f"{head}/>\n"


def _detailed(tag: str, lines: Sequence[str], kind: str) -> str:
    more = f" (and {len(lines) - 1:,} more)" if len(lines) > 1 else ""
    return f'      <{tag} message="{_x(lines[0])}{more}" type="{kind}">{_lines(lines)}</{tag}>\n'


def _counts(cases: Sequence[Case]) -> str:
    errors = sum(bool(case.error) for case in cases)
    failures = sum(bool(case.failures and not case.error) for case in cases)
    skipped = sum(bool(case.waits and not case.failures and not case.error) for case in cases)
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0"'


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(_x(line) for line in lines)


def _x(text: str) -> str:
    """Text within XML: without control characters and surrogates, which no XML may have, and without markup."""
    return escape(inert(text))
