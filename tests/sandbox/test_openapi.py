"""The sandbox beside the published OpenAPI file: which operations there are, and what they answer."""

import os
from collections.abc import Callable

import pytest

from reconciler.sandbox.web.routes import ROUTES

from .conftest import Acme, Client

NOT_PLAYED = {
    "create-portal",
    "update-portal",
    "delete-portal",
    "update-portal-team-group-mappings",
    "get-portal-identity-provider",
    "list-portal-idp-team-group-mappings",
    "create-portal-idp-team-group-mapping",
    "get-portal-idp-team-group-mapping",
    "delete-portal-idp-team-group-mapping",
    "list-developers-by-application",
    "list-credentials-by-application",
}


def test_the_operations_not_played_are_these() -> None:
    assert {route.operation for route in ROUTES if route.answer is None} == NOT_PLAYED


def test_an_operation_not_played_says_so(client: Client) -> None:
    answer = client.send("POST", "/portals", {"name": "new"})
    assert answer.value == {
        "status": 501,
        "title": "Not Implemented",
        "instance": "kong:trace:1000000000000000001",
        "detail": "the sandbox does not play this operation yet",
    }


def test_every_route_is_an_operation_of_the_published_file() -> None:
    """Contract 10: 53 operations. While KONNECT_OPENAPI is set, the client of these tests checks every answer."""
    path = os.environ.get("KONNECT_OPENAPI")
    if not path:
        pytest.skip("KONNECT_OPENAPI does not name the published OpenAPI file")
    from .openapi import Spec

    assert {route.operation: (route.method, route.path) for route in ROUTES} == Spec(path).operations


LISTS = (
    "/apis",
    "/api-publications",
    "/portals",
    "{acme}/api-publications",
    "{acme}/application-registrations",
    "{acme}/applications",
    "{acme}/authentication-settings",
    "{acme}/developers",
    "{acme}/identity-providers",
    "{acme}/teams",
    "/portal-roles",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_list_answers_as_published(
    path: str, acme: Acme, client: Client, check: Callable[..., None] | None
) -> None:
    answer = client.get(path.format(acme=acme.path))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    if check is None:
        pytest.skip("KONNECT_OPENAPI does not name the published OpenAPI file: only the status was checked")
