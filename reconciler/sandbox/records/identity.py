"""How developers log in: authentication settings and identity providers (contract 1.5)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape, is_text
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import bad_request, invalid, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.records import portals
from reconciler.sandbox.state.store import Row, Transaction

SETTINGS = (
    "basic_auth_enabled",
    "konnect_mapping_enabled",
    "oidc_auth_enabled",
    "saml_auth_enabled",
    "idp_mapping_enabled",
)
MAPPING = ("oidc_team_mapping_enabled", "idp_mapping_enabled")
"""Two names of one setting; the first is deprecated and replaced by the second (openapi.yaml)."""

OIDC = {
    "oidc_issuer": "issuer_url",
    "oidc_client_id": "client_id",
    "oidc_scopes": "scopes",
    "oidc_claim_mappings": "claim_mappings",
}
"""Deprecated settings of an OIDC provider, by their names in its configuration. Its secret is never kept."""

CLAIMS = {"name": "name", "email": "email", "groups": "groups"}

UPDATE = Shape(
    {
        **{name: Property("boolean") for name in (*SETTINGS, *MAPPING)},
        **{name: Property() for name in ("oidc_issuer", "oidc_client_id", "oidc_client_secret")},
        "oidc_scopes": Property("array"),
        "oidc_claim_mappings": Property("object"),
    },
    TEAM_WORDING,
    closed=False,
)
PROVIDERS = Listing(
    table="identity_providers",
    columns="id, type, enabled, config, created_at, updated_at",
    source="identity_providers",
    filters={"type": Field("identity_providers.type", "exact")},
    paged=False,
)


def settings(tx: Transaction, portal_id: str) -> dict[str, Any]:
    """GET /portals/{portalId}/authentication-settings."""
    portals.find(tx, portal_id)
    [row] = tx.all(f"SELECT {', '.join(SETTINGS)} FROM authentication_settings WHERE portal_id = ?", portal_id)
    found = {name: bool(row[name]) for name in SETTINGS}
    oidc = _oidc(tx, portal_id)
    shown = {} if oidc is None else {"oidc_config": _shown(json.loads(oidc["config"]))}
    return {**found, "oidc_team_mapping_enabled": found["idp_mapping_enabled"], **shown}


def update_settings(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH …/authentication-settings; nothing changes when group mapping lacks an identity provider.

    The deprecated settings of OIDC configure the portal's OIDC provider, and make one where there is none.
    """
    portals.find(tx, portal_id)
    _configure(tx, portal_id, body)
    enabled = tx.one("SELECT 1 FROM identity_providers WHERE portal_id = ? AND enabled", portal_id)
    refused = [name for name in MAPPING if body.get(name) and not enabled]
    if refused:
        reason = '"{}" cannot be enabled when no IdP is enabled'
        raise bad_request(*(invalid(name, "invalid", reason.format(name)) for name in refused))
    changes = dict(body)
    for name in MAPPING:
        if name in body:
            changes["idp_mapping_enabled"] = body[name]
    for name in SETTINGS:
        if name in changes:
            sql = f"UPDATE authentication_settings SET {name} = ? WHERE portal_id = ?"
            tx.run(sql, changes[name], portal_id)
    return settings(tx, portal_id)


def providers(tx: Transaction, portal_id: str, query: ListQuery) -> list[dict[str, Any]]:
    """GET …/identity-providers: an array without meta."""
    portals.find(tx, portal_id)
    found: list[dict[str, Any]] = query.everything(tx, "portal_id = ?", portal_id, render=_provider)
    return found


def provider(tx: Transaction, portal_id: str, provider_id: str) -> dict[str, Any]:
    """GET …/identity-providers/{id}."""
    return _provider(find(tx, portal_id, provider_id))


