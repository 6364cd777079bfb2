"""What a report has to say at places: one notice a thing, for the formats that machines show beside the lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from reconciler.finding import Finding, Severity
from reconciler.model.change import NOT_MADE, Change, Item, Plan, Subject
from reconciler.model.drift import Drift
from reconciler.model.origin import Origin
from reconciler.report import beside_words
from reconciler.report.model import Report
from reconciler.report.requests import asks
from reconciler.report.rules import rule_of
from reconciler.report.words import Name, Told, Words, advice, subject_words, verb

_LEVELS: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be shown. `about` tells it from others of its rule, and does not change with lines or runs."""

    rule: str
    level: Severity
    words: Words
    hint: str
    origin: Origin | None
    about: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same thing, wherever it stands in the file; 32 hexadecimal digits."""
        return sha256("\0".join((self.rule, *self.about)).encode(errors="surrogatepass")).hexdigest()[:32]


def notices(report: Report) -> tuple[Notice, ...]:
    """Everything that deserves a place, the worst first; of one severity what stops the run comes first."""
    plan = report.plan or None
    found = [*_run(report), *_of_findings(report), *_compared(report), *_requests(report), *_adoption(report)]
    if plan:
        found += [*_limits(report, plan), *_outcomes(report)]
        found += _drift(report.drift) if report.drift else [*_changes(plan, report), *_items(plan)]
    return tuple(sorted(found, key=lambda notice: _LEVELS.index(notice.level)))


def numbered(found: tuple[Notice, ...]) -> Iterator[tuple[Notice, str]]:
    """Each notice with its fingerprint, told apart where several are the same to the letter."""
    times: Counter[str] = Counter()
    for notice in found:
        print_ = notice.fingerprint
        times[print_] += 1
        yield notice, print_ if times[print_] == 1 else f"{print_}-{times[print_]}"


def _run(report: Report) -> Iterator[Notice]:
    if report.error:
        yield Notice("run.failed", "error", (Told(report.error.message),), report.error.hint, None, ())
    if report.snapshot:
        yield Notice("run.snapshot", "note", beside_words.snapshot(report), "", None, ())


def _compared(report: Report) -> Iterator[Notice]:
    """What the base commit had and this one has not: only what is still on the portal, for that is the surprise."""
    for change in report.policy_changes:
        before, after = (Told(value or "not there") for value in (change.before, change.after))
        words: Words = (Name(change.path), ": ", before, " → ", after)
        here = None if report.compared and _of_commit(change.origin, report.compared.base.commit) else change.origin
        yield Notice("git.policy-changed", "warning", words, "", here, (change.path,))
    for gone in report.let_go:
        if gone.fate == "stays":
            words = (*subject_words(gone.subject), ": ", Told(gone.says))
            yield Notice("git.let-go", "warning", words, "", None, identity(gone.subject))


def _of_commit(origin: Origin | None, commit: str) -> bool:
    """Whether a place is in the base commit, and nowhere on the disk."""
    return origin is not None and origin.file.startswith(f"{commit[:12]}:")


def _drift(found: Drift) -> Iterator[Notice]:
    """Of drift every item, by its class."""
    for item in found.items:
        because = (", ", Told(item.because)) if item.because else ()
        words = (*subject_words(item.subject), ": ", Told(item.reason), *because)
        origin = item.cause.origin if item.cause else None
        yield Notice(f"drift.{item.type}", item.severity, words, item.action, origin, identity(item.subject))


def _requests(report: Report) -> Iterator[Notice]:
    """Of `pending` who still waits, at the file that would list them."""
    for request, decision in report.answer.decided if report.answer else ():
        if decision in ("undecided", "left-out"):
            odd = "; ".join(each.message for each in request.suspicions)
            words = (*asks(request), *((": ", Told(odd)) if odd else ()))
            rule = "access.suspicious" if odd else "access.request"
            origin = Origin(request.into) if request.into else None
            yield Notice(
                rule, rule_of(rule, "note").level, words, request.obstacle, origin, identity(request.subject)
            )


def _adoption(report: Report) -> Iterator[Notice]:
    """What `drift --adopt` could not take into git, and why; what it could, the differences tell of."""
    for item in report.adoption.items if report.adoption else ():
        if item.problem:
            words = (*subject_words(item.subject), ": ", Told(item.problem))
            yield Notice("access.not-adopted", "note", words, "", None, identity(item.subject))


def _of_findings(report: Report) -> Iterator[Notice]:
    for found in (*report.all_findings, *report.diagnoses):
        yield Notice(found.rule, found.severity, (Told(found.message),), found.hint, found.origin, _identity(found))


_PLACE = re.compile(r":\d+(:\d+)?\b")


def _identity(found: Finding) -> tuple[str, ...]:
    """File and message; the lines that the message names may move."""
    return (found.origin.file if found.origin else "", _PLACE.sub("", found.message))


def _limits(report: Report, plan: Plan) -> Iterator[Notice]:
    for refusal in plan.refusals:
        level: Severity = "error" if report.refused else "warning"
        limit = f"; the limit: {refusal.limit}" if refusal.limit else ""
        said = (Told(refusal.message + limit),)
        yield Notice(
            f"limit.{refusal.rule}", level, said, refusal.hint, None, (refusal.rule, _uncounted(refusal.message))
        )
    for each in plan.lifted:
        said = (Told(f"{each.refusal.rule}: {each.refusal.message}; {each.reason}"),)
        yield Notice("limit.lifted", "warning", said, "", each.origin, (each.refusal.rule,))


def _uncounted(message: str) -> str:
    """A refusal's message without its numbers, which differ from run to run."""
    return re.sub(r"\d+", "", message)


