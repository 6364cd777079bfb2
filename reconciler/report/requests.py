"""What there is to say of requests, whatever the format: how long, what for, and how many."""

from __future__ import annotations

from datetime import date

from reconciler.model.request import Answer, Request
from reconciler.report.words import Name, Words, api_words, plural


def answer_counts(answer: Answer) -> dict[str, int]:
    """How many requests there are, and what became of them."""
    decisions = [decision for _, decision in answer.decided]
    return {
        "pending": len(answer.requests),
        "suspicious": sum(bool(request.suspicions) for request in answer.requests),
        "listed": decisions.count("listed"),
        "rejected": decisions.count("rejected"),
        "request_left_out": decisions.count("left-out"),
    }


def days_waited(request: Request, generated_at: str) -> int | None:
    """Whole days, by the calendar of UTC; None where the portal does not say since when."""
    if not request.since:
        return None
    return max((date.fromisoformat(generated_at[:10]) - date.fromisoformat(request.since[:10])).days, 0)


def gives(request: Request) -> list[Words]:
    """What an approval would give, each as words."""
    subject = request.subject
    if subject.kind == "developer":
        return [("sign in to the portal",), *(("team ", Name(team)) for team in request.teams)]
    application = Name(subject.application.name if subject.application else "")
    return [("call ", *(api_words(subject.api) if subject.api else ()), ", through application ", application)]


def asks(request: Request) -> Words:
    """Who asks for what."""
    subject = request.subject
    if subject.kind == "developer":
        named: Words = (" (", Name(request.full_name), ")") if request.full_name else ()
        return (Name(request.email), *named, " asks to be approved")
    owner: Words = ("team ", Name(subject.team.name)) if subject.team else (Name(request.email),)
    application = Name(subject.application.name if subject.application else "")
    api = api_words(subject.api) if subject.api else ()
    return (application, " of ", *owner, " asks for ", *api)


def answered(answer: Answer) -> str:
    """The last line: how many, and what was written."""
    if not answer.requests:
        return "Nobody waits for a decision"
    counts = [plural(len(answer.requests), "request")]
    suspicious = sum(bool(request.suspicions) for request in answer.requests)
    counts += [f"{suspicious:,} suspicious"] if suspicious else []
    if not answer.decisions:
        return ", ".join(counts)
    verb = "" if answer.written else "would be "
    for decision, word in (("listed", "listed"), ("rejected", "rejected"), ("left-out", "left out")):
        number = answer.decisions.count(decision)
        counts += [f"{number:,} {verb}{word}"] if number else []
    files = f"{plural(len(answer.patches), 'file')} {verb}changed"
    return "; ".join([", ".join(counts), files])
