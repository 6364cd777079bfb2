"""Changes and what they are about, in words: each sentence is made once, here, for every format."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.change import Action, ApiRef, Change, Facts, Outcome, Result, Subject


class Name(str):
    """A part of a sentence that someone else typed; a format must make it inert, and may set it apart."""

    __slots__ = ()


class Told(str):
    """A part of a sentence that is a message, reason or hint: a sentence with names in it, to be made inert."""

    __slots__ = ()


Words = tuple[str, ...]
"""A sentence in parts, to be joined without blanks: our own words as `str`, and others' as `Name` and `Told`."""


@dataclass(frozen=True, slots=True)
class Move:
    """One managed field of a thing before and after; None: not there, or not set."""

    field: str
    before: str | bool | None
    after: str | bool | None


def plural(number: int, one: str, many: str = "") -> str:
    """The number with its noun.

    >>> plural(1, "person", "people"), plural(1200, "change")
    ('1 person', '1,200 changes')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counted(kind: str, number: int) -> str:
    """How many of a kind were looked at; a saved plan may come from elsewhere and name other kinds.

    >>> counted("developers", 1000), counted("apis", 1)
    ('1,000 developers', '1 API')
    """
    return plural(number, *_KINDS.get(kind, (kind, kind)))


_KINDS = {
    "apis": ("API", "APIs"),
    **{
        f"{one}s": (one, f"{one}s")
        for one in ("application", "developer", "membership", "registration", "role", "team")
    },
}

_VERBS: dict[Action, str] = {
    "revoke-registration": "revoke",
    "reject-registration": "reject",
    "revoke-developer": "revoke",
    "reject-developer": "reject",
    "remove-member": "remove",
    "remove-role": "remove",
    "create-team": "create",
    "update-team": "update",
    "assign-role": "assign",
    "approve-developer": "approve",
    "invite-developer": "invite",
    "add-member": "add",
    "approve-registration": "approve",
    "create-registration": "register",
}


def verb(change: Change) -> str:
    """What the change does, in one word; a format makes it unmistakable where `effect` is `removes`."""
    return _VERBS[change.action]


def object_words(change: Change) -> Words:
    """What follows the verb, within the group of the person or team whose change it is."""
    subject = change.subject
    if subject.kind == "registration":
        return (*_application(subject), " for ", *api_words(subject.api))
    if subject.kind == "membership":
        return ("from team " if change.effect == "removes" else "to team ", *_team(subject))
    if subject.kind == "role":
        return _role(subject)
    if subject.kind == "team":
        return ("the team",)
    if change.action == "invite-developer":
        return ("to sign up, by mail",)
    return ("the developer",)


def subject_words(subject: Subject) -> Words:
    """What a change or item is about, standing alone: whose it is comes first."""
    if subject.kind == "registration":
        return (*_owner(subject), ": ", *_application(subject), " for ", *api_words(subject.api))
    if subject.kind == "membership":
        return (*_owner(subject), " in team ", *_team(subject))
    if subject.kind == "role":
        return (*_owner(subject), ": ", *_role(subject))
    return _owner(subject)


def owner_name(subject: Subject) -> str:
    """The e-mail address of the person, or the name of the team, that a change or item belongs to."""
    owner = subject.developer or subject.team
    return owner.name if owner else ""


def owner_id(subject: Subject) -> str:
    """The id of the person or team that a change or item belongs to; "" where it is not known."""
    owner = subject.developer or subject.team
    return (owner.id or "") if owner else ""


def precise_id(subject: Subject) -> str:
    """The id that tells two things of the same name apart; "" where it is not known."""
    application = subject.application.id if subject.application else None
    role = subject.role.id if subject.role else None
    return subject.registration_id or application or role or owner_id(subject)


def moves(change: Change) -> tuple[Move, ...]:
    """The fields that the change moves; none for memberships and roles, where the verb says it all."""
    if change.subject.kind in ("membership", "role"):
        return ()
    before: Facts = change.before or {}
    after: Facts = change.after or {}
    named = ("name",) if change.subject.kind == "team" else ()
    fields = [key for key in {**before, **after} if key not in named]
    return tuple(
        Move(key.replace("_", " "), before.get(key), after.get(key))
        for key in fields
        if before.get(key) != after.get(key)
    )


def _owner(subject: Subject) -> Words:
    if subject.developer:
        return (Name(subject.developer.name),)
    return ("team ", *_team(subject))


def _team(subject: Subject) -> Words:
    return (Name(subject.team.name),) if subject.team else ("?",)


def _application(subject: Subject) -> Words:
    return (Name(subject.application.name),) if subject.application else ("an application",)


def api_words(api: ApiRef | None) -> Words:
    """An API or package by name and version."""
    if api is None:
        return ("an API",)
    kind = ("package ",) if api.entity_type == "api_package" else ()
    return (*kind, Name(api.name), " ", Name(api.version)) if api.version else (*kind, Name(api.name))


def _role(subject: Subject) -> Words:
    on = (" on ", *api_words(subject.api)) if subject.api else ()
    where = (
        (" in every region",) if subject.region == "*" else (" in ", Name(subject.region)) if subject.region else ()
    )
    return ("role ", Name(subject.role.name) if subject.role else "?", *on, *where)


_ADVICE = {
    401: "check the token, then apply again",
    403: "give the token the role that may do this, then apply again",
    404: "it is gone from the portal: plan again",
    409: "it was changed meanwhile: plan again",
}


_TO_DO: dict[Result, str] = {
    "skipped": "plan again once the reason is gone",
    "stale": "plan again, and have the new plan reviewed",
    "unknown": "plan again: it shows whether it was done",
    "not-kept": "plan again: it shows what is there now",
}


def advice(outcome: Outcome) -> str:
    """What to do about a change that was not made."""
    if outcome.result in _TO_DO:
        return _TO_DO[outcome.result]
    return _ADVICE.get(outcome.status or 0, "apply again: what is done already is not done twice")
