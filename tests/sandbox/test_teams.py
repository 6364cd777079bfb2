"""Teams, their members and roles (contract 1.2 and 5)."""

import pytest

from reconciler.sandbox import Sandbox

from .conftest import Acme, last


def test_a_team_has_these_fields(acme: Acme) -> None:
    path = acme.team("partners")
    assert acme.client.get(path).value == {
        "id": last(path),
        "name": "partners",
        "description": "All partners",
        "can_own_applications": False,
        "created_at": "2026-01-01T00:00:12.000Z",
        "updated_at": "2026-01-01T00:00:12.000Z",
    }


def test_konnect_managed_is_there_where_it_is_known(acme: Acme) -> None:
    """Contract 5 and 11.12."""
    assert acme.client.get(acme.team("owners")).value["konnect_managed"] is True


def test_a_team_is_created_with_its_name_alone(acme: Acme, sandbox: Sandbox) -> None:
    answer = acme.client.send("POST", acme.path + "/teams", {"name": "new"})
    assert answer.status == 201
    assert sandbox.dump()["acme"]["teams"]["new"] == {
        "description": None,
        "can_own_applications": False,
        "members": [],
        "roles": [],
    }


def test_two_teams_cannot_have_one_name(acme: Acme) -> None:
    """Contract 5 and 11.3; case counts."""
    answer = acme.client.send("POST", acme.path + "/teams", {"name": "partners"})
    assert (answer.status, answer.value["detail"]) == (409, "Team with the given name already exists")
    assert acme.client.send("PATCH", acme.team("owners"), {"name": "partners"}).status == 409
    assert acme.client.send("POST", acme.path + "/teams", {"name": "Partners"}).status == 201


def test_a_team_is_changed_in_what_is_given(acme: Acme) -> None:
    path = acme.team("partners")
    before = acme.client.get(path).value
    after = acme.client.send("PATCH", path, {"description": "Some partners", "can_own_applications": True})
    assert after.status == 200
    assert after.value["updated_at"] > before["updated_at"]
    assert after.value == {
        **before,
        "description": "Some partners",
        "can_own_applications": True,
        "updated_at": after.value["updated_at"],
    }


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"name": 7}, {"rule": "is_string", "reason": 'value of "name" must be a utf-8 string'}),
        ({"description": None}, {"rule": "is_string", "reason": 'value of "description" must be a utf-8 string'}),
        (
            {"description": "x" * 251},
            {"rule": "max_length", "maximum": 250, "reason": 'value of "description" must not exceed 250 characters'},
        ),
        (
            {"can_own_applications": "no"},
            {"rule": "is_boolean", "reason": 'value of "can_own_applications" must be true or false'},
        ),
        ({"x": 1}, {"rule": "unknown_property", "reason": '"x" is not allowed'}),
    ],
)
def test_what_is_wrong_with_a_team_is_named(acme: Acme, body: dict[str, object], fault: dict[str, object]) -> None:
    """Contract 1.7: the wording of the team endpoints."""
    answer = acme.client.send("PATCH", acme.team("partners"), body)
    assert answer.invalid == [{"field": next(iter(body)), **fault, "source": "body"}]


def test_deleting_a_team_keeps_its_people_and_applications(acme: Acme, sandbox: Sandbox) -> None:
    """Contract 5 and 11.11."""
    sandbox.add_member("acme", "owners", "ada@x.example")
    sandbox.assign_role("acme", "owners", "API Viewer", "orders")
    path = acme.team("owners")
    assert acme.client.send("DELETE", path).status == 204
    acme_now = sandbox.dump()["acme"]
    with sandbox._store.read() as tx:
        for table in ("memberships", "roles", "group_mappings"):
            assert not tx.one(f"SELECT 1 FROM {table} WHERE team_id = ?", last(path))
    assert sorted(acme_now["teams"]) == ["partners"]
    assert acme_now["developers"]["ada@x.example"] == "approved"
    assert [each["owner"] for each in acme_now["applications"]] == ["ada@x.example", f"deleted:{last(path)}"]
    assert acme.client.get(acme.developer("ada@x.example") + "/teams").value["meta"]["page"]["total"] == 1


