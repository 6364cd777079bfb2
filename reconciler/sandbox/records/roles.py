"""What a team may do with an API (contract 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape
from reconciler.sandbox.protocol.listing import Listing
from reconciler.sandbox.protocol.problems import conflict, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object
from reconciler.sandbox.records import teams
from reconciler.sandbox.state.store import Transaction

CONSUMER = "API Consumer"
VIEWER = "API Viewer"
SERVICES = "Services"
REGIONS = ("us", "eu", "au", "me", "in", "sg", "*")

SHOWN = ("id", "role_name", "entity_id", "entity_type_name", "entity_region")
ITEM = an_object(**{name: f"roles.{name}" for name in SHOWN})
LISTING = Listing(
    table="roles",
    source="roles",
    dated=False,
)
ASSIGN = Shape(
    {
        "role_name": Property(required=True),
        "entity_id": Property("uuid", required=True),
        "entity_type_name": Property(required=True),
        "entity_region": Property(required=True, choices=REGIONS),
    },
    TEAM_WORDING,
    closed=False,
)
CATALOGUE = {
    "services": {
        "name": SERVICES,
        "roles": {
            "apiviewer": {
                "name": VIEWER,
                "description": "API Viewers have read-only access to the documentation of a service in a portal",
            },
            "apiconsumer": {
                "name": CONSUMER,
                "description": "API Consumers can make calls to the given service",
            },
        },
    }
}


def catalogue(_tx: Transaction) -> dict[str, Any]:
    """GET /portal-roles: an object, not a list."""
    return CATALOGUE


def page(tx: Transaction, portal_id: str, team_id: str, query: ListQuery) -> Written:
    """GET …/teams/{teamId}/assigned-roles."""
    teams.find(tx, portal_id, team_id)
    return query.page(tx, ITEM, "roles.team_id = ?", team_id)


def assign(tx: Transaction, portal_id: str, team_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST …/assigned-roles: 404 for a role or API that does not exist, 409 for one assigned already."""
    teams.find(tx, portal_id, team_id)
    known = body["role_name"] in (VIEWER, CONSUMER) and body["entity_type_name"] == SERVICES
    if not known or not tx.one("SELECT 1 FROM apis WHERE id = ?", body["entity_id"]):
        raise not_found()
    same = "SELECT 1 FROM roles WHERE team_id = ? AND role_name = ? AND entity_id = ? AND entity_region = ?"
    if tx.one(same, team_id, body["role_name"], body["entity_id"], body["entity_region"]):
        raise conflict()
    role = {"id": tx.new()["id"], **body}
    tx.insert("roles", {**role, "team_id": team_id})
    return role


def remove(tx: Transaction, portal_id: str, team_id: str, role_id: str) -> None:
    """DELETE …/assigned-roles/{roleId}: the id of the assignment."""
    teams.find(tx, portal_id, team_id)
    if not tx.run("DELETE FROM roles WHERE id = ? AND team_id = ?", role_id, team_id):
        raise not_found()


def team_may_consume(tx: Transaction, team_id: str, api_id: str) -> bool:
    """Whether a team is API Consumer of an API."""
    sql = "SELECT 1 FROM roles WHERE team_id = ? AND role_name = ? AND entity_id = ?"
    return tx.one(sql, team_id, CONSUMER, api_id) is not None


def developer_may_consume(tx: Transaction, developer_id: str, api_id: str) -> bool:
    """Whether one of a developer's teams is API Consumer of an API."""
    sql = (
        "SELECT 1 FROM memberships JOIN roles ON roles.team_id = memberships.team_id "
        "WHERE memberships.developer_id = ? AND role_name = ? AND entity_id = ?"
    )
    return tx.one(sql, developer_id, CONSUMER, api_id) is not None
