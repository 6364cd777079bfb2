"""Auth strategies, both kinds of applications, and what their credentials show (contract 1.3, 4, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.sandbox import Problem, Sandbox, SeedError
from reconciler.sandbox.records import applications, credentials

from .conftest import Acme, Client, Clock, last

SEED: dict[str, Any] = {
    "apis": [{"name": "payments"}],
    "auth_strategies": [
        {"name": "own clients", "credential_type": "self_managed_client_credentials"},
        {"name": "dcr", "credential_type": "client_credentials", "dcr": True},
    ],
    "portals": [
        {
            "name": "acme",
            "publications": [{"api": "payments", "auth_strategy": "dcr"}],
            "developers": [
                {"email": "ada@x.example", "full_name": "Ada", "status": "approved"},
                {"email": "bob@x.example", "full_name": "Bob", "status": "approved"},
            ],
            "teams": [
                {"name": "owners", "can_own_applications": True, "members": ["ada@x.example", "bob@x.example"]}
            ],
            "applications": [
                {
                    "name": "Keys",
                    "owner": "ada@x.example",
                    "credentials": [{"display_name": "laptop"}, {"display_name": "old", "status": "revoked"}],
                    "registrations": [{"api": "payments", "status": "approved"}],
                },
                {"name": "Client", "owner": "ada@x.example", "auth_strategy": "own clients", "client_id": "cart"},
                {
                    "name": "Machine",
                    "owner": {"team": "owners"},
                    "auth_strategy": "dcr",
                    "credentials": [{"display_name": "prod"}],
                },
            ],
        }
    ],
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=Clock())
    sandbox.load(SEED)
    yield sandbox
    sandbox.close()


def test_applications_of_both_kinds_stand_in_one_list(client: Client, acme: Acme) -> None:
    """Exactly one schema of the file fits each: the client of these tests checks that."""
    found = {one["name"]: one for one in client.get(f"{acme.path}/applications").value["data"]}
    assert "client_id" not in found["Keys"]
    assert found["Client"]["client_id"] == "cart"
    assert found["Client"]["dcr_provider"] is None
    assert found["Machine"]["dcr_provider"]["id"]
    assert {name: one["auth_strategy"]["credential_type"] for name, one in found.items()} == {
        "Keys": "key_auth",
        "Client": "self_managed_client_credentials",
        "Machine": "client_credentials",
    }


def test_credentials_are_listed_without_their_secret(client: Client, acme: Acme) -> None:
    keys = client.get(f"{acme.application('Keys')}/credentials").value["data"]
    assert [(one["type"], one["display_name"], one["status"]) for one in keys] == [
        ("api_key", "laptop", "active"),
        ("api_key", "old", "revoked"),
    ]
    [secret] = client.get(f"{acme.application('Machine')}/credentials").value["data"]
    assert set(secret) == {"type", "id", "display_name", "client_id", "created_at", "expires_at"}
    assert secret["type"] == "client_secret"


def test_credentials_outlive_the_approval_of_their_developer(client: Client, acme: Acme) -> None:
    """Contract 4: no cascade on PATCH; registrations must be revoked one by one."""
    client.send("PATCH", acme.developer("ada@x.example"), {"status": "revoked"})
    assert client.get(f"{acme.application('Keys')}/credentials").value["data"][0]["status"] == "active"
    [registration] = client.get(f"{acme.application('Keys')}/registrations").value["data"]
    assert registration["status"] == "approved"


def test_credentials_go_with_their_application(client: Client, acme: Acme, sandbox: Sandbox) -> None:
    client.send("DELETE", acme.application("Keys"))
    client.send("DELETE", acme.developer("bob@x.example"))
    with sandbox._store.read() as tx:
        assert [row["display_name"] for row in tx.all("SELECT display_name FROM credentials")] == ["prod"]


def test_who_uses_an_application(client: Client, acme: Acme) -> None:
    """Its owner; of a team's application, the members."""

    def emails(name: str, **query: str) -> list[str]:
        found = client.get(f"{acme.application(name)}/developers", **query).value["data"]
        return sorted(one["email"] for one in found)

    assert emails("Keys") == ["ada@x.example"]
    assert emails("Machine") == ["ada@x.example", "bob@x.example"]
    assert emails("Machine", **{"filter[id]": last(acme.developer("bob@x.example"))}) == ["bob@x.example"]


@pytest.mark.parametrize(
    ("strategy", "more", "refused"),
    [
        ("API Key", {}, []),
        ("API Key", {"client_id": "x"}, ["client_id"]),
        ("own clients", {"client_id": "x"}, []),
        ("own clients", {"dcr_client_id": "x"}, ["dcr_client_id"]),
        ("dcr", {"dcr_client_id": "x"}, []),
        ("dcr", {"client_id": "x"}, ["client_id"]),
    ],
)
def test_a_strategy_says_which_client_ids_there_are(
    client: Client, acme: Acme, sandbox: Sandbox, strategy: str, more: dict[str, str], refused: list[str]
) -> None:
    with sandbox._store.read() as tx:
        ids = {row["name"]: row["id"] for row in tx.all("SELECT name, id FROM auth_strategies")}
    owner = {"type": "developer", "id": last(acme.developer("bob@x.example"))}
    body = {"name": "New", "owner": owner, "auth_strategy_id": ids[strategy], **more}
    answer = client.send("POST", f"{acme.path}/applications", body)
    assert ([one["field"] for one in answer.invalid] if answer.status == 400 else []) == refused
    assert answer.status == (400 if refused else 201)


def test_a_portal_without_a_default_needs_the_strategy(client: Client, acme: Acme) -> None:
    client.send("PATCH", acme.path, {"default_application_auth_strategy_id": None})
    owner = {"type": "developer", "id": last(acme.developer("bob@x.example"))}
    answer = client.send("POST", f"{acme.path}/applications", {"name": "New", "owner": owner})
    assert answer.invalid[0]["reason"] == '"auth_strategy_id" is required'


def test_a_developer_has_500_applications_at_most(
    client: Client, acme: Acme, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contract 5; those of a team do not count."""
    assert applications.MOST_OF_A_DEVELOPER == 500
    monkeypatch.setattr(applications, "MOST_OF_A_DEVELOPER", 2)
    owner = {"type": "developer", "id": last(acme.developer("ada@x.example"))}
    [fault] = client.send("POST", f"{acme.path}/applications", {"name": "Third", "owner": owner}).invalid
    assert (fault["field"], fault["rule"], fault["maximum"]) == ("owner", "max_items", 2)
    team = {"type": "team", "id": last(acme.team("owners"))}
    assert client.send("POST", f"{acme.path}/applications", {"name": "Third", "owner": team}).status == 201


def test_an_application_has_20_keys_at_most(sandbox: Sandbox, acme: Acme) -> None:
    own = last(acme.application("Keys"))
    with sandbox._store.write() as tx:
        for number in range(18):
            credentials.create(tx, own, f"key {number}")
    with pytest.raises(Problem, match="must not have more than 20 API keys"), sandbox._store.write() as tx:
        credentials.create(tx, own, "one more")


def test_a_seed_that_names_no_strategy_of_its_own_says_where() -> None:
    sandbox = Sandbox()
    with pytest.raises(SeedError) as refused:
        sandbox.load({"portals": [{"name": "x", "default_auth_strategy": "none"}]})
    message = "portals[0].default_auth_strategy: there is no auth strategy 'none' (list it under auth_strategies)"
    assert str(refused.value) == message
    sandbox.close()
