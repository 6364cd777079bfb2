"""A snapshot out of its document: it is data from a file, and believed only where it is what its schema says."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema_rs

from reconciler.errors import InputError
from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    Portal,
    PortalSettings,
    Registration,
    Role,
    Team,
)
from reconciler.model.snapshot import Snapshot, SnapshotSource
from reconciler.plan.document import digest_of
from reconciler.secret import visible
from reconciler.shipped import schema_text
from reconciler.snapshot.document import FORMAT_VERSION, LISTS

_NOUNS: dict[str, Callable[..., Any]] = {
    "developers": Developer,
    "teams": Team,
    "memberships": Membership,
    "roles": Role,
    "applications": Application,
    "registrations": Registration,
    "apis": Api,
}
_HINT = "take it anew: `reconciler dump --snapshot FILE --portal NAME`"


def snapshot_of(document: object, where: str) -> Snapshot:
    """The snapshot in a document. `where` names it in errors.

    Raises InputError where it is none, is of another major version, is not what its schema says, has a thing twice,
    or was edited: what a reviewer reads of it must be what was seen.
    """
    if not isinstance(document, dict) or document.get("kind") != "snapshot":
        raise InputError(f"{where} is no snapshot of a portal", _HINT)
    version = document.get("format_version")
    if not isinstance(version, str) or version.partition(".")[0] != FORMAT_VERSION.partition(".")[0]:
        raise InputError(
            f"{where} has format version {visible(repr(version))}, and this reconciler reads {FORMAT_VERSION}", _HINT
        )
    _must_fit(document, where)
    if document["digest"] != digest_of(document):
        raise InputError(f"{where} was edited after it was taken: its digest does not match its content", _HINT)
    for name in LISTS:
        _must_be_unique(document[name], f"{where}: {name}")
    return _read(document)


def _read(document: dict[str, Any]) -> Snapshot:
    lists: dict[str, Any] = {name: tuple(_made(noun, raw) for raw in document[name]) for name, noun in _NOUNS.items()}
    settings = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document["settings"].items()
    }
    return Snapshot(
        observed=Observed(_made(Portal, document["portal"]), **lists, read=frozenset(LISTS)),
        settings=_made(PortalSettings, settings),
        packages=tuple(document["packages"]),
        source=SnapshotSource(document["taken_at"], document["digest"]),
    )


def _made(noun: Callable[..., Any], raw: dict[str, Any]) -> Any:
    """The noun, without the fields that a newer minor version has added."""
    known = noun.__dataclass_fields__  # type: ignore[attr-defined] # every noun is a dataclass
    return noun(**{key: value for key, value in raw.items() if key in known})


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema_text("snapshot.schema.json")), validate_formats=True)


def _must_fit(document: dict[str, Any], where: str) -> None:
    try:
        wrong = next(iter(_validator().iter_errors(document)), None)
    except ValueError as error:  # half a surrogate pair, or a number that is none
        raise InputError(f"{where} cannot be read: it holds what is no text or number", _HINT) from error
    if wrong is not None:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in wrong.instance_path)
        raise InputError(f"{where}: {visible(path.lstrip('.')) or 'the document'}: {visible(wrong.message)}", _HINT)


def _must_be_unique(things: list[dict[str, Any]], where: str) -> None:
    seen = set()
    for thing in things:
        key = thing.get("id") or (thing["team_id"], thing["developer_id"])
        if key in seen:
            raise InputError(f"{where}: {visible(repr(key))} stands there twice", _HINT)
        seen.add(key)
