"""Developers of a portal (contract 1.1, status machine in contract 4)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import Property, Shape
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import bad_request, conflict, invalid, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object
from reconciler.sandbox.records import portals
from reconciler.sandbox.state.store import Row, Transaction

STATUSES = ("approved", "pending", "revoked", "rejected")

SHOWN = ("id", "email", "full_name", "status", "created_at", "updated_at")
ITEM = an_object(**{name: f"developers.{name}" for name in SHOWN})
LISTING = Listing(
    table="developers",
    source="developers",
    filters={
        "name": Field("developers.full_name"),
        "status": Field("developers.status"),
        "email": Field("developers.email"),
    },
    sorts={
        "created_at": "developers.created_at",
        "updated_at": "developers.updated_at",
        "email": "developers.email",
        "name": "developers.full_name",
        "status": "developers.status",
    },
)
CREATE = Shape(
    {
        "email": Property("email", required=True, maximum=255),
        "full_name": Property(required=True, maximum=255),
        "status": Property(choices=STATUSES),
        "send_invitation_email": Property("boolean"),
    }
)
UPDATE = Shape({"status": Property(choices=STATUSES)})


def find(tx: Transaction, portal_id: str, developer_id: str) -> Row:
    """The record of a developer of this portal; 404."""
    sql = f"SELECT {', '.join(SHOWN)} FROM developers WHERE id = ? AND portal_id = ?"
    row = tx.one(sql, developer_id, portal_id)
    if row is None:
        raise not_found()
    return row


def page(tx: Transaction, portal_id: str, query: ListQuery) -> Written:
    """GET /portals/{portalId}/developers."""
    portals.find(tx, portal_id)
    if tx.switches.email_filter_in_any_case:
        query = query.in_any_case("email")
    return query.page(tx, ITEM, "developers.portal_id = ?", portal_id)


def create(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST …/developers: 409 for an address already there, by a switch in any case of letters (contract 11.4).

    Without a status the portal's auto_approve_developers decides (contract 4).
    """
    portal = portals.find(tx, portal_id)
    case = " COLLATE NOCASE" if tx.switches.email_taken_in_any_case else ""
    taken = f"SELECT 1 FROM developers WHERE portal_id = ? AND email = ?{case}"
    if tx.one(taken, portal_id, body["email"]):
        raise conflict("Developer with the given email already exists")
    usual = "approved" if portal["auto_approve_developers"] else "pending"
    developer = {
        **tx.new(),
        "email": body["email"],
        "full_name": body["full_name"],
        "status": body.get("status", usual),
    }
    tx.insert("developers", {**developer, "portal_id": portal_id})
    return developer


def get(tx: Transaction, portal_id: str, developer_id: str) -> dict[str, Any]:
    """GET …/developers/{developerId}."""
    return dict(find(tx, portal_id, developer_id))


def update(tx: Transaction, portal_id: str, developer_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH: any status to any other, and nothing else changes: registrations stay as they are (contract 4)."""
    developer = find(tx, portal_id, developer_id)
    status = body.get("status", developer["status"])
    refuse_final(tx, developer["status"], status)
    sql = "UPDATE developers SET status = ?, updated_at = ? WHERE id = ?"
    tx.run(sql, status, tx.now, developer_id)
    return get(tx, portal_id, developer_id)


def refuse_final(tx: Transaction, before: str, after: str) -> None:
    """400 for approving what was rejected, by a switch: the classic portal cannot undo that (contract 11.2)."""
    if tx.switches.rejected_is_final and (before, after) == ("rejected", "approved"):
        raise bad_request(invalid("status", "invalid", "a rejected request cannot be approved"))


def delete(tx: Transaction, portal_id: str, developer_id: str) -> None:
    """DELETE: with their memberships, applications and registrations; what a team owns stays (contract 4)."""
    find(tx, portal_id, developer_id)
    owned = "SELECT id FROM applications WHERE developer_id = ?"
    for table in ("registrations", "credentials"):
        tx.run(f"DELETE FROM {table} WHERE application_id IN ({owned})", developer_id)
    tx.run("DELETE FROM applications WHERE developer_id = ?", developer_id)
    tx.run("DELETE FROM memberships WHERE developer_id = ?", developer_id)
    tx.run("DELETE FROM developers WHERE id = ?", developer_id)
