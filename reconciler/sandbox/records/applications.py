"""Applications of a portal, owned by a developer or a team (contract 1.3). They have no status."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.protocol.bodies import Property, Shape
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import Invalid, Problem, bad_request, invalid, not_found, unknown_property
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, either, parsed
from reconciler.sandbox.records import developers, portals, roles, strategies, teams
from reconciler.sandbox.records.strategies import KEY_AUTH
from reconciler.sandbox.state.store import Row, Transaction

OWNER_ITEM = an_object(
    type="iif(applications.team_id IS NULL, 'developer', 'team')",
    id="ifnull(applications.team_id, applications.developer_id)",
)
COMMON = {
    "id": "applications.id",
    "name": "applications.name",
    "description": "applications.description",
    "labels": parsed("applications.labels"),
    "registration_count": "(SELECT count(*) FROM registrations WHERE registrations.application_id = applications.id)",
    "portal": an_object(id="applications.portal_id"),
}
TIMES = {"created_at": "applications.created_at", "updated_at": "applications.updated_at"}
CLIENT = {
    "client_id": "applications.client_id",
    "dcr_provider": parsed(
        either("auth_strategies.dcr_provider_id IS NULL", "'null'", an_object(id="auth_strategies.dcr_provider_id"))
    ),
    "granted_scopes": "NULL",
}
"""What an application has besides that does not use keys (openapi.yaml, ClientCredentialsApplication)."""


def _item(**owner: str) -> str:
    return either(
        strategies.IS_KEYS,
        an_object(**COMMON, auth_strategy=strategies.KEYS, **owner, **TIMES),
        an_object(**COMMON, auth_strategy=strategies.CLIENT, **CLIENT, **owner, **TIMES),
    )


ITEM = _item(owner=OWNER_ITEM)
# The example of the list leaves the owner out, that of one application has it (contract 1.3).
WITHOUT_OWNER = _item()
LISTING = Listing(
    table="applications",
    source="applications LEFT JOIN auth_strategies ON auth_strategies.id = applications.auth_strategy_id",
    filters={
        "developer_id": Field("applications.developer_id", "uuid"),
        "name": Field("applications.name"),
        "team_id": Field("applications.team_id", "uuid"),
    },
    sorts={
        "created_at": "applications.created_at",
        "developer_id": "applications.developer_id",
        "name": "applications.name",
    },
)
DEVELOPER_ITEM = an_object(id="developers.id", email="developers.email", full_name="developers.full_name")
DEVELOPERS = Listing(
    table="developers",
    source="developers",
    filters={"id": Field("developers.id")},
    sorts={"id": "developers.id"},
)
MOST_OF_A_DEVELOPER = 500
"""Applications of one developer (contract 5)."""

OWNER = {
    "type": Property(required=True, choices=("developer", "team")),
    "id": Property("uuid", required=True),
}
CREATE = Shape(
    {
        "name": Property(required=True, maximum=255),
        "description": Property(maximum=255),
        "labels": Property("labels", nullable=True),
        "auth_strategy_id": Property("uuid"),
        "client_id": Property(maximum=255),
        "dcr_client_id": Property(maximum=255),
        "owner": Property("object", required=True, properties=OWNER),
    }
)
UPDATE = Shape({"owner": Property("object", properties=OWNER)})


def find(tx: Transaction, portal_id: str, application_id: str) -> Row:
    """The record of an application of this portal; 404."""
    row = tx.one("SELECT * FROM applications WHERE id = ? AND portal_id = ?", application_id, portal_id)
    if row is None:
        raise not_found()
    return row


def page(tx: Transaction, portal_id: str, query: ListQuery) -> Written:
    """GET /portals/{portalId}/applications."""
    portals.find(tx, portal_id)
    item = ITEM if tx.switches.owner_in_lists else WITHOUT_OWNER
    return query.page(tx, item, "applications.portal_id = ?", portal_id)


def get(tx: Transaction, portal_id: str, application_id: str) -> dict[str, Any]:
    """GET …/applications/{applicationId}."""
    where = "applications.id = ? AND applications.portal_id = ?"
    row = tx.one(f"SELECT {ITEM} FROM {LISTING.source} WHERE {where}", application_id, portal_id)
    if row is None:
        raise not_found()
    application: dict[str, Any] = json.loads(row[0])
    return application


def get_unscoped(tx: Transaction, application_id: str) -> dict[str, Any]:
    """GET /applications/{applicationId}."""
    row = tx.one("SELECT portal_id FROM applications WHERE id = ?", application_id)
    if row is None or (tx.portals is not None and row["portal_id"] not in tx.portals):
        raise not_found()
    return get(tx, row["portal_id"], application_id)


def page_of_developers(tx: Transaction, portal_id: str, application_id: str, query: ListQuery) -> Written:
    """GET …/applications/{applicationId}/developers: its owner, or the members of the team that owns it."""
    application = find(tx, portal_id, application_id)
    if application["team_id"] is None:
        return query.page(tx, DEVELOPER_ITEM, "developers.id = ?", application["developer_id"])
    members = "developers.id IN (SELECT developer_id FROM memberships WHERE team_id = ?)"
    return query.page(tx, DEVELOPER_ITEM, members, application["team_id"])


def create(tx: Transaction, portal_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST …/applications: 400 for an owner that cannot own it, has one of this name, or has 500 (1.3, 5)."""
    portal = portals.find(tx, portal_id)
    strategy = strategies.find(tx, body.get("auth_strategy_id", portal["default_application_auth_strategy_id"]))
    faults = _owner_faults(tx, portal_id, body["owner"], body["name"], "name")
    faults += _strategy_faults(strategy, body)
    if strategy is None or faults:
        raise bad_request(*faults)
    new = tx.new()
    labels = {key: value for key, value in (body.get("labels") or {}).items() if value is not None}
    application = {
        **new,
        "portal_id": portal_id,
        "name": body["name"],
        "description": body.get("description"),
        "labels": json.dumps(labels),
        "auth_strategy_id": strategy["id"],
        "client_id": body.get("client_id", None if strategy["credential_type"] == KEY_AUTH else new["id"]),
        "dcr_client_id": body.get("dcr_client_id"),
        **_owner_columns(body["owner"]),
    }
    tx.insert("applications", application)
    return get(tx, portal_id, application["id"])