def find(tx: Transaction, portal_id: str, provider_id: str) -> Row:
    """The record of an identity provider of this portal; 404."""
    portals.find(tx, portal_id)
    sql = f"SELECT {PROVIDERS.columns} FROM identity_providers WHERE id = ? AND portal_id = ?"
    row = tx.one(sql, provider_id, portal_id)
    if row is None:
        raise not_found()
    return row


def in_use(tx: Transaction, portal_id: str) -> Row:
    """The portal's one provider, the enabled one of several; 400 without any (contract 1.5)."""
    sql = f"SELECT {PROVIDERS.columns} FROM identity_providers WHERE portal_id = ? ORDER BY enabled DESC, seq"
    row = tx.one(sql, portal_id)
    if row is None:
        reason = "no identity provider is configured for this portal"
        raise bad_request(invalid("portalId", "missing_reference", reason, "path"))
    return row


def _oidc(tx: Transaction, portal_id: str) -> Row | None:
    sql = "SELECT id, config FROM identity_providers WHERE portal_id = ? AND type = 'oidc' ORDER BY seq"
    return tx.one(sql, portal_id)


def _configure(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> None:
    given = {OIDC[name]: body[name] for name in OIDC if name in body}
    found = _oidc(tx, portal_id)
    if given:
        _refuse_nonsense(body)
        if "claim_mappings" in given:  # other claims have nothing to be mapped to
            given["claim_mappings"] = {name: given["claim_mappings"].get(name, own) for name, own in CLAIMS.items()}
        config = {**(json.loads(found["config"]) if found else {}), **given}
        missing = [name for name, own in OIDC.items() if own in ("issuer_url", "client_id") and not config.get(own)]
        if missing:
            raise bad_request(*(invalid(name, "required", f'"{name}" is required') for name in missing))
        if found is None:
            provider = {**tx.new(), "portal_id": portal_id, "type": "oidc", "enabled": False}
            tx.insert("identity_providers", {**provider, "config": json.dumps(config)})
        else:
            sql = "UPDATE identity_providers SET config = ?, updated_at = ? WHERE id = ?"
            tx.run(sql, json.dumps(config), tx.now, found["id"])
    for kind in ("oidc", "saml"):
        _enable(tx, portal_id, kind, body.get(f"{kind}_auth_enabled"))


def _refuse_nonsense(body: Mapping[str, Any]) -> None:
    """400 for scopes or claims that are no strings; three claims can be mapped (openapi.yaml)."""
    scopes, claims = body.get("oidc_scopes", []), body.get("oidc_claim_mappings", {})
    wrong = [] if all(map(is_text, scopes)) else ["oidc_scopes"]
    texts = all(is_text(claims[name]) for name in CLAIMS if name in claims)
    wrong += [] if texts and len(claims) <= len(CLAIMS) else ["oidc_claim_mappings"]
    if wrong:
        raise bad_request(*(invalid(name, "invalid", f'"{name}" must hold strings') for name in wrong))


def _enable(tx: Transaction, portal_id: str, kind: str, enabled: bool | None) -> None:
    """Switch the provider of a kind on or off; only one may be on at a time (openapi.yaml)."""
    if enabled:
        tx.run("UPDATE identity_providers SET enabled = (type = ?) WHERE portal_id = ?", kind, portal_id)
    elif enabled is False:
        sql = "UPDATE identity_providers SET enabled = 0 WHERE portal_id = ? AND type = ?"
        tx.run(sql, portal_id, kind)


def _shown(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of an OIDC provider as the deprecated settings show it, without its secret."""
    return {
        "issuer": config.get("issuer_url", ""),
        "client_id": config.get("client_id", ""),
        "scopes": config.get("scopes", ["email", "openid", "profile"]),
        "claim_mappings": {**CLAIMS, **config.get("claim_mappings", {})},
    }


def _provider(row: Row) -> dict[str, Any]:
    config = {name: value for name, value in json.loads(row["config"]).items() if name != "client_secret"}
    return {**dict(row), "enabled": bool(row["enabled"]), "config": config}
