"""The access state in words: sorted, stable, without ids and times, for comparing whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.sandbox.records.apis import PACKAGE
from reconciler.sandbox.state.store import Row, Transaction


def dump(tx: Transaction) -> dict[str, Any]:
    """For each portal `{developers: {email: status}, teams, applications: [{owner, name, registrations}]}`.

    What has the name of an earlier one gets a number: the second account of one address is `ada@x #2`.
    """
    rows = tx.all("SELECT id, name FROM portals ORDER BY name")
    return {row["name"]: _portal(tx, row["id"]) for row in rows}


def _portal(tx: Transaction, portal_id: str) -> dict[str, Any]:
    developers = tx.all("SELECT id, email, status FROM developers WHERE portal_id = ? ORDER BY seq", portal_id)
    emails = _names((row["id"], row["email"]) for row in developers)
    rows = tx.all(
        "SELECT id, name, description, can_own_applications FROM teams WHERE portal_id = ? ORDER BY seq", portal_id
    )
    teams = _names((row["id"], row["name"]) for row in rows)
    return {
        "developers": dict(sorted((emails[row["id"]], row["status"]) for row in developers)),
        "teams": {teams[row["id"]]: _team(tx, row, emails) for row in sorted(rows, key=lambda row: teams[row["id"]])},
        "applications": _applications(tx, portal_id, emails, teams),
    }


def _names(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The name of each id, numbered from the second of one name on."""
    seen: dict[str, int] = {}
    names = {}
    for own_id, name in pairs:
        seen[name] = seen.get(name, 0) + 1
        names[own_id] = name if seen[name] == 1 else f"{name} #{seen[name]}"
    return names


def _team(tx: Transaction, team: Row, emails: dict[str, str]) -> dict[str, Any]:
    members = tx.all("SELECT developer_id FROM memberships WHERE team_id = ?", team["id"])
    roles = tx.all(
        "SELECT role_name, entity_type, name, version, entity_region FROM roles "
        "LEFT JOIN apis ON apis.id = entity_id WHERE team_id = ?",
        team["id"],
    )
    named = [[row["role_name"], _label(row), row["version"], row["entity_region"]] for row in roles]
    return {
        "description": team["description"],
        "can_own_applications": bool(team["can_own_applications"]),
        "members": sorted(emails[row["developer_id"]] for row in members),
        "roles": sorted(named, key=lambda role: [part or "" for part in role]),
    }


def _applications(
    tx: Transaction, portal_id: str, emails: dict[str, str], teams: dict[str, str]
) -> list[dict[str, Any]]:
    registered: dict[str, dict[str, str]] = {}
    for row in tx.all(
        "SELECT application_id, entity_type, name, version, status FROM registrations "
        "LEFT JOIN apis ON apis.id = api_id WHERE registrations.portal_id = ? ORDER BY registrations.seq",
        portal_id,
    ):
        own = registered.setdefault(row["application_id"], {})
        own[f"{_label(row)} {row['version'] or ''}".strip()] = row["status"]
    owners = {**emails, **{team_id: f"team:{name}" for team_id, name in teams.items()}}
    found = []
    for row in tx.all("SELECT * FROM applications WHERE portal_id = ? ORDER BY seq", portal_id):
        owner_id = row["developer_id"] or row["team_id"]
        found.append(
            {
                # The owning team may have been deleted; its applications stay.
                "owner": owners.get(owner_id, f"deleted:{owner_id}"),
                "name": row["name"],
                "registrations": dict(sorted(registered.get(row["id"], {}).items())),
            }
        )
    return sorted(found, key=lambda each: (each["owner"], each["name"], sorted(each["registrations"].items())))


def _label(row: Row) -> str:
    return f"package {row['name']}" if row["entity_type"] == PACKAGE else str(row["name"])