def update(tx: Transaction, portal_id: str, application_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """PATCH: hand the application to another owner; nothing else can be changed (contract 1.3)."""
    application = find(tx, portal_id, application_id)
    owner = body.get("owner", owner_of(application))
    if owner != owner_of(application):
        faults = _owner_faults(tx, portal_id, owner, application["name"], "owner")
        if faults:
            raise bad_request(*faults)
        if owner["type"] == "team":
            _refuse_without_role(tx, portal_id, application_id, owner["id"])
    columns = _owner_columns(owner)
    sql = "UPDATE applications SET developer_id = ?, team_id = ?, updated_at = ? WHERE id = ?"
    tx.run(sql, columns["developer_id"], columns["team_id"], tx.now, application_id)
    return get(tx, portal_id, application_id)


def delete(tx: Transaction, portal_id: str, application_id: str) -> None:
    """DELETE: along with its registrations and credentials (contract 1.3)."""
    find(tx, portal_id, application_id)
    for table in ("registrations", "credentials"):
        tx.run(f"DELETE FROM {table} WHERE application_id = ?", application_id)
    tx.run("DELETE FROM applications WHERE id = ?", application_id)


def owner_of(row: Row) -> dict[str, str]:
    """The owner of an application's record: `{type, id}`."""
    if row["team_id"] is not None:
        return {"type": "team", "id": row["team_id"]}
    return {"type": "developer", "id": row["developer_id"]}


def may_consume(tx: Transaction, application: Row, api_id: str) -> bool:
    """Whether the owner may register an API where RBAC is on: a team of theirs is its consumer (contract 5)."""
    if application["team_id"] is not None:
        return roles.team_may_consume(tx, application["team_id"], api_id)
    return roles.developer_may_consume(tx, application["developer_id"], api_id)


def _owner_columns(owner: Mapping[str, str]) -> dict[str, str | None]:
    is_team = owner["type"] == "team"
    return {"developer_id": None if is_team else owner["id"], "team_id": owner["id"] if is_team else None}


def _owner_faults(tx: Transaction, portal_id: str, owner: Mapping[str, str], name: str, field: str) -> list[Invalid]:
    try:
        found = (teams if owner["type"] == "team" else developers).find(tx, portal_id, owner["id"])
    except Problem:
        reason = f'"owner.id" does not refer to a {owner["type"]} of this portal'
        return [invalid("owner.id", "missing_reference", reason)]
    if owner["type"] == "team" and not found["can_own_applications"]:
        return [invalid("owner.id", "invalid", '"owner.id" is a team that cannot own applications')]
    same = f"SELECT 1 FROM applications WHERE {owner['type']}_id = ? AND name = ?"
    if tx.one(same, owner["id"], name):
        return [invalid(field, "invalid", "the owner already has an application of this name")]
    owned = "SELECT count(*) FROM applications WHERE developer_id = ?"
    if owner["type"] == "developer" and tx.count(owned, owner["id"]) >= MOST_OF_A_DEVELOPER:
        reason = f"a developer must not have more than {MOST_OF_A_DEVELOPER} applications"
        return [invalid("owner", "max_items", reason, maximum=MOST_OF_A_DEVELOPER)]
    return []


def _strategy_faults(strategy: Row | None, body: Mapping[str, Any]) -> list[Invalid]:
    """Which client ids go with a strategy: keys need none, a DCR provider gives its own (openapi.yaml)."""
    if strategy is None and "auth_strategy_id" not in body:
        return [invalid("auth_strategy_id", "required", '"auth_strategy_id" is required')]
    if strategy is None:
        reason = '"auth_strategy_id" does not refer to an auth strategy'
        return [invalid("auth_strategy_id", "missing_reference", reason)]
    keys, dcr = strategy["credential_type"] == KEY_AUTH, strategy["dcr_provider_id"] is not None
    faults = [unknown_property("client_id")] if "client_id" in body and (keys or dcr) else []
    return faults + ([unknown_property("dcr_client_id")] if "dcr_client_id" in body and not dcr else [])


def _refuse_without_role(tx: Transaction, portal_id: str, application_id: str, team_id: str) -> None:
    """Only a team that is API Consumer of every registered API may take over (contract 5)."""
    if not portals.find(tx, portal_id)["rbac_enabled"]:
        return
    registered = tx.all("SELECT api_id FROM registrations WHERE application_id = ?", application_id)
    if not all(roles.team_may_consume(tx, team_id, row["api_id"]) for row in registered):
        reason = '"owner.id" is a team without the role API Consumer for every registered API'
        raise bad_request(invalid("owner.id", "invalid", reason))
