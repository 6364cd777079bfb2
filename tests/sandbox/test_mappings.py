"""Groups of an identity provider that stand for teams, both ways (contract 1.5, 2, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.sandbox import Sandbox

from .conftest import Acme, Client, Clock, last


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=Clock())
    sandbox.load(
        {
            "portals": [
                {
                    "name": "acme",
                    "identity_providers": [{"type": "saml"}, {"type": "oidc", "enabled": True}],
                    "teams": [
                        {"name": "partners", "groups": ["p1", "p2"]},
                        {"name": "staff", "groups": ["s"]},
                        {"name": "x"},
                    ],
                },
                {"name": "bare", "teams": [{"name": "lonely"}]},
            ]
        }
    )
    yield sandbox
    sandbox.close()


def groups(client: Client, acme: Acme) -> dict[str, list[str]]:
    """The old way: team → groups."""
    names = {one["id"]: one["name"] for one in client.get(f"{acme.path}/teams").value["data"]}
    found = client.get(f"{acme.path}/identity-provider/team-group-mappings").value["data"]
    return {names[one["team_id"]]: one["groups"] for one in found}


def provider(client: Client, acme: Acme) -> str:
    """…/identity-providers/{id} of the enabled one."""
    [found] = [one for one in client.get(f"{acme.path}/identity-providers").value if one["enabled"]]
    return f"{acme.path}/identity-providers/{found['id']}"


def patch(client: Client, acme: Acme, *rows: dict[str, Any]) -> Any:
    return client.send("PATCH", f"{acme.path}/identity-provider/team-group-mappings", {"data": list(rows)})


def test_a_team_gets_exactly_the_groups_named_and_others_stay(client: Client, acme: Acme) -> None:
    """Full replacement per team; none clears it; the answer lists all."""
    partners, staff = last(acme.team("partners")), last(acme.team("staff"))
    answer = patch(client, acme, {"team_id": partners, "groups": ["p3", "p3", "p1"]})
    assert answer.value["data"][0] == {"team_id": partners, "groups": ["p3", "p1"]}
    assert groups(client, acme) == {"partners": ["p3", "p1"], "staff": ["s"]}
    patch(client, acme, {"team_id": staff, "groups": []})
    assert groups(client, acme) == {"partners": ["p3", "p1"]}


@pytest.mark.parametrize(
    ("row", "field", "rule"),
    [
        ({"team_id": "partners", "groups": []}, "data[1].team_id", "is_uuid"),
        ({"team_id": "00000000-0000-4000-8000-000000000000"}, "data[1].team_id", "missing_reference"),
        ("partners", "data[1]", "is_object"),
    ],
)
def test_a_row_that_makes_no_sense_changes_nothing(
    client: Client, acme: Acme, row: Any, field: str, rule: str
) -> None:
    before = groups(client, acme)
    answer = patch(client, acme, {"team_id": last(acme.team("staff")), "groups": []}, row)
    assert [(one["field"], one["rule"]) for one in answer.invalid] == [(field, rule)]
    assert groups(client, acme) == before


def test_without_an_identity_provider_there_are_no_mappings(client: Client) -> None:
    [bare] = [one["id"] for one in client.get("/portals").value["data"] if one["name"] == "bare"]
    path = f"/portals/{bare}/identity-provider/team-group-mappings"
    assert client.get(path).status == 400
    assert client.send("PATCH", path, {"data": []}).status == 400


def test_a_mapping_is_made_read_and_deleted_by_itself(client: Client, acme: Acme) -> None:
    path, team = f"{provider(client, acme)}/team-group-mappings", last(acme.team("x"))
    made = client.send("POST", path, {"team_id": team, "group": "new"})
    assert made.status == 201
    assert {**made.value, "id": "", "created_at": "", "updated_at": ""} == {
        "id": "",
        "team_id": team,
        "group": "new",
        "created_at": "",
        "updated_at": "",
    }
    assert client.get(f"{path}/{made.value['id']}").value == made.value
    assert client.send("POST", path, {"team_id": team, "group": "new"}).status == 409
    assert groups(client, acme)["x"] == ["new"]
    assert client.send("DELETE", f"{path}/{made.value['id']}").status == 204
    assert client.get(f"{path}/{made.value['id']}").status == 404
    assert "x" not in groups(client, acme)


def test_a_mapping_belongs_to_its_provider(client: Client, acme: Acme) -> None:
    """Those of a seed belong to the enabled one."""
    [other] = [one["id"] for one in client.get(f"{acme.path}/identity-providers").value if not one["enabled"]]
    path = f"{acme.path}/identity-providers/{other}"
    assert client.get(path).value["type"] == "saml"
    assert client.get(f"{path}/team-group-mappings").value["data"] == []
    assert client.get(f"{acme.path}/identity-providers/{acme.portal}").status == 404


def test_pages_are_found_by_cursors(client: Client, acme: Acme) -> None:
    """Contract 2: links in the meta, forwards and backwards; the ends are null."""
    path = f"{provider(client, acme)}/team-group-mappings"

    def read(uri: str) -> tuple[list[str], dict[str, Any]]:
        parts = urlsplit(uri)
        page = client.get(parts.path, **dict(parse_qsl(parts.query))).value
        return [one["group"] for one in page["data"]], page["meta"]["page"]

    first, meta = read(f"/v3{path}?page[size]=2")
    assert (first, meta["previous"], meta["size"]) == (["p1", "p2"], None, 2)
    second, meta = read(meta["next"])
    assert (second, meta["next"]) == (["s"], None)
    assert read(meta["previous"])[0] == ["p1", "p2"]
    assert read(meta["first"])[0] == ["p1", "p2"]
    assert read(meta["last"])[0] == ["p2", "s"]
    whole, meta = read(f"/v3{path}?page[size]=3")
    assert (whole, meta["next"], meta["previous"]) == (["p1", "p2", "s"], None, None)
    assert client.get(path, **{"page[after]": "nonsense"}).invalid[0]["field"] == "page[after]"
    assert client.get(path, **{"page[number]": "2"}).status == 400


def test_mappings_are_filtered_by_team_and_group(client: Client, acme: Acme) -> None:
    path = f"{provider(client, acme)}/team-group-mappings"
    by_team = client.get(path, **{"filter[team_id][eq]": last(acme.team("partners"))}).value["data"]
    assert [one["group"] for one in by_team] == ["p1", "p2"]
    assert [one["group"] for one in client.get(path, **{"filter[group][eq]": "s"}).value["data"]] == ["s"]


# The deprecated settings of OIDC


def test_the_deprecated_settings_configure_the_oidc_provider(client: Client, acme: Acme) -> None:
    """Its secret is never shown."""
    path = f"{acme.path}/authentication-settings"
    body = {"oidc_issuer": "https://idp.acme.example", "oidc_client_id": "id", "oidc_client_secret": "hush"}
    found = client.send("PATCH", path, body).value
    assert found["oidc_config"] == {
        "issuer": "https://idp.acme.example",
        "client_id": "id",
        "scopes": ["email", "openid", "profile"],
        "claim_mappings": {"name": "name", "email": "email", "groups": "groups"},
    }
    assert "hush" not in str(client.get(f"{acme.path}/identity-providers").value)


def test_only_one_provider_is_enabled_at_a_time(client: Client, acme: Acme) -> None:
    path = f"{acme.path}/authentication-settings"
    client.send("PATCH", path, {"saml_auth_enabled": True})
    assert {one["type"]: one["enabled"] for one in client.get(f"{acme.path}/identity-providers").value} == {
        "saml": True,
        "oidc": False,
    }
    client.send("PATCH", path, {"saml_auth_enabled": False})
    assert client.send("PATCH", path, {"idp_mapping_enabled": True}).status == 400
