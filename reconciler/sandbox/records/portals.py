"""Portals (contract 1.5)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import bad_request, conflict, invalid, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, flag, parsed
from reconciler.sandbox.records import strategies
from reconciler.sandbox.state.store import Row, Transaction

FLAGS = (
    "authentication_enabled",
    "rbac_enabled",
    "sipr_enabled",
    "auto_approve_developers",
    "auto_approve_applications",
    "notifications_developer_pii_visibility_enabled",
)
FILTERED_FLAGS = FLAGS[:2] + FLAGS[3:5]
FILTERED = ("name", "description", "default_api_visibility", "default_page_visibility", "default_domain")
TEXTS = (
    "id",
    "name",
    "display_name",
    "description",
    "default_api_visibility",
    "default_page_visibility",
    "default_application_auth_strategy_id",
    "default_domain",
    "canonical_domain",
    "created_at",
    "updated_at",
)
ITEM = an_object(
    **{name: f"portals.{name}" for name in TEXTS},
    **{name: flag(f"portals.{name}") for name in FLAGS},
    labels=parsed("portals.labels"),
)
LISTING = Listing(
    table="portals",
    source="portals",
    filters={
        "id": Field("portals.id", "uuid"),
        **{name: Field(f"portals.{name}") for name in (*FILTERED, "canonical_domain")},
        **{name: Field(f"portals.{name}", "boolean") for name in FILTERED_FLAGS},
        "default_application_auth_strategy_id": Field("default_application_auth_strategy_id", "uuid"),
    },
    sorts={
        name: f"portals.{name}"
        for name in (
            "name",
            "description",
            "authentication_enabled",
            "rbac_enabled",
            "auto_approve_applications",
            "auto_approve_developers",
            "default_domain",
            "canonical_domain",
            "created_at",
            "updated_at",
        )
    },
)


DELETION = Listing(paged=False, flags={"force": ("true", "false")})
VISIBILITY = Property(choices=("public", "private"))
READ_ONLY = ("id", "created_at", "updated_at", "default_domain", "canonical_domain")
UPDATE = Shape(
    {
        "name": Property(minimum=1, maximum=255),
        "display_name": Property(minimum=1, maximum=255),
        "description": Property(nullable=True, maximum=512),
        **{name: Property("boolean") for name in FLAGS},
        "default_api_visibility": VISIBILITY,
        "default_page_visibility": VISIBILITY,
        "default_application_auth_strategy_id": Property("uuid", nullable=True),
        "labels": Property("labels", nullable=True),
        **{name: Property("anything") for name in READ_ONLY},
    },
    TEAM_WORDING,
)
CREATE = replace(UPDATE, properties={**UPDATE.properties, "name": Property(required=True, minimum=1, maximum=255)})
INNER = {"credentials": "application", "memberships": "team", "roles": "team", "group_mappings": "team"}
CONTENTS = ("registrations", "applications", "publications", "developers", "teams", "identity_providers")
"""What goes with a portal: first what is in its applications and teams, then these."""


def find(tx: Transaction, portal_id: str) -> Row:
    """The record of a portal; 404."""
    row = tx.one("SELECT * FROM portals WHERE id = ?", portal_id)
    if row is None:
        raise not_found()
    return row


def get(tx: Transaction, portal_id: str) -> dict[str, Any]:
    """GET /portals/{portalId}."""
    row = tx.one(f"SELECT {ITEM} FROM portals WHERE id = ?", portal_id)
    if row is None:
        raise not_found()
    portal: dict[str, Any] = json.loads(row[0])
    return portal


def page(tx: Transaction, query: ListQuery) -> Written:
    """GET /portals."""
    if tx.portals is None:
        return query.page(tx, ITEM, "TRUE")
    seen = json.dumps(sorted(tx.portals))
    return query.page(tx, ITEM, "portals.id IN (SELECT value FROM json_each(?))", seen)


def create(tx: Transaction, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /portals: 409 for a name that is taken, though only PATCH lists it (contract 1.5: name is unique)."""
    new = tx.new()
    domain = f"{new['id'][:12].replace('-', '')}.eu.portal.konghq.com"
    portal = {
        "display_name": body["name"],
        "authentication_enabled": True,
        **_writable(body),
        **new,
        "default_domain": domain,
        "canonical_domain": domain,
    }
    _check(tx, portal)
    tx.insert("portals", portal)
    tx.insert("authentication_settings", {"portal_id": new["id"]})
    return get(tx, new["id"])


def update(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH /portals/{portalId}: switching auto-approval on approves nobody who waits already (contract 4)."""
    found = find(tx, portal_id)
    changes = _writable(body, json.loads(found["labels"]))
    _check(tx, {**dict(found), **changes})
    for name, value in {**changes, "updated_at": tx.now}.items():
        tx.run(f"UPDATE portals SET {name} = ? WHERE id = ?", value, portal_id)
    return get(tx, portal_id)


def delete(tx: Transaction, portal_id: str, query: ListQuery) -> None:
    """DELETE: with all that is in it; 409 while APIs are published unless `force=true` (openapi.yaml)."""
    find(tx, portal_id)
    published = tx.one("SELECT 1 FROM publications WHERE portal_id = ?", portal_id)
    if published and query.flags.get("force") != "true":
        raise conflict("Portal has published APIs")
    inner = "SELECT id FROM {} WHERE portal_id = ?"
    for table, owner in INNER.items():
        tx.run(f"DELETE FROM {table} WHERE {owner}_id IN ({inner.format(owner + 's')})", portal_id)
    for table in (*CONTENTS, "authentication_settings"):
        tx.run(f"DELETE FROM {table} WHERE portal_id = ?", portal_id)
    tx.run("DELETE FROM portals WHERE id = ?", portal_id)


def _writable(body: Mapping[str, Any], labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The columns that a body sets; a label of null goes, and so do all of them where `labels` is null."""
    columns = {name: value for name, value in body.items() if name not in READ_ONLY}
    if "labels" in columns:
        given = columns["labels"]
        merged = {} if given is None else {**(labels or {}), **given}
        columns["labels"] = json.dumps({name: value for name, value in merged.items() if value is not None})
    return columns


def _check(tx: Transaction, portal: Mapping[str, Any]) -> None:
    if tx.one("SELECT 1 FROM portals WHERE name = ? AND id <> ?", portal["name"], portal["id"]):
        raise conflict("Portal with the given name already exists")
    if portal.get("rbac_enabled") and not portal["authentication_enabled"]:
        reason = '"rbac_enabled" requires "authentication_enabled"'
        raise bad_request(invalid("rbac_enabled", "dependent_fields", reason, dependents=["authentication_enabled"]))
    strategy = portal.get("default_application_auth_strategy_id")
    if strategy is not None and strategies.find(tx, strategy) is None:
        field = "default_application_auth_strategy_id"
        raise bad_request(invalid(field, "missing_reference", f'"{field}" does not refer to an auth strategy'))
