"""Creating, changing and deleting portals (contract 1.5)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Sandbox

from .conftest import Acme, Client


def test_a_new_portal_has_the_documented_defaults(client: Client) -> None:
    answer = client.send("POST", "/portals", {"name": "fresh"})
    assert answer.status == 201
    made = answer.value
    assert client.get(f"/portals/{made['id']}").value == made
    assert {name: made[name] for name in made if name not in ("id", "default_domain", "canonical_domain")} == {
        "name": "fresh",
        "display_name": "fresh",
        "description": None,
        "authentication_enabled": True,
        "rbac_enabled": False,
        "sipr_enabled": False,
        "default_api_visibility": "private",
        "default_page_visibility": "private",
        "default_application_auth_strategy_id": None,
        "auto_approve_developers": False,
        "auto_approve_applications": False,
        "notifications_developer_pii_visibility_enabled": False,
        "labels": {},
        "created_at": made["updated_at"],
        "updated_at": made["updated_at"],
    }
    assert client.get(f"/portals/{made['id']}/authentication-settings").value["basic_auth_enabled"] is True


@pytest.mark.parametrize(
    ("body", "invalid"),
    [
        ({}, [("name", "required", '"name" is required')]),
        ({"name": ""}, [("name", "min_length", 'value of "name" must not be shorter than 1 characters')]),
        ({"name": "x", "colour": 1}, [("colour", "unknown_property", '"colour" is not allowed')]),
        (
            {"name": "x", "rbac_enabled": True, "authentication_enabled": False},
            [("rbac_enabled", "dependent_fields", '"rbac_enabled" requires "authentication_enabled"')],
        ),
        (
            {"name": "x", "default_api_visibility": "secret"},
            [("default_api_visibility", "enum", "must be one of [public, private]")],
        ),
        (
            {"name": "x", "default_application_auth_strategy_id": "00000000-0000-4000-8000-000000000000"},
            [
                (
                    "default_application_auth_strategy_id",
                    "missing_reference",
                    '"default_application_auth_strategy_id" does not refer to an auth strategy',
                )
            ],
        ),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(
    client: Client, body: dict[str, Any], invalid: list[tuple[str, str, str]]
) -> None:
    found = client.send("POST", "/portals", body).invalid
    assert [(one["field"], one["rule"], one["reason"]) for one in found] == invalid


def test_a_name_is_unique(client: Client, acme: Acme) -> None:
    assert client.send("PATCH", acme.path, {"name": "other"}).status == 409
    assert (
        client.send("PATCH", acme.path, {"name": "acme", "description": "the same"}).value["description"]
        == "the same"
    )


def test_labels_are_merged_and_null_takes_one_away(client: Client, acme: Acme) -> None:
    client.send("PATCH", acme.path, {"labels": {"env": "dev", "owner": "ada"}})
    assert client.send("PATCH", acme.path, {"labels": {"env": None}}).value["labels"] == {"owner": "ada"}
    assert client.send("PATCH", acme.path, {"labels": None}).value["labels"] == {}


def test_switching_auto_approval_on_approves_nobody_who_waits(client: Client, acme: Acme, sandbox: Sandbox) -> None:
    """Contract 4: neither people nor requests; who comes afterwards is approved."""
    api = acme.api("payments", "v1")
    client.send("DELETE", f"{acme.application('Checkout')}", None)
    made = client.send(
        "POST",
        f"{acme.path}/applications",
        {"name": "Cart", "owner": {"type": "developer", "id": acme.developer("ada@x.example").rpartition("/")[2]}},
    ).value
    client.send("POST", f"{acme.path}/applications/{made['id']}/registrations", {"api_id": api})
    before = sandbox.dump()
    on = {"auto_approve_developers": True, "auto_approve_applications": True}
    assert client.send("PATCH", acme.path, on).status == 200
    assert sandbox.dump() == before
    sandbox.sign_up("acme", "new@x.example", "New")
    assert sandbox.dump()["acme"]["developers"]["new@x.example"] == "approved"


def test_a_portal_that_publishes_nothing_needs_no_force(client: Client) -> None:
    made = client.send("POST", "/portals", {"name": "empty"}).value
    assert client.send("DELETE", f"/portals/{made['id']}").status == 204
    assert client.get(f"/portals/{made['id']}").status == 404


def test_a_portal_with_published_apis_is_deleted_only_by_force(client: Client, acme: Acme, sandbox: Sandbox) -> None:
    """With everything in it; other portals and the APIs stay."""
    assert client.send("DELETE", acme.path).status == 409
    assert client.send("DELETE", acme.path, force="perhaps").status == 400
    assert client.send("DELETE", acme.path, force="true").status == 204
    assert client.get(acme.path).status == 404
    assert list(sandbox.dump()) == ["other"]
    assert client.get("/apis").value["meta"]["page"]["total"] == 3
    with sandbox._store.read() as tx:
        for table in ("developers", "teams", "memberships", "roles", "applications", "registrations"):
            assert tx.one(f"SELECT count(*) FROM {table}")[0] == 0  # type: ignore[index]
