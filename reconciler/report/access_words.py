"""Effective access in words: what Konnect's data let us say of who may do what, and through which path.

`call` says that the registration is approved, which lets traffic through (contract 4); nobody knows from outside who
holds the credentials. Roles count on a portal with RBAC alone; without it everybody approved sees what is published.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.change import ApiRef
from reconciler.plan.access.rights import Can, Right
from reconciler.plan.access.turns import Turn
from reconciler.report.words import Name, Words, api_words

DO: dict[Can, str] = {
    "sign-in": "sign in to the portal",
    "see": "see ",
    "register": "register applications for ",
    "hold": "hold role on ",
    "call": "call ",
}
"""What somebody may do, up to the name of the API."""


def right_words(right: Right, home: str | None = None) -> Words:
    """What somebody may do and through which path, as in `call payments v1, through application Checkout`.

    `home` is the portal's region; a role in another is told with it.
    """
    return (*do_words(right), *_elsewhere(right, home), *_comma(path_words(right)))


def do_words(right: Right) -> Words:
    """What somebody may do, whatever the path."""
    if right.can == "hold":
        return ("hold role ", Name(right.role), " on ", *_api(right.api))
    return (DO[right.can], *_api(right.api))


def path_words(right: Right) -> Words:
    """Through what; () for what is approved with the person alone."""
    team = ("team ", Name(right.team.name)) if right.team else ()
    if right.application:
        return ("through application ", Name(right.application.name), *((" of ", *team) if team else ()))
    return ("through ", *team) if team else ()


def turn_notes(turn: Turn) -> list[Words]:
    """What must be said of a gain or a loss besides: that there are other ways, or that credentials live on."""
    notes: list[Words] = []
    paths = _joined(path_words(other) for other in turn.others)
    if paths:
        notes.append(("could already, " if turn.kind == "gains" else "still can, ", *paths))
    if turn.kind == "loses" and turn.right.lingers:
        notes.append(("credentials of it that they know go on working",))
    return notes


def _joined(paths: Iterable[Words]) -> Words:
    told = list(dict.fromkeys(path for path in paths if path))
    return tuple(word for index, path in enumerate(told) for word in ((" and ", *path) if index else path))


def _comma(words: Words) -> Words:
    return (", ", *words) if words else ()


def _elsewhere(right: Right, home: str | None) -> Words:
    return () if right.region in ("", "*", home or right.region) else (" in ", Name(right.region))


def _api(api: ApiRef | None) -> Words:
    return api_words(api) if api else ()
