"""Groups of an identity provider that stand for teams: by team (the old way), and by mapping (contract 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol import cursor
from reconciler.sandbox.protocol.bodies import TEAM_WORDING, UUID, Property, Shape, is_text
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.parse import parse
from reconciler.sandbox.protocol.problems import Invalid, bad_request, conflict, invalid, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, parsed
from reconciler.sandbox.records import identity, portals
from reconciler.sandbox.state.store import Row, Transaction

TEAM_ITEM = an_object(
    team_id="teams.id",
    groups=parsed(
        "(SELECT json_group_array(group_name) FROM "
        "(SELECT group_name FROM group_mappings WHERE team_id = teams.id ORDER BY seq))"
    ),
)
BY_TEAM = Listing(table="teams", source="teams")
UPDATE = Shape({"data": Property("array")}, TEAM_WORDING, closed=False)
LISTING = Listing(
    table="group_mappings",
    columns="group_mappings.id, group_mappings.team_id, group_mappings.group_name AS 'group', "
    "group_mappings.created_at, group_mappings.updated_at",
    source="group_mappings",
    filters={
        "team_id": Field("group_mappings.team_id", "exact"),
        "group": Field("group_mappings.group_name", "exact"),
    },
    cursors=True,
)
CREATE = Shape(
    {"team_id": Property("uuid", required=True), "group": Property(required=True)}, TEAM_WORDING, closed=False
)


def page_by_team(tx: Transaction, portal_id: str, query: ListQuery) -> Written:
    """GET …/identity-provider/team-group-mappings; 400 when the portal has no identity provider."""
    portals.find(tx, portal_id)
    identity.in_use(tx, portal_id)
    mapped = "teams.portal_id = ? AND EXISTS (SELECT 1 FROM group_mappings WHERE team_id = teams.id)"
    return query.page(tx, TEAM_ITEM, mapped, portal_id)


def update(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> Written:
    """PATCH: each team named gets exactly these groups, none clears it; other teams stay. The answer lists all."""
    portals.find(tx, portal_id)
    provider = identity.in_use(tx, portal_id)
    rows = body.get("data", [])
    faults = [fault for index, row in enumerate(rows) for fault in _faults(tx, portal_id, f"data[{index}]", row)]
    if faults:
        raise bad_request(*faults)
    for row in rows:
        tx.run("DELETE FROM group_mappings WHERE team_id = ?", row["team_id"])
        groups = dict.fromkeys(row.get("groups", ()))
        tx.insert("group_mappings", *(_new(tx, provider["id"], row["team_id"], group) for group in groups))
    return page_by_team(tx, portal_id, parse(BY_TEAM, "", tx.switches))


def page(tx: Transaction, portal_id: str, provider_id: str, query: ListQuery) -> dict[str, Any]:
    """GET …/identity-providers/{id}/team-group-mappings."""
    identity.find(tx, portal_id, provider_id)
    path = f"/v3/portals/{portal_id}/identity-providers/{provider_id}/team-group-mappings"
    return cursor.page(tx, query, path, "identity_provider_id = ?", provider_id, render=_render)


def create(tx: Transaction, portal_id: str, provider_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST: 400 for a team that is none of this portal's, 409 for a mapping that is there."""
    identity.find(tx, portal_id, provider_id)
    faults = _faults(tx, portal_id, "", {"team_id": body["team_id"]})
    if faults:
        raise bad_request(*faults)
    same = "SELECT 1 FROM group_mappings WHERE identity_provider_id = ? AND team_id = ? AND group_name = ?"
    if tx.one(same, provider_id, body["team_id"], body["group"]):
        raise conflict()
    mapping = _new(tx, provider_id, body["team_id"], body["group"])
    tx.insert("group_mappings", mapping)
    return get(tx, portal_id, provider_id, mapping["id"])


def get(tx: Transaction, portal_id: str, provider_id: str, mapping_id: str) -> dict[str, Any]:
    """GET …/team-group-mappings/{mappingId}."""
    identity.find(tx, portal_id, provider_id)
    sql = f"SELECT {LISTING.columns} FROM group_mappings WHERE id = ? AND identity_provider_id = ?"  # noqa: S608 - ours
    row = tx.one(sql, mapping_id, provider_id)
    if row is None:
        raise not_found()
    return dict(row)


def delete(tx: Transaction, portal_id: str, provider_id: str, mapping_id: str) -> None:
    """DELETE …/team-group-mappings/{mappingId}: members stay until their next login (contract 5)."""
    get(tx, portal_id, provider_id, mapping_id)
    tx.run("DELETE FROM group_mappings WHERE id = ?", mapping_id)


def _new(tx: Transaction, provider_id: str, team_id: str, group: str) -> dict[str, Any]:
    return {**tx.new(), "identity_provider_id": provider_id, "team_id": team_id, "group_name": group}


def _faults(tx: Transaction, portal_id: str, place: str, row: Any) -> list[Invalid]:
    """What is wrong with one team and its groups."""
    if not isinstance(row, dict):
        return [invalid(place, "is_object", f'"{place}" must be of type object')]
    field = f"{place}.team_id".lstrip(".")
    team_id = row.get("team_id")
    if not isinstance(team_id, str) or not UUID.fullmatch(team_id):
        return [invalid(field, "is_uuid", f'value of "{field}" must be a UUID')]
    if tx.one("SELECT 1 FROM teams WHERE id = ? AND portal_id = ?", team_id, portal_id) is None:
        return [invalid(field, "missing_reference", f'"{field}" does not refer to a team of this portal')]
    groups = row.get("groups", [])
    if not isinstance(groups, list) or not all(is_text(group) for group in groups):
        return [invalid(f"{place}.groups", "is_array", f'"{place}.groups" must be an array of strings')]
    return []


def _render(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "team_id", "group", "created_at", "updated_at")}
