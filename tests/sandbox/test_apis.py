"""APIs, packages, publications, and registrations by API (contract 1.4 and 1.6)."""

import pytest

from .conftest import Acme, Client, last


def test_an_api_says_where_it_is_published(acme: Acme, client: Client) -> None:
    [found] = client.get("/apis", **{"filter[name]": "payments", "filter[version]": "v1"}).value["data"]
    assert found == {
        "id": found["id"],
        "name": "payments",
        "version": "v1",
        "slug": "payments-v1",
        "labels": {},
        "attributes": {},
        "implementation_mode": None,
        "created_at": "2026-01-01T00:00:01.000Z",
        "updated_at": "2026-01-01T00:00:01.000Z",
        "portals": [{"id": acme.portal, "name": "acme", "display_name": "acme"}, *other(client)],
        "api_spec_ids": [],
        "current_version_summary": None,
    }
    assert client.get(f"/apis/{found['id']}").value == found


def other(client: Client) -> list[dict[str, str]]:
    [portal] = client.get("/portals", **{"filter[name]": "other"}).value["data"]
    return [{"id": portal["id"], "name": "other", "display_name": "Another"}]


def test_packages_are_not_among_the_apis(acme: Acme, client: Client) -> None:
    """Contract 1.6: a package is published and registered like an API, but /apis does not know it."""
    names = [(each["name"], each["version"]) for each in client.get("/apis").value["data"]]
    assert names == [("payments", "v1"), ("payments", "v2"), ("orders", None)]
    for path in ("", "/registrations", f"/publications/{acme.portal}"):
        assert client.get(f"/apis/{acme.package()}{path}").status == 404


@pytest.mark.parametrize("sort", ["name", "version desc", "created_at", "updated_at"])
def test_apis_are_sorted(client: Client, sort: str) -> None:
    assert client.get("/apis", sort=sort).status == 200


def test_the_api_builder_words_a_bad_sort_in_its_own_way(client: Client) -> None:
    """The published file, InvalidApiSortQueryNameBadRequestExample."""
    choices = ["name", "version", "created_at", "updated_at"]
    assert client.get("/apis", sort="slug").invalid == [
        {
            "field": "sort",
            "rule": "enum",
            "choices": choices,
            "reason": '"sort" field must contain any of: [name, version, created_at, updated_at]',
            "source": "query",
        }
    ]


@pytest.mark.parametrize("name", ["labels.env", "attributes.env", "labels.env][neq"])
def test_labels_and_attributes_are_filters_with_a_key(client: Client, name: str) -> None:
    """Contract 3."""
    assert client.get("/apis", **{f"filter[{name}]": "dev"}).status == 200
    assert client.get("/apis", **{"filter[labels]": "dev"}).status == 400
    assert client.get("/apis", **{"filter[labels.a'b]": "dev"}).status == 400


def test_a_portal_lists_what_it_publishes_without_names(acme: Acme) -> None:
    """Contract 1.6: `portal_ids` is an array, packages are among them."""
    data = acme.client.get(f"{acme.path}/api-publications").value["data"]
    assert [(each["entity_type"], each["auto_approve_registrations"]) for each in data] == [
        ("api", False),
        ("api", True),
        ("api_package", False),
    ]
    strategy = acme.client.get(acme.path).value["default_application_auth_strategy_id"]
    assert data[0] == {
        "api_id": acme.api("payments", "v1"),
        "portal_ids": [acme.portal],
        "visibility": "private",
        "auto_approve_registrations": False,
        "entity_type": "api",
        "auth_strategy_ids": [strategy],
        "created_at": data[0]["created_at"],
        "updated_at": data[0]["created_at"],
    }
    named = acme.client.get(f"{acme.path}/api-publications", **{"filter[api_name]": "starter-kit"})
    assert [each["api_id"] for each in named.value["data"]] == [acme.package()]


def test_publications_of_all_portals(acme: Acme, client: Client) -> None:
    answer = client.get("/api-publications", **{"filter[portal_id][neq]": acme.portal, "sort": "api_name desc"})
    assert [each["entity_type"] for each in answer.value["data"]] == ["api_package", "api", "api", "api"]


def test_a_publication_is_found_by_api_and_portal(acme: Acme) -> None:
    """Contract 1.6: 404 means not published."""
    answer = acme.client.get(f"/apis/{acme.api('payments', 'v2')}/publications/{acme.portal}")
    assert answer.value["auto_approve_registrations"] is True
    assert set(answer.value) == {
        "visibility",
        "auto_approve_registrations",
        "auth_strategy_ids",
        "created_at",
        "updated_at",
    }
    [orders] = acme.client.get("/apis", **{"filter[name]": "orders"}).value["data"]
    assert acme.client.get(f"/apis/{orders['id']}/publications/{acme.portal}").status == 404


@pytest.mark.parametrize(
    ("name", "value", "total"),
    [
        ("status", "approved", 1),
        ("portal_name", "acme", 1),
        ("application_name", "Nope", 0),
        ("application_owner_type", "developer", 1),
        ("application_owner_type", "team", 0),
    ],
)
def test_registrations_of_an_api_name_their_owner(acme: Acme, name: str, value: str, total: int) -> None:
    """Contract 1.4."""
    path = f"/apis/{acme.api('payments', 'v1')}/registrations"
    [found] = acme.client.get(path).value["data"]
    assert found == {
        "id": found["id"],
        "status": "approved",
        "portal": {"id": acme.portal, "name": "acme"},
        "application": {
            "id": last(acme.application("Checkout")),
            "name": "Checkout",
            "owner": {"type": "developer", "id": last(acme.developer("ada@x.example"))},
        },
    }
    assert acme.client.get(path, **{f"filter[{name}]": value}).value["meta"]["page"]["total"] == total


def test_the_roles_that_there_are(client: Client) -> None:
    """Contract 1.2: an object, not a list."""
    roles = client.get("/portal-roles").value["services"]["roles"]
    assert {key: role["name"] for key, role in roles.items()} == {
        "apiviewer": "API Viewer",
        "apiconsumer": "API Consumer",
    }
