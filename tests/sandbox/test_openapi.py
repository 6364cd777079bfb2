"""The sandbox beside the published OpenAPI file: which operations there are, and what they answer."""

import pytest

from .conftest import Acme, Client

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
def test_a_list_answers_as_published(path: str, acme: Acme, client: Client) -> None:
    """The client of these tests holds every answer against the published file, if KONNECT_OPENAPI names it."""
    answer = client.get(path.format(acme=acme.path))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
