"""Which of the requests are to be listed: all that are sound, or those that are named."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import InputError
from reconciler.model.desired import OwnerName
from reconciler.model.listing import Listing, NewPerson, NewRegistration
from reconciler.model.names import email_key
from reconciler.model.request import Request


def selected(requests: Sequence[Request], only: Sequence[str]) -> tuple[Request, ...]:
    """The requests that the words name: addresses, domains, APIs. Raises InputError for a word that names none."""
    for word in only:
        if not any(_names(word, request) for request in requests):
            hint = "name an address, a domain or an API of somebody who waits: `reconciler pending` lists them"
            raise InputError(f"--only {word}: nobody of that name waits for a decision", hint)
    return tuple(request for request in requests if not only or any(_names(word, request) for word in only))


def to_write(requests: Sequence[Request], only: Sequence[str], *, reject: bool) -> tuple[bool, ...]:
    """For each selected request whether it is to be written.

    What is suspicious is listed only if its person's address is named; rejecting needs no second look. When a person
    is rejected their applications' requests end with that, and need no entry.
    """
    people = {request.email for request in requests if request.subject.kind == "developer"}
    return tuple(_may(request, only) if not reject else _rejectable(request, people) for request in requests)


def _may(request: Request, only: Sequence[str]) -> bool:
    if request.obstacle:
        return False
    key = email_key(request.email)
    named = any(email_key(word) == key for word in only) if key else any(_names(word, request) for word in only)
    return not request.suspicions or named


def _rejectable(request: Request, people: set[str]) -> bool:
    return not request.obstacle and (request.subject.kind == "developer" or request.email not in people)


def _names(word: str, request: Request) -> bool:
    key = email_key(word)
    api = request.subject.api
    if "@" in word[1:] and not word.startswith("*@"):
        return key == email_key(request.email)
    return (request.domain != "" and key.lstrip("*@") == request.domain) or (
        api is not None and word in (api.name, str(api))
    )


def listing_of(request: Request) -> Listing:
    """What a manifest has to say for it."""
    subject = request.subject
    if request.api is None or subject.application is None or subject.api is None:
        return NewPerson(request.email, request.teams)
    team = subject.team.name if subject.team else ""
    owner = OwnerName("team", team) if team else OwnerName("developer", request.email)
    return NewRegistration(owner, subject.application.name, request.api, subject.api.version)
