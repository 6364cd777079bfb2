"""Who may do what (contract 6)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, SeedError
from reconciler.sandbox.records.tokens import MAINTAINED, ROLES, TEAMS
from reconciler.sandbox.web.routes import ROUTES

from .conftest import SEED, Acme, Client

SOME_ID = "00000000-0000-4000-8000-000000000000"
WRITES = [route for route in ROUTES if route.method != "GET"]


def path_of(template: str, acme: Acme) -> str:
    """A path of the portal acme, with an id that nothing has for all else."""
    return re.sub(r"\{\w+\}", SOME_ID, template.replace("{portalId}", acme.portal))


def bearer(token: str) -> dict[str, Any]:
    return {"token": f"Bearer {token}"}


def test_as_long_as_there_is_no_token_any_will_do(acme: Acme, client: Client) -> None:
    assert client.send("GET", acme.path, token="Bearer anything").status == 200


def test_once_there_is_one_any_other_is_unauthorized(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    token = sandbox.add_token("admin")
    assert client.send("GET", acme.path, **bearer(token)).status == 200
    assert client.send("GET", acme.path, token="Bearer anything").status == 401


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.operation)
def test_a_viewers_token_makes_every_write_a_403(sandbox: Sandbox, acme: Acme, client: Client, route: Any) -> None:
    """Before the path or the body is looked at; nothing changes."""
    before = sandbox.dump()
    token = sandbox.add_token("viewer")
    answer = client.send(route.method, path_of(route.path, acme), {"no": "sense"}, **bearer(token))
    assert (answer.status, answer.value["detail"]) == (403, "You do not have permission to perform this action")
    assert sandbox.dump() == before


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.operation)
def test_a_maintainer_edits_applications_and_registrations_alone(
    sandbox: Sandbox, acme: Acme, client: Client, route: Any
) -> None:
    """Contract 6: neither developers nor teams."""
    token = sandbox.add_token("maintainer")
    status = client.send(route.method, path_of(route.path, acme), {}, **bearer(token)).status
    assert (status != 403) == (route.operation in MAINTAINED)


@pytest.mark.parametrize("role", ["viewer", "maintainer"])
@pytest.mark.parametrize("reads_teams", [True, False])
def test_whether_a_viewer_may_list_teams_is_a_switch(
    sandbox: Sandbox, acme: Acme, client: Client, role: str, reads_teams: bool
) -> None:
    """Contract 6: the roles' texts do not mention teams."""
    sandbox.keep_switches(viewer_reads_teams=reads_teams)
    token = sandbox.add_token(role)
    refused = {
        route.operation
        for route in ROUTES
        if route.method == "GET" and client.send("GET", path_of(route.path, acme), **bearer(token)).status == 403
    }
    assert refused == (set() if reads_teams else TEAMS)


def test_a_token_reaches_its_portals_alone(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    """The others are not in the list, and 403 by their id."""
    token = sandbox.add_token("admin", "other")
    portals = client.send("GET", "/portals", **bearer(token)).value
    assert [one["name"] for one in portals["data"]] == ["other"]
    assert portals["meta"]["page"]["total"] == 1
    assert client.send("GET", acme.path, **bearer(token)).status == 403
    assert client.send("POST", f"{acme.path}/teams", {"name": "x"}, **bearer(token)).status == 403


def test_an_application_of_another_portal_is_not_found_without_its_portal(
    sandbox: Sandbox, acme: Acme, client: Client
) -> None:
    path = f"/applications/{acme.application('Checkout').rpartition('/')[2]}"
    assert client.get(path).status == 200
    token = sandbox.add_token("admin", "other")
    assert client.send("GET", path, **bearer(token)).status == 404


def test_a_seed_may_bring_tokens() -> None:
    """They are kept as digests."""
    sandbox = Sandbox()
    sandbox.load({**SEED, "tokens": [{"token": "spat_seeded", "role": "viewer", "portals": ["acme"]}]})
    with sandbox._store.read() as tx:
        kept = [tuple(row) for row in tx.all("SELECT * FROM tokens")]
    assert len(kept) == 1
    assert "spat_seeded" not in str(kept)
    sandbox.close()


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ({"role": "viewer"}, "tokens[0]: 'token' is missing"),
        ({"token": "t", "role": "owner"}, "tokens[0].role: 'owner' is none of admin, maintainer, viewer"),
        ({"token": "t", "role": "admin", "portals": ["none"]}, "tokens[0].portals[0]: there is no portal 'none'"),
    ],
)
def test_a_token_that_makes_no_sense_names_the_place(token: dict[str, Any], message: str) -> None:
    sandbox = Sandbox()
    with pytest.raises(SeedError) as refused:
        sandbox.load({**SEED, "tokens": [token]})
    assert str(refused.value) == message
    sandbox.close()


def test_a_new_token_needs_a_role_and_portals_that_there_are(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="there is no role 'owner'"):
        sandbox.add_token("owner")
    with pytest.raises(LookupError, match="none"):
        sandbox.add_token("admin", "none")
    assert len({sandbox.add_token(role) for role in ROLES}) == 3
