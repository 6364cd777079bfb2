"""Registrations of applications for APIs and packages (contract 1.4, status machine in contract 4)."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.sandbox.protocol.bodies import Property, Shape
from reconciler.sandbox.protocol.listing import Field, Listing
from reconciler.sandbox.protocol.problems import bad_request, conflict, invalid, not_found
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.protocol.written import Written, an_object, either, parsed
from reconciler.sandbox.records import apis, applications, portals
from reconciler.sandbox.records.developers import STATUSES, refuse_final
from reconciler.sandbox.state.store import Row, Transaction

STATUS = Field("registrations.status")
ITEM = an_object(
    id="registrations.id",
    status="registrations.status",
    api=an_object(
        id="registrations.api_id", name="apis.name", version="apis.version", entity_type="apis.entity_type"
    ),
    application=an_object(id="registrations.application_id", name="applications.name"),
    created_at="registrations.created_at",
    updated_at="registrations.updated_at",
)
OF_APPLICATION = Listing(
    table="registrations",
    source="registrations LEFT JOIN applications ON applications.id = registrations.application_id "
    "LEFT JOIN apis ON apis.id = registrations.api_id",
    drifting=True,
    filters={"status": STATUS},
    sorts={name: f"registrations.{name}" for name in ("created_at", "updated_at", "status")},
)
OF_PORTAL = replace(
    OF_APPLICATION,
    filters={
        "developer_id": Field("applications.developer_id", "uuid"),
        "application_name": Field("applications.name"),
        "status": STATUS,
    },
    sorts={
        "created_at": "registrations.created_at",
        "updated_at": "registrations.updated_at",
        "developer_id": "applications.developer_id",
        "status": "registrations.status",
    },
)
IN_API = {"id": "registrations.application_id", "name": "applications.name", "owner": applications.OWNER_ITEM}
ITEM_OF_API = an_object(
    id="registrations.id",
    status="registrations.status",
    portal=an_object(id="registrations.portal_id", name="portals.name"),
    # A description is a string or absent (openapi.yaml, ApiRegistration).
    application=parsed(
        either(
            "applications.description IS NULL",
            an_object(**IN_API),
            an_object(**IN_API, description="applications.description"),
        )
    ),
)
OF_API = Listing(
    table="registrations",
    source="registrations LEFT JOIN applications ON applications.id = registrations.application_id "
    "LEFT JOIN portals ON portals.id = registrations.portal_id",
    drifting=True,
    filters={
        "status": STATUS,
        "portal_id": Field("registrations.portal_id", "uuid"),
        "portal_name": Field("portals.name"),
        "application_id": Field("registrations.application_id", "uuid"),
        "application_name": Field("applications.name"),
        "application_owner_type": Field("iif(applications.team_id IS NULL, 'developer', 'team')"),
        "application_owner_id": Field("ifnull(applications.team_id, applications.developer_id)", "uuid"),
    },
)
CREATE = Shape(
    {
        "api_id": Property("uuid", required=True),
        "status": Property(choices=("approved", "pending")),
    }
)
UPDATE = Shape({"status": Property(choices=STATUSES)})


def find(tx: Transaction, portal_id: str, application_id: str, registration_id: str) -> Row:
    """A registration of this application, as an answer shows it in `item`, and its status; 404."""
    row = tx.one(
        f"SELECT {ITEM} AS item, registrations.status FROM {OF_APPLICATION.source} WHERE registrations.id = ? "
        "AND registrations.application_id = ? AND registrations.portal_id = ?",
        registration_id,
        application_id,
        portal_id,
    )
    if row is None:
        raise not_found()
    return row


def page(tx: Transaction, portal_id: str, query: ListQuery) -> Written:
    """GET /portals/{portalId}/application-registrations: without the owner (contract 1.4)."""
    portals.find(tx, portal_id)
    return query.page(tx, ITEM, "registrations.portal_id = ?", portal_id)


def page_of_application(tx: Transaction, portal_id: str, application_id: str, query: ListQuery) -> Written:
    """GET …/applications/{applicationId}/registrations."""
    applications.find(tx, portal_id, application_id)
    return query.page(tx, ITEM, "registrations.application_id = ?", application_id)


def page_of_api(tx: Transaction, api_id: str, query: ListQuery) -> Written:
    """GET /apis/{apiId}/registrations: with portal and owner, without times."""
    apis.find(tx, api_id)
    return query.page(tx, ITEM_OF_API, "registrations.api_id = ?", api_id)


def create(tx: Transaction, portal_id: str, application_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST …/registrations: 404 for an API not published here, 409 for one registered in any status.

    Without a status the auto-approval of portal or publication decides (contract 4). With RBAC on, a team
    needs the role API Consumer (contract 5); which status the refusal has is unknown, 400 here.
    """
    application = applications.find(tx, portal_id, application_id)
    portal = portals.find(tx, portal_id)
    publication = apis.publication(tx, body["api_id"], portal_id)
    same = "SELECT 1 FROM registrations WHERE application_id = ? AND api_id = ?"
    if tx.one(same, application_id, body["api_id"]):
        raise conflict("API is already registered to the application")
    team_owned = application["team_id"] is not None
    if team_owned and portal["rbac_enabled"] and not applications.may_consume(tx, application, body["api_id"]):
        reason = "the team that owns the application lacks the role API Consumer for this API"
        raise bad_request(invalid("api_id", "invalid", reason))
    automatic = portal["auto_approve_applications"] or publication["auto_approve_registrations"]
    registration = {
        **tx.new(),
        "portal_id": portal_id,
        "application_id": application_id,
        "api_id": body["api_id"],
        "status": body.get("status", "approved" if automatic else "pending"),
    }
    tx.insert("registrations", registration)
    return get(tx, portal_id, application_id, registration["id"])


def get(tx: Transaction, portal_id: str, application_id: str, registration_id: str) -> dict[str, Any]:
    """GET …/registrations/{registrationId}: the application's id is needed (contract 1.4)."""
    registration: dict[str, Any] = json.loads(find(tx, portal_id, application_id, registration_id)["item"])
    return registration


def update(
    tx: Transaction, portal_id: str, application_id: str, registration_id: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    """PATCH: any status to any other (contract 4)."""
    registration = find(tx, portal_id, application_id, registration_id)
    status = body.get("status", registration["status"])
    refuse_final(tx, registration["status"], status)
    sql = "UPDATE registrations SET status = ?, updated_at = ? WHERE id = ?"
    tx.run(sql, status, tx.now, registration_id)
    return get(tx, portal_id, application_id, registration_id)


def delete(tx: Transaction, portal_id: str, application_id: str, registration_id: str) -> None:
    """DELETE: the API may then be requested again (contract 4)."""
    find(tx, portal_id, application_id, registration_id)
    tx.run("DELETE FROM registrations WHERE id = ?", registration_id)
