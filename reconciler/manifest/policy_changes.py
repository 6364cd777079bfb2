"""What of `portal`, `policy` and `rules` is not what it was: who reviews a change must see these first. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.manifest.check import TOP_ONLY
from reconciler.manifest.tree import Document, Map, Seq
from reconciler.model.drift import PolicyChange
from reconciler.model.origin import Origin

DEFAULTS: dict[str, Any] = {
    "scope.developers": ["*"],
    "scope.teams": ["*"],
    "scope.apis": ["*"],
    "unlisted.developers": "report",
    "unlisted.memberships": "report",
    "unlisted.registrations": "report",
    "unlisted.roles": "report",
    "reinstate": "held",
    "limits.removals.percent": 10,
    "limits.removals.floor": 5,
    "limits.removals.max": 50,
    "limits.grants.count": 500,
    "limits.invites.count": 20,
    "limits.may_empty": [],
    "protected.developers": [],
    "protected.teams": [],
    "warn_before_expiry": 14,
}
"""Every key of `policy` but `allow`, with what counts where it is not written."""

_RULE_DEFAULTS: dict[str, Any] = {"approve": False, "teams": [], "apis": [], "max": 50}
_ASIDE = ("name", "reason", "annotations")
"""What of a rule changes nothing."""

_Said = dict[str, tuple[Any, Origin | None]]
"""A value by its path, and where it stands."""


def compared(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents with nothing in them but what is compared here: a large workspace's people need not be kept."""
    return tuple(_only(document) for document in documents if not document.root.keys().isdisjoint(TOP_ONLY))


def _only(document: Document) -> Document:
    root = Map(document.root.at)
    for key in (key for key in document.root if key in TOP_ONLY):
        root[key] = document.root[key]
        root.places.extend((document.root.key_place(key), document.root.value_place(key)))
    return Document(document.file, root, document.inside)


def policy_changes(base: Sequence[Document], now: Sequence[Document]) -> tuple[PolicyChange, ...]:
    """Each key that counts otherwise than before, in the order: portal, policy, allowances, rules."""
    return tuple(_changes(base, now))


def _changes(base: Sequence[Document], now: Sequence[Document]) -> Iterator[PolicyChange]:
    for said in (_portal, _policy, _allowances, _rules):
        before, after = said(base), said(now)
        for path in dict.fromkeys([*before, *after]):
            was, was_at = before.get(path, (None, None))
            is_, is_at = after.get(path, (None, None))
            if _as_set(was) != _as_set(is_):
                yield PolicyChange(path, _words(was), _words(is_), is_at or was_at)


def _portal(documents: Sequence[Document]) -> _Said:
    return {f"portal.{path}": said for path, said in _leaves_of(documents, "portal")}


def _policy(documents: Sequence[Document]) -> _Said:
    written = {path: said for path, said in _leaves_of(documents, "policy") if path != "allow"}
    return {f"policy.{path}": said for path, said in ({p: (d, None) for p, d in DEFAULTS.items()} | written).items()}


def _allowances(documents: Sequence[Document]) -> _Said:
    """Each allowance whole: it is made, renewed or taken back as one."""
    found: _Said = {}
    for document in _having(documents, "policy"):
        allow = document.root["policy"].get("allow")
        for item, at in allow.placed() if isinstance(allow, Seq) else ():
            path = f"policy.allow[{item.get('rule')}]" if isinstance(item, Map) else "policy.allow"
            found[_unused(path, found)] = (_plain(item), document.origin(at))
    return found


def _rules(documents: Sequence[Document]) -> _Said:
    """Each rule whole, with what counts where a key is not written."""
    found: _Said = {}
    for document in _having(documents, "rules"):
        rules = document.root["rules"]
        for rule, at in rules.placed() if isinstance(rules, Seq) else ():
            if isinstance(rule, Map):
                effect = _RULE_DEFAULTS | {key: _plain(value) for key, value in rule.items() if key not in _ASIDE}
                found[_unused(f"rules[{rule.get('name')}]", found)] = (effect, document.origin(at))
    return found


def _leaves_of(documents: Sequence[Document], key: str) -> Iterator[tuple[str, tuple[Any, Origin]]]:
    for document in _having(documents, key):
        yield from _leaves(document, document.root[key], "")


def _leaves(document: Document, value: Map, prefix: str) -> Iterator[tuple[str, tuple[Any, Origin]]]:
    for key, inner in value.items():
        if isinstance(inner, Map):
            yield from _leaves(document, inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", (_plain(inner), document.origin(value.key_place(key)))


def _having(documents: Sequence[Document], key: str) -> Iterator[Document]:
    """The documents whose key is what it should be; what is malformed is no policy."""
    kind = Seq if key == "rules" else Map
    return (document for document in documents if isinstance(document.root.get(key), kind))


def _unused(path: str, found: _Said) -> str:
    """The path, told apart from an earlier one of the same name."""
    number = sum(1 for known in found if known == path or known.startswith(f"{path} #"))
    return f"{path} #{number + 1}" if number else path


def _plain(value: Any) -> Any:
    if isinstance(value, Map):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, Seq) else value


def _as_set(value: Any) -> Any:
    """The order of lists and keys says nothing."""
    if isinstance(value, dict):
        return {key: _as_set(inner) for key, inner in value.items()}
    return sorted(_words(_as_set(inner)) or "" for inner in value) if isinstance(value, list) else value


def _words(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
