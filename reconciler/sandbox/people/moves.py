"""What other people do on the portal meanwhile: developers who help themselves, admins who click.

Every move goes through the rules that HTTP requests go through. A move that the portal refuses raises the
`Problem` it would answer; a name that means nothing, or several things, raises LookupError.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

from reconciler.sandbox.protocol.problems import forbidden
from reconciler.sandbox.records.apis import API, PACKAGE, publication
from reconciler.sandbox.records.applications import create as create_application
from reconciler.sandbox.records.applications import find as find_application
from reconciler.sandbox.records.applications import may_consume
from reconciler.sandbox.records.developers import create as create_developer
from reconciler.sandbox.records.developers import delete as delete_developer
from reconciler.sandbox.records.developers import update as update_developer
from reconciler.sandbox.records.memberships import add, remove
from reconciler.sandbox.records.registrations import create as create_registration
from reconciler.sandbox.records.registrations import update as update_registration
from reconciler.sandbox.seeds.catalogue import Catalogue
from reconciler.sandbox.state.store import Row, Store, Transaction


class People:
    """The moves of people, mixed into `Sandbox`. A portal is meant by its name or id."""

    _store: Store

    def sign_up(self, portal: str, email: str, full_name: str) -> str:
        """A person signs up; the developer's id. Refused (403) where the portal has no authentication."""
        with self._store.write() as tx:
            found = _portal(tx, portal)
            if not found["authentication_enabled"]:
                raise forbidden()
            return str(create_developer(tx, found["id"], {"email": email, "full_name": full_name})["id"])

    def create_application(self, portal: str, email: str, name: str) -> str:
        """A developer creates an application; its id. Refused (403) unless approved (contract 4)."""
        with self._store.write() as tx:
            portal_id = _portal(tx, portal)["id"]
            owner = {"type": "developer", "id": _approved(tx, portal_id, email)["id"]}
            return str(create_application(tx, portal_id, {"name": name, "owner": owner})["id"])

    def request_api(
        self,
        portal: str,
        email: str,
        application: str,
        api: str,
        version: str | None = None,
        *,
        package: bool = False,
    ) -> str:
        """A developer requests an API or package for an application of theirs or of a team; the registration's id.

        Refused (403) unless the developer is approved and, with RBAC on, a team of theirs is API Consumer.
        """
        with self._store.write() as tx:
            found = _portal(tx, portal)
            developer = _approved(tx, found["id"], email)
            own = _application(tx, found["id"], developer, application)
            api_id = Catalogue(tx).find(PACKAGE if package else API, api, version)
            publication(tx, api_id, found["id"])
            if found["rbac_enabled"] and not may_consume(tx, own, api_id):
                raise forbidden()
            return str(create_registration(tx, found["id"], own["id"], {"api_id": api_id})["id"])

    def set_status(self, portal: str, email: str, status: str) -> None:
        """An admin approves, revokes or rejects a developer."""
        with self._store.write() as tx:
            portal_id = _portal(tx, portal)["id"]
            update_developer(tx, portal_id, _developer(tx, portal_id, email)["id"], {"status": status})

    def delete_developer(self, portal: str, email: str) -> None:
        """An admin deletes a developer, with all they own."""
        with self._store.write() as tx:
            portal_id = _portal(tx, portal)["id"]
            delete_developer(tx, portal_id, _developer(tx, portal_id, email)["id"])

    def set_registration(
        self,
        portal: str,
        owner: str,
        application: str,
        api: str,
        status: str,
        version: str | None = None,
        *,
        package: bool = False,
    ) -> None:
        """An admin decides on a request; the owner of the application is an address or a team's name."""
        with self._store.write() as tx:
            portal_id = _portal(tx, portal)["id"]
            found = _developer(tx, portal_id, owner) if "@" in owner else _team(tx, portal_id, owner)
            own = _application(tx, portal_id, found, application)
            api_id = Catalogue(tx).find(PACKAGE if package else API, api, version)
            sql = "SELECT id FROM registrations WHERE application_id = ? AND api_id = ?"
            rows = tx.all(sql, own["id"], api_id)
            registration = _only(rows, f"registration of {application!r} for {api!r}")
            update_registration(tx, portal_id, own["id"], registration["id"], {"status": status})

    def add_member(self, portal: str, team: str, email: str) -> None:
        """An admin adds a developer to a team."""
        with self._store.write() as tx:
            portal_id = _portal(tx, portal)["id"]
            developer = {"id": _developer(tx, portal_id, email)["id"]}
            add(tx, portal_id, _team(tx, portal_id, team)["id"], developer)

    def remove_member(self, portal: str, team: str, email: str) -> None:
        """An admin takes a developer out of a team."""
        with self._store.write() as tx:
            portal_id = _portal(tx, portal)["id"]
            team_id = _team(tx, portal_id, team)["id"]
            remove(tx, portal_id, team_id, _developer(tx, portal_id, email)["id"])


def _portal(tx: Transaction, portal: str) -> Row:
    rows = tx.all("SELECT * FROM portals WHERE name = ? OR id = ?", portal, portal)
    return _only(rows, f"portal {portal!r}")


def _developer(tx: Transaction, portal_id: str, email: str) -> Row:
    sql = "SELECT id, status, 'developer' AS type FROM developers WHERE portal_id = ? AND email = ?"
    return _only(tx.all(sql, portal_id, email), f"developer {email!r}")


def _approved(tx: Transaction, portal_id: str, email: str) -> Row:
    developer = _developer(tx, portal_id, email)
    if developer["status"] != "approved":
        raise forbidden()
    return developer


def _team(tx: Transaction, portal_id: str, name: str) -> Row:
    sql = "SELECT id, 'team' AS type FROM teams WHERE portal_id = ? AND name = ?"
    return _only(tx.all(sql, portal_id, name.removeprefix("team:")), f"team {name!r}")


def _application(tx: Transaction, portal_id: str, owner: Row, name: str) -> Row:
    """An application of the owner, or of a team that the owner is in."""
    own = f"SELECT id FROM applications WHERE name = ? AND {owner['type']}_id = ?"
    shared = (
        "SELECT applications.id FROM applications JOIN memberships USING (team_id) "
        "WHERE name = ? AND memberships.developer_id = ?"
    )
    rows = tx.all(own, name, owner["id"]) or tx.all(shared, name, owner["id"])
    return find_application(tx, portal_id, _only(rows, f"application {name!r}")["id"])


def _only(rows: list[Row], what: str) -> Row:
    if len(rows) != 1:
        raise LookupError(f"the sandbox has {len(rows) or 'no'} {what}")
    return rows[0]
