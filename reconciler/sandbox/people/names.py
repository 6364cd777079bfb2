"""What people call things, found in the state; a name that means nothing, or several things, is a LookupError."""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

from reconciler.sandbox.protocol.problems import forbidden
from reconciler.sandbox.records import applications
from reconciler.sandbox.records.apis import API, PACKAGE
from reconciler.sandbox.seeds.catalogue import Catalogue
from reconciler.sandbox.state.store import Row, Transaction


def portal(tx: Transaction, name: str) -> Row:
    """A portal by its name or id."""
    known = ", ".join(repr(row["name"]) for row in tx.all("SELECT name FROM portals ORDER BY seq"))
    rows = tx.all("SELECT * FROM portals WHERE name = ? OR id = ?", name, name)
    return _only(rows, f"portal {name!r} (known: {known or 'none'})")


def developer(tx: Transaction, portal_id: str, email: str) -> Row:
    """A developer by address."""
    sql = "SELECT id, status, verified, 'developer' AS type FROM developers WHERE portal_id = ? AND email = ?"
    return _only(tx.all(sql, portal_id, email), f"developer {email!r}")


def active(tx: Transaction, portal_id: str, email: str) -> Row:
    """A developer who may act on the portal; 403 for who is not approved (contract 4) or not verified."""
    found = developer(tx, portal_id, email)
    if found["status"] != "approved" or not found["verified"]:
        raise forbidden()
    return found


def team(tx: Transaction, portal_id: str, name: str) -> Row:
    """A team by name."""
    sql = "SELECT id, 'team' AS type FROM teams WHERE portal_id = ? AND name = ?"
    return _only(tx.all(sql, portal_id, name), f"team {name!r}")


def owner(tx: Transaction, portal_id: str, name: str) -> Row:
    """Who owns an application: an address, a team's name, or `team:` and its name, whatever is in it."""
    if "@" in name and not name.startswith("team:"):
        return developer(tx, portal_id, name)
    return team(tx, portal_id, name.removeprefix("team:"))


def application(tx: Transaction, portal_id: str, whose: Row, name: str) -> Row:
    """An application of that owner, or of a team that the owner is in."""
    own = f"SELECT id FROM applications WHERE name = ? AND {whose['type']}_id = ?"
    shared = (
        "SELECT applications.id FROM applications JOIN memberships USING (team_id) "
        "WHERE name = ? AND memberships.developer_id = ?"
    )
    rows = tx.all(own, name, whose["id"]) or tx.all(shared, name, whose["id"])
    return applications.find(tx, portal_id, _only(rows, f"application {name!r}")["id"])


def api(tx: Transaction, name: str, version: str | None, package: bool) -> str:
    """The id of an API or package."""
    return Catalogue(tx).find(PACKAGE if package else API, name, version)


def registration(tx: Transaction, used_by: Row, api_id: str, api_name: str) -> str:
    """The id of the registration of an application for an API."""
    rows = tx.all("SELECT id FROM registrations WHERE application_id = ? AND api_id = ?", used_by["id"], api_id)
    return str(_only(rows, f"registration of {used_by['name']!r} for {api_name!r}")["id"])


def roles(tx: Transaction, team_id: str, role: str, api_id: str) -> list[str]:
    """The ids of the assignments of a role for an API to a team, one a region."""
    sql = "SELECT id FROM roles WHERE team_id = ? AND role_name = ? AND entity_id = ? ORDER BY seq"
    found = [str(row["id"]) for row in tx.all(sql, team_id, role, api_id)]
    if not found:
        raise LookupError(f"the team has no role {role!r} for that API")
    return found


def _only(rows: list[Row], what: str) -> Row:
    if len(rows) != 1:
        raise LookupError(f"the sandbox has {len(rows) or 'no'} {what}")
    return rows[0]
