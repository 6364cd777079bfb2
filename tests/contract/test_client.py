"""Which operations of the portal the client needs: each is used at least once, and what was asked is listed."""

from __future__ import annotations

from typing import Any

from reconciler.model.observed import Need
from reconciler.portal.client import connect_writer
from reconciler.portal.examine import examine
from reconciler.portal.observe import observe
from reconciler.sandbox import Sandbox, serve
from reconciler.sandbox.web.routes import ROUTES, Router

from .client import USED
from .published import published
from .watch import Watch

SEED: dict[str, Any] = {
    "apis": [{"name": "payments"}, {"name": "kit", "package": True}],
    "portals": [
        {
            "name": "acme",
            "publications": [{"api": "payments"}, {"package": "kit"}],
            "developers": [{"email": "ada@x.example", "status": "approved"}, {"email": "bob@x.example"}],
            "teams": [
                {
                    "name": "partners",
                    "members": ["ada@x.example"],
                    "roles": [{"role": "API Consumer", "api": "payments", "region": "eu"}],
                }
            ],
            "applications": [{"name": "Bot", "owner": "ada@x.example", "registrations": [{"api": "payments"}]}],
        }
    ],
}
NEED = Need(roles_of=("partners",), packages=("kit",))


def test_the_client_uses_these_operations() -> None:
    """Lists that name no owner make it read each application (contract 1.3)."""
    sandbox, watch = Sandbox(switches={"owner_in_lists": False}), Watch(published())
    sandbox.load(SEED)
    with serve(sandbox) as server, connect_writer(server.url, "t") as client:
        server.after(watch)
        portal = client.find_portal(id=client.find_portal(name="acme").id)
        examine(client, portal, NEED)
        client.mapped_teams(portal.id)
        found = observe(client, portal, NEED)
        (ada, bob), (team,), (role,) = found.developers, found.teams, found.roles
        (application,), (registration,), (api, package) = found.applications, found.registrations, found.apis

        client.create_developer(portal.id, "cy@x.example", "Cy", "approved", False)
        client.set_developer_status(portal.id, bob.id, "approved")
        client.teams_of(portal.id, ada.id)
        client.create_team(portal.id, "new", "about", can_own_applications=True)
        client.update_team(portal.id, team.id, {"description": "changed"})
        client.add_member(portal.id, team.id, bob.id)
        client.remove_member(portal.id, team.id, ada.id)
        client.assign_role(portal.id, team.id, "API Viewer", api.id, "*")
        client.remove_role(portal.id, team.id, role.id)
        client.create_registration(portal.id, application.id, package.id, "approved")
        client.set_registration_status(portal.id, application.id, registration.id, "approved")
        client.registrations_of(portal.id, application.id)
        asked = [(method, target.partition("?")[0]) for method, target, _ in server.requests]
    sandbox.close()
    watch.tell()
    router = Router(ROUTES)
    found_routes = [(method, router.match(path)) for method, path in asked]
    assert {match[0][method].operation for method, match in found_routes if match} == USED
