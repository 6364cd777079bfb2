"""Who is in a team (contract 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import conflict, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, flag
from reconciler.sandbox.records import developers, teams
from reconciler.sandbox.state.store import Transaction

# What `active` means for a developer who is not approved is not documented (contract 1.2).
ACTIVE = "(developers.status = 'approved')"

ITEM = an_object(
    id="developers.id",
    email="developers.email",
    full_name="developers.full_name",
    active=flag(ACTIVE),
    created_at="developers.created_at",
    updated_at="developers.updated_at",
)
LISTING = Listing(
    table="memberships",
    source="memberships LEFT JOIN developers ON developers.id = memberships.developer_id",
    filters={
        "email": Field("developers.email"),
        "full_name": Field("developers.full_name"),
        "attributes": Field("NULL"),  # developers have none (contract 1.1)
        "active": Field(ACTIVE, "boolean"),
    },
    dated=False,
    drifting=True,
)
ADD = Shape({"id": Property("uuid", required=True)}, TEAM_WORDING, closed=False)


def page(tx: Transaction, portal_id: str, team_id: str, query: ListQuery) -> Written:
    """GET …/teams/{teamId}/developers: basic developers, without a status."""
    teams.find(tx, portal_id, team_id)
    return query.page(tx, ITEM, "memberships.team_id = ?", team_id)


def add(tx: Transaction, portal_id: str, team_id: str, body: Mapping[str, Any]) -> None:
    """POST …/teams/{teamId}/developers: no body in the answer; 409 when already a member.

    A developer of any status may be added (contract 5).
    """
    teams.find(tx, portal_id, team_id)
    developer = developers.find(tx, portal_id, body["id"])
    member = "SELECT 1 FROM memberships WHERE team_id = ? AND developer_id = ?"
    if tx.one(member, team_id, developer["id"]):
        raise conflict()
    tx.insert("memberships", {"team_id": team_id, "developer_id": developer["id"]})


def remove(tx: Transaction, portal_id: str, team_id: str, developer_id: str) -> None:
    """DELETE …/teams/{teamId}/developers/{developerId}: 404 for who is no member."""
    teams.find(tx, portal_id, team_id)
    if not tx.run("DELETE FROM memberships WHERE team_id = ? AND developer_id = ?", team_id, developer_id):
        raise not_found()
