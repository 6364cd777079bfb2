"""APIs, API packages and their publications (contract 1.6).

A package is a record like an API, of entity type `api_package`: it can be published and registered, but the
paths under /apis do not know it.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, either, flag, parsed
from reconciler.sandbox.records import portals
from reconciler.sandbox.state.store import Row, Transaction

API = "api"
PACKAGE = "api_package"

TEXTS = ("id", "name", "version", "slug", "implementation_mode", "created_at", "updated_at")
PORTALS = (
    "(SELECT json_group_array(json_object('id', portals.id, 'name', portals.name, "
    "'display_name', portals.display_name)) FROM publications JOIN portals "
    "ON portals.id = publications.portal_id WHERE publications.api_id = apis.id)"
)
ITEM = an_object(
    **{name: f"apis.{name}" for name in TEXTS},
    labels=parsed("apis.labels"),
    attributes=parsed("apis.attributes"),
    portals=parsed(PORTALS),
    api_spec_ids="json_array()",
    current_version_summary="NULL",
)
LISTING = Listing(
    table="apis",
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
HOW = {
    "visibility": "publications.visibility",
    "auth_strategy_ids": parsed(
        either("publications.auth_strategy_id IS NULL", "'null'", "json_array(publications.auth_strategy_id)")
    ),
    "auto_approve_registrations": flag("publications.auto_approve_registrations"),
    "created_at": "publications.created_at",
    "updated_at": "publications.updated_at",
}
"""How an API or package is published."""

WHICH = {"api_id": "publications.api_id", "entity_type": "apis.entity_type"}
PUBLICATION = an_object(**HOW, **WHICH, portal_id="publications.portal_id")
PUBLICATION_IN_PORTAL = an_object(**HOW, **WHICH, portal_ids="json_array(publications.portal_id)")
PUBLICATIONS_IN_PORTAL = Listing(
    table="publications",
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
    """An API, not a package, as an answer shows it in `item`; 404."""
    row = tx.one(f"SELECT {ITEM} AS item FROM apis WHERE id = ? AND entity_type = ?", api_id, API)
    if row is None:
        raise not_found()
    return row


def get(tx: Transaction, api_id: str) -> dict[str, Any]:
    """GET /apis/{apiId}."""
    api: dict[str, Any] = json.loads(find(tx, api_id)["item"])
    return api


def page(tx: Transaction, query: ListQuery) -> Written:
    """GET /apis: packages are not among them."""
    return query.page(tx, ITEM, "apis.entity_type = ?", API)


def publication(tx: Transaction, api_id: str, portal_id: str) -> Row:
    """How an API or package is published in a portal; 404 when it is not."""
    sql = f"SELECT {an_object(**HOW)} AS item, auto_approve_registrations FROM publications"
    row = tx.one(f"{sql} WHERE api_id = ? AND portal_id = ?", api_id, portal_id)
    if row is None:
        raise not_found()
    return row


def get_publication(tx: Transaction, api_id: str, portal_id: str) -> dict[str, Any]:
    """GET /apis/{apiId}/publications/{portalId}."""
    find(tx, api_id)
    how: dict[str, Any] = json.loads(publication(tx, api_id, portal_id)["item"])
    return how


def page_of_publications(tx: Transaction, query: ListQuery) -> Written:
    """GET /api-publications: one item for each API or package and portal."""
    return query.page(tx, PUBLICATION, "TRUE")


def page_in_portal(tx: Transaction, portal_id: str, query: ListQuery) -> Written:
    """GET /portals/{portalId}/api-publications: ids and no names, `portal_ids` is an array."""
    portals.find(tx, portal_id)
    return query.page(tx, PUBLICATION_IN_PORTAL, "publications.portal_id = ?", portal_id)
