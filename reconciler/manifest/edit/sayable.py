"""Whether a manifest takes the names of what is to be listed: strangers choose them, and one must not stop others."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.manifest.schema import gate
from reconciler.manifest.words import quoted
from reconciler.model.desired import OwnerName
from reconciler.model.listing import Listing, NewMembership, NewPerson

_NOUNS = {"email": "address", "team_name": "name of a team", "text": "name"}


def unsayable(listing: Listing) -> str:
    """Which of its names no manifest takes; "" if all are well.

    >>> unsayable(NewPerson("ada@partner.example "))
    "'ada@partner.example ' is no address that a manifest takes"
    """
    for definition, name in _names(listing):
        if not gate(definition)(name):
            return f"{quoted(name)} is no {_NOUNS[definition]} that a manifest takes"
    return ""


def _names(listing: Listing) -> Iterator[tuple[str, str]]:
    if isinstance(listing, NewPerson):
        yield "email", listing.email
    elif isinstance(listing, NewMembership):
        yield from (("email", listing.email), ("team_name", listing.team))
    else:
        yield from (
            (_of(listing.owner), listing.owner.name),
            ("text", listing.application),
            ("text", listing.api.name),
        )


def _of(owner: OwnerName) -> str:
    return "team_name" if owner.type == "team" else "email"
