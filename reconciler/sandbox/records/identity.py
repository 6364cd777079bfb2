"""How developers log in: authentication settings, identity providers, group mappings (contract 1.5)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape
from reconciler.sandbox.protocol.problems import bad_request, invalid, not_played
from reconciler.sandbox.protocol.query import Field, Listing, ListQuery
from reconciler.sandbox.records import portals
from reconciler.sandbox.state.store import Row, Transaction

SETTINGS = (
    "basic_auth_enabled",
    "konnect_mapping_enabled",
    "oidc_auth_enabled",
    "saml_auth_enabled",
    "idp_mapping_enabled",
)
DEPRECATED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
MAPPING = ("oidc_team_mapping_enabled", "idp_mapping_enabled")
"""Two names of one setting; the first is deprecated and replaced by the second (openapi.yaml)."""

UPDATE = Shape(
    {
        **{name: Property("boolean") for name in (*SETTINGS, *MAPPING)},
        **{name: Property() for name in DEPRECATED},
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
MAPPINGS = Listing(
    table="teams",
    columns="teams.id AS team_id, (SELECT json_group_array(group_name) FROM (SELECT group_name "
    "FROM group_mappings WHERE team_id = teams.id ORDER BY seq)) AS group_names",
    source="teams",
)


def settings(tx: Transaction, portal_id: str) -> dict[str, Any]:
    """GET /portals/{portalId}/authentication-settings."""
    portals.find(tx, portal_id)
    [row] = tx.all(f"SELECT {', '.join(SETTINGS)} FROM authentication_settings WHERE portal_id = ?", portal_id)
    found = {name: bool(row[name]) for name in SETTINGS}
    return {**found, "oidc_team_mapping_enabled": found["idp_mapping_enabled"]}


def update_settings(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH …/authentication-settings; nothing changes when group mapping lacks an identity provider."""
    portals.find(tx, portal_id)
    if any(name in body for name in (*DEPRECATED, "oidc_scopes", "oidc_claim_mappings")):
        raise not_played("deprecated property")
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


def mappings(tx: Transaction, portal_id: str, query: ListQuery) -> dict[str, Any]:
    """GET …/identity-provider/team-group-mappings; 400 when the portal has no identity provider."""
    portals.find(tx, portal_id)
    if tx.one("SELECT 1 FROM identity_providers WHERE portal_id = ?", portal_id) is None:
        reason = "no identity provider is configured for this portal"
        raise bad_request(invalid("portalId", "missing_reference", reason, "path"))
    mapped = "teams.portal_id = ? AND EXISTS (SELECT 1 FROM group_mappings WHERE team_id = teams.id)"
    return query.page(tx, mapped, portal_id, render=_mapping)


def _provider(row: Row) -> dict[str, Any]:
    return {**dict(row), "enabled": bool(row["enabled"]), "config": json.loads(row["config"])}


def _mapping(row: Row) -> dict[str, Any]:
    return {"team_id": row["team_id"], "groups": json.loads(row["group_names"])}
