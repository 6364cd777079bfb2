"""Applications and their registrations (contract 1.3, 1.4 and 4)."""

import json
from typing import Any

import pytest

from reconciler.sandbox import Request, Sandbox

from .conftest import Acme, last


def owner(acme: Acme, email: str = "ada@x.example") -> dict[str, str]:
    return {"type": "developer", "id": last(acme.developer(email))}


def test_an_application_has_its_owner_and_no_status(acme: Acme) -> None:
    path = acme.application("Checkout")
    value = acme.client.get(path).value
    assert value == {
        "id": last(path),
        "name": "Checkout",
        "description": None,
        "labels": {},
        "registration_count": 1,
        "portal": {"id": acme.portal},
        "auth_strategy": {
            "id": acme.client.get(acme.path).value["default_application_auth_strategy_id"],
            "name": "API Key",
            "credential_type": "key_auth",
            "key_names": ["apikey"],
        },
        "owner": owner(acme),
        "created_at": "2026-01-01T00:00:14.000Z",
        "updated_at": "2026-01-01T00:00:14.000Z",
    }
    assert acme.client.get(f"/applications/{last(path)}").value == value
    assert acme.client.get(f"{acme.path}/applications").value["data"][0] == value


def test_an_application_is_created_for_anyone_of_the_portal(acme: Acme) -> None:
    body = {"name": "New", "owner": owner(acme, "bob@x.example"), "labels": {"env": "test", "old": None}}
    answer = acme.client.send("POST", f"{acme.path}/applications", body)
    assert (answer.status, answer.value["labels"], answer.value["owner"]) == (201, {"env": "test"}, body["owner"])


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"owner": None}, [("owner", "is_object", '"owner" must be of type object')]),
        ({"owner": {"type": "developer"}}, [("owner.id", "required", '"owner.id" is required')]),
        (
            {"owner": {"type": "developer", "id": "x", "y": 1}},
            [
                ("owner.y", "unknown_property", '"owner.y" is not allowed'),
                ("owner.id", "is_uuid", '"owner.id" must be a valid UUID'),
            ],
        ),
        ({"auth_strategy_id": "x"}, [("auth_strategy_id", "is_uuid", '"auth_strategy_id" must be a valid UUID')]),
        ({"labels": {"kong-x": "y"}}, [("labels", "is_label", '"labels" must be a valid set of labels')]),
        ({"my_property": 1}, [("my_property", "unknown_property", '"my_property" is not allowed')]),
    ],
)
def test_what_is_wrong_with_an_application_is_named(
    acme: Acme, change: dict[str, object], faults: list[tuple[str, str, str]]
) -> None:
    """Contract 1.7: the wording of the application endpoints."""
    body = {"name": "New", "owner": owner(acme), **change}
    answer = acme.client.send("POST", f"{acme.path}/applications", body)
    keys = ("field", "rule", "reason")
    found = [tuple(fault[key] for key in keys) for fault in answer.invalid]
    assert found == [(f"{field.rstrip('.')}", rule, reason) for field, rule, reason in faults]


def test_an_owner_must_exist_be_allowed_and_have_no_such_application(acme: Acme) -> None:
    """Contract 1.3: a name is unique for each owner; 400 is all that the operation documents."""

    def reason(**change: object) -> Any:
        body = {"name": "New", "owner": owner(acme), **change}
        return acme.client.send("POST", f"{acme.path}/applications", body).invalid[0]["reason"]

    assert (
        reason(owner={"type": "team", "id": owner(acme)["id"]})
        == '"owner.id" does not refer to a team of this portal'
    )
    team = {"type": "team", "id": last(acme.team("partners"))}
    assert reason(owner=team) == '"owner.id" is a team that cannot own applications'
    assert reason(name="Checkout") == "the owner already has an application of this name"
    assert reason(auth_strategy_id=acme.portal) == '"auth_strategy_id" does not refer to an auth strategy'


def test_an_application_changes_hands(acme: Acme, sandbox: Sandbox) -> None:
    """Contract 1.3: the owner is all that PATCH takes."""
    path = acme.application("Checkout")
    team = {"type": "team", "id": last(acme.team("owners"))}
    answer = acme.client.send("PATCH", path, {"owner": team})
    assert (answer.status, answer.value["owner"]) == (200, team)
    assert acme.client.send("PATCH", path, {"owner": owner(acme)}).value["owner"] == owner(acme)
    assert acme.client.send("PATCH", path, {"name": "x"}).invalid[0]["field"] == "name"


