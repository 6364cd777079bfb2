"""The overview of the state.

What waits for approval comes first, the longest waiting at the top. Every query follows an index, so that a
portal of a hundred thousand people is read about as fast as a small one.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reconciler.sandbox.records.apis import PACKAGE
from reconciler.sandbox.state.store import Row, Transaction
from reconciler.sandbox.web.page.overview import Application, Developer, Part, Portal, Registration, Team

PORTALS = 20
ROWS = 200
IN_A_CELL = 10

PENDING = "pending"
STATUSES = (PENDING, "approved", "revoked", "rejected")
"""In the order of the page."""

API = f"apis.name || ifnull(' ' || apis.version, '') || iif(apis.entity_type = '{PACKAGE}', ' (package)', '')"

T = TypeVar("T")


def read(tx: Transaction) -> Part[Portal]:
    """Every portal, in the order of creation."""
    return _part(tx, PORTALS, "*", "portals", "TRUE", "seq", render=lambda row: _portal(tx, row))


def _portal(tx: Transaction, row: Row) -> Portal:
    return Portal(
        row["name"],
        row["display_name"],
        _settings(tx, row),
        _waiting(tx, "developers", row["id"]),
        _waiting(tx, "registrations", row["id"]),
        _developers(tx, row["id"]),
        _teams(tx, row["id"]),
        _applications(tx, row["id"]),
    )


def _waiting(tx: Transaction, table: str, portal_id: str) -> int:
    return tx.count(f"SELECT count(*) FROM {table} WHERE portal_id = ? AND status = '{PENDING}'", portal_id)


def _settings(tx: Transaction, portal: Row) -> tuple[tuple[str, str], ...]:
    sql = "SELECT idp_mapping_enabled FROM authentication_settings WHERE portal_id = ?"
    mapping = tx.one(sql, portal["id"])
    sql = "SELECT type, enabled FROM identity_providers WHERE portal_id = ? ORDER BY created_at, seq LIMIT ?"
    providers = [
        row["type"] + ("" if row["enabled"] else " (disabled)") for row in tx.all(sql, portal["id"], IN_A_CELL)
    ]
    return (
        ("RBAC", _on(portal["rbac_enabled"])),
        ("Auto-approve developers", _on(portal["auto_approve_developers"])),
        ("Auto-approve applications", _on(portal["auto_approve_applications"])),
        ("Identity provider", ", ".join(providers) or "none"),
        ("Group mapping", _on(mapping and mapping[0])),
    )


def _on(flag: Any) -> str:
    return "on" if flag else "off"


def _developers(tx: Transaction, portal_id: str) -> Part[Developer]:
    rows: tuple[Developer, ...] = ()
    total = 0
    for status in STATUSES:  # one after the other: an index has them in this order, a rank of statuses has none
        found = _part(
            tx,
            ROWS - len(rows),
            "id, full_name, email, status, updated_at",
            "developers",
            "portal_id = ? AND status = ?",
            "created_at, seq",
            portal_id,
            status,
            render=lambda row: _developer(tx, row),
        )
        rows += found.rows
        total += found.total
    return Part(rows, total)


def _developer(tx: Transaction, row: Row) -> Developer:
    source = "memberships JOIN teams ON teams.id = memberships.team_id"
    teams = _texts(tx, "teams.name", source, "memberships.developer_id", row["id"])
    return Developer(row["full_name"], row["email"], row["status"], row["updated_at"], teams)


def _teams(tx: Transaction, portal_id: str) -> Part[Team]:
    order = "name, created_at, seq"
    return _part(tx, ROWS, "*", "teams", "portal_id = ?", order, portal_id, render=lambda row: _team(tx, row))


def _team(tx: Transaction, row: Row) -> Team:
    people = "memberships JOIN developers ON developers.id = memberships.developer_id"
    granted = "roles LEFT JOIN apis ON apis.id = roles.entity_id"
    role = f"role_name || ' of ' || ifnull({API}, entity_id) || ' in ' || entity_region"
    return Team(
        row["name"],
        bool(row["can_own_applications"]),
        row["konnect_managed"] == 0,
        _texts(tx, "group_name", "group_mappings", "group_mappings.team_id", row["id"]),
        _texts(tx, "developers.email", people, "memberships.team_id", row["id"]),
        _texts(tx, role, granted, "roles.team_id", row["id"]),
    )


def _applications(tx: Transaction, portal_id: str) -> Part[Application]:
    first = f"SELECT application_id, created_at, seq FROM registrations WHERE portal_id = ? AND status = '{PENDING}'"
    waiting = tx.all(
        f"SELECT application_id FROM ({first} ORDER BY created_at, seq LIMIT ?) "
        "GROUP BY application_id ORDER BY min(created_at), min(seq)",
        portal_id,
        ROWS * IN_A_CELL,
    )
    order = "created_at, seq"
    every = _part(
        tx, ROWS, "id", "applications", "portal_id = ?", order, portal_id, render=lambda row: str(row["id"])
    )
    ids = tuple(dict.fromkeys((*(row["application_id"] for row in waiting), *every.rows)))
    return Part(tuple(_application(tx, each) for each in ids[:ROWS]), every.total)


def _application(tx: Transaction, application_id: str) -> Application:
    [row] = tx.all(
        "SELECT applications.name, ifnull(developers.email, 'team ' || teams.name) AS owner, applications.created_at "
        "FROM applications LEFT JOIN developers ON developers.id = developer_id "
        "LEFT JOIN teams ON teams.id = team_id WHERE applications.id = ?",
        application_id,
    )
    registrations = _part(
        tx,
        IN_A_CELL,
        f"ifnull({API}, api_id) AS api, registrations.status, registrations.updated_at",
        "registrations LEFT JOIN apis ON apis.id = registrations.api_id",
        "application_id = ?",
        f"registrations.status <> '{PENDING}', registrations.created_at, registrations.seq",
        application_id,
        render=lambda found: Registration(found["api"], found["status"], found["updated_at"]),
    )
    return Application(row["name"], row["owner"] or "a team that is gone", row["created_at"], registrations)


def _texts(tx: Transaction, column: str, source: str, key: str, value: str) -> Part[str]:
    order = f"{key.partition('.')[0]}.seq"
    return _part(tx, IN_A_CELL, column, source, f"{key} = ?", order, value, render=lambda row: str(row[0]))


def _part(
    tx: Transaction,
    limit: int,
    columns: str,
    source: str,
    where: str,
    order: str,
    *values: Any,
    render: Callable[[Row], T],
) -> Part[T]:
    rows = tuple(
        render(row)
        for row in tx.all(f"SELECT {columns} FROM {source} WHERE {where} ORDER BY {order} LIMIT ?", *values, limit)
    )
    if len(rows) < limit:
        return Part(rows, len(rows))
    return Part(rows, tx.count(f"SELECT count(*) FROM {source} WHERE {where}", *values))
