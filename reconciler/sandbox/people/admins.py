"""What admins click in the console, behind git's back."""

from __future__ import annotations

from reconciler.sandbox.people import names
from reconciler.sandbox.protocol.bodies import check
from reconciler.sandbox.records import developers, memberships, portals, registrations, roles, teams
from reconciler.sandbox.state.store import Store


class AdminMoves:
    """The moves of admins; what holds for `DeveloperMoves` holds for them."""

    _store: Store

    def set_status(self, portal: str, email: str, status: str) -> None:
        """Approve, revoke or reject a developer."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            developer_id = names.developer(tx, portal_id, email)["id"]
            developers.update(tx, portal_id, developer_id, check(developers.UPDATE, {"status": status}))

    def delete_developer(self, portal: str, email: str) -> None:
        """Delete a developer, with all they own."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            developers.delete(tx, portal_id, names.developer(tx, portal_id, email)["id"])

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
        """Decide on a request; the owner of the application is an address or a team's name."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            own = names.application(tx, portal_id, names.owner(tx, portal_id, owner), application)
            registration_id = names.registration(tx, own, names.api(tx, api, version, package), api)
            body = check(registrations.UPDATE, {"status": status})
            registrations.update(tx, portal_id, own["id"], registration_id, body)

    def create_team(
        self, portal: str, name: str, description: str | None = None, *, can_own_applications: bool = False
    ) -> str:
        """Create a team; its id."""
        body = {"name": name, "can_own_applications": can_own_applications}
        with self._store.write() as tx:
            given = check(teams.CREATE, body if description is None else {**body, "description": description})
            return str(teams.create(tx, names.portal(tx, portal)["id"], given)["id"])

    def delete_team(self, portal: str, name: str) -> None:
        """Delete a team."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            teams.delete(tx, portal_id, names.team(tx, portal_id, name)["id"])

    def add_member(self, portal: str, team: str, email: str) -> None:
        """Add a developer to a team."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            developer = {"id": names.developer(tx, portal_id, email)["id"]}
            memberships.add(tx, portal_id, names.team(tx, portal_id, team)["id"], developer)

    def remove_member(self, portal: str, team: str, email: str) -> None:
        """Take a developer out of a team."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            team_id = names.team(tx, portal_id, team)["id"]
            memberships.remove(tx, portal_id, team_id, names.developer(tx, portal_id, email)["id"])

    def assign_role(
        self,
        portal: str,
        team: str,
        role: str,
        api: str,
        version: str | None = None,
        *,
        package: bool = False,
        region: str = "*",
    ) -> None:
        """Give a team a role for an API or package."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            body = {"role_name": role, "entity_type_name": roles.SERVICES, "entity_region": region}
            body["entity_id"] = names.api(tx, api, version, package)
            roles.assign(tx, portal_id, names.team(tx, portal_id, team)["id"], check(roles.ASSIGN, body))

    def remove_role(
        self, portal: str, team: str, role: str, api: str, version: str | None = None, *, package: bool = False
    ) -> None:
        """Take a role for an API or package from a team, in every region."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            team_id = names.team(tx, portal_id, team)["id"]
            for role_id in names.roles(tx, team_id, role, names.api(tx, api, version, package)):
                roles.remove(tx, portal_id, team_id, role_id)

    def set_portal(self, portal: str, **flags: bool) -> None:
        """Switch the portal's own settings, such as rbac_enabled and auto_approve_developers.

        What is pending stays so when approval becomes automatic (contract 4).
        """
        with self._store.write() as tx:
            portals.update(tx, names.portal(tx, portal)["id"], check(portals.UPDATE, flags))