def test_deleting_an_application_deletes_its_registrations(acme: Acme, sandbox: Sandbox) -> None:
    assert acme.client.send("DELETE", acme.application("Checkout")).status == 204
    assert sandbox.dump()["acme"]["applications"] == [
        {"owner": "team:owners", "name": "Shared", "registrations": {"package starter-kit": "pending"}}
    ]
    assert acme.client.get(f"{acme.path}/application-registrations").value["meta"]["page"]["total"] == 1


def test_a_registration_names_api_and_application_but_no_owner(acme: Acme) -> None:
    """Contract 1.4; a package is told by its entity type."""
    first, second = acme.client.get(f"{acme.path}/application-registrations").value["data"]
    assert first == {
        "id": first["id"],
        "status": "approved",
        "api": {"id": acme.api("payments", "v1"), "name": "payments", "version": "v1", "entity_type": "api"},
        "application": {"id": last(acme.application("Checkout")), "name": "Checkout"},
        "created_at": "2026-01-01T00:00:15.000Z",
        "updated_at": "2026-01-01T00:00:15.000Z",
    }
    assert second["api"] == {
        "id": acme.package(),
        "name": "starter-kit",
        "version": None,
        "entity_type": "api_package",
    }
    own = acme.client.get(f"{acme.application('Checkout')}/registrations").value
    assert own == {"data": [first], "meta": {"page": {"number": 1, "size": 10, "total": 1}}}
    assert acme.client.get(f"{acme.application('Checkout')}/registrations/{first['id']}").value == first
    assert acme.client.get(f"{acme.application('Shared')}/registrations/{first['id']}").status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter[status]": "approved"}, ["Checkout"]),
        ({"filter[application_name][contains]": "a"}, ["Shared"]),
        ({"sort": "status desc"}, ["Shared", "Checkout"]),
        ({"sort": "developer_id"}, ["Shared", "Checkout"]),
    ],
)
def test_registrations_are_filtered_and_sorted(acme: Acme, query: dict[str, str], found: list[str]) -> None:
    data = acme.client.get(f"{acme.path}/application-registrations", **query).value["data"]
    assert [each["application"]["name"] for each in data] == found


def test_registrations_are_found_by_their_developer(acme: Acme) -> None:
    path, ada = f"{acme.path}/application-registrations", owner(acme)["id"]
    assert acme.client.get(path, **{"filter[developer_id][eq]": ada}).value["meta"]["page"]["total"] == 1
    assert acme.client.get(path, **{"filter[developer_id][eq]": acme.portal}).value["data"] == []


@pytest.mark.parametrize(
    ("version", "given", "status"),
    [("v1", None, "pending"), ("v1", "approved", "approved"), ("v2", None, "approved"), ("v2", "pending", "pending")],
)
def test_a_publication_may_approve_by_itself(acme: Acme, version: str, given: str | None, status: str) -> None:
    """Contract 4: auto_approve_registrations of the publication, overridden by a status given."""
    body = {"api_id": acme.api("payments", version), **({"status": given} if given else {})}
    answer = acme.client.send("POST", f"{acme.application('Shared')}/registrations", body)
    assert (answer.status, answer.value["status"]) == (201, status)


def test_the_portal_may_approve_by_itself() -> None:
    """Contract 4: auto_approve_applications cannot be overridden by the publication."""
    sandbox = Sandbox()
    portal = {"name": "p", "auto_approve_applications": True, "developers": [{"email": "a@x.example"}]}
    sandbox.load({"apis": [{"name": "api"}], "portals": [portal]})
    sandbox.set_status("p", "a@x.example", "approved")
    sandbox.create_application("p", "a@x.example", "App")
    sandbox.request_api("p", "a@x.example", "App", "api")
    assert sandbox.dump()["p"]["applications"][0]["registrations"] == {"api": "approved"}
    sandbox.close()


