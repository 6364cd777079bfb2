"""Portals (contract 1.5)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

from typing import Any

from reconciler.sandbox.protocol.problems import not_found
from reconciler.sandbox.protocol.query import Field, Listing, ListQuery
from reconciler.sandbox.state.store import Row, Transaction

FLAGS = (
    "authentication_enabled",
    "rbac_enabled",
    "sipr_enabled",
    "auto_approve_developers",
    "auto_approve_applications",
)
FILTERED = ("name", "description", "default_api_visibility", "default_page_visibility", "default_domain")
COLUMNS = (
    "id, name, display_name, description, authentication_enabled, rbac_enabled, sipr_enabled, "
    "default_api_visibility, default_page_visibility, default_application_auth_strategy_id, "
    "auto_approve_developers, auto_approve_applications, default_domain, canonical_domain, "
    "created_at, updated_at"
)
LISTING = Listing(
    table="portals",
    columns=COLUMNS,
    source="portals",
    filters={
        "id": Field("portals.id", "uuid"),
        **{name: Field(f"portals.{name}") for name in (*FILTERED, "canonical_domain")},
        **{name: Field(f"portals.{name}", "boolean") for name in FLAGS if name != "sipr_enabled"},
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


def find(tx: Transaction, portal_id: str) -> Row:
    """The record of a portal; 404."""
    row = tx.one(f"SELECT {COLUMNS} FROM portals WHERE id = ?", portal_id)
    if row is None:
        raise not_found()
    return row


def get(tx: Transaction, portal_id: str) -> dict[str, Any]:
    """GET /portals/{portalId}."""
    return _render(find(tx, portal_id))


def page(tx: Transaction, query: ListQuery) -> dict[str, Any]:
    """GET /portals."""
    return query.page(tx, "TRUE", render=_render)


def _render(row: Row) -> dict[str, Any]:
    return {**dict(row), **{flag: bool(row[flag]) for flag in FLAGS}, "labels": {}}
