"""A report as test cases: what passes, what fails, and who only waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.finding import Finding
from reconciler.model.change import NOT_MADE, Item, Plan
from reconciler.model.drift import Drift, DriftItem
from reconciler.report import beside_words, titles
from reconciler.report.groups import Group, Line
from reconciler.report.model import DIFFERING, Report
from reconciler.report.plain import sentence
from reconciler.report.requests import asks
from reconciler.report.words import owner_name, subject_words, verb


@dataclass(frozen=True, slots=True)
class Case:
    """A test case: it fails if anything is under `failures`, is skipped if it only waits, and passes otherwise."""

    kind: str
    name: str
    failures: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    error: str = ""


def cases(report: Report) -> Iterator[Case]:
    """The run itself, its limits, and what git says come first; then people and teams."""
    hint = f" ({report.error.hint})" if report.error and report.error.hint else ""
    yield Case("run", report.command, error=report.error.message + hint if report.error else "")
    yield from _manifests(report)
    if report.plan is None:
        return
    if report.judges:
        refused = tuple(f"{each.rule}: {each.message}; {each.hint}" for each in report.plan.refusals)
        yield Case("limits", titles.refused(report.command) if refused else "all limits are kept", failures=refused)
    if report.command == "doctor":
        yield from (Case("setting", each.rule, failures=(_found(each),)) for each in report.diagnoses)
    if report.compared:
        yield Case("git", beside_words.compared_with(report.compared.base), out=tuple(_compared(report)))
    yield from _requests(report)
    yield from _aside(report, report.plan)
    if report.drift:
        yield from _of_drift(report, report.drift)
    else:
        yield from (_of_group(report, group) for group in report.groups)


def _requests(report: Report) -> Iterator[Case]:
    """Who waits for a decision fails nothing; who got one passes."""
    for request, decision in report.answer.decided if report.answer else ():
        odd = [f"SUSPICIOUS ({each.rule}): {each.message}" for each in request.suspicions]
        waits = (*odd, request.obstacle or "waits for a decision") if decision in ("undecided", "left-out") else ()
        yield Case("request", sentence(asks(request)), waits=waits)


def _aside(report: Report, plan: Plan) -> Iterator[Case]:
    """What was not reviewed was not done, and fails; what could not be adopted waits for somebody."""
    for left in plan.left_out:
        if left.because == "not-reviewed":
            what = f"{verb(left.change)} {sentence(subject_words(left.change.subject))}"
            yield Case("change", what, failures=(titles.LEFT_OUT["not-reviewed"],))
    for item in report.adoption.items if report.adoption else ():
        waits, out = ((item.problem,), ()) if item.problem else ((), (item.says,))
        yield Case("adoption", sentence(subject_words(item.subject)), waits=waits, out=out)


def _compared(report: Report) -> Iterator[str]:
    for change in report.policy_changes:
        yield f"{change.path}: {change.before or 'not there'} → {change.after or 'not there'}"
    for gone in report.let_go:
        yield f"let go: {sentence(subject_words(gone.subject))}: {gone.says}"


def _of_drift(report: Report, drift: Drift) -> Iterator[Case]:
    """A case for each person and team of which something differs; what counts is a failure."""
    counting = report.fail_on or DIFFERING
    owners: dict[tuple[str, str], list[DriftItem]] = {}
    for item in drift.items:
        owners.setdefault((item.subject.owner_type, owner_name(item.subject)), []).append(item)
    for (kind, name), items in owners.items():
        failed = tuple(_drifted(item) for item in items if item.type in counting)
        yield Case(kind, name, failed, tuple(_drifted(item) for item in items if item.type not in counting))


def _drifted(item: DriftItem) -> str:
    because = f" ({item.because})" if item.because else ""
    where = f" [{item.cause.origin}]" if item.cause and item.cause.origin else ""
    return f"{item.type}: {sentence(subject_words(item.subject))}: {item.reason}{because}{where}"


def _manifests(report: Report) -> Iterator[Case]:
    """A case for each file of which something is to be said, else one for all of them."""
    files: dict[str, list[Finding]] = {}
    for found in report.all_findings:
        files.setdefault(found.origin.file if found.origin else "", []).append(found)
    for file, findings in files.items():
        errors = tuple(_found(found) for found in findings if found.severity == "error")
        others = tuple(_found(found) for found in findings if found.severity != "error")
        yield Case("manifest", file or ", ".join(report.workspace), failures=errors, out=others)
    if not files:
        yield Case("manifest", ", ".join(report.workspace))


def _found(found: Finding) -> str:
    place = f"{found.origin} " if found.origin else ""
    return f"{place}{found.severity} {found.rule}: {found.message}" + (f" ({found.hint})" if found.hint else "")


def _of_group(report: Report, group: Group) -> Case:
    """What was not made is a failure; a plan's changes are not, and residual access is if asked."""
    must_end = report.command == "doctor" or "residual" in report.fail_on
    changes = [(line, _said(line)) for line in group.lines]
    failed = [text for line, text in changes if line.outcome and line.outcome.result in NOT_MADE]
    differing = group.residual if must_end else ()
    failed += _items(differing)
    others = [*_items([item for item in (*group.residual, *group.held, *group.unlisted) if item not in differing])]
    waits = [*_items((*group.blocked, *group.waiting, *group.requests))]
    done = [text for _, text in changes if text not in failed]
    return Case(group.type, group.name, tuple(failed), tuple(waits), (*done, *others))


def _said(line: Line) -> str:
    verb = line.verb.upper() if line.change.effect == "removes" else line.verb
    outcome = f": {line.outcome.result}" if line.outcome else ""
    detail = f" ({line.outcome.detail})" if line.outcome and line.outcome.detail else ""
    where = f" [{line.change.cause.origin}]" if line.change.cause.origin else ""
    return f"{line.sign} {verb} {sentence(line.words)}{outcome}{detail}{where}"


def _items(found: Sequence[Item]) -> Iterator[str]:
    for item in found:
        where = f" [{item.cause.origin}]" if item.cause and item.cause.origin else ""
        yield f"{sentence(subject_words(item.subject))}: {item.reason}{where}"
