"""Developers (contract 1.1 and 4)."""

import pytest

from reconciler.sandbox import Sandbox

from .conftest import Acme, Client, last

NEW = {"email": "new@x.example", "full_name": "New"}


def test_a_developer_has_these_fields_and_no_others(acme: Acme) -> None:
    path = acme.developer("ada@x.example")
    assert acme.client.get(path).value == {
        "id": last(path),
        "email": "ada@x.example",
        "full_name": "Ada",
        "status": "approved",
        "created_at": "2026-01-01T00:00:09.000Z",
        "updated_at": "2026-01-01T00:00:09.000Z",
    }


def test_a_new_developer_waits_for_approval(acme: Acme) -> None:
    answer = acme.client.send("POST", acme.path + "/developers", NEW)
    assert answer.status == 201
    assert answer.value == acme.client.get(f"{acme.path}/developers/{answer.value['id']}").value
    assert answer.value["status"] == "pending"


def test_the_portal_may_approve_by_itself(client: Client) -> None:
    """Contract 4: auto_approve_developers, when no status is given."""
    other = client.get("/portals", **{"filter[name]": "other"}).value["data"][0]["id"]
    path = f"/portals/{other}/developers"
    assert client.send("POST", path, NEW).value["status"] == "approved"
    given = {**NEW, "email": "b@x.example", "status": "pending", "send_invitation_email": True}
    assert client.send("POST", path, given).value["status"] == "pending"


@pytest.mark.parametrize("status", ["approved", "pending", "revoked", "rejected"])
def test_a_status_given_is_the_status(acme: Acme, status: str) -> None:
    """Contract 1.1: any of the four."""
    answer = acme.client.send("POST", acme.path + "/developers", {**NEW, "status": status})
    assert answer.value["status"] == status


def test_an_address_is_taken_in_any_case_of_letters(acme: Acme) -> None:
    """Contract 1.1 and 11.4."""
    answer = acme.client.send("POST", acme.path + "/developers", {**NEW, "email": "ADA@X.example"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.value == {
        "status": 409,
        "title": "Conflict",
        "instance": "kong:trace:1000000000000000001",
        "detail": "Developer with the given email already exists",
    }


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (
            {"my_property": 1, "full_name": "x"},
            [
                {"field": "my_property", "rule": "unknown_property", "reason": '"my_property" is not allowed'},
                {"field": "email", "rule": "required", "reason": '"email" is required'},
            ],
        ),
        (
            {**NEW, "email": "nobody"},
            [{"field": "email", "rule": "invalid", "reason": '"email" must be a valid email'}],
        ),
        (
            {**NEW, "full_name": "x" * 256},
            [
                {
                    "field": "full_name",
                    "rule": "max_length",
                    "maximum": 255,
                    "reason": '"full_name" length must be less than or equal to 255 characters long',
                }
            ],
        ),
        (
            {**NEW, "full_name": "\ud800"},
            [{"field": "full_name", "rule": "is_string", "reason": '"full_name" must be a string'}],
        ),
        (
            {**NEW, "status": "banned"},
            [
                {
                    "field": "status",
                    "rule": "enum",
                    "choices": ["approved", "pending", "revoked", "rejected"],
                    "reason": "must be one of [approved, pending, revoked, rejected]",
                }
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_body_is_named(acme: Acme, body: object, faults: list[dict[str, object]]) -> None:
    """Contract 1.7."""
    answer = acme.client.send("POST", acme.path + "/developers", body)
    assert (answer.status, answer.invalid) == (400, [{**fault, "source": "body"} for fault in faults])


@pytest.mark.parametrize("before", ["approved", "pending", "revoked", "rejected"])
@pytest.mark.parametrize("after", ["approved", "pending", "revoked", "rejected"])
def test_every_status_may_follow_every_other(acme: Acme, before: str, after: str) -> None:
    """Contract 4 and 11.2; the time moves even when the status stays."""
    path = acme.developer("ada@x.example")
    first = acme.client.send("PATCH", path, {"status": before}).value
    second = acme.client.send("PATCH", path, {"status": after})
    assert (second.status, second.value["status"]) == (200, after)
    assert second.value["updated_at"] > first["updated_at"]
    assert second.value["created_at"] == first["created_at"]


def test_only_the_status_can_be_changed(acme: Acme) -> None:
    answer = acme.client.send("PATCH", acme.developer("ada@x.example"), {"email": "a@b.example"})
    assert answer.invalid == [
        {"field": "email", "rule": "unknown_property", "reason": '"email" is not allowed', "source": "body"}
    ]


def test_revoking_changes_nothing_else(acme: Acme, sandbox: Sandbox) -> None:
    """Contract 4: credentials go on working until each registration is revoked."""
    before = sandbox.dump()
    before["acme"]["developers"]["ada@x.example"] = "revoked"
    acme.client.send("PATCH", acme.developer("ada@x.example"), {"status": "revoked"})
    assert sandbox.dump() == before


def test_deleting_takes_all_that_is_theirs(acme: Acme, sandbox: Sandbox) -> None:
    """Contract 4: memberships, applications, registrations; what a team owns stays."""
    expected = sandbox.dump()
    del expected["acme"]["developers"]["ada@x.example"]
    expected["acme"]["teams"]["partners"]["members"].remove("ada@x.example")
    del expected["acme"]["applications"][0]
    path = acme.developer("ada@x.example")
    answer = acme.client.send("DELETE", path)
    assert (answer.status, answer.raw) == (204, b"")
    assert sandbox.dump() == expected
    assert acme.client.get(f"{acme.path}/application-registrations").value["meta"]["page"]["total"] == 1
    assert acme.client.send("DELETE", path).status == 404


def test_the_teams_of_a_developer(acme: Acme) -> None:
    path = acme.developer("ada@x.example") + "/teams"
    assert [team["name"] for team in acme.client.get(path).value["data"]] == ["partners"]
    assert acme.client.get(path, **{"filter[can_own_applications]": "true"}).value["data"] == []


@pytest.mark.parametrize("wrong", ["nobody", "3fa85f64-5717-4562-b3fc-2c963f66afa6"])
def test_an_id_that_means_nobody_is_not_found(acme: Acme, wrong: str) -> None:
    """Contract 1.7: a bad UUID in a path is a 404 too."""
    path = f"{acme.path}/developers/{wrong}"
    answers = [
        acme.client.get(path),
        acme.client.send("PATCH", path, {"status": "approved"}),
        acme.client.send("DELETE", path),
        acme.client.get(f"/portals/{wrong}/developers"),
        acme.client.send("POST", f"/portals/{wrong}/developers", NEW),
    ]
    for answer in answers:
        assert {**answer.value, "instance": ""} == {
            "status": 404,
            "title": "Not Found",
            "instance": "",
            "detail": "Not Found",
        }


def test_a_developer_of_another_portal_is_not_found(acme: Acme, client: Client) -> None:
    other = client.get("/portals", **{"filter[name]": "other"}).value["data"][0]["id"]
    ada = last(acme.developer("ada@x.example"))
    assert client.get(f"/portals/{other}/developers/{ada}").status == 404
