"""What developers do on the portal: they help themselves, as far as their status lets them (contract 4)."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.sandbox.people import logins, names
from reconciler.sandbox.protocol.bodies import check
from reconciler.sandbox.protocol.problems import forbidden
from reconciler.sandbox.records import apis, applications, developers, registrations
from reconciler.sandbox.state.store import Row, Store, Transaction


class DeveloperMoves:
    """The moves of developers. A portal is meant by its name or id, a developer by address.

    Every move goes through the rules that HTTP requests go through. A move that the portal refuses raises the
    `Problem` it would answer; a name that means nothing, or several things, raises LookupError.
    """

    _store: Store

    def sign_up(self, portal: str, email: str, full_name: str) -> str:
        """A person signs up; the developer's id. Refused (403) where the portal has no authentication.

        They can be decided on, but do nothing before they have verified their address.
        """
        with self._store.write() as tx:
            found = names.portal(tx, portal)
            if not found["authentication_enabled"]:
                raise forbidden()
            body = check(developers.CREATE, {"email": email, "full_name": full_name})
            developer = developers.create(tx, found["id"], body)
            tx.run("UPDATE developers SET verified = 0 WHERE id = ?", developer["id"])
            return str(developer["id"])

    def verify(self, portal: str, email: str) -> None:
        """A person follows the link in the mail that their sign-up brought; the portal's API does not show it."""
        with self._store.write() as tx:
            developer = names.developer(tx, names.portal(tx, portal)["id"], email)
            tx.run("UPDATE developers SET verified = 1 WHERE id = ?", developer["id"])

    def log_in(self, portal: str, email: str, groups: Collection[str] = (), full_name: str | None = None) -> None:
        """A person logs in through the identity provider, which says the groups they are in: see `logins`.

        Refused (403) without an enabled identity provider, and to who is not approved after all; their account
        is kept, a new one too.
        """
        with self._store.write() as tx:
            developer = logins.arrive(tx, names.portal(tx, portal), email, full_name or email.partition("@")[0])
            approved = developer["status"] == "approved"
            if approved:
                logins.synchronise(tx, developer, frozenset(groups))
        if not approved:
            raise forbidden()

    def create_application(self, portal: str, email: str, name: str) -> str:
        """A developer creates an application; its id."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            owner = {"type": "developer", "id": names.active(tx, portal_id, email)["id"]}
            body = check(applications.CREATE, {"name": name, "owner": owner})
            return str(applications.create(tx, portal_id, body)["id"])

    def delete_application(self, portal: str, email: str, application: str) -> None:
        """A developer deletes an application of theirs or of a team, with its registrations."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            applications.delete(tx, portal_id, _application(tx, portal_id, email, application)["id"])

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

        Refused (403) where RBAC is on and no team of theirs is API Consumer.
        """
        with self._store.write() as tx:
            found = names.portal(tx, portal)
            own = _application(tx, found["id"], email, application)
            api_id = names.api(tx, api, version, package)
            apis.publication(tx, api_id, found["id"])
            if found["rbac_enabled"] and not applications.may_consume(tx, own, api_id):
                raise forbidden()
            return str(registrations.create(tx, found["id"], own["id"], {"api_id": api_id})["id"])

    def withdraw_request(
        self,
        portal: str,
        email: str,
        application: str,
        api: str,
        version: str | None = None,
        *,
        package: bool = False,
    ) -> None:
        """A developer takes a request back, or gives an approved registration up."""
        with self._store.write() as tx:
            portal_id = names.portal(tx, portal)["id"]
            own = _application(tx, portal_id, email, application)
            registration_id = names.registration(tx, own, names.api(tx, api, version, package), api)
            registrations.delete(tx, portal_id, own["id"], registration_id)


def _application(tx: Transaction, portal_id: str, email: str, name: str) -> Row:
    """An application that this developer may change."""
    return names.application(tx, portal_id, names.active(tx, portal_id, email), name)
