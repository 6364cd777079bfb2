"""Who waits for a decision, by domain, for whoever reviews the entries."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reconciler.model.adoption import Adopted
from reconciler.model.request import Decision, Request
from reconciler.report.aside import adopted
from reconciler.report.markdown.inert import code, prose, sentence
from reconciler.report.markdown.page import Section, opened
from reconciler.report.model import Report
from reconciler.report.requests import asks, gives
from reconciler.report.words import subject_words

_DECISIONS: dict[Decision, str] = {
    "undecided": "",
    "listed": "**listed**: ",
    "rejected": "**rejected**: ",
    "left-out": "left out: ",
}


def requests(report: Report) -> Iterator[Section]:
    """Each request with what an approval gives, and why it deserves a second look."""
    decided = report.answer.decided if report.answer else ()
    for domain, found in groupby(decided, lambda each: each[0].domain):
        listed = list(found)
        shown = [line for each in listed for line in _request(*each)]
        yield opened(3, code(domain) if domain else "Teams' applications", shown, len(listed))


def adoption(report: Report) -> Iterator[Section]:
    """What was clicked past git, and git says now; and what it cannot say."""
    for title, items in adopted(report.adoption):
        yield opened(3, title, [_adopted(item) for item in items], len(items))


def _adopted(item: Adopted) -> str:
    where = f" ({code(item.file)})" if item.file else ""
    return f"- {sentence(subject_words(item.subject))}: {prose(item.problem or item.says)}{where}"


def files(report: Report) -> Iterator[Section]:
    """Which manifests were changed, or would be."""
    edited = report.answer or report.adoption
    if edited and edited.patches:
        title = "Changed" if edited.written else "Would be changed"
        yield opened(4, title, [f"- {code(patch.file)}" for patch in edited.patches], len(edited.patches))


def _request(request: Request, decision: Decision) -> Iterator[str]:
    since = f", since {code(request.since[:10])}" if request.since else ""
    yield f"- {_DECISIONS[decision]}{sentence(asks(request))}{since}"
    yield f"  - gives: {'; '.join(map(sentence, gives(request)))}"
    for each in request.suspicions:
        yield f"  - **suspicious** ({code(each.rule)}): {prose(each.message)}"
    if request.obstacle:
        yield f"  - cannot be listed: {prose(request.obstacle)}"
    if request.into:
        yield f"  - in {code(request.into)}"
