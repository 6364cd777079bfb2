"""The client against the embedded portal: two pieces that share no code understand each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reconciler.errors import ConflictError, NotFoundError
from reconciler.model.observed import Membership, Need, Portal
from reconciler.portal.client import Writer, Written, connect_writer
from reconciler.portal.observe import observe
from reconciler.sandbox import Sandbox, serve

SEED: dict[str, Any] = {
    "apis": [{"name": "payments", "version": "v1"}, {"name": "orders"}, {"name": "kit", "package": True}],
    "portals": [
        {
            "name": "acme",
            "publications": [{"api": "payments", "version": "v1"}, {"package": "kit"}],
            "developers": [
                {"email": "ada@x.example", "full_name": "Ada", "status": "approved"},
                {"email": "bob@x.example", "full_name": "Bob"},
            ],
            "teams": [
                {
                    "name": "partners",
                    "members": ["ada@x.example"],
                    "roles": [{"role": "API Consumer", "api": "payments", "version": "v1", "region": "eu"}],
                }
            ],
            "applications": [
                {
                    "name": "Checkout",
                    "owner": "ada@x.example",
                    "registrations": [{"api": "payments", "version": "v1", "status": "pending"}],
                }
            ],
        }
    ],
}
NEED = Need(roles_of=("partners",), packages=("kit",))


@pytest.fixture
def client() -> Iterator[Writer]:
    sandbox = Sandbox()
    sandbox.load(SEED)
    with serve(sandbox) as server, connect_writer(server.url, "t") as one:
        yield one
    sandbox.close()


@pytest.fixture
def portal(client: Writer) -> Portal:
    return client.find_portal(name="acme")


def test_everything_is_observed(client: Writer, portal: Portal) -> None:
    found = observe(client, portal, NEED)
    bob, ada = found.developers
    (team,), (application,), (registration,) = found.teams, found.applications, found.registrations
    assert [(one.email, one.status) for one in (ada, bob)] == [
        ("ada@x.example", "approved"),
        ("bob@x.example", "pending"),
    ]
    assert found.memberships == (Membership(team.id, ada.id),)
    assert (application.owner_type, application.owner_id) == ("developer", ada.id)
    assert (registration.application_id, registration.status) == (application.id, "pending")
    assert [(api.name, api.version, api.entity_type) for api in found.apis] == [
        ("payments", "v1", "api"),
        ("kit", None, "api_package"),
    ]
    assert [(role.name, role.api_id, role.region) for role in found.roles] == [
        ("API Consumer", found.apis[0].id, "eu")
    ]


def test_every_write_is_done_and_the_second_time_already(client: Writer, portal: Portal) -> None:
    before = observe(client, portal, NEED)
    (bob, ada), (team,), api, package = before.developers, before.teams, before.apis[0], before.apis[1]
    (application,), (registration,), (role,) = before.applications, before.registrations, before.roles
    new = client.create_team(portal.id, "new", "about", can_own_applications=True)
    assert new.id is not None
    steps: list[Callable[[], Written]] = [
        lambda: client.add_member(portal.id, team.id, bob.id),
        lambda: client.assign_role(portal.id, str(new.id), "API Viewer", api.id, "*"),
        lambda: client.create_registration(portal.id, application.id, package.id, "approved"),
        lambda: client.create_developer(portal.id, "cy@x.example", "Cy", "approved", False),
        lambda: client.remove_member(portal.id, team.id, ada.id),
        lambda: client.remove_role(portal.id, team.id, role.id),
    ]
    assert [step().result for step in steps] == ["done"] * 6
    assert [step().result for step in steps] == ["already"] * 6
    client.set_developer_status(portal.id, bob.id, "revoked")
    client.set_registration_status(portal.id, application.id, registration.id, "approved")
    client.update_team(portal.id, team.id, {"description": "changed"})
    after = observe(client, portal, Need(roles_of=("new", "partners"), packages=("kit",)))
    assert [(one.email, one.status) for one in after.developers] == [
        ("cy@x.example", "approved"),
        ("bob@x.example", "revoked"),
        ("ada@x.example", "approved"),
    ]
    assert after.memberships == (Membership(team.id, bob.id),)
    assert {one.name: one.description for one in after.teams} == {"partners": "changed", "new": "about"}
    assert [(one.team_id, one.region) for one in after.roles] == [(new.id, "*")]
    assert sorted((one.entity_type, one.status) for one in after.registrations) == [
        ("api", "approved"),
        ("api_package", "approved"),
    ]


def test_what_stands_in_the_way_is_told(client: Writer, portal: Portal) -> None:
    with pytest.raises(ConflictError):
        client.create_team(portal.id, "partners")
    with pytest.raises(ConflictError, match="with the status approved"):
        client.create_developer(portal.id, "ADA@x.example", "Ada", "pending", False)
    with pytest.raises(NotFoundError, match="no portal of the name 'nope'"):
        client.find_portal(name="nope")
