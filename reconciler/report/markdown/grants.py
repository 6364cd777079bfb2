"""Who is given what, by team and by API: the way in which owners of teams and APIs read a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.change import Change
from reconciler.report.markdown.inert import code, sentence
from reconciler.report.words import Name, Words, api_words, object_words, owner_name, plural

_TOGETHER = 20
"""Names on one line."""


def by_team_and_api(changes: Iterable[Change]) -> Iterator[str]:
    """Grants by what is given, in the order of a plan's kinds: teams, approvals, memberships, registrations."""
    given: dict[Words, list[str]] = {}
    nouns: dict[Words, str] = {}
    for change in changes:
        if change.effect == "grants":
            what, noun, who = _given(change)
            given.setdefault(what, []).append(who)
            nouns[what] = noun
    for what, names in sorted(given.items(), key=lambda each: _order(each[0])):
        yield f"- {sentence(what)} ({plural(len(names), nouns[what], _MANY.get(nouns[what], ''))})"
        for start in range(0, len(names), _TOGETHER):
            yield f"  - {', '.join(names[start : start + _TOGETHER])}"


_MANY = {"person": "people"}
_ORDER = ("Approved on the portal", "Invited by mail", "Team ", "API ")


def _order(what: Words) -> tuple[int, Words]:
    return next((index for index, start in enumerate(_ORDER) if what[0].startswith(start)), len(_ORDER)), what


def _given(change: Change) -> tuple[Words, str, str]:
    """What is given, what is counted, and who gets it."""
    subject = change.subject
    who = code(owner_name(subject))
    if subject.kind == "membership" and subject.team:
        return ("Team ", Name(subject.team.name)), "person", who
    if subject.kind == "role" and subject.team:
        return ("Team ", Name(subject.team.name), ": roles"), "role", sentence(object_words(change)[1:])
    if subject.kind == "registration" and subject.application:
        owner = who if subject.developer else f"team {who}"
        return ("API ", *api_words(subject.api)), "registration", f"{code(subject.application.name)} of {owner}"
    if change.action == "invite-developer":
        return ("Invited by mail",), "person", who
    return ("Approved on the portal",), "person", who
