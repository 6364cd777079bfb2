"""Teams of a portal (contract 1.2 and 5)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape
from reconciler.sandbox.protocol.problems import conflict, not_found
from reconciler.sandbox.protocol.query import Field, Listing, ListQuery
from reconciler.sandbox.records import developers, portals
from reconciler.sandbox.state.store import Row, Transaction

COLUMNS = (
    "teams.id, teams.name, teams.description, teams.can_own_applications, teams.konnect_managed, "
    "teams.created_at, teams.updated_at"
)
OWNING = Field("teams.can_own_applications", "boolean")
LISTING = Listing(
    table="teams",
    columns=COLUMNS,
    source="teams",
    filters={"name": Field("teams.name"), "can_own_applications": OWNING},
)
OF_DEVELOPER = Listing(
    table="teams",
    columns=COLUMNS,
    source="memberships JOIN teams ON teams.id = memberships.team_id",
    filters={"can_own_applications": OWNING},
)
UPDATE = Shape(
    {
        "name": Property(minimum=1, maximum=250),
        "description": Property(nullable=True, minimum=1, maximum=250),
        "can_own_applications": Property("boolean"),
    },
    TEAM_WORDING,
)
CREATE = Shape({**UPDATE.properties, "name": Property(required=True, minimum=1, maximum=250)}, TEAM_WORDING)


def find(tx: Transaction, portal_id: str, team_id: str) -> Row:
    """The record of a team of this portal; 404."""
    row = tx.one(f"SELECT {COLUMNS} FROM teams WHERE id = ? AND portal_id = ?", team_id, portal_id)
    if row is None:
        raise not_found()
    return row


def page(tx: Transaction, portal_id: str, query: ListQuery) -> dict[str, Any]:
    """GET /portals/{portalId}/teams; there is no sort."""
    portals.find(tx, portal_id)
    return query.page(tx, "teams.portal_id = ?", portal_id, render=_render)


def page_of_developer(tx: Transaction, portal_id: str, developer_id: str, query: ListQuery) -> dict[str, Any]:
    """GET …/developers/{developerId}/teams."""
    developers.find(tx, portal_id, developer_id)
    return query.page(tx, "memberships.developer_id = ?", developer_id, render=_render)


def create(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST …/teams: 409 for a name already there (contract 11.3)."""
    portals.find(tx, portal_id)
    _refuse_taken(tx, portal_id, body["name"], "")
    team = {
        **tx.new(),
        "portal_id": portal_id,
        "name": body["name"],
        "description": body.get("description"),
        "can_own_applications": body.get("can_own_applications", False),
    }
    tx.insert("teams", team)
    return get(tx, portal_id, team["id"])


def get(tx: Transaction, portal_id: str, team_id: str) -> dict[str, Any]:
    """GET …/teams/{teamId}."""
    return _render(find(tx, portal_id, team_id))


def update(tx: Transaction, portal_id: str, team_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH …/teams/{teamId}: the properties given; 409 for another team's name."""
    team = {**dict(find(tx, portal_id, team_id)), **body}
    _refuse_taken(tx, portal_id, team["name"], team_id)
    sql = "UPDATE teams SET name = ?, description = ?, can_own_applications = ?, updated_at = ? WHERE id = ?"
    tx.run(sql, team["name"], team["description"], team["can_own_applications"], tx.now, team_id)
    return get(tx, portal_id, team_id)


def delete(tx: Transaction, portal_id: str, team_id: str) -> None:
    """DELETE: with its memberships, roles and mappings; members stay developers (contract 5).

    Applications that the team owns stay too: no document says that they go (contract 11.11).
    """
    find(tx, portal_id, team_id)
    for table in ("memberships", "roles", "group_mappings"):
        tx.run(f"DELETE FROM {table} WHERE team_id = ?", team_id)
    tx.run("DELETE FROM teams WHERE id = ?", team_id)


def _refuse_taken(tx: Transaction, portal_id: str, name: str, own_id: str) -> None:
    taken = "SELECT 1 FROM teams WHERE portal_id = ? AND name = ? AND id <> ?"
    if tx.one(taken, portal_id, name, own_id):
        raise conflict("Team with the given name already exists")


def _render(row: Row) -> dict[str, Any]:
    team = {**dict(row), "can_own_applications": bool(row["can_own_applications"])}
    managed = team.pop("konnect_managed")
    # Newer than spec 3.9.8: a portal that does not know the property leaves it out (contract 5 and 11.12).
    return team if managed is None else {**team, "konnect_managed": bool(managed)}