def test_members_are_listed_without_a_status(acme: Acme) -> None:
    """Contract 1.2: `active` is all that tells pending from approved."""
    path = acme.team("partners") + "/developers"
    data = acme.client.get(path).value["data"]
    assert [(each["email"], each["active"]) for each in data] == [("ada@x.example", True), ("bob@x.example", False)]
    assert set(data[0]) == {"id", "email", "full_name", "active", "created_at", "updated_at"}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("email", "bob@x.example", ["Bob"]),
        ("full_name][contains", "A", ["Ada"]),
        ("active", "false", ["Bob"]),
        ("attributes", "x", []),
    ],
)
def test_members_are_filtered(acme: Acme, name: str, value: str, found: list[str]) -> None:
    answer = acme.client.get(acme.team("partners") + "/developers", **{f"filter[{name}]": value})
    assert [each["full_name"] for each in answer.value["data"]] == found


def test_adding_a_member_answers_without_a_body(acme: Acme) -> None:
    """Contract 1.2: 201 and nothing; a second time 409. A developer of any status may be added (contract 5)."""
    path, body = acme.team("partners") + "/developers", {"id": last(acme.developer("cy@y.example"))}
    answer = acme.client.send("POST", path, body)
    assert (answer.status, answer.raw, answer.headers["content-length"]) == (201, b"", "0")
    again = acme.client.send("POST", path, body)
    assert (again.status, again.value["detail"]) == (409, "Conflict")


def test_only_a_developer_of_the_portal_can_be_a_member(acme: Acme) -> None:
    path = acme.team("partners") + "/developers"
    assert acme.client.send("POST", path, {"id": last(path[: -len("/developers")])}).status == 404
    assert acme.client.send("POST", path, {"id": "ada"}).invalid == [
        {"field": "id", "rule": "is_uuid", "reason": 'value of "id" must be a UUID', "source": "body"}
    ]
    assert acme.client.send("POST", path).invalid == [
        {"field": "id", "rule": "required", "reason": '"id" is required', "source": "body"}
    ]


def test_removing_who_is_no_member_is_not_found(acme: Acme) -> None:
    path = f"{acme.team('partners')}/developers/{last(acme.developer('ada@x.example'))}"
    assert [acme.client.send("DELETE", path).status for _ in range(2)] == [204, 404]


def test_roles_are_assigned_once_and_taken_back_by_their_id(acme: Acme) -> None:
    """Contract 1.2."""
    path = acme.team("partners") + "/assigned-roles"
    body = {
        "role_name": "API Viewer",
        "entity_id": acme.api("payments", "v2"),
        "entity_type_name": "Services",
        "entity_region": "*",
    }
    answer = acme.client.send("POST", path, body)
    assert (answer.status, answer.value) == (201, {"id": answer.value["id"], **body})
    assert acme.client.get(path).value["data"][1] == answer.value
    assert acme.client.send("POST", path, body).status == 409
    assert acme.client.send("POST", path, {**body, "entity_region": "eu"}).status == 201
    taken = f"{path}/{answer.value['id']}"
    assert [acme.client.send("DELETE", taken).status for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            {"entity_region": "mars"},
            {
                "rule": "enum",
                "choices": ["us", "eu", "au", "me", "in", "sg", "*"],
                "reason": "must be one of [us, eu, au, me, in, sg, *]",
            },
        ),
        ({"entity_id": "payments"}, {"rule": "is_uuid", "reason": 'value of "entity_id" must be a UUID'}),
        ({"role_name": None}, {"rule": "is_string", "reason": 'value of "role_name" must be a utf-8 string'}),
    ],
)
def test_what_is_wrong_with_a_role_is_named(acme: Acme, change: dict[str, object], fault: dict[str, object]) -> None:
    body = {
        "role_name": "API Viewer",
        "entity_id": acme.api("payments", "v1"),
        "entity_type_name": "Services",
        "entity_region": "eu",
    }
    answer = acme.client.send("POST", acme.team("partners") + "/assigned-roles", {**body, **change})
    assert answer.invalid == [{"field": next(iter(change)), **fault, "source": "body"}]


def test_a_role_for_an_api_that_does_not_exist_is_not_found(acme: Acme) -> None:
    body = {
        "role_name": "API Viewer",
        "entity_id": acme.portal,
        "entity_type_name": "Services",
        "entity_region": "eu",
    }
    path = acme.team("partners") + "/assigned-roles"
    assert acme.client.send("POST", path, body).status == 404
    known = {**body, "entity_id": acme.api("payments", "v1")}
    assert acme.client.send("POST", path, {**known, "role_name": "API Owner"}).status == 404
    assert acme.client.send("POST", path, {**known, "entity_type_name": "Portals"}).status == 404
