"""The `portal` and `policy` keys, with their defaults, and where each is written."""

from __future__ import annotations

from datetime import date
from typing import Any

from reconciler.finding import Finding
from reconciler.manifest.tree import Document, Map, Seq
from reconciler.model.desired import Allowance, Policy, PortalRef, RemovalLimit, Scope, Unlisted
from reconciler.model.origin import Origin
from reconciler.model.required import ExpiryRequired, PathGrants, ReasonRequired, Required, Requirement, TeamDomains

_DEFAULT = Policy()


def portal_ref(document: Document) -> PortalRef:
    """The `portal` key of that document."""
    portal: Map = document.root["portal"]
    origin = document.origin(document.root.value_place("portal"))
    return PortalRef(portal.get("name"), portal.get("id"), portal.get("region"), portal.get("server"), origin)


def policy_of(document: Document, today: date) -> tuple[Policy, list[Finding]]:
    """The `policy` key of that document; allowances that have run out are left out, with a warning."""
    policy: Map = document.root["policy"]

    def section(key: str) -> Any:
        return policy.get(key, {})

    limits = section("limits")
    allow, findings = _allowances(document, section("allow"), today)
    return (
        Policy(
            scope=Scope(**{kind: tuple(globs) for kind, globs in section("scope").items()}),
            unlisted=Unlisted(**section("unlisted")),
            reinstate_always=policy.get("reinstate") == "always",
            reinstate_committed=policy.get("reinstate") == "committed",
            removals=RemovalLimit(**limits.get("removals", {})),
            grants=limits.get("grants", {}).get("count", _DEFAULT.grants),
            invites=limits.get("invites", {}).get("count", _DEFAULT.invites),
            may_empty=tuple(limits.get("may_empty", ())),
            protected_developers=tuple(section("protected").get("developers", ())),
            protected_teams=tuple(section("protected").get("teams", ())),
            allow=allow,
            warn_before_expiry=policy.get("warn_before_expiry", _DEFAULT.warn_before_expiry),
            required=_required(document, section("require")),
            origins=dict(_origins(document, policy, "")),
        ),
        findings,
    )


_REQUIREMENTS: dict[str, type[Requirement]] = {
    "reason": ReasonRequired,
    "expires": ExpiryRequired,
    "teams": TeamDomains,
    "paths": PathGrants,
}
"""The lists of policy.require, and what each item is; their fields go by the names of the keys."""


def _required(document: Document, require: Any) -> Required:
    lists: dict[str, Any] = {
        key: tuple(_requirement(kind, item, document.origin(at)) for item, at in require[key].placed())
        for key, kind in _REQUIREMENTS.items()
        if key in require
    }
    return Required(second_person=require.get("second_person", False), **lists)


def _requirement(kind: type[Requirement], item: Map, origin: Origin) -> Requirement:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, Seq) else value for key, value in item.items()}
    return kind(origin=origin, **fields)


def _allowances(document: Document, items: Any, today: date) -> tuple[tuple[Allowance, ...], list[Finding]]:
    allowed, findings = [], []
    for item, at in items.placed() if isinstance(items, Seq) else ():
        origin = document.origin(at)
        if item["until"] >= today.isoformat():
            allowed.append(Allowance(item["rule"], item["max"], item["until"], item["reason"], origin))
        else:
            message = f"the allowance for {item['rule']} ran out on {item['until']} and no longer counts"
            findings.append(
                Finding("allowance-expired", "warning", message, "remove it, or renew it by review", origin)
            )
    return tuple(allowed), findings


def _origins(document: Document, value: Map, prefix: str) -> list[tuple[str, Origin]]:
    found: list[tuple[str, Origin]] = []
    for key, inner in value.items():
        found.append((prefix + key, document.origin(value.key_place(key))))
        if isinstance(inner, Map):
            found += _origins(document, inner, f"{prefix}{key}.")
    return found