def test_an_api_is_registered_once_in_any_status(acme: Acme) -> None:
    """Contract 4: also when revoked, until the registration is deleted."""
    path = f"{acme.application('Checkout')}/registrations"
    body = {"api_id": acme.api("payments", "v1")}
    registration = f"{path}/{acme.client.get(path).value['data'][0]['id']}"
    acme.client.send("PATCH", registration, {"status": "revoked"})
    answer = acme.client.send("POST", path, body)
    assert (answer.status, answer.value["detail"]) == (409, "API is already registered to the application")
    assert acme.client.send("DELETE", registration).status == 204
    assert acme.client.send("POST", path, body).status == 201


def test_only_what_is_published_can_be_registered(acme: Acme) -> None:
    path = f"{acme.application('Checkout')}/registrations"
    [orders] = acme.client.get("/apis", **{"filter[name]": "orders"}).value["data"]
    assert acme.client.send("POST", path, {"api_id": orders["id"]}).status == 404
    assert acme.client.send("POST", path, {"api_id": acme.package()}).status == 201


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, {"field": "api_id", "rule": "required", "reason": '"api_id" is required'}),
        ({"api_id": "x"}, {"field": "api_id", "rule": "is_uuid", "reason": '"api_id" must be a valid UUID'}),
        (
            {"api_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "status": "revoked"},
            {
                "field": "status",
                "rule": "enum",
                "choices": ["approved", "pending"],
                "reason": "must be one of [approved, pending]",
            },
        ),
    ],
)
def test_what_is_wrong_with_a_registration_is_named(
    acme: Acme, body: dict[str, object], fault: dict[str, object]
) -> None:
    """Contract 1.4 and 1.7: created approved or pending only."""
    answer = acme.client.send("POST", f"{acme.application('Checkout')}/registrations", body)
    assert answer.invalid == [{**fault, "source": "body"}]


@pytest.mark.parametrize("before", ["approved", "pending", "revoked", "rejected"])
@pytest.mark.parametrize("after", ["approved", "pending", "revoked", "rejected"])
def test_every_status_of_a_registration_may_follow_every_other(acme: Acme, before: str, after: str) -> None:
    """Contract 4; the time moves even when the status stays."""
    [found] = acme.client.get(f"{acme.application('Checkout')}/registrations").value["data"]
    path = f"{acme.application('Checkout')}/registrations/{found['id']}"
    first = acme.client.send("PATCH", path, {"status": before}).value
    second = acme.client.send("PATCH", path, {"status": after}).value
    assert second == {**first, "status": after, "updated_at": second["updated_at"]}
    assert second["updated_at"] > first["updated_at"]


def test_with_rbac_a_team_needs_the_role_to_register_and_to_take_over() -> None:
    """Contract 5: API Consumer of every registered API; the status of the refusal is not documented."""
    sandbox = Sandbox()
    portal = {
        "name": "p",
        "rbac_enabled": True,
        "developers": [{"email": "a@x.example", "status": "approved"}],
        "teams": [{"name": "t", "can_own_applications": True, "members": ["a@x.example"]}],
        "applications": [
            {"name": "Team's", "owner": {"team": "t"}},
            {"name": "Own", "owner": "a@x.example", "registrations": [{"api": "api"}]},
        ],
    }
    sandbox.load({"apis": [{"name": "api"}], "portals": [portal]})
    call = InProcess(sandbox)
    [p] = call("GET", "/portals")["data"]
    [api], [team] = call("GET", "/apis")["data"], call("GET", f"/portals/{p['id']}/teams")["data"]
    teams, own = call("GET", f"/portals/{p['id']}/applications")["data"]
    register = f"/portals/{p['id']}/applications/{teams['id']}/registrations"
    assert call("POST", register, {"api_id": api["id"]})["invalid_parameters"][0]["field"] == "api_id"
    transfer = f"/portals/{p['id']}/applications/{own['id']}"
    taken = {"owner": {"type": "team", "id": team["id"]}}
    assert call("PATCH", transfer, taken)["invalid_parameters"][0]["field"] == "owner.id"
    role = {
        "role_name": "API Consumer",
        "entity_id": api["id"],
        "entity_type_name": "Services",
        "entity_region": "*",
    }
    call("POST", f"/portals/{p['id']}/teams/{team['id']}/assigned-roles", role)
    assert call("POST", register, {"api_id": api["id"]})["status"] == "pending"
    assert call("PATCH", transfer, taken)["owner"] == taken["owner"]
    sandbox.close()


class InProcess:
    """The portal without a socket."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        return self._sandbox.answer(Request(method, "/v3" + path, {"authorization": "Bearer t"}, data)).value()
