"""Portals, authentication settings and identity providers (contract 1.5)."""

import pytest

from reconciler.sandbox import Sandbox, serve

from .conftest import Acme, Client

SETTINGS = {
    "basic_auth_enabled": True,
    "konnect_mapping_enabled": True,
    "oidc_auth_enabled": False,
    "saml_auth_enabled": False,
    "idp_mapping_enabled": False,
    "oidc_team_mapping_enabled": False,
}


def test_portals_are_found_by_name(client: Client, acme: Acme) -> None:
    [found] = client.get("/portals", **{"filter[name][eq]": "acme"}).value["data"]
    assert client.get(acme.path).value == found
    assert (found["name"], found["display_name"], found["rbac_enabled"]) == ("acme", "acme", False)


@pytest.mark.parametrize("sort", ["name", "name desc", "auto_approve_developers desc,name", "created_at"])
def test_portals_are_sorted(client: Client, sort: str) -> None:
    names = [each["name"] for each in client.get("/portals", sort=sort).value["data"]]
    assert names == (["acme", "other"] if sort in ("name", "created_at") else ["other", "acme"])


def test_settings_are_changed_one_by_one(acme: Acme) -> None:
    path = f"{acme.path}/authentication-settings"
    assert acme.client.get(path).value == SETTINGS
    answer = acme.client.send("PATCH", path, {"basic_auth_enabled": False})
    assert (answer.status, answer.value) == (200, {**SETTINGS, "basic_auth_enabled": False})
    assert acme.client.get(path).value == answer.value


def test_a_setting_is_true_or_false(acme: Acme) -> None:
    answer = acme.client.send("PATCH", f"{acme.path}/authentication-settings", {"basic_auth_enabled": "x"})
    assert answer.invalid == [
        {
            "field": "basic_auth_enabled",
            "rule": "is_boolean",
            "reason": 'value of "basic_auth_enabled" must be true or false',
            "source": "body",
        }
    ]


def test_group_mapping_needs_an_identity_provider(acme: Acme) -> None:
    """Contract 1.5: and nothing changes."""
    path = f"{acme.path}/authentication-settings"
    answer = acme.client.send("PATCH", path, {"idp_mapping_enabled": True, "basic_auth_enabled": False})
    assert answer.invalid == [
        {
            "field": "idp_mapping_enabled",
            "rule": "invalid",
            "reason": '"idp_mapping_enabled" cannot be enabled when no IdP is enabled',
            "source": "body",
        }
    ]
    assert acme.client.get(path).value == SETTINGS


def test_without_an_identity_provider_there_are_no_mappings(acme: Acme) -> None:
    """Contract 1.5."""
    assert acme.client.get(f"{acme.path}/identity-providers").value == []
    answer = acme.client.get(f"{acme.path}/identity-provider/team-group-mappings")
    assert [fault["reason"] for fault in answer.invalid] == ["no identity provider is configured for this portal"]


def test_with_one_there_are() -> None:
    sandbox = Sandbox()
    teams = [{"name": "a", "groups": ["Leads", "Engineers"]}, {"name": "b"}]
    providers = [{"type": "oidc", "enabled": True}, {"type": "saml"}]
    sandbox.load({"portals": [{"name": "p", "identity_providers": providers, "teams": teams}]})
    with serve(sandbox) as server:
        client = Client(server.url, None)
        [portal] = client.get("/portals").value["data"]
        path = f"/portals/{portal['id']}"
        found = client.get(f"{path}/identity-providers").value
        assert [(each["type"], each["enabled"]) for each in found] == [("oidc", True), ("saml", False)]
        assert client.get(f"{path}/identity-providers", **{"filter[type]": "saml"}).value == found[1:]
        mappings = client.get(f"{path}/identity-provider/team-group-mappings").value
        assert [each["groups"] for each in mappings["data"]] == [["Leads", "Engineers"]]
        settings = client.send("PATCH", f"{path}/authentication-settings", {"idp_mapping_enabled": True}).value
        assert (settings["idp_mapping_enabled"], settings["oidc_team_mapping_enabled"]) == (True, True)
        client.close()
    sandbox.close()
