"""Teams of a portal (contract 1.2 and 5)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import TEAM_WORDING, Property, Shape
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import bad_request, conflict, invalid, not_found, unknown_property
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, either, flag
from reconciler.sandbox.records import developers, portals
from reconciler.sandbox.state.store import Row, Transaction

SHOWN = {
    "id": "teams.id",
    "name": "teams.name",
    "description": "teams.description",
    "can_own_applications": flag("teams.can_own_applications"),
    "created_at": "teams.created_at",
    "updated_at": "teams.updated_at",
}
HIDDEN = an_object(**SHOWN)
MANAGED = an_object(**SHOWN, konnect_managed=flag("teams.konnect_managed"))
ITEMS = {"hidden": HIDDEN, "shown": MANAGED, "seeded": either("teams.konnect_managed IS NULL", HIDDEN, MANAGED)}
"""The SQL of a team by the switch `konnect_managed`."""
OWNING = Field("teams.can_own_applications", "boolean")
LISTING = Listing(
    table="teams",
    source="teams",
    filters={"name": Field("teams.name"), "can_own_applications": OWNING},
)
OF_DEVELOPER = Listing(
    table="teams",
    source="memberships JOIN teams ON teams.id = memberships.team_id",
    drifting=True,
    filters={"can_own_applications": OWNING},
)
UPDATE = Shape(
    {
        "name": Property(minimum=1, maximum=250),
        "description": Property(minimum=1, maximum=250),
        "can_own_applications": Property("boolean"),
        "konnect_managed": Property("boolean"),
    },
    TEAM_WORDING,
)
CREATE = Shape({**UPDATE.properties, "name": Property(required=True, minimum=1, maximum=250)}, TEAM_WORDING)


def find(tx: Transaction, portal_id: str, team_id: str) -> Row:
    """The record of a team of this portal; 404."""
    row = tx.one("SELECT * FROM teams WHERE id = ? AND portal_id = ?", team_id, portal_id)
    if row is None:
        raise not_found()
    return row


def page(tx: Transaction, portal_id: str, query: ListQuery) -> Written:
    """GET /portals/{portalId}/teams; there is no sort."""
    portals.find(tx, portal_id)
    return query.page(tx, ITEMS[tx.switches.konnect_managed], "teams.portal_id = ?", portal_id)


def page_of_developer(tx: Transaction, portal_id: str, developer_id: str, query: ListQuery) -> Written:
    """GET …/developers/{developerId}/teams."""
    developers.find(tx, portal_id, developer_id)
    return query.page(tx, ITEMS[tx.switches.konnect_managed], "memberships.developer_id = ?", developer_id)


def create(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST …/teams: 409 for a name already there, unless a switch allows it (contract 11.3)."""
    portals.find(tx, portal_id)
    _refuse_taken(tx, portal_id, body["name"], "")
    team = {
        **tx.new(),
        "portal_id": portal_id,
        "name": body["name"],
        "description": body.get("description"),
        "can_own_applications": body.get("can_own_applications", False),
        "konnect_managed": body.get("konnect_managed"),
    }
    if "konnect_managed" in body:
        _refuse_managed(tx, team, body["konnect_managed"])
    tx.insert("teams", team)
    return get(tx, portal_id, team["id"])


def get(tx: Transaction, portal_id: str, team_id: str) -> dict[str, Any]:
    """GET …/teams/{teamId}."""
    item = ITEMS[tx.switches.konnect_managed]
    row = tx.one(f"SELECT {item} FROM teams WHERE id = ? AND portal_id = ?", team_id, portal_id)
    if row is None:
        raise not_found()
    team: dict[str, Any] = json.loads(row[0])
    return team


def update(tx: Transaction, portal_id: str, team_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH …/teams/{teamId}: the properties given; 409 for another team's name."""
    found = find(tx, portal_id, team_id)
    if "konnect_managed" in body:
        _refuse_managed(tx, dict(found), body["konnect_managed"])
    team = {**dict(found), **body}
    _refuse_taken(tx, portal_id, team["name"], team_id)
    for name in ("name", "description", "can_own_applications", "konnect_managed"):
        tx.run(f"UPDATE teams SET {name} = ?, updated_at = ? WHERE id = ?", team[name], tx.now, team_id)
    return get(tx, portal_id, team_id)


def delete(tx: Transaction, portal_id: str, team_id: str) -> None:
    """DELETE: with its memberships, roles and mappings; members stay developers (contract 5).

    What becomes of applications that the team owns is a switch: no document says that they go (contract 11.11).
    """
    find(tx, portal_id, team_id)
    owned = "SELECT id FROM applications WHERE team_id = ?"
    if tx.switches.team_with_applications == "refused" and tx.one(owned, team_id):
        raise conflict("Team owns applications")
    if tx.switches.team_with_applications == "deleted":
        for table in ("registrations", "credentials"):
            tx.run(f"DELETE FROM {table} WHERE application_id IN ({owned})", team_id)
        tx.run("DELETE FROM applications WHERE team_id = ?", team_id)
    for table in ("memberships", "roles", "group_mappings"):
        tx.run(f"DELETE FROM {table} WHERE team_id = ?", team_id)
    tx.run("DELETE FROM teams WHERE id = ?", team_id)


def _refuse_taken(tx: Transaction, portal_id: str, name: str, own_id: str) -> None:
    taken = "SELECT 1 FROM teams WHERE portal_id = ? AND name = ? AND id <> ?"
    if tx.switches.unique_team_names and tx.one(taken, portal_id, name, own_id):
        raise conflict("Team with the given name already exists")


def _managed(tx: Transaction, kept: int | None) -> bool | None:
    """Whether Konnect manages a team rather than the identity provider; None where the portal does not say.

    Newer than spec 3.9.8: a portal that does not know the property leaves it out (contract 5 and 11.12). Where it
    does, synchronisation is on for every team that nobody asked.
    """
    if tx.switches.konnect_managed == "hidden" or (kept is None and tx.switches.konnect_managed == "seeded"):
        return None
    return bool(kept)


def _refuse_managed(tx: Transaction, team: Mapping[str, Any], managed: bool) -> None:
    """400 where the portal does not know the property, or a mapped team is to be managed in Konnect (contract 5)."""
    if _managed(tx, team["konnect_managed"]) is None:
        raise bad_request(unknown_property("konnect_managed"))
    if managed and tx.one("SELECT 1 FROM group_mappings WHERE team_id = ?", team["id"]):
        reason = "the team has a group mapping: delete it first"
        raise bad_request(invalid("konnect_managed", "invalid", reason))