def _outcomes(report: Report) -> Iterator[Notice]:
    for outcome in report.outcomes:
        if outcome.result in NOT_MADE:
            more = (": ", Told(outcome.detail)) if outcome.detail else ()
            yield _of_change(f"apply.{outcome.result}", outcome.change, more, advice(outcome))
        elif outcome.extra:
            yield _of_change("apply.extra", outcome.change)
    if report.outcomes:
        yield from (_of_change("apply.not-tried", change) for change in report.untried)


_ITEMS = {
    "residual": "access.residual",
    "held": "access.held",
    "blocked": "access.blocked",
    "unlisted": "access.unlisted",
    "waiting": "access.waiting",
    "requests": "access.request",
}


def _items(plan: Plan) -> Iterator[Notice]:
    for kind, rule in _ITEMS.items():
        found: tuple[Item, ...] = getattr(plan, kind)
        for item in found:
            words = (*subject_words(item.subject), ": ", Told(item.reason))
            level = rule_of(rule, "note").level
            yield Notice(rule, level, words, "", item.cause.origin if item.cause else None, identity(item.subject))
    for left in plan.left_out:
        if left.because == "not-reviewed":
            yield _of_change("apply.not-reviewed", left.change)


def _changes(plan: Plan, report: Report) -> Iterator[Notice]:
    """Of a plan what it takes away."""
    for change in plan.changes if not report.outcomes else ():
        if change.effect == "removes":
            yield _of_change("access.removed", change)


def _of_change(rule: str, change: Change, more: Words = (), hint: str = "") -> Notice:
    done = verb(change).upper() if change.effect == "removes" else verb(change)
    cause = () if change.cause.text == "listed" else (" (", Told(change.cause.text), ")")
    words = (f"{done} ", *subject_words(change.subject), *cause, *more)
    identity_ = (change.action, *identity(change.subject))
    return Notice(rule, rule_of(rule, "note").level, words, hint, change.cause.origin, identity_)


def identity(subject: Subject) -> tuple[str, ...]:
    """What tells a thing from others and stays the same when an account is made or a line moves."""
    parts = (subject.developer, subject.team, subject.application, subject.api, subject.role)
    version = subject.api.version or "" if subject.api else ""
    application = (subject.application.id or "") if subject.application else ""
    names = (part.name if part else "" for part in parts)
    return (subject.kind, *names, version, application, subject.region or "")
