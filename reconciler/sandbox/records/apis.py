"""APIs, API packages and their publications (contract 1.6).

A package is a record like an API, of entity type `api_package`: it can be published and registered, but the
paths under /apis do not know it.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.protocol.problems import not_found
from reconciler.sandbox.protocol.query import Field, Listing, ListQuery
from reconciler.sandbox.records import portals
from reconciler.sandbox.state.store import Row, Transaction

API = "api"
PACKAGE = "api_package"

COLUMNS = (
    "id, name, version, slug, labels, attributes, implementation_mode, created_at, updated_at, "
    "(SELECT json_group_array(json_object('id', portals.id, 'name', portals.name, "
    "'display_name', portals.display_name)) FROM publications JOIN portals "
    "ON portals.id = publications.portal_id WHERE publications.api_id = apis.id) AS portals"
)
LISTING = Listing(
    table="apis",
    columns=COLUMNS,
    source="apis",
    filters={
        "id": Field("apis.id", "uuid"),
        "name": Field("apis.name"),
        "version": Field("apis.version"),
        "labels": Field("apis.labels", keyed=True),
        "attributes": Field("apis.attributes", keyed=True),
        "implementation_mode": Field("apis.implementation_mode"),
        "created_at": Field("apis.created_at", "datetime"),
        "updated_at": Field("apis.updated_at", "datetime"),
    },
    sorts={name: f"apis.{name}" for name in ("name", "version", "created_at", "updated_at")},
    foreign_wording=True,
)
PUBLICATION_COLUMNS = (
    "publications.api_id, publications.portal_id, publications.visibility, "
    "publications.auth_strategy_id, publications.auto_approve_registrations, "
    "apis.entity_type, publications.created_at, publications.updated_at"
)
PUBLICATIONS_IN_PORTAL = Listing(
    table="publications",
    columns=PUBLICATION_COLUMNS,
    source="publications LEFT JOIN apis ON apis.id = publications.api_id",
    filters={
        "api_id": Field("publications.api_id", "uuid"),
        "api_name": Field("apis.name"),
        "auth_strategy_id": Field("publications.auth_strategy_id", "uuid"),
        "entity_type": Field("apis.entity_type"),
    },
    sorts={
        "api_id": "publications.api_id",
        "api_name": "apis.name",
        "created_at": "publications.created_at",
        "updated_at": "publications.updated_at",
    },
    foreign_wording=True,
)
PUBLICATIONS = Listing(
    table="publications",
    columns=PUBLICATION_COLUMNS,
    source=f"{PUBLICATIONS_IN_PORTAL.source} LEFT JOIN portals ON portals.id = publications.portal_id",
    filters={
        "portal_id": Field("publications.portal_id", "uuid"),
        "portal_name": Field("portals.name"),
        **PUBLICATIONS_IN_PORTAL.filters,
    },
    sorts={
        "portal_id": "publications.portal_id",
        "portal_name": "portals.name",
        **PUBLICATIONS_IN_PORTAL.sorts,
    },
    foreign_wording=True,
)


def find(tx: Transaction, api_id: str) -> Row:
    """The record of an API, not of a package; 404."""
    row = tx.one(f"SELECT {COLUMNS} FROM apis WHERE id = ? AND entity_type = ?", api_id, API)
    if row is None:
        raise not_found()
    return row


def get(tx: Transaction, api_id: str) -> dict[str, Any]:
    """GET /apis/{apiId}."""
    return _render(find(tx, api_id))


def page(tx: Transaction, query: ListQuery) -> dict[str, Any]:
    """GET /apis: packages are not among them."""
    return query.page(tx, "apis.entity_type = ?", API, render=_render)


def publication(tx: Transaction, api_id: str, portal_id: str) -> Row:
    """How an API or package is published in a portal; 404 when it is not."""
    sql = f"SELECT {PUBLICATION_COLUMNS} FROM {PUBLICATIONS_IN_PORTAL.source} WHERE api_id = ? AND portal_id = ?"
    row = tx.one(sql, api_id, portal_id)
    if row is None:
        raise not_found()
    return row


def get_publication(tx: Transaction, api_id: str, portal_id: str) -> dict[str, Any]:
    """GET /apis/{apiId}/publications/{portalId}."""
    find(tx, api_id)
    item = _publication(publication(tx, api_id, portal_id))
    return {name: item[name] for name in item if name not in ("api_id", "portal_id", "entity_type")}


def page_of_publications(tx: Transaction, query: ListQuery) -> dict[str, Any]:
    """GET /api-publications: one item for each API or package and portal."""
    return query.page(tx, "TRUE", render=_publication)


def page_in_portal(tx: Transaction, portal_id: str, query: ListQuery) -> dict[str, Any]:
    """GET /portals/{portalId}/api-publications: ids and no names, `portal_ids` is an array."""
    portals.find(tx, portal_id)
    return query.page(tx, "publications.portal_id = ?", portal_id, render=_in_portal)


def _render(row: Row) -> dict[str, Any]:
    read = {name: json.loads(row[name]) for name in ("labels", "attributes", "portals")}
    return {**dict(row), **read, "api_spec_ids": [], "current_version_summary": None}


def _publication(row: Row) -> dict[str, Any]:
    item = {**dict(row), "auto_approve_registrations": bool(row["auto_approve_registrations"])}
    strategy = item.pop("auth_strategy_id")
    item["auth_strategy_ids"] = None if strategy is None else [strategy]
    return item


def _in_portal(row: Row) -> dict[str, Any]:
    item = _publication(row)
    item["portal_ids"] = [item.pop("portal_id")]
    return item
